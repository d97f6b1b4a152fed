"""Writes an evaluation as a section of a model card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import UserError
from ..files import write_text
from .result import ModeFigures, Result

START, END = "<!-- evaluation -->", "<!-- end of evaluation -->"
FIGURES = {
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "macro_ap": "macro average precision",
    "macro_roc_auc": "macro ROC-AUC",
    "accuracy": "element-wise accuracy",
}
LONG = {"years": "release year", "languages": "original language"}


def write_card(path: Path, result: Result) -> None:
    """Put the figures of metrics.json into the model card `path`, replacing an earlier
    evaluation.
    """
    try:
        card = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror})", "export the bundle anew"
        ) from None
    before, _, rest = card.partition(START)
    after = rest.partition(END)[2] if rest else ""
    # Limits and the commands come last, whether or not there was an evaluation.
    if not rest:
        before, sign, tail = card.partition("## Data and terms")
        after = f"{sign}{tail}"
    text = f"{before.rstrip()}\n\n{START}\n{section(result)}\n{END}\n\n{after.lstrip()}"
    write_text(path, text)


def section(result: Result) -> str:
    """The section in Markdown: headline, missing inputs, genres, years, languages, masked words."""
    summary, masked = result.summary, result.masked or {}
    head = [
        (label, _three(summary.headline[name]), _interval(summary.intervals.get(name)),
         _three(masked.get(name)))
        for name, label in FIGURES.items()
    ]  # fmt: skip
    modes = [
        (mode.label, f"{mode.films:,}",
         *(_three(mode.figures[name]) for name in ("micro_f1", "macro_f1", "macro_ap")),
         _interval(mode.ends("macro_ap")), *_calibration(mode))
        for mode in result.modes
    ]  # fmt: skip
    genres = [
        (row.genre, row.positives, _three(row.fitted.precision), _three(row.fitted.recall),
         _three(row.fitted.f1), _three(row.average_precision), _three(row.calibration_error),
         _three(row.calibration_error_by_chance), _three(row.brier_skill))
        for row in summary.by_genre
    ]  # fmt: skip
    parts = [
        f"## On {result.data.split} films",
        f"`{result.command}`, {result.date}: {summary.films:,} films with "
        f"{', '.join(result.selection.need)}. Decisions by thresholds fitted on validation "
        "films; macro means over genres with a film; intervals of 95 % by bootstrap over films. "
        "Calibration: genres with 30 films or more, 15 bins of "
        "equal size; by chance is what probabilities that are right would show on so many films. "
        "Masked: with the genres' own words taken out of title and overview.",
        _table(("figure", "model", "interval", "masked"), head),
        "### With inputs missing",
        _table(("inputs", "films", "micro F1", "macro F1", "macro AP", "its interval",
                "calibration error, mean (by chance)", "Brier skill, least"), modes),
        "### By genre",
        _table(("genre", "films", "precision", "recall", "F1", "average precision",
                "calibration error", "by chance", "Brier skill"), genres),
    ]  # fmt: skip
    for name, found in result.slices.items():
        if len(found) > 1:
            rows = [(part.name, f"{part.films:,}", _three(part.f1),
                     _interval((part.low, part.high))) for part in found]  # fmt: skip
            parts += [f"### By {LONG[name]}", _table((LONG[name], "films", "micro F1", "interval"),
                                                     rows)]  # fmt: skip
    return "\n\n".join(parts)


def _calibration(mode: ModeFigures) -> tuple[str, str]:
    found = mode.calibration
    if found is None:
        return "", ""
    error, chance, skill = found.error, found.error_by_chance, found.skill
    return (
        f"{_three(error['mean'])} ({_three(chance['mean'])})",
        f"{_three(skill['worst'])} ({skill['of']})",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _three(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _interval(pair: Sequence[float | None] | None) -> str:
    low, high = pair or (None, None)
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
