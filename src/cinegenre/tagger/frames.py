"""Makes a data frame of predictions, with the same library as the films' data frame."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import UserError
from ..movie import Prediction

SCORE = "score_"
"""The prefix of a genre's column, as in the files of `cinegenre score`."""

_LISTS = ("genres", "inputs")


def framed(
    films: Any, predict: Callable[[Any], Iterable[Prediction]], genres: Sequence[str]
) -> Any:
    """A frame with a row for each of `films`, with the same pandas index. Raises `UserError` if
    `films` is not a frame."""
    from ..readers.frames import is_frame, is_pandas

    if not is_frame(films):
        raise UserError(
            f"a value of type {type(films).__name__} is not a DataFrame",
            "give one of pandas or Polars, or call predict",
        )
    said = list(predict(films))
    columns: dict[str, list[Any]] = {"genres": [each.genres for each in said]}
    columns |= {f"{SCORE}{g}": [each.scores.get(g) for each in said] for g in genres}
    columns |= {
        name: [getattr(each, name) for each in said] for name in ("inputs", "error", "note")
    }
    scores = [name for name in columns if name.startswith(SCORE)]
    if is_pandas(films):
        found = type(films)(columns, index=films.index)
        return found.astype(dict.fromkeys(scores, float) | dict.fromkeys(_LISTS, object))
    # The library is imported already, because the caller has made a frame with it.
    library = sys.modules[type(films).__module__.partition(".")[0]]
    text = library.String
    # Otherwise a column of only nulls would have another type than in the next frame.
    kinds = dict.fromkeys(columns, text) | dict.fromkeys(scores, library.Float64)
    return type(films)(columns, schema=kinds | dict.fromkeys(_LISTS, library.List(text)))
