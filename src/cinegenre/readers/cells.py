"""What a single cell holds: nothing, a literal, a year, a whole number."""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections import Counter
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Any

from ..errors import shown

NULLS = frozenset(
    {
        "", "nan", "NaN", "NAN", "-nan", "-NaN", "NaT", "<NA>", "NA", "N/A", "n/a", "#N/A",
        "null", "NULL", "None", "\\N", "(no genres listed)", "-",
    }
)  # fmt: skip
"""Words that programs write into a cell which has nothing, each in the spellings they use. A film
may be called "Null" or "Unknown"."""
NULL_WORD = 'word for nothing ("nan", "\\N" and the like) counted as absent'

_NULL_TYPES = ("NAType", "NaTType")
"""pandas' own nulls, told by their names: pandas is not imported for them."""

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")


def absent(value: object, mended: Counter[str] | None = None) -> bool:
    """Whether a cell is empty: null, no text, not-a-number, or a word of `NULLS`.

    `mended` counts the words.
    """
    if isinstance(value, str):
        if value == "":
            return True
        # Longer texts are no word of ours, and most cells are longer.
        if len(value) > 40 or (word := value.strip()) not in NULLS or not word:
            return False
        if mended is not None:
            mended[NULL_WORD] += 1
        return True
    if isinstance(value, Real | Decimal):
        return math.isnan(value)
    return value is None or type(value).__name__ in _NULL_TYPES


def literal(text: str) -> Any:
    """The value that `text` writes in JSON or in Python. Raises `ValueError`, never runs code.

    A Python set is a list, for its order counts.
    """
    # Python's literals without " and \ are JSON with its other quotation marks, which is parsed
    # twenty times as fast.
    plain = '"' not in text and "\\" not in text
    try:
        return json.loads(text.replace("'", '"') if plain else text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            # Python warns of backslashes that mean nothing ('AC\DC').
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
            if isinstance(tree, ast.Set):
                return [ast.literal_eval(each) for each in tree.elts]
            return ast.literal_eval(tree)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(f"{shown(text)} is neither JSON nor a Python literal") from None


def year_of(value: object) -> int | None:
    """The year in a date, number or text ("1995-10-30", "30.10.1995"); None where there is none.

    A film with an odd date is still a film, so this raises nothing.
    """
    if isinstance(value, date):
        return value.year
    found = _YEAR.search(str(value)) if isinstance(value, str | Real | Decimal) else None
    return int(found[1]) if found else None


def whole(value: object) -> int | None:
    """The whole number that a cell holds as a number (862, 862.0), numpy's too; None where it
    holds none."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    number: Any = value  # numpy's know no trunc, and Real promises no int
    return int(number) if math.isfinite(number) and number == int(number) else None
