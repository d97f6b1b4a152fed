"""Names of companies and people to rows of token numbers, each whole name one token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..movie import Movie
from .text import TextInput


@dataclass(frozen=True, kw_only=True)
class NamesInput(TextInput):
    """The names in the named fields of a film ("companies", "people"), each once, in their order.

    Names the tokenizer does not know share its unknown token, so a film with only such names has
    this input all the same. `max_tokens` keeps the first names: the leads, where a cast is billed.
    With `words` each name is followed by its words as tokens of their own, which names that the
    training films lack share with others: "Horror" of "Tiny Horror Films".
    """

    words: bool = False

    @property
    def kind(self) -> str:
        """What a recipe and a bundle call it."""
        return "names"

    def encode(self, films: Sequence[Movie]) -> list[np.ndarray]:
        """One int32 row a film, (tokens,); empty where the film has none of the fields."""
        names = [tokens_of(film, self.fields, self.max_tokens, self.words) for film in films]
        if not any(names):
            return [np.zeros(0, np.int32) for _ in films]
        rows = self.tokenizer.encode_batch_fast(names, is_pretokenized=True)
        return [np.asarray(row.ids, np.int32) for row in rows]


def tokens_of(film: Movie, fields: Iterable[str], most: int, words: bool) -> list[str]:
    """The tokens of a film's first names: the names, and with `words` their words, each once."""
    names = names_of(film, fields)[:most]
    parts = [part for name in names for part in name.split()] if words else []
    return list(dict.fromkeys([*names, *parts]))


def names_of(film: Movie, fields: Iterable[str]) -> list[str]:
    """A film's names in the order of the fields, case and outer spaces aside, each once."""
    written = (each for field in fields for each in getattr(film, field))
    return list(dict.fromkeys(name for each in written if (name := each.strip().casefold())))
