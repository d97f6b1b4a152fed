"""The model card that `fit` writes into a bundle (README.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..metrics.figures import Summary
from .result import FitMode, FitReport


def card(report: FitReport) -> str:
    """The card in Markdown: what was fitted on which films, what was left out, and how good it
    is.
    """
    summary, test = report.summary, report.test
    shown = "" if test is None else _shown(test, report)
    return f"""---
library_name: cinegenre
tags: [movie-genres, multi-label-classification, onnx]
---
# {report.name}

Predicts which of {len(report.genres)} genres a film has: {", ".join(report.genres)}.

- **Model**: a linear head, fitted by `cinegenre fit` on the encoders and the logits of
  {report.base}, whose data, terms and limits also hold for this model: [BASE.md](BASE.md).
- **Training films**: {report.films:,} labelled films. {_left_out(report)}
- **Genres dropped**, because fewer than {report.min_films} films have or lack them:
  {_dropped(report)}.

## Cross-validated
Each film is scored with the inputs that it has, by a head that was not fitted on it (five folds;
rows of one film and films of one collection are in the same fold). Calibration and thresholds come
from other films, too. The strength of the penalty was chosen on the same folds, and the encoders
may have been trained on these films. Only films that the base model never saw (`--test`) show how
good the model is on new films. Macro means are over genres with a positive.

{chr(10).join(_headline(summary))}

{chr(10).join(_genres(summary, report.modes))}

## By set of inputs
The films in each row have at least these inputs and are scored from these alone.

| inputs | films | micro F1 | macro F1 | macro AP |
|---|---|---|---|---|
{chr(10).join(_mode(mode) for mode in report.modes)}
{shown}"""


def head_card(report: FitReport) -> str:
    """The card of a head that was added to a bundle."""
    tested = report.test
    shown = "" if tested is None else _shown(tested, report)
    return f"""# {report.name}: further genres of {report.base}

`Tagger.load(…, taxonomy="{report.name}")` and `--taxonomy {report.name}` tell which of
{len(report.genres)} genres a film has: {", ".join(report.genres)}.

- **Head**: one linear map for every set of inputs, on the encoders' outputs and the logits of
  {report.base}, whose data, terms and limits also hold for this head: [README.md](README.md).
- **Training films**: {report.films:,} labelled films. {_left_out(report)}
- **Genres dropped**, because fewer than {report.min_films} films have or lack them:
  {_dropped(report)}.

{_how(report)}

{chr(10).join(_headline(report.summary))}

{chr(10).join(_genres(report.summary, report.modes))}

## By set of inputs
The films in each row have at least these inputs and are scored from these alone.

| inputs | films | micro F1 | macro F1 | macro AP |
|---|---|---|---|---|
{chr(10).join(_mode(mode) for mode in report.modes)}
{shown}"""


def _how(report: FitReport) -> str:
    """How the figures of a head that was added came about."""
    if report.validation is None:
        return """## Cross-validated
Each film is scored with the inputs that it has, by a head that was not fitted on it (five folds).
Calibration and thresholds come from other films, too. The strength of the penalty was chosen on the
same folds, and the encoders may have been trained on these films. Macro means are over genres with
a positive."""
    return f"""## On validation films
{report.validation:,} films, which chose the strength of the penalty and what each encoder
counts, and which the head was not fitted on. Each is scored with the inputs that it has;
calibration and thresholds come from the others of them (five folds). Macro means are over genres
with a positive."""


def _shown(test: Summary, report: FitReport) -> str:
    """The section on the films given with --test."""
    return "\n".join((
        "\n## On the films given with --test",
        f"{test.films:,} films, with the finished calibration and thresholds.\n",
        *_headline(test),
        "",
        *_genres(test, report.modes),
        "",
    ))  # fmt: skip


def _headline(summary: Summary) -> list[str]:
    names = {"micro_f1": "micro F1", "macro_f1": "macro F1", "macro_ap": "macro average precision"}
    errors = [row.calibration_error or 0.0 for row in summary.by_genre]
    values = {label: summary.headline[key] for key, label in names.items()}
    values["expected calibration error, mean of the genres"] = sum(errors) / len(errors)
    return ["| figure | value |", "|---|---|", *(f"| {k} | {_3(v)} |" for k, v in values.items())]


def _genres(summary: Summary, modes: Sequence[FitMode]) -> Iterable[str]:
    """Rows of genres. The thresholds are those for films with all inputs, the last of `modes`."""
    thresholds = modes[-1].thresholds
    yield "| genre | films | AP | F1 | threshold |"
    yield "|---|---|---|---|---|"
    for row, threshold in zip(summary.by_genre, thresholds, strict=True):
        figures = (row.average_precision, row.fitted.f1, threshold)
        yield f"| {row.genre} | {row.positives:,} | {' | '.join(map(_3, figures))} |"


def _mode(mode: FitMode) -> str:
    figures = " | ".join(_3(mode.figures[key]) for key in ("micro_f1", "macro_f1", "macro_ap"))
    return f"| {' + '.join(mode.inputs)} | {mode.films:,} | {figures} |"


def _left_out(report: FitReport) -> str:
    counts = [f"{count:,} {reason}" for reason, count in report.left_out.items()]
    lost = [
        f" Posters that {why}: {len(posters):,}."
        for why, posters in (
            ("could not be read", report.unreadable_posters),
            ("were not fetched", report.unfetched_posters),
        )
        if posters
    ]
    text = f"Rows left out: {', '.join(counts)}." if counts else "No row was left out."
    return text + "".join(lost)


def _dropped(report: FitReport) -> str:
    names = [f"{genre} ({count:,})" for genre, count in report.dropped.items()]
    return ", ".join(names) or "none"


def _3(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
