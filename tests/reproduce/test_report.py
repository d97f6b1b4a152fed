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
from .made import EVIL, GENRES, choosing, outcome

SECTIONS = [
    "Paper beside ours", "What needs no model", "What the paper’s figures could be",
    "Differences in data and protocol", "Learning curves", "The grid", "Confusion matrices",
    "Accuracy of single genres", "Labels", "Do we always need many features?",
    "By year and language", "Label sets", "Films right and wrong", "The paper’s own films",
    "False positives: drama and comedy", "Everyday pictures", "How to run it again",
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
    page = Reader(text)
    rows, summary = page.table("Every row"), outcome().rows["both"].result.summary
    at_half = summary.decisions.at_half
    # What the paper calls F1 may be either: stated once, beside both.
    assert rows["row"][:3] == ["paper", "ours, micro", "ours, macro"]
    assert rows["the both row"] == [
        "0.8000", f"{at_half.means['micro']['f1']:.4f}", f"{at_half.means['macro']['f1']:.4f}",
        "0.8600", f"{at_half.accuracy['element_wise']:.4f}",
        f"{summary.ranking.top_genre['first']:.4f}",
    ]  # fmt: skip
    assert rows["predict nothing"][1] == "0.0000"
    trained = page.table("How each row was trained")
    assert trained["the both row"] == [
        "3 of 4", "1,500", "1,234",
        f"{summary.headline['macro_f1']:.3f}", f"{summary.headline['macro_ap']:.3f}",
        "{:.3f} to {:.3f}".format(*summary.intervals["macro_ap"]),
    ]  # fmt: skip
    assert trained[EVIL][:3] == ["–"] * 3
    assert trained["the poster row"][0] == "3 of 3 †"
    assert "† Still learning: the best epoch was the last one" in text
    assert "(1 of 3 trained rows)" in text


def test_constant_answers_stand_beside_every_figure(text: str) -> None:
    rows = Reader(text).table("The best constant answer")
    truth = outcome().rows["both"].scored.truth
    assert rows["figure"] == [*map(str, range(6)), "best"]
    wrong = truth.mean(axis=0)
    assert rows["element-wise accuracy"][0] == f"{1 - wrong.mean():.3f}"
    assert rows["top genre is the first"][0] == rows["top genre is the first"][2] == "–"
    first = np.bincount(truth.argmax(axis=1)).max() / len(truth)
    assert rows["top genre is the first"][-1] == f"{first:.3f} with 1"
    top = float(rows["micro F1"][-1].split()[0])
    ours = [row.result.summary.decisions.at_half.means["micro"]["f1"]
            for row in outcome().rows.values() if row.history]  # fmt: skip
    below = sum(value < top for value in ours)
    assert f"By “micro F1”, 0 of the paper’s 3 rows and {below} of our 3 are below always" in text


def test_sentences_are_computed(text: str) -> None:
    assert (
        "By “micro F1”, the best row is “the title row” in the paper and “the both row” here"
        in text
    )
    assert "Over the 3 rows with a published figure" in text
    assert "“the both row” minus “the title row”: +" in text
    assert "“the both row” is better" in text
    assert "Not run yet: “a row for later”." in text
    # Shares of five labels of 0.2 each over 0.4 each.
    assert (
        "sums to 1.00, its held-out shares to 2.00: together 0.500, where the paper gives" in text
    )
    assert "One more input raised it in 1 of 2 pairs of sets. In 1 of the 2 pairs the" in text


def test_tables_hold_the_papers_figures_beside_ours(text: str) -> None:
    page, made = Reader(text), outcome()
    truth = made.rows["both"].scored.truth
    frequencies = page.table("Share of films with each label")["Comedy"]
    assert frequencies == ["0.20", "0.30", "0.40", "0.10", "0.25", f"{truth[:, 1].mean():.2f}"]
    cells = made.rows["both"].result.summary.by_genre[1].at_half
    assert page.table("Share of films × F1")["Comedy"] == [
        "0.20", f"{truth[:, 1].mean() * cells.f1:.2f}",
    ]  # fmt: skip
    single = page.table("Share of films for which a genre")["the both row"]
    assert single[2:] == ["0.7110", f"{cells.accuracy:.4f}"]


def test_the_markdown_is_an_aligned_table(out: Path) -> None:
    lines = (out / "report.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("|")]
    main, constants = rows[: 2 + 4 + 1], rows[2 + 4 + 1 :]
    for table in (main, constants):
        assert len({len(line) for line in table}) == 1
        assert len({line.count("|") for line in table}) == 1
        assert re.fullmatch(r"\| :-+ (\| -+: )+\|", table[1])
    assert len(constants) == 2 + 4
    assert "F1, paper | F1, ours, micro | F1, ours, macro" in main[0]
    assert "3 of 3 †" in "\n".join(main)
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


def test_overviews_are_not_printed_but_of_the_papers_own_films(text: str) -> None:
    assert "A secret" not in text
    assert text.count("secret told nowhere &lt;script&gt;") == 1


def test_the_papers_own_films_are_marked_and_each_row_says_its_genres(text: str) -> None:
    first = outcome().named[0]
    rows = Reader(text).table("By row")
    assert list(rows) == ["row", "the both row", "the title row", "the poster row"]
    [given], [truth] = first.said["title"].at_half, first.said["title"].truth
    said = [f"{g}\u00a0✓" if own else g
            for g, own, has in zip(GENRES, truth, given, strict=True) if has]  # fmt: skip
    assert rows["the title row"][0] == (", ".join(said) or "–")
    section = text[text.index("The paper’s own films") :]
    assert "Test film." in section
    assert "In the training split, but left out by this recipe: no poster." in section
    assert "Training film: the rows learned from it." in section
    assert "Not in this label set; its source says Noir." in section
    assert "Not in this data set: tt404." in section


def test_rows_that_choose_one_genre_are_judged_by_it(tmp_path: Path) -> None:
    made = choosing()
    write_report(made, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    cards = re.findall(r"<table class=\"bars\">.*?</table>", text, re.S)
    assert len(cards) >= 6
    for card in cards:
        assert sum(map(int, re.findall(r">(\d+)\u00a0%<", card))) == 100
    assert "None." not in text
    assert text.count(": right.") >= 3
    assert text.count(": wrong; labelled ") >= 3
    assert "Label sets" not in text
    names = {path.name for path in (tmp_path / "plots").iterdir()}
    assert "curves_first_genre.png" in names
    assert "curves_accuracy.png" not in names


def test_says_nothing_of_what_was_not_asked_or_is_not_there(tmp_path: Path) -> None:
    made = outcome()
    bare: Any = made.rows["both"]
    bare = replace(
        bare, history=(), result=RowResult(inputs=("poster",), summary=summarize(bare.scored, 0))
    )
    left = replace(
        made, rows={"both": bare}, tables={}, about={}, pending=[], survey=None, named=()
    )
    write_report(left, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", text) == [
        name for name in SECTIONS
        if name in ("Paper beside ours", "What needs no model",
                    "Differences in data and protocol", "Labels",
                    "By year and language", "Label sets", "Films right and wrong",
                    "False positives: drama and comedy")
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
