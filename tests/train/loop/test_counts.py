"""The running figures of an epoch are those of all its films at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from cinegenre.metrics.summary import top_genre
from cinegenre.train.loop.task import Counts


@pytest.mark.parametrize("chooses", [False, True])
def test_batches_add_up_and_survive_a_checkpoint(chooses: bool) -> None:
    random = np.random.default_rng(0)
    truth = random.random((70, 4)) < 0.4
    truth[~truth.any(axis=1), 1] = True
    scores = random.dirichlet(np.full(4, 0.4), 70)
    counts = Counts(chooses=chooses)
    for start in range(0, 70, 16):
        part = slice(start, start + 16)
        batch = torch.tensor(scores[part]), torch.tensor(truth[part]).float()
        counts.add(torch.tensor(float(start)), *batch)
        counts = Counts(counts.state(), chooses=chooses)

    found = counts.figures()

    assert found["accuracy"] == pytest.approx(((scores > 0.5) == truth).mean())
    assert found["f1"] == pytest.approx(f1_score(truth, scores > 0.5, average="micro"))
    assert found["loss"] == pytest.approx((16 * (0 + 16 + 32 + 48) + 6 * 64) / 70)
    if chooses:
        assert found["first_genre"] == pytest.approx(top_genre(truth, scores)["first"])
    else:
        assert "first_genre" not in found
    assert Counts(chooses=chooses).figures() == {}
