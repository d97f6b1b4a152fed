from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cinegenre.movie import Movie, Prediction
from cinegenre.score import Options, score
from cinegenre.score.review import Candidate, Worst, candidates
from cinegenre.score.store import Store
from cinegenre.tagger import Tagger
from cinegenre.tagger.reading import read_films

from .made import some, write_jsonl, write_parquet

EVIL = '<script>alert("x")</script>&'


def candidate(number: int, doubt: float) -> Candidate:
    said = Prediction(id=None, genres=["A"], scores={"A": 0.6}, inputs=["title"], model="m")
    return Candidate(number=number, film=Movie(title=f"{number}"), prediction=said, existing=(),
                     doubt=doubt, disagreement=0.0, conflict=0.0)  # fmt: skip


def test_the_heap_keeps_the_worst_and_no_more() -> None:
    dice = random.Random(0)
    doubts = [round(dice.random(), 2) for _ in range(500)]
    worst = Worst(20)
    for number, doubt in enumerate(doubts):
        worst.offer(candidate(number, doubt))
        assert len(list(worst)) <= 20
    wanted = sorted(range(500), key=lambda number: (-doubts[number], number))[:20]
    assert [entry["row"] for entry in worst] == wanted
    again = Worst(20)
    for entry in [*worst, *worst]:  # what a journal says twice counts once
        again.put(entry)
    assert list(again) == list(worst)
    assert [entry["row"] for entry in worst.between(100, 200)] == [
        number for number in wanted if 100 <= number < 200
    ]


def examined(films: list[Movie]) -> list[Candidate]:
    tagger = Tagger.load()
    reading = read_films(tagger.runtime, films)
    said = list(tagger.said(reading))
    return candidates(tagger, reading, said, said, 0)


def test_the_three_reasons_are_what_they_say() -> None:
    made = [replace(film, genres=("drama", "Sci-Fi", "Nonsense")) for film in some(12, posters=6)]
    tagger = Tagger.load()
    for found, film in zip(examined(made), made, strict=True):
        [said] = tagger.predict([film])
        p = np.array(list(said.scores.values()))
        given = np.array([genre in said.genres for genre in said.scores])
        has = np.array([genre in ("Drama", "Science Fiction") for genre in said.scores])
        assert found.existing == ("Drama", "Science Fiction")
        assert found.doubt == pytest.approx(np.abs(given - p).sum(), abs=1e-3)
        assert found.disagreement == pytest.approx(
            np.abs(has - p).sum() - np.minimum(p, 1 - p).sum(), abs=1e-3
        )
        assert (found.conflict > 0) <= (film.poster is not None)
        assert bool(found.clash) <= (found.conflict > 0)


def test_conflict_is_between_poster_alone_and_text_alone() -> None:
    [film] = [film for film in some(12, posters=1) if film.poster]
    tagger = Tagger.load()
    poster, text = Movie(poster=film.poster), replace(film, poster=None)
    margins = []
    for one in (poster, text):
        [said] = tagger.predict([one])
        threshold = tagger.bundle.calibration(frozenset(said.inputs)).threshold  # type: ignore[union-attr]
        margins.append(np.array(list(said.scores.values())) - threshold)
    against = np.sqrt(np.clip(-margins[0] * margins[1], 0, None)).sum()
    [found] = examined([film])
    assert found.conflict == pytest.approx(against, abs=2e-3)


def test_without_genres_in_the_source_nothing_disagrees() -> None:
    [found] = examined([Movie(title="The Ghost", genres=("Nonsense",))])
    assert (found.existing, found.disagreement, found.conflict) == ((), 0.0, 0.0)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def sheets(out: Path) -> tuple[list[dict[str, str]], Page]:
    with (out / "review.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    page = Page()
    page.feed((out / "review.html").read_text(encoding="utf-8"))
    return rows, page


def test_the_sheets_show_the_worst_with_posters_and_run_nothing(tmp_path: Path) -> None:
    made = [
        replace(film, title=EVIL, overview=EVIL + (film.overview or ""), genres=(EVIL,), id=EVIL)
        for film in some(6, posters=6)
    ]
    options = Options(format="csv", review=4)
    score(write_parquet(tmp_path, made), tmp_path / "out", options=options)
    rows, page = sheets(tmp_path / "out")
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    priorities = [float(row["priority"]) for row in rows]
    assert priorities == sorted(priorities, reverse=True)
    assert rows[0]["title"] == EVIL
    assert not {"script", "a", "link", "iframe"} & set(page.tags)
    assert page.tags.count("img") == sum("poster" in row["inputs"] for row in rows) > 0
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert page.text.count(EVIL) >= 8


def test_a_broken_run_reviews_the_same_films(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path, some(30))
    options = Options(format="csv", review=7)
    score(path, tmp_path / "whole", options=options, shard_rows=5)
    keep = Store.keep

    def twice(self: Store, done: Any) -> None:
        if done.shard == 2:
            raise KeyboardInterrupt
        keep(self, done)

    monkeypatch.setattr(Store, "keep", twice)
    with pytest.raises(KeyboardInterrupt):
        score(path, tmp_path / "broken", options=options, shard_rows=5)
    monkeypatch.setattr(Store, "keep", keep)
    score(path, tmp_path / "broken", options=options)
    for name in ("review.csv", "review.html"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_journal_holds_no_more_posters_than_could_be_wanted(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path, some(60, posters=0))
    score(path, tmp_path / "out", options=Options(format="csv", review=2), shard_rows=5)
    lines = (tmp_path / "out" / "journal.jsonl").read_text().splitlines()
    assert sum(len(json.loads(line)["review"]) for line in lines) <= 2 * len(lines)
