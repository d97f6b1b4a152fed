from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from cinegenre import Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export import export as module
from cinegenre.export.export import export, load_model
from cinegenre.train.loop.run_folder import read_run


def test_a_bundle_says_what_torch_says(run: Path, bundle: Path, prepared: PreparedSet) -> None:
    model, inputs = load_model(read_run(run), run)
    tagger = Tagger.load(bundle)
    films = [f for f in prepared.films("test") if len(f.inputs) >= 4][:20]
    encoded = tagger.runtime.encode(films)
    ours = tagger.runtime.classify(encoded.features, encoded.present)
    poster, text = inputs["poster"], inputs["text"]
    for row, film in enumerate(films):
        batch = {
            "text": torch.from_numpy(text.encode([film])[0].astype(np.int64))[None],  # type: ignore[union-attr]
            "poster": torch.from_numpy(poster.decode(film.poster).copy())[None]  # type: ignore[union-attr]
            if film.poster
            else torch.zeros(1, 32, 32, 3, dtype=torch.uint8),
        }
        with torch.no_grad():
            theirs = model(batch, torch.from_numpy(encoded.present[row : row + 1]))
        np.testing.assert_allclose(ours[row], theirs[0].numpy(), atol=1e-4)


def test_what_a_bundle_holds(bundle: Path) -> None:
    names = {path.name for path in bundle.iterdir()}
    assert names == {
        "README.md", "config.json", "encoder-poster.onnx", "encoder-text.onnx", "head.onnx",
        "model.safetensors",        "thresholds.json", "tokenizer.json",
    }  # fmt: skip
    config = json.loads((bundle / "config.json").read_text())
    assert config["problem_type"] == "multi_label_classification"
    assert config["label2id"]["Western"] == 18
    assert config["id2label"]["18"] == "Western"
    card = (bundle / "README.md").read_text()
    assert card.startswith("---\n")
    assert "| title + overview + poster |" in card


def test_a_bundle_tells_nothing_of_the_machine_it_was_made_on(bundle: Path) -> None:
    for path in bundle.iterdir():
        content = path.read_bytes()
        for told in (b"site-packages", b"stack_trace", str(Path(__file__).parents[2]).encode()):
            assert told not in content, path.name


def test_torch_can_go_on_from_a_bundle(run: Path, bundle: Path) -> None:
    from safetensors.torch import load_file

    model, _ = load_model(read_run(run), run)
    weights = load_file(bundle / "model.safetensors")
    assert all(torch.equal(weights[key], part) for key, part in model.state_dict().items())


def test_a_run_is_not_replaced_by_its_bundle(run: Path, prepared: PreparedSet) -> None:
    before = sorted(path.name for path in run.iterdir())
    with pytest.raises(UserError, match="also holds 'checkpoints', which would be lost"):
        export(run, run, data=prepared)
    assert sorted(path.name for path in run.iterdir()) == before


def test_a_stray_export_is_refused_and_leaves_nothing(
    run: Path, bundle: Path, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(model: object, inputs: object, folder: Path) -> None:
        """The files of another model: those of the bundle, with the classifier's output negated."""
        for path in bundle.glob("*.onnx"):
            shutil.copy(path, folder)
        head = onnx.load(folder / "head.onnx")
        for node in head.graph.node:
            node.output[:] = ["kept" if name == "logits" else name for name in node.output]
        head.graph.node.append(onnx.helper.make_node("Neg", ["kept"], ["logits"]))
        onnx.save(head, folder / "head.onnx")

    monkeypatch.setattr(module, "export_onnx", wrong)
    with pytest.raises(UserError, match="strays from torch"):
        export(run, tmp_path / "b", data=prepared)
    assert list(tmp_path.iterdir()) == []


def test_what_stands_in_the_way(
    run: Path, data: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="no training run"):
        export(tmp_path, tmp_path / "b")
    half = Path(shutil.copytree(run, tmp_path / "half"))
    shutil.rmtree(half / "checkpoints")
    with pytest.raises(UserError, match="no best checkpoint yet"):
        export(half, tmp_path / "b", data=prepared)
    stopped = Path(shutil.copytree(run, tmp_path / "stopped"))
    info = json.loads((stopped / "run.json").read_text())
    for later in ("epochs", "best_epoch", "val_macro_ap", "seconds_training", "finished"):
        del info[later]
    (stopped / "run.json").write_text(json.dumps(info))
    with pytest.raises(UserError, match=r"stopped before its end: go on with it: .* --resume"):
        export(stopped, tmp_path / "b", data=prepared)
    (stopped / "run.json").unlink()
    with pytest.raises(UserError, match="stopped before its end"):
        export(stopped, tmp_path / "b", data=prepared)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty and holds no bundle"):
        export(run, tmp_path / "full", data=prepared)
    other = Path(shutil.copytree(data, tmp_path / "other"))
    manifest = json.loads((other / "dataset.json").read_text())
    (other / "dataset.json").write_text(json.dumps(manifest | {"fingerprint": "0"}))
    with pytest.raises(UserError, match="is not the data that"):
        export(run, tmp_path / "b", data=PreparedSet.open(other))
