"""Companies divided by commas, and commas in the names of companies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cinegenre.movie import Movie
from cinegenre.readers import table
from cinegenre.readers.companies import at_commas


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Legendary Pictures, Syncopy, Warner Bros. Pictures",
         ("Legendary Pictures", "Syncopy", "Warner Bros. Pictures")),
        ("Studio X, Inc.", ("Studio X, Inc.",)),
        ("Studio X, Inc., Studio Y", ("Studio X, Inc.", "Studio Y")),
        ("Toho Company, Ltd., Nippon, LLC", ("Toho Company, Ltd.", "Nippon, LLC")),
        ("Constantin, GmbH & Co. KG,Senator", ("Constantin, GmbH & Co. KG", "Senator")),
        ("Gaumont, S.A., Canal+", ("Gaumont, S.A.", "Canal+")),
        ("A,,B, ", ("A", "B")),
        ("Inc.", ("Inc.",)),
    ],
)  # fmt: skip
def test_a_text(cell: str, expected: tuple[str, ...]) -> None:
    assert at_commas((cell,)) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Horrors, Ghosts|Syncopy", ("Horrors, Ghosts", "Syncopy")),
        ("Horrors, Ghosts; Syncopy", ("Horrors, Ghosts", "Syncopy")),
        ("Horrors, Ghosts\nSyncopy", ("Horrors, Ghosts", "Syncopy")),
        ("['Horrors, Ghosts']", ("Horrors, Ghosts",)),
        (["Horrors, Ghosts"], ("Horrors, Ghosts",)),
        ([{"id": 1, "name": "Horrors, Ghosts"}], ("Horrors, Ghosts",)),
        ("Horrors, Ghosts", ("Horrors", "Ghosts")),
    ],
)
def test_commas_belong_to_names_that_are_divided_otherwise(
    tmp_path: Path, cell: object, expected: tuple[str, ...]
) -> None:
    (tmp_path / "films.jsonl").write_text(json.dumps({"title": "Orbit", "companies": cell}))
    [film] = table.read(tmp_path / "films.jsonl")
    assert isinstance(film, Movie) and film.companies == expected
