"""Every field in the types of Arrow that Spark, Snowflake, DuckDB, pandas and datasets write."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cinegenre.movie import INPUTS, BadRow, Movie
from cinegenre.readers.log import ReadLog
from cinegenre.readers.table import read

pytest.importorskip("arro3.io", reason="needs the extra [data]")
pa = pytest.importorskip("pyarrow", reason="comes with datasets, in the extra [dev]")

DAYS = [datetime(1990, 1, 2), datetime(1991, 3, 4)]
NAMES = ["Horror", "War"]

TYPES: dict[str, tuple[str, Callable[[], Any], str, list[Any]]] = {
    "decimal id": (
        "id",
        lambda: pa.array(map(Decimal, (7, 8)), pa.decimal128(10, 0)),
        "id",
        ["7", "8"],
    ),
    "decimal with a fraction": (
        "id",
        lambda: pa.array(map(Decimal, ("7.00", "8.00"))),
        "id",
        ["7", "8"],
    ),
    "large decimal id": (
        "id",
        lambda: pa.array(map(Decimal, (7, 8)), pa.decimal256(40)),
        "id",
        ["7", "8"],
    ),
    "unsigned id": ("id", lambda: pa.array([7, 8], pa.uint64()), "id", ["7", "8"]),
    "float id": ("tmdb_id", lambda: pa.array([7.0, 8.0], pa.float32()), "id", ["7", "8"]),
    "IMDb's number as a decimal": (
        "imdb_id",
        lambda: pa.array(map(Decimal, (114709, 114710))),
        "id",
        ["tt0114709", "tt0114710"],
    ),
    "id in bytes": ("id", lambda: pa.array([b"tt7", b"tt8"]), "id", ["tt7", "tt8"]),
    "dictionary": ("title", lambda: pa.array(["A", "B"]).dictionary_encode(), "title", ["A", "B"]),
    "large text": ("title", lambda: pa.array(["A", "B"], pa.large_string()), "title", ["A", "B"]),
    "text view": ("title", lambda: pa.array(["A", "B"], pa.string_view()), "title", ["A", "B"]),
    "text in bytes": ("overview", lambda: pa.array([b"A", b"B"]), "overview", ["A", "B"]),
    "list of texts": (
        "plot",
        lambda: pa.array([["A", "Longer"], ["B"]]),
        "overview",
        ["Longer", "B"],
    ),
    "list of titles": ("title", lambda: pa.array([["A", "Longer"], []]), "title", ["A", None]),
    "timestamp": ("release_date", lambda: pa.array(DAYS), "year", [1990, 1991]),
    "timestamp in a zone": (
        "release_date",
        lambda: pa.array([day.replace(tzinfo=UTC) for day in DAYS], pa.timestamp("ns", "UTC")),
        "year",
        [1990, 1991],
    ),
    "date32": (
        "release_date",
        lambda: pa.array([day.date() for day in DAYS]),
        "year",
        [1990, 1991],
    ),
    "date64": (
        "year",
        lambda: pa.array([date(1990, 1, 2), None], pa.date64()),
        "year",
        [1990, None],
    ),
    "decimal year": ("year", lambda: pa.array(map(Decimal, (1990, 1991))), "year", [1990, 1991]),
    "small year": ("year", lambda: pa.array([1990, 1991], pa.int16()), "year", [1990, 1991]),
    "no year": ("year", lambda: pa.nulls(2), "year", [None, None]),
    "struct of a language": (
        "original_language",
        lambda: pa.array([{"name": "en"}, {"name": "fr"}]),
        "language",
        ["en", "fr"],
    ),
    "structs of companies": (
        "companies",
        lambda: pa.array([[{"id": 1, "name": "A, Inc."}], None]),
        "companies",
        [("A, Inc.",), ()],
    ),
    "nested structs": (
        "cast",
        lambda: pa.array([[{"name": "Ann", "roles": [{"of": "x"}]}], []]),
        "people",
        [("Ann",), ()],
    ),
    "bytes of a poster": (
        "poster",
        lambda: pa.array([b"\xff\xd8", b"\x89PNG"], pa.large_binary()),
        "poster",
        [b"\xff\xd8", b"\x89PNG"],
    ),
    "image struct": (
        "image",
        lambda: pa.array([{"bytes": b"\xff\xd8", "path": None}, None]),
        "poster",
        [b"\xff\xd8", None],
    ),
    "genres in bytes": (
        "genres",
        lambda: pa.array([b"Horror", b"War"]),
        "genres",
        [("Horror",), ("War",)],
    ),
    "large list": (
        "genres",
        lambda: pa.array([[n] for n in NAMES], pa.large_list(pa.large_string())),
        "genres",
        [("Horror",), ("War",)],
    ),
    "fixed list": (
        "genres",
        lambda: pa.array([[n, n] for n in NAMES], pa.list_(pa.string(), 2)),
        "genres",
        [("Horror",), ("War",)],
    ),
    "list of a dictionary's": (
        "genres",
        lambda: pa.ListArray.from_arrays(
            pa.array([0, 1, 2], pa.int32()), pa.array(NAMES).dictionary_encode()
        ),
        "genres",
        [("Horror",), ("War",)],
    ),
    "list of structs": (
        "genres",
        lambda: pa.array([[{"id": 27, "name": n}] for n in NAMES]),
        "genres",
        [("Horror",), ("War",)],
    ),
    "map by id": (
        "genres",
        lambda: pa.array([[("/m/1", n)] for n in NAMES], pa.map_(pa.string(), pa.string())),
        "genres",
        [("Horror",), ("War",)],
    ),
    "map of yes and no": (
        "genres",
        lambda: pa.array(
            [[(n, n == one) for n in NAMES] for one in NAMES], pa.map_(pa.string(), pa.bool_())
        ),
        "genres",
        [("Horror",), ("War",)],
    ),
    "struct of yes and no": (
        "genres",
        lambda: pa.array([{n: int(n == one) for n in NAMES} for one in NAMES]),
        "genres",
        [("Horror",), ("War",)],
    ),
    "TMDB's numbers as decimals": (
        "genre_ids",
        lambda: pa.array(map(Decimal, (27, 10752))),
        "genres",
        [("Horror",), ("War",)],
    ),
}
"""What a column holds → the column's name, its cells, our field, and what it has."""


