from __future__ import annotations

import math
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cinegenre.errors import UserError
from cinegenre.inputs import TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.model.corpus import Corpus
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.language_model import AWDLSTMLayers, LanguageModel
from cinegenre.train.model.language_model.pretrain import TiedModel, perplexity, pretrain
from cinegenre.train.model.language_model.softmax import tied_cross_entropy
from cinegenre.train.model.language_model.stream import Windows, split, stream, unigram_perplexity

WORDS = [f"word{i}" for i in range(28)]
READS = TextInput(fields=("overview",), tokenizer=build_vocabulary([WORDS], 30), max_tokens=30)
QUICK = LanguageModel(epochs=2, batch_size=4, bptt=10, learning_rate=2e-2, clip=5.0, dropout=0)
SIZES = {"embedding": 12, "units": 16, "layers": 2}


def texts(count: int = 60, seed: int = 0) -> list[np.ndarray]:
    """Each word is followed by the next one: all can be told but where a text starts and ends."""
    rng = np.random.default_rng(seed)
    starts, lengths = rng.integers(0, 28, count), rng.integers(8, 20, count)
    return [
        ((s + np.arange(n)) % 28 + 2).astype(np.int32) for s, n in zip(starts, lengths, strict=True)
    ]


def tied(options: LanguageModel = QUICK) -> TiedModel:
    torch.manual_seed(0)
    return TiedModel(AWDLSTMLayers(30, **SIZES, dropouts=options), options)


def corpus(folder: Path, rows: list[np.ndarray] | None = None) -> Corpus:
    return Corpus(READS, lambda: texts() if rows is None else rows, folder)


def encoder(**language_model: Any) -> nn.Module:
    table = {"epochs": 2, "batch_size": 4, "bptt": 10, "learning_rate": 2e-2} | language_model
    return build_encoder("text", {"type": "awd_lstm", **SIZES, "language_model": table}, READS)


@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize("pieces", [1, 7])
def test_the_softmax_is_torchs(bf16: bool, pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinegenre.train.model.language_model.softmax._NUMBERS", 23 * 50 // pieces)
    torch.manual_seed(0)
    parts = [torch.randn(23, 8), torch.randn(50, 8), torch.randn(50)]
    targets = torch.randint(0, 50, (23,))
    ours, theirs = ([part.clone().requires_grad_() for part in parts] for _ in range(2))
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        loss = tied_cross_entropy(*ours, targets)
    expected = F.cross_entropy(F.linear(*theirs), targets)
    (3 * loss).backward()
    (3 * expected).backward()
    rtol, atol = (0.05, 5e-3) if bf16 else (1e-5, 1e-6)
    torch.testing.assert_close(loss, expected, rtol=rtol, atol=atol)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=rtol, atol=atol)
    with torch.no_grad():
        torch.testing.assert_close(tied_cross_entropy(*parts, targets), expected.detach())


def test_the_embedding_is_the_softmaxs_weight() -> None:
    """There is one table, and both of its uses move it."""
    model = tied().train()
    assert [n for n, p in model.named_parameters() if p.shape == (30, 12)] == [
        "layers.embedding.weight"
    ]
    read, asked = torch.full((1, 3), 5), torch.full((1, 3), 9)
    model(read, asked, None)[0].backward()
    table = model.layers.embedding.weight
    assert table.grad[5].abs().sum() > 0  # type: ignore[index]
    assert table.grad[9].abs().sum() > 0  # type: ignore[index]
    moved = tied().eval()
    loss = moved(read, asked, None)[0]
    with torch.no_grad():
        moved.layers.embedding.weight[9] += moved.layers(read)[0][0, -1]  # towards the outputs
    assert moved(read, asked, None)[0] < loss


def test_activations_are_regularised_as_merity_says() -> None:
    plain = tied(replace(QUICK, alpha=0, beta=0)).train()
    full = tied(replace(QUICK, alpha=2, beta=1)).train()
    inputs, targets = torch.randint(0, 30, (2, 3, 7))
    steps = plain.layers(inputs)[0]
    expected = plain(inputs, targets, None)[0] + 2 * (steps**2).mean()
    expected = expected + ((steps[:, 1:] - steps[:, :-1]) ** 2).mean()
    torch.testing.assert_close(full(inputs, targets, None)[0], expected)
    assert full(inputs[:, :1], targets[:, :1], None)[0].isfinite()


def test_a_stream_has_every_text_once_behind_a_separator() -> None:
    rows = texts(9)
    joined = stream(rows, 0, np.random.default_rng(0))
    assert joined[0] == joined[-1] == 0
    parts = [tuple(p[1:].tolist()) for p in np.split(joined, np.flatnonzero(joined == 0))[1:-1]]
    assert sorted(parts) == sorted(tuple(row.tolist()) for row in rows)
    assert parts != [tuple(row.tolist()) for row in rows]
    assert len(stream(rows, 0, np.random.default_rng(0), 20)) == 21


