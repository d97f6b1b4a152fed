"""Names that stand in a library become one name a genre, and none is lost or made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinegenre.errors import UserError
from cinegenre.faults import Fault, FaultCode
from cinegenre.genre_map import GenreMap
from cinegenre.library import Options, Policy, Row, tag, undo, writer
from cinegenre.library.cleaning import Cleaned, Cleaner
from cinegenre.library.naming import TV, TV_ALONE, Naming, languages, names_by_language
from cinegenre.tagger import Tagger
from cinegenre.taxonomy import IMDB, TMDB

from .fake import FakeTagger, contents, nfo, put

DIRTY = ("Sci-Fi", "Ciencia ficción", "Suspense", "Horror / Thriller", "SCI FI", "Dramma")
AMBIGUOUS = {("sr", "Fantasy"), ("uk", "Science Fiction"), ("ru", "Science Fiction")}
"""One name, and nothing else in the film says which language it is. Russian's has no capital."""


def cleaner(custom: Any = None, kind: str = "movie", language: str | None = None,
            genres: tuple[str, ...] = TMDB) -> Cleaner:  # fmt: skip
    if custom is not None:
        custom = GenreMap.load(custom, genres) if isinstance(custom, str) else GenreMap.of(
            custom, genres, library=True)  # fmt: skip
    return Cleaner.of(genres, kind, custom, language)


def clean(*texts: str, **more: Any) -> tuple[str, ...]:
    return cleaner(**more).clean(texts).names


def test_the_issues_names() -> None:
    assert clean(*DIRTY) == ("Science Fiction", "Thriller", "Horror", "Drama")
    assert clean(*DIRTY, language="de") == ("Science Fiction", "Thriller", "Horror", "Drama")
    assert clean(*DIRTY, language="es") == ("Ciencia ficción", "Suspense", "Terror", "Drama")
    assert clean(*DIRTY, custom="imdb") == ("Sci-Fi", "Thriller", "Horror", "Drama")


@pytest.mark.parametrize("code", languages())
def test_names_in_every_language(code: str) -> None:
    plain, own = cleaner(), cleaner(language=code)
    for genre in TMDB:
        name = names_by_language()[code][genre]
        for text in (name, name.upper(), name.replace("-", " "), f" {name}\n"):
            if (code, genre) not in AMBIGUOUS and name.upper().lower() == name.lower():
                assert plain.clean([text]).names == (genre,), text
        assert own.clean([genre]).names == own.clean([name]).names == (name,)
    # Beside other names of its language every name is clear.
    names = [names_by_language()[code][genre] for genre in TMDB]
    assert clean(*names) == TMDB


def test_a_name_that_two_languages_have_is_told_by_the_others() -> None:
    assert cleaner().clean(["Фантастика"]) == Cleaned(names=("Фантастика",),
                                                      unknown=("Фантастика",))  # fmt: skip
    assert clean("фантастика") == ("Science Fiction",)
    assert clean("Фантастика", "Жахи") == ("Science Fiction", "Horror")
    assert clean("Фантастика", "Хорор") == ("Fantasy", "Horror")
    assert clean("Фантастика", language="uk") == ("Фантастика",)
    assert clean("Научна фантастика") == ("Science Fiction",)
    assert clean("Научна фантастика", kind="tvshow") == ("Sci-Fi & Fantasy",)


def test_shows() -> None:
    assert clean("Sci-Fi", "Fantasy", "Action", "Drama", "Terror", kind="tvshow") == (
        "Sci-Fi & Fantasy", "Action & Adventure", "Drama", "Horror",
    )  # fmt: skip
    assert clean("Terror", kind="tvshow", language="de") == ("Horror",)
    assert clean("kids", "TALK", kind="tvshow") == ("Kids", "Talk")
    assert clean("Action and Adventure", "Sci-Fi & Fantasy", "War & Politics") == (
        "Action", "Adventure", "Science Fiction", "Fantasy", "War",
    )  # fmt: skip


@pytest.mark.parametrize(("text", "names"), [
    ("Horror/Thriller", ("Horror", "Thriller")),
    ("Horror, Thriller", ("Horror", "Thriller")),
    ("Thriller;Noir", ("Thriller", "Noir")),
    ("Horror|War", ("Horror", "War")),
    ("Horror\nThriller", ("Horror", "Thriller")),
    ("Comedy / Horror, War", ("Comedy", "Horror", "War")),
    ("R/B", ("R/B",)),
    ("Sword, Sandal", ("Sword, Sandal",)),
    ("Horror、Thriller", ("Horror", "Thriller")),
    ("科幻，恐怖", ("Science Fiction", "Horror")),
    ("Horror • Thriller", ("Horror", "Thriller")),
    ("Action &amp; Adventure", ("Action", "Adventure")),
    ("R&amp;amp;B", ("R&B",)),
    ("Kids &amp; Family", ("Kids & Family",)),
    ("Sci&#45;Fi", ("Science Fiction",)),
    ("\u200bHor\u00adror\ufeff", ("Horror",)),
    ("['Horror', 'War']", ("Horror", "War")),
    ('["Horror"]', ("Horror",)),
    ("#Horror #SciFi", ("Horror", "Science Fiction")),
    ("27", ("Horror",)),
    ("28 Days", ("28 Days",)),
    ("['Noir', 'War']", ("['Noir', 'War']",)),
    ("N/A", ()),
    ("(no genres listed)", ()),
    ("Horror / Unknown", ("Horror",)),
    ("Noir", ("Noir",)),
    ("  Film   Noir ", ("Film Noir",)),
])  # fmt: skip
def test_names_that_stand_together(text: str, names: tuple[str, ...]) -> None:
    assert clean(text) == names


