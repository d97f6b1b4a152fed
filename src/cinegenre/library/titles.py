"""Reads a film's title and year from the name of a file or folder."""

from __future__ import annotations

import re
from datetime import date

AHEAD = 5
"""Years from now until which a film may be announced. "Blade Runner 2049" is a title."""
_YEAR = r"((?:1[89]|20)\d\d)"
_BRACKETS = re.compile(r"(?<=.)\s*(\[[^\]]*\]|\{[^}]*\})")
_BRACKETED = re.compile(rf"\A(.+?)\s*[(\[{{（【]\s*{_YEAR}\s*[)\]}}）】]", re.DOTALL)
_BEFORE_TITLE = re.compile(rf"\A[(\[]{_YEAR}[)\]][ ._-]*(.*\w.*)\Z")
_AT_END = re.compile(rf"\A(.+?)\s*\({_YEAR}\)\Z")
# A year of a date ("2019-07-20") or of a range ("1979-2003") says nothing of the film.
_BARE = re.compile(rf"(?:[ ._]|(?<!\d)-){_YEAR}(?=[ ._]|\Z)(?!\W\d\d\W\d\d)")
_RELEASE = re.compile(
    r"[ ._,(-]+(?:\d{3,4}[pi]|4k|uhd|ultrahd|hdr(?:10)?|blu-?ray|bd|b[dr]-?rip|web-?(?:dl|rip)|"
    r"hd-?(?:tv|rip|dvd)|pdtv|dvd-?(?:rip|scr|r|5|9)|[xh]\.?26[45]|hevc|xvid|divx|remux|ac3|"
    r"h-?(?:sbs|tab))(?![^\W_]).*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""What a release's name says of the copy, and everything after it."""
_ID = re.compile(r"\s*\(?\b(?:imdb(?:id)?[-=: ]?)?tt\d{7,8}\b\)?", re.IGNORECASE)
# Except in the titles of the films "[REC]".
_GROUP = re.compile(r"\A\[(?!rec\])[^\]]+\][ ._]*(?=.*[^\W\d_]{2})", re.IGNORECASE | re.DOTALL)
_DOTS = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.)+[^\W\d_](?![^\W_]))\.?|[._]+")
_LEFT_OVER = re.compile(r"\s+[-–]\s*\Z|[\s,]+\Z")


def title_and_year(name: str) -> tuple[str, int | None]:
    """Title and year in a name such as "Alien (1979) [1080p]" or "Alien.1979.1080p.BluRay".

    >>> title_and_year("Blade.Runner.2049.2017.1080p.BluRay.x264-GRP")
    ('Blade Runner 2049', 2017)
    """
    title, year = _apart(name)
    return _clean(title) or _clean(name) or name, year


def year_apart(title: str, year: int | None) -> tuple[str, int | None]:
    """A title without the film's year, which some programs append to it, and the year.

    >>> year_apart("Alien (1979)", None)
    ('Alien', 1979)
    """
    while (match := _AT_END.match(title)) and year in (None, int(match[2])):
        title, year = match[1], int(match[2])
    return title, year


def says_which_copy(text: str) -> bool:
    """Whether an end of a name only describes the copy: " 4K", ".1080p.x264"."""
    return _RELEASE.match(text) is not None


def _apart(name: str) -> tuple[str, int | None]:
    if match := _BRACKETED.match(name):
        return match[1], int(match[2])
    bare = _BRACKETS.sub("", name).strip() or name
    latest = date.today().year + AHEAD
    years = [match for match in _BARE.finditer(bare) if int(match[1]) <= latest]
    if years and any(map(str.isalnum, bare[: years[-1].start()])):
        return bare[: years[-1].start()], int(years[-1][1])
    if match := _BEFORE_TITLE.match(name):
        return match[2], int(match[1])
    return bare, None


def _clean(title: str) -> str:
    """A title without what names of releases have around it, with spaces between its words."""
    title = _BRACKETS.sub("", title).strip()
    title = _GROUP.sub("", title)
    title = _ID.sub("", title) or title
    title = _RELEASE.sub("", title) or title
    if " " not in title.strip():
        # "S.W.A.T." keeps its dots.
        title = _DOTS.sub(lambda found: f"{found[1]}. " if found[1] else " ", title)
    return _LEFT_OVER.sub("", " ".join(title.split()))
