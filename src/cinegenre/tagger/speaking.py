"""Decides which encoders read a film's texts, by the language of its overview.

If a bundle's encoders read different languages, a text goes to those that read its language. A text
whose language cannot be detected (a title alone, say) goes to the encoders for the home language.
So does a text that no encoder reads, which callers must remove first if it is to be ignored.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..inputs import TextInput, codes_of, other_language
from ..movie import Movie
from .bundle import Bundle


def spoken(bundle: Bundle, film: Movie) -> str | None:
    """The language (or script) of a film's overview, if it is not the home language.

    Also None if it cannot be detected, and if the bundle does not distinguish languages.
    """
    if not bundle.home or "overview" not in bundle.fields or "overview" not in film.inputs:
        return None
    return other_language(film.overview or "", bundle.home)


def is_read(bundle: Bundle, language: str) -> bool:
    """Whether an encoder reads texts in this language, a name that `spoken` returned."""
    texts = (reads for reads in bundle.inputs.values() if isinstance(reads, TextInput))
    # A fitted bundle lists no languages of its own: its encoders still share them.
    read = set(bundle.languages).union(*(reads.languages for reads in texts))
    return not read.isdisjoint(codes_of(language))


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
