"""The report: every figure is in it, nothing comes from elsewhere, nothing gets in unescaped."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cinegenre.evaluate.report import PICTURES, write_report
from cinegenre.evaluate.result import Result
from cinegenre.metrics.summary import HEADLINES, Scored, summarize
from cinegenre.taxonomy import TMDB

from .reading import Reader
from .test_plots import POSITIVES, scored


def result_of(films: Scored, samples: int = 20) -> dict[str, Any]:
    """What metrics.json holds, an older one: no mode has intervals or its calibration."""
    with np.errstate(all="ignore"):
        summary = summarize(films, samples).as_dict()
    figures = {"micro_f1": 0.5123, "macro_f1": 0.4123, "macro_ap": 0.4567, "macro_roc_auc": 0.8123}
    return {
        "model": {"name": "tiny", "version": "1.2", "title": "A tiny model", "films_trained": 9876},
        "data": {"folder": "set", "fingerprint": "ab" * 32, "source": "made up", "split": "test"},
        "taxonomy_genres": list(films.genres),
        "selection": {"need": ["overview", "poster"], "dropped": {"no poster": 3267}},
        "inputs": ["overview", "poster"],
        "summary": summary,
        "modes": [
            {"inputs": ["poster"], "films": 1113} | figures,
            {"inputs": ["overview", "poster"], "films": 1112} | figures | {"macro_roc_auc": None},
        ],
        "slices": {
            "years": [
                {"name": "1980s", "films": 40, "f1": 0.5551, "low": 0.5, "high": 0.6},
                {"name": "1990s", "films": 50, "f1": 0.6661, "low": 0.6, "high": 0.7},
            ],
            "languages": [],
        },
        "masked": {"micro_f1": 0.4711, "macro_f1": 0.3711, "macro_ap": 0.4011},
        "published": {
            "row": "model_1",
            "figures": {"accuracy": 0.8955, "roc_auc": 0.7},
            "ours": {"accuracy": 0.8844, "roc_auc": None},
            "notes": ["The split is another one."],
        },
        "date": "2025-01-31",
        "cinegenre": "0.1.0",
        "command": "cinegenre evaluate tiny --data set",
    }


def written(out: Path, result: dict[str, Any], plots: list[Path] | None = None) -> str:
    write_report(out, Result.from_dict(result), plots or [])
    assert [path.name for path in out.iterdir() if path.suffix != ".png"] == ["report.html"]
    return (out / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return result_of(scored())


@pytest.fixture
def text(tmp_path: Path, result: dict[str, Any]) -> str:
    return written(tmp_path, result)


def test_headlines_stand_with_intervals_beside_the_trivial(
    text: str, result: dict[str, Any]
) -> None:
    summary = result["summary"]
    rows = Reader(text).table("Headline figures")
    assert rows.pop("figure") == [
        "model", "95 % interval", "model at 0.5", "predict nothing", "always Drama",
    ]  # fmt: skip
    assert len(rows) == len(HEADLINES)
    for name, row in zip(HEADLINES, rows.values(), strict=True):
        low, high = summary["intervals"][name]
        assert row[:2] == [f"{summary['headline'][name]:.3f}", f"{low:.3f} to {high:.3f}"]
    trivial = summary["trivial"]
    assert rows["micro F1"][2:] == [
        f"{summary['decisions']['at_0.5']['micro']['f1']:.3f}",
        "0.000",
        f"{trivial['always_drama']['micro']['f1']:.3f}",
    ]
    nothing = trivial["predict_nothing"]["accuracy"]["element_wise"]
    assert rows["element-wise accuracy"][3] == f"{nothing:.3f}"
    # Scores that are the same for all films: no ranking.
    assert rows["macro ROC-AUC"][2:] == ["–", "0.500", "0.500"]
    share = np.mean([n for n in POSITIVES.values() if n >= 10]) / 1113
    assert rows["macro AP (10+)"][2:] == ["–", f"{share:.3f}", f"{share:.3f}"]


def test_every_mean_accuracy_and_genre_is_shown(text: str, result: dict[str, Any]) -> None:
    page, summary = Reader(text), result["summary"]
    means = list(page.table("Precision, recall").values())[2:]
    for name, row in zip(
        ("micro", "macro", "macro_headline", "weighted", "samples"), means, strict=True
    ):
        assert row == [
            f"{summary['decisions'][by][name][figure]:.3f}"
            for by in ("fitted", "at_0.5")
            for figure in ("precision", "recall", "f1")
        ]
    accuracies = summary["decisions"]["fitted"]["accuracy"].values()
    shown = list(page.table("Three figures").values())[1:]
    assert [row[0] for row in shown] == [f"{value:.3f}" for value in accuracies]
    genres = page.table("Every genre")
    for row in summary["by_genre"]:
        if row["positives"] >= 10:
            cells = genres[row["genre"]]
            assert cells[0] == f"{row['positives']:,}"
            assert cells[3:6] == [
                f"{value:.3f}"
                for value in (row["fitted"]["f1"], row["at_0.5"]["f1"], row["average_precision"])
            ]
    assert genres["War †"] == ["0"] + ["–"] * 8
    assert genres["TV Movie †"][0] == "4"


def test_inputs_masking_and_the_paper_are_shown(text: str, result: dict[str, Any]) -> None:
    page = Reader(text)
    assert page.table("The same films")["poster"] == ["1,113", "0.512", "0.412", "0.457", "0.812"]
    assert page.table("The same films")["overview + poster"][-1] == "–"
    assert page.table("Without the texts")["genre words masked"] == ["0.471", "0.371", "0.401"]
    assert page.table("By release year")["1980s"] == ["40", "0.555", "0.500 to 0.600"]
    assert "By original language" not in text
    assert page.table("Paper beside ours")["accuracy"] == ["0.8955", "0.8844", "−0.0111"]
    assert page.table("Paper beside ours")["ROC-AUC"] == ["0.7000", "–", "–"]
    nothing = result["summary"]["trivial"]["predict_nothing"]["accuracy"]["element_wise"]
    assert f"without any model: predict nothing has {nothing:.3f}, always Drama has" in text
    assert "<li>The split is another one.</li>" in text


def test_what_was_left_out_and_how_it_was_made_is_named(text: str) -> None:
    assert "Left out of every macro mean, for no film has them: War." in text
    assert "with 10 films or more: TV Movie and War." in text
    assert Reader(text).table("What was left out")["no poster"] == ["3,267"]
    for fact in ("ab" * 32, "9,876", "2025-01-31", "cinegenre evaluate tiny --data set"):
        assert fact in text


def test_is_well_formed_and_every_row_has_as_many_cells(text: str) -> None:
    page = Reader(text)
    assert page.open == []
    assert len(page.widths) >= 9
    for caption, widths in page.widths.items():
        assert caption
        assert len(set(widths)) == 1, caption


def test_plots_are_inside_and_nothing_comes_from_elsewhere(
    tmp_path: Path, result: dict[str, Any]
) -> None:
    plots = [tmp_path / f"{name}.png" for name in (*PICTURES, "another")]
    for path in plots:
        Image.new("RGB", (3, 2)).save(path)
    text = written(tmp_path, result, plots)
    images = [tag for tag in Reader(text).tags if tag["tag"] == "img"]
    assert len(images) == 5
    for image, path in zip(images, plots, strict=True):
        kind, _, data = (image["src"] or "").partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data) == path.read_bytes()
        assert image["alt"]
    rest = re.sub(r'src="data:[^"]*"', "", text)
    assert not re.search(r"http|src=|href=|url\(|@import|<script|<link", rest)


def test_names_are_escaped(tmp_path: Path) -> None:
    evil = "<script>alert('&')</script>\""
    result = result_of(scored(200, (evil, *TMDB[1:])), samples=0)
    result["model"] = {"name": evil, "title": evil, "recipe": evil}
    result["data"] = {"folder": evil, "source": evil, "split": evil}
    result["selection"] = {"need": [evil], "dropped": {evil: 1}}
    result["inputs"], result["command"], result["date"] = [evil], evil, evil
    result["modes"][0]["inputs"] = [evil]
    result["published"] |= {"row": evil, "notes": [evil], "figures": {evil: 0.5}, "ours": {}}
    text = written(tmp_path, result)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 15
    page = Reader(text)
    assert page.open == []
    assert {tag["tag"] for tag in page.tags}.isdisjoint({"script", "img"})
    assert evil in page.table("Every genre")


def test_says_nothing_of_what_was_not_done(tmp_path: Path) -> None:
    result = result_of(scored(40), samples=0)
    result |= {
        "masked": None,
        "published": None,
        "modes": [],
        "slices": {},
        "model": {},
        "command": "",
    }
    result["selection"] = {"need": [], "dropped": {}}
    text = written(tmp_path, result)
    assert "A model on 40 films" in text
    assert "Nothing was left out." in text
    for absent in ("Paper beside ours", "<h2>Inputs", "<h2>Pictures", "None", "nan"):
        assert absent not in text
    assert Reader(text).table("Headline figures")["micro F1"][1] == "–"


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_one_film_and_a_taxonomy_without_drama(tmp_path: Path) -> None:
    one = Scored(
        ("Talk", "Quiz"), np.array([[True, False]]), np.array([[0.9, 0.2]]),
        np.array([[0.8, 0.1]]), np.array([[True, False]]),
    )  # fmt: skip
    page = Reader(written(tmp_path, result_of(one, samples=0)))
    assert page.table("Headline figures")["figure"][-1] == "predict nothing"
    assert page.table("Headline figures")["micro F1"][0] == "1.000"
    assert page.table("Every genre")["Talk †"][3] == "1.000"
