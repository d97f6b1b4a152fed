"""Groups the videos of a folder into films: a film may have several parts or versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .filenames import fold
from .titles import says_which_copy, title_and_year

_SEPARATED = r"\A(?P<name>.+?)(?:(?<=[\])}])|[ ._-]+)[(\[]?"
_PART = re.compile(
    rf"{_SEPARATED}(?P<kind>cd|dvd|part|pt|dis[ck])[ ._-]*(?P<number>\d+|[a-d])[)\]]?(?P<rest>)\Z",
    re.IGNORECASE,
)
# In the midst of a name, "Part 1" belongs to the title: "Mockingjay Part 1 (2014)".
_IN_MIDST = re.compile(
    rf"{_SEPARATED}(?P<kind>cd|dis[ck])[ ._-]*(?P<number>\d)[)\]]?(?P<rest>[ ._-].+)\Z",
    re.IGNORECASE,
)
_PART_FOLDER = re.compile(r"(?:cd|dvd|dis[ck])[ ._-]*(?:\d+|[a-d])", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """The videos of one film.

    Its title is in `name`; `names` are the possible names of its .nfo and poster, best first.
    """

    name: str
    stems: tuple[str, ...]
    versions: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The film's name, then the names of its files; the other way round for a single file."""
        order = (self.name, *self.stems) if len(self.stems) != 1 else (*self.stems, self.name)
        return tuple(dict.fromkeys(order))


def grouped(videos: Iterable[str], folder: Path) -> list[Named]:
    """The films that these videos belong to; several parts or versions are one film."""
    stems = list(dict.fromkeys(Path(video).stem for video in videos))
    films = _without_parts(stems)
    if len(films) > 1 and _are_versions(films, folder.name):
        return [Named(folder.name, tuple(stems), versions=True)]
    return films


def is_part_folder(name: str, film: str) -> bool:
    """Whether a folder in that of `film` may hold a part of it: "CD1", "Film disc 2"."""
    own = fold(name).removeprefix(fold(film)).strip(" ._-()[]")
    return _PART_FOLDER.fullmatch(own) is not None


def _without_parts(stems: list[str]) -> list[Named]:
    """The films of these files. Only parts with different numbers are parts of one film."""
    parts = {stem: part for stem in stems if (part := _PART.match(stem) or _IN_MIDST.match(stem))}
    numbers: dict[tuple[str, ...], set[str]] = {}
    for part in parts.values():
        numbers.setdefault(_film(part), set()).add(part["number"].lower())
    others = {fold(stem) for stem in stems}
    films: dict[tuple[str, ...], list[str]] = {}
    for stem in stems:
        name, which = stem, (fold(stem),)
        if part := parts.get(stem):
            whole = part["name"] + part["rest"]
            # "Dune" and "Dune Part 2" are two films.
            titled = part["kind"].lower() in ("part", "pt")
            apart = fold(whole) in others and titled
            if len(numbers[_film(part)]) > 1 and not apart:
                name, which = whole, (fold(whole),)
            elif not part["rest"] and not titled:
                name = whole  # its other parts may be elsewhere
        # The first spelling of the name is used.
        films.setdefault(which, [name]).append(stem)
    return [Named(name, tuple(found)) for name, *found in films.values()]


def _film(part: re.Match[str]) -> tuple[str, ...]:
    return fold(part["name"]), fold(part["kind"]), fold(part["rest"])


def _are_versions(films: list[Named], folder: str) -> bool:
    """Whether they are versions of one film, by Jellyfin's rule and, for films without a year,
    with a "-" or a bracket before the version. "Alien" and "Alien 3" are two films.
    """
    years = {title_and_year(film.name)[1] for film in films}
    dated = title_and_year(folder)[1] is not None
    return len(years) == 1 and all(_is_version(film.name, folder, dated=dated) for film in films)


def _is_version(name: str, folder: str, *, dated: bool) -> bool:
    name, start = fold(name), fold(folder)
    rest = name[len(start) :]
    if not name.startswith(start) or rest[:1].isalnum():
        return False
    rest = rest.rstrip(" ._")
    return not rest or dated or rest.lstrip()[0] in "-[{" or says_which_copy(rest)
