"""Everything that can be wrong with a film, each with a code for programs and a text for people.

A `Fault` says why a film has no prediction (`Prediction.fault`), or which part of it was ignored
(`Prediction.notes`). To add one, write a line in `FaultCode`, a line in `KINDS`, and a function
below that words it. `tagger.reading.read_films` detects faults, and adds those that the caller
detected. The commands, `score` and the service look only at the code and its kind, so a new fault
needs no change in them.
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
    """The codes of faults, as JSON and the service write them."""

    BAD_ROW = "bad_row"
    NO_INPUT = "no_input"
    UNREADABLE_POSTER = "unreadable_poster"
    UNSUPPORTED_POSTER = "unsupported_poster"
    UNFETCHED_POSTER = "unfetched_poster"
    OTHER_LANGUAGE = "other_language"
    MISTYPED_NAME = "mistyped_name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What all faults with one code have in common.

    `noun` names it in counts: a film has "an unreadable poster". `field` is the field of the film
    that it concerns. `lost` means that the field was given but could not be read: someone who asks
    about a single film should correct it, even if the other inputs suffice for a prediction.
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
    """One thing that is wrong with a film: what is wrong, and the cure ("" if there is none).

    `str` makes one line of it.

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
        """What all faults with this code have in common."""
        return KINDS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """The fault as a JSON object."""
        return {"code": self.code.value, "what": self.what, "cure": self.cure or None}

    def as_error(self) -> BadMovie:
        """The fault as an exception, for callers that ask about a single film."""
        return BadMovie(self.what, self.cure, fault=self)


def bad_row(row: BadRow) -> Fault:
    """The fault of a row that is not a film."""
    return Fault(FaultCode.BAD_ROW, f"{row.where}: {row.error}")


def no_input(film: Movie, model: str, reads: Sequence[str]) -> Fault:
    """The fault of a film that has none of the inputs that `model` reads."""
    called = (film.id or film.title or "")[:60]
    name = f"film {called}" if called else "the film"
    has = f"only {', '.join(film.inputs)}" if film.inputs else "no input at all"
    return Fault(
        FaultCode.NO_INPUT,
        f"{name} has {has}",
        f"{model} reads {', '.join(reads)}: give at least one",
    )


def unreadable_poster(error: BadImage) -> Fault:
    """The fault of a poster that `images.open_rgb` refused."""
    code = FaultCode.UNSUPPORTED_POSTER if error.extra else FaultCode.UNREADABLE_POSTER
    return Fault(code, error.what, error.cure)


def unfetched_poster(address: str, why: str = "") -> Fault:
    """The fault of a poster at a web address that was not fetched; `why` says why fetching failed.

    Without `why`, fetching was not asked for.
    """
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
    """The fault of an overview in a language that `model` does not read.

    The overview is ignored if there is a poster to predict from. Otherwise it is read all the same,
    and `no_poster` says why there is no poster to use.
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
