"""8-bit graphs: no product saturates, they say what the floats said, and can be floats again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from cinegenre import Movie, UserError
from cinegenre.export import quantize
from cinegenre.export.dequantize import dequantized
from cinegenre.export.saturation import LARGEST, products, widest_pair
from cinegenre.inputs import PosterInput

from ..tiny.films import films

HEIGHT, WIDTH = 12, 8
READS = PosterInput(height=HEIGHT, width=WIDTH)
POSTERS = [Movie(poster=film.poster) for film in films(30) if film.poster]


def save(path: Path, nodes: list[onnx.NodeProto], shape: list[object], kind: int, width: int,
         constants: dict[str, np.ndarray]) -> Path:  # fmt: skip
    graph = helper.make_graph(
        nodes, "made", [helper.make_tensor_value_info("inputs", kind, shape)],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", width])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def text_graph(path: Path, weights: np.ndarray) -> Path:
    """Words of a table, multiplied by `weights`, added up."""
    table = np.random.default_rng(1).uniform(0, 1, (50, len(weights))).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "inputs"], ["found"]),
        helper.make_node("Tanh", ["found"], ["bent"]),
        helper.make_node("MatMul", ["bent", "weights"], ["product"]),
        helper.make_node("ReduceMean", ["product", "axis"], ["features"], keepdims=0),
    ]
    return save(path, nodes, ["batch", "length"], TensorProto.INT64, weights.shape[1],
                {"table": table, "weights": weights, "axis": np.array([1])})  # fmt: skip


def poster_graph(path: Path, weights: np.ndarray) -> Path:
    """Two convolutions with a ReLU6 between them, the second one `weights`, and means."""
    dice = np.random.default_rng(2)
    nodes = [
        helper.make_node("Cast", ["inputs"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
        helper.make_node("Transpose", ["scaled"], ["pixels"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["pixels", "first", "shift"], ["wide"], pads=[1, 1, 1, 1]),
        helper.make_node("Clip", ["wide", "least", "most"], ["cut"]),
        helper.make_node("Conv", ["cut", "weights", "bias"], ["maps"]),
        helper.make_node("ReduceMean", ["maps", "axes"], ["features"], keepdims=0),
    ]
    constants = {
        "scale": np.float32(1 / 255),
        "first": dice.uniform(0, 1.5, (weights.shape[1], 3, 3, 3)).astype(np.float32),
        "shift": np.full(weights.shape[1], -1, np.float32),
        "least": np.float32(0),
        "most": np.float32(6),
        "weights": weights,
        "bias": dice.uniform(-1, 1, len(weights)).astype(np.float32),
        "axes": np.array([2, 3]),
    }
    shape = ["batch", HEIGHT, WIDTH, 3]
    return save(path, nodes, shape, TensorProto.UINT8, len(weights),
                {name: np.asarray(value) for name, value in constants.items()})  # fmt: skip


def said(model: onnx.ModelProto | Path) -> np.ndarray:
    source = str(model) if isinstance(model, Path) else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    texts = session.get_inputs()[0].type == "tensor(int64)"
    posters = np.stack([READS.decode(film.poster or b"") for film in POSTERS])
    inputs = np.arange(40).reshape(8, 5) if texts else posters
    result: np.ndarray = session.run(None, {"inputs": inputs})[0]
    return result


RANDOM = np.random.default_rng(0).normal(size=(64, 24)).astype(np.float32)
GRAPHS = {
    "text": (text_graph, RANDOM),
    "a text whose weights are all the same": (text_graph, np.ones((64, 24), np.float32)),
    "a text of an odd width": (text_graph, -np.ones((63, 7), np.float32)),
    "poster": (poster_graph, RANDOM.T.reshape(24, 64, 1, 1)),
    "a poster whose weights are all the same": (poster_graph, np.ones((5, 8, 1, 1), np.float32)),
    "a poster with odd channels": (poster_graph, np.ones((3, 7, 3, 3), np.float32)),
}


@pytest.fixture(params=GRAPHS)
def graph(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    make, weights = GRAPHS[request.param]
    return make(tmp_path / "graph.onnx", weights)


def in_integers(path: Path) -> None:
    if "Conv" in {node.op_type for node in onnx.load(path).graph.node}:
        quantize._static(path, READS, POSTERS)
    else:
        quantize._dynamic(path)


def test_no_product_saturates_and_little_is_lost(graph: Path) -> None:
    floats = said(graph)
    in_integers(graph)
    model = onnx.load(graph)
    assert len(list(products(model))) == sum(n.op_type in ("Conv", "MatMulInteger")
                                             for n in model.graph.node) > 0  # fmt: skip
    assert LARGEST - 3 <= widest_pair(model) <= LARGEST
    spread = np.abs(floats).max()
    assert np.abs(said(graph) - floats).max() < 0.02 * spread
    before = said(graph)
    quantize._optimize(graph)
    joined = onnx.load(graph)
    assert not any("nchwc" in node.domain for node in joined.graph.node)
    assert widest_pair(joined) == widest_pair(model)
    assert np.abs(said(graph) - before).max() < 0.01 * spread


def test_without_our_hand_in_it_products_could_saturate(
    graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantize, "unsaturated", lambda model, original: None)
    in_integers(graph)
    assert widest_pair(onnx.load(graph)) > LARGEST + 60


def test_floats_again(graph: Path) -> None:
    in_integers(graph)
    model = onnx.load(graph)
    kept = model.SerializeToString()
    floats = dequantized(model)
    assert model.SerializeToString() == kept
    assert not {"QuantizeLinear", "DequantizeLinear", "MatMulInteger", "DynamicQuantizeLinear"} & {
        node.op_type for node in floats.graph.node
    }
    rounded = said(graph)
    assert np.abs(said(floats) - rounded).max() < 0.02 * np.abs(rounded).max()


def test_joined_operators_cannot_be_taken_apart(graph: Path) -> None:
    in_integers(graph)
    quantize._optimize(graph)
    with pytest.raises(UserError, match=r"in which an optimiser has joined .*: begin with"):
        dequantized(onnx.load(graph))


def test_floats_stay_as_they_are(graph: Path) -> None:
    before = said(graph)
    assert np.array_equal(said(dequantized(onnx.load(graph))), before)
    assert widest_pair(onnx.load(graph)) == 0
