"""The Lightning side of training: steps, running counts, validation figures, the optimiser."""

from __future__ import annotations

from typing import Any

import lightning as L
import numpy as np
import torch
from torch import Tensor

from ..errors import unknown
from ..metrics.ranking import average_precision
from .losses import LOSSES
from .model import GenreModel
from .recipe import Recipe


class GenreTask(L.LightningModule):
    """Trains a `GenreModel`; `epoch` holds the running counts of the training epoch.

    Training figures are those of the model in training mode, as it was batch by batch. Decisions
    behind accuracy and F1 are at 0.5. `val_macro_ap` is the mean average precision over genres
    with a positive in validation, what early stopping watches.
    """

    def __init__(self, model: GenreModel, recipe: Recipe) -> None:
        super().__init__()
        if recipe.model.loss not in LOSSES:
            raise unknown("loss", recipe.model.loss, LOSSES)
        self.model = model
        self.loss = LOSSES[recipe.model.loss]
        self.config = recipe.train
        self.epoch = Counts()
        self._validation: list[tuple[Tensor, Tensor]] = []
        self._validation_counts = Counts()

    def training_step(self, batch: dict[str, Tensor]) -> Tensor:
        logits = self.model(batch, batch["present"]).float()
        loss: Tensor = self.loss(logits, batch["truth"])
        self.epoch.add(loss, logits, batch["truth"])
        return loss

    def validation_step(self, batch: dict[str, Tensor]) -> None:
        logits = self.model(batch, batch["present"]).float()
        self._validation_counts.add(self.loss(logits, batch["truth"]), logits, batch["truth"])
        self._validation.append((logits.sigmoid().cpu(), batch["truth"].cpu()))

    def on_validation_epoch_end(self) -> None:
        scores = torch.cat([scores for scores, _ in self._validation]).numpy()
        truth = torch.cat([truth for _, truth in self._validation]).numpy().astype(bool)
        precision = average_precision(truth, scores)
        self.log("val_macro_ap", float(np.nanmean(precision[truth.any(axis=0)])), prog_bar=True)
        for name, value in self._validation_counts.figures().items():
            self.log(f"val_{name}", value)
        self._validation, self._validation_counts = [], Counts()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        kind = torch.optim.AdamW if self.config.weight_decay else torch.optim.Adam
        return kind(
            self.parameters(), lr=self.config.learning_rate, weight_decay=self.config.weight_decay
        )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        # Lightning restores its loop, not the random numbers of dropout nor our running counts.
        checkpoint["cinegenre"] = {"rng": torch.get_rng_state(), "counts": self.epoch.state()}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self._resumed = checkpoint["cinegenre"]

    def on_train_start(self) -> None:
        resumed = getattr(self, "_resumed", None)
        if resumed is not None:
            torch.set_rng_state(resumed["rng"])
            self.epoch = Counts(resumed["counts"])


class Counts:
    """Loss and decisions at 0.5, added up over batches on the device, read once an epoch."""

    def __init__(self, state: Tensor | None = None) -> None:
        # films, loss × films, true positives, false positives, false negatives, decisions
        self._sums = torch.zeros(6, dtype=torch.float64) if state is None else state.clone()

    def add(self, loss: Tensor, logits: Tensor, truth: Tensor) -> None:
        """One batch: its mean loss, logits and truth (films, genres)."""
        with torch.no_grad():
            decided, true = logits > 0, truth > 0
            parts = torch.stack(
                [
                    loss.detach() * len(truth),
                    (decided & true).sum(),
                    (decided & ~true).sum(),
                    (~decided & true).sum(),
                ]
            )
            self._sums[0] += len(truth)
            self._sums[1:5] += parts.double().cpu()
            self._sums[5] += truth.numel()

    def state(self) -> Tensor:
        """What a checkpoint keeps."""
        return self._sums.clone()

    def figures(self) -> dict[str, float]:
        """Mean loss a film, element-wise accuracy, micro F1; empty before the first batch."""
        films, loss, hits, false, missed, decisions = self._sums.tolist()
        if not films:
            return {}
        return {
            "loss": loss / films,
            "accuracy": 1 - (false + missed) / decisions,
            "f1": 2 * hits / max(2 * hits + false + missed, 1),
        }
