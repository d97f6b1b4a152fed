"""Reads single cells: empty ones, literals, years, whole numbers."""

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
        "null", "NULL", "None", "\\N", "(no genres listed)", "-", "#NA", "#N/A N/A", "1.#IND",
        "-1.#IND", "1.#QNAN", "-1.#QNAN", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!",
        "#NULL!", "#ERROR!", "(null)", "[NULL]", "<null>", "undefined",
    }
)  # fmt: skip
"""Placeholders that programs write into empty cells, in exactly the spellings that they use,
because a film may be called "Null" or "Unknown".
"""
NULL_WORD = 'word for nothing ("nan", "\\N" and the like) counted as absent'

_NULL_TYPES = ("NAType", "NaTType")
"""Class names of pandas' null values, so that pandas need not be imported."""

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")
_GROUPED_YEAR = re.compile(r"([12])[.,' \xa0\u202f](\d\d\d)(?:[.,]0+)?", re.ASCII)
"""A year as spreadsheets write numbers: 1,995."""


def absent(value: object, mended: Counter[str] | None = None) -> bool:
    """Whether a cell is empty: null, an empty text, not-a-number, or a placeholder in `NULLS`.

    `mended` counts the placeholders.
    """
    if isinstance(value, str):
        if value == "":
            return True
        # Most cells are longer than any placeholder.
        if len(value) > 40 or (word := value.strip()) not in NULLS or not word:
            return False
        if mended is not None:
            mended[NULL_WORD] += 1
        return True
    if isinstance(value, Real | Decimal):
        return math.isnan(value)
    return value is None or type(value).__name__ in _NULL_TYPES


def literal(text: str) -> Any:
    """The value of a JSON text or Python literal. Raises `ValueError`; never runs code.

    A Python set becomes a list, because its order counts.
    """
    # A Python literal without " and \ is JSON with other quotation marks, and JSON is parsed
    # twenty times as fast.
    plain = '"' not in text and "\\" not in text
    try:
        return json.loads(text.replace("'", '"') if plain else text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            # Python warns about invalid escapes ('AC\DC').
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
            if isinstance(tree, ast.Set):
                return [ast.literal_eval(each) for each in tree.elts]
            return ast.literal_eval(tree)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(f"{shown(text)} is neither JSON nor a Python literal") from None


def year_of(value: object) -> int | None:
    """The year in a date, number or text ("1995-10-30", "30.10.1995"); None if there is none.

    Never raises, because a film with an invalid date is still a film.
    """
    if isinstance(value, date):
        return value.year
    if isinstance(value, str) and (grouped := _GROUPED_YEAR.fullmatch(value.strip())):
        value = grouped[1] + grouped[2]
    found = _YEAR.search(str(value)) if isinstance(value, str | Real | Decimal) else None
    return int(found[1]) if found else None


def whole(value: object) -> int | None:
    """The whole number in a cell (862, 862.0, also a number of numpy's); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    number: Any = value  # numpy's numbers have no trunc, and Real has no int
    return int(number) if math.isfinite(number) and number == int(number) else None
