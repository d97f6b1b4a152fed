"""The Lightning module of a training: steps, running counts, validation metrics, the optimiser."""

from __future__ import annotations

from typing import Any

import lightning as L
import numpy as np
import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor

from ...errors import unknown
from ...metrics.ranking import average_precision
from ..model.losses import LOSSES, activation, weighted
from ..model.model import GenreModel
from ..recipe import Recipe
from ..schedule import slanted_triangular
from .rates import parameter_groups


class GenreTask(L.LightningModule):
    """Trains a `GenreModel`; `epoch` holds the running counts of the training epoch.

    Training metrics are computed batch by batch, in training mode. Accuracy and F1 use a threshold
    of 0.5. Early stopping watches `val_macro_ap`, the mean average precision over genres with a
    positive in the validation split.
    """

    def __init__(self, model: GenreModel, recipe: Recipe, positives: Tensor | None = None) -> None:
        """`positives` is each genre's share of the training films, for `model.positive_weights`."""
        super().__init__()
        name = recipe.model.loss
        if name not in LOSSES:
            raise unknown("loss", name, LOSSES)
        self.model = model
        self.loss = LOSSES[name]
        if recipe.model.positive_weights and positives is not None:
            self.loss = weighted(name, positives)
        self.activation = activation(name)
        self.config = recipe.train
        self.every_set = recipe.model.every_set
        self.groups = parameter_groups(model, recipe.train)
        self.epoch = self.counts()
        self._validation: list[tuple[Tensor, Tensor]] = []
        self._validation_counts = self.counts()

    def training_step(self, batch: dict[str, Tensor]) -> Tensor:
        target = batch.get("target", batch["truth"])
        if self.every_set:
            sets = self.model.sets(batch, batch["present"])
            scored = [(rows, logits.float()) for rows, logits in sets]
            loss = torch.stack([self.loss(part, target[rows]) for rows, part in scored]).mean()
            logits = scored[0][
                1
            ]  # the first set has all modalities of each film, so it has all films
        else:
            logits = self.model(batch, batch["present"]).float()
            loss = self.loss(logits, target)
        self.epoch.add(loss, self.scores(logits), batch["truth"])
        return loss

    def validation_step(self, batch: dict[str, Tensor]) -> None:
        logits = self.model(batch, batch["present"]).float()
        scores = self.scores(logits)
        self._validation_counts.add(self.loss(logits, batch["truth"]), scores, batch["truth"])
        self._validation.append((scores.cpu(), batch["truth"].cpu()))

    def counts(self, state: Tensor | None = None) -> Counts:
        """Running counts, starting from zero or from a checkpoint."""
        return Counts(state, chooses=self.activation == "softmax")

    def scores(self, logits: Tensor) -> Tensor:
        """Probabilities from logits, by the activation that belongs to the loss."""
        return logits.softmax(dim=1) if self.activation == "softmax" else logits.sigmoid()

    def on_validation_epoch_end(self) -> None:
        scores = torch.cat([scores for scores, _ in self._validation]).numpy()
        truth = torch.cat([truth for _, truth in self._validation]).numpy().astype(bool)
        precision = average_precision(truth, scores)
        self.log("val_macro_ap", float(np.nanmean(precision[truth.any(axis=0)])), prog_bar=True)
        for name, value in self._validation_counts.figures().items():
            self.log(f"val_{name}", value)
        self._validation, self._validation_counts = [], self.counts()

    def configure_optimizers(self) -> Any:
        kind = torch.optim.AdamW if self.config.weight_decay else torch.optim.Adam
        first, second = self.config.betas
        optimizer = kind(
            [
                {"params": group.parameters, "lr": group.rate * self.config.learning_rate}
                for group in self.groups
            ],
            betas=(first, second),
            weight_decay=self.config.weight_decay,
        )
        if self.config.schedule == "constant":
            return optimizer
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: slanted_triangular(min(step, steps - 1), steps)
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def on_train_epoch_start(self) -> None:
        self._unfreeze()

    def _unfreeze(self) -> None:
        for group in self.groups:
            group.learn(self.current_epoch >= group.starts)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        if "optimizer_states" not in checkpoint:
            self._put_mean(checkpoint)
        # Lightning restores its loop, not the random numbers of dropout nor our running counts.
        checkpoint["cinegenre"] = {"rng": torch.get_rng_state(), "counts": self.epoch.state()}

    def _put_mean(self, checkpoint: dict[str, Any]) -> None:
        """Lightning asks no callback about a checkpoint of weights alone, and so would keep the
        last weights for the running mean that validation judged.
        """
        for callback in self.trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, WeightAveraging):
                whole: dict[str, Any] = {"state_dict": checkpoint["state_dict"]}
                callback.on_save_checkpoint(self.trainer, self, whole)
                checkpoint["state_dict"] = whole["state_dict"]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self._resumed = checkpoint["cinegenre"]

    def on_train_start(self) -> None:
        self._unfreeze()  # a run resumed in mid-epoch never sees the start of that epoch
        resumed = getattr(self, "_resumed", None)
        if resumed is not None:
            torch.set_rng_state(resumed["rng"])
            self.epoch = self.counts(resumed["counts"])


class Counts:
    """Loss and decisions at 0.5, added up over batches on the device, read once an epoch.

    Of a model that `chooses` one genre also the films whose likeliest genre is their first, as
    `metrics.summary.top_genre` counts them.
    """

    def __init__(self, state: Tensor | None = None, *, chooses: bool = False) -> None:
        # films, loss × films, true positives, false positives, false negatives, decisions, firsts
        self._sums = torch.zeros(7, dtype=torch.float64) if state is None else state.clone()
        self._chooses = chooses

    def add(self, loss: Tensor, scores: Tensor, truth: Tensor) -> None:
        """One batch: its mean loss, probabilities and truth (films, genres)."""
        with torch.no_grad():
            decided, true = scores > 0.5, truth > 0
            parts = torch.stack(
                [
                    loss.detach() * len(truth),
                    (decided & true).sum(),
                    (decided & ~true).sum(),
                    (~decided & true).sum(),
                ]
            )
            first = scores.argmax(dim=1) == truth.argmax(dim=1)
            self._sums[0] += len(truth)
            self._sums[1:5] += parts.cpu().double()  # Apple GPUs have no doubles
            self._sums[5] += truth.numel()
            self._sums[6] += first.sum().cpu()

    def state(self) -> Tensor:
        """What a checkpoint keeps."""
        return self._sums.clone()

    def figures(self) -> dict[str, float]:
        """Mean loss a film, element-wise accuracy, micro F1 …; empty before the first batch."""
        films, loss, hits, false, missed, decisions, firsts = self._sums.tolist()
        if not films:
            return {}
        first = {"first_genre": firsts / films} if self._chooses else {}
        return {
            "loss": loss / films,
            "accuracy": 1 - (false + missed) / decisions,
            "f1": 2 * hits / max(2 * hits + false + missed, 1),
        } | first
