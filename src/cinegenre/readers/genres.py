"""Reads the genres in a cell: splits texts, names numbers, and refuses anything else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..entities import without_entities
from ..errors import shown
from ..genre_names import NUMBERS, is_genre, is_no_genre
from .cells import NULL_WORD, absent, whole
from .shapes import entries

LONGEST = 100
"""The most characters of a genre's name; a longer text must come from another column."""
NUMBERED = "genre numbers called by TMDB's names"
ENTITIES = "HTML's entities in genres (&amp;) undone"

_DIVIDERS = tuple(
    re.compile(mark)
    for mark in (
        r"[|｜\x02]+", r"[;；؛]+", r"[\r\n\u2028]+", r"\s+[/／•·∙‧⋅・»›→]+\s+", r"[,，、،]+",
        r"\t+",
    )
)  # fmt: skip
"""Separators; a text is split at the first of these that it contains."""
_PIPE = _DIVIDERS[0]
_SLASH = re.compile(r"[/／]")
_FURTHER = (
    *_DIVIDERS[1:], _SLASH, re.compile(r"\s+[-–—]\s+"), re.compile(r"[+:~¦•·∙‧⋅・]"),
)  # fmt: skip
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_BULLET = re.compile(
    r"(?:[-–—*•·]|\d{1,2}[.)])\s+(?=\w)|(?:and|und|et|y|e|&)\s+(?=\w)", re.IGNORECASE
)
"""What may stand before a genre in a list: a bullet, a number, or the "and" before the last."""
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "`": "`"}
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_NUMBERS = re.compile(r"\d+(?:\s+\d+)+", re.ASCII)
_HASH = re.compile(r"#\w[^#]*(\s+#\w[^#]*)*")
_SHARE = re.compile(r"\s*[(:]\s*(?:\d{1,3}(?:[.,]\d+)?\s*%|[01]?[.,]\d+)\s*\)?\Z")
"""A share that models write after a genre: "Horror (90 %)", "Horror: 0.9"."""
_NO_NAME = re.compile(
    r"[][{}<>\"\\=\x00-\x1f]|://|^[\W_]+$|^\d{4}-\d\d|^(?:id|name|genres?|label)\s*:"
    r"|^/[mg]/\w+$|^(?:wdt?:)?Q\d{2,}$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d+(\.0*)?", re.ASCII)
_ANY_NUMBER = re.compile(r"[-+]?[\d.,]+(e[-+]?\d+)?", re.IGNORECASE)
_TRUTH = frozenset({"true", "false", "yes", "no"})


