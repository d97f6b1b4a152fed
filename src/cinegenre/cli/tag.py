"""`cinegenre tag`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from .options import AnyLanguage, AsJson, GenreNames, Model
from .tag_refresh import connected, refreshed
from .tag_rows import Shown, print_undone

if TYPE_CHECKING:
    from ..genre_map import GenreMap
    from ..library import Options, Policy
    from ..library.passed import Passed
    from ..library.servers.refresh import Refresher
    from ..tagger import Tagger

app = typer.Typer()

Library = Annotated[
    Path, typer.Argument(help="A folder of films with .nfo files.", metavar="LIBRARY")
]
Write = Annotated[bool, typer.Option("--write", help="Change the .nfo files.")]
MissingOnly = Annotated[
    bool,
    typer.Option("--missing-only", help="Predict for films without a genre (the default)."),
]
Add = Annotated[bool, typer.Option("--add", help="Also add genres to those that a film has.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Replace a film's genres with the predicted ones.")
]
MinConfidence = Annotated[
    float, typer.Option(min=0, max=1, help="Use only genres with at least this probability.")
]
Language = Annotated[
    str | None,
    typer.Option(help="Write TMDB's genre names in this language, such as de.", metavar="CODE"),
]
Clean = Annotated[
    bool,
    typer.Option(
        "--clean",
        help="Put the names that are there in order: TMDB's, --language's or --map's, each "
        "once. Predicts nothing, unless --missing-only or --add is given too.",
    ),
]
DropUnknown = Annotated[
    bool, typer.Option("--drop-unknown", help="With --clean: remove names that are not known.")
]
MaxGenres = Annotated[
    int | None,
    typer.Option(min=1, help="At most so many genres a film: the likeliest, or the first."),
]
ExcludePatterns = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        help="Pass over folders and files that match, as in .gitignore; may be repeated.",
        metavar="GLOB",
    ),
]
Create = Annotated[
    bool, typer.Option("--create", help="Create an .nfo file for a film that has none.")
]
Backup = Annotated[
    Path | None,
    typer.Option(
        help="Copy the old files to this folder instead of .bak files beside them.",
        metavar="DIR",
    ),
]
Undo = Annotated[
    bool, typer.Option("--undo", help="Undo the last run, or the run of a given journal.")
]
ShowAll = Annotated[bool, typer.Option("--all", help="Show the films that are left alone, too.")]
Refresh = Annotated[
    list[str] | None,
    typer.Option(
        help="Have this server read what was written, such as kodi+http://127.0.0.1:8080; "
        "may be repeated.",
        metavar="SERVER",
    ),
]
ServerPath = Annotated[
    list[str] | None,
    typer.Option(
        help="A folder as the server calls it, =, as it is called here; may be repeated.",
        metavar="SERVER=HERE",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with the server's key; else it is taken from the environment.",
        metavar="FILE",
    ),
]


@app.command(
    epilog="Examples: [bold]cinegenre tag /films[/]  [bold]cinegenre tag /films --write[/]"
    "  [bold]cinegenre tag /films --add --language de --min-confidence 0.6 --write[/]"
    "  [bold]cinegenre tag /films --clean --write[/]  [bold]cinegenre tag --undo /films[/]"
)
def tag(
    library: Library,
    write: Write = False,
    missing_only: MissingOnly = False,
    add: Add = False,
    replace: Replace = False,
    min_confidence: MinConfidence = 0.0,
    genre_map: GenreNames = None,
    language: Language = None,
    clean: Clean = False,
    drop_unknown: DropUnknown = False,
    max_genres: MaxGenres = None,
    exclude_patterns: ExcludePatterns = None,
    create: Create = False,
    backup: Backup = None,
    undo: Undo = False,
    show_all: ShowAll = False,
    refresh: Refresh = None,
    server_path: ServerPath = None,
    key_file: KeyFile = None,
    model: Model = None,
    any_language: AnyLanguage = False,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of a library's films; with --write, put them into the .nfo files.

    For Jellyfin, Kodi, Emby and Plex. Nothing but <genre> elements changes in a file.
    """
    from ..library import Options, Policy
    from ..library.naming import check_language

    if refresh and not (write or undo):
        raise UserError("--refresh is given without --write", "add --write")
    servers = connected(refresh or (), library, server_path or (), key_file)
    exclude = tuple(exclude_patterns or ())
    if undo:
        _undone(library, servers, as_json=as_json)
        return
    policy = _policy(missing_only=missing_only, add=add, replace=replace)
    _check(clean=clean, policy=policy, drop_unknown=drop_unknown)
    code = None if language is None else check_language(language)
    _check_library(library, exclude)
    # Names that are only put in order need no model.
    tagger = None if clean and policy is None else _tagger(model)
    genres, names = _named(tagger, genre_map)
    options = Options(
        policy=policy or Policy.MISSING_ONLY, min_confidence=min_confidence, names=names,
        language=code, create=create, any_language=any_language, clean=clean,
        drop_unknown=drop_unknown, max_genres=max_genres, exclude=exclude,
    )  # fmt: skip
    shown = Shown(str(library), all=show_all, as_json=as_json)
    try:
        passed = _run(library, tagger, options, shown, write=write, backup=backup)
    finally:  # what was written is told even if the disk is full or Ctrl-C was pressed
        _print_hints(shown, names, genres, undo=f"cinegenre tag --undo {library}")
    refreshed(servers, as_json=as_json)
    shown.check(passed.nothing(library))


