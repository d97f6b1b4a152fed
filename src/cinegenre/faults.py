"""What can be wrong with a film: a code for programs and words for people, all in this one place.

A `Fault` says why a film has no prediction (`Prediction.fault`), or what of it was passed over
(`Prediction.notes`). A new one is a line in `FaultCode`, a line in `KINDS`, and a function below
that words it. `tagger.reading.read_films` finds them, or takes those that were found before. The
commands, `score` and the service look at code and kind alone, so that each knows the new one too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .errors import BadImage, BadMovie, shown

if TYPE_CHECKING:
    from .movie import BadRow, Movie


class FaultCode(StrEnum):
    """What a `Fault` is of; each is the word that JSON and the service have for it."""

    BAD_ROW = "bad_row"
    NO_INPUT = "no_input"
    UNREADABLE_POSTER = "unreadable_poster"
    UNSUPPORTED_POSTER = "unsupported_poster"
    UNFETCHED_POSTER = "unfetched_poster"
    OTHER_LANGUAGE = "other_language"
    MISTYPED_NAME = "mistyped_name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What holds of every fault with one code.

    `noun` is what a film with it has, as counts call it. `field` is the field of the film that it
    is about. `lost`: that field was given and could not be read, so that whoever asks about one
    film should mend it, although its other inputs are enough for a prediction.
    """

    noun: str
    field: str | None = None
    lost: bool = False


KINDS: dict[FaultCode, Kind] = {
    FaultCode.BAD_ROW: Kind(noun="a row that is no film"),
    FaultCode.NO_INPUT: Kind(noun="nothing that the model reads"),
    FaultCode.UNREADABLE_POSTER: Kind(noun="an unreadable poster", field="poster", lost=True),
    FaultCode.UNSUPPORTED_POSTER: Kind(
        noun="a poster in a format that needs an extra", field="poster", lost=True
    ),
    FaultCode.UNFETCHED_POSTER: Kind(
        noun="a poster that was not fetched", field="poster", lost=True
    ),
    FaultCode.OTHER_LANGUAGE: Kind(
        noun="an overview in a language that the model does not read", field="overview"
    ),
    FaultCode.MISTYPED_NAME: Kind(noun="a key or column whose name looks mistyped", lost=True),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a film: what, and what to do about it ("" where there is nothing
    to do). As a string it is one line.

    >>> from cinegenre import Fault, FaultCode
    >>> str(Fault(FaultCode.UNREADABLE_POSTER, "poster a.jpg is empty", "give a JPEG"))
    'poster a.jpg is empty: give a JPEG'
    """

    code: FaultCode
    what: str
    cure: str = ""

    def __post_init__(self) -> None:
        # A row's id or a library's message may have line breaks.
        object.__setattr__(self, "what", " ".join(self.what.split()))
        object.__setattr__(self, "cure", " ".join(self.cure.split()))

    def __str__(self) -> str:
        return f"{self.what}: {self.cure}" if self.cure else self.what

    @property
    def kind(self) -> Kind:
        """What holds of every fault with this code."""
        return KINDS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """What JSON has of it."""
        return {"code": self.code.value, "what": self.what, "cure": self.cure or None}

    def as_error(self) -> BadMovie:
        """The exception for where one film alone is asked about."""
        return BadMovie(self.what, self.cure, fault=self)


def bad_row(row: BadRow) -> Fault:
    """Of a row of a source that is no film."""
    return Fault(FaultCode.BAD_ROW, f"{row.where}: {row.error}")


def no_input(film: Movie, model: str, reads: Sequence[str]) -> Fault:
    """Of a film that has none of the inputs that `model` reads."""
    called = (film.id or film.title or "")[:60]
    name = f"film {called}" if called else "the film"
    has = f"only {', '.join(film.inputs)}" if film.inputs else "no input at all"
    return Fault(
        FaultCode.NO_INPUT,
        f"{name} has {has}",
        f"{model} reads {', '.join(reads)}: give at least one",
    )


def unreadable_poster(error: BadImage) -> Fault:
    """Of a poster that `images.open_rgb` refused."""
    code = FaultCode.UNSUPPORTED_POSTER if error.extra else FaultCode.UNREADABLE_POSTER
    return Fault(code, error.what, error.cure)


def unfetched_poster(address: str, why: str = "") -> Fault:
    """Of a poster at a web address: nobody asked for it (no `why`), or it did not come."""
    if why:
        what = f"poster {address} could not be fetched ({why})"
        return Fault(FaultCode.UNFETCHED_POSTER, what)
    if address.casefold().startswith("file:"):
        what = f"poster {address} is not there"
        return Fault(FaultCode.UNFETCHED_POSTER, what, "check its address")
    web = address.casefold().startswith(("http://", "https://"))
    own = "fetch it yourself, and give the file"
    cure = "fetch it first (--fetch does), or give a file" if web else own
    return Fault(FaultCode.UNFETCHED_POSTER, f"poster {address} was not fetched", cure)


def other_language(language: str, model: str, no_poster: str | None) -> Fault:
    """Of an overview in a language that `model` does not read.

    It is passed over where the poster decides in its place; `no_poster` says why it does not.
    """
    what = f"overview is in {language}, which {model} does not read"
    if no_poster is None:
        return Fault(FaultCode.OTHER_LANGUAGE, f"{what}: passed over")
    return Fault(
        FaultCode.OTHER_LANGUAGE, f"{what}: read all the same, for {no_poster}", "trust it less"
    )


def mistyped_name(kind: str, name: str, meant: str) -> Fault:
    """Of a key or column (`kind`) that is not read, and is called almost like one that is."""
    what = f"{kind} {shown(name)} is not read"
    return Fault(FaultCode.MISTYPED_NAME, what, f"did you mean {shown(meant)}?")
