"""Which encoders read a film's texts, by the language that its overview is in.

Where a bundle's encoders share the languages among them, a text goes to those that read its own.
One whose language is not told, as of a title alone, goes to those that read the home language, and
so does a text that none of them reads: whoever wants it passed over takes it away before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..inputs import TextInput, codes_of, other_language
from ..movie import Movie
from .bundle import Bundle


def spoken(bundle: Bundle, film: Movie) -> str | None:
    """The language of a film's overview, or its letters, unless it is the home language.

    None too where it cannot be told, and of a bundle that does not distinguish languages.
    """
    if not bundle.home or "overview" not in bundle.fields or "overview" not in film.inputs:
        return None
    return other_language(film.overview or "", bundle.home)


def is_read(bundle: Bundle, language: str) -> bool:
    """Whether some encoder reads texts in a language that `spoken` named."""
    return not set(codes_of(language)).isdisjoint(bundle.languages)


def hush(bundle: Bundle, names: Sequence[str], films: Sequence[Movie], present: np.ndarray) -> None:
    """Set `present`, bool (films, `names`), to False in place where an encoder does not read the
    language of a film's texts.
    """
    reads = {
        at: set(each.languages)
        for at, name in enumerate(names)
        if isinstance(each := bundle.inputs[name], TextInput) and each.languages
    }
    if not reads:
        return
    for row, film in enumerate(films):
        language = spoken(bundle, film)
        foreign = language is not None and is_read(bundle, language)
        codes = set(codes_of(language)) if foreign and language else set(bundle.home)
        for at, read in reads.items():
            present[row, at] &= not read.isdisjoint(codes)
