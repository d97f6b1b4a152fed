from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cinegenre import Fault, FaultCode, GenreMap, Prediction, UserError
from cinegenre.taxonomy import IMDB, TMDB


def said(scores: dict[str, float], genres: list[str]) -> Prediction:
    return Prediction(id="1", genres=genres, scores=scores, inputs=["title"], model="m 1")


def written(folder: Path, text: str) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_imdbs_names_for_a_model_of_tmdbs() -> None:
    names = GenreMap.load("imdb", TMDB)
    assert set(names.names) == set(TMDB) - {"Science Fiction", "TV Movie"} | {"Sci-Fi"}
    assert set(names.names) <= set(IMDB)
    found = names.apply(
        said(dict.fromkeys(TMDB, 0.1) | {"Science Fiction": 0.9}, ["Science Fiction"])
    )
    assert found.genres == ["Sci-Fi"]
    assert found.scores["Sci-Fi"] == 0.9
    assert tuple(found.scores) == names.names


def test_tmdbs_names_for_a_model_of_imdbs() -> None:
    names = GenreMap.load("tmdb", IMDB)
    assert set(names.names) == set(TMDB) - {"TV Movie"}
    scores = dict.fromkeys(IMDB, 0.05) | {"Musical": 0.7, "Music": 0.3, "Film-Noir": 0.9}
    found = names.apply(said(scores, ["Film-Noir", "Musical"]))
    assert found.genres == ["Music"]
    assert found.scores["Music"] == 0.7
    assert "Film-Noir" not in found.scores


@pytest.mark.parametrize(("name", "genres"), [("tmdb", TMDB), ("imdb", IMDB)])
def test_a_models_own_names_change_nothing(name: str, genres: tuple[str, ...]) -> None:
    values = np.random.default_rng(0).random(len(genres))
    before = said(dict(zip(genres, values.tolist(), strict=True)), [genres[3], genres[0]])
    after = GenreMap.load(name, genres).apply(before)
    assert after.scores == before.scores
    assert set(after.genres) == set(before.genres)


def test_a_file_renames_merges_drops_and_gives_several_names(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Science Fiction: Sci-Fi\nFantasy: Sci-Fi\nTV Movie:\nRomance: ''\n"
        "War: [Action, History]\n",
    )
    names = GenreMap.load(path, TMDB)
    scores = dict.fromkeys(TMDB, 0.01)
    scores |= {"Fantasy": 0.6, "Science Fiction": 0.4, "War": 0.8, "Action": 0.3, "Romance": 0.95}
    found = names.apply(said(scores, ["Romance", "War", "Fantasy"]))
    assert found.scores["Sci-Fi"] == 0.6
    assert found.scores["Action"] == found.scores["History"] == 0.8
    assert {"Romance", "TV Movie", "War", "Fantasy", "Science Fiction"}.isdisjoint(found.scores)
    assert found.genres == ["Action", "History", "Sci-Fi"]
    assert len(found.scores) == len(TMDB) - 4


def test_a_merged_name_is_decided_where_a_part_is() -> None:
    """Thresholds are each genre's own: a decided one may be less likely than another."""
    names = GenreMap.of({"War": "Action"}, ("Action", "Drama", "War"))
    found = names.apply(said({"Action": 0.45, "Drama": 0.5, "War": 0.2}, ["War"]))
    assert (found.genres, found.scores) == (["Action"], {"Action": 0.45, "Drama": 0.5})


def test_the_largest_part_is_no_more_than_the_chance_of_any() -> None:
    truth = np.random.default_rng(1).random((4000, 2)) < [0.3, 0.5]
    any_of = truth.any(axis=1).mean()
    parts = truth.mean(axis=0)
    names = GenreMap.of({"A": "X", "B": "X"}, ("A", "B"))
    found = names.apply(said({"A": float(parts[0]), "B": float(parts[1])}, []))
    assert found.scores["X"] == parts.max() <= any_of


KOMETAS = {
    "at the top": 'plex: {token: x}\ngenre_mapper:\n  "Science Fiction": Sci-Fi\n',
    "in a library": "libraries:\n  Movies:\n    operations:\n      genre_mapper:\n"
    "        Science Fiction: Sci-Fi\n        TV Movie:\n",
    "as its page writes it": "library:\n  Movies:\n    operations:\n      genre_mapper:\n"
    '        "Science-Fiction": Sci-Fi\n',
    "in a list of operations": "libraries:\n  Movies:\n    operations:\n"
    "      - mass_genre_update: tmdb\n      - genre_mapper: {Science Fiction: Sci-Fi}\n",
    "as a list of maps": "genre_mapper:\n  - Drama: D\n  - Science Fiction: [Sci-Fi, ~]\n",
    "in operations at the top": "operations:\n  genre_mapper: {Science Fiction: Sci-Fi}\n",
    "beside an empty one": "libraries:\n  A:\n    operations: {genre_mapper: }\n  B:\n"
    "    operations: {genre_mapper: {Science Fiction: Sci-Fi}}\n",
    "twice the same, by an alias": "libraries:\n  A:\n    operations: &o\n"
    "      genre_mapper: {Science Fiction: Sci-Fi}\n  B:\n    operations: *o\n",
    "merged, with one taken out again": "base: &base {Drama: D, Science Fiction: SF}\n"
    "genre_mapper:\n  <<: *base\n  Science Fiction: 'Sci-Fi'\n  Drama: ~\n",
    "with commas between names": "genre_mapper: {Science Fiction: 'Sci-Fi, Future', Drama: ','}\n",
    "with a byte order mark": "\ufeffgenre_mapper:\n  Science Fiction: Sci-Fi\n",
}


