"""Which films a recipe takes, and the texts that its vocabulary and its corpus are of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cinegenre.data.dataset import PreparedSet
from cinegenre.inputs import TextInput
from cinegenre.train.data.films import corpus_of, load_split, make_inputs
from cinegenre.train.recipe import Recipe, load_recipe

from ...conftest import SMALL


def recipe(*more: str) -> Recipe:
    return load_recipe("cnn_lstm_slides", overrides=[*SMALL, *more])


def words(prepared: PreparedSet, chosen: Recipe) -> set[str]:
    films, _ = load_split(prepared, "train", chosen)
    reads = make_inputs(chosen, prepared, films)["text"]
    assert isinstance(reads, TextInput)
    return set(reads.tokenizer.get_vocab())


def test_at_most_so_many_films_with_the_shares_of_all(data: Path) -> None:
    prepared = PreparedSet.open(data)
    every, _ = load_split(prepared, "train", recipe())
    some, counts = load_split(prepared, "train", recipe("data.films=60"))
    assert len(some.films) == pytest.approx(60, abs=3)
    assert counts["not drawn"] == len(every.films) - len(some.films)
    ids = [film.id for film in every.films]
    assert sorted(ids.index(film.id) for film in some.films) == [
        ids.index(film.id) for film in some.films
    ]
    whole, part = (Counter(g for f in films.films for g in f.genres) for films in (every, some))
    for genre, count in whole.items():
        expected = count * len(some.films) / len(every.films)
        assert part[genre] == pytest.approx(expected, abs=2), genre
    again, _ = load_split(prepared, "train", recipe("data.films=60"))
    assert [film.id for film in again.films] == [film.id for film in some.films]
    other, _ = load_split(prepared, "train", recipe("data.films=60", "seed=1"))
    assert [film.id for film in other.films] != [film.id for film in some.films]


def test_only_training_films_are_drawn(data: Path) -> None:
    prepared = PreparedSet.open(data)
    every, _ = load_split(prepared, "validation", recipe())
    some, _ = load_split(prepared, "validation", recipe("data.films=5"))
    assert len(some.films) == len(every.films) > 5


def test_films_with_a_genre_that_is_dropped(data: Path) -> None:
    films, counts = load_split(
        PreparedSet.open(data), "train", recipe('data.drop_genres=["Drama"]')
    )
    assert films.films and not any("Drama" in film.genres for film in films.films)
    assert counts["labelled Drama"] > 5


def test_posters_are_kept_once_for_rows_that_read_different_texts(data: Path) -> None:
    """Where every film must have a poster the selection does not depend on what else is read."""
    prepared = PreparedSet.open(data)
    need = "data.need=['poster']"
    both, _ = load_split(prepared, "train", recipe(need))
    alone, _ = load_split(prepared, "train", recipe(need, "modalities=['poster']"))
    assert both.cache == alone.cache
    free, _ = load_split(prepared, "train", recipe("modalities=['poster']"))
    assert free.cache != both.cache


def test_the_words_of_the_whole_split(data: Path) -> None:
    prepared = PreparedSet.open(data)
    few, vocabulary = "data.films=5", "inputs.text.vocabulary=1000"
    own = words(prepared, recipe(few, vocabulary))
    whole = words(prepared, recipe(few, vocabulary, "inputs.text.whole_split=true"))
    assert own < whole
    assert whole >= words(prepared, recipe(vocabulary))


def test_the_corpus_has_every_training_text_and_no_other(data: Path) -> None:
    prepared = PreparedSet.open(data)
    chosen = recipe(
        "data.films=5", "inputs.text.whole_split=true", "inputs.text.fields=['overview']"
    )
    films, _ = load_split(prepared, "train", chosen)
    reads = make_inputs(chosen, prepared, films)["text"]
    assert isinstance(reads, TextInput)
    corpus = corpus_of(prepared, "text", chosen, reads)
    expected = [f for f in prepared.films("train") if "overview" in f.inputs]
    rows = corpus.rows()
    assert len(rows) == len(expected) > 100
    for row, encoded in zip(rows, reads.encode(expected), strict=True):
        assert np.array_equal(row, encoded)
    assert corpus.folder.is_dir()
    other = recipe("data.films=5", "inputs.text.whole_split=true", "inputs.text.fields=['title']")
    again = make_inputs(other, prepared, films)["text"]
    assert isinstance(again, TextInput)
    assert corpus_of(prepared, "text", other, again).folder != corpus.folder
