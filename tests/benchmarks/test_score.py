"""The straight line through the sizes of `python -m benchmarks score`."""

from __future__ import annotations

import pytest

from benchmarks.score import Line


def test_the_line_goes_through_points_on_one() -> None:
    line = Line.through([(size, 3 + 0.012 * size) for size in (1_000, 10_000, 100_000)])

    assert line.start == pytest.approx(3)
    assert line.film == pytest.approx(0.012)
    assert line.worst < 1e-9


def test_one_size_gives_its_rate_and_a_stray_is_told() -> None:
    assert Line.through([(1_000, 12.0)]).film == pytest.approx(0.012)
    assert Line.through([(10, 1.0), (20, 2.0), (30, 4.0)]).worst > 0.05
