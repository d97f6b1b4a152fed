"""Base64 as programs write it."""

from __future__ import annotations

import base64

import pytest

from cinegenre.base64_text import from_base64, from_data_address, is_data_address

DATA = bytes(range(256)) + b"\xfb\xff\xfe"
PLAIN = base64.b64encode(DATA).decode()
LINES = [PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76)]


WAYS = {
    "plain": PLAIN,
    "lines": base64.encodebytes(DATA).decode(),
    "crlf": PLAIN.replace("/", "/\r\n"),
    "url": base64.urlsafe_b64encode(DATA).decode(),
    "unpadded": base64.urlsafe_b64encode(DATA).decode().rstrip("="),
    "lines that end in blanks": " \n".join(LINES),
    "lines joined by blanks": " ".join(LINES),
    "a form's blanks for +": PLAIN.replace("+", " "),
    "a form's percent signs": PLAIN.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    "JSON written twice": r"\n".join(LINES),
    "a slash that PHP escaped": PLAIN.replace("/", r"\/"),
    "str of bytes": str(PLAIN.encode()),
    "quotes": f'"{PLAIN}"',
    "a byte order mark": f"\ufeff{PLAIN}\n",
}
ADDRESSES = {
    "plain": "data:image/png;base64,",
    "capitals": "DATA:IMAGE/PNG;BASE64,",
    "parameters": 'data:image/png;charset=utf-8;name="a b.png";base64,',
    "no type": "data:;base64,",
    "blanks": "\n data:image/png; base64, ",
    "twice": "data:image/png;base64,data:image/png;base64,",
}


@pytest.mark.parametrize("name", WAYS)
def test_every_way_of_writing_it(name: str) -> None:
    assert from_base64(WAYS[name]) == DATA
    assert from_data_address(f"data:image/png;base64,{WAYS[name]}") == DATA
    assert not is_data_address(WAYS[name])


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_way_of_writing_a_data_address(name: str) -> None:
    assert is_data_address(ADDRESSES[name] + PLAIN)
    assert from_data_address(ADDRESSES[name] + PLAIN) == DATA


def test_a_single_blank_may_be_a_plus_or_a_line_end() -> None:
    line = "A" * 76
    assert from_base64(f"{line} AAAA") == from_base64(line + "AAAA")
    assert from_base64(f"{line[1:]} AAAA") == from_base64(f"{line[1:]}+AAAA")
    assert from_base64("//// //A") == from_base64("////+//A")


def test_a_data_address_without_base64() -> None:
    assert from_data_address("data:image/png,%89PNG") == b"\x89PNG"
    with pytest.raises(ValueError, match="does not begin with data:"):
        from_data_address(PLAIN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A", "it ends within a byte, after 1 characters"),
        ("AAAAA", "it ends within a byte, after 5 characters"),
        ("AA*A", 'it has "*" at character 3'),
        ("AA==A", 'it has "=" at character 3'),
        ("AAA\u200bA", r"it has U\+200B at character 4"),
        ("é", 'it has "é" at character 1'),
        ("[object File]", r'it has "\[" at character 1'),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("*", r"\*")):
        from_base64(text)
