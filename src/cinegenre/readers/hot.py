"""Finds columns that hold one genre each, as yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..genre_names import is_genre
from .cells import absent, whole
from .columns import known

_PREFIX = re.compile(r"(?:is_|has_)?(?:genres?|labels?)[_.: ]+(?P<name>.+)", re.IGNORECASE)
_IS = re.compile(r"(?:is|has)[_ ]", re.IGNORECASE)
_YES = frozenset({
    "1", "1.0", "true", "yes", "y", "t", "x", "✓", "✔", "☑", "✅", "wahr", "vrai", "verdadero",
    "vero", "verdadeiro", "prawda", "waar", "истина", "ja", "oui", "sí", "si", "sì", "sim",
})  # fmt: skip
_NO = frozenset({
    "0", "0.0", "false", "no", "n", "f", "✗", "✘", "☐", "❌", "falsch", "faux", "falso", "fałsz",
    "onwaar", "ложь", "nein", "non", "não", "nee",
})  # fmt: skip
"""Yes and no as programs write them; Excel and LibreOffice in the user's language."""
_HOT = 2
"""With at least this many columns named after genres and holding only 0 and 1, they are the genres.
"""


def hot_columns(
    header: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> tuple[tuple[str, str], ...]:
    """The columns that hold one genre each, as 0 or 1, and the names of the genres.

    They have the names of known genres, or all begin the same (`genre_Heist`); other columns of 0
    and 1 between them are genres too. Empty if there are fewer than two.
    """
    some = list(rows)
    cells = {column: [row[column] for row in some if column in row] for column in header}
    binary = [c for c in header if not known(c) and _is_binary(cells[c])]
    marked = [(c, match["name"]) for c in binary if (match := _PREFIX.fullmatch(c))]
    if len(marked) >= _HOT:
        return tuple(marked)
    called = {column: _IS.sub("", column.strip()) for column in binary}
    places = [i for i, column in enumerate(header) if is_genre(called.get(column, ""))]
    if len(places) < _HOT:
        return ()
    between = header[places[0] : places[-1] + 1]
    return tuple((column, called[column]) for column in between if column in called)


def _is_binary(cells: Sequence[object]) -> bool:
    found = [cell for cell in cells if not absent(cell)]
    return bool(found) and all(yes_or_no(cell) is not None for cell in found)


def yes_or_no(cell: object) -> bool | None:
    """Whether a cell means yes (1, true, yes, x) or no; None if neither."""
    if isinstance(cell, str):
        text = cell.strip().casefold()
        return text in _YES if text in _YES | _NO else None
    number = int(cell) if isinstance(cell, bool) else whole(cell)
    return bool(number) if number in (0, 1) else None
