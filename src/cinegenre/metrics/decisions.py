"""Metrics of decided genres: precision, recall, F1 and accuracies.

`truth` and `decided` are bool, (films, genres). The definitions are those of scikit-learn, with 0
for a division by 0.
"""

from __future__ import annotations

import numpy as np

HEADLINE_POSITIVES = 10
"""Number of positives from which a genre counts in the headline macro means."""


def confusion(truth: np.ndarray, decided: np.ndarray) -> np.ndarray:
    """Counts (genres, 4): true positives, false positives, false negatives, true negatives."""
    hits = (truth & decided).sum(axis=0)
    false = (~truth & decided).sum(axis=0)
    missed = (truth & ~decided).sum(axis=0)
    return np.stack([hits, false, missed, len(truth) - hits - false - missed], axis=1)


def precision_recall_f1(counts: np.ndarray) -> np.ndarray:
    """Precision, recall and F1, (…, 3), from the counts of `confusion`, (…, 4)."""
    hits, false, missed = (counts[..., i].astype(np.float64) for i in range(3))
    return np.stack(
        [
            _ratio(hits, hits + false),
            _ratio(hits, hits + missed),
            _ratio(2 * hits, 2 * hits + false + missed),
        ],
        axis=-1,
    )


def macro(values: np.ndarray, positives: np.ndarray, at_least: int = 1) -> float:
    """The mean of `values` (genres,) over the genres with `at_least` positives; NaN without any.

    NaN values are left out: a bootstrap draw may lack all the films of a rare genre.
    """
    kept = values[(positives >= at_least) & np.isfinite(values)]
    return float(kept.mean()) if len(kept) else float("nan")


def averages(
    truth: np.ndarray, decided: np.ndarray, positives: np.ndarray | None = None
) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 by kind of mean.

    micro: over all decisions. macro: over genres with a positive; macro_headline: over those with
    ten. weighted: over genres, by their positives. samples: over films. If `truth` is a bootstrap
    draw, `positives` (genres,) are those of all films, which choose the genres of the macro means.
    """
    counts = confusion(truth, decided)
    by_genre = precision_recall_f1(counts)
    by_film = precision_recall_f1(confusion(truth.T, decided.T))
    here = truth.sum(axis=0)
    counted = here if positives is None else positives
    weighted = (by_genre * here[:, None]).sum(axis=0) / max(here.sum(), 1)
    rows = {
        "micro": precision_recall_f1(counts.sum(axis=0)),
        "macro": np.array([macro(column, counted) for column in by_genre.T]),
        "macro_headline": np.array(
            [macro(column, counted, HEADLINE_POSITIVES) for column in by_genre.T]
        ),
        "weighted": weighted,
        "samples": by_film.mean(axis=0),
    }
    return {
        name: dict(zip(("precision", "recall", "f1"), map(float, row), strict=True))
        for name, row in rows.items()
    }


def accuracies(truth: np.ndarray, decided: np.ndarray) -> dict[str, float]:
    """Three metrics that papers call accuracy.

    element_wise: the share of decisions that are right. at_least_one: the share of films with at
    least one genre decided rightly (Mavromatakis, section 2.2.4). subset: the share of films whose
    whole set of genres is right.
    """
    right = truth == decided
    return {
        "element_wise": float(right.mean()),
        "at_least_one": float((truth & decided).any(axis=1).mean()),
        "subset": float(right.all(axis=1).mean()),
    }


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(over, under, out=np.zeros_like(over), where=under > 0))
