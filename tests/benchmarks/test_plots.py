"""The plots in other languages that the benchmark reads."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.common import Options
from benchmarks.plots import SHOWN, plots, run, scored
from cinegenre import Tagger
from cinegenre.inputs import codes_of, other_language
from cinegenre.taxonomy import taxonomy

FILMS = plots()


def test_twenty_a_language_with_genres_of_tmdb() -> None:
    counts = Counter(film.language for film in FILMS)
    assert set(counts) == {"ru", "ja", "ko", "nl", "tr", "ar", "sv", "zh"}
    assert set(counts.values()) == {20}
    assert len({film.overview for film in FILMS}) == len(FILMS)
    assert {genre for film in FILMS for genre in film.genres} <= set(taxonomy("tmdb"))


def test_nearly_all_are_told_from_english() -> None:
    named = [film.language in codes_of(other_language(film.overview or "", ("en",)) or "")
             for film in FILMS]  # fmt: skip
    assert sum(named) >= 157


def test_figures_of_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scored(Tagger.load(), FILMS[:20])
    assert set(found) == set(SHOWN) and all(0 <= value <= 1 for value in found.values())
    assert found["read"] == 1
    codes = ["ar", "ja", "ko", "nl", "ru", "sv", "tr", "zh", "all"]
    assert [row[1] for row in run(Options()).rows] == codes
