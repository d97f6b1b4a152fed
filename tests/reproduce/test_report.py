"""The page and the table: every section, escaped, from nowhere else, whatever is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.evaluate import measure
from cinegenre.metrics.summary import summarize
from cinegenre.reproduce.outcome import Outcome, Picture, Row, RowResult, Training
from cinegenre.reproduce.report import write_report

from ..evaluate.reading import Reader
from .made import EVIL, outcome

SECTIONS = [
    "Paper beside ours", "Differences of data and protocol", "Learning curves", "The grid",
    "Confusion matrices", "Accuracy of single genres", "Labels", "Do we always need many features?",
    "By year and language", "Label sets", "Films right and wrong", "False drama and comedy",
    "Everyday pictures", "How to run it again",
]  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    picture = folder / "a_street.png"
    Image.new("RGB", (40, 30)).save(picture)
    made = outcome()
    write_report(replace(made, pictures=[Picture(picture, {"Drama": 0.25})]), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def text(out: Path) -> str:
    return (out / "report.html").read_text(encoding="utf-8")


def test_every_section_is_there_in_order(text: str) -> None:
    assert re.findall(r"<h2>(.*?)</h2>", text) == SECTIONS


def test_the_main_table_has_paper_and_ours(text: str) -> None:
    rows = Reader(text).table("Every row")
    summary = outcome().rows["both"].result.summary
    at_half = summary.decisions.at_half
    assert rows["the both row"] == [
        "3 of 4", "1,500", "1,234",
        "0.8000", f"{at_half.means['micro']['f1']:.4f}",
        "0.8600", f"{at_half.accuracy['element_wise']:.4f}",
        f"{summary.ranking.top_genre['first']:.4f}",
        f"{summary.headline['macro_f1']:.3f}", f"{summary.headline['macro_ap']:.3f}",
        "{:.3f} to {:.3f}".format(*summary.intervals["macro_ap"]),
    ]  # fmt: skip
    assert rows[EVIL][:4] == ["–"] * 4
    assert rows["predict nothing"][4] == "0.0000"


def test_sentences_are_computed(text: str) -> None:
    assert "By “micro F1” the best row is “the title row” in the paper, “the both row” here" in text
    assert "Over the 3 rows with a published figure" in text
    assert "“the both row” less “the title row”: +" in text
    assert "“the both row” is better" in text
    assert "Not run yet: “a row for later”." in text
    # Shares of five labels of 0.2 each over 0.4 each.
    assert (
        "sums to 1.00, its held-out shares to 2.00: together 0.500, where the paper gives" in text
    )
    assert "One input more raised it in 1 of 2 pairs of sets. In 1 the intervals" in text


def test_tables_hold_the_papers_figures_beside_ours(text: str) -> None:
    page, made = Reader(text), outcome()
    truth = made.rows["both"].scored.truth
    frequencies = page.table("Share of films with each label")["Comedy"]
    assert frequencies == ["0.20", "0.30", "0.40", "0.10", "0.25", f"{truth[:, 1].mean():.2f}"]
    cells = made.rows["both"].result.summary.by_genre[1].at_half
    assert page.table("Share of films × F1")["Comedy"] == [
        "0.20", f"{truth[:, 1].mean() * cells.f1:.2f}",
    ]  # fmt: skip
    single = page.table("Share of films that a genre")["the both row"]
    assert single[2:] == ["0.7110", f"{cells.accuracy:.4f}"]


def test_the_markdown_is_an_aligned_table(out: Path) -> None:
    lines = (out / "report.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 4 + 1
    assert len({len(line) for line in table}) == 1
    assert len({line.count("|") for line in table}) == 1
    assert "Kendall" in "\n".join(lines)


def test_is_one_well_formed_page_from_nowhere_else(text: str, out: Path) -> None:
    page = Reader(text)
    assert page.open == []
    for caption, widths in page.widths.items():
        assert len(set(widths)) == 1, caption
    images = [tag for tag in page.tags if tag["tag"] == "img"]
    plots = sorted((out / "plots").iterdir())
    assert len(plots) >= 11
    assert sum((tag["src"] or "").startswith("data:image/png") for tag in images) == len(plots)
    assert any((tag["src"] or "").startswith("data:image/jpeg") for tag in images)
    rest = re.sub(r'src="data:[^"]*"', "", text)
    assert not re.search(r"http|src=|href=|url\(|@import|<script|<link", rest)
    assert rest.count("&lt;script&gt;") >= 8
    for path in plots:
        with Image.open(path) as image:
            assert 500 <= image.width <= 1600, path
            assert 200 <= image.height <= 2000, path


def test_overviews_are_not_printed(text: str) -> None:
    assert "A secret" not in text


def test_says_nothing_of_what_was_not_asked_or_is_not_there(tmp_path: Path) -> None:
    made = outcome()
    bare: Any = made.rows["both"]
    bare = replace(
        bare, history=(), result=RowResult(inputs=("poster",), summary=summarize(bare.scored, 0))
    )
    write_report(replace(made, rows={"both": bare}, tables={}, about={}, pending=[]), tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", text) == [
        name for name in SECTIONS
        if name in ("Paper beside ours", "Differences of data and protocol", "Labels",
                    "By year and language", "Label sets", "Films right and wrong",
                    "False drama and comedy")
    ]  # fmt: skip
    assert not re.search(r"\bnan\b|None,|\bNone\b</td>", text)


def test_before_any_row_has_finished_there_is_a_page(tmp_path: Path) -> None:
    write_report(replace(outcome(), rows={}), tmp_path)
    assert "No row has finished yet." in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "a row for later" in (tmp_path / "report.md").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:All-NaN slice")
def test_three_films_suffice(tmp_path: Path) -> None:
    write_report(outcome(films=3), tmp_path)
    assert (tmp_path / "plots").is_dir()


def test_more_genres_than_rows_have_a_picture_a_row(tmp_path: Path) -> None:
    made = outcome()
    asked = {"confusion": ["Drama", "Comedy", "Horror"], "confusion_rows": ["poster"]}
    write_report(replace(made, tables=dict(made.tables) | {"report": asked}), tmp_path)
    names = [path.name for path in (tmp_path / "plots").glob("confusion*")]
    assert names == ["confusion_02.png"]


@pytest.mark.parametrize(
    ("report", "error"),
    [
        ({"measure": ["f1"]}, r"unknown key of \[report\] 'measure'.*did you mean 'measures'"),
        ({"main": "bath"}, "unknown row in .*'bath'.*did you mean 'both'"),
        ({"measures": ["f3"]}, "unknown measure 'f3'"),
    ],
)
def test_a_wrong_report_table_is_named(report: Any, error: str, tmp_path: Path) -> None:
    made = outcome()
    with pytest.raises(UserError, match=error):
        write_report(replace(made, tables=dict(made.tables) | {"report": report}), tmp_path)


def test_a_real_bundles_evaluation_makes_a_report(bundle: Path, data: Path, tmp_path: Path) -> None:
    found = measure(bundle, data)
    assert [film.id for film in found.films] == [
        film.id for film in PreparedSet.open(data).films("test") if "poster" in film.inputs
        and {"title", "overview"} <= set(film.inputs)
    ]  # fmt: skip
    low, high = found.result.modes[-1].ends("macro_ap") or (None, None)
    assert low is not None and high is not None
    assert low < high
    random = np.random.default_rng(0)
    raw = np.clip(found.scored.raw + random.normal(0, 0.2, found.scored.raw.shape), 0, 1)
    worse = replace(found.scored, raw=raw)
    result = RowResult.from_dict(found.result.as_dict())
    training = Training(best_epoch=0, epochs=1, seconds=2.0, films={"train": 9})
    rows = {
        "one": Row("one", "one", replace(result, training=training), found.scored),
        "two": Row("two", "two", replace(result, summary=summarize(worse, 10)), worse),
    }
    made = Outcome("tiny", "Tiny", found.scored.genres, found.films, rows, {})
    write_report(made, tmp_path)
    page = Reader((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert set(page.table("Every set of inputs")) == {
        "inputs", *(" + ".join(mode.inputs) for mode in found.result.modes)
    }  # fmt: skip
