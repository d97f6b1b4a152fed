from __future__ import annotations

import json
from pathlib import Path

import pytest

from cinegenre import Movie, UserError
from cinegenre.cli.options import listed, one_film, pair
from cinegenre.movie import INPUTS
from cinegenre.readers.rows import table_rows

from ..explain.test_explain import poster
from .test_cli import call


def test_a_list_has_commas_between() -> None:
    assert listed(" Film-Noir, Heist,,") == ("Film-Noir", "Heist")
    assert listed("") == ()


def test_a_pair_has_two_sides() -> None:
    assert pair("imdb = genres=1.csv", "--labels", "NAME=CSV", "a=b.csv") == (
        "imdb",
        "genres=1.csv",
    )


@pytest.mark.parametrize("text", ["imdb", "=x", "imdb=", " = "])
def test_anything_else_is_no_pair(text: str) -> None:
    with pytest.raises(
        UserError, match=r"^--labels '.*' is not NAME=CSV: write --labels a=b\.csv$"
    ):
        pair(text, "--labels", "NAME=CSV", "a=b.csv")


def test_a_film_or_a_file() -> None:
    film = one_film(None, title="Alien", poster="a.jpg", companies=["Fox"])
    assert film == Movie(title="Alien", poster=Path("a.jpg"), companies=("Fox",))
    assert one_film(Path("films.csv")) == Movie()
    with pytest.raises(UserError, match="both FILE and a film's inputs are given"):
        one_film(Path("films.csv"), companies=["Fox"])


OPTIONS = {"companies": "--company", "people": "--person"}
"""The option of each input that has another name."""


@pytest.mark.parametrize("command", ["predict", "explain"])
@pytest.mark.parametrize("name", INPUTS)
def test_every_input_has_an_option(
    capsys: pytest.CaptureFixture[str], command: str, name: str, tmp_path: Path
) -> None:
    option = OPTIONS.get(name, f"--{name}")
    image = tmp_path / "poster.png"
    image.write_bytes(poster())
    value = image if name == "poster" else "Saddle"
    code, out, err = call(capsys, command, option, value, "--json", "--any-language")
    assert (code, err) == (0, "")
    assert json.loads(out)["inputs"] == [name]


ADDRESS = "https://image.tmdb.org/t/p/w500/a.jpg"


def test_a_poster_at_an_address_is_called_so() -> None:
    cure = "download it, and name the file"
    for fetch, said in ((None, cure), (False, f"{cure} (--fetch does)")):
        with pytest.raises(UserError) as refused:
            one_film(None, title="Alien", poster=ADDRESS, fetch=fetch)
        assert str(refused.value) == f"--poster {ADDRESS} is an address: {said}"
    assert one_film(None, poster=ADDRESS, fetch=True) == Movie(poster=ADDRESS)
    with pytest.raises(UserError, match="--poster is empty: name an image file, or leave it out"):
        one_film(None, title="Alien", poster="")


def test_a_picture_in_place_of_a_table_is_called_so(tmp_path: Path) -> None:
    picture = tmp_path / "Poster.JPG"
    picture.touch()
    with pytest.raises(UserError, match=r"Poster\.JPG is a picture: give it with --poster .*JPG$"):
        one_film(picture)
    with pytest.raises(UserError, match=r"none\.png is a picture: name a table \(\.csv, "):
        next(table_rows(tmp_path / "none.png"))


@pytest.mark.parametrize("address", ["https://a.example/films.csv", "s3://bucket/films.csv"])
def test_a_table_at_an_address_is_called_so(address: str) -> None:
    with pytest.raises(UserError, match=f"^{address} is an address: download it, and name"):
        next(table_rows(Path(address)))
