from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from cinegenre import Movie, UserError
from cinegenre.inputs import LateTokenizer, NamesInput, TextInput
from cinegenre.inputs import late as module
from cinegenre.inputs.pieces import Around, PieceTokenizer
from cinegenre.tagger.bundle_folder import default_folder


def tokenizer() -> Tokenizer:
    """Words between "[CLS]" and "[SEP]"."""
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "ghost", "house", "cellar")
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, "[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read, in order; `tokenizer.json` is one."""
    paths: list[Path] = []
    before = module._read

    def noted(path: Path, around: Around) -> Tokenizer | PieceTokenizer:
        paths.append(path)
        return before(path, around)

    monkeypatch.setattr(module, "_read", noted)
    tokenizer().save(str(tmp_path / "tokenizer.json"))
    return paths


def test_it_is_read_once_and_only_where_a_film_has_a_text(tmp_path: Path, read: list[Path]) -> None:
    late = LateTokenizer(tmp_path / "tokenizer.json")
    reads = TextInput(fields=("title", "overview"), tokenizer=late, max_tokens=6)  # type: ignore[arg-type]
    names = NamesInput(fields=("companies",), tokenizer=late, max_tokens=6)  # type: ignore[arg-type]
    bare = Movie(poster=b"\xff")
    assert [len(rows[0]) for rows in (reads.encode([bare]), names.encode([bare]))] == [0, 0]
    assert read == []
    whole = TextInput(fields=("title", "overview"), tokenizer=tokenizer(), max_tokens=6)
    film = Movie(title="A ghost in the house and a ghost in the cellar", companies=("Ghost",))
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda _: reads.encode([film])[0].tolist(), range(16)))
    assert rows == [whole.encode([film])[0].tolist()] * 16
    assert len(rows[0]) == 6  # cut as it is told to be, whoever reads it first
    assert names.encode([film])[0].tolist() == late.encode("ghost").ids
    assert read == [tmp_path / "tokenizer.json"]
    assert reads.vocabulary == whole.vocabulary


def test_a_broken_file_is_named_when_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{")
    late = LateTokenizer(tmp_path / "tokenizer.json")
    reads = TextInput(fields=("title",), tokenizer=late, max_tokens=6)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"tokenizer\.json cannot be read .*: export the bundle"):
        reads.encode([Movie(title="x")])


def test_a_sentencepiece_model_is_read_ahead_where_a_film_has_a_text(
    tmp_path: Path, read: list[Path]
) -> None:
    shipped = default_folder() / "tokenizer-languages.model"
    late = LateTokenizer(shipped)
    reads = TextInput(fields=("title", "overview"), tokenizer=late, max_tokens=6)  # type: ignore[arg-type]
    assert not reads.read_ahead([Movie(poster=b"\xff")]) and read == []
    assert reads.read_ahead([Movie(poster=b"\xff"), Movie(title="Der Fischer")])
    rows = reads.encode([Movie(title="Der Fischer")])
    assert not reads.read_ahead([Movie(title="Der Fischer")])
    assert read == [shipped]  # by the thread alone
    assert rows[0].tolist() == late.encode("Der Fischer").ids
    others = TextInput(
        fields=("title",),
        tokenizer=LateTokenizer(tmp_path / "tokenizer.json"),  # type: ignore[arg-type]
        max_tokens=6,
    )
    assert not others.read_ahead([Movie(title="Der Fischer")]) and read == [shipped]


def test_what_is_wrong_with_a_file_that_is_read_ahead_is_said_when_it_is_needed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pieces.model").write_bytes(b"no model")
    late = LateTokenizer(tmp_path / "pieces.model")
    assert late.read_ahead()
    with pytest.raises(UserError, match=r"pieces\.model cannot be read"):
        late.opened()
    assert "Traceback" not in capfd.readouterr().err
