"""The LSTM's export, which must hold for any length, however often a process exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from cinegenre.inputs import Cleaning, TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.encoders import build_encoder
from cinegenre.train.model import GenreModel
from cinegenre.train.onnx import export_onnx
from cinegenre.train.recipe import ModelConfig

TEXT = TextInput(
    fields=("overview",),
    tokenizer=build_vocabulary([[f"word{i}" for i in range(50)]], 40),
    max_tokens=200,
    cleaning=Cleaning(),
)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_every_export_of_a_process_takes_any_length(layers: int, tmp_path: Path) -> None:
    torch.manual_seed(layers)
    table = {"type": "lstm", "embedding": 6, "units": 5, "layers": layers, "out": 4}
    model = GenreModel(
        {"one": build_encoder("one", table, TEXT), "two": build_encoder("two", table, TEXT)},
        3,
        ModelConfig(),
    ).eval()
    export_onnx(model, {"one": TEXT, "two": TEXT}, tmp_path)
    for name, encoder in model.encoders.items():
        session = onnxruntime.InferenceSession(tmp_path / f"encoder-{name}.onnx")
        for length in (1, 7, 11, 150):
            tokens = torch.randint(1, 40, (3, length))
            [features] = session.run(None, {"inputs": tokens.numpy()})
            with torch.no_grad():
                np.testing.assert_allclose(features, encoder(tokens).numpy(), atol=1e-6)
