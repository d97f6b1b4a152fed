"""What is passed between the stages: a film, a row that is not a film, and a prediction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import index
from pathlib import Path
from typing import Any

from .errors import BadMovie, shown
from .faults import Fault
from .pixels import Poster, refused, same

_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a pair of surrogates. JSON can contain them, and so can arguments that are not UTF-8,
but no text with them can be tokenized or written."""

INPUTS = ("title", "overview", "companies", "people", "poster")
"""The inputs that a model may read of a film, in the order in which they are listed everywhere."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.ASCII | re.IGNORECASE)
"""An address; its scheme has at least two letters, because a Windows drive (C:) has one."""

_PLACEHOLDER = re.compile(
    r"(no|not|none|n/?a|tba|tbd|unknown|coming soon|-+|\.+|\?+)"
    r"( (movie |plot )?(overview|summary|plot|description|synopsis|info|information))?"
    r"( (yet )?(found|available|yet|given))*( yet)?[.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Movie:
    """A film as its source stores it. Every field may be absent.

    `poster` is a path, the file's bytes (of any type; kept as `bytes`), a Pillow image, or a uint8
    array (height, width, 3) of RGB, grey and RGBA too; pixels are neither copied nor decoded here.
    `people` are the cast and the director. `language` is the ISO 639-1 code of the original
    language. Half of a surrogate pair, which is not a character, becomes U+FFFD. Raises `BadMovie`
    when a field has a wrong type.

    >>> from cinegenre import Movie
    >>> Movie(title="Alien", overview="No overview found.", companies=["Brandywine"]).inputs
    ('title', 'companies')
    """

    id: str | None = None
    title: str | None = None
    overview: str | None = None
    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    poster: Poster | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    language: str | None = None
    collection: str | None = None

    def __post_init__(self) -> None:
        for name in ("id", "title", "overview", "language", "collection"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise self._wrong(name, value, "a string")
            if value and _LONE.search(value):
                object.__setattr__(self, name, _LONE.sub("�", value))
        for name in ("companies", "people", "genres"):
            value = getattr(self, name)
            if isinstance(value, str | bytes) or not isinstance(value, Iterable):
                raise self._wrong(name, value, "a list of strings")
            values = tuple(value)
            if not all(isinstance(item, str) for item in values):
                raise self._wrong(name, values, "a list of strings")
            values = tuple(_LONE.sub("�", item) for item in values)
            object.__setattr__(self, name, values)
        if isinstance(self.poster, bytearray | memoryview):  # Spark and databases give these
            object.__setattr__(self, "poster", bytes(self.poster))
        if self.poster is not None and (wrong := refused(self.poster)) is not None:
            raise BadMovie(f"{self._called}: poster is {wrong[0]}", wrong[1])
        if self.year is not None:
            # numpy's whole numbers are none of Python's.
            if isinstance(self.year, bool) or not hasattr(self.year, "__index__"):
                raise self._wrong("year", self.year, "a whole number")
            object.__setattr__(self, "year", index(self.year))

    def _wrong(self, name: str, value: object, wanted: str) -> BadMovie:
        return BadMovie(f"{self._called}: {name} is {shown(value)}", f"{name} must be {wanted}")

    @property
    def _called(self) -> str:
        return "the film" if self.id is None else f"film {shown(self.id)}"

    def __eq__(self, other: object) -> bool:
        # An array's == is an array.
        if not isinstance(other, Movie):
            return NotImplemented
        return self._but_poster() == other._but_poster() and same(self.poster, other.poster)

    def __hash__(self) -> int:
        # Neither Pillow's images nor arrays have a hash.
        poster = self.poster if isinstance(self.poster, str | Path | bytes) else None
        return hash((self._but_poster(), poster))

    def _but_poster(self) -> tuple[Any, ...]:
        return tuple(getattr(self, each.name) for each in fields(self) if each.name != "poster")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Those of `INPUTS` that this film has; blank texts and placeholders count as absent."""
        return tuple(name for name in INPUTS if self._has(name))

    def _has(self, name: str) -> bool:
        value = getattr(self, name)
        if name == "title":
            return bool(value and value.strip())
        if name == "overview":
            return bool(value and value.strip()) and not is_placeholder(value)
        if name == "poster":
            # Empty bytes count as a poster, so that a broken file is reported and not ignored.
            return value is not None and not (isinstance(value, str) and value == "")
        return any(map(str.strip, value))


def is_placeholder(overview: str) -> bool:
    """Whether the text of an overview only says that there is none ("No overview found.")."""
    return len(overview) < 60 and _PLACEHOLDER.fullmatch(overview.strip()) is not None


def is_address(value: object) -> bool:
    """Whether a poster is an address (https, s3 …) from which it has not been downloaded yet."""
    return isinstance(value, str) and _ADDRESS.match(value) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A row of a source that is not a film: where it is in the source, and what is wrong with it.

    `Tagger.predict` accepts it among films and yields a `Prediction` with a fault in its place.
    """

    where: str
    error: str
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """A model's prediction for one film.

    `scores` holds the calibrated probability of every genre, `genres` those that reach their
    threshold, the most likely first, and `inputs` the inputs that the model read. With a `fault`
    the film could not be scored and the other three are empty. `notes` say what was ignored (an
    unreadable poster, an overview in another language). Programs should look at the `code` of a
    fault or note; `error` and `note` are texts for people. `language` is the language of the texts,
    if the model has read them as another than the one it mostly reads.
    """

    id: str | None
    genres: list[str]
    scores: dict[str, float]
    inputs: list[str]
    model: str
    fault: Fault | None = None
    notes: tuple[Fault, ...] = ()
    language: str | None = None

    @property
    def error(self) -> str | None:
        """The fault on one line; None if the film was scored."""
        return None if self.fault is None else str(self.fault)

    @property
    def note(self) -> str | None:
        """The notes on one line; None if nothing was ignored."""
        return "; ".join(map(str, self.notes)) or None

    @property
    def told(self) -> tuple[Fault, ...]:
        """The fault as a tuple of one, or else the notes."""
        return self.notes if self.fault is None else (self.fault,)

    @property
    def lost(self) -> Fault | None:
        """Why an input that was given could not be read, such as a broken poster; else None."""
        return next((fault for fault in self.told if fault.kind.lost), None)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object that `predict --json` prints.

        `id` and `language` are left out if they are None. `error` comes with `fault`, and `note`
        with `notes`, but only if there are any.
        """
        result: dict[str, Any] = {} if self.id is None else {"id": self.id}
        if self.fault is not None:
            return result | {
                "error": self.error, "fault": self.fault.as_dict(), "model": self.model,
            }  # fmt: skip
        scores = {genre: round(score, 4) for genre, score in self.scores.items()}
        result |= {
            "genres": self.genres,
            "scores": scores,
            "inputs": self.inputs,
            "model": self.model,
        }
        if self.language is not None:
            result["language"] = self.language
        if not self.notes:
            return result
        return result | {"note": self.note, "notes": [note.as_dict() for note in self.notes]}
