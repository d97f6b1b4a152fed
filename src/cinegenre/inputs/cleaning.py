"""The text cleaning of Mavromatakis, section 2.2.1, with a switch for each step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from ..errors import UserError

_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """The steps of cleaning. The paper takes all of them, but keeps the stop words of titles.

    The paper does not give its tokeniser's pattern; ours takes a run of letters and digits with
    inner apostrophes, or one punctuation mark. `language` (ISO 639-1) chooses the lemmas and stop
    words.
    """

    lower_case: bool = True
    drop_punctuation: bool = True
    drop_digits: bool = True
    lemmas: bool = True
    drop_stop_words: bool = True
    language: str = "en"

    def words(self, text: str, *, keep_stop_words: bool = False) -> Iterator[str]:
        """Yield the cleaned words of `text` lazily: a caller may stop after the first few."""
        stop_words = (
            _stop_words(self.language)
            if self.drop_stop_words and not keep_stop_words
            else frozenset[str]()
        )
        for match in _TOKEN.finditer(text.replace("’", "'")):
            word = match[0].lower() if self.lower_case else match[0]
            if self.drop_punctuation and not (word[0].isalnum() or word[0] == "_"):
                continue
            if self.drop_digits:
                word = _DIGITS.sub("", word)
            # Must come before the lemmas: "was" is a stop word, but its lemma "be" may not be.
            if not word or word.lower() in stop_words:
                continue
            if self.lemmas:
                word = _lemma(word, self.language)
                # simplemma writes names with a capital: "cambridge" becomes "Cambridge".
                word = word.lower() if self.lower_case else word
            yield word


@cache
def _stop_words(language: str) -> frozenset[str]:
    from stop_words import StopWordError, get_stop_words

    try:
        return frozenset(get_stop_words(language))
    except StopWordError:
        raise UserError(
            f"no stop words are known for the language {language!r}",
            "name it by its ISO 639-1 code, such as en, or set drop_stop_words = false",
        ) from None


@cache
def _lemmatizer(language: str) -> Callable[[str], str]:
    from simplemma import Lemmatizer

    lemmatizer = Lemmatizer()
    try:
        lemmatizer.lemmatize("word", lang=language)
    except ValueError:
        raise UserError(
            f"no lemmas are known for the language {language!r}",
            "name it by its ISO 639-1 code, such as en, or set lemmas = false",
        ) from None
    return partial(lemmatizer.lemmatize, lang=language)


def _lemma(word: str, language: str) -> str:
    return _lemmatizer(language)(word)
