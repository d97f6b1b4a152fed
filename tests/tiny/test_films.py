"""The tiny film set is what the other tests take it for."""

from __future__ import annotations

from collections import Counter
from statistics import fmean

from cinegenre.images import open_rgb
from cinegenre.taxonomy import TMDB

from .films import GENRES, SIZE, films
from .words import LOOKS


def test_the_same_every_time_and_for_every_count() -> None:
    assert films(10) == films(30)[:10]
    assert films(10) != films(10, seed=1)


def test_every_case_occurs() -> None:
    everything = films()
    assert len(everything) == len({film.id for film in everything}) == 120
    counts = Counter(genre for film in everything for genre in film.genres)
    assert set(counts) == set(GENRES) <= set(TMDB)
    assert min(counts.values()) >= 5
    assert max(counts, key=counts.__getitem__) == "Drama"
    assert sum(len(film.genres) > 1 for film in everything) > 40
    for name in ("overview", "companies", "people", "poster"):
        share = fmean(name not in film.inputs for film in everything)
        assert 0.05 < share < 0.35, name
    assert any(film.overview == "No overview found." for film in everything)
    assert any(film.overview is None for film in everything)
    assert Counter(film.collection for film in everything).keys() - {None} == {
        "The Lighthouse Collection",
        "Two Brothers' Collection",
    }
    assert {film.language for film in everything} > {"en", "fr"}


def test_words_tell_the_genres() -> None:
    for film in films():
        if "overview" in film.inputs and film.overview:
            words = set(film.overview.replace(".", "").split())
            told = {genre for genre, look in LOOKS.items() if words & set(look.nouns)}
            assert told == set(film.genres)


def test_colours_tell_the_first_genre() -> None:
    sizes, right, seen = Counter[tuple[int, int]](), 0, 0
    for film in films():
        if film.poster is None:
            continue
        image = open_rgb(film.poster)
        sizes[image.size] += 1
        corner = image.getpixel((1, 1))
        assert isinstance(corner, tuple)
        seen += 1
        right += film.genres[0] == min(
            LOOKS,
            key=lambda genre: sum(
                abs(part / max(1, max(corner)) - whole / max(LOOKS[genre].colour))
                for part, whole in zip(corner, LOOKS[genre].colour, strict=True)
            ),
        )
    assert sizes.most_common(1)[0][0] == SIZE
    assert len(sizes) == 3
    assert right / seen > 0.9
