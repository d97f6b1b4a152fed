"""torchmetrics as a second oracle, written apart from scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torchmetrics.functional import classification as theirs

from cinegenre.metrics import decisions, ranking
from cinegenre.metrics.summary import Scored, summarize

from .test_metrics import GENRES, made

KEPT = [0, 1, 2, 4]
"""The genres with a positive: the macro mean is over these."""
MEANS = {
    "precision": theirs.multilabel_precision,
    "recall": theirs.multilabel_recall,
    "f1": theirs.multilabel_f1_score,
}


def tensors(*arrays: np.ndarray) -> list[Tensor]:
    return [
        torch.from_numpy(array if array.dtype == float else array.astype(int)) for array in arrays
    ]


@pytest.mark.parametrize("figure", MEANS)
@pytest.mark.parametrize("mean", ["micro", "macro", "weighted", "samples"])
def test_means_of_decisions(mean: str, figure: str) -> None:
    truth, scores = made()
    decided, true = tensors(scores >= 0.5, truth)
    if mean == "macro":
        decided, true = decided[:, KEPT], true[:, KEPT]
    if mean == "samples":  # a macro mean with the films for genres
        decided, true = decided.T, true.T
    average = "macro" if mean == "samples" else mean
    expected = MEANS[figure](decided, true, num_labels=true.shape[1], average=average)
    ours = decisions.averages(truth, scores >= 0.5)[mean][figure]
    assert ours == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        (ranking.average_precision, theirs.multilabel_average_precision),
        (ranking.roc_auc, theirs.multilabel_auroc),
    ],
    ids=["average_precision", "roc_auc"],
)
@pytest.mark.parametrize("digits", [1, 6])
def test_ranking(
    digits: int, ours: Callable[..., np.ndarray], other: Callable[..., Tensor]
) -> None:
    truth, scores = made(digits=digits)
    true, scored = tensors(truth[:, KEPT], scores[:, KEPT])
    expected = other(scored, true, num_labels=4, average="none", thresholds=None)
    np.testing.assert_allclose(ours(truth, scores)[KEPT], expected, rtol=1e-6)


def test_accuracies_and_counts() -> None:
    truth, scores = made()
    decided, true = tensors(scores >= 0.5, truth)
    ours = decisions.accuracies(truth, scores >= 0.5)
    exact = theirs.multilabel_exact_match(decided, true, num_labels=5)
    assert ours["subset"] == pytest.approx(float(exact))
    distance = theirs.multilabel_hamming_distance(decided, true, num_labels=5, average="micro")
    assert ours["element_wise"] == pytest.approx(1 - float(distance))
    counts = theirs.multilabel_stat_scores(decided, true, num_labels=5, average="none")
    tp, fp, tn, fn = counts[:, :4].T
    expected = torch.stack([tp, fp, fn, tn], dim=1).tolist()
    assert decisions.confusion(truth, scores >= 0.5).tolist() == expected


def test_the_summarys_headlines() -> None:
    truth, scores = made()
    summary = summarize(Scored(GENRES, truth, scores, scores, scores >= 0.4), samples=0)
    decided, true, scored = tensors(scores >= 0.4, truth, scores)
    headline = summary.headline
    micro = theirs.multilabel_f1_score(decided, true, num_labels=5, average="micro")
    assert headline["micro_f1"] == pytest.approx(float(micro), rel=1e-6)
    kept = [g for g in KEPT if truth[:, g].sum() >= decisions.HEADLINE_POSITIVES]
    ap = theirs.multilabel_average_precision(
        scored[:, kept], true[:, kept], num_labels=len(kept), average="macro", thresholds=None
    )
    assert headline["macro_ap_headline"] == pytest.approx(float(ap), rel=1e-6)
