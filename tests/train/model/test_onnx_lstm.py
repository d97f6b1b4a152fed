"""The LSTM's export, which must hold for any length, however often a process exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from cinegenre.export.onnx import export_onnx
from cinegenre.inputs import Cleaning, TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import ModelConfig

TEXT = TextInput(
    fields=("overview",),
    tokenizer=build_vocabulary([[f"word{i}" for i in range(50)]], 40),
    max_tokens=200,
    cleaning=Cleaning(),
)


def test_every_export_of_a_process_takes_any_length(tmp_path: Path) -> None:
    """Of one layer to three, and of the AWD-LSTM; a film without words among the others."""
    torch.manual_seed(0)
    sizes = {"embedding": 6, "units": 5}
    tables = {f"lstm{n}": {"type": "lstm", "layers": n, "out": 4, **sizes} for n in (1, 2, 3)}
    tables["awd"] = {"type": "awd_lstm", "layers": 3, **sizes}
    encoders = {name: build_encoder(name, table, TEXT) for name, table in tables.items()}
    model = GenreModel(encoders, 3, ModelConfig()).eval()
    export_onnx(model, dict.fromkeys(tables, TEXT), tmp_path)
    for name, encoder in model.encoders.items():
        session = onnxruntime.InferenceSession(tmp_path / f"encoder-{name}.onnx")
        for films, length in ((3, 1), (3, 7), (1, 2), (9, 11), (3, 150)):
            tokens = torch.randint(1, 40, (films, length))
            tokens[1:2, length // 2 :] = 0
            tokens[2:3] = 0
            [features] = session.run(None, {"inputs": tokens.numpy()})
            with torch.no_grad():
                np.testing.assert_allclose(features, encoder(tokens).numpy(), atol=1e-6)
