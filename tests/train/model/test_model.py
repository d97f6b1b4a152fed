from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from cinegenre.errors import UserError
from cinegenre.export.onnx import export_onnx
from cinegenre.inputs import Cleaning, NamesInput, PosterInput, TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.model.encoders import ENCODERS, Encoder, build_encoder
from cinegenre.train.model.encoders.lstm import LSTM
from cinegenre.train.model.fusion import FUSIONS
from cinegenre.train.model.model import GenreModel, build_model
from cinegenre.train.recipe import ModelConfig, load_recipe

from ...tiny import pretrained
from ..kinds import NOUNS, Tables, spec_of

GENRES = 5
TEXT = TextInput(
    fields=("overview",),
    tokenizer=build_vocabulary([[f"word{i}" for i in range(50)]], 40),
    max_tokens=20,
    cleaning=Cleaning(),
)
POSTER = PosterInput(height=32, width=16)
RAW = TextInput(fields=("overview",), tokenizer=pretrained.tokenizer(words=NOUNS), max_tokens=20)
NAMES = NamesInput(fields=("people",), tokenizer=TEXT.tokenizer, max_tokens=20)
READS: dict[str, TextInput | PosterInput] = {
    kind: {"words": TEXT, "text": RAW, "names": NAMES, "poster": POSTER}[spec_of(kind).kind]
    for kind in ENCODERS
}
DAVE = {"type": "cnn", "filters": [32, 32, 32, 64], "hidden": [64], "out": 32,
        "hidden_dropout": 0.5}  # fmt: skip


def example(kind: str, films: int = 4, length: int = 9) -> Tensor:
    if READS[kind] is POSTER:
        return torch.randint(0, 256, (films, 32, 16, 3), dtype=torch.uint8)
    tokens = torch.randint(1, 40, (films, length))
    tokens[0, 4:] = 0
    return tokens


def model(**overrides: object) -> GenreModel:
    torch.manual_seed(0)
    sets = [f"{key}={json.dumps(value)}" for key, value in overrides.items()]
    return build_model(
        load_recipe("cnn_lstm_slides", overrides=sets), {"text": TEXT, "poster": POSTER}, GENRES
    )


def batch(films: int = 4) -> tuple[dict[str, Tensor], Tensor]:
    torch.manual_seed(1)
    inputs = {"text": example("lstm", films), "poster": example("cnn", films)}
    return inputs, torch.ones(films, 2, dtype=torch.bool)


def ready(encoder: Encoder) -> Encoder:
    """In eval mode; one that says nothing before it has learned has learned something."""
    for part in encoder.buffers():
        if part.is_floating_point() and not part.any():
            part.normal_()
    return encoder.eval()


@pytest.mark.parametrize("kind", ENCODERS)
class TestEveryEncoder:
    def test_it_keeps_the_contract(self, kind: str, tables: Tables) -> None:
        assert issubclass(ENCODERS[kind], Encoder)
        encoder = build_encoder("x", tables[kind], READS[kind], GENRES)
        parts = [id(part) for depth in encoder.depths() for part in depth]
        assert sorted(parts) == sorted(id(part) for part in encoder.parameters())

    def test_its_output_is_out_dim_wide(self, kind: str, tables: Tables) -> None:
        encoder = build_encoder("x", tables[kind], READS[kind], GENRES).eval()
        assert encoder(example(kind)).shape == (4, encoder.out_dim)

    def test_a_film_does_not_depend_on_its_neighbours(self, kind: str, tables: Tables) -> None:
        encoder = build_encoder("x", tables[kind], READS[kind], GENRES).eval()
        films = example(kind)
        with torch.no_grad():
            torch.testing.assert_close(encoder(films)[1:2], encoder(films[1:2]))

    def test_every_parameter_learns(self, kind: str, tables: Tables) -> None:
        encoder = build_encoder("x", tables[kind], READS[kind], GENRES)
        if encoder.learns_apart:  # by itself, and its parameters are then left alone
            assert not any(p.requires_grad for p in encoder.parameters())
            return
        encoder(example(kind)).square().sum().backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.parameters())

    def test_the_docs_name_it(self, kind: str, tables: Tables) -> None:
        """In the table of the kinds of inputs and their encoders."""
        page = (Path(__file__).parents[3] / "docs" / "train.md").read_text(encoding="utf-8")
        rows = [line for line in page.splitlines() if line.startswith("| `")]
        assert any(f"`{kind}`" in line.split("|")[3] for line in rows if line.count("|") == 4)

    def test_an_unknown_option_names_the_nearest(self, kind: str, tables: Tables) -> None:
        option = fields(ENCODERS[kind].Options)[-1].name
        with pytest.raises(UserError, match=f"did you mean {option!r}"):
            build_encoder("x", tables[kind] | {f"{option}s": 1}, READS[kind])


