"""The interface of all kinds of servers, and helpers that they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ...errors import BadMovie
from ...taxonomy import spelling_key
from .address import Address
from .http import Down, Http
from .keys import Key, KeyKind

_LOGIN = re.compile(r"(?<=://)[^/]*@")
GENRES_LOCKED = "its genres are locked"
"""The reason for leaving a film alone if only its genres are locked."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film, or a show, as a server has it. A listing may have only id, title and paths.

    `Server.poster` asks for `poster`, `home` is the part of the server that has the film, and
    `locked` is the reason why its genres must not be changed.
    """

    id: str
    kind: str
    title: str
    paths: tuple[str, ...]
    genres: tuple[str, ...] = ()
    year: int | None = None
    overview: str | None = None
    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    outer_id: str | None = None
    """Its id at IMDb or TMDB."""
    poster: str | None = None
    home: str = ""
    locked: str = ""


class Server(Protocol):
    """The part of a server's API that genres need. The methods raise the errors of `Http`."""

    name: ClassVar[str]
    key: ClassVar[KeyKind]
    locks: ClassVar[bool]
    """Whether it can lock a film's genres, so that it does not overwrite them itself."""
    http: Http

    def __init__(self, http: Http) -> None: ...

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """The headers that authenticate a request."""

    def check(self) -> None:
        """Raise if the server does not answer, is of another kind, or refuses the key."""

    def films(self) -> Iterator[Film]:
        """Every film and show, from a listing that is read page by page."""

    def whole(self, films: Sequence[Film]) -> dict[str, Film]:
        """By id, these films with everything that the server knows now, without deleted ones."""

    def set_genres(self, film: Film, genres: Sequence[str], *, lock: bool) -> None:
        """Give a film exactly these genres, and lock or unlock them."""

    def refresh(self, film: Film) -> None:
        """Make the server read the film's .nfo again soon."""

    def poster(self, film: Film) -> bytes | None:
        """Its poster, as large as a model may need it; None if there is none."""


def same_genres(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether they are the same up to order and spelling, which servers choose."""
    return {*map(spelling_key, one)} == {*map(spelling_key, other)}


def check_genres(film: Film, wanted: Sequence[str]) -> None:
    """Raise `BadMovie` if a server has other genres than it was given."""
    if not same_genres(film.genres, wanted):
        has = ", ".join(film.genres) or "none"
        raise BadMovie(f"the server took them, but has the genres {has}", "see its log")


@contextmanager
def understood(address: Address) -> Iterator[None]:
    """Wraps the reading of an answer: an answer of another form is an error of the server."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Down(
            f"{address} answers in a form that is not known ({type(error).__name__}: {error})",
            "see whether its version is one of those in docs/library.md",
        ) from error


def without_login(path: str) -> str:
    """A path without the user and password that Kodi's may have: smb://user:password@nas/films."""
    return _LOGIN.sub("", path)


def texts(value: Any) -> tuple[str, ...]:
    """The texts in a list of a server's answer, each once; () for anything else."""
    found = value if isinstance(value, list) else []
    stripped = (text.strip() for text in found if isinstance(text, str))
    return tuple(dict.fromkeys(text for text in stripped if text))


def named(value: Any, name: str) -> tuple[str, ...]:
    """The texts under `name` in a list of objects."""
    found = value if isinstance(value, list) else []
    return texts([each.get(name) for each in found if isinstance(each, dict)])


def text(value: Any) -> str | None:
    """The value if it is a text that is not empty, else None."""
    return value.strip() or None if isinstance(value, str) else None


def year(value: Any) -> int | None:
    """The value if it is a possible year of a film, else None."""
    return value if isinstance(value, int) and 1800 < value < 2200 else None