@dataclass(frozen=True)
class Numbers:
    """The meaning of numbers among genres: the column's own list of names, TMDB's, or none."""

    names: tuple[str, ...] = ()
    tmdb: bool = True

    def named(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """The genres with these numbers. Raises `ValueError` for numbers without a meaning."""
        names = self.names
        if names and len(numbers) == len(names) > 2 and set(numbers) <= {0, 1}:
            return tuple(name for name, yes in zip(names, numbers, strict=True) if yes)
        if names:
            # Hugging Face writes -1 for no label.
            wrong = [n for n in numbers if not -1 <= n < len(names)]
            if wrong:
                raise ValueError(f"{wrong[0]} is none of the column's {len(names)} genres")
            return tuple(names[n] for n in numbers if n >= 0)
        wrong = [n for n in numbers if n not in NUMBERS]
        if wrong or not self.tmdb:
            number = (wrong or list(numbers))[0]
            raise ValueError(
                f"{number} is not a name, and nothing says what the column's numbers stand for"
            )
        return tuple(NUMBERS[n] for n in numbers)


TMDBS = Numbers()


def genres_of(
    cell: object, numbers: Numbers = TMDBS, mended: Counter[str] | None = None
) -> tuple[str, ...]:
    """The genres in a cell, each once. Raises `ValueError` if it cannot be a cell of genres.

    `shapes.entries` says which lists are understood. A text is split at the first of `|`, `;`, line
    breaks, ` / `, `,` that it contains; at a `/` without spaces only if one part is a known genre.
    A part that is not a known genre is split again if that gives only known genres. Pieces of JSON
    or code, web addresses and meaningless numbers are refused. `mended` counts what was repaired.
    """
    found, why = _of_text(cell, numbers) if isinstance(cell, str) else _of(cell, numbers)
    if mended is not None:
        mended.update(why)
    return found


def numbers_in(cell: object) -> list[int]:
    """The numbers in a cell that has only numbers instead of genres."""
    try:
        found = _names_and_numbers(cell)
    except ValueError:
        return []
    numbers = [each for each in found if isinstance(each, int)]
    return numbers if len(numbers) == len(found) else []


@lru_cache(maxsize=30_000)  # most cells repeat
def _of_text(cell: str, numbers: Numbers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _of(cell, numbers)


def _of(cell: object, numbers: Numbers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The genres, and what was repaired."""
    why: list[str] = []
    if isinstance(cell, str):
        cell = _UNSEEN.sub("", cell)
        if cell and absent(cell):
            why.append(NULL_WORD)
        plain = without_entities(cell)
        if plain != cell:
            cell, why = plain, [*why, ENTITIES]
    found = _names_and_numbers(cell)
    counted = [each for each in found if isinstance(each, int)]
    if counted:
        if len(counted) == len(found):
            found = list(numbers.named(counted))
        elif isinstance(cell, str) and isinstance(entries(cell), str):
            raise ValueError(f"{counted[0]} is not a name")
        else:  # TMDB's [{"id": 27, "name": "Horror"}, {"id": 53}]
            found = [name for n in found
                     for name in (numbers.named([n]) if isinstance(n, int) else (n,))]  # fmt: skip
        if not numbers.names:
            why.append(NUMBERED)
    names = [name for name in found if isinstance(name, str)]
    kept = [name for name in names if not is_no_genre(name)]
    if len(kept) < len(names):
        why.append(NULL_WORD)
    return tuple(dict.fromkeys(kept)), tuple(why)


def _names_and_numbers(cell: object) -> list[str | int]:
    if (number := whole(cell)) is not None:
        return [number]
    entered = entries(cell)
    found: list[str | int] = []
    for part in _divided(entered) if isinstance(entered, str) else entered:
        number = int(part) if isinstance(part, bool) else whole(part)
        if number is None and isinstance(part, str) and _NUMBER.fullmatch(part.strip()):
            number = int(part.partition(".")[0])
        if number is not None:
            found.append(number)
        elif isinstance(part, str):
            found += _checked(part)
        else:
            raise ValueError(f"{shown(part)} is not a name")
    return found


def _divided(text: str) -> list[str]:
    text = text.strip()
    if whole_text := _IN_BRACKETS.fullmatch(text):
        text = whole_text[1]
    if _NUMBERS.fullmatch(text):
        return text.split()
    for divider in _DIVIDERS:
        if divider.search(text):
            return _parts(text, divider)
    return [text]


def _parts(text: str, divider: re.Pattern[str]) -> list[str]:
    return [part for each in divider.split(text) if (part := each.strip()) and not absent(part)]


def _checked(name: str) -> Iterable[str]:
    """A name, or the genres that it is made of. Raises `ValueError` if it cannot be a name."""
    name = name.strip()
    if len(name) > 1 and _QUOTES.get(name[0]) == name[-1]:
        name = name[1:-1].strip()
    bare = _BULLET.sub("", name, count=1) if _BULLET.match(name) else name
    name = bare if is_genre(bare) else name
    if absent(name):
        return []
    if is_no_genre(name):
        return [name]
    if _NO_NAME.search(name) or name.casefold() in _TRUTH or _ANY_NUMBER.fullmatch(name):
        raise ValueError(f"{shown(name)} is not a genre")
    if _HASH.fullmatch(name):  # "#Horror #Drama"
        return [each for part in name.split("#") if part.strip() for each in _checked(part)]
    bare = _SHARE.sub("", name)
    if bare != name and is_genre(bare):
        return _checked(bare)
    if _PIPE.search(name):  # in a list: ['Horror|War']
        return [each for part in _parts(name, _PIPE) for each in _checked(part)]
    for divider in _FURTHER:
        parts = _parts(name, divider)
        known = sum(map(is_genre, parts))
        if len(parts) > 1 and (known == len(parts) or (known and divider is _SLASH)):
            return [each for part in parts for each in _checked(part)]
    if is_genre(name):
        return [name.strip(" ,.'")]
    if len(name) > LONGEST:
        raise ValueError(f"{shown(name)} is not a genre (over {LONGEST} characters)")
    return [name]
