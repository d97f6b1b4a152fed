"""Films of a prepared data set, for a head that is added to a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError, shown
from ..movie import Movie
from .films import Rows

if TYPE_CHECKING:
    from ..data.dataset import PreparedSet

TRAIN, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True)
class Prepared:
    """A prepared data set with one of its label sets; "" is the source's own."""

    data: PreparedSet
    labels: str

    @classmethod
    def open(cls, films: Rows | None, labels: str) -> Prepared | None:
        """The data set, or None if `films` is not one. Raises `UserError` for `labels` of other
        films.
        """
        if isinstance(films, str | Path) and Path(films).is_dir():
            from ..data.dataset import PreparedSet  # Parquet: the extra [data]

            return cls(PreparedSet.open(films), labels)
        if labels and films is not None:
            raise UserError(
                f"label set {shown(labels)} is named, but the films are not a prepared data set",
                "leave --labels out, or name a folder that cinegenre data prepare wrote",
            )
        return None

    def films(self, split: str) -> Iterator[Movie]:
        """The films of a split, in stored order."""
        return self.data.films(split, self.labels)

    def to_json(self) -> dict[str, Any]:
        """What config.json says of the data, as it does for a bundle that was trained."""
        return {
            "fingerprint": self.data.fingerprint,
            "source": self.data.manifest.source,
            "labels": self.labels,
        }
