from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cinegenre.errors import UserError
from cinegenre.train.model.fusion import FUSIONS, Gated, Sum
from cinegenre.train.recipe import load_recipe

WIDTHS = {"a": 3, "b": 2, "c": 4}
MASKS = torch.tensor(
    [[a, b, c] for a in (True, False) for b in (True, False) for c in (True, False) if a or b or c]
)
"""Every set of modalities that a film can have."""


def built(name: str) -> nn.Module:
    torch.manual_seed(0)
    return FUSIONS[name](WIDTHS, 5)


def features(films: int = len(MASKS)) -> dict[str, Tensor]:
    numbers = torch.Generator().manual_seed(1)
    return {name: torch.randn(films, width, generator=numbers) for name, width in WIDTHS.items()}


@pytest.mark.parametrize("name", FUSIONS)
class TestEveryFusion:
    def test_its_output_is_out_dim_wide(self, name: str) -> None:
        fusion = built(name)
        assert fusion(features(), MASKS).shape == (len(MASKS), fusion.out_dim)

    def test_what_is_absent_has_no_say(self, name: str) -> None:
        fusion, given = built(name), features()
        expected = fusion(given, MASKS)
        for i, part in enumerate(given.values()):
            part[~MASKS[:, i]] = torch.nan
        torch.testing.assert_close(fusion(given, MASKS), expected)

    def test_what_is_absent_teaches_nothing(self, name: str) -> None:
        fusion, given = built(name), features()
        for i, part in enumerate(given.values()):
            part[~MASKS[:, i]] = torch.nan
            part.requires_grad_()
        fusion(given, MASKS).square().sum().backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in fusion.parameters())
        for i, part in enumerate(given.values()):
            assert part.grad is not None
            assert (part.grad[~MASKS[:, i]] == 0).all()
            assert (part.grad[MASKS[:, i]] != 0).any()

    def test_a_film_does_not_depend_on_its_neighbours(self, name: str) -> None:
        fusion, given = built(name), features()
        alone = fusion({key: part[2:3] for key, part in given.items()}, MASKS[2:3])
        torch.testing.assert_close(fusion(given, MASKS)[2:3], alone)

    def test_every_parameter_learns(self, name: str) -> None:
        fusion, given = built(name), features()
        given["a"].requires_grad_()  # a fusion may have no parameters
        fusion(given, MASKS).square().sum().backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in fusion.parameters())

    def test_one_modality_will_do(self, name: str) -> None:
        fusion = FUSIONS[name]({"a": 3})
        joined = fusion({"a": torch.randn(4, 3)}, torch.ones(4, 1, dtype=torch.bool))
        assert joined.shape == (4, 3)
        assert joined.isfinite().all()


def by_hand_sum(fusion: nn.Module, film: list[np.ndarray], present: np.ndarray) -> np.ndarray:
    parts = [
        layer.weight.numpy() @ x + layer.bias.numpy()
        for layer, x, there in zip(fusion.project, film, present, strict=True)
        if there
    ]
    return np.sum(parts, axis=0)


def by_hand_gated(fusion: nn.Module, film: list[np.ndarray], present: np.ndarray) -> np.ndarray:
    given = np.concatenate([x * there for x, there in zip(film, present, strict=True)])
    asked = (fusion.gate.weight.numpy() @ given).reshape(len(film), -1)[present]
    hidden = [
        np.tanh(layer.weight.numpy() @ x) for layer, x in zip(fusion.project, film, strict=True)
    ]
    return (np.exp(asked) / np.exp(asked).sum(axis=0) * np.stack(hidden)[present]).sum(axis=0)


BY_HAND = {
    "concat": lambda fusion, film, present: np.concatenate(
        [x if there else 0 * x for x, there in zip(film, present, strict=True)]
    ),
    "gated": by_hand_gated,
    "sum": by_hand_sum,
}
"""Every fusion in numpy, of one film's features and which of them are present."""


@pytest.mark.parametrize("name", FUSIONS)
@torch.no_grad()
def test_it_is_the_formula(name: str) -> None:
    fusion, given = built(name), features()
    expected = [
        BY_HAND[name](fusion, [part[film].numpy() for part in given.values()], present)
        for film, present in enumerate(MASKS.numpy())
    ]
    np.testing.assert_allclose(fusion(given, MASKS).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_gated_is_the_papers_unit_for_two_modalities() -> None:
    torch.manual_seed(0)
    fusion = Gated({"a": 3, "b": 2}, 4)
    a, b = torch.randn(6, 3), torch.randn(6, 2)
    joined = fusion({"a": a, "b": b}, torch.ones(6, 2, dtype=torch.bool))
    first, second = fusion.gate.weight[:4], fusion.gate.weight[4:]
    z = torch.sigmoid(torch.cat([a, b], dim=1) @ (first - second).T)
    hidden_a, hidden_b = (a @ fusion.project[0].weight.T).tanh(), fusion.project[1](b).tanh()
    torch.testing.assert_close(joined, z * hidden_a + (1 - z) * hidden_b)


def test_gates_of_the_present_add_up_to_one() -> None:
    fusion, given = built("gated"), features()
    with torch.no_grad():
        for layer in fusion.project:
            layer.weight.fill_(0)
            layer.weight[:, 0] = 100
    joined = fusion({key: part.abs() for key, part in given.items()}, MASKS)  # every h_m is 1
    torch.testing.assert_close(joined, torch.ones_like(joined))


@pytest.mark.parametrize("kind", [Sum, Gated])
def test_the_common_width_is_the_widest_encoders_if_none_is_asked(
    kind: type[Sum] | type[Gated],
) -> None:
    assert kind(WIDTHS).out_dim == 4
    assert kind(WIDTHS, 7).out_dim == 7


def test_a_common_width_below_zero() -> None:
    with pytest.raises(UserError, match=r"fusion_width is -1: it must be at least 0"):
        load_recipe("cnn_lstm_slides", overrides=["model.fusion_width=-1"])
