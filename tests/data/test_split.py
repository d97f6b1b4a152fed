"""Splits: leaks are closed, groups stay whole, genres are shared out evenly."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from cinegenre.data.by_id import ONE_MORE, named_splits, read_labels, read_splits
from cinegenre.data.dhash import Hash, dhash
from cinegenre.data.groups import same_overview, together
from cinegenre.data.split import SPLITS, UNLISTED, given, own
from cinegenre.data.stratify import deal
from cinegenre.errors import UserError
from cinegenre.images import open_rgb
from cinegenre.movie import Movie
from cinegenre.readers.log import ReadLog

from ..tiny.films import films


def _hashes(some: list[Movie]) -> list[Hash | None]:
    return [dhash(open_rgb(film.poster)) if film.poster else None for film in some]


def test_training_copies_of_judged_overviews_and_posters_leave_training() -> None:
    some = [
        Movie(id="1", overview="A man, a plan!"),
        Movie(id="2", overview="A MAN A PLAN"),
        Movie(id="3", overview="Else"),
        Movie(id="4", overview="Else"),
        Movie(id="5", title="poster"),
        Movie(id="6", title="poster"),
        Movie(id="7", title="nobody's"),
    ]
    poster = Hash(bytes(16), bytes(range(256)))
    listed = {
        "1": "train",
        "2": "test",
        "3": "train",
        "4": "train",
        "5": "validation",
        "6": "train",
    }
    names, counts = given(some, [None, None, None, None, poster, poster, None], listed)
    assert names == [UNLISTED, "test", "train", "train", "validation", UNLISTED, UNLISTED]
    assert counts == {
        "same overview as a validation or test film": 1,
        "same poster as a validation or test film": 1,
    }


def test_a_split_of_other_films_is_refused() -> None:
    with pytest.raises(UserError, match=r"lists none of the films .*ids like \"tt9\".*\"1\""):
        given([Movie(id="1", title="A")], [None], {"tt9": "train"})


def test_own_split_keeps_groups_whole_is_stratified_and_repeats() -> None:
    some = films(1200)
    some[7] = replace(some[7], overview=some[100].overview)
    some[8] = replace(some[8], poster=some[200].poster)
    hashes = _hashes(some)
    names, counts = own(some, hashes, seed=3)
    assert set(names) == set(SPLITS)
    for group in together(some, hashes):
        assert len({names[i] for i in group}) == 1
    sides = defaultdict(set)
    for film, name in zip(some, names, strict=True):
        sides[film.collection].add(name)
        sides[same_overview(film.overview)].add(name)
    assert all(len(found) == 1 for key, found in sides.items() if key)
    assert names[8] == names[200]
    assert counts["groups of films kept together"] >= 4

    total = Counter(genre for film in some for genre in film.genres)
    for split, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
        part = Counter(
            genre for film, name in zip(some, names, strict=True) if name == split
            for genre in film.genres
        )  # fmt: skip
        for genre, number in total.items():
            assert part[genre] == pytest.approx(share * number, abs=max(2, 0.02 * number)), genre

    assert own(some, hashes, seed=3)[0] == names
    assert own(some[::-1], hashes[::-1], seed=3)[0][::-1] == names
    assert own(some, hashes, seed=4)[0] != names


def test_a_part_without_a_share_gets_nothing() -> None:
    names, _ = own(films(200), [None] * 200, (0.8, 0.0, 0.2))
    assert Counter(names)["validation"] == 0
    assert Counter(names)["test"] == pytest.approx(40, abs=3)


@pytest.mark.parametrize("proportions", [(0.8, 0.2), (0.8, 0.1, 0.2), (1.2, -0.1, -0.1)])
def test_proportions_that_are_none_are_refused(proportions: tuple[float, ...]) -> None:
    with pytest.raises(UserError, match="three that sum to 1"):
        own(films(5), [None] * 5, proportions)


def test_dealing_nothing_and_rare_labels() -> None:
    assert deal([], (0.8, 0.1, 0.1), 0).tolist() == []
    rare = [[["rare", "common"]]] * 3 + [[["common"]]] * 97
    parts = deal(rare, (0.8, 0.1, 0.1), 0)
    assert Counter(parts.tolist()) == {0: 80, 1: 10, 2: 10}
    assert Counter(parts[:3].tolist())[0] >= 2


def test_splits_and_labels_are_read_by_id(tmp_path: Path) -> None:
    path = tmp_path / "splits.csv"
    path.write_text("\ufeffimdb_id,tmdb_id,split\ntt1,1,Train\n,2,val\ntt3,3,testing\n", "utf-8")
    assert read_splits(path) == {"tt1": "train", "2": "validation", "tt3": "test"}
    path.write_text("imdb_id,genres\ntt1,Drama| Sci-Fi|Drama\ntt2,\n", "utf-8")
    assert read_labels(path) == {"tt1": ("Drama", "Sci-Fi"), "tt2": ()}


def test_a_row_for_each_genre_of_a_film(tmp_path: Path) -> None:
    path = tmp_path / "genres.csv"
    path.write_text(
        "movieId,genre\n1,Drama\n1,War\n2,Comedy\n1,Drama\n3,War|Drama\n3,Crime\n", "utf-8"
    )
    log = ReadLog()
    assert read_labels(path, log=log) == {
        "1": ("Drama", "War"), "2": ("Comedy",), "3": ("War", "Drama"),
    }  # fmt: skip
    assert log.mended == {ONE_MORE: 1}


@pytest.mark.parametrize("nothing", ["", "nan", "NULL", " "])
def test_a_film_without_a_split_is_not_listed(nothing: str, tmp_path: Path) -> None:
    path = tmp_path / "splits.csv"
    path.write_text(f"id,split\n1,train\n2,{nothing}\n3,test\n", "utf-8")
    assert read_splits(path) == {"1": "train", "3": "test"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("imdb_id,split\ntt1,holdout\n", "film \"tt1\" has the split \"holdout\""),
        ("name,split\nx,train\n", "has the columns name, split: it needs 'split' and one of"),
        ("", "splits.csv has no header"),
    ],
)  # fmt: skip
def test_a_bad_split_file_is_refused(tmp_path: Path, text: str, error: str) -> None:
    path = tmp_path / "splits.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        read_splits(path)
    assert error in str(caught.value)
    with pytest.raises(UserError, match="no file"):
        read_splits(tmp_path / "none.csv")


def test_a_given_dict_is_checked_too() -> None:
    assert named_splits({"1": "dev"}, "the folders") == {"1": "validation"}
    with pytest.raises(UserError, match='the folders: film "1" has the split "x"'):
        named_splits({"1": "x"}, "the folders")
