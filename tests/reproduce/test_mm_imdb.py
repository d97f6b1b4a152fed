"""MM-IMDb on its official split, from its JSON files to the report, with frozen encoders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from cinegenre.data.prepare import prepare
from cinegenre.readers.mm_imdb import splits
from cinegenre.reproduce.reproduce import reproduce

from ..readers.test_mm_imdb import write_mm_imdb
from ..tiny import pretrained
from ..tiny.films import films


def test_its_split_its_rows_and_its_features(tmp_path: Path) -> None:
    source, data = tmp_path / "mmimdb", tmp_path / "data"
    made = write_mm_imdb(source, films(160))
    prepare("mm_imdb", source, data, splits=splits(source))
    text = pretrained.save_text(tmp_path / "text")
    image = pretrained.save_image(tmp_path / "image")
    sets = [
        f"encoders.text.model={json.dumps(str(text))}",
        f"encoders.poster.model={json.dumps(str(image))}",
        "inputs.text.max_tokens=30", "inputs.poster.height=32", "inputs.poster.width=32",
        "train.epochs=2", "model.hidden=[16]", "model.fusion_width=16",
    ]  # fmt: skip
    outcome = reproduce("mm_imdb", data, tmp_path / "out", only=["gated", "text"], overrides=sets)
    official = json.loads((source / "split.json").read_text())["test"]
    ids = [film.id for film in outcome.films]
    assert set(ids) <= {f"tt{number}" for number in official}
    wanted = [f.id for f in made if f.id in ids]
    assert ids == wanted and len(ids) > 10
    gated = outcome.rows["gated"].result
    assert gated.training.films["train"] <= len(made) // 2
    assert gated.inputs == ("overview", "poster")
    state = torch.load(
        tmp_path / "out" / "gated" / "run" / "checkpoints" / "best.ckpt", weights_only=True
    )["state_dict"]
    assert all(key.startswith("model.head.") for key in state)
    features = list((data / ".cache").rglob("features-*.npy"))
    assert len(features) == 4  # two splits, two encoders, shared by both rows
    assert outcome.pending == ["concat", "sum", "poster"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "gated" in page and "weighted F1" in page


def test_the_recipe_asks_for_models_by_name(tmp_path: Path) -> None:
    from cinegenre.errors import UserError

    source, data = tmp_path / "mmimdb", tmp_path / "data"
    write_mm_imdb(source, films(80))
    prepare("mm_imdb", source, data, splits=splits(source))
    missing = json.dumps(str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="no pretrained model at"):
        reproduce("mm_imdb", data, tmp_path / "out", only=["text"],
                  overrides=[f"encoders.text.model={missing}"])  # fmt: skip
