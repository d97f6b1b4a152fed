"""Predictions as a data frame of the library that the films' frame is of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import UserError
from ..movie import Prediction
from ..readers.frames import is_frame, is_pandas

SCORE = "score_"
"""What a genre's column begins with, as in the files of `cinegenre score`."""

_LISTS = ("genres", "inputs")


def framed(
    films: Any, predict: Callable[[Any], Iterable[Prediction]], genres: Sequence[str]
) -> Any:
    """A frame with a row for each of `films`, which keeps pandas' index. Raises `UserError` for
    what is no frame."""
    if not is_frame(films):
        raise UserError(
            f"a value of type {type(films).__name__} is no DataFrame",
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
    # Whoever made the frame has imported its library.
    library = sys.modules[type(films).__module__.partition(".")[0]]
    text = library.String
    # Else a column of nulls alone would have another type than the next frame's.
    kinds = dict.fromkeys(columns, text) | dict.fromkeys(scores, library.Float64)
    return type(films)(columns, schema=kinds | dict.fromkeys(_LISTS, library.List(text)))
