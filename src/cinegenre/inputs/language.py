"""Detects overviews in a language that a model does not read.

simplemma gives the share of a text's words that are in a language's dictionary. A dictionary takes
up to three seconds and 350 MB, so only those of the model's languages are opened, and the other
language is named by its stop words. Scripts other than Latin are recognised by their letters.
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
"""The languages in Latin script that are recognised, by ISO 639-1 code."""

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
"""First word of a letter's Unicode name → the name of the language or script, and the languages
that are written in it. Kana must come before Chinese characters: Japanese texts have both."""

OTHER = "another language"
_WORD = re.compile(r"[^\W\d_]+")
_SURE = 0.45
"""Share of stop words above which a text counts as being in that language. English texts mostly
have more; of 140 other texts in The Movies Dataset the highest share of English ones is 0.37."""
_UNKNOWN, _DOUBTFUL = 0.25, 0.6
"""Shares of words in the dictionary. Below the first, a text counts as being in another language;
below the second, only if another language has more of its stop words. The 140 texts have at most
0.57."""
_SAMPLE = 100
"""Number of different words that are looked up, the most frequent first."""
_LEAST = 4
"""Number of lower-case words from which a text is judged: "Directed by Augusto Genina" is not."""
_ENOUGH = 5000
"""Number of letters that are looked at."""


def codes_of(name: str) -> tuple[str, ...]:
    """The ISO 639-1 codes of the language or script `name`, as `other_language` names it.

    There are none if `other_language` does not know the name.
    """
    named: dict[str, tuple[str, ...]] = {listed: (code,) for code, listed in NAMES.items()}
    for listed, codes in SCRIPTS.values():
        named.setdefault(listed, codes)
    return named.get(name, ())


@lru_cache(maxsize=4096)  # a film's text is looked at when it is read and again when it is encoded
def other_language(text: str, read: tuple[str, ...]) -> str | None:
    """The name of the language or script that `text` is in; None if it is one of `read`.

    `read` are ISO 639-1 codes. None also if the language is unclear, as in a text of few words or
    of names.
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
    # Names are in no dictionary, so words with a capital are left out, German nouns among them.
    plain = [word for word in words if len(word) > 2 and word[0].islower()]
    if len(plain) < _LEAST:
        return None
    shares = {code: _share(small, code) for code in NAMES if code not in read}
    best = max(shares, key=shares.__getitem__, default="")
    other = NAMES[best] if best and shares[best] > max(ours, 0.1) else None
    different = [word for word, _ in Counter(plain).most_common(_SAMPLE)]
    listed = max((_share(different, code) for code in read if code in NAMES), default=0.0)
    if other is None and listed >= _UNKNOWN:
        return None  # the stop words suffice, and the dictionary need not be opened
    known = _known(different, read)
    if known >= _DOUBTFUL:
        return None
    return other or (OTHER if known < _UNKNOWN else None)


def _script(text: str) -> str | None:
    """The script of most letters, if it is one of `SCRIPTS`."""
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
    # The Slovak list contains the English "the", "and", "of" and "for".
    return words - {"the", "and", "of", "for"} if code == "sk" else words


def _known(words: Iterable[str], read: Sequence[str]) -> float:
    """The share of different `words` that are in the dictionaries of the languages `read`."""
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
