"""Finds the posters of films."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from ..base64_text import from_base64, from_data_address, is_data_address
from ..errors import BadMovie, UserError, shown
from ..movie import is_address
from ..pictures import ENDINGS
from .cells import absent, literal


def poster_index(folder: Path) -> dict[str, Path]:
    """The posters in `folder` by name without ending; endings may be in upper or lower case.

    The folder is listed once. Raises `UserError` if it is not a folder.
    """
    rank = {suffix: place for place, suffix in enumerate(ENDINGS)}
    best: dict[str, tuple[int, str]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = PurePath(entry.name)
                place = rank.get(name.suffix.lower())
                if place is not None and entry.is_file():
                    found = (place, entry.name)
                    best[name.stem] = min(found, best.get(name.stem, found))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"no folder {folder} with posters", "check the path") from None
    except OSError as error:
        raise UserError(f"cannot list {folder} ({error.strerror})", "check its rights") from None
    return {stem: folder / name for stem, (_, name) in best.items()}


_IMDB = re.compile(r"tt(\d{1,12})", re.ASCII)
_LOOKED = 100
"""After this many files that a table names were not found, no more are looked for."""


class Beside:
    """The posters in a folder, found by the films' ids; it remembers whether any was found."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.index = poster_index(folder) if folder else {}
        self._any_case = _any_case(self.index)
        self.found = 0
        self._looked: list[str] = []
        self._films = 0

    def find(self, ids: Iterable[str]) -> Path | None:
        """The file that is named after the first of these ids for which there is one.

        IMDb's `tt0114709` may be written without `tt` and leading zeros. A name in another case
        counts if only one file has it.
        """
        if self.folder is None:
            return None
        self._films += 1
        for id_ in ids:
            for name in _names(id_):
                if found := self.index.get(name) or self._any_case.get(_fold(name)):
                    self.found += 1
                    return found
            if len(self._looked) < 3:
                self._looked.append(f"{id_}{ENDINGS[0]}")
        return None

    def named(self, poster: Any) -> Any:
        """The poster that a table names, in the folder's spelling: `fine.jpg` may be `FINE.JPG`."""
        poster = self._spelled(poster)
        self._count(poster)
        return poster

    def _spelled(self, poster: Any) -> Any:
        if self.folder is None or not isinstance(poster, Path) or poster.parent != self.folder:
            return poster
        found = self._any_case.get(_fold(poster.stem))
        if found is None or found.name == poster.name or _fold(found.name) != _fold(poster.name):
            return poster
        return poster if poster.is_file() else found

    def _count(self, poster: object) -> None:
        if self.folder is None or self.found:
            return
        self._films += 1
        if self._films > _LOOKED or not isinstance(poster, str | Path):
            return
        try:
            self.found += Path(poster).is_file()
        except (OSError, ValueError):  # not a possible name on this system
            return
        if not self.found and len(self._looked) < 3:
            self._looked.append(str(poster))

    @property
    def missing(self) -> str:
        """A message if the folder has no film's poster; "" if it has some."""
        if self.folder is None or self.found or not self._films:
            return ""
        holds = next(iter(self.index.values()), None)
        there = f"it holds {len(self.index):,}, such as {holds.name}" if holds else "it holds none"
        looked = f"looked for {', '.join(self._looked)}" if self._looked else "no film has an id"
        return f"no film has its poster in {self.folder} ({looked}; {there})"


def _fold(name: str) -> str:
    return normalize("NFC", name).casefold()


def _any_case(index: Mapping[str, Path]) -> dict[str, Path]:
    """Posters by their names in lower case, without names that several have."""
    times = Counter(map(_fold, index))
    return {_fold(name): path for name, path in index.items() if times[_fold(name)] == 1}


def _names(id_: str) -> tuple[str, ...]:
    """The possible file names of a film with this id."""
    imdb = _IMDB.fullmatch(id_)
    if imdb is None:
        return (id_,)
    number, padded = str(int(imdb[1])), imdb[1].zfill(7)
    return (id_, number, padded, f"tt{number}", f"tt{padded}")


def local_poster(value: Any, base: Path) -> str | Path | bytes | None:
    """The poster in a table's cell, relative to `base`: a path, bytes, or None.

    Hugging Face's `{"bytes": ..., "path": ...}` gives its bytes, else its path. A web address is
    not a local poster, and neither is TMDB's `/rhIRbceoE9lR4veEXuwCC2wARtG.jpg`, unless that file
    is in `base`. Other paths are returned even if they do not exist: opening them shows the error.
    """
    if isinstance(value, dict):
        value = value.get("bytes") or value.get("path")
    if not value or absent(value):
        return None
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise BadMovie(f"poster is {shown(value)}", "poster must be a path or bytes")
    text = value.strip()
    if not text or "://" in text or is_data_address(text):
        return None
    if text.startswith("/") and text.count("/") == 1 and not Path(text).exists():
        beside = base / text[1:]
        return beside if beside.exists() else None
    return base / text