def test_texts_of_other_programs_are_no_second_genre() -> None:
    naming = Naming.of(TMDB, "movie", None, None)
    for text in ("Action &amp; Adventure", "['Action', 'War']", "War、Action"):
        assert "action" in naming.present([text])
    assert clean("Unknown", custom={"Unknown": "Mystery"}) == ("Mystery",)


def test_a_persons_map() -> None:
    custom = {"Action/Adventure": ["Action", "Adventure"], "Romantic Comedy": None,
              "Suspense": "Krimi", "Science Fiction": "SF", "TV Movie": None, "Noir": "Crime",
              "War": ["History", "Drama"]}  # fmt: skip
    assert clean("Action/Adventure", "romantic comedy", custom=custom) == ("Action", "Adventure")
    assert clean("Suspense", "Thriller", custom=custom) == ("Krimi", "Thriller")
    assert clean("Ciencia ficción", "SF", "sci-fi", custom=custom) == ("SF",)
    assert clean("Téléfilm", "Guerre", "Noir", custom=custom) == ("History", "Drama", "Crime")
    assert clean("Krimi", custom=custom) == ("Krimi",)
    assert clean("Noir", "War", "SF", custom=custom, language="fr") == (
        "Crime", "Histoire", "Drame", "SF",
    )  # fmt: skip
    assert clean("TV Movie", custom="imdb") == ()
    assert clean("Film Noir", "biography", custom="imdb") == ("Film-Noir", "Biography")
    assert clean("Musical", "Sci-Fi", custom="tmdb") == ("Music", "Science Fiction")


def test_a_model_of_other_genres_has_a_say() -> None:
    assert clean("sci fi", "film noir", "Dramma", genres=IMDB) == ("Sci-Fi", "Film-Noir", "Drama")
    assert clean("cozy mystery", "Ciencia ficción", genres=("Cozy Mystery", "Drama")) == (
        "Cozy Mystery", "Science Fiction",
    )  # fmt: skip


def test_unknown_names_are_kept_in_their_place_told_and_removed_if_wanted() -> None:
    found = cleaner().clean(["Noir", "Drame", "NOIR", "Blaxploitation"])
    assert found.names == ("Noir", "Drama", "Blaxploitation")
    assert found.unknown == ("Noir", "Blaxploitation")
    assert found.cut(None, drop_unknown=True).names == ("Drama",)
    assert found.cut(2, drop_unknown=False).names == ("Noir", "Drama")


ANY = st.sampled_from(
    [
        *TMDB,
        *TV.values(),
        *TV_ALONE,
        *IMDB,
        "Noir",
        "R/B",
        *(name for names in names_by_language().values() for name in names.values()),
    ]
)
TEXTS = st.lists(st.lists(ANY.filter(bool), min_size=1, max_size=3).flatmap(
    lambda names: st.sampled_from([" / ", ", ", "|", ";"]).map(lambda by: by.join(names))),
    max_size=5)  # fmt: skip


CLEANERS = [cleaner(kind=kind, language=language) for kind in ("movie", "tvshow")
            for language in (None, "de", "sr", "zh-TW")]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(CLEANERS))
def test_what_is_in_order_stays_so(texts: list[str], clean_up: Cleaner) -> None:
    once = clean_up.clean(texts)
    assert clean_up.clean(once.names) == once
    assert len(once.names) >= bool(texts)
    assert set(once.unknown) <= set(once.names)


def cleaned(library: Path, tagger: Any = None, *, dry: bool = False, **options: Any) -> list[Row]:
    wanted = Options(clean=True, **options)
    if dry:
        return list(tag(library, cast("Tagger | None", tagger), wanted))
    with writer(library) as writing:
        return list(tag(library, cast("Tagger | None", tagger), wanted, writing))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    put(tmp_path / "A" / "movie.nfo", nfo(*DIRTY, "Noir"))
    put(tmp_path / "B" / "movie.nfo", nfo("Drama", "War"))
    put(tmp_path / "C" / "movie.nfo", nfo())
    put(tmp_path / "D" / "movie.nfo", nfo("Noir"))
    put(
        tmp_path / "E" / "movie.nfo",
        b"<movie>\n <genre clear='true'>Drama</genre>\n"
        b" <genre>drama</genre>\n <genre><name>SF</name><name>Terror</name></genre>\n</movie>\n",
    )
    put(tmp_path / "F" / "movie.nfo", nfo("Sci-Fi", more="<lockdata>true</lockdata>"))
    put(tmp_path / "G" / "f.mkv")
    return tmp_path


