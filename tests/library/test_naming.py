"""Genres under TMDB's names, and names in other languages and spellings that mean them."""

from __future__ import annotations

import pytest

from cinegenre.errors import UserError
from cinegenre.genre_map import GenreMap
from cinegenre.library.naming import Naming, check_language, languages
from cinegenre.library.plan import Policy, plan
from cinegenre.movie import Prediction
from cinegenre.taxonomy import IMDB, TMDB


def naming(kind: str = "movie", custom: GenreMap | None = None, language: str | None = None,
           genres: tuple[str, ...] = TMDB) -> Naming:  # fmt: skip
    return Naming.of(genres, kind, custom, language)


def said(*genres: str) -> Prediction:
    scores = {genre: 0.9 - i / 10 for i, genre in enumerate(genres)}
    return Prediction(id=None, genres=list(genres), scores=dict.fromkeys(TMDB, 0.0) | scores,
                      inputs=["title"], model="m")  # fmt: skip


def test_languages() -> None:
    assert len(languages()) >= 20
    assert check_language("pt-BR") == "pt"
    assert check_language("ZH_tw") == "zh-TW"
    assert check_language("zh-CN") == "zh"
    with pytest.raises(UserError, match="no genre names in the language 'tlh': known: ar, be"):
        check_language("tlh")


@pytest.mark.parametrize("code", languages())
def test_every_language_names_each_genre_once_and_knows_its_names_again(code: str) -> None:
    films = naming(language=code)
    assert len(films.names.names) == len(TMDB)
    for genre in TMDB:
        [name] = films.names.table[genre]
        assert genre in films.meant[name_key(name)]
        assert films.present([name]) >= films.present([genre]) - {name_key(genre)}
    shows = naming("tvshow", language=code)
    assert shows.names.table["Action"] == shows.names.table["Adventure"] != ()
    assert shows.names.table["Horror"] == ()


def name_key(name: str) -> str:
    from cinegenre.taxonomy import spelling_key as key

    return key(name)


def test_shows_have_tmdbs_tv_genres() -> None:
    table = naming("tvshow").names.table
    assert table["Science Fiction"] == table["Fantasy"] == ("Sci-Fi & Fantasy",)
    assert table["War"] == ("War & Politics",)
    assert table["Comedy"] == ("Comedy",)
    assert [genre for genre, names in table.items() if not names] == [
        "History", "Horror", "Music", "Romance", "TV Movie", "Thriller",
    ]  # fmt: skip
    german = naming("tvshow", language="fr").names.table
    assert german["Fantasy"] == ("Science-Fiction & Fantastique",)


def test_a_persons_map_comes_first() -> None:
    custom = GenreMap.of({"Fantasy": "Science Fiction", "Horror": "Grusel", "War": None}, TMDB)
    table = naming(custom=custom, language="de").names.table
    assert table["Fantasy"] == ("Science Fiction",)
    assert table["Horror"] == ("Grusel",)
    assert table["War"] == ()
    assert table["Comedy"] == ("Komödie",)
    assert naming("tvshow", custom).names.table["Horror"] == ("Grusel",)
    assert naming("tvshow", custom).names.table["Fantasy"] == ("Sci-Fi & Fantasy",)


def test_a_model_with_imdbs_genres() -> None:
    assert naming(genres=IMDB, language="de").names.table["Sci-Fi"] == ("Science Fiction",)
    assert naming(genres=IMDB).names.table["Sci-Fi"] == ("Sci-Fi",)
    assert naming(genres=IMDB, language="de").names.table["Film-Noir"] == ("Film-Noir",)


@pytest.mark.parametrize("now", [
    ["Sci-Fi"], ["SciFi"], ["science fiction"], ["Science-Fiction"], ["Ciencia ficción"], ["科幻"],
    ["фантастика"], ["Sci-Fi & Fantasy"],
])  # fmt: skip
def test_other_spellings_and_languages_count_as_known(now: list[str]) -> None:
    for language in (None, "de"):
        made = plan(now, said("Science Fiction"), naming(language=language), Policy.ADD, 0)
        assert (made.genres, made.why) == ((), "has them all")


def test_policies() -> None:
    names, told = naming(), said("Horror", "Drama", "War")
    assert plan([], told, names, Policy.MISSING_ONLY, 0.75).genres == ("Horror", "Drama")
    assert plan(["War"], told, names, Policy.MISSING_ONLY, 0).why == "has genres"
    made = plan(["Terror", "Noir"], told, names, Policy.ADD, 0)
    assert (made.genres, made.keep) == (("Drama", "War"), True)
    made = plan(["Comedy"], told, names, Policy.REPLACE, 0)
    assert (made.genres, made.keep) == (("Horror", "Drama", "War"), False)
    assert not plan(["War", "Drama", "Horror"], told, names, Policy.REPLACE, 0).genres
    assert plan(["Comedy"], told, names, Policy.REPLACE, 0.95).why == "no genre is sure enough"
    shown = plan([], told, names, Policy.ADD, 0)
    assert shown.scores == {"Horror": 0.9, "Drama": 0.8, "War": 0.7}


def test_a_merged_name_is_not_added_twice() -> None:
    custom = GenreMap.of({"Science Fiction": "SF", "Fantasy": "SF"}, TMDB)
    names = naming(custom=custom)
    assert not plan(["Fantasy"], said("Science Fiction"), names, Policy.ADD, 0).genres
    assert plan([], said("Science Fiction", "Fantasy"), names, Policy.ADD, 0).genres == ("SF",)
