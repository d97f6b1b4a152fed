"""Labels that are likely wrong: the arithmetic by hand, and errors planted into tiny films."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cinegenre import Movie, Tagger, UserError
from cinegenre.audit import Audit, audit
from cinegenre.audit.audit import unseen
from cinegenre.audit.confident import judge
from cinegenre.fit.crossval import cross_fit, namesakes
from cinegenre.fit.features import encode
from cinegenre.fit.films import folds_of
from cinegenre.metrics.arrays import sigmoid
from cinegenre.movie import BadRow
from cinegenre.tagger.modes import Shown

from ..cli.test_cli import call, failed
from ..cli.test_explain import Page
from ..explain.test_explain import poster
from ..tiny import broken
from ..tiny.planted import planted_bundle

EVIL = "<script>alert('x')</script> & \"ghost\""
GENRES = ("Scary", "Western-ish", "Silly")
WORD = {"Scary": "ghost", "Western-ish": "saddle", "Silly": "clown"}
"""The tests' own genres, each told by one word that the planted bundle knows."""


def told(count: int = 120) -> list[Movie]:
    """Films whose words say their genres, every one of the seven sets of genres equally often."""
    made = []
    for i in range(count):
        genres = tuple(genre for g, genre in enumerate(GENRES) if (i % 7 + 1) >> g & 1)
        words = " ".join(WORD[genre] for genre in genres)
        made.append(Movie(id=f"tt{i:07d}", title=f"A {words}", overview=f"{words} number {i}",
                          genres=genres))  # fmt: skip
    return made


def spoilt(films: list[Movie]) -> tuple[list[Movie], set[str], set[str]]:
    """With a genre too few and one too many in some films: the films, and the ids of both."""
    some = list(films)
    less, more = set(), set()
    for i in range(5, len(films), 23):
        film = some[i]
        if len(film.genres) > 1:
            some[i] = replace(film, genres=film.genres[1:])
            less.add(str(film.id))
        else:
            other = next(genre for genre in GENRES if genre not in film.genres)
            some[i] = replace(film, genres=(*film.genres, other))
            more.add(str(film.id))
    return some, less, more


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_bundle(tmp_path_factory.mktemp("planted") / "bundle")


@pytest.fixture(scope="module")
def found(model: Path) -> tuple[Audit, set[str], set[str]]:
    films, less, more = spoilt(told())
    return audit(films, model=model, keep=False), less, more


def test_the_arithmetic() -> None:
    given = np.array([[1], [1], [1], [0], [0], [0], [0]], bool)
    p = np.array([[0.9], [0.8], [0.1], [0.7], [0.1], [0.1], [0.2]])
    judged = judge(given, p)
    assert judged.has == pytest.approx([0.6])  # of 0.9, 0.8, 0.1
    assert judged.lacks == pytest.approx([0.725])  # of 0.3, 0.9, 0.9, 0.8
    assert judged.wrong[:, 0].tolist() == [False, False, True, False, False, False, False]
    assert judged.missing[:, 0].tolist() == [False, False, False, True, False, False, False]
    # One of three that are sure among those given it; one of four among the others.
    assert judged.wrong_count == pytest.approx([3 * 1 / 3])
    assert judged.missing_count == pytest.approx([4 * 1 / 4])


def test_a_film_beyond_both_means_goes_to_the_likelier_class() -> None:
    given = np.array([[1], [1], [0], [0]], bool)
    p = np.array([[0.45], [0.35], [0.42], [0.6]])
    judged = judge(given, p)  # both means are 0.4 and 0.49: 0.42 and 0.45 are beyond both
    assert judged.wrong[:, 0].tolist() == [True, True, False, False]
    assert judged.missing[:, 0].tolist() == [False, False, False, True]


def test_a_genre_that_all_films_have_or_none_is_left_alone() -> None:
    given = np.array([[1, 0]] * 4, bool)
    judged = judge(given, np.array([[0.1, 0.9]] * 4))
    assert not judged.missing.any()
    assert not judged.wrong.any()
    assert judged.wrong_count.tolist() == judged.missing_count.tolist() == [0, 0]


