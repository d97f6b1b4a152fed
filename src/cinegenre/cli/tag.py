"""`cinegenre tag`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from . import tag_run
from .options import AnyLanguage, AsJson, GenreNames, Model, Taxonomy
from .tag_run import Wanted

if TYPE_CHECKING:
    from ..library import Policy

app = typer.Typer()


Library = Annotated[
    str,
    typer.Argument(
        help="A folder of films with .nfo files, or a server: kodi+http://HOST:8080, "
        "jellyfin+https://HOST, emby+https://HOST, plex+http://HOST:32400.",
        metavar="LIBRARY",
    ),
]
Write = Annotated[bool, typer.Option("--write", help="Change the .nfo files, or the server.")]
MissingOnly = Annotated[
    bool, typer.Option("--missing-only", help="Predict for films without a genre (the default).")
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
        help="Clean up the genre names that films have: TMDB's, --language's or --map's, each "
        "once. Predicts nothing, unless --missing-only or --add is given too.",
    ),
]
DropUnknown = Annotated[
    bool, typer.Option("--drop-unknown", help="With --clean: remove names that are not known.")
]
MaxGenres = Annotated[
    int | None,
    typer.Option(min=1, help="At most this many genres per film: the most likely, or the first."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
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
        help="Copy the old files to this folder instead of .bak files beside them.", metavar="DIR"
    ),
]
Undo = Annotated[
    bool, typer.Option("--undo", help="Undo the last run, or the run of a given journal.")
]
ShowAll = Annotated[bool, typer.Option("--all", help="Show the films that are left alone, too.")]
Refresh = Annotated[
    list[str] | None,
    typer.Option(
        help="Make this server read the changes, such as kodi+http://127.0.0.1:8080; may "
        "be repeated.",
        metavar="SERVER",
    ),
]
ServerPath = Annotated[
    list[str] | None,
    typer.Option(
        help="A folder's path on the server and its path here; may be repeated.",
        metavar="SERVER=HERE",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with the server's key; if not given, the environment is read.", metavar="FILE"
    ),
]

Watch = Annotated[
    bool,
    typer.Option("--watch", help="Keep running, and do new films once they have arrived."),
]
Settle = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="With --watch: do a film after this many seconds without a change (30).",
        metavar="SECONDS",
    ),
]
Poll = Annotated[
    float | None,
    typer.Option(
        min=1, help="With --watch: look every SECONDS, for a network share without notices.",
        metavar="SECONDS",
    ),
]  # fmt: skip


@app.command(
    epilog="Examples: [bold]cinegenre tag /films[/]  [bold]cinegenre tag /films --write[/]"
    "  [bold]cinegenre tag /films --add --language de --min-confidence 0.6 --write[/]"
    "  [bold]cinegenre tag /films --clean --write[/]  [bold]cinegenre tag --undo /films[/]"
    "  [bold]cinegenre tag /films --write --refresh kodi+http://127.0.0.1:8080[/]"
    "  [bold]cinegenre tag /films --watch --write[/]"
    "  [bold]cinegenre tag jellyfin+https://tv.example --write[/]"
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
    exclude: Exclude = None,
    create: Create = False,
    backup: Backup = None,
    undo: Undo = False,
    show_all: ShowAll = False,
    refresh: Refresh = None,
    server_path: ServerPath = None,
    key_file: KeyFile = None,
    watch: Watch = False,
    settle: Settle = None,
    poll: Poll = None,
    model: Model = None,
    taxonomy: Taxonomy = "",
    any_language: AnyLanguage = False,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of a library's films; with --write, put them into it.

    Works with Jellyfin, Kodi, Emby and Plex. The genres go into the .nfo files of a folder, where
    only <genre> elements change, or into the server itself.
    """
    wanted = Wanted(
        library=library, write=write, min_confidence=min_confidence, genre_map=genre_map,
        policy=_policy(missing_only=missing_only, add=add, replace=replace),
        language=None if language is None else _code(language),
        clean=clean, drop_unknown=drop_unknown, max_genres=max_genres, create=create,
        exclude=tuple(exclude or ()), backup=backup, show_all=show_all,
        refresh=tuple(refresh or ()), server_path=tuple(server_path or ()), key_file=key_file,
        model=model, taxonomy=taxonomy, any_language=any_language, as_json=as_json,
    )  # fmt: skip
    _check_watch(watch=watch, given={"settle": settle, "poll": poll}, undo=undo,
                 is_server=wanted.is_server)  # fmt: skip
    if undo:
        tag_run.undo(wanted)
        return
    _check(clean=clean, policy=wanted.policy, drop_unknown=drop_unknown, taxonomy=taxonomy)
    if wanted.is_server:
        tag_run.tag_server(wanted)
    elif watch:
        from .tag_watch import watch_folder

        watch_folder(wanted, settle=settle, poll=poll)
    else:
        tag_run.tag_folder(wanted)


def _code(language: str) -> str:
    from ..library.naming import check_language

    return check_language(language)


def _check(*, clean: bool, policy: Policy | None, drop_unknown: bool, taxonomy: str) -> None:
    from ..library import Policy

    if clean and policy is Policy.REPLACE:
        raise UserError("--clean and --replace are given", "give one of them")
    if drop_unknown and not clean:
        raise UserError("--drop-unknown is given without --clean", "add --clean")
    if clean and policy is None and taxonomy:
        raise UserError(
            f"--taxonomy {taxonomy} is given with --clean alone, which predicts nothing",
            "leave it out, or add --missing-only or --add",
        )


def _check_watch(
    *, watch: bool, given: dict[str, float | None], undo: bool, is_server: bool
) -> None:
    for name, seconds in given.items():
        if seconds is not None and not watch:
            raise UserError(f"--{name} is given without --watch", "add --watch")
    if watch and undo:
        raise UserError("--watch and --undo are given", "give one of them")
    if watch and is_server:
        raise UserError("--watch is given with a server", "watch the folder of its films")


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
