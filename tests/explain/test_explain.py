from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cinegenre import BadMovie, Movie, Tagger, UserError
from cinegenre.explain import Explanation, words
from cinegenre.metrics.arrays import logit
from cinegenre.tagger.runtime import Runtime

from ..tiny import broken
from ..tiny.films import films
from ..tiny.planted import CELL, GENRES, HEIGHT, PATCH, SLOPE, WIDTH, WORDS, planted_bundle
from ..tiny.words import LOOKS


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    return Tagger.load(planted_bundle(tmp_path_factory.mktemp("planted") / "bundle"), threads=1)


def saved(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def poster(times: int = 5) -> bytes:
    """Grey, with a red patch where the planted model looks for one."""
    pixels = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    pixels[PATCH] = (255, 60, 60)
    return saved(pixels.repeat(times, 0).repeat(times, 1))


def film() -> Movie:
    return Movie(
        title="The Crypt, or Saddle!",
        overview="A clown's wife said: the ghost, a ghost of a clown, wears a saddle in Ulm.",
        companies=("Hammer Films", "Ghost & Sons"),
        poster=poster(),
    )


def weights_of(found: Explanation, genre: str) -> dict[tuple[str, int], float]:
    return {
        (word.field, word.start or word.item): word.weight for word in found.genres[genre].words
    }


def odds(tagger: Tagger, film: Movie, genre: str) -> float:
    [prediction] = tagger.predict([film])
    return float(logit(np.array(prediction.scores[genre])))


class TestPlanted:
    def test_every_word_weighs_what_was_planted(self, planted: Tagger) -> None:
        found = planted.explain(film(), GENRES)
        for at, genre in enumerate(GENRES):
            for word in found.genres[genre].words:
                parts = word.text.lower().split() if word.field == "companies" else [word.text]
                said = sum(WORDS.get(part.lower(), (0, 0, 0))[at] for part in parts)
                assert word.weight == pytest.approx(SLOPE * said, abs=1e-4), word

    def test_the_planted_word_comes_first(self, planted: Tagger) -> None:
        found = planted.explain(film(), GENRES)
        first = [word.text for word in found.genres["Horror"].strongest(3)]
        assert sorted(first) == ["Ghost & Sons", "ghost", "ghost"]
        assert [w.text for w in found.genres["Horror"].strongest(1, sign=-1)] == ["clown"]
        assert {w.text for w in found.genres["Western"].strongest(9)} == {"saddle", "Saddle"}
        assert found.genres["Western"].strongest(9, sign=-1) == []

    def test_the_heat_map_peaks_at_the_patch(self, planted: Tagger) -> None:
        found = planted.explain(film(), GENRES)
        grid = found.genres["Western"].poster
        assert grid is not None
        assert grid.shape == (9, 6)
        assert np.unravel_index(grid.argmax(), grid.shape) == CELL
        # What painting over the patch with the mean colour takes, from predictions of their own.
        pixels = np.asarray(Image.open(io.BytesIO(poster(1)))).copy()
        pixels[PATCH] = pixels.reshape(-1, 3).mean(axis=0).round()
        without = replace(film(), poster=saved(pixels))
        lost = odds(planted, film(), "Western") - odds(planted, without, "Western")
        assert lost > 1
        assert grid.sum() == pytest.approx(lost, abs=1e-4)
        for genre in ("Comedy", "Horror"):
            assert np.abs(found.genres[genre].poster).max() < 1e-6

    def test_the_heat_map_is_drawn_there(self, planted: Tagger) -> None:
        found = planted.explain(film(), ["Western"])
        drawn = found.overlay("Western", height=180)
        assert drawn is not None
        image = Image.open(io.BytesIO(drawn)).convert("RGB")
        assert image.size == (120, 180)
        pixels = np.asarray(image).astype(int)
        warm = pixels[:, :, 0] - pixels[:, :, 2]
        row, column = np.unravel_index(warm.argmax(), warm.shape)
        assert (row // 20, column // 20) == CELL
        assert np.abs(warm[140:]).max() < 12  # grey far from it

    def test_each_input_with_and_without_it(self, planted: Tagger) -> None:
        found = planted.explain(film(), GENRES)
        assert found.prediction.inputs == ["title", "overview", "companies", "poster"]
        bare = {"title": None, "overview": None, "companies": (), "poster": None}
        for genre in GENRES:
            assert list(found.genres[genre].inputs) == found.prediction.inputs
            for name, effect in found.genres[genre].inputs.items():
                less, alone = (
                    replace(film(), **{name: bare[name]}),
                    replace(film(), **{key: bare[key] for key in bare if key != name}),
                )
                one, other = (p.scores[genre] for p in planted.predict([less, alone]))
                assert effect.without == pytest.approx(one, abs=1e-6)
                assert effect.alone == pytest.approx(other, abs=1e-6)
                assert effect.all == found.prediction.scores[genre]
        moved = {name: effect.moved for name, effect in found.genres["Western"].inputs.items()}
        assert max(moved, key=lambda name: moved[name] or 0) == "poster"


class TestWhatIsThere:
    def test_only_a_title(self, planted: Tagger) -> None:
        found = planted.explain(Movie(title="Ghost"), ["Horror"])
        reasons = found.genres["Horror"]
        assert [(word.text, round(word.weight, 4)) for word in reasons.words] == [("Ghost", 2.5)]
        assert reasons.poster is None
        assert found.overlay("Horror") is None
        [effect] = reasons.inputs.values()
        assert (effect.without, effect.moved) == (None, None)
        assert effect.alone == pytest.approx(effect.all, abs=1e-6)

    def test_only_a_poster(self, planted: Tagger) -> None:
        reasons = planted.explain(Movie(poster=poster()), ["Western"]).genres["Western"]
        assert reasons.words == ()
        assert reasons.poster is not None
        assert list(reasons.inputs) == ["poster"]

    @pytest.mark.parametrize("name", ["truncated_jpeg", "empty", "text_named_jpg"])
    def test_an_unreadable_poster(self, planted: Tagger, name: str) -> None:
        refused = broken.REFUSED[name]()
        found = planted.explain(replace(film(), poster=refused), ["Horror"])
        assert found.genres["Horror"].poster is None
        assert "poster" not in found.genres["Horror"].inputs
        assert found.prediction.note and found.prediction.note in found.page().replace(
            "&#x27;", "'"
        )
        with pytest.raises(BadMovie, match="poster"):
            planted.explain(Movie(poster=refused))

    @pytest.mark.parametrize("size", [(300, 300), (300, 100), (20, 900), (1, 1)])
    def test_a_poster_of_any_shape(self, planted: Tagger, size: tuple[int, int]) -> None:
        shaped = saved(np.full((size[1], size[0], 3), 90, np.uint8))
        found = planted.explain(Movie(poster=shaped), ["Horror"])
        grid = found.genres["Horror"].poster
        assert grid is not None
        assert 40 <= grid.size <= 54
        assert (grid.shape[0] > grid.shape[1]) == (size[1] > size[0])
        drawn = found.overlay("Horror")
        assert drawn is not None
        assert Image.open(io.BytesIO(drawn)).height <= 600

    def test_a_word_only_the_model_overlooks_weighs_nothing(self, planted: Tagger) -> None:
        found = planted.explain(Movie(title="The ghost", overview="1 2 3 !?"), ["Horror"])
        assert {word.text: word.weight for word in found.genres["Horror"].words}["1"] == 0

    def test_the_decided_genres_unless_asked(self, planted: Tagger) -> None:
        found = planted.explain(film())
        assert list(found.genres) == found.prediction.genres
        assert list(planted.explain(film(), ["Comedy", "Comedy"]).genres) == ["Comedy"]
        with pytest.raises(UserError, match="unknown genre 'Westerns': did you mean 'Western'"):
            planted.explain(film(), ["Westerns"])
        with pytest.raises(UserError, match="unknown explained genre"):
            found.overlay("Musical")
        with pytest.raises(BadMovie, match="no input at all"):
            planted.explain(Movie())

    def test_as_plain_values(self, planted: Tagger) -> None:
        said = json.loads(json.dumps(planted.explain(film(), ["Western"]).as_dict()))
        assert said["inputs"] == ["title", "overview", "companies", "poster"]
        [(genre, reasons)] = said["explained"].items()
        assert genre == "Western"
        assert reasons["threshold"] == 0.5
        assert np.array(reasons["poster"]["weights"]).shape == (9, 6)
        first = reasons["words"][0]
        assert list(first) == ["field", "text", "start", "end", "item", "weight"]
        for word in reasons["words"]:
            value = getattr(film(), word["field"])
            value = value[word["item"]] if word["field"] == "companies" else value
            assert value[word["start"] : word["end"]] == word["text"]
        assert set(reasons["inputs"]["poster"]) == {"all", "without", "alone"}


class TestBounds:
    @pytest.fixture
    def run_rows(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        rows: list[int] = []
        encode = Runtime.encode_tokens

        def counted(self: Runtime, name: str, texts: list[np.ndarray], pad_id: int) -> np.ndarray:
            rows.append(len(texts))
            return encode(self, name, texts, pad_id)

        monkeypatch.setattr(Runtime, "encode_tokens", counted)
        return rows

    def test_a_book_as_an_overview(self, planted: Tagger, run_rows: list[int]) -> None:
        book = Movie(title="Saddle", overview="ghost clown " * 50_000)
        reasons = planted.explain(book, ["Horror"]).genres["Horror"]
        assert len(reasons.words) == 40  # max_tokens
        assert max(run_rows) <= 41
        # Without a ghost in the text a later one moves up: it is the last to be gained.
        assert reasons.words[1].text == "ghost"

    def test_neighbours_share_a_run_where_there_are_too_many(
        self, planted: Tagger, run_rows: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        long = Movie(overview="ghost clown saddle crypt " * 5)
        alone = planted.explain(long, ["Horror"]).genres["Horror"].words
        run_rows.clear()
        monkeypatch.setattr(words, "RUNS", 10)
        pairs = planted.explain(long, ["Horror"]).genres["Horror"].words
        assert max(run_rows) <= 11
        assert pairs[0].weight == pairs[1].weight
        assert len(pairs) == len(alone) == 20
        for at in range(0, 20, 2):
            mean = (alone[at].weight + alone[at + 1].weight) / 2
            assert pairs[at].weight == pytest.approx(mean, abs=1e-4)

    def test_the_poster_is_run_alone(self, planted: Tagger, run_rows: list[int]) -> None:
        planted.explain(Movie(title="The ghost", poster=poster()), ["Horror"])
        # Of texts: predicted, read, the title less its words, the title alone.
        assert sum(run_rows) <= 6


class TestLearned:
    """On a model that was trained, against predictions of changed films."""

    @pytest.fixture
    def tagger(self, bundle: Path) -> Tagger:
        return Tagger.load(bundle, threads=1)

    def test_words_by_leaving_them_out_by_hand(self, tagger: Tagger) -> None:
        film = Movie(title="The Quiet Kiss", overview="A demon haunts the cellar. A widow mourns.")
        for genre in ("Horror", "Drama", "Romance"):
            found = tagger.explain(film, [genre]).genres[genre]
            for word in found.words:
                value = getattr(film, word.field)
                less = replace(film, **{word.field: value[: word.start] + value[word.end :]})
                lost = odds(tagger, film, genre) - odds(tagger, less, genre)
                assert word.weight == pytest.approx(lost, abs=1e-3), word

    def test_patches_by_painting_over_them_by_hand(self, tagger: Tagger) -> None:
        pixels = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
        mean = pixels.reshape(-1, 3).mean(axis=0).round()
        whole = Movie(title="The Ghost", poster=saved(pixels))
        grid = tagger.explain(whole, ["Horror"]).genres["Horror"].poster
        assert grid is not None
        assert grid.shape == (7, 7)
        base = odds(tagger, whole, "Horror")
        scales = []
        for side, step in ((2, 1), (4, 2)):
            shares: list[list[list[float]]] = [[[] for _ in range(7)] for _ in range(7)]
            for top in range(step - side, 7, step):
                for left in range(step - side, 7, step):
                    cells = [
                        (r, c) for r in range(top, top + side) for c in range(left, left + side)
                    ]
                    cells = [(r, c) for r, c in cells if 0 <= r < 7 and 0 <= c < 7]
                    painted = pixels.copy()
                    for y in range(32):
                        for x in range(32):
                            if (y * 7 // 32, x * 7 // 32) in cells:
                                painted[y, x] = mean
                    less = odds(tagger, replace(whole, poster=saved(painted)), "Horror")
                    for r, c in cells:
                        shares[r][c].append((base - less) / len(cells))
            scales.append([[sum(cell) / len(cell) for cell in row] for row in shares])
        assert grid == pytest.approx(np.mean(scales, axis=0), abs=1e-4)

    def test_a_genres_own_words_speak_for_it(self, tagger: Tagger) -> None:
        """The strongest word of most films is one that only the genre's films use."""
        told = [f for f in films(60) if "overview" in f.inputs and len(f.genres) == 1][:12]
        hits = 0
        for film in told:
            [genre] = film.genres
            found = tagger.explain(replace(film, poster=None), [genre]).genres[genre]
            look = LOOKS[genre]
            own = {part for phrase in (*look.nouns, *look.verbs) for part in phrase.split()}
            hits += any(word.text.lower() in own for word in found.strongest(1))
        assert hits >= len(told) * 0.7
