"""Both models of the CNN + LSTM slides on the data set's test films, the paper's figures beside.

Rows already trained, exported or evaluated in the `--runs` folder are taken as they are.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .common import Failed, NotGiven, Options, Report, cinegenre, extra

RECIPE = "cnn_lstm_slides"
ROWS = ("model_1", "model_1_text", "model_1_poster", "model_0", "model_0_text", "model_0_poster")
FILMS = "overview,poster"
"""Every row is judged on the films that have both, whatever it reads of them."""


def run(options: Options) -> Report:
    """Train, export and evaluate the six rows; compare each whole model with its parts."""
    if options.data is None:
        raise NotGiven("give --data, a prepared data set")
    if options.runs is None:
        raise NotGiven(
            "give --runs, a folder to keep the trained rows in (about an hour on 2 cores)"
        )
    extra("torch", "train")
    found = {row: _row(row, options.data, options.runs) for row in ROWS}
    table = [_line(row, *found[row]) for row in ROWS]
    trivial = found["model_1"][1]["summary"]["trivial"]
    for name, decisions in trivial.items():
        table.append([name.replace("_", " "), "", *_decided(decisions), "0.500", "", "", ""])
    table += [_published(found[row][1]["published"]) for row in ("model_1", "model_0")]
    notes = [
        "Accuracy is element-wise, precision, recall and F1 are micro, at the model's own 0.5; "
        "ROC-AUC and AP are macro, AP with its 95 % interval; the last column is macro F1 at "
        "thresholds fitted on validation.",
        *(_compared(row, options.data, options.runs) for row in ("model_1", "model_0")),
    ]
    head = ["row", "best epoch", "accuracy", "precision", "recall", "F1", "ROC-AUC", "AP",
            "interval", "fitted F1"]  # fmt: skip
    figures = {
        row: {"run": run_, "summary": result["summary"]} for row, (run_, result) in found.items()
    }
    return Report(head, table, figures, notes)


def _row(row: str, data: Path, runs: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row's run.json and metrics.json."""
    run, bundle, report = (runs / f"{row}{part}" for part in ("", "-bundle", "-report"))
    if not _finished(run):
        again = ["--resume"] if (run / "config.json").exists() else []
        _call("train", RECIPE, "--row", row, "--data", data, "--out", run, *again)
    if not (bundle / "config.json").exists():
        _call("export", run, "--out", bundle, "--data", data)
    if not (report / "metrics.json").exists():
        published = ["--recipe", RECIPE, "--row", row] if row in ("model_0", "model_1") else []
        _call("evaluate", bundle, "--data", data, "--out", report, "--need", FILMS, *published)
    return (
        json.loads((run / "run.json").read_text(encoding="utf-8")),
        json.loads((report / "metrics.json").read_text(encoding="utf-8")),
    )


def _finished(run: Path) -> bool:
    path = run / "run.json"
    return path.exists() and bool(json.loads(path.read_text(encoding="utf-8")).get("finished"))


def _call(*arguments: object) -> None:
    words = [str(cinegenre()), *map(str, arguments)]
    if subprocess.run(words, check=False, stdout=subprocess.DEVNULL).returncode:
        raise Failed(f"{' '.join(words)} did not succeed")


def _line(row: str, run: dict[str, Any], result: dict[str, Any]) -> list[str]:
    summary = result["summary"]
    low, high = summary["intervals"]["macro_ap"]
    return [
        row.replace("_", " "),
        str(run["best_epoch"] + 1),
        *_decided(summary["decisions"]["at_0.5"]),
        f"{summary['ranking']['roc_auc']['macro']:.3f}",
        f"{summary['headline']['macro_ap']:.3f}",
        f"{low:.3f} to {high:.3f}",
        f"{summary['headline']['macro_f1']:.3f}",
    ]


def _decided(decisions: dict[str, Any]) -> list[str]:
    micro = decisions["micro"]
    values = (
        decisions["accuracy"]["element_wise"],
        *(micro[k] for k in ("precision", "recall", "f1")),
    )
    return [f"{value:.3f}" for value in values]


def _published(published: dict[str, Any]) -> list[str]:
    names = ("accuracy", "precision", "recall", "f1", "roc_auc")
    values = [published["figures"].get(name) for name in names]
    shown = ["" if value is None else f"{value:.3f}" for value in values]
    return [f"paper: {published['row'].replace('_', ' ')}", "", *shown, "", "", ""]


def _compared(row: str, data: Path, runs: Path) -> str:
    """Macro AP of the whole model minus that of each part, by paired bootstrap over films."""
    from cinegenre.data.dataset import PreparedSet
    from cinegenre.data.select import select
    from cinegenre.evaluate.run import score
    from cinegenre.metrics.bootstrap import paired
    from cinegenre.metrics.summary import HEADLINES
    from cinegenre.tagger import Tagger

    taggers = [Tagger.load(runs / f"{row}{part}-bundle") for part in ("", "_text", "_poster")]
    kept, _ = select(
        PreparedSet.open(data).films("test"),
        taxonomy=taggers[0].genres,
        need=tuple(FILMS.split(",")),
    )
    films = list(kept)
    whole, *parts = (score(tagger, films) for tagger in taggers)
    positives = whole.truth.sum(axis=0)
    figure = HEADLINES["macro_ap"]
    said = []
    for name, part in zip(("text alone", "poster alone"), parts, strict=True):
        gap = paired(
            lambda rows, part=part: figure(part.of(rows), positives),  # type: ignore[misc]
            lambda rows: figure(whole.of(rows), positives),
            len(films),
        )
        said.append(
            f"{gap.difference:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}, p {gap.p:.3f}) over {name}"
        )
    return f"{row.replace('_', ' ')}, text and poster: macro AP {', '.join(said)}."
