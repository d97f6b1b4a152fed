from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

from cinegenre import Movie, Tagger, UserError
from cinegenre.fit.cache import fingerprint
from cinegenre.fit.write import copy_base
from cinegenre.inputs import LateTokenizer, TextInput
from cinegenre.inputs.pieces import Around, PieceTokenizer, as_pieces, read_pieces
from cinegenre.tagger import bundle_folder, hub
from cinegenre.tagger.bundle_folder import default_folder, read_bundle
from examples import get_universal_sentence as laid_out

from ..tiny.planted import WORDS, planted_bundle

MERGING = ("Cs", "M", "Cf", "Sk")
JAMO = "".join(map(chr, (*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800),
                         0xFF9E, 0xFF9F, 0x0E33, 0x0EB3)))  # fmt: skip
"""What merges with the character before it, which the two libraries do differently."""

SHIPPED = default_folder() / "tokenizer-languages.model"
AROUND = Around(("<s>",), ("</s>",))
TEXTS = {
    "nothing": "",
    "white space": " \t\n\u3000\u2028 ",
    "white space around": "\x85  The  ghost\u00a0in the\r\nhouse \x85",
    "German": "Ein alter Fischer findet am Strand eine Kiste, die seit Jahren niemand öffnete.",
    "Arabic": "شاب يعثر على رسالة قديمة في بيت مهجور ﷺ",
    "Thai": "เด็กหญิงกำลังตามหาน้องชายที่หายไปในป่า",
    "Japanese": "古い家で見つけた手紙が、家族の秘密を明かす。ﾊﾝｶｸ①",
    "Korean": "바닷가의 낡은 집에서 한 소녀가 유령을 만난다.",
    "Hindi, which it does not know": "एक पुराने घर में भूत",
    "emoji": "👨‍👩‍👧 😀🇩🇪 ❤️ a ghost 👻",
    "control characters": "a\x00b\x01\x02 c\x7f\x1b[0m\u200b\ufeff",
    "decomposed": unicodedata.normalize("NFD", "Été à Älvsjö, où l'œuvre naît"),
    "the mark of a space": "▁x ▁ y▁▁z",
    "very long": "A ghost is seen in the old house by the sea. " * 3000,
    "one word": "x" * 20_000,
}


@pytest.fixture(scope="module")
def old() -> Tokenizer:
    """The shipped model's tokenizer for other languages, as `tokenizers` reads it."""
    pieces, charsmap = laid_out.read_pieces(SHIPPED.read_bytes())
    made = laid_out.tokenizer_of(pieces[1:], charsmap)
    made.encode_special_tokens = True
    return made


@pytest.fixture(scope="module")
def new() -> PieceTokenizer:
    return read_pieces(SHIPPED, AROUND)


def small(charsmap: bytes) -> Tokenizer:
    """The words of the planted bundle and letters as pieces."""
    letters = [(letter, -9.0 - i / 10) for i, letter in enumerate("▁abcdefghijklmnopqrstuvwxyz,.")]
    words = [(f"▁{word}", -5.0) for word in WORDS]
    special = [(piece, 0.0) for piece in laid_out.SPECIAL]
    return laid_out.tokenizer_of([*special, *words, *letters], charsmap)


@pytest.fixture(scope="module")
def charsmap() -> bytes:
    return laid_out.read_pieces(SHIPPED.read_bytes())[1]