def write(path: Path, features: dict[str, Any] | None = None, **columns: Any) -> Path:
    import pyarrow.parquet

    table = pa.table(columns)
    if features is not None:
        told = json.dumps({"info": {"features": features}}).encode()
        table = table.replace_schema_metadata({b"huggingface": told})
    pyarrow.parquet.write_table(table, path)
    return path


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_read(name: str, tmp_path: Path) -> None:
    column, cells, field, expected = TYPES[name]
    path = write(tmp_path / "films.parquet", **{"name": pa.array(["a", "b"]), column: cells()})
    rows = list(read(path))
    assert [getattr(row, field) for row in rows if isinstance(row, Movie)] == expected


FEATURE = {"names": NAMES, "_type": "ClassLabel"}
LABELS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "one": (FEATURE, [0, 1, -1]),
    "a sequence": ({"feature": FEATURE, "_type": "Sequence"}, [[0], [1], []]),
    "a list": ({"feature": FEATURE, "length": -1, "_type": "List"}, [[0], [1], []]),
    "an old list": ([FEATURE], [[0], [1], []]),  # type: ignore[dict-item]
    "multi-hot": (
        {"feature": FEATURE | {"names": [*NAMES, "Drama"]}, "_type": "Sequence"},
        [[1, 0, 0], [0, 1, 0], [0, 0, 0]],
    ),
}


@pytest.mark.parametrize("name", LABELS)
def test_class_labels_have_their_names(name: str, tmp_path: Path) -> None:
    feature, cells = LABELS[name]
    path = write(tmp_path / "a.parquet", {"labels": feature}, title=["a", "b", "c"], labels=cells)
    rows = list(read(path))
    assert [row.genres for row in rows if isinstance(row, Movie)] == [("Horror",), ("War",), ()]


@pytest.mark.parametrize(
    ("yes", "no"),
    [(1, 0), (1.0, 0.0), (True, False), ("1", "0"), ("True", "False"), ("Yes", "No"), ("x", ""),
     ("Y", "N"), (1, None), (Decimal(1), Decimal(0))],
    ids=str,
)  # fmt: skip
def test_one_column_a_genre(yes: Any, no: Any, tmp_path: Path) -> None:
    columns = {"title": ["a", "b"], "Horror": [yes, no], "War": [no, yes]}
    rows = list(read(write(tmp_path / "films.parquet", **columns)))
    assert [row.genres for row in rows if isinstance(row, Movie)] == [("Horror",), ("War",)]


UNREAD: dict[str, Callable[[], Any]] = {
    "genres": lambda: pa.array([3, 4]),
    "labels": lambda: pa.array([[0.5, 0.1], [0.2, 0.3]]),
    "id": lambda: pa.array([True, False]),
    "cast": lambda: pa.array([1.5, 2.5]),
    "collection": lambda: pa.array([1, 2]),
    "language": lambda: pa.array([1, 2]),
    "year": lambda: pa.array([b"x", b"y"]),
    "text_embedding": lambda: pa.array([[0.1] * 8] * 2, pa.list_(pa.float16(), 8)),
    "runtime": lambda: pa.array([1, 2], pa.duration("s")),
}


@pytest.mark.parametrize("column", UNREAD)
def test_what_a_prediction_does_not_read_costs_no_film(column: str, tmp_path: Path) -> None:
    path = write(
        tmp_path / "films.parquet", title=pa.array(["a", "b"]), **{column: UNREAD[column]()}
    )
    reads = tuple(name for name in INPUTS if name != "people")
    rows = list(read(path, log=ReadLog(reads=reads)))
    assert not [row for row in rows if isinstance(row, BadRow)]
    assert [row.title for row in rows if isinstance(row, Movie)] == ["a", "b"]