def test_written_and_taken_back(library: Path) -> None:
    before = contents(library)
    assert [row.status for row in cleaned(library, dry=True)][:2] == ["change", "left"]
    assert contents(library) == before
    rows = cleaned(library)
    assert [row.status for row in rows] == ["written", *["left"] * 3, "written", "left", "left"]
    assert rows[0].unknown == ("Noir",) and rows[0].scores == {}
    assert rows[0].as_dict()["unknown"] == ["Noir"]
    now = contents(library)
    assert now["A/movie.nfo"] == nfo("Science Fiction", "Thriller", "Horror", "Drama", "Noir")
    assert now["E/movie.nfo"] == (b"<movie>\n <genre clear='true'>Drama</genre>\n"
        b" <genre>Science Fiction</genre>\n <genre>Horror</genre>\n</movie>\n")  # fmt: skip
    assert {row.status for row in cleaned(library)} == {"left"}
    undo(library)
    assert contents(library) == before


def test_unknown_names_removed_leave_nothing(library: Path) -> None:
    rows = cleaned(library, drop_unknown=True)
    assert (rows[3].status, rows[3].proposed, rows[3].unknown) == ("written", (), ("Noir",))
    assert contents(library)["D/movie.nfo"] == nfo()
    assert b"Noir" not in contents(library)["A/movie.nfo"]


def test_films_left_without_a_genre_get_one(library: Path) -> None:
    tagger = FakeTagger()
    rows = cleaned(library, tagger, drop_unknown=True, max_genres=2)
    assert [row.status for row in rows] == ["written", "left", "written", "written", "written",
                                            "left", "left"]  # fmt: skip
    assert len(tagger.films) == 3
    now = contents(library)
    assert now["C/movie.nfo"] == now["D/movie.nfo"] == nfo("Science Fiction", "Horror")
    assert now["A/movie.nfo"] == nfo("Science Fiction", "Thriller")
    assert rows[3].scores == {"Science Fiction": 0.9, "Horror": 0.8}
    assert rows[6].why == "has no .nfo: --create makes one"


def test_clean_and_add(library: Path) -> None:
    rows = cleaned(library, FakeTagger(), policy=Policy.ADD)
    assert rows[0].proposed == ("Science Fiction", "Thriller", "Horror", "Drama", "Noir", "Action")
    assert rows[1].proposed == ("Drama", "War", "Science Fiction", "Horror", "Action")
    assert rows[1].scores == {"Science Fiction": 0.9, "Horror": 0.8, "Action": 0.6}
    assert {row.status for row in cleaned(library, FakeTagger(), policy=Policy.ADD)} == {"left"}


def test_a_film_that_cannot_be_told_is_cleaned_all_the_same(tmp_path: Path) -> None:
    class Mute(FakeTagger):
        def predict(self, films: Any, **more: Any) -> Any:
            from dataclasses import replace

            return (
                replace(told, fault=Fault(FaultCode.NO_INPUT, "no input"))
                for told in super().predict(films, **more)
            )

    put(tmp_path / "A" / "movie.nfo", nfo("SF"))
    put(tmp_path / "B" / "movie.nfo", nfo())
    rows = cleaned(tmp_path, Mute(), policy=Policy.ADD)
    assert [(row.status, row.why) for row in rows] == [("written", ""), ("error", "no input")]


def test_without_a_model_names_must_be_wanted(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither names to clean nor a model"):
        tag(tmp_path, None)
    with pytest.raises(UserError, match="clean, or replace"):
        tag(tmp_path, cast(Tagger, FakeTagger()), Options(clean=True, policy=Policy.REPLACE))


@pytest.mark.parametrize(("policy", "genres"), [
    (Policy.MISSING_ONLY, ["Science Fiction", "Horror"]), (Policy.REPLACE, ["Science Fiction",
    "Horror"]), (Policy.ADD, ["Science Fiction", "Horror"])])  # fmt: skip
def test_the_likeliest_genres_alone(tmp_path: Path, policy: Policy, genres: list[str]) -> None:
    path = put(tmp_path / "A" / "movie.nfo", nfo())
    wanted = Options(policy=policy, max_genres=2)
    with writer(tmp_path) as writing:
        list(tag(tmp_path, cast(Tagger, FakeTagger()), wanted, writing))
        assert path.read_bytes() == nfo(*genres)
        path.write_bytes(nfo("War", "Crime"))
        [row] = tag(tmp_path, cast(Tagger, FakeTagger()), wanted, writing)
    if policy is Policy.ADD:
        assert row.why == "has 2 already"
