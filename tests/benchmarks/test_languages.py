"""The overviews in other languages that the benchmark reads."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.languages import SCRIPTS, SHOWN, TABLE, ways
from cinegenre import Tagger
from cinegenre.inputs import other_language
from cinegenre.inputs.language import NAMES

from ..tiny.films import films

ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8", newline="")))


def test_there_are_enough_of_several_languages() -> None:
    counts = Counter(row["language"] for row in ROWS)
    assert len({row["imdb_id"] for row in ROWS}) == len(ROWS) >= 36
    assert sum(count >= 6 for count in counts.values()) >= 6


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']}-{row['imdb_id']}")
def test_each_is_told_from_english(row: dict[str, str]) -> None:
    name = SCRIPTS.get(row["language"]) or NAMES[row["language"]]
    assert other_language(row["overview"], ("en",)) == name


def test_each_way_to_read_is_scored(bundle: Path) -> None:
    wanted = {"overview", "poster"}
    some = [film for film in films(60) if wanted <= set(film.inputs) and film.genres][:12]
    found = ways(Tagger.load(bundle), some, [film.overview or "" for film in some])["ways"]
    assert list(found) == list(SHOWN)
    # The "foreign" text is the film's own here: the same films, read in the same way.
    for foreign, english in (("foreign text alone", "English text alone"),
                             ("foreign text and poster", "English text and poster")):  # fmt: skip
        assert found[foreign] == found[english]
    assert found["poster alone (text passed over)"]["difference"] == [0, 0, 0]
