"""What `Tagger.predict` takes: one film or many, of every kind, and data frames."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

from cinegenre import BadMovie, Fault, FaultCode, Movie, Prediction, Tagger, UserError
from cinegenre.readers.given import Given

from ..tiny.planted import GENRES, HEIGHT, PATCH, WIDTH, planted_bundle

GHOST = "A ghost in the crypt."
CELLS: dict[str, list[Any]] = {
    "Series_Title": ["The Clown", "The Saddle", None],
    "Plot": [GHOST, None, None],
    "tconst": ["tt1", "tt2", "tt3"],
    "genres": [1, 2, 3],
}
FILMS = [
    Movie(id="tt1", title="The Clown", overview=GHOST),
    Movie(id="tt2", title="The Saddle"),
    Movie(id="tt3"),
]
SCORES = [f"score_{genre}" for genre in GENRES]
FRAMES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "pandas": lambda cells: pd.DataFrame(cells, index=range(5, 5 + len(cells["tconst"]))),
    "polars": pl.DataFrame,
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    return Tagger.load(planted_bundle(tmp_path_factory.mktemp("planted") / "bundle"))


@pytest.fixture(scope="module")
def red() -> np.ndarray:
    """A poster that says Western."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[PATCH] = (255, 0, 0)
    return pixels


@pytest.mark.parametrize("film", [FILMS[0], {"name": "The Clown", "plot": GHOST, "id": "tt1"}])
def test_of_one_film_a_list_with_one(tagger: Tagger, film: Any) -> None:
    found = tagger.predict(film)
    assert found == list(tagger.predict([FILMS[0]]))
    assert isinstance(found, list)
    assert tagger.predict_proba(film).shape == (1, len(GENRES))
    assert tagger.explain(film).prediction == found[0]


def test_a_string_is_an_overview(tagger: Tagger) -> None:
    [said] = tagger.predict(GHOST)
    assert said == tagger.predict(Movie(overview=GHOST))[0]
    assert (said.inputs, said.genres) == (["overview"], ["Horror"])


def test_of_many_films_an_iterator(tagger: Tagger) -> None:
    mixed = [GHOST, {"title": "The Clown"}, Movie(title="The Clown"), {"foo": 1}, None]
    found = tagger.predict(mixed)
    assert isinstance(found, Iterator)
    said = list(found)
    assert [each.inputs for each in said] == [["overview"], ["title"], ["title"], [], []]
    faults = [each.fault.code for each in said if each.fault is not None]
    assert faults == [FaultCode.BAD_ROW, FaultCode.NO_INPUT]
    endless = tagger.predict(repeat(GHOST), chunk=2)
    assert next(endless) == said[0]


def test_what_is_no_film_is_an_error_at_once(tagger: Tagger) -> None:
    for wrong in (5, None, b"jpeg"):
        given: Any = wrong
        with pytest.raises(UserError, match="is not a film: give"):
            tagger.predict(given)
    with pytest.raises(BadMovie, match="a dict has none of our keys"):
        tagger.predict({"foo": 1})
    several: Any = [GHOST]
    with pytest.raises(UserError, match="one film"):
        tagger.explain(several)


@pytest.mark.parametrize("kind", FRAMES)
def test_a_data_frames_rows(tagger: Tagger, kind: str) -> None:
    frame = FRAMES[kind](CELLS)
    assert list(tagger.predict(frame)) == list(tagger.predict(FILMS))
    with pytest.raises(BadMovie, match="film 2 of those given: film tt3 has no input"):
        tagger.predict_proba(frame)
    assert tagger.predict_proba(frame[:2]).shape == (2, len(GENRES))


@pytest.mark.parametrize("kind", FRAMES)
def test_a_name_that_looks_mistyped_is_a_note(tagger: Tagger, kind: str) -> None:
    [said] = tagger.predict({"title": "The Clown", "overveiw": GHOST})
    assert (said.inputs, said.lost) == (["title"], said.notes[0])
    assert said.note == 'key "overveiw" is not read: did you mean "overview"?'
    [alone] = tagger.predict({"id": "7", "overveiw": GHOST})
    assert alone.error == said.note
    frame = FRAMES[kind]({"tconst": ["tt1", "tt2"], "title": ["A", "B"], "overveiw": [GHOST] * 2})
    notes = tagger.predict_frame(frame)["note"]
    assert list(notes) == ['column "overveiw" is not read: did you mean "overview"?'] * 2


