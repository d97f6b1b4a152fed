"""Writes the parts of a trained model as ONNX files that run on any number of films."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.export import Dim

from ..inputs import PosterInput, TextInput
from ..train.model.model import GenreModel, Head

# An example batch of 1 would fix the batch size (torch.export takes 1 for a constant).
_BATCH, _LENGTH = 3, 7


def export_onnx(
    model: GenreModel, inputs: dict[str, TextInput | PosterInput], folder: Path
) -> None:
    """Write encoder-NAME.onnx for each modality (input `inputs`, output `features`) and head.onnx.

    The head reads the encoders' outputs by modality and `present`, bool (films, modalities); its
    output is `logits`, (films, genres).
    """
    model.eval()
    batch = Dim("batch")
    for name, encoder in model.encoders.items():
        reads = inputs[name]
        if isinstance(reads, PosterInput):
            example = torch.zeros(_BATCH, reads.height, reads.width, 3, dtype=torch.uint8)
            shape = {0: batch}
        else:
            example = torch.ones(_BATCH, _LENGTH, dtype=torch.int64)
            shape = {0: batch, 1: Dim("length")}
        _export(
            encoder, (example,), ["inputs"], "features", (shape,), folder / f"encoder-{name}.onnx"
        )
    export_head(model, folder)


def export_head(model: GenreModel, folder: Path) -> None:
    """Write only head.onnx of a model."""
    widths = [encoder.out_dim for encoder in model.encoders.values()]
    write_head(model.head, list(model.encoders), widths, folder)


def write_head(head: Head, modalities: Sequence[str], widths: Sequence[int], folder: Path) -> None:
    """Write head.onnx; `widths` are those of the features of the `modalities`."""
    batch = Dim("batch")
    features = tuple(torch.zeros(_BATCH, width) for width in widths)
    present = torch.ones(_BATCH, len(widths), dtype=torch.bool)
    _export(
        _FlatHead(head, tuple(modalities)),
        (*features, present),
        [*modalities, "present"],
        "logits",
        (tuple({0: batch} for _ in (*features, present)),),
        folder / "head.onnx",
    )


class _FlatHead(nn.Module):
    """The head with its features as positional arguments, because ONNX has no dicts."""

    def __init__(self, head: Head, modalities: tuple[str, ...]) -> None:
        super().__init__()
        self.head, self.modalities = head, modalities

    def forward(self, *arguments: Tensor) -> Tensor:
        features = dict(zip(self.modalities, arguments[:-1], strict=True))
        logits: Tensor = self.head(features, arguments[-1])
        return logits


def _export(
    module: nn.Module,
    examples: tuple[Tensor, ...],
    names: list[str],
    output: str,
    shapes: tuple[object, ...],
    path: Path,
) -> None:
    chatty = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript")]
    levels = [logger.level for logger in chatty]
    for logger in chatty:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecations inside the exporter
            torch.onnx.export(
                module.eval(),
                examples,
                str(path),
                dynamo=True,
                input_names=names,
                output_names=[output],
                dynamic_shapes=shapes,
                external_data=False,
                verbose=False,
            )
    finally:
        for logger, level in zip(chatty, levels, strict=True):
            logger.setLevel(level)
    _strip(path)


def _strip(path: Path) -> None:
    """Remove the exporter's metadata: stack traces with paths of this machine."""
    model = onnx.load(path)
    graph = model.graph
    values = (*graph.input, *graph.output, *graph.value_info, *graph.initializer)
    nodes = (*graph.node, *(node for function in model.functions for node in function.node))
    for part in (model, graph, *values, *nodes, *model.functions):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    onnx.save(model, path)
