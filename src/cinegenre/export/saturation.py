"""Makes 8-bit weights whose products never overflow, so that every processor computes the same.

x86 processors without VNNI (AVX2, AVX-512 before it: most computers) multiply unsigned 8-bit
activations by signed 8-bit weights in pairs, and add the two products in 16 bits, which saturate:
255 × 127 × 2 is twice what they hold. onnxruntime does so silently, and its remedy (weights of
7 bits, `reduce_range`) halves the precision of all weights. But only two weights that are
multiplied together and have the same sign can overflow: here the scale of each output channel is
raised just enough that no such pair adds up to more than `LARGEST`. That costs a third of a bit.

Pairs are neighbours in the order in which onnxruntime multiplies: of a matrix its rows 2i and
2i + 1, of a convolution's weights the same with the input channel innermost. Depthwise convolutions
are computed in 32 bits, and are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

LARGEST = 128
"""255 × 128 and -255 × 128 fit into 16 bits; 255 × 129 does not."""


@dataclass(frozen=True)
class Product:
    """A node that multiplies by 8-bit weights.

    `weight` and `scale` are names of initializers, `bias` the names of a 32-bit bias and its scale.
    """

    kind: str
    weight: str
    scale: str
    bias: tuple[str, str] | None = None

    def matrix(self, weight: np.ndarray) -> np.ndarray:
        """The weights as (output channels, products), with pairs beside each other."""
        if self.kind == "Conv":
            return np.asarray(weight.transpose(0, 2, 3, 1).reshape(len(weight), -1))
        return np.asarray(weight.T)


def unsaturated(model: onnx.ModelProto, original: onnx.ModelProto) -> None:
    """Change a quantised graph's weights, in place, so that none of its products saturates.

    `original` is the graph before it was quantised: weights are rounded once, from its floats.
    """
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    floats = {tensor.name: tensor for tensor in original.graph.initializer}
    turned = set(_turned(original))
    factors: dict[str, np.ndarray] = {}
    for product in products(model):
        if product.weight not in factors:
            name = _original(product.weight)
            exact = numpy_helper.to_array(floats[name])
            exact = exact.T if name in turned else exact
            factors[product.weight] = _rescale(product, exact, held)
        if product.bias is not None and product.bias[0] not in factors:
            factors[product.bias[0]] = _rescale_bias(product.bias, factors[product.weight], held)


def widest_pair(model: onnx.ModelProto) -> int:
    """The largest sum of a pair of weights with the same sign; 0 if there is no such pair."""
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    sums = [
        _pair_sums(product.matrix(numpy_helper.to_array(held[product.weight]).astype(int))).max()
        for product in products(model)
    ]
    return int(max(sums, default=0))


def products(model: onnx.ModelProto) -> Iterator[Product]:
    """The convolutions (not depthwise) and matrix products of a graph that read 8-bit weights."""
    made = {name: node for node in model.graph.node for name in node.output}
    for node in model.graph.node:
        if node.op_type == "QLinearConv" and _group(node) == 1:  # as an optimiser joins them
            yield Product("Conv", node.input[3], node.input[4])
        elif node.op_type in ("DynamicQuantizeMatMul", "MatMulIntegerToFloat"):
            at = 2 if node.op_type == "DynamicQuantizeMatMul" else 3
            yield Product("MatMul", node.input[1], node.input[at])
        elif node.op_type == "Conv" and _group(node) == 1:
            weight = made.get(node.input[1])
            if weight is None or weight.op_type != "DequantizeLinear":
                continue
            bias = made.get(node.input[2]) if len(node.input) > 2 else None
            yield Product("Conv", weight.input[0], weight.input[1],
                          None if bias is None else (bias.input[0], bias.input[1]))  # fmt: skip
        elif node.op_type == "MatMulInteger":
            yield Product("MatMul", node.input[1], f"{_original(node.input[1])}_scale")


def _rescale(product: Product, exact: np.ndarray, held: dict[str, onnx.TensorProto]) -> np.ndarray:
    """Round the weights `exact` with larger scales; return how much each channel's scale grew."""
    scale = numpy_helper.to_array(held[product.scale])
    across = scale.reshape(-1, 1, 1, 1) if product.kind == "Conv" else scale
    sums = np.asarray(_pair_sums(product.matrix(exact / across)).max(axis=1))
    # Rounding changes each weight of a pair by at most a half.
    factor: np.ndarray = np.maximum(sums / (LARGEST - 1), 1).astype(np.float32)
    grown = np.asarray(scale.reshape(-1) * factor).reshape(scale.shape)
    across = grown.reshape(-1, 1, 1, 1) if product.kind == "Conv" else grown
    _put(held[product.weight], np.rint(exact / across).clip(-127, 127).astype(np.int8))
    _put(held[product.scale], grown)
    return factor


def _rescale_bias(
    bias: tuple[str, str], factor: np.ndarray, held: dict[str, onnx.TensorProto]
) -> np.ndarray:
    """Rescale a bias, which is stored in the scale of the products that it is added to."""
    value, scale = (numpy_helper.to_array(held[name]) for name in bias)
    _put(held[bias[0]], np.rint(value / factor).astype(np.int32))
    _put(held[bias[1]], (scale * factor).astype(np.float32))
    return factor


def _pair_sums(matrix: np.ndarray) -> np.ndarray:
    """The largest possible sum of each pair, for any activations: (channels, pairs)."""
    odd = matrix.shape[1] % 2
    pairs = np.pad(matrix, ((0, 0), (0, odd))).reshape(len(matrix), -1, 2)
    same = pairs.clip(min=0).sum(axis=2), (-pairs).clip(min=0).sum(axis=2)
    return np.asarray(np.maximum(*same))


def _original(weight: str) -> str:
    """The original name of weights that onnxruntime's quantiser has renamed."""
    return weight.removesuffix("_quantized")


def _turned(original: onnx.ModelProto) -> Iterator[str]:
    """The weights that the quantiser transposes, because it replaces every Gemm by a MatMul."""
    for node in original.graph.node:
        if node.op_type == "Gemm" and any(e.name == "transB" and e.i for e in node.attribute):
            yield node.input[1]


def _group(node: onnx.NodeProto) -> int:
    return next((entry.i for entry in node.attribute if entry.name == "group"), 1)


def _put(tensor: onnx.TensorProto, value: np.ndarray) -> None:
    tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
