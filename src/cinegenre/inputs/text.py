"""Turns texts of films into rows of token numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from tokenizers import Tokenizer, models

from ..errors import UserError
from ..movie import Movie
from .cleaning import Cleaning
from .late import LateTokenizer
from .pieces import PieceTokenizer

PAD, UNKNOWN = "[PAD]", "[UNK]"
KEEP_STOP_WORDS = ("title", "companies", "people")
"""Fields that keep their stop words: a title such as "Who Am I" has no other words."""


@dataclass(frozen=True, kw_only=True)
class TextInput:
    """One sequence of tokens from the fields of a film, joined in the order of `fields`.

    With `cleaning` the tokenizer gets the cleaned words, otherwise the raw text with the fields
    joined by `separator`. `max_tokens` truncates the joined sequence; the tokens that a tokenizer
    adds to a raw text ("[CLS]", "[SEP]") are kept and count. `pad_token` is the tokenizer's own.
    `languages` are the ISO 639-1 codes of the languages that its encoder reads (none: any).
    """

    fields: tuple[str, ...]
    tokenizer: Tokenizer  # or a LateTokenizer or PieceTokenizer, which behave like one
    max_tokens: int
    cleaning: Cleaning | None = None
    separator: str = " "
    pad_token: str = PAD
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind != "text":
            return
        if isinstance(self.tokenizer, LateTokenizer):
            self.tokenizer.prepare = self._prepare
        else:
            self._prepare(self.tokenizer)

    def _prepare(self, tokenizer: Tokenizer | PieceTokenizer) -> None:
        around = tokenizer.num_special_tokens_to_add(False)
        if self.max_tokens <= around:
            raise UserError(
                f"max_tokens is {self.max_tokens}, and the tokenizer adds {around} of its own",
                f"set it above {around}",
            )
        # The file has the padding and truncation that were set when it was saved.
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.max_tokens)
        # Otherwise a text that contains "[PAD]" or "[SEP]" would be read as those tokens.
        tokenizer.encode_special_tokens = True

    @property
    def kind(self) -> str:
        """The `kind` of this input in recipes and bundles: "words" with `cleaning`, else "text"."""
        return "words" if self.cleaning else "text"

    @property
    def vocabulary(self) -> int:
        """The number of tokens that the tokenizer knows."""
        return int(self.tokenizer.get_vocab_size())

    @property
    def pad_id(self) -> int:
        """The token number that pads rows to the length of the batch; encoders mask it."""
        return int(self.tokenizer.token_to_id(self.pad_token) or 0)

    def read_ahead(self, films: Iterable[Movie]) -> bool:
        """Begin to read the tokenizer's file if a film has a text for it; whether it is begun."""
        return (
            isinstance(self.tokenizer, LateTokenizer)
            and any(not set(self.fields).isdisjoint(film.inputs) for film in films)
            and self.tokenizer.read_ahead()
        )

    def encode(self, films: Sequence[Movie]) -> list[np.ndarray]:
        """One int32 row (tokens,) per film; empty if the film has none of the fields."""
        if self.cleaning is None:
            texts: list[str | list[str]] = [
                self.separator.join(_texts(f, self.fields)) for f in films
            ]
        else:
            texts = [
                list(islice(cleaned(f, self.fields, self.cleaning), self.max_tokens)) for f in films
            ]
        if not any(texts):
            return [np.zeros(0, np.int32) for _ in films]
        rows = self.tokenizer.encode_batch_fast(
            texts, is_pretokenized=self.cleaning is not None, add_special_tokens=True
        )
        return [
            np.asarray(row.ids[: self.max_tokens] if text else (), np.int32)
            for text, row in zip(texts, rows, strict=True)
        ]


def cleaned(film: Movie, fields: Iterable[str], cleaning: Cleaning) -> Iterator[str]:
    """The cleaned words of a film's fields, in the order of the fields."""
    for field in fields:
        for text in _texts(film, (field,)):
            yield from cleaning.words(text, keep_stop_words=field in KEEP_STOP_WORDS)


def build_vocabulary(rows: Iterable[Iterable[str]], size: int) -> Tokenizer:
    """A word-level tokenizer of the most frequent words of `rows`: `size` tokens, of which two are
    the unknown word and padding.

    Words of equal frequency are in alphabetical order, so the same rows give the same numbers.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row)
    kept = sorted(counts, key=lambda word: (-counts[word], word))[: max(size - 2, 0)]
    vocabulary = {word: number for number, word in enumerate((PAD, UNKNOWN, *kept))}
    return Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))


def pad(rows: Sequence[np.ndarray], pad_id: int) -> np.ndarray:
    """Pad rows of different lengths to one int64 array (rows, longest), at least one wide."""
    width = max((len(row) for row in rows), default=1)
    result = np.full((len(rows), max(width, 1)), pad_id, np.int64)
    for filled, row in zip(result, rows, strict=True):
        filled[: len(row)] = row
    return result


def _texts(film: Movie, fields: Iterable[str]) -> list[str]:
    """The texts of those fields that the film has, in the order of `fields`."""
    present = film.inputs
    values = [getattr(film, field) for field in fields if field in present]
    return [value if isinstance(value, str) else ", ".join(value) for value in values]
