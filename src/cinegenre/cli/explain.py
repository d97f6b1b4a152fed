"""`cinegenre explain`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError, shown
from .options import (
    AnyLanguage,
    AsJson,
    Column,
    Companies,
    Model,
    Overview,
    People,
    Poster,
    Taxonomy,
    Title,
    columns_of,
    one_film,
    tell,
)  # fmt: skip

if TYPE_CHECKING:
    from ..explain import Effect, Explanation, Word
    from ..movie import Movie

app = typer.Typer()
WORDS = 8


@app.command(
    epilog="Examples: [bold]cinegenre explain --title Alien --poster alien.jpg --out alien.html[/]"
    "  [bold]cinegenre explain films.csv --id tt0078748 --genre Horror[/]"
)
def explain(
    file: Annotated[
        Path | None,
        typer.Argument(help="A table with the film that --id names: CSV, JSONL …", metavar="FILE"),
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="The film's id in FILE.")] = None,
    title: Title = None,
    overview: Overview = None,
    poster: Poster = None,
    company: Companies = None,
    person: People = None,
    column: Column = None,
    model: Model = None,
    taxonomy: Taxonomy = "",
    genre: Annotated[
        list[str] | None,
        typer.Option(help="Explain this genre; may be repeated. If not given, the decided genres."),
    ] = None,
    any_language: AnyLanguage = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the explanation, with heat maps, as a web page.", metavar="HTML"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which words, which parts of the poster and which inputs speak for a film's genres."""
    from ..files import write_text
    from ..tagger import Tagger
    from . import show

    given = one_film(
        file, title=title, overview=overview, poster=poster, companies=company, people=person,
        columns=column,
    )  # fmt: skip
    if file is None and id_ is not None:
        raise UserError(f"--id {shown(id_)} is given without FILE", "name the table that has it")
    tagger = Tagger.load(model, taxonomy=taxonomy)
    film = given
    if file is not None:
        film = _film(file, id_, columns_of(column), tagger.bundle.fields)
    with show.working("leaving out words and parts of the poster"):
        found = tagger.explain(film, genre, any_language=any_language)
        page = found.page() if out else ""
    lost = found.prediction.lost
    if lost is not None and file is None:
        raise lost.as_error()
    if out:
        write_text(out, page)
    if as_json:
        show.print_json(found.as_dict())
        return
    if found.prediction.notes:
        print(found.prediction.note, file=sys.stderr)
    if out:
        print(f"explanation: {out}")
    else:
        _show(found)


def _film(file: Path, id_: str | None, columns: Mapping[str, str], reads: Collection[str]) -> Movie:
    """The film with the id `id_` in a table, or its only film; `reads` are the fields to read."""
    from itertools import islice

    from ..faults import bad_row
    from ..movie import BadRow
    from ..readers import table
    from ..readers.log import ReadLog
    from ..readers.values import id_of

    # The id may be given as it is written in the table (862.0, 114709) or as the reader returns it.
    names = {id_, *(id_of(id_, kind, Counter()) for kind in ("id", "imdb_id"))}
    read = table.read(file, columns=columns, log=ReadLog(tell=tell, reads=reads))
    rows = (row for row in read if id_ is None or row.id in names)
    found = list(islice(rows, 1 if id_ else 2))
    if not found:
        what = f"{file} holds no film" + (f" {shown(id_)}" if id_ else "")
        raise UserError(what, "check --id" if id_ else "give one row a film under the header")
    if len(found) > 1:
        raise UserError(f"{file} holds more than one film", "say which with --id")
    [film] = found
    if isinstance(film, BadRow):
        raise bad_row(film).as_error()
    return film


def _show(found: Explanation) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    name = escape(found.film.title or found.film.id or "film")
    console.print(f"[bold]{name}[/]  [dim]from {', '.join(found.prediction.inputs)}[/]")
    for genre, reasons in found.genres.items():
        mark = "✓" if reasons.decided else " "
        table = Table("input", "without it", "moved it by", "by it alone", title_justify="left",
                      title=f"{mark} {genre} {reasons.probability:.2f}, decided from "
                      f"{reasons.threshold:.2f}", title_style="bold")  # fmt: skip
        for column in table.columns[1:]:
            column.justify = "right"
        for name, effect in reasons.inputs.items():
            table.add_row(name, *_numbers(effect))
        console.print(table)
        for sign, label in ((1, "for"), (-1, "against")):
            words = reasons.strongest(WORDS, sign=sign)
            if words:
                console.print(f"  {label:<8} {escape(_listed(words))}", soft_wrap=True)
    console.print("[dim]words: differences of log-odds; --out FILE.html draws the poster's[/]")


def _numbers(effect: Effect) -> list[str]:
    moved = "–" if effect.moved is None else f"{effect.moved:+.2f}"
    without, alone = (
        "–" if value is None else f"{value:.2f}" for value in (effect.without, effect.alone)
    )
    return [without, moved, alone]


def _listed(words: list[Word]) -> str:
    return ", ".join(f"{word.text} {word.weight:+.2f}" for word in words)