@pytest.mark.parametrize(("batch_size", "bptt"), [(4, 10), (1, 7), (64, 70), (3, 1000)])
def test_windows_follow_each_other(batch_size: int, bptt: int) -> None:
    tokens = np.arange(151)
    windows = Windows(tokens, batch_size, bptt)
    parts = list(windows)
    assert len(parts) == len(windows)
    inputs = torch.cat([part for part, _ in parts], dim=1)
    targets = torch.cat([part for _, part in parts], dim=1)
    assert torch.equal(targets, inputs + 1)
    rows, width = inputs.shape
    assert rows <= batch_size
    assert rows * width > 150 - rows
    assert torch.equal(inputs.flatten(), torch.arange(rows * width))


def test_held_out_texts_are_no_others() -> None:
    rows = [*texts(40), np.array([], np.int32)]
    kept, held = split(rows, 0.1, np.random.default_rng(0))
    assert (len(kept), len(held)) == (36, 4)
    assert {id(row) for row in kept} | {id(row) for row in held} == {id(row) for row in rows[:-1]}


def test_held_out_texts_are_not_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text has a word of its own; those the model is trained on are all but the held out's."""
    rows = [np.array([2 + i] * 6, np.int32) for i in range(20)]
    model = tied(replace(QUICK, held_out=0.2, bptt=6))
    seen: set[int] = set()
    real = TiedModel.forward

    def spy(self: TiedModel, inputs: Tensor, targets: Tensor, states: Any) -> Any:
        if self.training:
            seen.update(inputs.unique().tolist())
        return real(self, inputs, targets, states)

    monkeypatch.setattr(TiedModel, "forward", spy)
    told = pretrain(model, rows, 0)
    held = split(rows, 0.2, np.random.default_rng(0))[1]
    assert told["held_out_texts"] == len(held) == 4
    assert not seen & {int(row[0]) for row in held}
    assert len(seen) > 12


def test_unigrams() -> None:
    trained, held = np.array([1, 1, 2, 0]), np.array([1, 3])
    expected = math.exp(-(math.log(3 / 8) + math.log(1 / 8)) / 2)
    assert unigram_perplexity(trained, held, 4) == pytest.approx(expected)


def test_perplexity_is_of_all_tokens_with_the_state_carried_on() -> None:
    model = tied().eval()
    tokens = np.random.default_rng(0).integers(0, 30, 41)
    with torch.no_grad():
        steps = model.layers(torch.from_numpy(tokens[None, :-1]))[0]
        logits = F.linear(steps[0], model.layers.embedding.weight, model.bias)
        expected = F.cross_entropy(logits, torch.from_numpy(tokens[1:])).exp()
    assert perplexity(model, Windows(tokens, 1, 7)) == pytest.approx(float(expected), rel=1e-5)


def test_it_learns_what_unigrams_cannot() -> None:
    model = tied(replace(QUICK, epochs=12))
    told = pretrain(model, texts(120), 0)
    assert told["texts"] == 114
    assert told["perplexity"] < told["perplexities"][0]
    assert told["perplexity"] < 4 < 25 < told["unigram_perplexity"] < 32
    assert not model.training


def test_tokens_limit_an_epoch() -> None:
    told = pretrain(tied(replace(QUICK, tokens=200, epochs=1)), texts(), 0)
    assert told["tokens"] == 200


def test_what_cannot_be_learned_from() -> None:
    with pytest.raises(UserError, match=r"cannot learn from 1 texts: set language_model\.epochs"):
        pretrain(tied(), [*texts(1), np.array([], np.int32)], 0)


def test_a_divergence_is_told() -> None:
    with pytest.raises(UserError, match=r"diverged: lower language_model\.learning_rate"):
        pretrain(tied(replace(QUICK, learning_rate=1e30, clip=1e30)), texts(), 0)


def test_an_encoder_starts_from_it_and_the_next_one_reuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(1)
    first, second = encoder(), encoder()
    untrained = {name: part.clone() for name, part in first.state_dict().items()}
    before = torch.get_rng_state()
    told = first.begin(lambda: corpus(tmp_path))
    assert torch.equal(torch.get_rng_state(), before)
    assert told["from"] == "random weights"
    assert (told["epochs"], told["reused"]) == (2, False)
    monkeypatch.setattr("cinegenre.train.model.language_model.start.pretrain", lambda *_: 1 / 0)
    again = second.begin(lambda: corpus(tmp_path))
    assert again == told | {"reused": True}
    for name, part in first.state_dict().items():
        assert torch.equal(part, second.state_dict()[name])
        assert not torch.equal(part, untrained[name])
    assert not [path for path in tmp_path.iterdir() if "partial" in path.name]
    with pytest.raises(ZeroDivisionError):  # with other options it is another model
        encoder(seed=1).begin(lambda: corpus(tmp_path))


