from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch import Tensor

from cinegenre.train.losses import LOSSES, asymmetric, double_soft_f1


def random_batch(films: int = 64, genres: int = 5) -> tuple[Tensor, Tensor]:
    numbers = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(films, genres, generator=numbers)
    return logits, (torch.rand(films, genres, generator=numbers) < 0.3).float()


@pytest.mark.parametrize("name", LOSSES)
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


def test_asymmetric_against_numpy() -> None:
    logits, truth = random_batch()
    p, y = 1 / (1 + np.exp(-logits.double().numpy())), truth.numpy()
    q = np.maximum(p - 0.05, 0)
    expected = -(y * np.log(p) + (1 - y) * q**4 * np.log(1 - q)).mean()
    assert asymmetric(logits, truth).item() == pytest.approx(expected, rel=1e-5)


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
