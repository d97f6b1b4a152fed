"""Learning rates and unfreezing of parameters by depth, from the head to the inputs.

Discriminative rates and gradual unfreezing are ULMFiT's (Howard and Ruder 2018, 3.2 and 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

from ..model.model import GenreModel
from ..recipe import TrainConfig


@dataclass(frozen=True)
class Group:
    """Parameters with a common rate, a multiple of the head's, which learn from epoch `starts`
    on.
    """

    name: str
    parameters: list[nn.Parameter]
    rate: float
    starts: int

    def learn(self, yes: bool) -> None:
        """Unfreeze or freeze the parameters."""
        for parameter in self.parameters:
            parameter.requires_grad_(yes)


def parameter_groups(model: GenreModel, config: TrainConfig) -> list[Group]:
    """The head first, then each encoder's parts from its output to its input.

    Parameters that an encoder has frozen are in no group.
    """
    groups = [Group("head", _learning(model.head.parameters()), 1.0, 0)]
    for name, encoder in model.encoders.items():
        parts = encoder.depths()
        for above, part in enumerate(reversed(parts)):
            last = config.encoder_rates.get(name, config.encoder_rate)
            rate = last * config.layer_decay**above
            starts = (above + 1) * config.unfreeze_every
            groups.append(Group(f"{name} {len(parts) - above}", _learning(part), rate, starts))
    return [group for group in groups if group.parameters]


def _learning(parameters: Iterable[nn.Parameter]) -> list[nn.Parameter]:
    return [p for p in parameters if p.requires_grad]