@pytest.mark.parametrize("share", range(len(FUSIONS)), ids=FUSIONS)
def test_onnx_says_what_torch_says(share: int, tables: Tables, tmp_path: Path) -> None:
    """Every fusion, with its share of all encoders before it."""
    torch.manual_seed(0)
    fusion, kinds = list(FUSIONS)[share], list(ENCODERS)[share :: len(FUSIONS)]
    encoders = {kind: build_encoder(kind, tables[kind], READS[kind], GENRES) for kind in kinds}
    network = GenreModel(encoders, GENRES, ModelConfig(fusion=fusion, hidden=(7,))).eval()
    export_onnx(network, {kind: READS[kind] for kind in kinds}, tmp_path)
    run = {path.stem: onnxruntime.InferenceSession(path) for path in tmp_path.glob("*.onnx")}
    masks = torch.tensor([[True] * len(kinds), *torch.eye(len(kinds), dtype=torch.bool).tolist()])
    for films, length in ((1, 9), (4, 9), (5, 20), (2, 1)):
        inputs = {kind: example(kind, films, length) for kind in kinds}
        present = masks.repeat(films, 1)[:films]
        fed = {"present": present.numpy()}
        for i, (kind, encoder) in enumerate(encoders.items()):
            [features] = run[f"encoder-{kind}"].run(None, {"inputs": inputs[kind].numpy()})
            with torch.no_grad():
                np.testing.assert_allclose(features, encoder(inputs[kind]).numpy(), atol=1e-5)
            fed[kind] = np.where(present.numpy()[:, i, None], features, np.float32(np.nan))
        [logits] = run["head"].run(None, fed)
        with torch.no_grad():
            np.testing.assert_allclose(logits, network(inputs, present).numpy(), atol=1e-5)


def test_reading_the_padding(tables: Tables, tmp_path: Path) -> None:
    """The last of the longest text's steps, however a batch is padded; in an export as well."""
    torch.manual_seed(0)
    encoder = build_encoder("x", {**tables["lstm"], "read_padding": True}, TEXT).eval()
    assert isinstance(encoder, LSTM)
    tokens = torch.randint(1, 40, (4, TEXT.max_tokens))
    tokens[:, 3:] = TEXT.pad_id
    with torch.no_grad():
        expected = encoder.project(encoder.lstm(encoder.embedding(tokens))[0][:, -1])
        for length in (3, 9, TEXT.max_tokens):
            torch.testing.assert_close(encoder(tokens[:, :length]), expected)
        other = build_encoder("x", tables["lstm"], TEXT).eval()
        other.load_state_dict(encoder.state_dict())
        assert not torch.allclose(other(tokens), expected, atol=1e-3)
    network = GenreModel({"x": encoder}, GENRES, ModelConfig()).eval()
    export_onnx(network, {"x": TEXT}, tmp_path)
    run = onnxruntime.InferenceSession(tmp_path / "encoder-x.onnx")
    for films, length in ((4, 3), (1, 9), (2, TEXT.max_tokens)):
        [features] = run.run(None, {"inputs": tokens[:films, :length].numpy()})
        np.testing.assert_allclose(features, expected[:films].numpy(), atol=1e-5)


def test_daves_seven_layers() -> None:
    """Section 3.1 on its smallest posters, 55 × 80 pixels, with its four genres."""
    encoder = build_encoder("poster", DAVE, PosterInput(height=80, width=55))
    layers = [m for m in GenreModel({"poster": encoder}, 4, ModelConfig()).modules() if
              isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]  # fmt: skip
    assert [sum(p.numel() for p in layer.parameters()) for layer in layers] == [
        3 * 3 * 3 * 32 + 32,
        3 * 3 * 32 * 32 + 32,
        3 * 3 * 32 * 32 + 32,
        3 * 3 * 32 * 64 + 64,
        5 * 3 * 64 * 64 + 64,  # 80 × 55 halved four times is 5 × 3
        64 * 32 + 32,
        32 * 4 + 4,
    ]
    kinds = [type(layer).__name__ for layer in encoder.project]  # type: ignore[union-attr]
    assert kinds == ["Linear", "ReLU", "Dropout"] * 2
    assert [layer.p for layer in encoder.project if isinstance(layer, torch.nn.Dropout)] == [
        0.5
    ] * 2  # type: ignore[union-attr]