def test_it_starts_from_word_vectors(tmp_path: Path) -> None:
    """They are part of the key of what is kept; a tiny learning rate leaves them as they are."""
    told = {}
    for name, first in (("a", 0.5), ("b", 0.25)):
        words = [word for word, row in READS.tokenizer.get_vocab().items() if row != READS.pad_id]
        numbers = " ".join(["1"] * (SIZES["embedding"] - 1))
        (tmp_path / name).write_text("".join(f"{word} {first} {numbers}\n" for word in words))
        table = {"type": "awd_lstm", **SIZES, "vectors": str(tmp_path / name)}
        brief = {"epochs": 1, "batch_size": 4, "bptt": 10, "learning_rate": 1e-9}
        made = build_encoder("text", {**table, "language_model": brief}, READS)
        told[name] = made.begin(lambda: corpus(tmp_path / "kept"))
        rows = made.layers.embedding.weight.detach()  # type: ignore[union-attr,operator]
        learned = [row for row in range(len(rows)) if row != READS.pad_id]
        torch.testing.assert_close(rows[learned, 0], torch.full((len(learned),), first))
    assert told["a"]["vectors"]["found"] == len(words)
    assert [one["reused"] for one in told.values()] == [False, False]


def test_word_vectors_and_weights_of_a_language_model(tmp_path: Path) -> None:
    table = {"type": "awd_lstm", **SIZES, "vectors": "train"}
    with pytest.raises(UserError, match="both vectors and language_model"):
        build_encoder("text", {**table, "language_model": {"weights": "a", "words": "b"}}, READS)


def test_a_seed_says_all(tmp_path: Path) -> None:
    def learned(name: str, seed: int) -> Tensor:
        torch.manual_seed(ord(name))
        made = encoder(seed=seed)
        made.begin(lambda: corpus(tmp_path / name))
        return made.layers.embedding.weight.detach().clone()  # type: ignore[union-attr,operator]

    assert torch.equal(learned("a", 0), learned("b", 0))
    assert not torch.equal(learned("a", 0), learned("c", 1))


def test_no_epochs_start_from_random_weights(tmp_path: Path) -> None:
    made = encoder(epochs=0)
    before = made.layers.embedding.weight.detach().clone()  # type: ignore[union-attr,operator]
    assert made.begin(lambda: corpus(tmp_path)) == {}  # type: ignore[operator]
    assert torch.equal(made.layers.embedding.weight, before)  # type: ignore[union-attr]
    assert not list(tmp_path.iterdir())


def test_layers_below_learn_slower_from_other_weights() -> None:
    rates = [group["highest"] for group in tied(replace(QUICK, weights="x", divisor=2)).groups()]
    assert rates == [2e-2, 1e-2, 2e-2]  # the table, which is the softmax too, and two LSTMs
    assert [group["highest"] for group in tied().groups()] == [2e-2] * 3
    parameters = {id(p) for group in tied().groups() for p in group["params"]}
    assert len(parameters) == len(list(tied().parameters()))


THEIRS = ["xxunk", "xxpad", "xxbos", "the", "word3", "word5", "elsewhere"]


def fastai_state(older: bool = False) -> dict[str, Tensor]:
    """fastai's layout, of made-up numbers."""
    torch.manual_seed(3)
    table = torch.randn(7, 12)
    state = {"0.encoder.weight": table, "0.encoder_dp.emb.weight": table}
    for i, (inner, outer) in enumerate(((12, 16), (16, 12))):
        hidden = torch.randn(4 * outer, outer)
        state[f"0.rnns.{i}.weight_hh_l0_raw"] = hidden
        state[f"0.rnns.{i}.module.weight_ih_l0"] = torch.randn(4 * outer, inner)
        state[f"0.rnns.{i}.module.bias_ih_l0"] = torch.randn(4 * outer)
        state[f"0.rnns.{i}.module.bias_hh_l0"] = torch.randn(4 * outer)
        if older:
            state[f"0.rnns.{i}.module.weight_hh_l0"] = torch.zeros_like(hidden)
    return state | {"1.decoder.weight": table, "1.decoder.bias": torch.randn(7)}


def written(folder: Path, state: Any = None, words: Any = THEIRS) -> dict[str, str]:
    torch.save(fastai_state() if state is None else state, folder / "wt103.pth")
    (folder / "wt103.pkl").write_bytes(pickle.dumps(words))
    return {"weights": str(folder / "wt103.pth"), "words": str(folder / "wt103.pkl")}


