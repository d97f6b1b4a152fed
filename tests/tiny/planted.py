"""A bundle written by hand, whose every answer is known: words and one patch of the poster add up.

The logits are the sum of `WORDS`' weights, and for Western `REDNESS` times the mean of the red
channel, from 0 to 1, of the pixels in `PATCH`. No training, no torch.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from cinegenre.inputs import Cleaning, PosterInput, TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.metrics.calibration import Calibration
from cinegenre.tagger.bundle_folder import write_config, write_thresholds
from cinegenre.tagger.modes import subsets

GENRES = ("Comedy", "Horror", "Western")
WORDS = {
    "ghost": (0.0, 2.5, 0.0),
    "crypt": (-0.5, 1.0, 0.0),
    "clown": (1.5, -0.75, 0.0),
    "saddle": (0.0, 0.0, 1.25),
    "hammer": (0.0, 0.5, 0.0),
    "films": (0.0, 0.25, 0.0),
}
BIAS = (-1.0, -2.0, -1.5)
REDNESS = 3.0
HEIGHT, WIDTH = 36, 24
PATCH = (slice(8, 12), slice(16, 20))
"""Of the pixels a model sees: row 2 and column 4 of 9 × 6 cells."""

CELL = (2, 4)
SLOPE = 1.5
"""Of the calibration for all inputs; that of fewer is 1."""


def planted_bundle(
    folder: Path, max_tokens: int = 40, posters: int = 1, pieces: Tokenizer | None = None
) -> Path:
    """Write the bundle; it reads companies, title and overview as words, and the poster.

    With two `posters` a second encoder, like the first, reads it as well. With `pieces` it reads
    raw texts, in which "▁ghost" is the word "ghost".
    """
    folder.mkdir()
    tokenizer = build_vocabulary([list(WORDS)], 100) if pieces is None else pieces
    cleaning = Cleaning(drop_digits=False, lemmas=False, drop_stop_words=True)
    text = TextInput(fields=("companies", "title", "overview"), tokenizer=tokenizer,
                     max_tokens=max_tokens,
                     cleaning=cleaning if pieces is None else None)  # fmt: skip
    looks = ("poster", "second")[:posters]
    inputs = {"text": text} | dict.fromkeys(looks, PosterInput(height=HEIGHT, width=WIDTH))
    widths = dict.fromkeys(inputs, len(GENRES))
    table = np.zeros((tokenizer.get_vocab_size(), len(GENRES)), np.float32)
    for word, weights in WORDS.items():
        table[tokenizer.token_to_id(word if pieces is None else f"▁{word}")] = weights
    _save_text(folder / "encoder-text.onnx", table)
    for name in looks:
        _save_poster(folder / f"encoder-{name}.onnx")
    _save_head(folder / "head.onnx", ("text", *looks))
    about = {"activation": "sigmoid"}
    write_config(folder, "planted", "1", GENRES, inputs, widths, about)
    fields = ("companies", "overview", "poster", "title")
    write_thresholds(folder, {names: _calibration(names) for names in subsets(fields)})
    return folder


def _calibration(names: tuple[str, ...]) -> Calibration:
    one = np.ones(len(GENRES))
    slope = SLOPE if len(names) == 4 else 1.0
    return Calibration(GENRES, slope * one, 0 * one, 0.5 * one, 100)


def _save_text(path: Path, table: np.ndarray) -> None:
    nodes = [
        helper.make_node("Gather", ["table", "inputs"], ["found"]),
        helper.make_node("ReduceSum", ["found", "axis"], ["features"], keepdims=0),
    ]
    read = [helper.make_tensor_value_info("inputs", TensorProto.INT64, ["batch", "length"])]
    _save(path, nodes, read, "features", {"table": table, "axis": np.array([1])})


def _save_poster(path: Path) -> None:
    rows, columns = PATCH
    nodes = [
        helper.make_node("Cast", ["inputs"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["pixels", "from", "to", "axes"], ["patch"]),
        helper.make_node("ReduceMean", ["patch", "axes"], ["mean"], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("Mul", ["column", "weights"], ["features"]),
    ]
    shape = ["batch", HEIGHT, WIDTH, 3]
    read = [helper.make_tensor_value_info("inputs", TensorProto.UINT8, shape)]
    constants = {
        "from": np.array([rows.start, columns.start, 0]),
        "to": np.array([rows.stop, columns.stop, 1]),
        "axes": np.array([1, 2, 3]),
        "last": np.array([1]),
        "weights": np.array([[0, 0, REDNESS / 255]], np.float32),
    }
    _save(path, nodes, read, "features", constants)


def _save_head(path: Path, modalities: tuple[str, ...]) -> None:
    has = [f"has_{name}" for name in modalities]
    of = [f"of_{name}" for name in modalities]
    nodes = [
        helper.make_node("Cast", ["present"], ["has"], to=TensorProto.FLOAT),
        helper.make_node("Split", ["has", "each"], has, axis=1),
        *(helper.make_node("Mul", list(pair), [out])
          for *pair, out in zip(modalities, has, of, strict=True)),
        helper.make_node("Sum", [*of, "bias"], ["logits"]),
    ]  # fmt: skip
    read = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", len(GENRES)])
        for name in modalities
    ]
    count = len(modalities)
    read.append(helper.make_tensor_value_info("present", TensorProto.BOOL, ["batch", count]))
    constants = {"each": np.ones(count, np.int64), "bias": np.array([BIAS], np.float32)}
    _save(path, nodes, read, "logits", constants)


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    read: list[onnx.ValueInfoProto],
    output: str,
    constants: dict[str, np.ndarray],
) -> None:
    written = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", len(GENRES)])]
    values = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, path.stem, read, written, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
