"""What the names of folders and videos say: title and year, parts of one film, episodes, extras."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

VIDEOS = frozenset(
    (
        ".3gp", ".asf", ".avi", ".divx", ".flv", ".img", ".iso", ".m2ts", ".m4v", ".mkv", ".mov",
        ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".rm", ".rmvb", ".strm", ".ts", ".vob",
        ".webm", ".wmv",
    )
)  # fmt: skip
IGNORED_FOLDERS = frozenset(
    {
        "extras", "specials", "shorts", "scenes", "featurettes", "behind the scenes",
        "deleted scenes", "interviews", "trailers", "clips", "other", "backdrops", "samples",
        "sample", "theme-music", "subs", "subtitles", "extrafanart", "extrathumbs", "@eadir",
        "#recycle", "$recycle.bin", "lost+found", "system volume information",
    }
)  # fmt: skip
"""Folders of a film or a system in which no film stands, as Jellyfin's and Kodi's pages name
them."""
_EXTRA = re.compile(
    r"[-_. ](trailer|sample|scene|clip|interview|behindthescenes|deleted|deletedscene|featurette|"
    r"short|extra|other|theme)\d*\Z|\A(trailer|sample|theme)\Z",
    re.IGNORECASE,
)
_EPISODE = re.compile(
    r"(?<![a-z0-9])(s\d{1,4}[ ._-]*e\d{1,4}|\d{1,2}x\d{2,3})(?!\d)", re.IGNORECASE
)
_PART = re.compile(r"[ ._-]+(cd|dvd|part|pt|disc|disk)[ ._-]*([0-9]+|[a-d])\Z", re.IGNORECASE)
_BRACKETS = re.compile(r"(?<=.)\s*(\[[^\]]*\]|\{[^}]*\})")
_IN_PARENTHESES = re.compile(r"\A(.+?)[ ._]*\(((?:1[89]|20)\d\d)\)")
_BARE_YEAR = re.compile(r"\A(.+)[ ._]((?:1[89]|20)\d\d)(?=[ ._]|\Z)")


@dataclass(frozen=True)
class Named:
    """The videos of one film. `names` are what its .nfo and poster may be called, best first."""

    name: str
    stems: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The film's name, then those of its files."""
        return tuple(dict.fromkeys((self.name, *self.stems)))


def is_video(name: str) -> bool:
    """Whether a file's name is a video's."""
    return Path(name).suffix.lower() in VIDEOS


def grouped(files: Iterable[str], folder: Path) -> list[Named]:
    """The films that the videos among `files` are: parts and versions of one count once.

    Trailers, samples and episodes count for nothing. Versions, as Jellyfin knows them, are videos
    whose names all begin with their folder's.
    """
    groups: dict[str, list[str]] = {}
    for file in files:
        stem = Path(file).stem
        if is_video(file) and not _EXTRA.search(stem) and not _EPISODE.search(stem):
            groups.setdefault(_PART.sub("", stem), []).append(stem)
    start = folder.name.lower()
    if len(groups) > 1 and all(name.lower().startswith(start) for name in groups):
        stems = [stem for name, stems in groups.items() for stem in (name, *stems)]
        return [Named(folder.name, tuple(dict.fromkeys(stems)))]
    return [Named(name, tuple(stems)) for name, stems in groups.items()]


def title_and_year(name: str) -> tuple[str, int | None]:
    """What a name such as "Alien (1979) [1080p]" or "Alien.1979.1080p.BluRay" is of.

    >>> title_and_year("Blade.Runner.2049.2017.1080p.BluRay.x264-GRP")
    ('Blade Runner 2049', 2017)
    """
    bare = _BRACKETS.sub("", name).strip() or name
    match = _IN_PARENTHESES.match(bare) or _BARE_YEAR.match(bare)
    title, year = (match[1], int(match[2])) if match else (bare, None)
    if " " not in title.strip():
        title = re.sub(r"[._]+", " ", title)
    return " ".join(title.split()), year