class TestShipped:
    def test_it_is_what_its_tokenizer_becomes(self, old: Tokenizer, tmp_path: Path) -> None:
        made = as_pieces(old, {laid_out.PAD})
        assert made is not None
        assert made.around == AROUND
        made.save(str(tmp_path / "tokenizer.model"))
        assert (tmp_path / "tokenizer.model").read_bytes() == SHIPPED.read_bytes()
        assert read_bundle(default_folder()).inputs["languages"].tokenizer.around == AROUND  # type: ignore[union-attr]

    @pytest.mark.parametrize("name", TEXTS)
    @pytest.mark.parametrize("most", [7, 192, 1_000_000])
    def test_texts_have_the_same_tokens(
        self, old: Tokenizer, new: PieceTokenizer, name: str, most: int
    ) -> None:
        old.enable_truncation(most)
        new.enable_truncation(most)
        text = TEXTS[name]
        assert new.encode(text).ids == old.encode(text).ids
        [bare], [theirs] = (
            each.encode_batch_fast([text], add_special_tokens=False) for each in (new, old)
        )
        assert bare.ids == theirs.ids

    @pytest.mark.parametrize("text", ["{}", "a{}b", "{} ghosts"])
    def test_every_character_has_the_same_tokens(
        self, old: Tokenizer, new: PieceTokenizer, text: str
    ) -> None:
        old.no_truncation()
        new.enable_truncation(1000)
        texts = [text.format(chr(n)) for n in range(0x10000) if not 0xD800 <= n < 0xE000]
        pairs = zip(texts, new.encode_batch_fast(texts), old.encode_batch_fast(texts), strict=True)
        assert [text for text, ours, theirs in pairs if ours.ids != theirs.ids] == []

    def test_any_text_has_the_same_tokens(self, old: Tokenizer, new: PieceTokenizer) -> None:
        old.no_truncation()
        new.enable_truncation(1_000_000)

        @settings(max_examples=300, deadline=None)
        @given(st.text(st.characters(exclude_categories=MERGING, exclude_characters=JAMO)))
        def compare(text: str) -> None:
            assert new.encode(text).ids == old.encode(text).ids

        compare()

    @pytest.mark.parametrize("token", ["[PAD]", "<s>", "</s>", "<unk>"])
    @pytest.mark.parametrize("text", ["{}", "a {} b", "a{}b", " {}{}"])
    def test_a_token_inside_a_text_is_text(
        self, new: PieceTokenizer, token: str, text: str
    ) -> None:
        first, *inside, last = new.encode(text.format(token, token)).ids
        assert (first, last) == (2, 3)
        assert inside
        assert not {0, 1, 2, 3} & set(inside)

    def test_the_same_letter_in_two_parts_is_that_letter(
        self, old: Tokenizer, new: PieceTokenizer
    ) -> None:
        """As macOS writes file names; `tokenizers` takes these letters for unknown ones."""
        for letter in ("が", "한"):
            apart = unicodedata.normalize("NFD", letter)
            assert new.encode(apart).ids == new.encode(letter).ids == old.encode(letter).ids

    def test_it_answers_what_is_asked_of_a_tokenizer(
        self, old: Tokenizer, new: PieceTokenizer
    ) -> None:
        assert new.get_vocab_size() == old.get_vocab_size()
        for token in ("[PAD]", "<s>", "▁the", "no such piece", "", "<unk>"):
            assert new.token_to_id(token) == old.token_to_id(token)
        assert new.num_special_tokens_to_add(False) == old.num_special_tokens_to_add(False) == 2
        assert new.model.unk_token == "<unk>"

    def test_half_of_a_surrogate_pair_is_refused_as_ever(
        self, old: Tokenizer, new: PieceTokenizer
    ) -> None:
        for each in (old, new):
            with pytest.raises(TypeError):
                each.encode_batch_fast(["\ud83d"])

    def test_words_are_refused(self, new: PieceTokenizer) -> None:
        with pytest.raises(ValueError, match="no lists of words"):
            new.encode_batch_fast(["a"], is_pretokenized=True)


