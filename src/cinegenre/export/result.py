"""What an export or a conversion came to: what the model card says and a script reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..metrics.calibration import Calibration
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
    """One set of inputs that films may come with: its calibration, and what it is worth."""

    inputs: tuple[str, ...]
    calibration: Calibration
    figures: Figures


@dataclass(frozen=True)
class Lost:
    """Figures with all inputs before and after the weights were kept in fewer bits."""

    before: Figures
    after: Figures


@dataclass(frozen=True)
class Origin:
    """What a bundle says of the training that it comes from, whose run may be gone."""

    parameters: int
    data: Mapping[str, Any]
    films: Mapping[str, int]
    epochs: int

    @property
    def fingerprint(self) -> str:
        """That of the data set."""
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
    weights: str
    lost: Lost | None
    shares: Mapping[str, Mapping[str, float]]  # by set of modalities, then modality
    modes: Sequence[Mode]

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        table: dict[str, Any] = {"name": self.name, "version": self.version}
        table["info"] = self.info.as_dict()
        table |= {"converted": self.converted} if self.converted else {"strays": self.strays}
        return table | {
            "weights": self.weights,
            "lost": asdict(self.lost) if self.lost else {},
            "shares": {key: dict(shares) for key, shares in self.shares.items()},
            "modes": [{"inputs": list(m.inputs)} | asdict(m.figures) for m in self.modes],
        }
