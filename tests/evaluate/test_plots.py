"""The evaluation's pictures: what is on them, and that sparse genres do not break them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cinegenre.errors import MissingExtra
from cinegenre.evaluate import plots
from cinegenre.metrics.ranking import average_precision
from cinegenre.metrics.summary import Scored, summarize
from cinegenre.taxonomy import TMDB

POSITIVES = dict(
    zip(
        TMDB,
        (210, 130, 60, 380, 150, 25, 540, 110, 90, 40, 115, 35, 70, 200, 100, 4, 290, 0, 13),
        strict=True,
    )
)


def scored(films: int = 1113, genres: tuple[str, ...] = TMDB) -> Scored:
    """Scores of a middling model; War has no film, TV Movie has four."""
    random = np.random.default_rng(0)
    truth = np.zeros((films, len(genres)), bool)
    for g, genre in enumerate(genres):
        truth[random.permutation(films)[: POSITIVES.get(genre, 50)], g] = True
    share = np.clip(truth.mean(axis=0), 0.002, 0.95)
    logits = np.log(share / (1 - share)) + random.normal(0, 1.2, truth.shape) + 2 * truth
    raw, scores = 1 / (1 + np.exp(-0.8 * logits)), 1 / (1 + np.exp(-logits))
    return Scored(genres, truth, raw, scores, scores >= 0.35)


@pytest.fixture(scope="module")
def drawn() -> dict[str, object]:
    """Every picture of the same films, by name."""
    films = scored()
    summary = summarize(films, samples=0)
    return {name: draw(films, summary) for name, draw in plots.PLOTS.items()}


def test_writes_every_plot_as_a_png_of_a_readable_size(tmp_path: Path) -> None:
    films = scored()
    paths = plots.save_plots(films, summarize(films, samples=0), tmp_path / "plots")
    assert [path.name for path in paths] == [
        "per_genre_f1.png", "precision_recall.png", "confusion.png", "calibration.png",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == sorted(
        path.name for path in paths
    )
    for path in paths:
        with Image.open(path) as image:
            assert image.format == "PNG"
            assert 850 <= image.width <= 1300
            assert 700 <= image.height <= 1300


def test_bars_are_sorted_and_name_genre_and_films(drawn: dict[str, object]) -> None:
    axes = drawn["per_genre_f1"].axes[0]  # type: ignore[attr-defined]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted(widths, reverse=True)
    labels = {text.get_text() for text in axes.get_yticklabels()}
    assert labels == {f"{genre} ({n})" for genre, n in POSITIVES.items() if n}


def test_panels_show_genres_with_films_and_matrices_show_all(drawn: dict[str, object]) -> None:
    titles = {
        name: [axes.get_title().split("\n")[0] for axes in figure.axes]  # type: ignore[attr-defined]
        for name, figure in drawn.items()
    }
    with_films = [genre for genre in TMDB if POSITIVES[genre]]
    assert titles["precision_recall"] == with_films
    assert titles["calibration"] == ["All genres", *with_films]
    assert titles["confusion"] == list(TMDB)


def test_matrices_hold_the_counts(drawn: dict[str, object]) -> None:
    films = scored()
    g = TMDB.index("Drama")
    truth, decided = films.truth[:, g], films.decided[:, g]
    texts = [text.get_text().split("\n")[0] for text in drawn["confusion"].axes[g].texts]  # type: ignore[attr-defined]
    expected = [
        (truth & decided).sum(), (truth & ~decided).sum(),
        (~truth & decided).sum(), (~truth & ~decided).sum(),
    ]  # fmt: skip
    assert texts == [f"{n:,}" for n in expected]


def test_area_under_the_drawn_curve_is_the_average_precision() -> None:
    random = np.random.default_rng(1)
    truth, scores = random.random(300) < 0.2, random.integers(0, 20, 300) / 20  # many ties
    recall, precision = plots.curve(truth, scores)
    area = float(np.sum(np.diff(recall) * precision[1:]))
    assert area == pytest.approx(average_precision(truth[:, None], scores[:, None])[0])
    assert (recall[0], recall[-1], precision[-1]) == (0, 1, truth.mean())


def test_reliability_bins_hold_equally_many_films_and_their_share() -> None:
    scores = np.repeat([0.1, 0.5, 0.9], 100)
    truth = np.concatenate([np.arange(100) < n for n in (10, 40, 90)])
    mean, share, low, high = plots.reliability(truth, scores, bins=3)
    assert mean == pytest.approx([0.1, 0.5, 0.9])
    assert share == pytest.approx([0.1, 0.4, 0.9])
    assert (low < share).all()
    assert (share < high).all()
    # Wilson 1927: 10 of 100.
    assert (low[0], high[0]) == pytest.approx((0.0552, 0.1744), abs=1e-3)


@pytest.mark.parametrize("films", [1, 7])
def test_few_films_are_drawn(films: int, tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        few = scored(films, ("Drama", "TV Movie", "War"))
        summary = summarize(few, samples=0)
    assert len(plots.save_plots(few, summary, tmp_path)) == 4


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_films_without_any_genre_are_drawn(tmp_path: Path) -> None:
    none = np.zeros((3, 2))
    empty = Scored(("Drama", "War"), none > 0, none, none, none > 0)
    with np.errstate(all="ignore"):
        summary = summarize(empty, samples=0)
    assert len(plots.save_plots(empty, summary, tmp_path)) == 4


def test_dollars_in_a_genre_are_no_formula(tmp_path: Path) -> None:
    names = ("$x_{$", "a very long genre name that would run into its neighbours", "Drama")
    odd = scored(200, names)
    paths = plots.save_plots(odd, summarize(odd, samples=0), tmp_path)
    assert all(path.stat().st_size > 10_000 for path in paths)


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    films = scored(50)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"matplotlib.*\[data\]"):
        plots.save_plots(films, summarize(films, samples=0), tmp_path)
    assert not list(tmp_path.iterdir())
