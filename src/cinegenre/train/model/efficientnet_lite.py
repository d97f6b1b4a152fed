"""EfficientNet-Lite: the networks of Tan and Le (2019) without squeeze-and-excitation, with ReLU6.

They are small, and designed for 8-bit integers. `transformers` does not have them, and `timm`,
whose layer names are used here, needs torchvision.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional

SIZES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2), "lite3": (1.2, 1.4),
         "lite4": (1.4, 1.8)}  # fmt: skip
"""Size → the factors by which it multiplies the widths and the depths below."""
_STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
           (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))  # fmt: skip
"""Blocks, kernel, stride of the first block, expansion and channels of each stage (Table 1)."""
_STEM, _LAST = 32, 1280
_EPS = 1e-3
_ENDS = {"conv_stem": "embedder.conv", "bn1": "embedder.bn",
         "conv_head": "encoder.stages.7.conv", "bn2": "encoder.stages.7.bn"}  # fmt: skip
"""timm's names of the layers before and after the blocks → the names here."""


class _Conv(nn.Conv2d):
    """A convolution without bias, padded like TensorFlow's "same": odd pixels go right, down."""

    def __init__(
        self, inside: int, outside: int, kernel: int = 1, stride: int = 1, groups: int = 1
    ):
        super().__init__(inside, outside, kernel, stride, groups=groups, bias=False)

    def forward(self, input: Tensor) -> Tensor:
        (top, more_down), (left, more_right) = (
            _padding(*sizes)
            for sizes in zip(input.shape[2:], self.kernel_size, self.stride, strict=True)
        )
        if more_right or more_down:
            input = functional.pad(input, (0, more_right, 0, more_down))
        return functional.conv2d(
            input, self.weight, None, self.stride, (top, left), groups=self.groups
        )


def _padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """The padding on both sides, and the additional padding on the far side."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total % 2


class _Block(nn.Module):
    """An inverted residual block; without expansion it has no first convolution."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inside * expansion
        self.expands = expansion != 1
        self.skips = stride == 1 and inside == outside
        if self.expands:
            self.conv_pw = _Conv(inside, wide)
            self.bn1 = nn.BatchNorm2d(wide, _EPS)
            self.conv_dw = _Conv(wide, wide, kernel, stride, groups=wide)
            self.bn2 = nn.BatchNorm2d(wide, _EPS)
            self.conv_pwl = _Conv(wide, outside)
            self.bn3 = nn.BatchNorm2d(outside, _EPS)
        else:
            self.conv_dw = _Conv(wide, wide, kernel, stride, groups=wide)
            self.bn1 = nn.BatchNorm2d(wide, _EPS)
            self.conv_pw = _Conv(wide, outside)
            self.bn2 = nn.BatchNorm2d(outside, _EPS)

    def forward(self, maps: Tensor) -> Tensor:
        if self.expands:
            wide = functional.relu6(self.bn1(self.conv_pw(maps)))
            wide = functional.relu6(self.bn2(self.conv_dw(wide)))
            out: Tensor = self.bn3(self.conv_pwl(wide))
        else:
            out = self.bn2(self.conv_pw(functional.relu6(self.bn1(self.conv_dw(maps)))))
        return out + maps if self.skips else out


class _Encoder(nn.Module):
    """The stages, from the first block to the last convolution."""

    def __init__(self, stages: list[nn.Module]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)


class EfficientNetLite(nn.Module):
    """Scaled pixels (batch, 3, height, width) → maps (batch, 1280, height / 32, width / 32).

    It has the parts of a ResNet of `transformers`: `embedder`, and `encoder` with its `stages`, the
    eighth and last of which is the convolution to 1,280 channels.
    """

    def __init__(self, size: str) -> None:
        super().__init__()
        width, depth = SIZES[size]
        self.embedder = _layer(3, _STEM, 3, 2)
        inside, stages = _STEM, []
        for number, (count, kernel, stride, expansion, channels) in enumerate(_STAGES):
            # The first and the last stage have the same depth in all sizes.
            ends = number in (0, len(_STAGES) - 1)
            count = count if ends else math.ceil(count * depth)
            outside = _rounded(channels * width)
            blocks = []
            for block in range(count):
                blocks.append(_Block(inside, outside, kernel, 1 if block else stride, expansion))
                inside = outside
            stages.append(nn.Sequential(*blocks))
        self.encoder = _Encoder([*stages, _layer(inside, _LAST)])

    def forward(self, pixels: Tensor) -> SimpleNamespace:
        """The maps under `last_hidden_state`, as in `transformers`."""
        maps = self.embedder(pixels)
        for stage in self.encoder.stages:
            maps = stage(maps)
        return SimpleNamespace(last_hidden_state=maps)


def _layer(inside: int, outside: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            conv=_Conv(inside, outside, kernel, stride),
            bn=nn.BatchNorm2d(outside, _EPS),
            act=nn.ReLU6(),
        )
    )


def size_of(config: dict[str, object]) -> str:
    """Which of `SIZES` a folder's config.json names (`architecture`), or ""."""
    name = str(config.get("architecture", "")).removeprefix("tf_").partition(".")[0]
    size = name.removeprefix("efficientnet_")
    return size if size != name and size in SIZES else ""


def load(size: str, weights: dict[str, Tensor]) -> EfficientNetLite:
    """A model with these weights, which have timm's names; those of a classifier are ignored.

    Raises `RuntimeError` for other weights.
    """
    with torch.device("meta"):
        body = EfficientNetLite(size)
    named = {}
    for name, part in weights.items():
        first, _, rest = name.partition(".")
        if first == "blocks":
            named[f"encoder.stages.{rest}"] = part
        elif first != "classifier":
            named[f"{_ENDS.get(first, first)}.{rest}"] = part
    body.load_state_dict(named, assign=True)
    return body


def _rounded(channels: float) -> int:
    """The nearest multiple of 8 that is not more than a tenth too small."""
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near
