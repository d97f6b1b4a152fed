"""Image models whose last stages alone learn: what stands before them is computed once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cinegenre import Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export
from cinegenre.inputs import PosterInput
from cinegenre.train.data.films import load_split
from cinegenre.train.loop.train import train
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.encoders.vision import Vision
from cinegenre.train.recipe import Recipe, load_recipe

from ...conftest import SMALL
from ...tiny.pretrained import save_image

POSTER = PosterInput(height=40, width=24)


def vision(folder: Path, **options: object) -> Vision:
    table = {"type": "vision", "model": str(folder), "frozen": False, **options}
    built = build_encoder("poster", table, POSTER)
    assert isinstance(built, Vision)
    return built


def pixels() -> Tensor:
    return torch.randint(
        0, 256, (4, 40, 24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(3)
    )


def test_the_stem_and_the_rest_are_the_whole_model(tmp_path: Path) -> None:
    whole, parted = vision(save_image(tmp_path)), vision(tmp_path, last_stages=1)
    with torch.no_grad():
        maps = parted.stem(pixels())
        assert maps.shape == (4, 10, 6, 8)
        assert torch.allclose(parted(maps), whole(pixels()), atol=1e-5)
        assert torch.allclose(parted(pixels()), whole(pixels()), atol=1e-5)


def test_the_stem_does_not_learn(tmp_path: Path) -> None:
    encoder = vision(save_image(tmp_path), last_stages=1).train()
    encoder(pixels()).sum().backward()
    learning = {name for name, part in encoder.named_parameters() if part.grad is not None}
    assert learning == {n for n, _ in encoder.named_parameters() if ".stages.1." in n}


def test_its_features_are_those_of_the_stem_alone(tmp_path: Path) -> None:
    encoder = vision(save_image(tmp_path), last_stages=1)
    before = encoder.fingerprint
    changed = vision(tmp_path, last_stages=1)
    with torch.no_grad():
        for part in changed.body.encoder.stages[1].parameters():  # type: ignore[union-attr,index]
            part += 1
    assert changed.fingerprint == before != vision(tmp_path).fingerprint
    other = vision(tmp_path, last_stages=1)
    with torch.no_grad():
        next(other.body.embedder.parameters()).add_(1)  # type: ignore[union-attr]
    assert other.fingerprint != before


def test_maps_are_mirrored_in_training_alone(tmp_path: Path) -> None:
    encoder = vision(save_image(tmp_path), last_stages=1, mirror=0.999999)
    maps = torch.rand(4, 10, 6, 8)
    mirrored = maps.flip(2)
    plain = vision(tmp_path, last_stages=1).eval()
    with torch.no_grad():
        assert torch.equal(encoder.eval()(maps), plain(maps))
        assert torch.allclose(encoder.train()(maps), plain(mirrored), atol=1e-6)


def test_what_has_no_stages(tmp_path: Path) -> None:
    vit = save_image(tmp_path / "vit", "vit")
    with pytest.raises(UserError, match=r"last_stages is set, and .* has no stages"):
        vision(vit, last_stages=1)
    resnet = save_image(tmp_path / "resnet")
    with pytest.raises(UserError, match=r"last_stages is 2, .* has 2: leave it out"):
        vision(resnet, last_stages=2)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    folder = save_image(tmp_path_factory.mktemp("model"))
    table = {"type": "vision", "model": str(folder), "frozen": False, "last_stages": 1}
    sets = [*SMALL, "train.epochs=2", "modalities=['poster']"]
    recipe = load_recipe("cnn_lstm_slides", overrides=sets)
    return replace(recipe, encoders=recipe.encoders | {"poster": table | {"mirror": 0.5}})


def test_a_run_keeps_maps_and_its_bundle_reads_posters(
    recipe: Recipe, prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stems = 0
    stem = Vision.stem

    def counted(self: nn.Module, inputs: Tensor) -> Tensor:
        nonlocal stems
        stems += 0 if torch.compiler.is_exporting() else len(inputs)
        return stem(self, inputs)  # type: ignore[arg-type]

    monkeypatch.setattr(Vision, "stem", counted)
    train(recipe, prepared, tmp_path / "run")
    films, _ = load_split(prepared, "train", recipe)
    [path] = films.cache.glob("features-*.npy")
    maps = np.load(path)
    assert maps.shape == (len(films.films), 8, 8, 8) and maps.dtype == np.float16
    others, _ = load_split(prepared, "validation", recipe)
    # Once for two epochs; and the one black poster that tells the width of its outputs.
    assert stems == len(films.films) + len(others.films) + 1

    report = export(tmp_path / "run", tmp_path / "bundle", data=prepared)
    assert report.strays < 1e-4
    shown = [film for film in prepared.films("test") if film.poster][:3]
    scored = list(Tagger.load(tmp_path / "bundle").predict(shown))
    assert all(found.error is None and "poster" in found.inputs for found in scored)
