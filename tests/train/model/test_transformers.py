from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
import transformers
from torch import Tensor, nn

from cinegenre import Movie, Tagger, UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export, load_model
from cinegenre.export.onnx import export_onnx
from cinegenre.inputs import Cleaning, PosterInput, TextInput
from cinegenre.inputs.text import pad
from cinegenre.train.loop.train import train
from cinegenre.train.model import pretrained
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.model import GenreModel
from cinegenre.train.recipe import ModelConfig, load_recipe

from ...conftest import SMALL
from ...tiny.pretrained import WORDS, save_image, save_text, tokenizer

FAMILIES = ("bert", "roberta", "mpnet", "distilbert")
POSTER = PosterInput(height=40, width=24)
FILMS = [
    Movie(title="Word3", overview="word4 word5, word6"),
    Movie(overview="word7"),
    Movie(title="word1 word2 word1", overview="word8 " * 50),
]


def reads(folder: Path, max_tokens: int = 16) -> TextInput:
    tokenizer = pretrained.load_tokenizer(str(folder))
    return TextInput(
        fields=("title", "overview"),
        tokenizer=tokenizer,
        max_tokens=max_tokens,
        pad_token=pretrained.pad_token(str(folder), tokenizer),
    )


def text_encoder(folder: Path, **options: object) -> nn.Module:
    table = {"type": "transformer", "model": str(folder), **options}
    return build_encoder("text", table, reads(folder))


def vision_encoder(folder: Path, **options: object) -> nn.Module:
    return build_encoder("poster", {"type": "vision", "model": str(folder), **options}, POSTER)


def tokens(folder: Path) -> Tensor:
    read = reads(folder)
    return torch.from_numpy(pad(read.encode(FILMS), read.pad_id))


def pixels(films: int = 4) -> Tensor:
    torch.manual_seed(3)
    return torch.randint(0, 256, (films, 40, 24, 3), dtype=torch.uint8)


@pytest.mark.parametrize("family", FAMILIES)
def test_texts_are_tokenised_as_transformers_does(family: str, tmp_path: Path) -> None:
    """Cut with both ends kept, whatever padding and cutting the file came with."""
    folder = save_text(tmp_path, family)
    read = reads(folder)
    theirs = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    theirs.padding_side, theirs.pad_token = "right", read.pad_token
    texts = [" ".join(filter(None, (film.title, film.overview))) for film in FILMS]
    expected = theirs(texts, truncation=True, max_length=16, padding=True, return_tensors="np")
    np.testing.assert_array_equal(pad(read.encode(FILMS), read.pad_id), expected["input_ids"])
    assert read.pad_id == (1 if family in ("roberta", "mpnet") else 0)
    long = read.encode(FILMS)[2]
    assert len(long) == 16 and long[-1] == read.tokenizer.token_to_id(
        "</s>" if read.pad_id else "[SEP]"
    )
    assert len(read.encode([Movie()])[0]) == 0


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_it_says_what_transformers_says(family: str, pooling: str, tmp_path: Path) -> None:
    """Film by film, so without padding or a mask."""
    folder = save_text(tmp_path, family)
    encoder = text_encoder(folder, pooling=pooling)
    body = transformers.AutoModel.from_pretrained(folder)
    batch = tokens(folder)
    with torch.no_grad():
        found = encoder(batch)
        for row, film in enumerate(reads(folder).encode(FILMS)):
            steps = body(torch.from_numpy(film)[None].long()).last_hidden_state[0]
            expected = steps[0] if pooling == "cls" else steps.mean(dim=0)
            torch.testing.assert_close(found[row], expected, atol=1e-5, rtol=1e-5)


def test_tokens_are_hidden_in_training_alone(tmp_path: Path) -> None:
    folder = save_text(tmp_path)
    plain = text_encoder(folder, frozen=False, dropout=0.0).eval()
    encoder = text_encoder(folder, frozen=False, dropout=0.0, mask=0.5, masked="[UNK]")
    batch = tokens(folder)
    hidden, seen = reads(folder).tokenizer.token_to_id("[UNK]"), []
    encoder.body.register_forward_pre_hook(  # type: ignore[union-attr,operator]
        lambda _, args, kwargs: seen.append(kwargs["input_ids"]), with_kwargs=True
    )
    torch.manual_seed(0)
    first, second = encoder.train()(batch), encoder(batch)
    assert not torch.equal(first, second)
    torch.testing.assert_close(encoder.eval()(batch), plain(batch))
    changed = seen[0] != batch
    assert (seen[0][changed] == hidden).all()
    assert not changed[batch == reads(folder).pad_id].any()
    assert 0.3 < changed[batch != reads(folder).pad_id].float().mean() < 0.7
    with pytest.raises(UserError, match=r"no token '\[MASK\]'.*masked"):
        text_encoder(folder, mask=0.1)


