"""`cinegenre audit`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UserError
from .options import (
    AsJson,
    Cache,
    Column,
    Fetch,
    Genres,
    MinFilms,
    Model,
    Seed,
    columns_of,
    listed,
    require,
    tell,
)  # fmt: skip

if TYPE_CHECKING:
    from ..audit import Audit

app = typer.Typer()

Out = Annotated[
    Path | None, typer.Option(help="Write every finding to this CSV file.", metavar="CSV")
]
Labels = Annotated[
    str, typer.Option(help="Which label set of a prepared data set to audit, such as imdb.")
]


@app.command(
    epilog="Examples: [bold]cinegenre audit films.csv --out suspects.csv --html suspects.html[/]"
    "  [bold]cinegenre audit films.csv --genres 'Film-Noir,Heist' --json[/]"
)
def audit(
    source: Annotated[
        Path,
        typer.Argument(
            help="Films with a column genres (CSV, JSON, Parquet, Excel …), or a prepared set.",
            metavar="SOURCE",
        ),
    ],
    out: Out = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the findings as a web page with posters.", metavar="HTML"),
    ] = None,
    top: Annotated[
        int,
        typer.Option(
            min=1, help="How many findings of each kind the page shows; a tenth of them is printed."
        ),
    ] = 200,
    model: Model = None,
    genres: Genres = "",
    min_films: MinFilms = 8,
    labels: Labels = "",
    column: Column = None,
    fetch: Fetch = False,
    seed: Seed = 0,
    cache: Cache = True,
    as_json: AsJson = False,
) -> None:
    """Find genre labels that are likely missing or wrong, in any taxonomy."""
    from ..audit import audit as find
    from ..files import write_text
    from ..progress import stage
    from .show import print_json

    if source.is_dir():
        require("arro3.io", "arro3-io", "data")
    _check(source, out, html)
    found = find(
        source,
        model=model,
        genres=listed(genres),
        min_films=min_films,
        labels=labels,
        columns=columns_of(column),
        seed=seed,
        keep=cache,
        fetch=fetch,
        stage=stage,
        tell=tell,
    )
    if out:
        found.write_csv(out)
    if html:
        write_text(html, found.page(top))
    if as_json:
        print_json(found.as_dict(top))
    else:
        _show(found, max(1, top // 10), {"findings": out, "page": html})


def _check(source: Path, out: Path | None, html: Path | None) -> None:
    """Raise `UserError` if the results could not be written, or would replace what is read."""
    from ..files import check_file

    for path in filter(None, (out, html)):
        check_file(path, [source])
    if out and html and out.absolute() == html.absolute():
        raise UserError(f"--out and --html are both {out}", "name two files")


def _show(found: Audit, top: int, written: Mapping[str, Path | None]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    facts = found.facts
    for name, some in (("probably missing", found.missing), ("probably wrong", found.wrong)):
        shown = f"{min(top, len(some)):,} of {len(some):,}"
        table = Table("film", "genre", "out of fold", "typical", "genres given",
                      title=f"{name}: {shown}", title_justify="left",
                      title_style="bold")  # fmt: skip
        for column in table.columns[2:4]:
            column.justify = "right"
        for each in some[:top]:
            table.add_row(
                escape(each.film.title or each.film.id or "film"),
                escape(each.genre),
                f"{each.probability:.2f}",
                f"{each.typical:.2f}",
                escape(", ".join(each.film.genres)),
            )
        console.print(table)
    table = Table("genre", "given", "missing, about", "wrong, about", title="by genre",
                  title_justify="left", title_style="bold")  # fmt: skip
    for column in table.columns[1:]:
        column.justify = "right"
    for row in found.noise:
        numbers = (f"{row.given:,}", f"{row.missing:,.0f}", f"{row.wrong:,.0f}")
        table.add_row(escape(row.genre), *numbers)
    console.print(table)
    for genre, count in facts.dropped_genres.items():
        console.print(f"  left out {count:>7,}  genre {escape(genre)}: too few films")
    for reason, count in facts.left_out.items():
        console.print(f"  left out {count:>7,}  {escape(reason)}")
    for count, what in (
        (facts.unreadable_posters, "could not be read"),
        (facts.unfetched_posters, "were not fetched"),
    ):
        if count:
            console.print(f"  posters  {count:>7,}  {what}")
    for line in facts.quoted:
        console.print(f"  [dim]{escape(line)}[/]", soft_wrap=True)
    print(f"{facts.films:,} films, {facts.labels:,} labels, {facts.model}, "
          f"in {facts.seconds:.0f} s")  # fmt: skip
    for what, path in written.items():
        if path:
            print(f"{what}: {path}")