def test_the_suspicious_come_first() -> None:
    given = np.array([[1], [1], [1], [1], [0], [0], [0], [0]], bool)
    p = np.array([[0.9], [0.9], [0.2], [0.1], [0.8], [0.9], [0.1], [0.1]])
    judged = judge(given, p)
    assert judged.score[3, 0] > judged.score[2, 0] > judged.score[0, 0]
    assert judged.score[5, 0] > judged.score[4, 0] > judged.score[6, 0]


def test_planted_errors_are_found_first(found: tuple[Audit, set[str], set[str]]) -> None:
    result, less, more = found
    assert less and more
    # One that is told less typically than most may stay below the mean of its genre.
    assert len({f.film.id for f in result.missing} & less) >= len(less) - 1
    assert {f.film.id for f in result.missing[: len(less) - 1]} <= less
    assert {f.film.id for f in result.wrong[: len(more)]} == more
    for each in result.missing[: len(less) - 1]:
        assert WORD[each.genre] in str(each.film.overview)
        assert each.genre not in each.film.genres
        assert each.probability > 0.5
        assert each.alone.keys() == {"text"}
    for each in result.wrong[: len(more)]:
        assert WORD[each.genre] not in str(each.film.overview)
        assert each.genre in each.film.genres
        assert each.probability < each.typical
    assert sum(row.missing for row in result.noise) == pytest.approx(len(less), abs=3)
    assert sum(row.wrong for row in result.noise) == pytest.approx(len(more), abs=3)


def test_clean_labels_give_nothing_to_look_at(model: Path) -> None:
    result = audit(told(), model=model, keep=False)
    assert not result.missing
    assert not result.wrong
    assert all(row.missing == row.wrong == 0 for row in result.noise)


def test_a_film_is_judged_by_heads_that_have_not_seen_it_or_its_copies(model: Path) -> None:
    """Many copies of one wrongly labelled film do not vouch for each other."""
    films = told(100)
    wrong = replace(films[0], id="copy", genres=("Western-ish",), title="A ghost",
                    overview="ghost without a horse")  # fmt: skip
    result = audit([*films, *[wrong] * 12], model=model, keep=False)
    kinds = {(f.film.id, f.kind, f.genre) for f in (*result.missing, *result.wrong)}
    assert ("copy", "missing", "Scary") in kinds
    assert ("copy", "wrong", "Western-ish") in kinds


def test_probabilities_are_of_the_head_for_what_a_film_has(model: Path) -> None:
    runtime = Tagger.load(model).runtime
    films = [replace(film, poster=poster() if i % 2 else None) for i, film in enumerate(told(60))]
    given = np.array([[genre in film.genres for genre in GENRES] for film in films])
    whole = encode(runtime, films, None, partial=False).whole(runtime)
    fitted = cross_fit(
        runtime, whole, given, folds_of(films), namesakes(runtime.bundle.genres, GENRES)
    )
    p = unseen(fitted, whole)
    for row in (4, 7):
        shown = Shown((), frozenset(), np.array([row]),
                      {n: x[[row]] for n, x in whole.features.items()},
                      whole.present[[row]])  # fmt: skip
        np.testing.assert_allclose(p[row], sigmoid(fitted.unseen(shown))[0], rtol=1e-5)
    alone = unseen(fitted, whole, [list(runtime.bundle.inputs).index("text")])
    np.testing.assert_allclose(alone[4], p[4], rtol=1e-5)  # it has no poster
    assert np.abs(alone[7] - p[7]).max() > 1e-4


def test_bad_rows_and_posters_are_counted_and_the_rest_goes_on(model: Path) -> None:
    films: list[Movie | BadRow] = [*told(60)]
    films += [BadRow(where="line 9", error="no"), Movie(title="No genre"),
              Movie(id="b", title="ghost", genres=("Scary",), poster=broken.truncated_jpeg()),
              Movie(title="Rare", genres=("Rare",))]  # fmt: skip
    facts = audit(films, model=model, keep=False).facts.as_dict()
    assert facts["left_out"] == {
        "unreadable row": 1, "without a genre": 1, "with other genres only": 1,
    }  # fmt: skip
    assert facts["dropped_genres"] == {"Rare": 1}
    assert facts["unreadable_posters"] == 1
    assert facts["films"] == 61
    with pytest.raises(UserError, match="did you mean 'Scary'"):
        audit(told(60), model=model, keep=False, genres=["Scarry"])


