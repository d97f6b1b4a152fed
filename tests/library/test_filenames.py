"""Extras and episodes are told by the servers' rules, and films are not taken for them."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from cinegenre.library.filenames import fold, grouped, is_episode, is_extra

EXTRAS = (
    "Film-trailer.mkv", "Film.trailer.mkv", "Film_trailer.mkv", "Film (2001) - trailer.mkv",
    "Film-TRAILER2.mkv", "Film-trailer-1080p.mkv", "Film-trailer [HD].mkv", "Film-sample.mkv",
    "Film.sample.mkv", "sample.mkv", "sample-film.mkv", "Trailer.mp4", "Film-scene.mkv",
    "Film-clip3.mkv", "Film-interview.mkv", "Film-behindthescenes.mkv", "Film-deleted.mkv",
    "Film-deletedscene2.mkv", "Film-featurette.mkv", "Film-short.mkv", "Film-extra.mkv",
    "Film-other.mkv",
)  # fmt: skip
FILMS = (
    "The Big Short.mkv", "The.Big.Short.2015.mkv", "The.Interview.mkv", "The Interview (2014).mkv",
    "Love_Scene.mkv", "Video Clip.mkv", "The Other.mkv", "An Extra.mkv", "The Trailer Park.mkv",
    "Trailer Park Boys.mkv", "Dead Trailer.mkv", "Crime Scene 2.mkv", "Deleted.mkv", "Theme.mkv",
    "Short Circuit.mkv", "A Free Sample.mkv", "Samples of Life.mkv", "Featurette.mkv", "Other.mkv",
)  # fmt: skip


@pytest.mark.parametrize("name", EXTRAS)
def test_extras(name: str) -> None:
    assert is_extra(name)


@pytest.mark.parametrize("name", FILMS)
def test_films_whose_titles_sound_like_extras(name: str) -> None:
    assert not is_extra(name)


@pytest.mark.parametrize(("name", "episode"), [
    ("Show S01E02.mkv", True), ("Show.1x02.mkv", True), ("1x02 - Pilot.mkv", True),
    ("10x10 (2018).mkv", False), ("Film 1920x1080.mkv", False), ("Se7en.mkv", False),
])  # fmt: skip
def test_episodes(name: str, episode: bool) -> None:
    assert is_episode(name) is episode


def test_one_name_in_two_unicode_forms_is_one() -> None:
    mac, other = normalize("NFD", "Été (1999)"), normalize("NFC", "ÉTÉ (1999)")
    assert fold(mac) == fold(other)
    [film] = grouped([f"{mac}-cd1.avi", f"{other}-CD2.avi"], Path("x"))
    assert film.name == mac
    [film] = grouped([f"{mac} - 4K.mkv", f"{mac} - HD.mkv"], Path(other))
    assert film.name == other