def test_mavromatakis_four_convolutions() -> None:
    """Section 2.2 at 100 × 100; the filters, not given there, are VGG16's first four widths."""
    table = {"type": "cnn", "filters": [64, 128, 256, 512], "out": 300}
    encoder = build_encoder("poster", table, PosterInput(height=100, width=100)).eval()
    assert encoder.project[0].in_features == 6 * 6 * 512  # type: ignore[index,union-attr]
    assert encoder(torch.zeros(2, 100, 100, 3, dtype=torch.uint8)).shape == (2, 300)


def test_a_poster_too_small_for_its_poolings() -> None:
    table = {"type": "cnn", "filters": [4] * 5}
    with pytest.raises(UserError, match="32 × 16 pixels is too small for 5 poolings"):
        build_encoder("x", table, POSTER)
    build_encoder("x", table | {"filters": [4] * 4}, POSTER)


def test_a_dropout_out_of_range() -> None:
    with pytest.raises(UserError, match=r"encoders\.x\.hidden_dropout is 1\.5"):
        build_encoder("x", {"type": "cnn", "hidden_dropout": 1.5}, POSTER)


@pytest.mark.parametrize("kind", [kind for kind, reads in READS.items() if reads is not POSTER])
def test_padding_says_nothing(kind: str, tables: Tables) -> None:
    torch.manual_seed(0)
    encoder = ready(build_encoder("x", tables[kind], READS[kind], GENRES))
    tokens = torch.tensor([[5, 6, 7], [8, 9, 9]])
    padded = torch.cat([tokens, torch.full((2, 4), READS[kind].pad_id)], dim=1)
    with torch.no_grad():
        assert encoder(tokens).any()
        torch.testing.assert_close(encoder(padded), encoder(tokens))


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("kind", ENCODERS)
def test_an_absent_input_leaves_the_other_films_as_they_are(
    kind: str, fusion: str, tables: Tables
) -> None:
    torch.manual_seed(0)
    encoders = {"x": ready(build_encoder("x", tables[kind], READS[kind], GENRES)),
                "beside": build_encoder("beside", tables["names"], NAMES)}  # fmt: skip
    network = GenreModel(encoders, GENRES, ModelConfig(fusion=fusion)).eval()
    inputs = {"x": example(kind), "beside": example("names")}
    present = torch.tensor([[False, True], [True, True], [False, True], [True, False]])
    seen: list[Tensor] = []
    with torch.no_grad():
        whole = network(inputs, torch.ones_like(present))
        network.encoders["x"].register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        part = network(inputs, present)
        [encoded] = seen
        assert torch.equal(encoded, inputs["x"][[1, 3]])  # what is absent costs nothing
        for film in range(4):  # each as if it stood alone
            one = {name: rows[film : film + 1] for name, rows in inputs.items()}
            alone = network(one, present[film : film + 1])
            torch.testing.assert_close(part[film : film + 1], alone)
            assert torch.allclose(part[film], whole[film], atol=1e-5) == (film == 1)
        inputs["x"][0] = 1 + inputs["x"][2]
        torch.testing.assert_close(network(inputs, present), part)


def test_modality_dropout_never_hides_a_films_last_modality() -> None:
    network = model(**{"model.modality_dropout": 0.9})
    present = torch.tensor([[True, True], [True, False], [False, True]]).repeat(200, 1)
    hidden = network._hide(present)
    assert hidden.any(dim=1).all()
    assert not (hidden & ~present).any()
    both = hidden[present.all(dim=1)].sum(dim=1)
    assert (both == 1).float().mean() > 0.8


def test_unknown_fusion() -> None:
    with pytest.raises(UserError, match="did you mean 'concat'"):
        model(**{"model.fusion": "concta"})


def test_an_encoder_is_given_what_it_reads() -> None:
    with pytest.raises(UserError, match="'cnn', which does not read"):
        build_encoder("text", {"type": "cnn"}, TEXT)
    with pytest.raises(UserError, match="the types that do are classifier, cnn, vision"):
        build_encoder("poster", {"type": "lstm"}, POSTER)
    with pytest.raises(UserError, match="units is 0: it must be at least 1"):
        build_encoder("text", {"type": "lstm", "units": 0}, TEXT)


def test_batch_normalisation_stands_before_each_relu_and_takes_one_film() -> None:
    network = model(**{"model.batch_norm": True, "model.hidden": [8, 4]})
    kinds = [type(layer).__name__ for layer in network.head.classify]
    assert kinds == ["Linear", "BatchNorm", "ReLU", "Dropout"] * 2 + ["Linear"]
    inputs, present = batch(1)
    network.train()(inputs, present).sum().backward()  # a last batch may have a single film
    one = network.head.classify[1]
    assert int(one.num_batches_tracked) == 0
    network(*batch(4))
    assert int(one.num_batches_tracked) == 1