def _check_library(library: Path, exclude: tuple[str, ...]) -> None:
    """Refuse a folder without a film, before a model is loaded for it."""
    from ..library.passed import Passed
    from ..library.walk import walk

    if not library.is_dir():
        raise UserError(f"no folder {library}", "name a folder of films")
    passed = Passed()
    if next(walk(library, exclude, passed), None) is None:
        raise passed.nothing(library)


def _run(
    library: Path,
    tagger: Tagger | None,
    options: Options,
    shown: Shown,
    *,
    write: bool,
    backup: Path | None,
) -> Passed:
    """Go through the library's films, telling each; what was passed over is told at the end."""
    from ..library import writer
    from ..library.nfo_library import NfoLibrary
    from ..library.passed import Passed
    from ..library.run import run
    from ..progress import counted, stage

    passed = Passed()
    copies = None if backup is None else backup.resolve()
    try:
        with (
            writer(library, copies) if write else nullcontext() as writing,
            stage("films") as advance,
        ):
            films = NfoLibrary(
                library, writing, create=options.create, exclude=options.exclude, passed=passed
            )
            for row in counted(run(films, tagger, options), advance):
                shown.add(row)
    finally:
        shown.end(passed, removed=options.drop_unknown)
    return passed


def _print_hints(shown: Shown, names: GenreMap | None, genres: Sequence[str], *, undo: str) -> None:
    """How to take back what was written; keys of a map that are likely genres mistyped."""
    from ..genre_map import likely_meant
    from ..taxonomy import spelling_key

    if shown.counts["written"]:
        print(f"take it back: {undo}", file=sys.stderr)
    seen = {spelling_key(name) for name in shown.seen}
    for key, values in names.others.items() if names else ():
        near = likely_meant(key, values, genres)
        if near and spelling_key(key) not in seen:
            print(f"--map names {key!r}, which no film has: {near!r}?", file=sys.stderr)


def _tagger(model: str | None) -> Tagger:
    from ..tagger import Tagger

    return Tagger.load(model)


def _named(tagger: Tagger | None, genre_map: str | None) -> tuple[Sequence[str], GenreMap | None]:
    """The genres that may be written, and the names of --map for them."""
    from ..genre_map import GenreMap
    from ..taxonomy import TMDB

    genres = tagger.genres if tagger else TMDB
    return genres, GenreMap.load(genre_map, genres, library=True) if genre_map else None


def _check(*, clean: bool, policy: Policy | None, drop_unknown: bool) -> None:
    from ..library import Policy

    if clean and policy is Policy.REPLACE:
        raise UserError("--clean and --replace are given", "give one of them")
    if drop_unknown and not clean:
        raise UserError("--drop-unknown is given without --clean", "add --clean")


def _policy(*, missing_only: bool, add: bool, replace: bool) -> Policy | None:
    from ..library import Policy

    given = [
        policy
        for policy, wanted in (
            (Policy.MISSING_ONLY, missing_only),
            (Policy.ADD, add),
            (Policy.REPLACE, replace),
        )
        if wanted
    ]
    if len(given) > 1:
        names = " and ".join(f"--{policy.value}" for policy in given)
        raise UserError(f"{names} are given", "give one of them")
    return given[0] if given else None


def _undone(target: Path, servers: Sequence[Refresher], *, as_json: bool) -> None:
    from ..library import undo

    if not target.exists():
        raise UserError(f"no library or journal at {target}", "check the path")
    done = undo(target)
    print_undone(done, as_json=as_json)
    refreshed(servers, as_json=as_json)
    if done.left:
        raise typer.Exit(2)
