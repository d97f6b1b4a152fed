"""Which accuracy and which ROC-AUC Mavromatakis' can be: arithmetic and a simulation, not speed.

The text says that a film counts as right with one label right, and does not say what the area is
taken of. Each reading is asked how many genres a film must have been given for both of a row's
figures to be true; the paper says one or two mostly, and what its films are labelled with is near
what ours are.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist, mean
from typing import Any

from .common import Options, Report

PAPER = "mavromatakis"
COPIES = 10
"""Each film is simulated so many times."""


@dataclass(frozen=True)
class Decided:
    """Genres given a film, and the shares of its own and of the others that were."""

    labels: float
    hits: float
    false: float


def run(options: Options) -> Report:
    """Both readings of every row, on the labels of the test films of --data."""
    import numpy as np

    from .paper_films import films_of, published_of

    truth = films_of(options.data, PAPER).truth
    labels, genres = float(truth.sum(axis=1).mean()), truth.shape[1]
    films = np.tile(truth, (COPIES, 1))
    noise = np.random.default_rng(0).normal(size=films.shape)
    rows, found = [], {}
    for name, row in published_of(PAPER).items():
        accuracy, area = row["at_least_one"], row["roc_auc"]
        first = labels_for_one_right(films, noise, accuracy, area)
        second = decided(accuracy, area, labels, genres)
        found[name] = {
            "accuracy": accuracy, "roc_auc": area, "at_least_one": first,
            "element_wise": second.labels, "hits": second.hits, "false": second.false,
        }  # fmt: skip
        rows.append([name, f"{accuracy:.4f}", f"{area:.4f}", f"{first:.1f}",
                     f"{second.labels:.1f}"])  # fmt: skip
    means = [mean(row[key] for row in found.values()) for key in ("at_least_one", "element_wise")]
    rows.append(["mean", "", "", *(f"{each:.1f}" for each in means)])
    head = ("row", "accuracy", "ROC-AUC", "genres a film, if one right is enough",
            "genres a film, if over all decisions")  # fmt: skip
    notes = [
        f"The {len(truth):,} films have {labels:.2f} of the {genres} genres each.",
        "One right is enough: scores are each genre's log odds and as much knowledge of the film "
        "as the area asks for, the same of every genre; the highest are decided. No ranking that "
        "knows as much decides better, so it is the least number.",
        "Over all decisions: the area is of the decisions, each genre told as well as any other; "
        "the two figures then leave one number.",
    ]
    return Report(head, rows, {"labels": labels, "rows": found}, notes)


def decided(accuracy: float, area: float, labels: float, genres: int) -> Decided:
    """What was decided, from an element-wise accuracy and a ROC-AUC of the same decisions.

    With the share `hits` of a film's `labels` found and the share `false` of its other genres
    given, the area is (1 + hits - false) / 2, and the wrong decisions are
    labels × (1 - hits) + (genres - labels) × false.
    """
    apart = 2 * area - 1
    wrong = genres * (1 - accuracy)
    false = (wrong - labels * (1 - apart)) / (genres - 2 * labels)
    hits = false + apart
    return Decided(labels * hits + (genres - labels) * false, hits, false)


def labels_for_one_right(truth: Any, noise: Any, accuracy: float, area: float) -> float:
    """How many genres a film must be given for `accuracy` of the films to have one right.

    Scores are drawn with normal `noise` so far apart that each genre's ROC-AUC is `area`.
    """
    import numpy as np

    apart = 2**0.5 * NormalDist().inv_cdf(area)
    share = np.clip(truth.mean(axis=0), 1e-6, 1 - 1e-6)
    scores = np.log(share / (1 - share)) + apart * (noise + apart * (truth - 0.5))
    # A film is right from the threshold of its best true genre downwards.
    best = np.sort(np.where(truth, scores, -np.inf).max(axis=1))
    threshold = best[int((1 - accuracy) * len(best))]
    return float((scores >= threshold).sum(axis=1).mean())
