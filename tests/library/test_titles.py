"""Titles and years in the names of files and folders."""

from __future__ import annotations

import pytest

from cinegenre.library.titles import title_and_year, year_apart


@pytest.mark.parametrize(("text", "title", "year"), [
    ("Alien (1979)", "Alien", 1979),
    ("Alien (1979) [imdbid-tt0078748]", "Alien", 1979),
    ("Alien (1979) {tmdb-348} - 4K", "Alien", 1979),
    ("Alien.1979.Directors.Cut.1080p.BluRay.x264-GRP", "Alien", 1979),
    ("Blade_Runner_2049_2017_1080p", "Blade Runner 2049", 2017),
    ("2001 A Space Odyssey (1968)", "2001 A Space Odyssey", 1968),
    ("1917 (2019)", "1917", 2019),
    ("2012", "2012", None),
    ("[REC] (2007) [1080p]", "[REC]", 2007),
    ("Das Boot", "Das Boot", None),
    ("Amélie (2001) (2001)", "Amélie", 2001),
    ("Wall-E", "Wall-E", None),
    ("Alien [1979] [1080p]", "Alien", 1979),
    ("Alien {1979}", "Alien", 1979),
    ("Alien - 1979", "Alien", 1979),
    ("Alien-1979", "Alien", 1979),
    ("Alien, 1979", "Alien", 1979),
    ("(1979) Alien", "Alien", 1979),
    ("映画（1999）", "映画", 1999),
    ("Film\n(1999)", "Film", 1999),
    ("-30- (1959)", "-30-", 1959),
    ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
    ("Holiday 2019-07-20", "Holiday 2019-07-20", None),
    ("2001 - A Space Odyssey", "2001 - A Space Odyssey", None),
    ("Blade Runner 2049", "Blade Runner 2049", None),
    ("(2012)", "(2012)", None),
    ("Das.Boot.1080p.BluRay.x264-GRP", "Das Boot", None),
    ("Das Boot - DVDRip XviD", "Das Boot", None),
    ("Das.Boot.H.264", "Das Boot", None),
    ("4K", "4K", None),
    ("The.Cam.2018.WEB-DL", "The Cam", 2018),
    ("S.W.A.T. (2003)", "S.W.A.T.", 2003),
    ("E.T.1982.1080p", "E.T.", 1982),
    ("A.I.Artificial.Intelligence.2001", "A.I. Artificial Intelligence", 2001),
    ("I.Robot.2004", "I Robot", 2004),
    ("[Group] Kimi no Na wa (2016) [1080p]", "Kimi no Na wa", 2016),
    ("[REC] 3 Genesis (2012) [1080p]", "[REC] 3 Genesis", 2012),
    ("Alien (tt0078748)", "Alien", None),
    ("Alien tt0078748 (1979)", "Alien", 1979),
    ("tt0078748", "tt0078748", None),
])  # fmt: skip
def test_titles(text: str, title: str, year: int | None) -> None:
    assert title_and_year(text) == (title, year)


@pytest.mark.parametrize(("title", "year", "apart"), [
    ("Amélie (2001)", 2001, ("Amélie", 2001)),
    ("Amélie (2001) (2001)", None, ("Amélie", 2001)),
    ("Amélie (2001)", 1999, ("Amélie (2001)", 1999)),
    ("1917 (2019)", 2019, ("1917", 2019)),
    ("(2001)", 2001, ("(2001)", 2001)),
    ("2012", 2012, ("2012", 2012)),
    ("(500) Days of Summer", 2009, ("(500) Days of Summer", 2009)),
    ("", None, ("", None)),
])  # fmt: skip
def test_a_year_in_a_title(title: str, year: int | None, apart: tuple[str, int | None]) -> None:
    assert year_apart(title, year) == apart
