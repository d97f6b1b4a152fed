"""Turns the 8-bit weights of quantised graphs back into floats.

It is for bundles whose training run is gone. The precision that rounding took stays lost: the
floats are the 8-bit weights times their scales.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ..errors import UserError


def dequantized(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of the graph in floats, in the form that `export.quantize` takes.

    Of the range of a rounded activation only the upper bound is kept, and only if the range begins
    at 0: it stands for the ReLU6 that quantising folded into it.

    Raises `UserError` for a graph whose 8-bit operators an optimiser has already joined.
    """
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    made = {name: node for node in model.graph.node for name in node.output}
    joined = [node.op_type for node in model.graph.node if node.op_type in _JOINED]
    if joined:
        raise UserError(
            f"this graph has {joined[0]}, in which an optimiser has joined 8-bit operators",
            "begin with the bundle in float32",
        )
    floats: dict[str, np.ndarray] = {}
    stands_for: dict[str, str] = {}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in held:
            floats[node.output[0]] = _scaled(held[node.input[0]], node, held)
        elif node.op_type == "DequantizeLinear" and made[node.input[0]].op_type == "Gather":
            source = made[node.input[0]]
            table = f"{source.input[0]}_float"
            floats[table] = _scaled(held[source.input[0]], node, held)
            nodes.append(helper.make_node("Gather", [table, source.input[1]], node.output[:1]))
        elif node.op_type == "DequantizeLinear":
            source = made[node.input[0]]
            bound = _upper_bound(node, held)
            if bound is None:
                stands_for[node.output[0]] = source.input[0]
            else:
                names = [f"{node.output[0]}_{end}" for end in ("least", "most")]
                limits = np.array([0, bound], np.float32)
                floats |= dict(zip(names, (np.asarray(end) for end in limits), strict=True))
                nodes.append(helper.make_node("Clip", [source.input[0], *names], node.output[:1]))
        elif node.op_type == "MatMulInteger":
            nodes.append(_product(node, model.graph, held, made, floats))
        elif node.op_type not in ("QuantizeLinear", "DynamicQuantizeLinear"):
            nodes.append(node)
    return _assembled(model, nodes, floats, stands_for)


_JOINED = {"QLinearConv", "QLinearAdd", "DynamicQuantizeMatMul", "MatMulIntegerToFloat"}


def _scaled(value: np.ndarray, node: onnx.NodeProto, held: dict[str, np.ndarray]) -> np.ndarray:
    """The result of DequantizeLinear for integers, with one scale, or one per channel."""
    scale = held[node.input[1]].astype(np.float32)
    zero = held[node.input[2]].astype(np.float32) if len(node.input) > 2 else np.float32(0)
    if scale.ndim == 1:
        axis = next((entry.i for entry in node.attribute if entry.name == "axis"), 1)
        shape = [-1 if place == axis % value.ndim else 1 for place in range(value.ndim)]
        scale, zero = scale.reshape(shape), np.broadcast_to(zero, scale.shape).reshape(shape)
    return np.asarray((value.astype(np.float32) - zero) * scale, np.float32)


def _upper_bound(node: onnx.NodeProto, held: dict[str, np.ndarray]) -> float | None:
    """The upper bound of an activation that begins at 0; any other bounds are only its range."""
    zero = held[node.input[2]]
    limits = np.iinfo(zero.dtype)
    return None if zero != limits.min else float(held[node.input[1]]) * (limits.max - limits.min)


def _product(
    node: onnx.NodeProto,
    graph: onnx.GraphProto,
    held: dict[str, np.ndarray],
    made: dict[str, onnx.NodeProto],
    floats: dict[str, np.ndarray],
) -> onnx.NodeProto:
    """The float product that replaces an integer product, its cast and its scaling."""
    used = {name: each for each in graph.node for name in each.input}
    scaled = used[used[node.output[0]].output[0]]
    both = next(made[name] for name in scaled.input if made[name].op_type == "Mul")
    scale = next(held[name] for name in both.input if name in held)
    name = f"{node.input[1]}_float"
    floats[name] = held[node.input[1]].astype(np.float32) * scale
    return helper.make_node("MatMul", [made[node.input[0]].input[0], name], scaled.output[:1])


def _assembled(
    model: onnx.ModelProto,
    nodes: list[onnx.NodeProto],
    floats: dict[str, np.ndarray],
    stands_for: dict[str, str],
) -> onnx.ModelProto:
    """A model of the nodes that its outputs need, in topological order."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    del graph.node[:], graph.value_info[:], graph.initializer[:]
    maker: dict[str, onnx.NodeProto] = {}
    for node in nodes:
        copied = onnx.NodeProto()
        copied.CopyFrom(node)
        copied.input[:] = [_meant(name, stands_for) for name in node.input]
        for name in copied.output:  # a product comes before the scaling that it replaces
            maker.setdefault(name, copied)
    done: set[str] = set()
    wanted = [output.name for output in graph.output]
    while wanted:
        name = wanted[-1]
        missing = [n for n in maker[name].input if n in maker and n not in done]
        if name not in done and missing:
            wanted += missing
            continue
        wanted.pop()
        if name not in done:
            graph.node.append(maker[name])
            done |= set(maker[name].output)
    read = {name for node in graph.node for name in node.input}
    graph.initializer.extend(t for t in model.graph.initializer if t.name in read)
    graph.initializer.extend(
        numpy_helper.from_array(value, name) for name, value in floats.items() if name in read
    )
    plain = [entry for entry in model.opset_import if entry.domain == ""]
    del result.opset_import[:]
    result.opset_import.extend(plain)
    return result


def _meant(name: str, stands_for: dict[str, str]) -> str:
    while name in stands_for:
        name = stands_for[name]
    return name
