"""Compares the paper's figures with ours, row by row: values, order, and differences in method."""

from __future__ import annotations

from ..evaluate.published import measure, published_rows
from ..pages.html import Html, bullets, paragraph, section, table
from ..pages.values import listed, number, signed
from . import baselines, choice, main_table
from .agreement import differ, kendall, spearman
from .outcome import Outcome, Row


def compared(outcome: Outcome) -> Html:
    """The section with the main table, the order of the rows, and paired comparisons."""
    figures, trained = main_table.figures(outcome), main_table.trained(outcome)
    choosing = all(row.chooses for row in choice.trained(outcome)) and choice.trained(outcome)
    how = ("Each film gets its likeliest genre, as in the paper." if choosing
           else "Genres are decided at 0.5, as in the papers.")  # fmt: skip
    return section(
        "Paper beside ours",
        table("Every row, scored on the same films", figures.columns, figures.lines,
              figures.groups, "wide"),
        paragraph(
            f"{how} The last lines are baselines without a model; all constant answers have a "
            "table of their own below.",
            "soft",
        ),
        table("How each row was trained, and its results by our own measures",
              trained.columns, trained.lines, kind="wide"),
        *(paragraph(text, "soft") for text in main_table.learning(outcome)),
        paragraph(
            "“Macro F1, fitted” uses thresholds fitted on validation films. AP is average "
            "precision, with its 95 % bootstrap interval.",
            "soft",
        ),
        *(paragraph(text) for text in order(outcome)),
        *_pairs(outcome),
    )  # fmt: skip


def markdown(outcome: Outcome) -> str:
    """The main table and the baselines in Markdown, with sentences about them."""
    body = main_table.markdown([main_table.figures(outcome), main_table.trained(outcome)])
    texts = [*main_table.learning(outcome), f"Scored on {len(outcome.films):,} test films.",
             *order(outcome), *pending(outcome)]  # fmt: skip
    floor = baselines.table_of(outcome)
    lines = main_table.aligned(floor.columns, floor.lines) if floor.lines else ""
    parts = (
        *texts,
        *(["Constant answers:", lines] if lines else []),
        *baselines.sentences(outcome),
    )
    return body + "".join(f"\n{text.rstrip()}\n" for text in parts)


def order(outcome: Outcome) -> list[str]:
    """Sentences on the best row by the first measure, theirs and ours, and rank correlations."""
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
    same = f"“{best[0]}” in both" if best[0] == best[1] else (
        f"“{best[0]}” in the paper and “{best[1]}” here")  # fmt: skip
    texts = [f"By “{label}”, the best row is {same}."]
    tau, rho = kendall(theirs, ours_), spearman(theirs, ours_)
    if tau is not None and rho is not None and len(found) > 2:
        texts.append(
            f"Over the {len(found)} rows with a published figure, the two orders have a Kendall’s "
            f"tau of {number(tau, 2)} and a Spearman’s rho of {number(rho, 2)} (1: the same "
            "order, −1: the reverse)."
        )
    return texts


def differences(outcome: Outcome) -> Html:
    """The section on differences from the paper: the recipe's notes, and what can be counted."""
    published = outcome.tables.get("published", {})
    texts = list(map(str, published.get("notes", ())))
    films = [training.films["train"] for _, training in choice.trainings(outcome)]
    if films:
        span = f"{min(films):,}" + (f" to {max(films):,}" if min(films) < max(films) else "")
        texts.append(f"Training films here: {span}; test films: {len(outcome.films):,}.")
    texts.append(f"Genres here: {len(outcome.genres)} ({listed(outcome.genres)}).")
    by_source: dict[str, list[str]] = {}
    for row, source in published.get("source", {}).items():
        by_source.setdefault(str(source), []).append(f"“{_title(outcome, row)}”")
    texts += [
        f"{source} of the paper is the source of {listed(of)}." for source, of in by_source.items()
    ]
    return section("Differences in data and protocol", bullets(texts))


def pending(outcome: Outcome) -> list[str]:
    """A sentence that names the rows not run yet, if any."""
    names = [f"“{_title(outcome, name)}”" for name in outcome.pending]
    return [f"Not run yet: {listed(names)}."] if names else []


def _title(outcome: Outcome, row: str) -> str:
    return str(outcome.tables.get("rows", {}).get(row, {}).get("title", row))


def _pairs(outcome: Outcome) -> list[Html]:
    """Sentences with the comparisons that the recipe asks for."""
    texts = []
    for pair in choice.settings(outcome).get("compare", ()):
        found = choice.named(outcome, pair)
        if len(found) == 2:
            first, second = found
            texts.append(_in_words(first, second))
    heading = paragraph(
        "Differences in macro AP between rows, on the same bootstrap samples of films:"
    )
    return [heading, bullets(texts)] if texts else []


def _in_words(first: Row, second: Row) -> str:
    apart = differ(first.scored, second.scored)
    if apart.low <= 0 <= apart.high:
        verdict = "these films show no clear difference"
    else:
        verdict = f"“{(second if apart.difference > 0 else first).title}” is better"
    return (
        f"“{second.title}” minus “{first.title}”: {signed(apart.difference, 3)} "
        f"({number(apart.low)} to {number(apart.high)}, p {_p(apart.p)}): {verdict}."
    )


def _p(p: float) -> str:
    return f"= {p:.3f}" if p >= 0.01 else "< 0.01"