@pytest.mark.parametrize("form", ["plain", "older", "wrapped"])
def test_wikitexts_weights(form: str, tmp_path: Path) -> None:
    state = fastai_state(older=form == "older")
    files = written(tmp_path, {"model": state, "opt": {}} if form == "wrapped" else state)
    made = encoder(epochs=0, **files)
    told = made.begin(lambda: corpus(tmp_path / "cache"))
    assert told["from"] == {"file": files["weights"], "words": files["words"], "found": 4, "of": 30}
    ours, theirs = made.layers.embedding.weight.detach(), state["0.encoder.weight"]  # type: ignore[union-attr,operator]
    for word, row in {"[UNK]": 0, "[PAD]": 2, "word3": 4, "word5": 5}.items():
        assert torch.equal(ours[READS.tokenizer.token_to_id(word)], theirs[row])
    torch.testing.assert_close(ours[READS.tokenizer.token_to_id("word4")], theirs.mean(0))
    for i, lstm in enumerate(made.layers.lstms):  # type: ignore[union-attr,arg-type]
        assert torch.equal(lstm.weight_hh_l0, state[f"0.rnns.{i}.weight_hh_l0_raw"])
        for name in ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0"):
            assert torch.equal(getattr(lstm, name), state[f"0.rnns.{i}.module.{name}"])


def test_wikitexts_weights_learn_on(tmp_path: Path) -> None:
    files = written(tmp_path)
    told = encoder(epochs=1, **files).begin(lambda: corpus(tmp_path / "cache"))
    assert told["from"]["found"] == 4
    assert told["epochs"] == len(told["perplexities"]) == 1


def without(key: str) -> dict[str, Tensor]:
    state = fastai_state()
    del state[key]
    return state


@pytest.mark.parametrize(
    ("state", "words", "sizes", "message"),
    [
        (None, THEIRS, {"units": 20}, "has others: set embedding = 12, units = 16, layers = 2"),
        (None, THEIRS, {"embedding": 8, "layers": 3}, "embedding 8, units 16, layers 3, "),
        (None, [*THEIRS, "more"], {}, "has 8 words, .* has rows for 7: name two files of one"),
        (without("0.encoder.weight"), THEIRS, {}, r"has no 0\.encoder\.weight: name a fastai"),
        (without("0.rnns.1.weight_hh_l0_raw"), THEIRS, {}, r"has no 0\.rnns\.1\.weight_hh_l0_raw"),
        (without("0.rnns.0.module.bias_hh_l0"), THEIRS, {}, r"no 0\.rnns\.0\.module\.bias_hh_l0"),
        (
            fastai_state() | {"0.rnns.1.module.bias_ih_l0": torch.zeros(5)},
            THEIRS,
            {},
            r"bias_ih_l0 of .* is \(5,\), not \(48,\)",
        ),
        ([1, 2], THEIRS, {}, "holds no plain weights"),
        (None, {"a": 1}, {}, "holds no plain list of words"),
        (None, [1, 2], {}, "holds no plain list of words"),
    ],
)
def test_what_is_wrong_with_the_files(
    state: Any, words: Any, sizes: dict[str, int], message: str, tmp_path: Path
) -> None:
    table = {"type": "awd_lstm", **SIZES, **sizes}
    table["language_model"] = {"epochs": 0, **written(tmp_path, state, words)}
    made = build_encoder("text", table, READS)
    with pytest.raises(UserError, match=message) as caught:
        made.begin(lambda: corpus(tmp_path / "cache"))
    assert caught.value.cure
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())


class Harm:
    """Unpickling it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("which", ["weights", "words"])
def test_a_file_that_would_run_code_does_not(which: str, tmp_path: Path) -> None:
    harm = Harm(tmp_path / "harmed")
    files = written(
        tmp_path, **({"state": {"0": harm}} if which == "weights" else {"words": [harm]})
    )
    with pytest.raises(UserError, match=r"wt103\.\w+ holds no plain "):
        encoder(epochs=0, **files).begin(lambda: corpus(tmp_path / "cache"))
    assert not (tmp_path / "harmed").exists()
    pickle.loads(pickle.dumps(harm))  # it would have
    assert (tmp_path / "harmed").exists()


def test_missing_files(tmp_path: Path) -> None:
    files = written(tmp_path)
    with pytest.raises(UserError, match=r"none\.pth cannot be read .No such file"):
        made = encoder(**files | {"weights": str(tmp_path / "none.pth")})
        made.begin(lambda: corpus(tmp_path))
    with pytest.raises(UserError, match="one of weights and words: name both"):
        encoder(weights=files["weights"]).begin(lambda: corpus(tmp_path))
    Path(files["words"]).write_bytes(b"no pickle")
    with pytest.raises(UserError, match="holds no plain list"):
        encoder(**files).begin(lambda: corpus(tmp_path))
