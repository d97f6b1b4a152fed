"""An evaluation in the bundle's own model card."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cinegenre import Movie, UserError
from cinegenre.evaluate import Result, evaluate
from cinegenre.evaluate.card import END, START, write_card
from cinegenre.evaluate.slices import by_year_and_language
from cinegenre.metrics.calibration import chance_error, expected_calibration_error
from cinegenre.metrics.summary import Scored


@pytest.fixture
def own(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "own"))


@pytest.fixture
def result(own: Path, data: Path, tmp_path: Path) -> Result:
    return evaluate(own, data, tmp_path / "report", card=True)


def test_the_card_has_the_figures_once_however_often(
    own: Path, result: Result, data: Path, tmp_path: Path
) -> None:
    card = (own / "README.md").read_text()
    figures = card.split(START)[1].split(END)[0]
    micro = result.summary.headline["micro_f1"]
    assert f"| micro F1 | {micro:.3f} |" in figures
    for mode in result.modes:
        line = f"| {' + '.join(mode.inputs)} | {mode.films} | {mode.figures['micro_f1']:.3f} |"
        assert line in figures
    for row in result.summary.by_genre:
        assert f"| {row.genre} | {row.positives} |" in figures
    # What the card had stays, in its order.
    headings = [line for line in card.splitlines() if line.startswith("## ")]
    assert headings.index("## On test films") == headings.index("## Data and terms") - 1
    evaluate(own, data, tmp_path / "report", card=True)
    assert (own / "README.md").read_text() == card


def test_a_bundle_without_a_card(own: Path, result: Result) -> None:
    (own / "README.md").unlink()
    with pytest.raises(UserError, match=r"README\.md cannot be read"):
        write_card(own / "README.md", result)


def test_parts_of_the_films() -> None:
    films = [Movie(year=1960 + i % 40, language="en" if i % 4 else "fr") for i in range(160)]
    truth = np.zeros((160, 2), bool)
    truth[:, 0] = True
    decided = truth.copy()
    french = np.array([film.language == "fr" for film in films])
    decided[french] = ~decided[french]
    scores = np.full((160, 2), 0.5)
    found = by_year_and_language(films, Scored(("A", "B"), truth, scores, scores, decided))
    assert [(part.name, part.films, part.f1) for part in found["languages"]] == [
        ("en", 120, 1.0), ("fr", 40, 0.0)
    ]  # fmt: skip
    assert [(part.name, part.films) for part in found["years"]] == [
        ("1960s", 40), ("1970s", 40), ("1980s", 40), ("1990s", 40)
    ]  # fmt: skip


def test_right_probabilities_err_by_chance_alone() -> None:
    random = np.random.default_rng(3)
    scores = random.random((600, 3)) * [1.0, 0.4, 0.1]
    truth = random.random(scores.shape) < scores
    error, chance = expected_calibration_error(truth, scores), chance_error(scores)
    assert error == pytest.approx(chance, rel=0.5)
    assert (chance_error(np.tile(scores, (16, 1))) < chance / 2.5).all()  # as 1 / √films
    too_sure = expected_calibration_error(truth, np.where(scores > 0.5, 0.99, scores))
    assert too_sure[0] > 2 * chance[0]
