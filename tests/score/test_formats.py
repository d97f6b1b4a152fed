"""Every format says the same of the same rows, to a reader that is not ours."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import MissingExtra, UserError
from cinegenre.score import formats
from cinegenre.score.formats import FORMATS, Row, columns, encode

from ..cli.test_cli import call

KINDS = columns(("Drama", "id", "Comédie | war"))
TYPES: dict[str, type] = {"int64": int, "float64": float, "string": str, "list": list}
ROWS: list[Row] = [
    (0, "a", ["Drama", "Comedy"], 0.5, ["title"], None, None, "m 1", 0.25, 0.75, 1.0),
    (1, 'b,"\n', [], None, [], None, "line 2: bad", "m 1", None, None, None),
    (2, None, ["id"], 0.1234, ["title", "poster"], "a; b\r\nc|d", None, "m 1", 0.0, 1e-4, 0.3333),
    (10**12, "007", ["映画"], 1.0, ["overview"], "null", None, "м 1", 0.1, 0.2, 0.7),
    (4, "-0", ["Drama"], 0.9, ["people"], "=1+1", None, "m 1", 0.9, 0.0001, 0.5),
]
TABLES = {"some": ROWS, "one": ROWS[:1], "only errors": ROWS[1:2], "none": []}


def read_csv(data: bytes) -> list[Row]:
    """Every cell as its column's kind has it; an empty one is nothing, or an empty list."""
    head, *lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    assert head == list(KINDS)

    def value(kind: str, cell: str) -> Any:
        if kind == "list":
            return cell.split("|") if cell else []
        return TYPES[kind](cell) if cell else None

    return [
        tuple(value(kind, cell) for kind, cell in zip(KINDS.values(), line, strict=True))
        for line in lines
    ]


def read_jsonl(data: bytes) -> list[Row]:
    rows = [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]
    assert data.endswith(b"\n") or not data
    assert all(list(row) == list(KINDS) for row in rows)
    return [tuple(row.values()) for row in rows]


def read_parquet(data: bytes) -> list[Row]:
    import pyarrow
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(data))
    types = {"int64": pyarrow.int64(), "float64": pyarrow.float64(), "string": pyarrow.string(),
             "list": pyarrow.list_(pyarrow.string())}  # fmt: skip
    assert dict(zip(table.schema.names, map(str, table.schema.types), strict=True)) == {
        name: str(types[kind]).replace("element", "item") for name, kind in KINDS.items()
    }
    return [tuple(row.values()) for row in table.to_pylist()]


READ: dict[str, Callable[[bytes], list[Row]]] = {
    "csv": read_csv,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
}
"""How to read each format; none of it is code of ours."""


def test_a_genre_called_as_a_column_has_its_own() -> None:
    assert len(KINDS) == len(ROWS[0])
    assert {"id", "score_id"} <= set(KINDS)


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("format", FORMATS)
def test_every_cell_comes_back_with_its_type(format: str, rows: list[Row]) -> None:
    found = READ[format](encode(format, KINDS, rows))
    assert found == rows
    for row in found:
        for cell, kind in zip(row, KINDS.values(), strict=True):
            assert cell is None or type(cell) is TYPES[kind]


@pytest.mark.parametrize("format", FORMATS)
def test_it_is_told_of(format: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).parents[2] / "docs" / "scale.md"
    [line] = [one for one in page.read_text("utf-8").splitlines() if one.startswith("`--format ")]
    assert format in line.split("`")[1].removeprefix("--format ").split("|")
    _, text, _ = call(capsys, "score", "--help")
    assert f" {format}" in " ".join(text.split())


def test_the_core_says_what_parquet_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtra("arro3-io", "data")

    monkeypatch.setattr(formats, "arro3", missing)
    with pytest.raises(UserError, match=r"pip install .*\[data\]"):
        encode("parquet", KINDS, ROWS)
    assert encode("csv", KINDS, ROWS)