class TestCommand:
    @pytest.fixture
    def table(self, tmp_path: Path) -> Path:
        films, _, _ = spoilt(told())
        films[5] = replace(films[5], title=EVIL + " ghost")
        (tmp_path / "poster.png").write_bytes(poster())
        path = tmp_path / "films.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("id", "title", "overview", "genres", "poster"))
            for i, film in enumerate(films):
                name = "poster.png" if i % 2 else ""
                rows.writerow((film.id, film.title, film.overview, "|".join(film.genres), name))
        return path

    def test_everything_it_writes(
        self, capsys: pytest.CaptureFixture[str], model: Path, table: Path, tmp_path: Path
    ) -> None:
        out, html = tmp_path / "new" / "suspects.csv", tmp_path / "new" / "suspects.html"
        words = ("audit", table, "--model", model, "--no-cache", "--out", out, "--html", html)
        code, said, _ = call(capsys, *words)
        assert code == 0
        assert "probably missing" in said and "probably wrong" in said
        assert f"findings: {out}" in said and f"page: {html}" in said
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        first = next(row for row in rows if row["kind"] == "missing")
        assert (first["rank"], first["given"]) == ("1", "no")
        assert float(first["text_alone"]) > 0.5
        page = Page(html.read_text(encoding="utf-8"))
        assert not page.open
        names = [tag for tag, _ in page.tags]
        assert "img" in names
        assert not {"script", "link", "iframe"} & set(names)
        assert any(EVIL in text for text in page.texts)
        for _, attributes in page.tags:
            assert (attributes.get("src") or "data:image/jpeg").startswith("data:image/jpeg")
        assert "http" not in html.read_text(encoding="utf-8")

    def test_json(self, capsys: pytest.CaptureFixture[str], model: Path, table: Path) -> None:
        words = ("audit", table, "--model", model, "--no-cache", "--json", "--top", 2)
        code, said, _ = call(capsys, *words)
        value = json.loads(said)
        assert code == 0
        assert value["films"] == 120
        assert len(value["missing"]) == min(2, value["found"]["missing"])
        assert [row["genre"] for row in value["genres"]] == sorted(GENRES)
        assert set(value["missing"][0]) >= {"id", "title", "genre", "probability", "why"}

    def test_bad_input(
        self, capsys: pytest.CaptureFixture[str], model: Path, tmp_path: Path
    ) -> None:
        assert "no file" in failed(capsys, "audit", tmp_path / "none.csv")
        assert "dataset.json" in failed(capsys, "audit", tmp_path)
        path = tmp_path / "films.csv"
        path.write_text("title\nGhost\n")
        assert "no column genres" in failed(capsys, "audit", path, "--model", model)
        said = failed(capsys, "audit", path, "--model", model, "--labels", "imdb")
        assert "the films are not a prepared data set: leave --labels out" in said

    @pytest.mark.parametrize("option", ["--out", "--html"])
    def test_the_table_is_not_written_over(
        self, capsys: pytest.CaptureFixture[str], table: Path, option: str
    ) -> None:
        before = table.read_bytes()
        assert "would be written over" in failed(capsys, "audit", table, option, table)
        assert "is a file" in failed(capsys, "audit", table, option, table / "found")
        assert "name two files" in failed(
            capsys, "audit", table, "--out", table.with_name("x"), "--html", table.with_name("x")
        )
        assert table.read_bytes() == before


def test_what_reads_the_same_is_told_as_one() -> None:
    from cinegenre.audit.audit import read_alike
    from cinegenre.tagger.bundle_folder import default_folder, read_bundle

    base = read_bundle(default_folder())
    groups = read_alike(base)
    assert set(groups) == {"text", "companies", "people", "poster"}
    numbers = [number for each in groups.values() for number in each]
    assert sorted(numbers) == [*range(len(base.inputs))]
    names = list(base.inputs)
    assert {names[number] for number in groups["poster"]} == {"poster_lite0", "poster_lite2"}
