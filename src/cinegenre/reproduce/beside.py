"""The main table: the paper's figures beside ours, row by row, and whether their order agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..evaluate.published import measure, published_rows
from ..metrics.figures import Summary
from ..pages.html import Html, bullets, paragraph, section, table
from ..pages.values import NONE, interval, listed, number, signed
from . import choice
from .agreement import differ, kendall, spearman
from .outcome import Outcome, Row


def compared(outcome: Outcome) -> Html:
    """The section: main table, the order of the rows, paired comparisons."""
    groups, columns, cells = main_table(outcome)
    return section(
        "Paper beside ours",
        table("Every row, scored on the same films", columns, cells, groups, "wide"),
        paragraph(
            "Decisions are at 0.5, as the papers decide; “macro F1, fitted” is by the thresholds "
            "fitted on validation films. AP: average precision, with its 95 % bootstrap interval.",
            "soft",
        ),
        *(paragraph(text) for text in order(outcome)),
        *_pairs(outcome),
    )


def main_table(
    outcome: Outcome,
) -> tuple[list[tuple[str, int]], list[str], list[list[str]]]:
    """Headings over the columns, the columns, and a line of cells a row."""
    names, paper = choice.measures(outcome), published_rows(outcome.tables)
    given = {name: any(name in figures for figures in paper.values()) for name in names}
    groups = [("", 4), *((measure(name).label, 1 + given[name]) for name in names), ("", 3)]
    columns = ["row", "best epoch", "training films", "seconds"]
    for name in names:
        columns += ["paper", "ours"] if given[name] else ["ours"]
    columns += ["macro F1, fitted", "macro AP", "95 % interval"]

    def figures(summary: Summary, published: Mapping[str, float]) -> list[str]:
        cells = []
        for name in names:
            cells += [number(published.get(name), 4)] if given[name] else []
            cells.append(number(measure(name).of(summary), 4))
        headline, span = summary.headline, interval(summary.intervals.get("macro_ap"))
        return [*cells, number(headline["macro_f1"]), number(headline["macro_ap"]), span]

    lines = [
        [row.title, *_trained(row), *figures(row.result.summary, paper.get(row.name, {}))]
        for row in outcome.rows.values()
    ]
    lines += [
        [label, NONE, NONE, NONE, *figures(summary, {})]
        for label, summary in choice.trivial(outcome).items()
    ]
    return groups, columns, lines


def markdown(outcome: Outcome) -> str:
    """The main table for a Markdown page, its columns aligned, and the sentences on the order."""
    groups, columns, lines = main_table(outcome)
    above = [text for text, wide in groups for _ in range(wide)]
    heads = [
        f"{over}, {column}" if over else column for over, column in zip(above, columns, strict=True)
    ]
    escaped = [[cell.replace("|", r"\|") for cell in line] for line in (heads, *lines)]
    wide = [max(map(len, column)) for column in zip(*escaped, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, wide, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(padded)} |\n"

    rule = [":" + "-" * (wide[0] - 1), *("-" * (width - 1) + ":" for width in wide[1:])]
    films = len(outcome.films)
    texts = [f"Scored on {films:,} test films.", *order(outcome), *pending(outcome)]
    body = line(escaped[0]) + line(rule) + "".join(map(line, escaped[1:]))
    return body + "".join(f"\n{text}\n" for text in texts)


def order(outcome: Outcome) -> list[str]:
    """Sentences: which row the paper has first by the first measure, which we, how far we agree."""
    name, paper = choice.measures(outcome)[0], published_rows(outcome.tables)
    found, label = [], measure(name).label
    for row in outcome.rows.values():
        ours = measure(name).of(row.result.summary)
        if ours is not None and name in paper.get(row.name, {}):
            found.append((row.title, paper[row.name][name], ours))
    if len(found) < 2:
        return []
    titles, theirs, ours_ = zip(*found, strict=True)
    best = [titles[values.index(max(values))] for values in (theirs, ours_)]
    same = f"in both “{best[0]}”" if best[0] == best[1] else (
        f"“{best[0]}” in the paper, “{best[1]}” here")  # fmt: skip
    texts = [f"By “{label}” the best row is {same}."]
    tau, rho = kendall(theirs, ours_), spearman(theirs, ours_)
    if tau is not None and rho is not None and len(found) > 2:
        texts.append(
            f"Over the {len(found)} rows with a published figure the two orders have Kendall’s tau "
            f"{number(tau, 2)} and Spearman’s rho {number(rho, 2)} (1: the same order, −1: the "
            f"reverse)."
        )
    return texts


def differences(outcome: Outcome) -> Html:
    """The section on what is not as in the paper: the recipe's notes, and what can be counted."""
    published = outcome.tables.get("published", {})
    texts = list(map(str, published.get("notes", ())))
    films = [training.films["train"] for _, training in choice.trainings(outcome)]
    if films:
        span = f"{min(films):,}" + (f" to {max(films):,}" if min(films) < max(films) else "")
        texts.append(f"Films trained on here: {span}; scored on: {len(outcome.films):,}.")
    texts.append(f"Genres here: {len(outcome.genres)} ({listed(outcome.genres)}).")
    by_source: dict[str, list[str]] = {}
    for row, source in published.get("source", {}).items():
        by_source.setdefault(str(source), []).append(f"“{_title(outcome, row)}”")
    texts += [f"{source} of the paper gives: {listed(of)}." for source, of in by_source.items()]
    return section("Differences of data and protocol", bullets(texts))


def pending(outcome: Outcome) -> list[str]:
    """A sentence that names the rows not run yet, if any."""
    names = [f"“{_title(outcome, name)}”" for name in outcome.pending]
    return [f"Not run yet: {listed(names)}."] if names else []


def _title(outcome: Outcome, row: str) -> str:
    return str(outcome.tables.get("rows", {}).get(row, {}).get("title", row))


def _pairs(outcome: Outcome) -> list[Html]:
    """The comparisons that the recipe asks for, in words."""
    texts = []
    for pair in choice.settings(outcome).get("compare", ()):
        found = choice.named(outcome, pair)
        if len(found) == 2:
            first, second = found
            texts.append(_in_words(first, second))
    heading = paragraph("Differences of macro AP between rows, on the same resampled films:")
    return [heading, bullets(texts)] if texts else []


def _in_words(first: Row, second: Row) -> str:
    apart = differ(first.scored, second.scored)
    if apart.low <= 0 <= apart.high:
        verdict = "these films do not tell the two apart"
    else:
        verdict = f"“{(second if apart.difference > 0 else first).title}” is better"
    return (
        f"“{second.title}” less “{first.title}”: {signed(apart.difference, 3)} "
        f"({number(apart.low)} to {number(apart.high)}, p {_p(apart.p)}): {verdict}."
    )


def _p(p: float) -> str:
    return f"= {p:.3f}" if p >= 0.01 else "< 0.01"


def _trained(row: Row) -> list[str]:
    """Best epoch of how many, training films, seconds."""
    training = row.result.training
    if training is None:
        return [NONE] * 3
    return [
        f"{training.best_epoch + 1} of {training.epochs}",
        f"{training.films['train']:,}",
        f"{training.seconds:,.0f}",
    ]
