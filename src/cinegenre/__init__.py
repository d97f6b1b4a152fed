"""A film's genres from its poster, overview, title and production companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import BadImage, BadMovie, MissingExtra, UserError
from .genre_map import GenreMap
from .movie import Movie, Prediction

if TYPE_CHECKING:
    from .tagger import Tagger

__all__ = [
    "BadImage",
    "BadMovie",
    "GenreMap",
    "MissingExtra",
    "Movie",
    "Prediction",
    "Tagger",
    "UserError",
]


def __getattr__(name: str) -> Any:
    # onnxruntime takes a quarter of a second to import; `from cinegenre import Movie` need not.
    if name == "Tagger":
        from .tagger import Tagger

        return Tagger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
