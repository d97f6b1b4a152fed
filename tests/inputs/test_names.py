from __future__ import annotations

import pytest

from cinegenre import Movie, UserError
from cinegenre.inputs import NamesInput, TextInput
from cinegenre.inputs.names import names_of, tokens_of
from cinegenre.inputs.text import PAD, UNKNOWN, build_vocabulary

from ..tiny.pretrained import tokenizer


def names_input(max_tokens: int = 10) -> NamesInput:
    films = [
        Movie(companies=("Iron Harbour", "Lantern, Inc.")),
        Movie(companies=("iron harbour ",), people=("Ana Ruiz",)),
    ]
    fields = ("companies", "people")
    words = build_vocabulary((names_of(film, fields) for film in films), size=10)
    return NamesInput(fields=fields, tokenizer=words, max_tokens=max_tokens)


def test_the_vocabulary_is_of_whole_names_the_most_frequent_first() -> None:
    assert names_input().tokenizer.get_vocab() == {
        PAD: 0, UNKNOWN: 1, "iron harbour": 2, "ana ruiz": 3, "lantern, inc.": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("film", "row"),
    [
        (Movie(companies=(" IRON Harbour", "Lantern, Inc."), people=("Ana Ruiz",)), [2, 4, 3]),
        (Movie(people=("Ana Ruiz",), companies=("Iron Harbour",)), [2, 3]),
        (Movie(people=("Ana Ruiz", "ana ruiz", "Bo")), [3, 1]),
        (Movie(people=("Nobody Known", "Nor He")), [1, 1]),
        (Movie(people=("Ana", "Ruiz")), [1, 1]),
        (Movie(people=("", "  ")), []),
        (Movie(title="Ana Ruiz"), []),
        (Movie(people=("[PAD]", "Ana Ruiz")), [1, 3]),
    ],
)
def test_a_films_names(film: Movie, row: list[int]) -> None:
    assert [found.tolist() for found in names_input().encode([film, Movie()])] == [row, []]


def test_the_first_names_are_kept() -> None:
    film = Movie(people=("Ana Ruiz", "Bo", "Cy", "Di"))
    assert names_input(max_tokens=2).encode([film])[0].tolist() == [3, 1]


def test_with_words_an_unknown_name_says_what_its_words_do() -> None:
    films = [Movie(companies=("Iron Harbour", "Harbour Lane", "Lane"))]
    rows = [tokens_of(film, ("companies",), 10, words=True) for film in films]
    assert rows == [["iron harbour", "harbour lane", "lane", "iron", "harbour"]]
    reads = NamesInput(
        fields=("companies",), tokenizer=build_vocabulary(rows, 20), max_tokens=2, words=True
    )
    known = reads.tokenizer.get_vocab()
    [row] = reads.encode([Movie(companies=("Harbour Nights", "Iron Harbour", "Lane"))])
    assert row.tolist() == [
        known[UNKNOWN], known["iron harbour"], known["harbour"], known[UNKNOWN], known["iron"]
    ]  # fmt: skip


def raw(max_tokens: int, **more: str) -> TextInput:
    return TextInput(
        fields=("title", "overview"), tokenizer=tokenizer(), max_tokens=max_tokens, **more
    )


def said(reads: TextInput, film: Movie) -> list[str]:
    return [reads.tokenizer.id_to_token(i) for i in reads.encode([film])[0].tolist()]


def test_raw_text_is_cut_between_the_tokens_that_frame_it() -> None:
    film = Movie(title="Word1 word2", overview="word3 word4")
    assert said(raw(10), film) == ["[CLS]", "word1", "word2", "word3", "word4", "[SEP]"]
    assert said(raw(5), film) == ["[CLS]", "word1", "word2", "word3", "[SEP]"]
    assert said(raw(10, separator=" word9 "), film)[2:5] == ["word2", "word9", "word3"]


def test_special_tokens_in_a_text_are_only_letters() -> None:
    row = said(raw(10), Movie(overview="word1 [SEP] word2 [PAD]"))
    assert row[0] == "[CLS]" and row[-1] == "[SEP]"
    assert "[PAD]" not in row and "[SEP]" not in row[:-1]


def test_no_room_for_a_text() -> None:
    with pytest.raises(UserError, match="max_tokens is 2, and the tokenizer adds 2"):
        raw(2)