@pytest.mark.parametrize("kind", FRAMES)
def test_a_data_frame_of_predictions(tagger: Tagger, kind: str) -> None:
    frame = FRAMES[kind](CELLS)
    found = tagger.predict_frame(frame)
    assert type(found) is type(frame)
    assert list(found.columns) == ["genres", *SCORES, "inputs", "error", "note"]
    said = list(tagger.predict(FILMS))
    assert [list(each) for each in found["genres"]] == [each.genres for each in said]
    assert [list(each) for each in found["inputs"]] == [each.inputs for each in said]
    scores = found[SCORES].to_numpy()
    assert scores.dtype == np.float64
    assert np.array_equal(scores[:2], tagger.predict_proba(FILMS[:2]))
    assert np.isnan(scores[2]).all()
    assert [each if isinstance(each, str) else None for each in found["error"]] == [
        each.error for each in said
    ]


def test_pandas_index_is_kept(tagger: Tagger) -> None:
    frame = FRAMES["pandas"](CELLS)
    joined = frame.join(tagger.predict_frame(frame).add_prefix("our_"))
    assert list(joined.index) == [5, 6, 7]
    assert joined.loc[6, "our_inputs"] == ["title"]
    twice = frame.set_axis(["a", "a", "b"])
    assert list(tagger.predict_frame(twice).index) == ["a", "a", "b"]


def test_pandas_index_may_hold_the_ids(tagger: Tagger) -> None:
    frame = FRAMES["pandas"](CELLS).set_index(["tconst", "Series_Title"])
    assert list(tagger.predict(frame)) == list(tagger.predict(FILMS))
    shown = frame.rename_axis(index=["x", None])
    assert {each.id for each in tagger.predict(shown)} == {None}


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_without_rows_or_errors_fit_together(tagger: Tagger, kind: str) -> None:
    frame = FRAMES[kind](CELLS)
    parts = [tagger.predict_frame(part) for part in (frame[:0], frame[:2], frame[2:])]
    join = pd.concat if kind == "pandas" else pl.concat
    whole = join(parts)
    assert len(whole) == 3
    assert list(whole[SCORES[0]].to_numpy()[:2]) == list(tagger.predict_proba(FILMS[:2])[:, 0])


@pytest.mark.parametrize("kind", FRAMES)
def test_columns_are_named_or_missing(tagger: Tagger, kind: str) -> None:
    frame = FRAMES[kind]({"tconst": ["x"], "Handlung": [GHOST]})
    [said] = tagger.predict(frame, columns={"overview": "Handlung"})
    assert said.inputs == ["overview"]
    named = tagger.predict_frame(frame, columns={"overview": "Handlung"})
    assert list(next(iter(named["genres"]))) == said.genres
    for columns, message in (({"overview": "Handlunk"}, "did you mean 'Handlung'"),
                             ({"overvew": "Handlung"}, "did you mean 'overview'")):  # fmt: skip
        with pytest.raises(UserError, match=message):
            tagger.predict_frame(frame, columns=columns)
    strange = FRAMES[kind]({"tconst": ["x"], "b": [1]})
    strange = strange[["b"]]
    with pytest.raises(UserError, match=r'none of our columns.*name it: columns=\{"title"'):
        tagger.predict_frame(strange)


def test_rows_and_columns_of_frames(tagger: Tagger) -> None:
    pandas, polars = FRAMES["pandas"](CELLS), pl.DataFrame(CELLS)
    first = tagger.predict(FILMS[0])
    assert tagger.predict(pandas.iloc[0]) == first
    assert tagger.predict(polars.row(0, named=True)) == first
    rows = list(tagger.predict(FILMS))
    assert list(tagger.predict(row for _, row in pandas.iterrows())) == rows
    assert list(tagger.predict(polars.iter_rows(named=True))) == rows
    for column in (pandas["Plot"], polars["Plot"], pandas["Plot"].to_numpy(), CELLS["Plot"]):
        said = list(tagger.predict(column))
        assert said[0] == tagger.predict(GHOST)[0]
        assert [each.fault is None for each in said] == [True, False, False]


