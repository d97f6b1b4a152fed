from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cinegenre import UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.export.export import export, load_model
from cinegenre.inputs import TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.loop.train import train
from cinegenre.train.model.corpus import Corpus
from cinegenre.train.model.encoders import ENCODERS, Encoder, build_encoder
from cinegenre.train.model.vectors import fill_rows
from cinegenre.train.recipe import Recipe, load_recipe

from ...conftest import SMALL

VECTORS = {
    "storm": [1.5, -2.0, 0.25],
    "été": [0.5, 0.125, 3e-3],
    "elsewhere": [9.0, 9.0, 9.0],
    "moon": [0.0, 0.0, -1.0],
}
WORDS = {"moon": 2, "storm": 3, "été": 4, "zzyzx": 5}


def text_of(header: bool, vectors: dict[str, list[float]] = VECTORS) -> bytes:
    lines = [f"{len(vectors)} {len(next(iter(vectors.values())))}"] if header else []
    lines += [" ".join([word, *map(str, numbers)]) for word, numbers in vectors.items()]
    return "".join(line + "\n" for line in lines).encode()


def binary_of(end: bytes, vectors: dict[str, list[float]] = VECTORS) -> bytes:
    """word2vec's own ends each word with a line feed, gensim's does not."""
    rows = [w.encode() + b" " + np.array(v, "<f4").tobytes() + end for w, v in vectors.items()]
    return f"{len(vectors)} {len(next(iter(vectors.values())))}\n".encode() + b"".join(rows)


FORMS = {
    "glove": text_of(header=False),
    "word2vec text": text_of(header=True),
    "windows": text_of(header=True).replace(b"\n", b"\r\n"),
    "binary": binary_of(b"\n"),
    "gensim binary": binary_of(b""),
}


def written(folder: Path, content: bytes) -> Path:
    path = folder / "vectors"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, zipped: bool, tmp_path: Path) -> None:
    content = gzip.compress(FORMS[form], mtime=0) if zipped else FORMS[form]
    table = np.full((6, 3), 7, np.float32)
    assert fill_rows(written(tmp_path, content), WORDS, table) == 3
    for word, row in WORDS.items():
        np.testing.assert_array_equal(table[row], np.float32(VECTORS.get(word, [7, 7, 7])))
    assert (table[:2] == 7).all()


@pytest.mark.parametrize("form", ["text", "binary"])
def test_a_file_of_many_pieces(form: str, tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=(3000, 300)).astype(np.float32)
    many = {f"w{i}": row.tolist() for i, row in enumerate(numbers)}
    content = text_of(True, many) if form == "text" else binary_of(b"\n", many)
    wanted = {f"w{i}": i for i in range(0, 3000, 7)}
    table = np.zeros((3000, 300), np.float32)
    assert fill_rows(written(tmp_path, content), wanted, table) == len(wanted)
    np.testing.assert_array_equal(table[::7], numbers[::7])
    assert not np.delete(table, list(wanted.values()), axis=0).any()


def test_words_with_spaces_are_passed_over_and_the_first_of_two_counts(tmp_path: Path) -> None:
    path = written(tmp_path, b"x 1 2 3\nmoon rise 4 5 6\nmoon 1 2 3\nmoon 7 8 9\n")
    table = np.zeros((6, 3), np.float32)
    assert fill_rows(path, WORDS, table) == 1
    assert table[2].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text_of(True, {"moon": [1.0, 2.0]}), "are 2 wide, the encoder's embedding is 3: set embe"),
        (text_of(False, {"moon": [1.0] * 4}), "are 4 wide"),
        (binary_of(b"", {"moon": [1.0] * 5}), "are 5 wide"),
        (b"x 1 2 3\nmoon 1 2\n", 'line 2 of .* is not a word with 3 numbers ."moon"'),
        (b"2 3\nx 1 2 3\nmoon 1 two 3\n", "line 3 of "),
        (b"x 1 2 3\nmoon 1 nan 3\n", "line 2 of "),
        (text_of(True, {"other": [1.0, 2.0, 3.0]}), "none of the vocabulary's 4 words"),
        (binary_of(b"")[:-20], "end after 2 of 4 words: fetch"),
        (gzip.compress(text_of(False) * 500, mtime=0)[:60], "cannot be read"),
        (b"PK\x03\x04 a zip", "holds no word vectors"),
        (b"a,b,c\n1,2,3\n", "holds no word vectors"),
        (b"", "holds no word vectors"),
    ],
)
def test_what_is_wrong_with_a_file(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message) as caught:
        fill_rows(written(tmp_path, content), WORDS, np.zeros((6, 3), np.float32))
    assert caught.value.cure
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.txt cannot be read .No such file"):
        fill_rows(tmp_path / "none.txt", WORDS, np.zeros((6, 3), np.float32))


