"""The figures of a summary (`metrics.summary.summarize`) as a report's tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..metrics.decisions import HEADLINE_POSITIVES
from ..metrics.figures import Decisions, Figures, Summary
from ..pages.html import Html, table
from ..pages.values import NONE, interval, number
from ..taxonomy import MAJORITY
from .result import Published
from .slices import Slice

HEADLINES = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "macro_f1_headline": f"macro F1 ({HEADLINE_POSITIVES}+)",
    "macro_ap": "macro AP",
    "macro_ap_headline": f"macro AP ({HEADLINE_POSITIVES}+)",
    "macro_roc_auc": "macro ROC-AUC",
    "accuracy": "element-wise accuracy",
}
MEANS = {
    "micro": "micro: over all decisions",
    "macro": "macro: over genres with a film",
    "macro_headline": f"macro: over genres with {HEADLINE_POSITIVES} films or more",
    "weighted": "weighted: over genres by films",
    "samples": "samples: over films",
}
ACCURACIES = {
    "element_wise": "element-wise: decisions that are right",
    "at_least_one": "at least one: films with a right genre",
    "subset": "subset: films whose whole set is right",
}
TRIVIAL = {"predict_nothing": "predict nothing", "always_drama": f"always {MAJORITY}"}


def headline(summary: Summary) -> Html:
    """The leading figures with their intervals, at 0.5, and what needs no model."""
    at_half, trivial, rows = summary.decisions.at_half, _trivial(summary), []
    for name, label in HEADLINES.items():
        ends = interval(summary.intervals.get(name))
        model = number(summary.headline[name])
        row = [label, model, ends, number(_decided(at_half, name))]
        for decisions in trivial.values():
            value = _decided(decisions, name)
            row.append(number(_constant(summary, name) if value is None else value))
        rows.append(row)
    return table(
        "Headline figures, and what needs no model",
        ("figure", "model", "95 % interval", "model at 0.5", *trivial),
        rows,
        kind="first",
    )


def accuracies(summary: Summary) -> Html:
    """Three accuracies, of the model and of what needs none."""
    by = summary.decisions
    columns = {"model": by.fitted, "model at 0.5": by.at_half} | _trivial(summary)
    return table(
        "Three figures that papers call accuracy",
        ("accuracy", *columns),
        [
            [label, *(number(decisions.accuracy[name]) for decisions in columns.values())]
            for name, label in ACCURACIES.items()
        ],
        kind="first",
    )


def means(summary: Summary) -> Html:
    """Precision, recall and F1 by kind of mean, fitted and at 0.5."""
    kinds = [by.means for by in (summary.decisions.fitted, summary.decisions.at_half)]
    figures = ("precision", "recall", "f1")
    return table(
        "Precision, recall and F1 by kind of mean",
        ("mean", *("precision", "recall", "F1") * 2),
        [
            [label, *(number(kind[name][figure]) for kind in kinds for figure in figures)]
            for name, label in MEANS.items()
        ],
        groups=(("", 1), ("fitted thresholds", 3), ("at 0.5", 3)),
    )


def ranking(summary: Summary) -> Html:
    """Figures before any threshold, by kind of mean."""
    by = summary.ranking
    return table(
        "How well films are ranked, before any threshold",
        ("mean", "average precision", "ROC-AUC"),
        [
            [MEANS[kind], number(by.average_precision[kind]), number(by.roc_auc[kind])]
            for kind in ("micro", "macro", "macro_headline")
        ],
    )


def genres(summary: Summary) -> Html:
    """Every genre's figures."""
    few = set(summary.below_headline)
    rows = []
    for row in summary.by_genre:
        fitted = row.fitted
        figures = (
            fitted.precision, fitted.recall, fitted.f1, row.at_half.f1, row.average_precision,
            row.roc_auc, row.calibration_error, row.brier_skill,
        )  # fmt: skip
        # Zeros of a genre that no film has would read as failures.
        shown = [number(value) if row.positives else NONE for value in figures]
        mark = " †" if row.genre in few else ""
        rows.append([f"{row.genre}{mark}", f"{row.positives:,}", *shown])
    note = f" († fewer than {HEADLINE_POSITIVES} films: mostly chance)" if few else ""
    return table(
        f"Every genre{note}",
        (
            "genre",
            "films",
            "precision",
            "recall",
            "F1",
            "F1",
            "AP",
            "ROC-AUC",
            "ECE",
            "Brier skill",
        ),
        rows,
        groups=(("", 2), ("fitted", 3), ("at 0.5", 1), ("ranking", 2), ("calibration", 2)),
    )


def compared(caption: str, rows: Sequence[tuple[str, int | None, Figures]]) -> Html:
    """Headline figures of several evaluations: name, films and figures of each.

    Those figures that the last of them has; films where it says how many.
    """
    _, films, last = rows[-1]
    shown = [key for key in HEADLINES if key in last]
    columns = ("given", *(() if films is None else ("films",)), *(HEADLINES[key] for key in shown))
    return table(
        caption,
        columns,
        [
            [
                name,
                *(() if number_of is None else (f"{number_of:,}",)),
                *(number(by.get(key)) for key in shown),
            ]
            for name, number_of, by in rows
        ],
    )


def published(beside: Published) -> Html:
    """A paper's figures and ours."""
    spelled = {"f1": "F1", "roc_auc": "ROC-AUC"}
    rows = []
    for name in dict.fromkeys((*beside.figures, *beside.ours)):
        theirs, ours = beside.figures.get(name), beside.ours.get(name)
        apart = None if theirs is None or ours is None else ours - theirs
        label = spelled.get(name, name.replace("_", " "))
        # Papers give up to four digits.
        rows.append([label, *(number(value, 4) for value in (theirs, ours, apart))])
    caption = f"Paper beside ours: row “{beside.row}”"
    return table(caption, ("figure", "paper", "ours", "difference"), rows)


def without_model(summary: Summary) -> str:
    """A sentence to read beside every accuracy."""
    said = [
        f"{label} has {number(decisions.accuracy['element_wise'])}"
        for label, decisions in _trivial(summary).items()
    ]
    return f"Element-wise accuracy on these films without any model: {', '.join(said)}."


def parts(title: str, found: Sequence[Slice]) -> Html:
    """Micro F1 of parts of the films, with intervals."""
    return table(
        f"By {title.lower()}",
        (title, "films", "micro F1", "95 % interval"),
        [
            [part.name, f"{part.films:,}", number(part.f1), interval((part.low, part.high))]
            for part in found
        ],
        kind="first",
    )


def _trivial(summary: Summary) -> dict[str, Decisions]:
    """What needs no model, by its heading; a taxonomy without Drama lacks one."""
    known = summary.trivial
    return {label: known[name] for name, label in TRIVIAL.items() if name in known}


def _decided(decisions: Decisions, name: str) -> float | None:
    """A headline figure of decisions; None for one of probabilities."""
    kinds = {"micro_f1": "micro", "macro_f1": "macro", "macro_f1_headline": "macro_headline"}
    if name in kinds:
        return decisions.means[kinds[name]]["f1"]
    return decisions.accuracy["element_wise"] if name == "accuracy" else None


def _constant(summary: Summary, name: str) -> float | None:
    """A ranking figure of scores that are the same for every film, as the trivial ones are."""
    least = HEADLINE_POSITIVES if name.endswith("_headline") else 1
    films = [row.positives for row in summary.by_genre if row.positives >= least]
    if name.startswith("macro_ap") and films:
        return sum(films) / len(films) / summary.films
    return 0.5 if name == "macro_roc_auc" and films else None
