"""Lightning's trainer as a run has it: early stopping, the best and the last checkpoint, logs."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch import callbacks, loggers

from ..precision import Precision
from ..recipe import TrainConfig
from .checkpoint import BetweenBatches, WholeCheckpoints


def new_trainer(
    config: TrainConfig, out: Path, watch: Sequence[L.Callback], precision: Precision
) -> L.Trainer:
    """The trainer of a run in `out`, with the callbacks `watch` and a bar on a terminal."""
    every = timedelta(minutes=config.checkpoint_minutes)
    kept: dict[str, Any] = {"dirpath": out / "checkpoints", "enable_version_counter": False}
    best = kept | {"filename": "best", "monitor": "val_macro_ap", "mode": "max"}
    last = kept | {"filename": "last"}
    averaged = [callbacks.EMAWeightAveraging(decay=config.average)] if config.average else []
    return L.Trainer(
        accelerator="auto",
        devices=1,
        precision=precision,
        max_epochs=config.epochs,
        gradient_clip_val=config.clip or None,
        callbacks=[
            *averaged,  # first: what follows sees its weights in validation
            *watch,
            callbacks.EarlyStopping("val_macro_ap", patience=config.patience, mode="max"),
            callbacks.ModelCheckpoint(save_weights_only=True, **best),
            callbacks.ModelCheckpoint(save_on_train_epoch_end=True, **last),
            BetweenBatches(train_time_interval=every, **last),
        ],
        plugins=[WholeCheckpoints()],
        logger=_logger(config.logger, out),
        enable_progress_bar=sys.stderr.isatty(),
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
        use_distributed_sampler=False,
    )


def be_quiet() -> None:
    """Lightning's remarks on GPUs, workers and tips say nothing to our users."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")


def _logger(kind: str, out: Path) -> loggers.Logger:
    if kind == "tensorboard":
        return loggers.TensorBoardLogger(out / "logs", name="", version="")
    return loggers.CSVLogger(out / "logs", name="", version="")
