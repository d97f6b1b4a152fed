"""Checkpoints that are either complete or absent, even if writing them is interrupted."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

from ...files import whole


class WholeCheckpoints(TorchCheckpointIO):
    """Writes a temporary file beside the target and renames it.

    Lightning writes to the system's temporary folder and moves the file. Between two file systems
    that is a copy, and a process killed during the copy leaves half a checkpoint.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None
    ) -> None:
        memory = io.BytesIO()  # written to disk by us: a full disk is then an OSError
        torch.save(checkpoint, memory)
        with whole(Path(path)) as staged:
            staged.write_bytes(memory.getbuffer())


class BetweenBatches(ModelCheckpoint):
    """Saves in mid-epoch, but not after an epoch's last batch.

    A run that goes on from there has left that epoch behind, with neither validation nor a row in
    history.csv; and the checkpoint of the epoch itself follows soon.
    """

    def on_train_batch_end(self, trainer: Any, *rest: Any) -> None:
        """After every batch but the last."""
        if not trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            super().on_train_batch_end(trainer, *rest)
