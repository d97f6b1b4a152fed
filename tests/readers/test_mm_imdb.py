"""MM-IMDb's folder and its dirt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.mm_imdb import read

TOY_STORY: dict[str, Any] = {
    "title": "Toy Story",
    "kind": "movie",
    "year": 1995,
    "plot": ["Short.", "Led by Woody, Andy's toys: happy.::Ann <a@b.org>", "Andy."],
    "plot outline": "A cowboy doll is threatened by a new toy, a spaceman, in a boy's room.",
    "genres": ["Animation", "Sci-Fi"],
    "production companies": [{"name": "Pixar", "long imdb name": "Pixar"}],
    "director": [{"name": "John Lasseter", "canonical name": "Lasseter, John"}],
    "cast": [{"name": "Tom Hanks"}, {"name": "John Lasseter"}, {"name": "Tim Allen"}],
    "languages": ["English", "French"],
    "language codes": ["en", "fr"],
}


def write(folder: Path, number: str = "0114709", **fields: Any) -> Path:
    (folder / "dataset").mkdir(parents=True, exist_ok=True)
    text = json.dumps(TOY_STORY | fields)
    (folder / "dataset" / f"{number}.json").write_text(text, encoding="utf-8")
    return folder


def one(folder: Path, **fields: Any) -> Movie:
    (film,) = read(write(folder, **fields))
    assert isinstance(film, Movie)
    return film


def write_mm_imdb(folder: Path, made: list[Movie]) -> list[Movie]:
    """Write `made` as MM-IMDb has them, the first half to train, a quarter each to dev and test.

    Returns the films as the reader gives them: of no collection, with paths as posters.
    """
    numbers = [str(film.id)[2:] for film in made]
    written = []
    for number, film in zip(numbers, made, strict=True):
        people = [{"name": name} for name in film.people]
        fields = {
            "title": film.title, "year": film.year, "genres": film.genres,
            "plot": [film.overview, "x"] if film.overview else None,
            "production companies": [{"name": name} for name in film.companies],
            "director": people[:1], "cast": people[1:], "language codes": [film.language],
        }  # fmt: skip
        write(folder, number, **fields)
        poster = None
        if isinstance(film.poster, bytes):
            poster = folder / "dataset" / f"{number}.jpeg"
            poster.write_bytes(film.poster)
        written.append(replace(film, collection=None, poster=poster))
    half, rest = len(made) // 2, len(made) * 3 // 4
    parts = {"train": numbers[:half], "dev": numbers[half:rest], "test": numbers[rest:]}
    (folder / "split.json").write_text(json.dumps(parts), encoding="utf-8")
    return written


def test_every_field(tmp_path: Path) -> None:
    assert one(tmp_path) == Movie(
        id="tt0114709",
        title="Toy Story",
        overview="Led by Woody, Andy's toys: happy.",
        companies=("Pixar",),
        people=("John Lasseter", "Tom Hanks", "Tim Allen"),
        genres=("Animation", "Sci-Fi"),
        year=1995,
        language="en",
    )


def test_without_anything(tmp_path: Path) -> None:
    for empty in (None, "", float("nan")):
        assert one(tmp_path, **dict.fromkeys(TOY_STORY, empty)) == Movie(id="tt0114709")
    (tmp_path / "dataset" / "0114709.json").write_text("{}")
    assert list(read(tmp_path)) == [Movie(id="tt0114709")]


@pytest.mark.parametrize(
    ("plot", "overview"),
    [
        (["aa", "bb", "c"], "aa"),
        ("one text", "one text"),
        (["a::b::Ann"], "a::b"),
        (["a::" + "long " * 30], "a::" + "long " * 30),
        (["::Ann"], None),
    ],
)
def test_the_longest_plot_without_its_author(
    tmp_path: Path, plot: object, overview: str | None
) -> None:
    assert one(tmp_path, plot=plot).overview == overview


def test_people(tmp_path: Path) -> None:
    source = write(tmp_path, director=None, directors=[{"name": "Lana"}])
    for cast, people in ((10, 4), (1, 2), (0, 0)):
        (film,) = read(source, cast=cast)
        assert isinstance(film, Movie)
        assert len(film.people) == people
        assert film.people[:1] == (("Lana",) if people else ())


def test_posters_beside_or_elsewhere(tmp_path: Path) -> None:
    source = write(write(write(tmp_path / "s"), "0000002"), "0000003")
    (source / "dataset" / "0114709.jpeg").touch()
    elsewhere = tmp_path / "posters"
    elsewhere.mkdir()
    for name in ("0000002.png", "tt0000003.jpg"):
        (elsewhere / name).touch()

    def posters(**options: Any) -> list[object]:
        return [film.poster for film in read(source, **options) if isinstance(film, Movie)]

    assert posters() == [None, None, source / "dataset" / "0114709.jpeg"]
    assert posters(posters=elsewhere) == [
        elsewhere / "0000002.png",
        elsewhere / "tt0000003.jpg",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ('{"title": "A"', "no JSON"),
        ("[" * 99_999, ""),
        ("[1]", "is not a JSON object"),
        ('{"title": 5}', "title is 5"),
        ('{"plot": [1]}', "plot: 1 is not a name"),
        ('{"cast": [{"role": "x"}]}', "cast: "),
        ('{"genres": {"name": 5}}', "genres: 5"),
        ('{"genres": [["Drama"]]}', "genres: "),
    ],
)
def test_a_bad_file_costs_no_other_film(tmp_path: Path, text: str, said: str) -> None:
    source = write(tmp_path)
    (source / "dataset" / "0000001.json").write_text(text)
    (source / "dataset" / "0000002.json").mkdir()
    (source / "dataset" / "notes.json").write_text("{}")
    bad, folder, film = read(source)
    assert isinstance(bad, BadRow) and (bad.where, bad.id) == ("dataset/0000001.json", "tt0000001")
    assert said in bad.error
    assert isinstance(folder, BadRow) and "0000002.json" in folder.error
    assert isinstance(film, Movie) and film.title == "Toy Story"


def test_what_is_no_mm_imdb(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no NNNNNNN.json in .*: name the folder"):
        next(read(tmp_path))
