"""Weights of words per genre: the log-odds with the word minus those without it.

Li, Monroe and Jurafsky, "Understanding Neural Networks through Representation Erasure" (2016),
equation 1, with log-odds for their log-likelihood, as Robnik-Šikonja and Kononenko, "Explaining
Classifications for Individual Instances" (2008), equation 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..inputs import PosterInput, TextInput
from ..movie import INPUTS, Movie
from ..tagger.runtime import Features, Runtime
from .base import Base
from .units import Unit, cut, units_of, without

if TYPE_CHECKING:
    from ..tagger.tagger import Tagger

RUNS = 128
"""The most texts that one explanation runs. If more words are read, neighbours share a run."""

LISTED = 1000
"""The most units that are listed for a text that does not fill its tokens."""

FEW_FILL = 16
"""Units that are looked at for each token of `max_tokens`, because stop words fill no token."""


def word_weights(tagger: Tagger, base: Base) -> tuple[list[Unit], np.ndarray]:
    """The units of a film's texts that the model reads, and their weights, (units, genres).

    A unit whose absence the model cannot see (such as a stop word that cleaning removes) has weight
    0 and needs no run. Text beyond `max_tokens` is not listed. Units that share a run share its
    weight equally. If nothing of a text is left, it is read as one unknown word, because leaving
    out a part must not remove the input.
    """
    texts = _texts(tagger.runtime, base.features)
    read: dict[Unit, None] = {}
    parts: list[Movie] = []
    for reads in texts.values():
        own = units_of(base.film, reads.fields, FEW_FILL * reads.max_tokens)
        kept = reach(reads, base.film, own)
        read |= dict.fromkeys(own[:kept])
        # When words are left out, later ones move into the tokens read, so some must be kept.
        parts.append(cut(base.film, own, reads.fields, 2 * kept + 64))
    film = _longest(base.film, parts)
    units = sorted(read, key=lambda unit: (INPUTS.index(unit.field), unit.item, unit.start))
    weights = np.zeros((len(units), len(tagger.genres)))
    seen = _seen(texts, film, units)
    groups = grouped(seen, units, RUNS)
    if not groups:
        return units, weights
    films = [film, *(without(film, [units[i] for i in group]) for group in groups)]
    features = {
        name: _encode(tagger.runtime, name, texts[name], films)
        if name in texts
        else np.repeat(part, len(films), axis=0)
        for name, part in base.features.features.items()
    }
    odds = base.log_odds(tagger, features)
    for group, less in zip(groups, odds[1:], strict=True):
        weights[group] = (odds[0] - less) / len(group)
    return units, weights


def reach(reads: TextInput, film: Movie, units: Sequence[Unit]) -> int:
    """How many of the units of a film's `reads.fields` are needed to fill the tokens that it reads.

    For a shorter text, all of them, even if cleaning removes the last ones.
    """

    def enough(kept: int) -> bool:
        return np.array_equal(reads.encode([cut(film, units, reads.fields, kept)])[0], whole)

    whole = reads.encode([film])[0]
    if len(whole) < reads.max_tokens and len(units) <= LISTED:
        return len(units)
    # Doubling first keeps this fast for a text as long as a book.
    high = 1
    while high < len(units) and not enough(high):
        high *= 2
    low, high = high // 2, min(high, len(units))
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return high


def grouped(chosen: Sequence[int], units: Sequence[Unit], most: int) -> list[list[int]]:
    """Divide `chosen` into at most `most` groups of neighbours in one field, as small as possible.

    There are more groups only if there are more fields than `most`.
    """
    by_field: dict[str, list[int]] = {}
    for i in chosen:
        by_field.setdefault(units[i].field, []).append(i)
    size = 1
    while size < len(chosen) and sum(-(-len(part) // size) for part in by_field.values()) > most:
        size += 1
    return [part[i : i + size] for part in by_field.values() for i in range(0, len(part), size)]


def _texts(runtime: Runtime, features: Features) -> dict[str, TextInput]:
    """The text inputs that the film has."""
    return {
        name: reads
        for i, (name, reads) in enumerate(runtime.bundle.inputs.items())
        if not isinstance(reads, PosterInput) and features.present[0, i]
    }


def _longest(film: Movie, parts: Sequence[Movie]) -> Movie:
    """The film with each field as long as it is in the longest of `parts`."""
    fields = [field for field in film.inputs if field != "poster"]
    kept = {
        field: max((getattr(part, field) for part in parts), key=lambda value: len(value or ""))
        for field in (fields if parts else ())
    }
    return replace(film, **kept)


def _seen(texts: Mapping[str, TextInput], film: Movie, units: Sequence[Unit]) -> list[int]:
    """Indices of the units whose absence changes the tokens that an encoder reads."""
    films = [film, *(without(film, [unit]) for unit in units)]
    changed = np.zeros(len(units), bool)
    for reads in texts.values():
        whole, *rows = reads.encode(films)
        changed |= np.array([not np.array_equal(row, whole) for row in rows], bool)
    return np.flatnonzero(changed).tolist()


def _encode(runtime: Runtime, name: str, reads: TextInput, films: Sequence[Movie]) -> np.ndarray:
    """Encode texts to (films, width), running each different text once."""
    rows = [row if len(row) else _blank(reads) for row in reads.encode(films)]
    keys = [row.tobytes() for row in rows]
    different = dict(zip(keys, rows, strict=True))
    encoded = runtime.encode_tokens(name, list(different.values()), reads.pad_id)
    places = {key: i for i, key in enumerate(different)}
    return np.asarray(encoded[[places[key] for key in keys]])


def _blank(reads: TextInput) -> np.ndarray:
    """The tokens that represent a text without words: one unknown word."""
    around = reads.tokenizer.encode("").ids if reads.cleaning is None else []
    unknown = reads.tokenizer.token_to_id(getattr(reads.tokenizer.model, "unk_token", None) or "")
    return np.array(around or [reads.pad_id if unknown is None else unknown], np.int32)
