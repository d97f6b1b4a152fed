"""What every kind of server has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ...errors import BadMovie
from ...taxonomy import spelling_key
from .address import Address
from .http import Down, Http
from .keys import Key, KeyKind

GENRES_LOCKED = "its genres are locked"
"""Why a film is left alone whose other fields may be changed."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film, or a show, as a server has it. A listing may know no more than id, title and paths.

    `poster` is what `Server.poster` asks for, `home` the part of the server where it is, `locked`
    why its genres may not be changed.
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
    """One server's API, as far as genres need it. Methods raise as `Http` does."""

    name: ClassVar[str]
    key: ClassVar[KeyKind]
    locks: ClassVar[bool]
    """Whether it can lock a film's genres against its own refreshing."""
    http: Http

    def __init__(self, http: Http) -> None: ...

    @staticmethod
    def headers(key: Key | None) -> dict[str, str]:
        """What a request carries so that the server knows us."""

    def check(self) -> None:
        """Raise where the server is not there, is another one, or refuses the key."""

    def films(self) -> Iterator[Film]:
        """Every film and show, as a listing has them, page by page."""

    def whole(self, films: Sequence[Film]) -> dict[str, Film]:
        """Some films with all that the server knows of them now, by id; without those gone."""

    def set_genres(self, film: Film, genres: Sequence[str], *, lock: bool) -> None:
        """Give a film these genres and no others; lock them or let go of the lock."""

    def refresh(self, film: Film) -> None:
        """Have the server read the film's .nfo again, some time soon."""

    def poster(self, film: Film) -> bytes | None:
        """Its poster, as large as a model may want it; None where there is none."""


def same_genres(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether they are the same but for order and spelling, which servers choose."""
    return {*map(spelling_key, one)} == {*map(spelling_key, other)}


def check_genres(film: Film, wanted: Sequence[str]) -> None:
    """Raise `BadMovie` where a server has other genres than it was given."""
    if not same_genres(film.genres, wanted):
        has = ", ".join(film.genres) or "none"
        raise BadMovie(f"the server took them, but has the genres {has}", "see its log")


@contextmanager
def understood(address: Address) -> Iterator[None]:
    """Around the reading of an answer: one of another form is the server's fault, not ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Down(
            f"{address} answers in a form that is not known ({type(error).__name__}: {error})",
            "see whether its version is one of those in docs/library.md",
        ) from error


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
    """A text that says anything."""
    return value.strip() or None if isinstance(value, str) else None


def year(value: Any) -> int | None:
    """A year of the cinema's."""
    return value if isinstance(value, int) and 1800 < value < 2200 else None