def test_positions_by_onnx_in_any_shape(tmp_path: Path) -> None:
    """MPNet's are counted from the padding's number on, and near each other share a bias; a ViT's
    are for images of another size."""
    folder = save_text(tmp_path / "text", "mpnet")
    text, read = text_encoder(folder).eval(), reads(folder)
    poster = vision_encoder(save_image(tmp_path / "image", "vit", {"do_flip_channel_order": True}))
    network = GenreModel({"text": text, "poster": poster}, 3, ModelConfig())
    export_onnx(network, {"text": read, "poster": POSTER}, tmp_path)
    run = {path.stem: onnxruntime.InferenceSession(path) for path in tmp_path.glob("*.onnx")}
    for shape in ((1, 3), (5, 16), (2, 1)):
        batch, posters = torch.randint(4, 50, shape), pixels(shape[0])
        batch[-1, 2:] = read.pad_id
        [features] = run["encoder-text"].run(None, {"inputs": batch.numpy()})
        [seen] = run["encoder-poster"].run(None, {"inputs": posters.numpy()})
        with torch.no_grad():
            np.testing.assert_allclose(features, text(batch).numpy(), atol=1e-5)
            np.testing.assert_allclose(seen, poster(posters).numpy(), atol=1e-4)


@pytest.mark.parametrize("family", [*FAMILIES, "resnet", "vit"])
def test_depths_hold_every_parameter_once_from_the_input_on(family: str, tmp_path: Path) -> None:
    if family in FAMILIES:
        encoder = text_encoder(save_text(tmp_path, family), frozen=False)
    else:
        encoder = vision_encoder(save_image(tmp_path, family), frozen=False)
    depths = encoder.depths()  # type: ignore[operator]
    assert len(depths) == 3  # embeddings or stem, then two layers or stages
    ours = [id(p) for part in depths for p in part]
    assert sorted(ours) == sorted(id(p) for p in encoder.parameters())
    names = {id(p): name for name, p in encoder.named_parameters()}
    assert all("embed" in names[id(p)] for p in depths[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_only_the_last_layers_learn_when_asked(family: str, tmp_path: Path) -> None:
    folder = save_text(tmp_path, family)
    encoder = text_encoder(folder, frozen=False, last_layers=1).train()
    before = {name: part.clone() for name, part in encoder.named_parameters()}
    encoder(tokens(folder)).square().sum().backward()
    learning = [part for part in encoder.parameters() if part.requires_grad]
    torch.optim.SGD(learning, lr=1.0).step()
    *kept, last = encoder.depths()
    changed = {name for name, part in encoder.named_parameters() if (part != before[name]).any()}
    names = {id(part): name for name, part in encoder.named_parameters()}
    assert changed and changed <= {names[id(part)] for part in last}
    assert not changed & {names[id(part)] for group in kept for part in group}
    with pytest.raises(UserError, match=rf"last_layers is 3, .* has {len(kept)}: leave it out"):
        text_encoder(folder, frozen=False, last_layers=3)


def test_frozen_ones_neither_learn_nor_drop_out(tmp_path: Path) -> None:
    folder = save_text(tmp_path)
    frozen, free = text_encoder(folder).train(), text_encoder(folder, frozen=False).train()
    assert frozen.frozen and not free.frozen
    assert not any(p.requires_grad for p in frozen.parameters())
    assert not any(part.training for part in frozen.modules())
    batch = tokens(folder)
    assert torch.equal(frozen(batch), frozen(batch))
    assert not torch.equal(free(batch), free(batch))


@pytest.mark.parametrize("family", FAMILIES)
def test_dropout_of_ones_own(family: str, tmp_path: Path) -> None:
    folder = save_text(tmp_path, family)
    encoder = text_encoder(folder, frozen=False, dropout=0.0, attention="eager").train()
    with torch.no_grad():
        said = encoder(tokens(folder))
        assert torch.equal(said, encoder(tokens(folder)))
        plain = text_encoder(folder, frozen=False)
        assert torch.allclose(said, plain.eval()(tokens(folder)), atol=1e-5)
        assert not torch.allclose(said, plain.train()(tokens(folder)), atol=1e-5)


def test_a_fingerprint_changes_with_weights_pooling_and_tokenizer(tmp_path: Path) -> None:
    folder = save_text(tmp_path / "a")
    first = text_encoder(folder).fingerprint
    assert text_encoder(shutil.copytree(folder, tmp_path / "moved")).fingerprint == first
    assert text_encoder(folder, pooling="cls").fingerprint != first
    body = transformers.AutoModel.from_pretrained(folder)
    with torch.no_grad():
        body.embeddings.word_embeddings.weight[7, 7] += 1e-3
    body.save_pretrained(folder)
    assert text_encoder(folder).fingerprint != first


@pytest.mark.parametrize("scale", [
    None,
    {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]},
    {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "rescale_factor": 0.01},
    {"do_normalize": False, "do_flip_channel_order": True},
])  # fmt: skip
@pytest.mark.parametrize("family", ["resnet", "vit"])
def test_posters_as_transformers_sees_them(
    family: str, scale: dict[str, object] | None, tmp_path: Path
) -> None:
    folder = save_image(tmp_path, family, scale)
    encoder = vision_encoder(folder)
    asked = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
             "do_flip_channel_order": False, "do_normalize": True} | (scale or {})  # fmt: skip
    images = pixels().numpy().astype(np.float64) * asked.get("rescale_factor", 1 / 255)
    if asked["do_flip_channel_order"]:
        images = images[..., ::-1]
    if asked["do_normalize"]:
        images = (images - asked["image_mean"]) / asked["image_std"]
    body = transformers.AutoModel.from_pretrained(folder).eval()
    values = torch.from_numpy(images.transpose(0, 3, 1, 2).copy()).float()
    with torch.no_grad():
        if family == "resnet":
            expected = body(values).pooler_output.flatten(1)
        else:
            expected = body(values, interpolate_pos_encoding=True).last_hidden_state.mean(dim=1)
        found = encoder(pixels())
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_the_maximum_of_the_maps(tmp_path: Path) -> None:
    encoder = vision_encoder(save_image(tmp_path), pool="max")
    assert (encoder(pixels()) >= vision_encoder(tmp_path)(pixels())).all()


