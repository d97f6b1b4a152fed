from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cinegenre.errors import MissingExtra, UserError
from cinegenre.score import formats
from cinegenre.score.formats import columns, encode

ROWS = [
    (0, "a", ["Drama", "Comedy"], 0.5, ["title"], None, None, "m 1", 0.25, 0.75),
    (1, 'b,"\n', [], None, [], None, "line 2: bad", "m 1", None, None),
]
KINDS = columns(("Drama", "id"))


def test_a_genre_called_as_a_column_has_its_own() -> None:
    assert len(KINDS) == len(ROWS[0])
    assert {"id", "score_id"} <= set(KINDS)


def test_csv_and_jsonl_hold_every_cell() -> None:
    table = list(csv.reader(io.StringIO(encode("csv", KINDS, ROWS).decode(), newline="")))
    assert table[0] == list(KINDS)
    assert table[1][2:5] == ["Drama|Comedy", "0.5", "title"]
    assert table[2] == ["1", 'b,"\n', "", "", "", "", "line 2: bad", "m 1", "", ""]
    lines = encode("jsonl", KINDS, ROWS).decode().splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == ROWS


@pytest.mark.parametrize("rows", [ROWS, ROWS[1:], []])
def test_parquet_keeps_the_types_even_of_empty_columns(
    rows: list[formats.Row], tmp_path: Path
) -> None:
    from arro3.io import read_parquet

    path = tmp_path / "a.parquet"
    path.write_bytes(encode("parquet", KINDS, rows))
    table = read_parquet(path).read_all()
    assert [str(field.type) for field in table.schema] == [
        str(field.type) for field in _table(tmp_path, ROWS).schema
    ]
    found = [table.column(name).to_pylist() for name in KINDS]
    assert [tuple(cells) for cells in zip(*found, strict=True)] == rows


def test_the_core_says_what_parquet_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtra("arro3-io", "data")

    monkeypatch.setattr(formats, "arro3", missing)
    with pytest.raises(UserError, match=r"pip install .*\[data\]"):
        encode("parquet", KINDS, ROWS)
    assert encode("csv", KINDS, ROWS)


def _table(folder: Path, rows: list[formats.Row]):  # type: ignore[no-untyped-def]
    from arro3.io import read_parquet

    path = folder / "all.parquet"
    path.write_bytes(encode("parquet", KINDS, rows))
    return read_parquet(path).read_all()