@pytest.mark.parametrize("name", KOMETAS)
def test_kometas_configuration_is_understood(tmp_path: Path, name: str) -> None:
    names = GenreMap.load(written(tmp_path, KOMETAS[name]), TMDB)
    assert "Sci-Fi" in names.names
    assert "Science Fiction" not in names.names


def test_kometas_keys_are_names_in_a_library(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'genre_mapper:\n  "Action/Adventure": [Action, Adventure]\n  "Action & Adventure": Action\n'
        "  Romantic Comedy:\n  Westerns: Western\n  Sience Fiction: SF\n  Suspense: Krimi\n",
    )
    names = GenreMap.load(path, TMDB)
    assert names.names == TMDB
    assert names.called("ACTION/adventure") == ("Action", "Adventure")
    assert names.called("Romantic-Comedy") == ()
    assert names.called("suspense") == names.called("Krimi") == ("Krimi",)
    assert names.called("Noir") is None
    plain = written(tmp_path, "Suspense: Thriller\nDrama: D\nWesterns: Western\n")
    assert GenreMap.load(plain, TMDB).called("Suspense") == ("Thriller",)
    assert GenreMap.load(plain, ("Comedy",), library=True).called("Drama") == ("D",)


def test_several_libraries_of_kometas(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "libraries:\n  Movies:\n    operations: {genre_mapper: {Drama: A}}\n"
        "  TV Shows:\n    operations: {genre_mapper: {Drama: B}}\n",
    )
    with pytest.raises(UserError, match=r"for each of Movies, TV Shows, .*map\.yaml#Movies"):
        GenreMap.load(path, TMDB)
    assert "B" in GenreMap.load(f"{path}#TV Shows", TMDB).names
    with pytest.raises(UserError, match="did you mean 'Movies'"):
        GenreMap.load(f"{path}#Movie", TMDB)


def test_a_text_is_divided_at_commas_as_in_kometa(tmp_path: Path) -> None:
    text = "  Action/Adventure: Action,  Adventure\n  War: Crime, \n  Drama: A, B\n"
    names = GenreMap.load(written(tmp_path, f"genre_mapper:\n{text}"), TMDB)
    assert names.called("Action/Adventure") == ("Action", "Adventure")
    assert (names.table["War"], names.table["Drama"]) == (("Crime",), ("A", "B"))
    plain = written(tmp_path, "War: Crime, real\n")
    assert GenreMap.load(plain, TMDB).table["War"] == ("Crime, real",)


@pytest.mark.parametrize(("text", "why"), [
    ("plex:\n  token: [SECRET\ngenre_mapper: {Drama: D}\n", "is not YAML"),
    ("plex: {token: SECRET}\nlibraries: {Movies: {}}\n", "has no genre_mapper"),
    ("plex: {token: SECRET}\ngenre_mapper:\n", "has no genre_mapper"),
    ("plex: {token: SECRET}\ngenre_mapper: [Horror]\n", "has no genre_mapper"),
    ("plex: [[{token: SECRET}]]\n", "has no genre_mapper"),
    ("plex: SECRET\nsince: 2024-13-01\n", "is not YAML"),
    ("tmdb: {apikey: SECRET}\nlibraries:\n  A:\n    operations:\n      genre_mapper: {}\n",
     "has no genre_mapper"),
])  # fmt: skip
def test_an_error_quotes_nothing_of_kometas_keys(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UserError, match=why) as error:
        GenreMap.load(written(tmp_path, text), TMDB)
    assert "SECRET" not in str(error.value)


def test_an_alias_that_leads_back_is_no_trap(tmp_path: Path) -> None:
    path = written(tmp_path, "a: &a\n  b: *a\n  genre_mapper: {Drama: D}\n")
    assert "D" in GenreMap.load(path, TMDB).names


def test_the_built_in_maps_know_the_names_that_they_rename() -> None:
    assert GenreMap.load("tmdb", TMDB).called("sci-fi") == ("Science Fiction",)
    assert GenreMap.load("imdb", TMDB).called("Film Noir") == ("Film-Noir",)
    assert GenreMap.load("imdb", TMDB).called("TV Movie") == ()


def test_a_film_that_failed_stays_as_it_is() -> None:
    fault = Fault(FaultCode.NO_INPUT, "no input")
    failed = Prediction(id="1", genres=[], scores={}, inputs=[], model="m", fault=fault)
    assert GenreMap.load("imdb", TMDB).apply(failed) is failed


def test_names_of_another_taxonomy_may_stand_beside(tmp_path: Path) -> None:
    path = written(tmp_path, "Science Fiction: SF\nSci-Fi: SF\n")
    assert "SF" in GenreMap.load(path, TMDB).names
    assert "SF" in GenreMap.load(path, IMDB).names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sci-Fi: SF\nFilm-Noir: Noir\n", "names \"Sci-Fi\", which the model does not tell: its"),
        ("Sience Fiction: SF\nDrama: D\n", "did you mean 'Science Fiction'"),
        ("- Drama\n", "maps nothing"),
        ("", "maps nothing"),
        ("Drama: {a: b}\n", "a name, a list of names"),
        ("Drama: 3\n", "a name, a list of names"),
        ("Drama: [a\n", "is not YAML"),
        ("Drama: !!python/object:os.system x\n", "is not YAML"),
        ("\n".join(f"{genre}:" for genre in TMDB), "drops every genre"),
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        GenreMap.load(written(tmp_path, text), TMDB)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_no_such_map(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read \(No such file"):
        GenreMap.load(tmp_path / "none.yaml", TMDB)
    with pytest.raises(UserError, match="did you mean 'imdb'"):
        GenreMap.load("imbd", TMDB)
    with pytest.raises(UserError, match="drops every genre"):
        GenreMap.load("imdb", ("Science Fiction Double Feature",))
