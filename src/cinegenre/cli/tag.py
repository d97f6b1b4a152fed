"""`cinegenre tag`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from . import tag_run
from .options import AnyLanguage, AsJson, GenreNames, Model
from .tag_run import Wanted

if TYPE_CHECKING:
    from ..library import Policy

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]cinegenre tag /films[/]  [bold]cinegenre tag /films --write[/]"
    "  [bold]cinegenre tag /films --add --language de --min-confidence 0.6 --write[/]"
    "  [bold]cinegenre tag /films --clean --write[/]  [bold]cinegenre tag --undo /films[/]"
)
def tag(
    library: Annotated[
        str,
        typer.Argument(
            help="A folder of films with .nfo files, or a server: kodi+http://HOST:8080, "
            "jellyfin+https://HOST, emby+…, plex+….",
            metavar="LIBRARY",
        ),
    ],
    write: Annotated[bool, typer.Option("--write", help="Change the .nfo files.")] = False,
    missing_only: Annotated[
        bool,
        typer.Option("--missing-only", help="Predict for films without a genre (the default)."),
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Also add genres to those that a film has.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a film's genres with the predicted ones.")
    ] = False,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Use only genres with at least this probability.")
    ] = 0.0,
    genre_map: GenreNames = None,
    language: Annotated[
        str | None,
        typer.Option(help="Write TMDB's genre names in this language, such as de.", metavar="CODE"),
    ] = None,
    clean: Annotated[
        bool,
        typer.Option(
            "--clean",
            help="Put the names that are there in order: TMDB's, --language's or --map's, each "
            "once. Predicts nothing, unless --missing-only or --add is given too.",
        ),
    ] = False,
    drop_unknown: Annotated[
        bool, typer.Option("--drop-unknown", help="With --clean: remove names that are not known.")
    ] = False,
    max_genres: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many genres a film: the likeliest, or the first."),
    ] = None,
    exclude_patterns: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            help="Pass over folders and files that match, as in .gitignore; may be repeated.",
            metavar="GLOB",
        ),
    ] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Create an .nfo file for a film that has none.")
    ] = False,
    backup: Annotated[
        Path | None,
        typer.Option(
            help="Copy the old files to this folder instead of .bak files beside them.",
            metavar="DIR",
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Undo the last run, or the run of a given journal.")
    ] = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show the films that are left alone, too.")
    ] = False,
    refresh: Annotated[
        list[str] | None,
        typer.Option(
            help="Have this server read what was written, such as kodi+http://127.0.0.1:8080; "
            "may be repeated.",
            metavar="SERVER",
        ),
    ] = None,
    server_path: Annotated[
        list[str] | None,
        typer.Option(
            help="A folder as the server calls it, =, as it is called here; may be repeated.",
            metavar="SERVER=HERE",
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with the server's key; else it is taken from the environment.",
            metavar="FILE",
        ),
    ] = None,
    model: Model = None,
    any_language: AnyLanguage = False,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of a library's films; with --write, put them into the .nfo files.

    For Jellyfin, Kodi, Emby and Plex. Nothing but <genre> elements changes in a file.
    """
    wanted = Wanted(
        library=library, write=write, min_confidence=min_confidence, genre_map=genre_map,
        policy=_policy(missing_only=missing_only, add=add, replace=replace), language=language,
        clean=clean, drop_unknown=drop_unknown, max_genres=max_genres, create=create,
        exclude=tuple(exclude_patterns or ()), backup=backup, show_all=show_all,
        refresh=tuple(refresh or ()), server_path=tuple(server_path or ()), key_file=key_file,
        model=model, any_language=any_language, as_json=as_json,
    )  # fmt: skip
    if undo:
        tag_run.undo(wanted)
        return
    _check(clean=clean, policy=wanted.policy, drop_unknown=drop_unknown)
    if wanted.is_server:
        tag_run.tag_server(wanted)
    else:
        tag_run.tag_folder(wanted)


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
