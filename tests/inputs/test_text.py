from __future__ import annotations

import numpy as np
import pytest

from cinegenre import Movie, UserError
from cinegenre.inputs import Cleaning, TextInput, cleaning, pad
from cinegenre.inputs.text import PAD, UNKNOWN, build_vocabulary, cleaned

TEXT = "In 1969, the 3 Students weren't running; she's watching girls' U.F.O. movies."


def words(text: str, **switches: bool) -> list[str]:
    return list(Cleaning(**switches).words(text))


def test_the_papers_cleaning_takes_every_step() -> None:
    assert words(TEXT) == ["student", "run", "watch", "girl", "movie"]


@pytest.mark.parametrize(
    ("switch", "gained"),
    [
        ("lower_case", {"Students"}),
        ("drop_punctuation", {",", ";", "."}),
        ("drop_digits", {"1969", "3"}),
        ("lemmas", {"students", "running", "girls"}),
        ("drop_stop_words", {"the", "in"}),
    ],
)
def test_each_step_is_a_switch(switch: str, gained: set[str]) -> None:
    """Without the step something comes through that the whole cleaning takes out."""
    off = {switch: False} | ({"lemmas": False} if switch == "lower_case" else {})
    assert gained <= set(words(TEXT, **off))
    assert not gained & set(words(TEXT))


@pytest.mark.parametrize("step", ["lemmas", "drop_stop_words"])
def test_an_unknown_language_is_named(step: str) -> None:
    only = {"lemmas": False, "drop_stop_words": False} | {step: True}
    with pytest.raises(UserError, match="known for the language 'xx'"):
        list(Cleaning(language="xx", **only).words("a film"))


def test_curly_apostrophes_are_apostrophes() -> None:
    assert words("They don’t know it’s over") == words("They don't know it's over")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("قصة حب في القاهرة", 4), ("你好 世界", 2), ("l'été à Paris", 3), ("😀 🎬", 0), ("  \n\t", 0)],
)
def test_text_in_any_language(text: str, kept: int) -> None:
    assert len(words(text)) == kept


def test_titles_keep_their_stop_words_and_overviews_do_not() -> None:
    film = Movie(title="Who Am I", overview="Who Am I")
    assert list(cleaned(film, ("title",), Cleaning())) == ["who", "be", "i"]
    assert list(cleaned(film, ("overview",), Cleaning())) == []


def test_vocabulary_keeps_the_most_frequent_words() -> None:
    tokenizer = build_vocabulary([["b", "a", "a"], ["c", "b", "a", "d"]], size=4)
    assert tokenizer.get_vocab() == {PAD: 0, UNKNOWN: 1, "a": 2, "b": 3}


def text_input(max_tokens: int = 10) -> TextInput:
    tokenizer = build_vocabulary([["ship", "sea", "storm"]], size=10)
    return TextInput(
        fields=("title", "overview"),
        tokenizer=tokenizer,
        max_tokens=max_tokens,
        cleaning=Cleaning(),
    )


def test_fields_are_joined_in_order_and_unknown_words_numbered_one() -> None:
    reads = text_input()
    [row] = reads.encode([Movie(title="Storm", overview="A dragon at sea")])
    vocabulary = reads.tokenizer.get_vocab()
    assert row.tolist() == [vocabulary["storm"], vocabulary[UNKNOWN], vocabulary["sea"]]


def test_absent_and_placeholder_texts_are_empty_rows() -> None:
    films = [Movie(), Movie(overview="No overview found."), Movie(title=" ", overview="😀")]
    assert [len(row) for row in text_input().encode(films)] == [0, 0, 0]


def test_a_text_of_100_000_words_is_cut_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(cleaning, "_lemma", lambda word, _: seen.append(word) or word)
    [row] = text_input(max_tokens=7).encode([Movie(overview="ship storm " * 50_000)])
    assert len(row) == len(seen) == 7


def test_pad_fills_with_the_padding_token() -> None:
    padded = pad([np.array([5, 6, 7], np.int32), np.array([], np.int32)], 0)
    assert padded.tolist() == [[5, 6, 7], [0, 0, 0]]
    assert padded.dtype == np.int64
    assert pad([], 0).shape == (0, 1)
