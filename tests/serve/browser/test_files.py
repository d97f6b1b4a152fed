"""The page's own readers of CSV and zip, called in the browser."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest

from .acts import zipped

pytestmark = pytest.mark.browser
pytest.importorskip("playwright.sync_api")

LARGE = 41_000_000


def parsed(page: Any, text: str) -> Any:
    return page.evaluate("async (text) => (await import('/static/csv.js')).parse(text)", text)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\r\n1,2\r\n", [["1", "2"]]),
        ("a,b\n1,2", [["1", "2"]]),
        ("\ufeffa;b\n1;2,5\n", [["1", "2,5"]]),
        ("a\tb\n1\t2\n", [["1", "2"]]),
        ('a,b\n"1,\r\n""2""",\n', [['1,\r\n"2"', ""]]),
        ("a,b\n\n1,2\n,\n", [["1", "2"]]),
        ('"a;x","b"\n1,2\n', [["1", "2"]]),
        ('a,b\n"x"y,2\n', [["xy", "2"]]),
        ('a,b\nin "quotes",2\n', [['in "quotes"', "2"]]),
        ("a,b\r1,2\r", [["1", "2"]]),
    ],
)
def test_csv_is_read(page: Any, text: str, rows: list[list[str]]) -> None:
    assert parsed(page, text)["rows"] == rows


def test_csv_goes_there_and_back(page: Any) -> None:
    rows = [["a", "b"], ['say "x"', "line\r\nline"], [" spaced ", "a;b\tc"], ["-1.5", "+3"]]
    text = page.evaluate("async (rows) => (await import('/static/csv.js')).format(rows)", rows)
    assert parsed(page, text)["rows"] == rows[1:]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_made_harmless(page: Any, cell: str) -> None:
    text = page.evaluate("async (rows) => (await import('/static/csv.js')).format(rows)", [[cell]])
    assert text.strip('"').startswith("'")


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_coding_is_found(page: Any, coding: str) -> None:
    data = base64.b64encode("title\nSão Café\n".encode(coding)).decode()
    text = page.evaluate(
        """async (data) => (await import('/static/csv.js'))
            .decoded(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)))""",
        data,
    )
    assert text.lstrip("\ufeff") == "title\nSão Café\n"


UNZIP = """async (data) => {
    const { unzip } = await import('/static/zip.js');
    const file = new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], 'p.zip');
    try {
        const entries = await unzip(file);
        const sizes = {};
        for (const [name, entry] of entries) sizes[name] = (await entry.blob()).size;
        return sizes;
    } catch (error) { return error.told ?? `not foreseen: ${error}`; }
}"""


def unzipped(page: Any, data: bytes) -> Any:
    return page.evaluate(UNZIP, base64.b64encode(data).decode())


@pytest.mark.parametrize("deflate", [True, False])
def test_zips_are_read(page: Any, deflate: bool) -> None:
    data = zipped({"a/é.png": b"x" * 5000, "b.png": b"", "folder/": b""}, deflate=deflate)
    assert unzipped(page, data) == {"a/é.png": 5000, "b.png": 0}


def test_a_zip_bomb_is_stopped_whatever_it_says_of_its_size(page: Any) -> None:
    honest = zipped({"bomb.png": b"\0" * LARGE})
    assert "is too large" in unzipped(page, honest)
    lying = honest.replace(struct.pack("<I", LARGE), struct.pack("<I", 10))
    assert lying != honest
    assert "is too large" in unzipped(page, lying)


def test_a_locked_zip(page: Any) -> None:
    data = bytearray(zipped({"a.png": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in unzipped(page, bytes(data))


def test_a_damaged_entry(page: Any) -> None:
    data = bytearray(zipped({"a.png": bytes(range(256)) * 50}))
    for at in range(40, 60):
        data[at] ^= 0xFF
    assert unzipped(page, bytes(data)) == "“a.png” in the zip is broken. Pack it anew."
