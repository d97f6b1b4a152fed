"""The codes of languages that tables name: English, eng and en-US are en."""

from __future__ import annotations

import re

_NAMES = {
    "ar": "arabic ara", "bg": "bulgarian bul", "bn": "bengali bangla ben", "bs": "bosnian bos",
    "ca": "catalan cat", "cn": "cantonese yue", "cs": "czech cze ces", "da": "danish dan",
    "de": "german ger deu deutsch", "el": "greek gre ell", "en": "english eng",
    "es": "spanish castilian spa español", "et": "estonian est", "eu": "basque baq eus",
    "fa": "persian farsi per fas", "fi": "finnish fin suomi", "fr": "french fre fra français",
    "ga": "irish gle", "gl": "galician glg", "gu": "gujarati guj", "he": "hebrew heb",
    "hi": "hindi hin", "hr": "croatian hrv", "hu": "hungarian hun magyar", "hy": "armenian arm hye",
    "id": "indonesian ind", "is": "icelandic ice isl", "it": "italian ita italiano",
    "ja": "japanese jpn", "ka": "georgian geo kat", "kk": "kazakh kaz", "kn": "kannada kan",
    "ko": "korean kor", "la": "latin lat", "lt": "lithuanian lit", "lv": "latvian lav",
    "mk": "macedonian mac mkd", "ml": "malayalam mal", "mn": "mongolian mon", "mr": "marathi mar",
    "ms": "malay may msa", "ne": "nepali nep", "nl": "dutch flemish dut nld nederlands",
    "no": "norwegian nor", "pa": "punjabi panjabi pan", "pl": "polish pol polski",
    "pt": "portuguese por português", "ro": "romanian rum ron", "ru": "russian rus",
    "sk": "slovak slo slk", "sl": "slovenian slv", "sq": "albanian alb sqi", "sr": "serbian srp",
    "sv": "swedish swe svenska", "ta": "tamil tam", "te": "telugu tel", "th": "thai tha",
    "tl": "tagalog filipino tgl fil", "tr": "turkish tur türkçe", "uk": "ukrainian ukr",
    "ur": "urdu urd", "vi": "vietnamese vie", "zh": "chinese mandarin chi zho cmn",
}  # fmt: skip
"""Code, as TMDB has it → the language's name in English, its codes of three letters, its own name.
"""
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}
_SEVERAL = re.compile(r"\s*[,;|/]\s*|\s+\(")
_REGION = re.compile(
    r"([a-z]{2,3})[-_](?:[a-z]{2}|[0-9]{3}|[a-z]{4}(?:[-_][a-z]{2})?)", re.IGNORECASE
)


def code_of(language: str) -> str:
    """The ISO 639-1 code of the first language in a cell; the cell itself if it is not known.

    >>> from cinegenre.readers.languages import code_of
    >>> code_of("English, French"), code_of("pt-BR"), code_of("deu"), code_of("Klingon")
    ('en', 'pt', 'de', 'Klingon')
    """
    first = _SEVERAL.split(language.strip(), maxsplit=1)[0].casefold()
    if found := _REGION.fullmatch(first):
        first = found[1]
    if first in _CODES:
        return _CODES[first]
    return first if len(first) == 2 and first.isascii() and first.isalpha() else language
