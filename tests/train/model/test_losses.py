from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from sklearn.metrics import f1_score, log_loss
from torch import Tensor

from cinegenre.errors import UserError
from cinegenre.train.model.losses import (
    LOSSES,
    activation,
    asymmetric,
    binary_cross_entropy,
    categorical_cross_entropy,
    double_soft_f1,
    weighted,
)

BY_GENRE = [name for name in LOSSES if activation(name) == "sigmoid"]


def random_batch(films: int = 64, genres: int = 5) -> tuple[Tensor, Tensor]:
    numbers = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(films, genres, generator=numbers)
    return logits, (torch.rand(films, genres, generator=numbers) < 0.3).float()


@pytest.mark.parametrize("name", BY_GENRE)
class TestEveryLoss:
    def test_it_falls_when_the_logits_move_to_the_truth(self, name: str) -> None:
        truth = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
        losses = [LOSSES[name](by * (2 * truth - 1), truth) for by in (-50, -1, 0, 1)]
        assert losses == sorted(losses, reverse=True)
        assert len(set(losses)) == len(losses)
        assert LOSSES[name](50 * (2 * truth - 1), truth) == pytest.approx(0, abs=1e-6)

    def test_its_gradient_leads_to_the_truth(self, name: str) -> None:
        logits, truth = random_batch()
        logits.requires_grad_()
        LOSSES[name](logits, truth).backward()
        assert logits.grad is not None
        assert (logits.grad[truth > 0] < 0).all()
        assert (logits.grad[truth == 0] >= 0).all()

    @pytest.mark.parametrize("size", [50.0, 1000.0])
    @pytest.mark.parametrize("labels", ["mixed", "none", "all"])
    def test_extreme_logits_are_finite(self, name: str, size: float, labels: str) -> None:
        logits = size * torch.tensor([[1.0, -1.0, 1.0, -1.0, 0.0], [1.0, -1.0, -1.0, 1.0, 0.0]])
        truth = torch.tensor([[1.0, 1.0, 0.0, 0.0, 1.0]] * 2)
        truth = {"mixed": truth, "none": 0 * truth, "all": 0 * truth + 1}[labels]
        logits.requires_grad_()
        loss = LOSSES[name](logits, truth)
        loss.backward()
        assert loss.isfinite()
        assert logits.grad is not None
        assert logits.grad.isfinite().all()


def _soft_f1(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    hits, false, missed = (p * y).sum(axis=0), (p * (1 - y)).sum(axis=0), ((1 - p) * y).sum(axis=0)
    return np.asarray(2 * hits / (2 * hits + false + missed))


FORMULAS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "asymmetric": lambda z, y: (
        -(
            y * np.log(expit(z))
            + (1 - y) * np.maximum(expit(z) - 0.05, 0) ** 4 * np.log(np.minimum(1.05 - expit(z), 1))
        ).mean()
    ),
    "binary_cross_entropy": lambda z, y: np.mean(
        [log_loss(truth, p) for truth, p in zip(y.T, expit(z).T, strict=True)]
    ),
    "categorical_cross_entropy": lambda z, y: -(y * np.log(softmax(z, axis=1))).sum(axis=1).mean(),
    "double_soft_f1": lambda z, y: (
        1 - (_soft_f1(expit(z), y) + _soft_f1(expit(-z), 1 - y)).mean() / 2
    ),
}
"""Every loss in numpy or scikit-learn, of logits and truth in float64."""


@pytest.mark.parametrize("name", LOSSES)
def test_it_is_the_formula(name: str) -> None:
    logits, truth = random_batch()
    expected = FORMULAS[name](logits.double().numpy(), truth.double().numpy())
    assert LOSSES[name](logits, truth).item() == pytest.approx(expected, rel=1e-5)


def test_asymmetric_by_hand() -> None:
    # p = 0.5: a positive costs ln 2, a negative -0.45⁴ ln 0.55.
    cost = asymmetric(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])).item()
    assert cost == pytest.approx((0.693147 + 0.45**4 * 0.597837) / 2, rel=1e-5)


def test_asymmetric_lets_very_easy_negatives_be() -> None:
    logits = torch.tensor([[-3.0, -2.9]], requires_grad=True)  # p = 0.047 and 0.052
    asymmetric(logits, torch.zeros(1, 2)).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] == 0
    assert logits.grad[0, 1] > 0