def test_nulls_and_numbers_of_pandas(tagger: Tagger) -> None:
    frame = pd.DataFrame({
        "title": pd.array(["The Clown", pd.NA], dtype="string"),
        "year": pd.array([1979, pd.NA], dtype="Int64"),
        "released": [pd.Timestamp("1979-05-25"), pd.NaT],
        0: [1, 2],
    })  # fmt: skip
    assert [each.inputs for each in tagger.predict(frame)] == [["title"], []]
    twice = pd.DataFrame([["The Clown", "x"]], columns=["title", "title"])
    assert [each.inputs for each in tagger.predict(twice)] == [["title"]]


def test_a_lazy_frame_is_named(tagger: Tagger) -> None:
    for ask in (tagger.predict, tagger.predict_frame):
        given: Any = pl.LazyFrame(CELLS)
        with pytest.raises(UserError, match=r"give frame.collect\(\)"):
            ask(given)


@pytest.mark.parametrize("wrong", [5, GHOST, [GHOST], pd.DataFrame])
def test_what_is_no_frame_is_named(tagger: Tagger, wrong: Any) -> None:
    with pytest.raises(UserError, match="is not a DataFrame: give one of pandas or Polars"):
        tagger.predict_frame(wrong)


def pictures(pixels: np.ndarray, folder: Path) -> dict[str, Any]:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    path = folder / "red.png"
    path.write_bytes(out.getvalue())
    return {"path": path, "name": str(path), "bytes": out.getvalue(), "array": pixels,
            "image": Image.fromarray(pixels), "opened": Image.open(path)}  # fmt: skip


def test_a_poster_of_every_kind_says_the_same(
    tagger: Tagger, red: np.ndarray, tmp_path: Path
) -> None:
    kinds = pictures(red, tmp_path)
    [plain] = tagger.predict(Movie(poster=kinds.pop("bytes")))
    assert plain.genres == ["Western"]
    for poster in kinds.values():
        assert tagger.predict({"poster": poster}) == [plain]
        sent = pickle.loads(pickle.dumps(Movie(poster=poster)))
        assert tagger.predict(sent) == [plain]
    frame = pd.DataFrame({"poster": list(kinds.values())})
    assert list(tagger.predict(frame)) == [plain] * len(kinds)
    assert list(tagger.predict(pl.DataFrame({"poster": [red.tolist()]}))) == [plain]
    explained = tagger.explain({"poster": red})
    assert explained.overlay("Western") is not None
    assert "<img" in explained.page()


def test_a_picture_is_decoded_once(
    tagger: Tagger, red: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = pictures(red, tmp_path)["opened"]
    loads: list[int] = []
    load = opened.load
    monkeypatch.setattr(opened, "load", lambda: loads.append(1) or load())
    monkeypatch.setattr(opened, "tobytes", lambda *_: pytest.fail("encoded"))
    assert tagger.predict(Movie(poster=opened))[0].fault is None
    assert loads == [1]


def test_a_picture_that_cannot_be_read_is_a_note(tagger: Tagger, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (9, 9)).save(path)
    with Image.open(path) as closed:
        pass
    noted: Prediction = tagger.predict(Movie(title="The Clown", poster=closed))[0]
    assert noted.inputs == ["title"]
    assert [(note.code, note.what) for note in noted.notes] == [
        (
            FaultCode.UNREADABLE_POSTER,
            "the poster, a Pillow image, was closed before it was decoded",
        )
    ]
    assert isinstance(tagger.predict({"poster": closed})[0].fault, Fault)


def test_a_title_that_excel_holds_as_a_number() -> None:
    films = Given(("title",)).many(pd.DataFrame({"title": [1917, "Alien"]}))
    assert [film.title for film in films if isinstance(film, Movie)] == ["1917", "Alien"]
