"""Which film of a server an .nfo here belongs to, though the server may know it by another path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ...errors import UserError
from ..filenames import is_video
from ..grouping import is_part_folder
from .base import Film, without_login

_DISCS = ("video_ts", "bdmv")
_GENERAL = ("movie", "tvshow", "video_ts", "index")
"""Names of .nfo files that say nothing of the video's name."""
_OPENED = ("video_ts.ifo", "index.bdmv")
"""Files with which a player opens a disc."""
_WINDOWS = re.compile(r"[A-Za-z]:/|//|smb://", re.IGNORECASE)
_QUOTED = re.compile(r"(?:davs?|https?)://", re.IGNORECASE)


@dataclass(frozen=True)
class Mapping:
    """What a server calls a folder, and what it is called here."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Mapping:
        """From `SERVER=HERE` each. Raises `UserError` for another form."""
        pairs = []
        for text in texts:
            there, sign, here = text.partition("=")
            if not (there and sign and here):
                raise UserError(
                    f"--server-path {text!r} is not a pair",
                    "write the server's path, =, the path here: /mnt/films=/films",
                )
            pairs.append((_slashed(there), _slashed(str(Path(here).absolute()))))
        return cls(tuple(sorted(pairs, key=lambda pair: -len(pair[0]))))

    def here(self, path: str) -> str:
        """A server's path as it is here; the longest of the server's folders counts."""
        path = _slashed(path)
        for there, here in self.pairs:
            start = there.rstrip("/")
            if _key(path) == _key(there) or _key(path).startswith(f"{_key(start)}/"):
                return here + path[len(start) :]
        return path


class Places:
    """The films of a server by where they are here, in the folders `roots` of one library.

    A library that is a link has two.
    """

    def __init__(self, films: Iterable[Film], mapping: Mapping, roots: Sequence[Path]) -> None:
        self.roots = [_slashed(str(root)) for root in roots]
        self.example: str | None = None
        """A path of the server's, for a person who wonders why it knows nothing of the library."""
        self._folders: dict[str, list[tuple[str, Film]]] = {}
        for film in films:
            for path in film.paths:
                self.example = self.example or without_login(path)
                self._add(mapping.here(path), film)

    def _add(self, path: str, film: Film) -> None:
        folder, _, name = path.rpartition("/")
        self._folders.setdefault(_key(path), []).append(("", film))  # a show, or a disc
        if film.kind == "movie" and (is_video(name) or _of_disc(folder) or name.lower() in _OPENED):
            folder = folder.rpartition("/")[0] if _of_disc(folder) else folder
            self._folders.setdefault(_key(folder), []).append((_stem(name), film))
            above, _, last = folder.rpartition("/")
            if is_part_folder(last, above.rpartition("/")[2]):
                self._folders.setdefault(_key(above), []).append((_stem(name), film))

    def knows_any(self) -> bool:
        """Whether the server has anything in this library."""
        starts = tuple(_key(root) + "/" for root in self.roots)
        return any(folder.startswith(starts) for folder in self._folders)

    def of(self, nfo: str) -> list[Film]:
        """The films, of a server that has some more than once, of the .nfo at a path in a root."""
        for root in self.roots:
            if found := self._at(_slashed(f"{root}/{nfo}")):
                return list({film.id: film for film in found}.values())
        return []

    def _at(self, path: str) -> list[Film]:
        folder, _, name = path.rpartition("/")
        if name.lower() == "tvshow.nfo":
            return [film for _, film in self._folders.get(_key(folder), ()) if film.kind != "movie"]
        folder = folder.rpartition("/")[0] if _of_disc(folder) else folder
        stem = _key(_stem(name))
        there = [each for each in self._folders.get(_key(folder), ()) if each[1].kind == "movie"]
        exact = [film for video, film in there if _key(video) == stem]
        general = stem.lower() in _GENERAL or stem == _key(folder.rpartition("/")[2])
        if exact or general or len(there) == 1:
            return exact or [film for _, film in there]
        return [film for video, film in there if _key(video).startswith(stem)]  # parts, versions


def _slashed(path: str) -> str:
    """A path to compare: with "/", composed, without the login and the escapes of an address."""
    path = without_login(unquote(path) if _QUOTED.match(path) else path)
    return unicodedata.normalize("NFC", path).replace("\\", "/").rstrip("/") or "/"


def _key(path: str) -> str:
    return path.casefold() if _WINDOWS.match(path) else path


def _of_disc(folder: str) -> bool:
    return folder.rpartition("/")[2].lower() in _DISCS


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
