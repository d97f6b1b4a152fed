"""Runs `cinegenre tag`: over a folder, over a server, or undoing a run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..errors import UserError
from .memory import give_memory_back
from .tag_refresh import connected, refreshed
from .tag_rows import Shown, print_undone

if TYPE_CHECKING:
    from ..genre_map import GenreMap
    from ..library import Options, Policy
    from ..library.servers.base import Server
    from ..tagger import Tagger


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The options of the command line; `policy` is None if none was given."""

    library: str
    write: bool
    policy: Policy | None
    min_confidence: float
    genre_map: str | None
    language: str | None
    clean: bool
    drop_unknown: bool
    max_genres: int | None
    exclude: tuple[str, ...]
    create: bool
    backup: Path | None
    show_all: bool
    refresh: tuple[str, ...]
    server_path: tuple[str, ...]
    key_file: Path | None
    model: str | None
    taxonomy: str
    any_language: bool
    as_json: bool

    @property
    def is_server(self) -> bool:
        """Whether the library is a server's address."""
        # Without the module that reads addresses, which a folder does not need.
        return "://" in self.library


@dataclass(frozen=True)
class Ready:
    """The model, if one is needed, and what to do with its predictions."""

    tagger: Tagger | None
    genres: Sequence[str]
    names: GenreMap | None
    options: Options

    @classmethod
    def of(cls, wanted: Wanted) -> Ready:
        from ..genre_map import GenreMap
        from ..library import Options, Policy
        from ..taxonomy import TMDB

        # Cleaning names needs no model.
        tagger = None if wanted.clean and wanted.policy is None else _tagger(wanted)
        if tagger is not None:
            give_memory_back()
        genres = tagger.genres if tagger else TMDB
        names = GenreMap.load(wanted.genre_map, genres, library=True) if wanted.genre_map else None
        options = Options(
            policy=wanted.policy or Policy.MISSING_ONLY, min_confidence=wanted.min_confidence,
            names=names, language=wanted.language, create=wanted.create, clean=wanted.clean,
            any_language=wanted.any_language, drop_unknown=wanted.drop_unknown,
            max_genres=wanted.max_genres, exclude=wanted.exclude,
        )  # fmt: skip
        return cls(tagger, genres, names, options)


def tag_folder(wanted: Wanted) -> None:
    """Tag a folder of films, then make servers read the changes."""
    from ..library import writer
    from ..library.nfo_library import NfoLibrary
    from ..library.passed import Passed
    from ..library.run import run
    from ..library.walk import walk
    from ..progress import counted, stage

    library, passed = checked(wanted), Passed()
    if next(walk(library, wanted.exclude, passed), None) is None:
        raise passed.nothing(library)
    servers = connected(wanted.refresh, library, wanted.server_path, wanted.key_file)
    ready = Ready.of(wanted)
    copies = None if wanted.backup is None else wanted.backup.resolve()
    shown = Shown(str(library), all=wanted.show_all, as_json=wanted.as_json)
    passed = Passed()
    try:
        with (
            writer(library, copies) if wanted.write else nullcontext() as writing,
            stage("films") as advance,
        ):
            films = NfoLibrary(
                library, writing, create=wanted.create, exclude=wanted.exclude, passed=passed
            )
            for row in counted(run(films, ready.tagger, ready.options), advance):
                shown.add(row)
    finally:  # print what was done even if the disk is full or Ctrl-C was pressed
        shown.end(passed, removed=wanted.drop_unknown)
        print_hints(shown, ready, undo=f"cinegenre tag --undo {library}")
    refreshed(servers, as_json=wanted.as_json)
    shown.check(passed.nothing(library))


def checked(wanted: Wanted) -> Path:
    """The library's folder, after checking that it exists and that the options fit together."""
    if wanted.refresh and not wanted.write:
        raise UserError("--refresh is given without --write", "add --write")
    for option, given in (("server-path", wanted.server_path), ("key-file", wanted.key_file)):
        if given and not wanted.refresh:
            raise UserError(f"--{option} is given without --refresh", "name a server to refresh")
    library = Path(wanted.library)
    if not library.is_dir():
        raise UserError(f"no folder {library}", "name a folder of films")
    return library


def tag_server(wanted: Wanted) -> None:
    """Tag a server's films through its API."""
    from ..library.run import run
    from ..library.servers.journal import server_journal
    from ..library.servers.library import ServerLibrary
    from ..progress import counted, stage

    for name in ("create", "backup", "exclude", "refresh", "server_path"):
        if getattr(wanted, name):
            option = f"--{name.replace('_', '-')}"
            raise UserError(f"{option} is given with a server", f"leave out {option}")
    server = _server(wanted)
    address = server.http.address
    ready = Ready.of(wanted)
    shown = Shown(str(address), all=wanted.show_all, as_json=wanted.as_json)
    try:
        with (
            server_journal(address) if wanted.write else nullcontext() as journal,
            stage("films") as advance,
        ):
            films = ServerLibrary(server, journal, ready.options, predicts=ready.tagger is not None)
            for row in counted(run(films, ready.tagger, ready.options), advance):
                shown.add(row)
    finally:
        shown.end(removed=wanted.drop_unknown)
        print_hints(shown, ready, undo=f"cinegenre tag --undo {address}")
    shown.check(UserError(f"no film at {address}", "scan its library, then run again"))


def undo(wanted: Wanted) -> None:
    """Undo the last run, or the run of a given journal."""
    if wanted.is_server:
        from ..library.servers.journal import undo_server

        done = undo_server(_server(wanted))
        print_undone(done, as_json=wanted.as_json, what="film")
    else:
        from ..library import undo

        target = Path(wanted.library)
        if not target.exists():
            raise UserError(f"no library or journal at {target}", "check the path")
        servers = connected(wanted.refresh, target, wanted.server_path, wanted.key_file)
        done = undo(target)
        print_undone(done, as_json=wanted.as_json)
        refreshed(servers, as_json=wanted.as_json)
    if done.left:
        raise typer.Exit(2)


def _server(wanted: Wanted) -> Server:
    from ..library.servers import SERVERS, connect
    from ..library.servers.address import parse_address
    from ..library.servers.keys import Keys

    address = parse_address(wanted.library, SERVERS)
    return connect(address, Keys.read(wanted.key_file, [address]))


def print_hints(shown: Shown, ready: Ready, *, undo: str) -> None:
    """Print how to undo what was written, and keys of a map that are probably mistyped genres."""
    from ..genre_map import likely_meant
    from ..taxonomy import spelling_key

    if shown.counts["written"]:
        print(f"take it back: {undo}", file=sys.stderr)
    seen = {spelling_key(name) for name in shown.seen}
    for key, values in ready.names.others.items() if ready.names else ():
        near = likely_meant(key, values, ready.genres)
        if near and spelling_key(key) not in seen:
            print(f"--map names {key!r}, which no film has: {near!r}?", file=sys.stderr)


def _tagger(wanted: Wanted) -> Tagger:
    from ..tagger import Tagger

    return Tagger.load(wanted.model, taxonomy=wanted.taxonomy)
