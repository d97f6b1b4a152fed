"""What an export or a conversion came to: what the model card says and a script reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..metrics.calibration import Calibration
from ..tagger.bundle import OTHER_LANGUAGE
from ..train.loop.run_folder import Summary


@dataclass(frozen=True)
class Figures:
    """Validation figures of films under one set of inputs; decisions are cross-validated."""

    films: int
    micro_f1: float
    macro_f1: float
    macro_ap: float


@dataclass(frozen=True)
class Mode:
    """A set of inputs that films may have, with its calibration and figures.

    `situation` is the set, plus `OTHER_LANGUAGE` for films whose texts are in another language than
    the home language.
    """

    inputs: tuple[str, ...]
    situation: tuple[str, ...]
    calibration: Calibration
    figures: Figures

    @property
    def label(self) -> str:
        """The name of the inputs in a table."""
        return " + ".join(self.inputs) + (" (other languages)" if self.is_other_language else "")

    @property
    def is_other_language(self) -> bool:
        """Whether the texts are in another language than the home language."""
        return OTHER_LANGUAGE in self.situation


@dataclass(frozen=True)
class Lost:
    """Figures with all inputs before and after the weights were converted to fewer bits."""

    before: Figures
    after: Figures


@dataclass(frozen=True)
class Origin:
    """What a bundle records about its training, because the run may be gone."""

    parameters: int
    data: Mapping[str, Any]
    films: Mapping[str, int]
    epochs: int

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the data set."""
        return str(self.data["fingerprint"])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """A bundle that was written."""

    name: str
    version: str
    info: Summary | Origin
    strays: float | None = None  # from torch, in probability; of an export
    converted: str = ""  # from what; of a conversion
    joined: tuple[str, ...] = ()  # the bundles that it was made of
    taken: tuple[tuple[str, ...], ...] = ()  # encoders taken of each of these; () stands for all
    heads: tuple[str, ...] = ()  # further heads of those that it does not have, by taxonomy
    weights: str
    lost: Lost | None
    shares: Mapping[str, Mapping[str, float]]  # by set of modalities, then modality
    modes: Sequence[Mode]

    def as_dict(self) -> dict[str, Any]:
        """The JSON object that `--json` prints."""
        table: dict[str, Any] = {"name": self.name, "version": self.version}
        table["info"] = self.info.as_dict()
        if self.joined:
            table["joined"] = list(self.joined)
            table["taken"] = list(map(list, self.taken))
        elif self.converted:
            table["converted"] = self.converted
        else:
            table["strays"] = self.strays
        if self.heads:
            table["left_out_heads"] = list(self.heads)
        return table | {
            "weights": self.weights,
            "lost": asdict(self.lost) if self.lost else {},
            "shares": {key: dict(shares) for key, shares in self.shares.items()},
            "modes": [
                {"inputs": list(mode.inputs), "other_language": mode.is_other_language}
                | asdict(mode.figures)
                for mode in self.modes
            ],
        }
