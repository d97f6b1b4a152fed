from __future__ import annotations

import math

import pytest

from cinegenre.train.schedule import slanted_triangular


def equation_3(t: int, steps: int, cut_frac: float, ratio: float) -> float:
    """As the paper writes it, with a highest rate of 1."""
    cut = math.floor(steps * cut_frac)
    p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_frac - 1))
    return (1 + p * (ratio - 1)) / ratio


@pytest.mark.parametrize(
    ("steps", "cut", "ratio"), [(1000, 0.1, 32), (10, 0.1, 32), (40, 0.25, 8), (4, 0.5, 2)]
)
def test_it_is_the_papers_equation(steps: int, cut: float, ratio: float) -> None:
    ours = [slanted_triangular(t, steps, cut, ratio) for t in range(steps + 1)]
    assert ours == pytest.approx([equation_3(t, steps, cut, ratio) for t in range(steps + 1)])


def test_it_rises_then_falls() -> None:
    rates = [slanted_triangular(t, 200) for t in range(201)]
    assert rates[0] == rates[200] == 1 / 32
    assert rates.index(max(rates)) == 20
    assert rates[20] == 1
    assert rates[:21] == sorted(rates[:21])
    assert rates[20:] == sorted(rates[20:], reverse=True)


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 9, 19, 101])
@pytest.mark.parametrize("cut", [0.0, 0.1, 1.0])
def test_no_number_of_steps_leaves_the_limits(steps: int, cut: float) -> None:
    """Equation 3 divides by zero below 10 steps, and is -0.85 at the last of 19."""
    rates = [slanted_triangular(t, steps, cut) for t in range(steps + 3)]
    assert all(1 / 32 <= rate <= 1 for rate in rates)
    assert rates[-1] == 1 / 32
