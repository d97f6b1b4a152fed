from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cinegenre import Movie, UserError
from cinegenre.inputs import Cleaning, PosterInput, TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.data.arrays import (
    StoredColumn,
    TextColumn,
    cache_folder,
    config_key,
    load_films,
)
from cinegenre.train.data.loader import FilmLoader, LengthSorted
from cinegenre.train.recipe import DataConfig

from ...tiny import broken
from ...tiny.films import films

POSTER = PosterInput(height=16, width=12)
TEXT = TextInput(
    fields=("overview",),
    tokenizer=build_vocabulary([["the", "ghost", "ship"]], 10),
    max_tokens=50,
    cleaning=Cleaning(),
)
GENRES = ("Horror", "Comedy")


def test_rows_stand_where_their_films_stand(tmp_path: Path) -> None:
    some = films(40)
    arrays = load_films(some, [POSTER], tmp_path).arrays(GENRES, {"text": TEXT, "poster": POSTER})
    assert arrays.ids == [film.id for film in some]
    for row, film in enumerate(some):
        assert arrays.truth[row].tolist() == [genre in film.genres for genre in GENRES]
        assert arrays.present[row, 1] == (film.poster is not None)
    batch = arrays.batch(np.arange(40))
    for row, film in enumerate(some):
        expected = np.zeros((16, 12, 3)) if film.poster is None else POSTER.decode(film.poster)
        assert np.array_equal(batch["poster"][row], expected)
    assert batch["truth"].dtype == np.float32


def test_no_poster_is_decoded_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_films(films(20), [POSTER], tmp_path)
    monkeypatch.setattr(PosterInput, "decode", lambda *_: pytest.fail("decoded again"))
    second = load_films(films(20), [POSTER], tmp_path)
    assert np.array_equal(first.pixels[16, 12], second.pixels[16, 12])
    assert first.films == second.films


def test_an_interrupted_decoding_leaves_no_cache(tmp_path: Path) -> None:
    bad = Movie(id="x", poster=broken.truncated_jpeg())
    with pytest.raises(UserError, match="broken poster"):
        load_films([*films(5), bad], [POSTER], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_films_without_any_poster(tmp_path: Path) -> None:
    arrays = load_films([Movie(overview="the ghost")], [POSTER], tmp_path).arrays(
        GENRES, {"poster": POSTER}
    )
    assert arrays.batch(np.array([0]))["poster"].shape == (1, 16, 12, 3)
    assert not arrays.present.any()


def test_taken_rows_share_texts_and_pixels(tmp_path: Path) -> None:
    arrays = load_films(films(20), [POSTER], tmp_path).arrays(
        GENRES, {"text": TEXT, "poster": POSTER}
    )
    rows = np.array([3, 0, 3, 19])
    taken = arrays.take(rows)
    assert len(taken) == 4
    assert taken.ids == [arrays.ids[row] for row in rows]
    for name, part in arrays.batch(rows).items():
        assert np.array_equal(taken.batch(np.arange(4))[name], part), name
    assert np.array_equal(taken.lengths, arrays.lengths[rows])
    text, poster = arrays.columns["text"], arrays.columns["poster"]
    taken_text, taken_poster = taken.columns["text"], taken.columns["poster"]
    assert isinstance(text, TextColumn) and isinstance(taken_text, TextColumn)
    assert all(one is text.rows[row] for one, row in zip(taken_text.rows, rows, strict=True))
    assert isinstance(poster, StoredColumn) and isinstance(taken_poster, StoredColumn)
    assert taken_poster.stored is poster.stored


def test_oversampling_selects_nothing_so_the_pixels_are_shared() -> None:
    assert config_key(DataConfig(oversample=1.5)) == config_key(DataConfig())
    assert config_key(DataConfig(need=("poster",))) != config_key(DataConfig())


def test_another_selection_has_another_cache(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, {"need": ()}) != cache_folder(tmp_path, {"need": ("poster",)})


LENGTHS = np.random.default_rng(0).integers(0, 100, 103)


def test_every_film_comes_once_an_epoch_in_batches_of_like_length() -> None:
    sampler = LengthSorted(LENGTHS, size=8, pool=4, seed=3)
    batches = list(sampler)
    assert len(batches) == len(sampler) == 13
    assert sorted(np.concatenate(batches)) == list(range(103))
    spread = np.mean([np.ptp(LENGTHS[batch]) for batch in batches])
    assert spread < 0.5 * np.ptp(LENGTHS)


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    def epochs(seed: int) -> list[list[int]]:
        sampler = LengthSorted(LENGTHS, 8, 4, seed)
        return [np.concatenate(list(sampler)).tolist() for _ in range(2)]

    assert epochs(1) == epochs(1)
    assert epochs(1)[0] != epochs(1)[1]
    assert epochs(1)[0] != epochs(2)[0]


def test_a_loader_goes_on_in_mid_epoch(tmp_path: Path) -> None:
    arrays = load_films(films(50), [], tmp_path).arrays(GENRES, {"text": TEXT})

    def loader() -> FilmLoader:
        return FilmLoader(arrays, LengthSorted(arrays.lengths, 8, 2, seed=0))

    whole = loader()
    every = [batch["text"].tolist() for _ in range(2) for batch in whole]
    stopped = loader()
    for done, _ in enumerate(stopped, 1):
        if done == 3:
            state = stopped.state_dict()
            break
    resumed = loader()
    resumed.load_state_dict(state)
    assert [batch["text"].tolist() for _ in range(2) for batch in resumed] == every[3:]


def test_a_loader_at_the_end_of_an_epoch_goes_on_with_the_next(tmp_path: Path) -> None:
    arrays = load_films(films(20), [], tmp_path).arrays(GENRES, {"text": TEXT})
    loader = FilmLoader(arrays, LengthSorted(arrays.lengths, 8, 2, seed=0))
    assert len(list(loader)) == 3
    assert loader.state_dict() == {"epoch": 1, "done": 0}
