"""Reads titles, years, parts of a film, episodes and extras from names of files and folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

VIDEOS = frozenset(
    (
        ".3gp", ".asf", ".avi", ".divx", ".flv", ".img", ".iso", ".m2ts", ".m4v", ".mkv", ".mov",
        ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".rm", ".rmvb", ".strm", ".ts", ".vob",
        ".webm", ".wmv",
    )
)  # fmt: skip
EXTRAS_FOLDERS = frozenset(
    {
        "backdrops", "behind the scenes", "bonus", "bonus disc", "clips", "deleted scenes", "extra",
        "extras", "featurettes", "interviews", "other", "sample", "samples", "scenes", "shorts",
        "specials", "theme-music", "trailers",
    }
)  # fmt: skip
"""Folders beside a film with its extras, by the rules of Jellyfin, Emby and Plex."""
CATEGORIES = frozenset({"other", "shorts", "specials"})
"""Those of these names that people also give to a folder of films, if no film is beside it."""
SYSTEM_FOLDERS = frozenset(
    {
        "@eadir", "eadir", "@recycle", "#recycle", "$recycle.bin", "#snapshot",
        "@recently-snapshot", "extrafanart", "extrathumbs", "lost+found", "network trash folder",
        "proof", "ps3_update", "ps3_vprm", "subs", "subtitles", "system volume information",
        "temporary items", "temprec", "tempsbe",
    }
)  # fmt: skip
"""Folders of the system, or of images or subtitles, that Jellyfin, Kodi and Plex pass over."""
# These mark an extra only after a hyphen: "The Big Short" and "The.Interview" are films.
_EXTRA = re.compile(
    r"-(scene|clip|interview|behindthescenes|deleted|deletedscene|featurette|short|extra|other)\d*\Z"
    r"|(-\s?|[._])(trailer|sample)\d*\Z"
    r"|-trailer[-._ ]*(\d|[\[(])[^/]*\Z"
    r"|\A(trailer|sample)\Z|\Asample[-._]",
    re.IGNORECASE,
)
# "10x10 (2018)" is a film.
_EPISODE = re.compile(
    r"(?<![a-z0-9])(s\d{1,4}[ ._-]*e\d{1,4}|(?!\A\d{1,2}x\d{2,3} \()\d{1,2}x\d{2,3})(?!\d)",
    re.IGNORECASE,
)
_PART = re.compile(r"[ ._-]+(cd|dvd|part|pt|disc|disk)[ ._-]*([0-9]+|[a-d])\Z", re.IGNORECASE)
_BRACKETS = re.compile(r"(?<=.)\s*(\[[^\]]*\]|\{[^}]*\})")
_IN_PARENTHESES = re.compile(r"\A(.+?)[ ._]*\(((?:1[89]|20)\d\d)\)")
_YEAR_AT_END = re.compile(r"\A(.+?)\s*\(((?:1[89]|20)\d\d)\)\Z")
_BARE_YEAR = re.compile(r"\A(.+)[ ._]((?:1[89]|20)\d\d)(?=[ ._]|\Z)")


@dataclass(frozen=True)
class Named:
    """The videos of one film. `names` are the possible names of its .nfo and poster, best first."""

    name: str
    stems: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The film's name, then the names of its files."""
        return tuple(dict.fromkeys((self.name, *self.stems)))


def fold(name: str) -> str:
    """A name for comparing: without regard to case, and to whether it is composed (on Windows) or
    decomposed (on a Mac).
    """
    return normalize("NFC", normalize("NFC", name).lower())


def is_video(name: str) -> bool:
    """Whether this is the file name of a video."""
    return Path(name).suffix.lower() in VIDEOS


def is_extra(name: str) -> bool:
    """Whether a video's name says that it is a trailer, a sample or another extra of a film."""
    return _EXTRA.search(Path(name).stem) is not None


def is_episode(name: str) -> bool:
    """Whether a video's name says that it is an episode of a show."""
    return _EPISODE.search(Path(name).stem) is not None


def grouped(videos: Iterable[str], folder: Path) -> list[Named]:
    """The films that these videos belong to; several parts or versions are one film.

    By Jellyfin's rule, versions are videos whose names all begin with their folder's name.
    """
    groups: dict[str, list[str]] = {}
    for video in videos:
        stem = Path(video).stem
        name = _PART.sub("", stem)
        # The first spelling of the name is used.
        groups.setdefault(fold(name), [name]).append(stem)
    start = fold(folder.name)
    if len(groups) > 1 and all(name.startswith(start) for name in groups):
        stems = [stem for names in groups.values() for stem in names]
        return [Named(folder.name, tuple(dict.fromkeys(stems)))]
    return [Named(names[0], tuple(names[1:])) for names in groups.values()]


def title_and_year(name: str) -> tuple[str, int | None]:
    """Title and year in a name such as "Alien (1979) [1080p]" or "Alien.1979.1080p.BluRay".

    >>> title_and_year("Blade.Runner.2049.2017.1080p.BluRay.x264-GRP")
    ('Blade Runner 2049', 2017)
    """
    bare = _BRACKETS.sub("", name).strip() or name
    match = _IN_PARENTHESES.match(bare) or _BARE_YEAR.match(bare)
    title, year = (match[1], int(match[2])) if match else (bare, None)
    if " " not in title.strip():
        title = re.sub(r"[._]+", " ", title)
    return " ".join(title.split()), year


def year_apart(title: str, year: int | None) -> tuple[str, int | None]:
    """A title without the film's year, which some programs append to it, and the year.

    >>> year_apart("Alien (1979)", None)
    ('Alien', 1979)
    """
    while (match := _YEAR_AT_END.match(title)) and year in (None, int(match[2])):
        title, year = match[1], int(match[2])
    return title, year
