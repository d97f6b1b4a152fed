"""A server of ours that asks a fake one, quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cinegenre.library.servers import SERVERS
from cinegenre.library.servers.address import Address
from cinegenre.library.servers.base import Server
from cinegenre.library.servers.http import Http
from cinegenre.library.servers.keys import Key

from .fake_server import FakeFilm, FakeServer, running
from .fakes import FAKES

FILMS = (
    FakeFilm("1", "The Ghost", "/mnt/films/The Ghost (1999)/film.mkv"),
    FakeFilm("2", "Old", "/mnt/films/Old (1950)/old.mkv", genres=["Krimi", "Drama", "Noir"]),
    FakeFilm("3", "Sealed", "/mnt/films/Sealed/s.mkv", locked=True),
    FakeFilm("4", "Deep Field", "/mnt/shows/Deep Field", kind="tvshow"),
)


@contextmanager
def faked(kind: str, films: Sequence[FakeFilm] = FILMS) -> Iterator[FakeServer]:
    """A fake server of a kind with copies of these films."""
    with running(FAKES[kind]([FakeFilm(**vars(film)) for film in films])) as fake:
        for film in fake.films.values():
            film.genres = list(film.genres)
        yield fake


def address(kind: str, fake: FakeServer) -> Address:
    return Address(kind, fake.base)


def asking(
    kind: str, fake: FakeServer, key: str | None = None, slept: list[float] | None = None
) -> Server:
    """Ours, which has not asked yet; `slept` gets the pauses that it does not make."""
    server = SERVERS[kind]
    secret = Key(key or fake.key, "TEST_KEY")
    pauses = [] if slept is None else slept
    http = Http(address(kind, fake), server.key, secret, server.headers(secret),
                timeout=0.3, sleep=pauses.append)  # fmt: skip
    return server(http)


def checked(kind: str, fake: FakeServer) -> Server:
    """Ours, which has asked what it needs at first."""
    server = asking(kind, fake)
    server.check()
    fake.requests.clear()
    return server
