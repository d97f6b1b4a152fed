"""A film's genres from its poster, overview, title and production companies."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .errors import BadImage, BadMovie, MissingExtra, UserError
    from .faults import Fault, FaultCode
    from .genre_map import GenreMap
    from .movie import BadRow, Movie, Prediction
    from .tagger import Tagger

__all__ = [
    "BadImage",
    "BadMovie",
    "BadRow",
    "Fault",
    "FaultCode",
    "GenreMap",
    "MissingExtra",
    "Movie",
    "Prediction",
    "Tagger",
    "UserError",
    "__version__",
]


# Imported when asked for: `from cinegenre import Movie` need not wait for onnxruntime, nor a help
# text for either.
_HOMES = {
    "BadImage": "errors",
    "BadMovie": "errors",
    "BadRow": "movie",
    "Fault": "faults",
    "FaultCode": "faults",
    "GenreMap": "genre_map",
    "MissingExtra": "errors",
    "Movie": "movie",
    "Prediction": "movie",
    "Tagger": "tagger",
    "UserError": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
