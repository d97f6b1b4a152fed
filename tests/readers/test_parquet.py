"""Parquet, in the types that Hugging Face and pandas write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.table import read

pytest.importorskip("arro3.io", reason="needs the extra [data]")


def write(path: Path, **columns: Any) -> None:
    """Write columns (lists of text, numbers or bytes; a dict of those is a struct)."""
    from arro3.core import Array, DataType, Field, Table, struct_array
    from arro3.io import write_parquet

    types: dict[type, DataType] = {str: DataType.utf8(), bytes: DataType.binary()}
    types |= {int: DataType.int64(), float: DataType.float64()}

    def array(values: Any) -> Any:
        if isinstance(values, dict):
            inner = {name: array(some) for name, some in values.items()}
            fields = [Field(name, one.type) for name, one in inner.items()]
            return struct_array(list(inner.values()), fields=fields)
        return Array(values, type=types[next(type(one) for one in values if one is not None)])

    write_parquet(Table.from_pydict({name: array(some) for name, some in columns.items()}), path)


def test_types_and_the_image_struct(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    write(
        path,
        movie_id=[862, 863, None],
        title=["A", None, ""],
        genres=["Drama|War", "['Comedy']", None],
        year=[1995.0, float("nan"), None],
        poster={"bytes": [b"\xff\xd8", None, None], "path": [None, "b.jpg", None]},
    )
    assert list(read(path)) == [
        Movie(id="862", title="A", genres=("Drama", "War"), year=1995, poster=b"\xff\xd8"),
        Movie(id="863", genres=("Comedy",), poster=tmp_path / "b.jpg"),
        Movie(),
    ]


def test_more_rows_than_a_batch_and_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    genres = ["Drama"] * 700
    genres[599] = "['Dra"
    write(path, id=list(range(700)), genres=genres)
    rows = list(read(path))
    assert len(rows) == 700
    assert rows[699] == Movie(id="699", genres=("Drama",))
    bad = rows[599]
    assert isinstance(bad, BadRow) and (bad.where, bad.id) == ("films.parquet row 600", "599")


def test_plain_bytes_are_posters(tmp_path: Path) -> None:
    write(tmp_path / "films.parquet", title=["A"], image=[b"\xff\xd8"])
    assert list(read(tmp_path / "films.parquet")) == [Movie(title="A", poster=b"\xff\xd8")]


def test_what_is_no_whole_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "films.parquet"
    write(path, title=["A"])
    whole = path.read_bytes()
    lying = whole[:-8] + (10**6).to_bytes(4, "little") + b"PAR1"
    for data in (b"", b"PAR1", whole[:-1], whole[4:], b"title\nA\n", lying):
        path.write_bytes(data)
        with pytest.raises(UserError, match=r"films.parquet is not a complete Parquet file"):
            next(read(path))
    assert capfd.readouterr().err == "", "arro3's panics print a backtrace"
    with pytest.raises(UserError, match="no file"):
        next(read(tmp_path / "none.parquet"))
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(UserError, match="is a folder"):
        next(read(tmp_path / "folder.parquet"))


def test_damage_inside_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    write(path, title=[f"title {n}" for n in range(5000)])
    data = bytearray(path.read_bytes())
    data[4:3000] = b"\xff" * 2996
    path.write_bytes(data)
    last = list(read(path))[-1]
    assert isinstance(last, BadRow) and "damaged" in last.error and "\n" not in last.error