READS = TextInput(
    fields=("overview",), tokenizer=build_vocabulary([["moon", "storm", "zzyzx"]], 9), max_tokens=9
)


def no_texts() -> list[np.ndarray]:
    raise AssertionError("a file of vectors needs no texts")


NO_CORPUS = Corpus(READS, no_texts, Path("none"))


TAKES = [kind for kind, each in ENCODERS.items() if hasattr(each.Options, "vectors")]
QUIET: dict[str, dict[str, object]] = {"awd_lstm": {"units": 4, "language_model": {"epochs": 0}}}
"""Options of those whose start has more than vectors."""


def encoder(path: Path, kind: str = "lstm", **options: object) -> Encoder:
    torch.manual_seed(0)
    table = {"type": kind, "embedding": 3, "vectors": str(path), **QUIET.get(kind, {}), **options}
    return build_encoder("text", table, READS)


def words_of(encoder: Encoder) -> Tensor:
    [table] = [part for part in encoder.modules() if isinstance(part, nn.Embedding)]
    return table.weight.detach()


@pytest.mark.parametrize("kind", TAKES)
def test_an_encoder_starts_from_them(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, FORMS["binary"])
    first, second = encoder(path, kind), encoder(path, kind)
    padding = words_of(first)[READS.pad_id].tolist()
    told = first.begin(lambda: NO_CORPUS)
    assert told.get("vectors", told) == {"file": str(path), "found": 2, "of": 4}
    second.begin(lambda: NO_CORPUS)
    torch.testing.assert_close(first.state_dict(), second.state_dict())
    table = words_of(first)
    assert table[READS.pad_id].tolist() == padding
    assert table[READS.tokenizer.token_to_id("storm")].tolist() == VECTORS["storm"]
    unknown = table[READS.tokenizer.token_to_id("zzyzx")]
    assert 0 < unknown.abs().max() < 0.5


@pytest.mark.parametrize("freeze", [False, True])
def test_frozen_vectors_stay_and_others_move(freeze: bool, tmp_path: Path) -> None:
    lstm = encoder(written(tmp_path, FORMS["glove"]), freeze_vectors=freeze).train()
    lstm.begin(lambda: NO_CORPUS)
    before = words_of(lstm).clone()
    optimiser = torch.optim.AdamW(lstm.parameters(), lr=0.1, weight_decay=0.1)
    lstm(torch.tensor([[2, 3, 4, 0], [1, 2, 0, 0]])).square().sum().backward()
    optimiser.step()
    after = words_of(lstm)
    assert torch.equal(before, after) == freeze
    assert not after[READS.pad_id].any()


def test_freezing_nothing() -> None:
    with pytest.raises(UserError, match="freeze_vectors is set without vectors"):
        build_encoder("text", {"type": "lstm", "freeze_vectors": True}, READS)


def with_vectors(path: Path, *more: str) -> Recipe:
    sets = (*SMALL, "modalities=['text']", "train.epochs=1", "encoders.text.freeze_vectors=true",
            f"encoders.text.vectors={json.dumps(str(path))}", *more)  # fmt: skip
    return load_recipe("cnn_lstm_slides", overrides=sets)


def test_a_run_and_its_export_without_the_file(
    run: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(run / "tokenizer-text.json")).get_vocab()
    recipe, out = with_vectors(tmp_path / "vectors"), tmp_path / "run"
    width = recipe.encoders["text"]["embedding"]
    given = {word: [row / 100] * width for word, row in words.items() if row > 9}
    path = written(tmp_path, text_of(True, given))
    summary = train(recipe, prepared, out)
    expected = {"text": {"file": str(path), "found": len(given), "of": len(words) - 1}}
    assert summary.begun == expected
    path.unlink()
    assert train(recipe, prepared, out, resume=True).begun == expected
    model, inputs = load_model(recipe, out)
    table = model.encoders["text"].embedding.weight  # type: ignore[union-attr]
    for word, row in inputs["text"].tokenizer.get_vocab().items():  # type: ignore[union-attr]
        if word in given:
            assert table[row].tolist() == pytest.approx(given[word])  # type: ignore[index]
    export(out, tmp_path / "bundle", data=prepared)
    for part in (tmp_path / "bundle").iterdir():
        assert str(path).encode() not in part.read_bytes()


def test_a_missing_file_leaves_no_run(prepared: PreparedSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        train(with_vectors(tmp_path / "none"), prepared, tmp_path / "run")
    assert not (tmp_path / "run").exists()