def test_double_soft_f1_by_hand() -> None:
    p = torch.tensor([[0.8, 0.5], [0.4, 0.5]])
    truth = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
    # First genre: F1₊ = 1.6 / (1.2 + 1), F1₋ = 1.2 / (0.8 + 1). Second, without a negative:
    # F1₊ = 2 / (1 + 2), F1₋ = 0.
    first, second = 1 - (1.6 / 2.2 + 1.2 / 1.8) / 2, 1 - (2 / 3) / 2
    cost = double_soft_f1(p.logit(), truth).item()
    assert cost == pytest.approx((first + second) / 2, rel=1e-5)


def test_double_soft_f1_of_certain_scores_is_that_of_the_decisions() -> None:
    logits, truth = random_batch()
    decided = (logits > 0).numpy()
    both = [f1_score(side(truth.numpy() > 0), side(decided), average="macro")
            for side in (lambda labels: labels, np.logical_not)]  # fmt: skip
    cost = double_soft_f1(logits.sign() * 50, truth).item()
    assert cost == pytest.approx(1 - sum(both) / 2, abs=1e-5)


def test_double_soft_f1_of_a_genre_without_positives_costs_a_half_and_falls_with_p() -> None:
    none = torch.zeros(4, 1)
    costs = [double_soft_f1(torch.full((4, 1), logit), none).item() for logit in (2.0, 0.0, -50.0)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == pytest.approx(0.5)


class TestCategorical:
    """Dave's loss: one softmax over all genres, targets with several ones."""

    def test_of_one_label_a_film_it_is_torchs_cross_entropy(self) -> None:
        logits, _ = random_batch()
        labels = torch.arange(len(logits)) % 5
        truth = torch.nn.functional.one_hot(labels, 5).float()
        expected = torch.nn.functional.cross_entropy(logits, labels)
        torch.testing.assert_close(categorical_cross_entropy(logits, truth), expected)

    def test_two_genres_are_best_at_a_half_each(self) -> None:
        truth = torch.tensor([[1.0, 1.0, 0.0]])
        logits = torch.zeros(1, 3, requires_grad=True)
        step = torch.optim.Adam([logits], lr=0.1)
        for _ in range(500):
            step.zero_grad()
            categorical_cross_entropy(logits, truth).backward()
            step.step()
        assert logits.softmax(dim=1)[0].tolist() == pytest.approx([0.5, 0.5, 0], abs=0.01)

    @pytest.mark.parametrize("size", [50.0, 1000.0])
    def test_extreme_logits_are_finite(self, size: float) -> None:
        logits = size * torch.tensor([[1.0, -1.0, 0.0]])
        logits.requires_grad_()
        loss = categorical_cross_entropy(logits, torch.tensor([[0.0, 1.0, 1.0]]))
        loss.backward()
        assert torch.isfinite(loss) and torch.isfinite(logits.grad).all()  # type: ignore[arg-type]


class TestPositiveWeights:
    def test_a_positive_weighs_as_all_negatives_to_one(self) -> None:
        logits, truth = random_batch()
        share = truth.mean(dim=0)
        p = logits.sigmoid().numpy()
        y = truth.numpy()
        expected = -((1 - share.numpy()) / share.numpy() * y * np.log(p) + (1 - y) * np.log(1 - p))
        found = weighted("binary_cross_entropy", share)(logits, truth)
        assert float(found) == pytest.approx(expected.mean(), rel=1e-4)

    def test_even_genres_weigh_one_and_absent_ones_a_hundred(self) -> None:
        logits, truth = random_batch()
        even = weighted("binary_cross_entropy", torch.full((5,), 0.5))(logits, truth)
        torch.testing.assert_close(even, binary_cross_entropy(logits, truth))
        lost = weighted("binary_cross_entropy", torch.zeros(1))
        one = torch.zeros(1, 1)
        assert float(lost(one, one + 1)) == pytest.approx(100 * np.log(2), rel=1e-5)

    def test_with_another_loss(self) -> None:
        with pytest.raises(UserError, match="positive_weights is set with the loss 'asymmetric'"):
            weighted("asymmetric", torch.ones(2))
