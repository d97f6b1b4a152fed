"""Extras and episodes are told by the servers' rules, and films are not taken for them."""

from __future__ import annotations

import pytest

from cinegenre.library.filenames import is_episode, is_extra, is_video

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
    ("10x10 (2018).mkv", False), ("10x10.2018.1080p.mkv", False), ("10x10 [2018].mkv", False),
    ("10x10.mkv", True), ("10x10.20181.mkv", True),
    ("Film 1920x1080.mkv", False), ("Se7en.mkv", False),
])  # fmt: skip
def test_episodes(name: str, episode: bool) -> None:
    assert is_episode(name) is episode


@pytest.mark.parametrize(("name", "video"), [
    ("Film.wtv", True), ("Film.DVR-MS", True), ("Film.m2t", True), ("Film.mk3d", True),
    ("Film.f4v", True), ("Film.mpe", True), ("Film.evo", True), ("Film.bluray.disc", True),
    ("Film.bin", False), ("Film.dat", False), ("Film.ifo", False), ("Film.ogg", False),
    ("Film", False), ("mkv", False),
])  # fmt: skip
def test_what_is_a_video(name: str, video: bool) -> None:
    assert is_video(name) is video
