from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre import Movie, UserError
from cinegenre.cli.options import listed, one_film, pair


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
    film = one_film(None, "Alien", None, Path("a.jpg"), ["Fox"])
    assert film == Movie(title="Alien", poster=Path("a.jpg"), companies=("Fox",))
    assert one_film(Path("films.csv"), None, None, None, None) == Movie()
    with pytest.raises(UserError, match="both FILE and a film's inputs are given"):
        one_film(Path("films.csv"), None, None, None, ["Fox"])
