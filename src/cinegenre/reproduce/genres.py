"""Results for single genres: confusion matrices by row, and the accuracies that papers report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..evaluate.plots import matrix
from ..evaluate.published import measure, published_rows
from ..metrics.figures import Cells
from ..pages.html import Html, section, table
from ..pages.panels import finish, grid
from ..pages.panels import named as cut
from ..pages.values import NONE, number
from . import choice
from .album import Album, wrapped
from .outcome import Outcome, Row


def confusion(outcome: Outcome, album: Album) -> Html:
    """The 2×2 matrices at 0.5 that the recipe asks for.

    There is a plot for each genre with all rows, or for each row with all genres if there are more
    genres than rows.
    """
    asked = choice.settings(outcome)
    names = asked.get("confusion_rows")
    chosen = choice.trained(outcome) if names is None else choice.named(outcome, names)
    genres = [genre for genre in asked.get("confusion", ()) if genre in outcome.genres]
    if not (chosen and genres):
        return Html()
    shown: dict[str, tuple[str, list[tuple[str, Cells]]]] = {}
    if len(genres) > len(chosen):
        for row in chosen:
            cells = [(cut(genre), cells_of(row, genre)) for genre in genres]
            shown[f"confusion_{list(outcome.rows).index(row.name):02}"] = row.title, cells
    else:
        for genre in genres:
            cells = [(wrapped(row.title), cells_of(row, genre)) for row in chosen]
            shown[f"confusion_{genre.lower().replace(' ', '_')}"] = genre, cells
    return section(
        "Confusion matrices",
        *(
            album.show(
                name,
                draw(title, cells),
                f"Two-by-two confusion matrices at a threshold of 0.5: {title}",
                "Top left: films with the genre for which it was predicted; top right: those "
                "missed; bottom left: films for which it was predicted wrongly. Percentages are of "
                "the row.",
            )
            for name, (title, cells) in shown.items()
        ),
    )


def cells_of(row: Row, genre: str) -> Cells:
    """The counts of a row's decisions on a genre at 0.5."""
    [cells] = (each.at_half for each in row.result.summary.by_genre if each.genre == genre)
    return cells


def draw(title: str, cells: Sequence[tuple[str, Cells]]) -> Any:
    """One plot with all matrices, each below its title."""
    drawn, panels = grid(len(cells), 1.85, f"{wrapped(title, 60)}, threshold 0.5")
    for axes, (name, counts) in zip(panels, cells, strict=True):
        matrix(axes, counts)
        axes.set_title(name, fontsize=8)
    return finish(drawn, "predicted", "labelled")


def accuracy(outcome: Outcome) -> Html:
    """The table of the accuracies of some genres by row, the paper's and ours."""
    wanted = choice.settings(outcome).get("genre_accuracy", ())
    genres = [genre for genre in wanted if genre in outcome.genres]
    if not genres:
        return Html()
    paper = published_rows(outcome.tables)
    lines = []
    for row in outcome.rows.values():
        cells = [row.title]
        for name in (f"accuracy_{genre}" for genre in genres):
            cells += [
                number(paper.get(row.name, {}).get(name), 4),
                number(measure(name).of(row.result.summary), 4),
            ]
        lines.append(cells)
    for label, summary in choice.trivial(outcome).items():
        cells = [label]
        for genre in genres:
            cells += [NONE, number(measure(f"accuracy_{genre}").of(summary), 4)]
        lines.append(cells)
    shares = [next(iter(outcome.rows.values())).scored.truth[:, outcome.genres.index(genre)].mean()
              for genre in genres]  # fmt: skip
    better = [number(max(share, 1 - share), 4) for share in map(float, shares)]
    constant = [cell for one in better for cell in (NONE, one)]
    lines.append(["always or never, whichever is better", *constant])
    return section(
        "Accuracy of single genres",
        table(
            "Share of films for which a genre was decided correctly, at 0.5",
            ("row", *("paper", "ours") * len(genres)),
            lines,
            groups=(("", 1), *((genre, 2) for genre in genres)),
        ),
    )