BROKEN: dict[str, tuple[Callable[[bytes], bytes], Around, str]] = {
    "empty": (lambda _: b"", AROUND, "not a SentencePiece model, or not complete"),
    "cut": (
        lambda whole: whole[: len(whole) // 2],
        AROUND,
        "not a SentencePiece model, or not complete",
    ),
    "JSON": (lambda _: b'{"version": "1.0"}', AROUND, "not a SentencePiece model, or not complete"),
    "zeros": (
        lambda whole: bytes(len(whole)),
        AROUND,
        "not a SentencePiece model, or not complete",
    ),
    "lacking": (lambda whole: whole, Around(("[CLS]",)), r"no token '\[CLS\]'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_clear_line(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    change, around, what = BROKEN[name]
    path = tmp_path / "tokenizer.model"
    path.write_bytes(change(SHIPPED.read_bytes()))
    reads = TextInput(
        fields=("title",),
        tokenizer=LateTokenizer(path, around=around),  # type: ignore[arg-type]
        max_tokens=9,
    )
    with pytest.raises(UserError, match=rf"tokenizer\.model cannot be read .*{what}") as error:
        reads.encode([Movie(title="The Ghost")])
    assert "\n" not in str(error.value)
    assert capfd.readouterr().err == ""


def unfit(change: str, made: Tokenizer) -> Tokenizer:
    """The tokenizer with something that a SentencePiece model does not do."""
    parts = json.loads(made.to_str())
    first, *_ = parts["model"]["vocab"]
    match change:
        case "kind":
            return Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
        case "no unknown":
            made.model = models.Unigram([tuple(first)], unk_id=None, byte_fallback=False)
        case "bytes":
            made.model = models.Unigram([tuple(first)], unk_id=0, byte_fallback=True)
        case "no normalization":
            made.normalizer = None
        case "lower case":
            made.normalizer = normalizers.Sequence([made.normalizer, normalizers.Lowercase()])
        case "split":
            made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
        case "first word":
            made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
        case "tokens found":
            made.add_tokens([AddedToken("ghost")])
        case "BERT":
            made.post_processor = processors.BertProcessing(("</s>", 3), ("<s>", 2))
        case "twice":
            made.post_processor = processors.TemplateProcessing(single="$A $A")
    return made


@pytest.mark.parametrize(
    "change",
    ["kind", "no unknown", "bytes", "no normalization", "lower case", "split", "first word",
     "tokens found", "BERT", "twice"],
)  # fmt: skip
def test_other_tokenizers_stay_what_they_are(change: str, charsmap: bytes) -> None:
    assert as_pieces(small(charsmap)) is not None
    assert as_pieces(unfit(change, small(charsmap))) is None


def test_without_tokens_around(charsmap: bytes) -> None:
    made = small(charsmap)
    made.post_processor = processors.TemplateProcessing(single="$A")
    pieces = as_pieces(made)
    assert pieces is not None
    assert pieces.around == Around()
    assert pieces.encode("a ghost").ids == made.encode("a ghost").ids
    assert pieces.encode("").ids == []


class TestBundle:
    @pytest.fixture
    def pair(
        self, charsmap: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Path, Path]:
        """The same model with its tokenizer as JSON and as a SentencePiece model."""
        new = planted_bundle(tmp_path / "new", pieces=small(charsmap))
        with monkeypatch.context() as patch:
            patch.setattr(bundle_folder, "as_pieces", lambda *_: None)
            old = planted_bundle(tmp_path / "old", pieces=small(charsmap))
        return old, new

    def test_it_is_written_and_read(self, pair: tuple[Path, Path]) -> None:
        old, new = pair
        configs: list[Any] = [
            json.loads((each / "config.json").read_text("utf-8")) for each in pair
        ]
        assert [config["format_version"] for config in configs] == [1, 3]
        assert configs[1]["inputs"]["text"]["around"] == {"before": ["<s>"], "after": ["</s>"]}
        assert (old / "tokenizer.json").exists()
        assert not (new / "tokenizer.json").exists()
        films = [Movie(title="A ghost in the crypt", overview="Films of a clown, a saddle."),
                 Movie(overview="Nothing that it knows: 死")]  # fmt: skip
        theirs, ours = (Tagger.load(each) for each in pair)
        assert [p.scores for p in ours.predict(films)] == [p.scores for p in theirs.predict(films)]
        for film in films:
            assert ours.explain(film).as_dict() == theirs.explain(film).as_dict()

    def test_it_is_copied(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        (tmp_path / "copy").mkdir()
        copy_base(read_bundle(pair[1]), tmp_path / "copy")
        copied = tmp_path / "copy" / "tokenizer.model"
        assert copied.read_bytes() == (pair[1] / "tokenizer.model").read_bytes()
        assert any(fnmatch("tokenizer.model", pattern) for pattern in hub.FILES)

    def test_what_was_read_can_be_written(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        inputs = read_bundle(pair[1]).inputs
        (tmp_path / "again").mkdir()
        bundle_folder.write_config(tmp_path / "again", "again", "1", ("Drama",), inputs, {}, {})
        again = json.loads((tmp_path / "again" / "config.json").read_text("utf-8"))
        assert again["inputs"]["text"]["around"] == {"before": ["<s>"], "after": ["</s>"]}
        written = tmp_path / "again" / "tokenizer.model"
        assert written.read_bytes() == (pair[1] / "tokenizer.model").read_bytes()

    def test_outputs_that_were_stored_are_not_taken_for_anothers(
        self, pair: tuple[Path, Path]
    ) -> None:
        before = fingerprint(read_bundle(pair[1]), "text")
        assert before == fingerprint(read_bundle(pair[1]), "text")
        config = pair[1] / "config.json"
        config.write_text(config.read_text("utf-8").replace('"<s>"', '"</s>"'), "utf-8")
        assert before != fingerprint(read_bundle(pair[1]), "text")

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"around": {"before": [2]}}, "around a text are"),
            ({"around": 7}, "is not complete"),
            (
                {"kind": "names"},
                r"input 'text' in .* reads words, and tokenizer\.model reads texts",
            ),
        ],
    )
    def test_a_wrong_config_is_named(
        self, pair: tuple[Path, Path], change: dict[str, object], what: str
    ) -> None:
        path = pair[1] / "config.json"
        config = json.loads(path.read_text("utf-8"))
        config["inputs"]["text"] |= change
        path.write_text(json.dumps(config), "utf-8")
        with pytest.raises(UserError, match=what):
            read_bundle(pair[1])
