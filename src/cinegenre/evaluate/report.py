"""Writes an evaluation as one HTML file, without scripts or anything from other servers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..files import write_text
from ..metrics.decisions import HEADLINE_POSITIVES
from ..metrics.figures import Summary
from ..pages import html
from ..pages.html import Html, bullets, paragraph, plot, section, table
from ..pages.values import listed, number, text
from . import tables
from .result import Result

PICTURES = {
    "per_genre_f1": (
        "Bars of each genre's F1, with marks for F1 at 0.5 and average precision; the same "
        "figures are in the table of genres",
        "The longer the bar, the better the genre is told apart; the distance from the diamond to "
        "the bar's end is what the fitted threshold won, and the circle needs no threshold.",
    ),
    "precision_recall": (
        "A precision-recall curve for each genre, with the genre's share and the decided point",
        "The higher a curve stays above the dashed line the better; the dot is where the fitted "
        "threshold puts the decisions, a little off the curve where films got their likeliest "
        "genre although none passed.",
    ),
    "confusion": (
        "A two by two confusion matrix for each genre, by fitted thresholds; precision and recall "
        "are in the table of genres",
        "Dark from top left to bottom right is good: top right are films whose genre was missed, "
        "bottom left films that were given it wrongly.",
    ),
    "calibration": (
        "A reliability curve for each genre and for all together; each genre's calibration error "
        "is in the table of genres",
        "On the dashed line a probability means what it says; above it the model is too modest, "
        "below it too sure. Each panel has a scale of its own.",
    ),
}
"""Name of a plot → its alternative text, and how to read it."""


def write_report(out: Path, result: Result, plots: Sequence[Path]) -> None:
    """Write report.html into `out`: `result` is the content of metrics.json, `plots` the PNGs."""
    parts = (_head(result), _headline(result), _inputs(result), _published(result))
    rest = (_genres(result), _pictures(plots), _slices(result), _means(result), _films(result),
            _made(result))  # fmt: skip
    write_text(out / "report.html", html.page(_title(result), (*parts, *rest)))


def _title(result: Result) -> str:
    name = f"{result.model.name} {result.model.version}".strip()
    return f"{name or 'A model'} on {result.summary.films:,} films"


def _head(result: Result) -> Html:
    summary, about = result.summary, result.model.title
    source = f"{result.data.source}, split “{result.data.split}”"
    right = summary.decisions.fitted.accuracy["at_least_one"]
    labels = summary.labels_per_film
    return html.header(
        _title(result),
        paragraph(f"{about}. {source}." if about else f"{source}.", "soft"),
        paragraph(
            f"Of {summary.films:,} films it read {listed(result.inputs)} where they have "
            f"them, and gave {100 * right:.0f} % at least one right genre. It decides "
            f"{number(labels['fitted'], 1)} genres a film ({number(labels['at_0.5'], 1)} at 0.5); "
            f"the labels have {number(labels['true'], 1)}.",
            "lead",
        ),
    )


def _headline(result: Result) -> Html:
    summary = result.summary
    return section(
        "Headline",
        tables.headline(summary),
        paragraph(
            "“Model” decides by calibrated probabilities and the thresholds fitted on validation "
            "films; “at 0.5” by its own probabilities, as papers do. Intervals: these films drawn "
            "anew with replacement (bootstrap). AP: average precision. "
            f"{HEADLINE_POSITIVES}+: over genres with {HEADLINE_POSITIVES} films or more.",
            "soft",
        ),
        *_left_out(summary),
        tables.accuracies(summary),
    )


def _left_out(summary: Summary) -> list[Html]:
    few = f"the macro means over genres with {HEADLINE_POSITIVES} films or more"
    left_out = {
        "every macro mean, for no film has them": summary.without_positives,
        few: summary.below_headline,
    }
    return [
        paragraph(f"Left out of {means}: {listed(genres)}.", "soft")
        for means, genres in left_out.items()
        if genres
    ]


def _genres(result: Result) -> Html:
    return section(
        "Genres",
        tables.genres(result.summary),
        paragraph(
            "AP: average precision. ECE: expected calibration error, the mean distance of the "
            "probability from the share of films, best 0. Brier skill: best 1, and 0 is no better "
            "than always saying the genre's share.",
            "soft",
        ),
    )


def _slices(result: Result) -> Html:
    titles = {"years": "Release year", "languages": "Original language"}
    shown = [
        tables.parts(titles[name], parts) for name, parts in result.slices.items() if len(parts) > 1
    ]
    return section("By year and language", *shown) if shown else Html()


def _pictures(plots: Sequence[Path]) -> Html:
    found = [(path, *PICTURES.get(path.stem, (path.stem, ""))) for path in plots]
    return section("Pictures", *(plot(*each) for each in found)) if found else Html()


def _means(result: Result) -> Html:
    summary = result.summary
    return section("Means", tables.means(summary), tables.ranking(summary))


def _inputs(result: Result) -> Html:
    """The figures for films with fewer inputs, and for texts without genre words."""
    parts = []
    if result.modes:
        caption = "The same films with fewer inputs, each set by its own thresholds"
        rows = [(mode.label, mode.films, mode.figures) for mode in result.modes]
        parts.append(tables.compared(caption, rows))
    if result.masked:
        caption = "Without the texts' own genre words (“comedy”, “thriller”, …)"
        both = {"texts as they are": result.summary.headline, "genre words masked": result.masked}
        parts.append(tables.compared(caption, [(name, None, by) for name, by in both.items()]))
    return section("Inputs", *parts) if parts else Html()


def _published(result: Result) -> Html:
    published = result.published
    if published is None:
        return Html()
    return section(
        "Paper beside ours",
        tables.published(published),
        paragraph(tables.without_model(result.summary), "soft"),
        bullets(map(text, published.notes)),
    )


def _films(result: Result) -> Html:
    dropped = sorted(result.selection.dropped.items(), key=lambda pair: -pair[1])
    need = listed(result.selection.need, "no input in particular")
    rows = [[reason, f"{films:,}"] for reason, films in dropped]
    return section(
        "Films",
        paragraph(f"Taken were films with {need} and at least one of the model's genres."),
        table(
            "What was left out: films, and labels outside the taxonomy", ("reason", "count"), rows
        )
        if rows
        else paragraph("Nothing was left out."),
    )


def _made(result: Result) -> Html:
    """All known facts about how the report was made."""
    facts: dict[str, Any] = {}
    for what, about in (("model", result.model), ("data", result.data)):
        facts |= {f"{what} {key}".replace("_", " "): x for key, x in about.as_dict().items()}
    facts |= {
        "genres": result.taxonomy_genres, "date": result.date, "cinegenre": result.cinegenre,
    }  # fmt: skip
    known = [(name, text(value)) for name, value in facts.items() if text(value)]
    command = html.code(result.command) if result.command else ""
    return section("How it was made", html.facts(known), command)
