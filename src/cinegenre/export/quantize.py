"""Converts a bundle's encoders to 8-bit integers, which have a quarter of the size and are twice as
fast on a CPU, or to 16-bit floats, which have half of it and are for GPUs.

In 8-bit encoders of texts and names, the weights are quantised beforehand and the activations when
they are computed (dynamic). In encoders of posters, both are quantised beforehand (static), with
activation ranges from `CALIBRATION` posters of the training split. Each output channel has a weight
range of its own, limited so that no product saturates (`export.saturation`). The head and encoders
of less than `SMALL` bytes stay in floats.

The graphs of an 8-bit bundle are stored as onnxruntime's optimiser leaves them: so the same parts
are computed in integers on every machine, and opening them takes half the time.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from ..files import read_json, whole, write_json
from ..inputs import PosterInput
from ..movie import Movie
from ..tagger.bundle import Bundle
from ..tagger.bundle_folder import read_bundle
from .saturation import unsaturated

CALIBRATION = 256
"""The number of posters from which the ranges of activations are taken."""
SMALL = 4_000_000
_BATCH = 16


def to_int8(bundle: Bundle, films: Sequence[Movie]) -> None:
    """Replace the encoders of `bundle` by 8-bit ones.

    `films` are training films; those with a poster, at most `CALIBRATION`, are run once.
    """
    with _quiet():
        for name, path in bundle.encoders.items():
            reads = bundle.inputs[name]
            if isinstance(reads, PosterInput):
                _static(path, reads, films)
            elif path.stat().st_size >= SMALL:
                _dynamic(path)


def to_float16(bundle: Bundle, films: Sequence[Movie]) -> None:
    """Replace the encoders of `bundle` by 16-bit ones, whose inputs and outputs stay float32."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    for path in bundle.encoders.values():
        model = onnx.load(path)
        del model.graph.value_info[:]
        with _quiet(), whole(path) as staged:
            onnx.save(convert_float_to_float16(model, keep_io_types=True), staged)


WEIGHTS: dict[str, Callable[[Bundle, Sequence[Movie]], None]] = {
    "float32": lambda bundle, films: None,
    "float16": to_float16,
    "int8": to_int8,
}
"""Name of a precision → the function that converts a float32 bundle to it."""


def keep_in(weights: str, bundle: Bundle, films: Sequence[Movie]) -> Bundle:
    """Convert the encoders of a float32 `bundle`, in place, to `weights`, one of `WEIGHTS`."""
    WEIGHTS[weights](bundle, films)
    if weights == "int8":
        for path in (*bundle.encoders.values(), bundle.head):
            _optimize(path)
    config = read_json(bundle.folder / "config.json", "model bundle")
    kept = {"weights": weights, "optimized": weights == "int8"}
    write_json(bundle.folder / "config.json", config | kept)
    return read_bundle(bundle.folder)


def _dynamic(path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(path)
    del model.graph.value_info[:]  # shapes from the exporter, which do not fit the new operators
    original = onnx.ModelProto()
    original.CopyFrom(model)  # the library changes its argument
    with whole(path) as staged:
        quantize_dynamic(
            model,
            staged,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        _keep_from_saturating(staged, original)


def _static(path: Path, reads: PosterInput, films: Sequence[Movie]) -> None:
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as scratch, whole(path) as staged:
        ready = Path(scratch) / path.name
        quant_pre_process(path, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            staged,
            _Posters(reads, films),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "MaxPool", "Add", "Relu", "Clip", "Pad"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        _keep_from_saturating(staged, onnx.load(ready))


def _keep_from_saturating(path: Path, original: onnx.ModelProto) -> None:
    model = onnx.load(path)
    unsaturated(model, original)
    onnx.save(model, path)


def _optimize(path: Path) -> None:
    import onnxruntime

    with whole(path) as staged:
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(staged)
        options.log_severity_level = 3  # it warns that the result is only for this machine
        # Float convolutions in blocks of this machine's width, the only part that depends on the
        # machine.
        onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["NchwcTransformer"],
        )


class _Posters:
    """Batches of decoded posters in the form that the library needs: one at a time, then None."""

    def __init__(self, reads: PosterInput, films: Sequence[Movie]) -> None:
        posters = [film.poster for film in films if film.poster is not None][:CALIBRATION]
        pixels = [part for part in reads.decode_all(posters) if isinstance(part, np.ndarray)]
        self._batches: Iterator[np.ndarray] = iter(
            [np.stack(pixels[i : i + _BATCH]) for i in range(0, len(pixels), _BATCH)]
        )

    def get_next(self) -> dict[str, Any] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"inputs": batch}


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences the library's advice on the root logger to do what has been done already."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)
