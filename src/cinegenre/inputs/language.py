"""Whether an overview is in a language that a model does not read.

simplemma tells how many of a text's words a language has, but a dictionary takes up to three
seconds and 350 MB, so only those of the languages read are opened; which other language it is, the
lists of stop words tell. Other scripts than Latin speak for themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

NAMES = {
    "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "en": "English",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ms": "Malay", "nb": "Norwegian", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sv": "Swedish", "tr": "Turkish",
    "vi": "Vietnamese",
}  # fmt: skip
"""Languages in Latin letters that we tell apart, by ISO 639-1 code."""

SCRIPTS = {
    "HIRAGANA": ("Japanese", ("ja",)),
    "KATAKANA": ("Japanese", ("ja",)),
    "HANGUL": ("Korean", ("ko",)),
    "CJK": ("Chinese", ("zh", "ja")),
    "CYRILLIC": ("Cyrillic letters", ("be", "bg", "kk", "mk", "mn", "ru", "sr", "uk")),
    "GREEK": ("Greek", ("el",)),
    "ARABIC": ("Arabic letters", ("ar", "fa", "ur")),
    "HEBREW": ("Hebrew letters", ("he", "yi")),
    "DEVANAGARI": ("Devanagari letters", ("hi", "mr", "ne")),
    "THAI": ("Thai", ("th",)),
}
"""The first word of a letter's Unicode name → what we call the text, and the languages it may be.
Kana stand before the Chinese characters that Japanese has beside them."""

OTHER = "another language"
_WORD = re.compile(r"[^\W\d_]+")
_SURE = 0.45
"""Share of stop words above which a text is in that language: English texts mostly have more, the
most English-like of 140 others in The Movies Dataset (French) 0.37."""
_UNKNOWN, _DOUBTFUL = 0.25, 0.6
"""Shares of words in the dictionary: below the first a text is in another language, below the
second it is where another language has more of its stop words. The 140 have 0.57 at most."""
_SAMPLE = 100
"""Different words that are looked up, the most frequent first."""
_LEAST = 4
"""Fewer lower-case words tell nothing: "Directed by Augusto Genina"."""
_ENOUGH = 5000
"""Letters that tell."""


def codes_of(name: str) -> tuple[str, ...]:
    """The ISO 639-1 codes of a language, or of letters, that `other_language` names; none of
    another one that it cannot name.
    """
    named: dict[str, tuple[str, ...]] = {listed: (code,) for code, listed in NAMES.items()}
    for listed, codes in SCRIPTS.values():
        named.setdefault(listed, codes)
    return named.get(name, ())


@lru_cache(maxsize=4096)  # a film's text is asked about when it is read, and when it is encoded
def other_language(text: str, read: tuple[str, ...]) -> str | None:
    """The name of the language `text` is in, or of its letters, unless that is one of `read`.

    `read` are ISO 639-1 codes. None too where it cannot be told: a text of few words, or of names.
    """
    text = unicodedata.normalize("NFC", text[:_ENOUGH])
    script = _script(text)
    if script is not None:
        name, codes = SCRIPTS[script]
        return None if set(codes) & set(read) else name
    words = _WORD.findall(text)
    if not words:
        return None
    small = [word.lower() for word in words]
    ours = max((_share(small, code) for code in read if code in NAMES), default=0.0)
    if ours >= _SURE:
        return None
    # Names stand in no dictionary; they and German nouns begin with a capital.
    plain = [word for word in words if len(word) > 2 and word[0].islower()]
    if len(plain) < _LEAST:
        return None
    shares = {code: _share(small, code) for code in NAMES if code not in read}
    best = max(shares, key=shares.__getitem__, default="")
    other = NAMES[best] if best and shares[best] > max(ours, 0.1) else None
    different = [word for word, _ in Counter(plain).most_common(_SAMPLE)]
    listed = max((_share(different, code) for code in read if code in NAMES), default=0.0)
    if other is None and listed >= _UNKNOWN:
        return None  # whatever the dictionary says, which has the stop words
    known = _known(different, read)
    if known >= _DOUBTFUL:
        return None
    return other or (OTHER if known < _UNKNOWN else None)


def _script(text: str) -> str | None:
    """The script of most letters, where it is one of `SCRIPTS`."""
    if text.isascii():
        return None
    letters = "".join(_WORD.findall(text))
    if len(letters.encode("ascii", "ignore")) * 2 >= len(letters):
        return None
    counts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana + counts["CJK"] > len(letters) / 2:
        return "HIRAGANA"
    [(script, count)] = counts.most_common(1)
    return script if script in SCRIPTS and count > len(letters) / 2 else None


def _share(words: Sequence[str], code: str) -> float:
    """The share of stop words of a language among lower-case `words`."""
    listed = _stop_words(code)
    return sum(map(listed.__contains__, words)) / len(words)


@cache
def _stop_words(code: str) -> frozenset[str]:
    from stop_words import get_stop_words

    words = frozenset(word.lower() for word in get_stop_words(code))
    # The Slovak list has "the", "and" and "of" among its words.
    return words - {"the", "and", "of", "for"} if code == "sk" else words


def _known(words: Iterable[str], read: Sequence[str]) -> float:
    """The share of different `words` that the dictionaries of the languages `read` have."""
    codes = tuple(code for code in read if code in _dictionaries())
    if not codes:
        return 0.0
    return float(_detector(codes).proportion_in_target_languages(" ".join(words)))


@cache
def _dictionaries() -> frozenset[str]:
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return frozenset(SUPPORTED_LANGUAGES)


@cache
def _detector(codes: tuple[str, ...]) -> Any:
    from simplemma import LanguageDetector

    return LanguageDetector(codes)
