from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from cinegenre import UserError
from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import MissingExtra
from cinegenre.inputs import TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.loop.train import train
from cinegenre.train.model.corpus import Corpus
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.word2vec import trained_vectors
from cinegenre.train.recipe import load_recipe

from ...conftest import SMALL

SEA, SPACE = [f"sea{i}" for i in range(20)], [f"space{i}" for i in range(20)]
TOKENIZER = build_vocabulary([[*SEA, *SPACE, "never"]], 50)
READS = TextInput(fields=("overview",), tokenizer=TOKENIZER, max_tokens=9)


def corpus(folder: Path, texts: int = 1500) -> Corpus:
    """Texts about the sea, or about space."""
    dice = random.Random(0)

    def rows() -> list[np.ndarray]:
        words = [dice.choices(dice.choice((SEA, SPACE)), k=8) for _ in range(texts)]
        return [np.array([TOKENIZER.token_to_id(word) for word in row], np.int32) for row in words]

    return Corpus(READS, rows, folder)


def vector(table: np.ndarray, word: str) -> np.ndarray:
    row: np.ndarray = table[TOKENIZER.token_to_id(word)]
    return row / np.linalg.norm(row)


def test_words_in_like_texts_are_near(tmp_path: Path) -> None:
    table, texts = trained_vectors(corpus(tmp_path), 16)
    assert texts == 1500 and table.shape == (43, 16) and table.dtype == np.float32
    near = [vector(table, a) @ vector(table, b) for a in SEA for b in SEA if a != b]
    far = [vector(table, a) @ vector(table, b) for a in SEA for b in SPACE]
    assert min(near) > max(far) + 0.1
    for token in ("[PAD]", "[UNK]", "never"):
        assert np.isnan(table[TOKENIZER.token_to_id(token)]).all()


def test_they_are_kept_for_the_next_run(tmp_path: Path) -> None:
    first, _ = trained_vectors(corpus(tmp_path), 8)
    gone = Corpus(READS, lambda: pytest.fail("read again"), tmp_path)
    again, texts = trained_vectors(gone, 8)
    np.testing.assert_array_equal(first, again)
    assert texts == 1500
    wider, _ = trained_vectors(corpus(tmp_path), 9)
    assert wider.shape[1] == 9


SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from tokenizers import Tokenizer
from cinegenre.inputs import TextInput
from cinegenre.train.model.corpus import Corpus
from cinegenre.train.model.word2vec import trained_vectors
folder = Path(sys.argv[1])
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
reads = TextInput(fields=("overview",), tokenizer=tokenizer, max_tokens=9)
rows = list(np.load(folder / "rows.npy"))
found, _ = trained_vectors(Corpus(reads, lambda: rows, folder), 4)
sys.stdout.buffer.write(found.tobytes())
"""


def test_they_do_not_depend_on_pythons_hashes(tmp_path: Path) -> None:
    """A process of another seed finds what this one does."""
    here = corpus(tmp_path / "here")
    TOKENIZER.save(str(tmp_path / "tokenizer.json"))
    np.save(tmp_path / "rows.npy", np.stack(here.rows()))
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert there == trained_vectors(corpus(tmp_path / "here"), 4)[0].tobytes()


def test_an_lstm_starts_from_them(tmp_path: Path) -> None:
    table = {"type": "lstm", "embedding": 8, "vectors": "train", "freeze_vectors": True}
    lstm = build_encoder("text", table, READS)
    assert lstm.begin(lambda: corpus(tmp_path)) == {"trained_on": 1500, "found": 40, "of": 42}  # type: ignore[operator]
    own, _ = trained_vectors(corpus(tmp_path), 8)
    weights: np.ndarray = lstm.embedding.weight.detach().numpy()  # type: ignore[union-attr,operator]
    known = ~np.isnan(own[:, 0])
    np.testing.assert_array_equal(weights[known], own[known])
    assert np.isfinite(weights).all() and not weights[READS.pad_id].any()
    assert torch.isfinite(lstm(torch.tensor([[2, 3, 4, 0]]))).all()


def test_a_run_says_so(prepared: PreparedSet, tmp_path: Path) -> None:
    sets = ("modalities=['text']", "train.epochs=1", "encoders.text.vectors=train")
    recipe = load_recipe("cnn_lstm_slides", overrides=[*SMALL, *sets])
    summary = train(recipe, prepared, tmp_path / "run")
    begun = summary.begun["text"]
    assert begun["trained_on"] >= summary.films["train"] > 0
    assert begun["found"] >= begun["of"] - 1  # [UNK] may be in no text


def test_without_texts_or_gensim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="no training film has a text"):
        trained_vectors(corpus(tmp_path, 0), 4)
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtra, match=r"pip install .*\[gensim\]"):
        trained_vectors(corpus(tmp_path), 4)
