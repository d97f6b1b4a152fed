"""`cinegenre tag`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from .options import AnyLanguage, AsJson, GenreNames, Model

if TYPE_CHECKING:
    from ..library import Policy, Row, Undone

app = typer.Typer()


@app.command(
    epilog="Examples: [bold]cinegenre tag /films[/]  [bold]cinegenre tag /films --write[/]"
    "  [bold]cinegenre tag /films --add --language de --min-confidence 0.6 --write[/]"
    "  [bold]cinegenre tag --undo /films[/]"
)
def tag(
    library: Annotated[
        Path, typer.Argument(help="A folder of films with .nfo files.", metavar="LIBRARY")
    ],
    write: Annotated[bool, typer.Option("--write", help="Change the .nfo files.")] = False,
    missing_only: Annotated[
        bool,
        typer.Option("--missing-only", help="Change only films without a genre (the default)."),
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
    model: Model = None,
    any_language: AnyLanguage = False,
    as_json: AsJson = False,
) -> None:
    """Predict the genres of a library's films; with --write, put them into the .nfo files.

    For Jellyfin, Kodi, Emby and Plex. Nothing but <genre> elements changes in a file.
    """
    from ..library import Options, tag, writer
    from ..library.naming import check_language
    from ..library.walk import walk

    if undo:
        _undone(library, as_json=as_json)
        return
    policy = _policy(missing_only=missing_only, add=add, replace=replace)
    code = None if language is None else check_language(language)
    if not library.is_dir():
        raise UserError(f"no folder {library}", "name a folder of films")
    if next(walk(library), None) is None:
        raise _nothing(library)

    from ..genre_map import GenreMap
    from ..progress import counted, stage
    from ..tagger import Tagger

    tagger = Tagger.load(model)
    options = Options(
        policy=policy,
        min_confidence=min_confidence,
        names=GenreMap.load(genre_map, tagger.genres) if genre_map else None,
        language=code,
        create=create,
        any_language=any_language,
    )
    copies = None if backup is None else backup.resolve()
    shown = _Shown(library, all=show_all, as_json=as_json)
    try:
        with (
            writer(library, copies) if write else nullcontext() as writing,
            stage("films") as advance,
        ):
            for row in counted(tag(library, tagger, options, writing), advance):
                shown.add(row)
    finally:  # what was done is told even if the disk is full or Ctrl-C was pressed
        shown.end()
    shown.check()


def _policy(*, missing_only: bool, add: bool, replace: bool) -> Policy:
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
    return given[0] if given else Policy.MISSING_ONLY


class _Shown:
    """The rows of a run: JSON lines as they come, or a table at the end."""

    def __init__(self, library: Path, *, all: bool, as_json: bool) -> None:
        self.library, self.all, self.as_json = library, all, as_json
        self.rows: list[Row] = []
        self.counts: Counter[str] = Counter()
        self.left: Counter[str] = Counter()

    def add(self, row: Row) -> None:
        from ..library.plan import HAS_GENRES
        from .show import print_json

        self.counts[row.status] += 1
        if row.status == "left":
            self.left[row.why] += 1
        if self.as_json:
            print_json(row.as_dict())
        elif self.all or not (row.status == "left" and row.why == HAS_GENRES):
            self.rows.append(row)

    def end(self) -> None:
        """The table, and how many films of each kind there were."""
        if self.rows:
            _print_table(self.rows, str(self.library))
        told = {
            "written": "films written",
            "change": "films would be changed: add --write to do it",
            "error": "films could not be done",
        }
        for status, text in told.items():
            if self.counts[status]:
                print(f"{self.counts[status]:,} {text}", file=sys.stderr)
        for why, count in self.left.most_common():
            print(f"{count:,} films left alone: {why}", file=sys.stderr)
        if self.counts["written"]:
            print(f"take it back: cinegenre tag --undo {self.library}", file=sys.stderr)

    def check(self) -> None:
        """Raise where there was nothing, or nothing that went well."""
        if not self.counts:
            raise _nothing(self.library)
        if self.counts["error"] == self.counts.total():
            raise typer.Exit(2)


def _nothing(library: Path) -> UserError:
    return UserError(f"no film in {library}", "it must hold .nfo files or videos, in any folders")


def _print_table(rows: Iterable[Row], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from .show import plain

    table = Table("film", "genres now", "proposed, with probability", "why", title=plain(title))
    styles = {"error": "red", "left": "dim", "written": "green", "change": ""}
    for row in rows:
        year = f" ({row.year})" if row.year else ""
        proposed = ", ".join(f"{name} {row.scores[name]:.2f}" for name in row.proposed)
        read = f"from {', '.join(row.inputs)}" if row.inputs else ""
        why = "; ".join(text for text in (row.why or read, row.note) if text)
        if row.status in ("error", "left"):
            why = f"{row.path}: {why}"
        cells = (f"{row.title}{year}", ", ".join(row.genres) or "–", proposed or "–", why)
        table.add_row(*(Text(plain(cell)) for cell in cells), style=styles[row.status])
    Console(highlight=False).print(table)


def _undone(target: Path, *, as_json: bool) -> None:
    from ..library import undo
    from .show import print_json

    if not target.exists():
        raise UserError(f"no library or journal at {target}", "check the path")
    done = undo(target)
    if as_json:
        print_json({"journal": str(done.journal), "restored": done.restored,
                    "unchanged": done.unchanged, "left": done.left})  # fmt: skip
    else:
        _print_undone(done)
    if done.left:
        raise typer.Exit(2)


def _print_undone(done: Undone) -> None:
    from .show import plain

    print(f"{_number(done.restored)} restored, from {done.journal}")
    if done.unchanged:
        print(f"{_number(done.unchanged)} had not been changed")
    for path, why in done.left.items():
        print(f"left as it is: {plain(path)}: {why}", file=sys.stderr)


def _number(paths: Sequence[str]) -> str:
    return f"{len(paths):,} file{'s' if len(paths) != 1 else ''}"
