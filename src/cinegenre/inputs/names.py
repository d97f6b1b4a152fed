"""Turns names of companies and people into rows of token numbers, one token per whole name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..movie import Movie
from .text import TextInput


@dataclass(frozen=True, kw_only=True)
class NamesInput(TextInput):
    """The names in the fields "companies" or "people" of a film, each once, in their order.

    Names that the tokenizer does not know share its unknown token, so a film with only such names
    still has this input. `max_tokens` keeps the first names, which in a billed cast are the leads.
    With `words`, each name is followed by its words as tokens of their own. New names can share
    those with names in the training films: "Horror" in "Tiny Horror Films".
    """

    words: bool = False

    @property
    def kind(self) -> str:
        """The `kind` of this input in recipes and bundles."""
        return "names"

    def encode(self, films: Sequence[Movie]) -> list[np.ndarray]:
        """One int32 row (tokens,) per film; empty if the film has none of the fields."""
        names = [tokens_of(film, self.fields, self.max_tokens, self.words) for film in films]
        if not any(names):
            return [np.zeros(0, np.int32) for _ in films]
        rows = self.tokenizer.encode_batch_fast(names, is_pretokenized=True)
        return [np.asarray(row.ids, np.int32) for row in rows]


def tokens_of(film: Movie, fields: Iterable[str], most: int, words: bool) -> list[str]:
    """The tokens of a film's first names: the names and, with `words`, their words, each once."""
    names = names_of(film, fields)[:most]
    parts = [part for name in names for part in name.split()] if words else []
    return list(dict.fromkeys([*names, *parts]))


def names_of(film: Movie, fields: Iterable[str]) -> list[str]:
    """A film's names in lower case, in the order of the fields, each once."""
    written = (each for field in fields for each in getattr(film, field))
    return list(dict.fromkeys(name for each in written if (name := each.strip().casefold())))
