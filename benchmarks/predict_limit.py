"""How many films a second this machine could score if it did nothing but the multiplications.

Operations of a bundle's encoders for the films of a folder (two a multiplication and addition),
over the rate of the largest 8-bit matrix product that onnxruntime does here on all cores at once.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from cinegenre import Movie, Tagger
from cinegenre.inputs import PosterInput

from .bundles import encoders_run, read_config
from .predict import FILMS, read_films

SIZE, RUNS = 1024, 12


def main() -> None:
    """One JSON object: operations a film, the machine's rate, films a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    bundle = Tagger.load(given.model).bundle
    tables = [
        {key: value for key, value in film.items() if value not in (None, [])}
        for film in read_films(given.folder, FILMS)
    ]
    films = [Movie(**table) for table in tables]  # type: ignore[arg-type]
    config = read_config(bundle.folder)
    ran = [encoders_run(config, film.inputs) for film in films]
    products = 0.0
    for name, reads in bundle.inputs.items():
        model = onnx.load(bundle.encoders[name])
        read_by = [film for film, names in zip(films, ran, strict=True) if name in names]
        if isinstance(reads, PosterInput):
            products += len(read_by) * convolutions(model)
        else:
            weights = matrices(model)
            lengths = [len(row) for row in reads.encode(read_by)]
            # Each layer's attention multiplies queries by keys and weights by values.
            attention = 2 * bundle.widths[name] * count_softmax(model)
            products += sum(n * weights + n * n * attention for n in lengths)
    giga = 2 * products / len(films) / 1e9
    rate = integer_rate()
    print(json.dumps({"giga": giga, "rate": rate, "films_per_second": rate / giga}))


def convolutions(model: Any) -> float:
    """Multiplications of one image through the convolutions of a graph, which is run for that."""
    nodes = [node for node in model.graph.node if node.op_type in ("Conv", "QLinearConv")]
    sizes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    made = {node.output[0]: node for node in model.graph.node}
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    kinds = {"Conv": TensorProto.FLOAT, "QLinearConv": TensorProto.UINT8}
    shown.graph.output.extend(
        helper.make_tensor_value_info(node.output[0], kinds[node.op_type], None) for node in nodes
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        shown.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    image = np.zeros((1, *session.get_inputs()[0].shape[1:]), np.uint8)
    maps = session.run([node.output[0] for node in nodes], {"inputs": image})
    total = 0.0
    for node, made_of in zip(nodes, maps, strict=True):
        name = node.input[1 if node.op_type == "Conv" else 3]
        weight = sizes.get(name) or sizes[made[name].input[0]]  # through DequantizeLinear
        # Of (1, channels, height, width) or, channels last, (1, height, width, channels).
        total += float(np.prod(weight)) * made_of.size / weight[0]
    return total


def matrices(model: Any) -> float:
    """Multiplications of one token through the weights of a graph's matrix products."""
    sizes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    kinds = ("MatMul", "MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat")
    products = [node for node in model.graph.node if node.op_type in kinds]
    return float(sum(np.prod(sizes[n.input[1]]) for n in products if n.input[1] in sizes))


def count_softmax(model: Any) -> int:
    """The layers of attention in a graph."""
    return sum(node.op_type == "Softmax" for node in model.graph.node)


def integer_rate() -> float:
    """Gop/s of 8-bit matrix products, one thread a core, all cores at once."""
    names = ("a", "b")
    inputs = [
        helper.make_tensor_value_info(name, kind, [SIZE, SIZE])
        for name, kind in zip(names, (TensorProto.UINT8, TensorProto.INT8), strict=True)
    ]
    output = helper.make_tensor_value_info("c", TensorProto.INT32, [SIZE, SIZE])
    weight = np.random.default_rng(0).integers(-127, 127, (SIZE, SIZE), np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", names, ["c"])], "product", inputs[:1], [output],
        [onnx.numpy_helper.from_array(weight, "b")],
    )  # fmt: skip
    opset = [helper.make_opsetid("", 21)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    feed = {"a": np.ones((SIZE, SIZE), np.uint8)}
    cores = os.cpu_count() or 1

    def work(_: int) -> None:
        for _ in range(RUNS):
            session.run(None, feed)

    best = 0.0
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, range(cores)))
        for _ in range(3):
            started = time.perf_counter()
            list(pool.map(work, range(cores)))
            seconds = time.perf_counter() - started
            best = max(best, cores * RUNS * 2 * SIZE**3 / seconds / 1e9)
    return best


if __name__ == "__main__":
    main()