WEB = ("http://", "https://")
_BASE64 = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD")
"""The first characters of a JPEG, PNG, WebP and GIF in base64."""
_PATHS = ("path", "url", "remoteUrl", "src", "href", "file_name", "poster")
"""Keys under which an image object has its address or path."""
_NO_SCHEME = re.compile(r"//[\w-]+(\.[\w-]+)+/\S|www\.[\w-]+\.\w+/\S", re.ASCII | re.IGNORECASE)
_HELD = re.compile(r"https?://[^\s\"'<>()|]+", re.ASCII | re.IGNORECASE)
_FIRST = re.compile(r"(https?://[^\s|]++)(?:\s+\(|\s*\|)", re.ASCII | re.IGNORECASE)
_SHORTEST = 64
"""The fewest characters of an image in base64; a path such as `/9j/a.jpg` is shorter."""


def poster_of(value: Any, base: Path) -> str | Path | bytes | None:
    """The same as `local_poster`, but also understands base64, addresses and lists of images.

    Base64 (a `data:` URI, the `bytes` of an image struct in JSON, or plain text) becomes bytes; if
    it is broken, they are not an image, so that the film's other inputs are still read. An address
    is returned as it is, but a `file:` address as its path. Of several images, the one that is
    called a poster is used, or else the first.
    """
    value = _one(value)
    if isinstance(value, dict):
        inner = value.get("bytes")
        if isinstance(inner, str) and inner:
            return _decoded(inner)
        value = inner or next((value[key] for key in _PATHS if value.get(key)), None)
    if isinstance(value, int | float) and not absent(value):
        value = str(value)  # opening it shows what is wrong
    if isinstance(value, str):
        text = value.strip()
        if text.startswith(("[", "{")) and (found := _in_text(text)) is not None:
            return poster_of(found, base)
        if found := _held(text):
            text = found
        if _NO_SCHEME.match(text):
            text = f"https:{'' if text.startswith('//') else '//'}{text}"
        if is_data_address(text):
            return _decoded(text, from_data_address)
        if text.startswith("image://"):  # Kodi's, around another address or a path
            text = unquote(text.removeprefix("image://").rstrip("/"))
        if is_address(text):
            return _of_file(text) or text
        if len(text) > _SHORTEST and text.lstrip("b'\"").startswith(_BASE64):
            return _decoded(text)
        if "\\" in text and not (base / text).exists():
            plain = base / text.replace("\\", "/")  # written on Windows
            return plain if plain.exists() else base / text
    return local_poster(value, base)


def _held(text: str) -> str:
    """The address in `<img src="...">`, `=IMAGE("...")`, `![](...)`, `a.jpg (...)`, or the first of
    several with `|` between them; "" in any other text."""
    if is_address(text):
        first = _FIRST.match(text)
        return first[1] if first else ""
    # A poster in base64 is long, and has no "://".
    found = None if text.startswith("data:") or "://" not in text else _HELD.search(text)
    return found[0] if found else ""


def _in_text(text: str) -> Any:
    """The list or object that a text represents, as tables have them; None if it is neither."""
    try:
        found = literal(text)
    except ValueError:
        return None
    return found if isinstance(found, list | dict) else None


def _one(value: Any) -> Any:
    """The poster among several images: the one that is called a poster, else the first."""
    if not isinstance(value, list | tuple):
        return value
    named = (each for each in value if isinstance(each, dict) and "poster" in each.values())
    return next(named, next(iter(value), None))


def is_web(value: object) -> bool:
    """Whether a film's poster is a web address that can be downloaded."""
    return isinstance(value, str) and value.casefold().startswith(WEB)


def _of_file(address: str) -> str | None:
    """The file that a file: address names on this machine; None if it names none here."""
    parts = urlsplit(address)
    if parts.scheme.casefold() != "file" or parts.netloc not in ("", "localhost"):
        return None
    from urllib.request import url2pathname  # imports ssl

    path = url2pathname(parts.path)
    return path if Path(path).is_file() else None


def _decoded(text: str, decode: Callable[[str], bytes] = from_base64) -> bytes:
    try:
        return decode(text)
    except ValueError:
        return b"broken base64"