@pytest.mark.parametrize("train_norms", [False, True])
def test_norms_in_training_leave_neighbours_alone(train_norms: bool, tmp_path: Path) -> None:
    encoder = vision_encoder(save_image(tmp_path), frozen=False, train_norms=train_norms).train()
    before = {name: part.clone() for name, part in encoder.named_buffers()}
    with torch.no_grad():
        alone, together = encoder(pixels(2)[:2]), encoder(pixels(4))[:2]
    assert torch.allclose(alone, together, atol=1e-5) != train_norms
    same = all(torch.equal(part, before[name]) for name, part in encoder.named_buffers())
    assert same != train_norms


def test_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    folder, image = save_text(tmp_path / "text", "mpnet"), save_image(tmp_path / "image")
    with pytest.raises(UserError, match=r"max_tokens is 33, .* at most 32: set max_tokens = 32"):
        build_encoder("x", {"type": "transformer", "model": str(folder)}, reads(folder, 33))
    build_encoder("x", {"type": "transformer", "model": str(folder)}, reads(folder, 32))
    with pytest.raises(UserError, match="is a ResNetModel, and no encoder of texts"):
        build_encoder("x", {"type": "transformer", "model": str(image)}, reads(folder))
    with pytest.raises(UserError, match="reads no posters"):
        vision_encoder(folder)
    words = replace(reads(folder), cleaning=Cleaning())
    with pytest.raises(UserError, match='reads raw text, and not words: set kind = "text"'):
        build_encoder("x", {"type": "transformer", "model": str(folder)}, words)
    with pytest.raises(UserError, match=r"\[encoders.x\] has no 'model'"):
        build_encoder("x", {"type": "transformer"}, reads(folder))
    with pytest.raises(UserError, match="no pretrained model at"):
        build_encoder("x", {"type": "transformer", "model": "./none/here"}, reads(folder))
    with pytest.raises(UserError, match=r"has no config\.json"):
        build_encoder("x", {"type": "transformer", "model": str(tmp_path)}, reads(folder))


def test_damaged_models(tmp_path: Path) -> None:
    folder = save_text(tmp_path / "model")
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    with pytest.raises(UserError, match="cannot be loaded"):
        pretrained.load_body(str(folder))
    weights.unlink()
    with pytest.raises(UserError, match="cannot be loaded"):
        pretrained.load_body(str(folder))
    weights.write_bytes(whole)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(UserError, match=r"lack 16 of the model's \(encoder.layer.2"):
        pretrained.load_body(str(folder))
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(UserError, match=r"tokenizer in .* cannot be read"):
        pretrained.load_tokenizer(str(folder))
    (folder / "config.json").write_text(json.dumps(config | {"pad_token_id": None}))
    with pytest.raises(UserError, match="has no padding token"):
        reads(save_tokenizer(folder))


def save_tokenizer(folder: Path) -> Path:
    tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def test_a_run_that_reads_raw_text(prepared: PreparedSet, tmp_path: Path) -> None:
    """Fitted, exported and predicted with, padded by "<pad>", with a bundle that says so."""
    folder = save_text(tmp_path / "model", "roberta")
    sets = ("train.epochs=1", "inputs.text.kind=text", "inputs.text.max_tokens=20",
            "inputs.text.separator=' / '", "modalities=['text']")  # fmt: skip
    recipe = load_recipe("cnn_lstm_slides", overrides=[*SMALL, *sets])
    table = {"type": "transformer", "model": str(folder), "frozen": False}
    recipe = replace(recipe, encoders=recipe.encoders | {"text": table})
    train(recipe, prepared, tmp_path / "run")
    _, inputs = load_model(recipe, tmp_path / "run")
    assert inputs["text"].pad_token == "<pad>"  # type: ignore[union-attr]
    export(tmp_path / "run", tmp_path / "bundle", data=prepared)
    table = json.loads((tmp_path / "bundle" / "config.json").read_text())["inputs"]["text"]
    assert table["pad_token"] == "<pad>" and table["separator"] == " / "
    tagger = Tagger.load(tmp_path / "bundle")
    short, long = Movie(overview="word1"), Movie(overview=" ".join(WORDS))
    [alone], both = tagger.predict([short]), list(tagger.predict([short, long]))
    assert alone.scores == pytest.approx(both[0].scores, abs=1e-5)
