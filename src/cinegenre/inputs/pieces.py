"""Tokenizers as SentencePiece models: a fifth of the memory of the same one in `tokenizers`."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from ..errors import UserError, shown
from .protobuf import varint

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

SUFFIX = ".model"
"""Of the files that hold a SentencePiece model; other tokenizers are JSON."""

_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""Unicode's white space, which `str.strip()` alone is not: that takes U+001C to U+001F too."""

_NORMAL, _UNKNOWN, _CONTROL, _UNIGRAM = 1, 2, 3, 1
"""Kinds of pieces, and of models, in sentencepiece_model.proto, which numbers the fields too. The
module that comes with the library for it works only with the newest protobuf."""


@dataclass(frozen=True)
class Around:
    """The tokens that are put before and after each text. A SentencePiece model cannot say them."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


NOTHING = Around()


@dataclass(frozen=True)
class Row:
    """The token numbers of one text, where `tokenizers` has them in its `Encoding`."""

    ids: list[int]


@dataclass(frozen=True)
class UnknownPiece:
    """What `tokenizers` calls the model of a tokenizer, as far as it is asked for."""

    unk_token: str


class PieceTokenizer:
    """A SentencePiece model with those methods of `tokenizers.Tokenizer` that reading texts takes.

    `model` is the content of its file. Its control pieces ("[PAD]", "<s>") are never found in a
    text: there they are letters like others. Raises `ValueError` for what is not such a model, or
    lacks a token of `around`.
    """

    def __init__(self, model: bytes, around: Around = NOTHING) -> None:
        self._pieces = _opened(model)
        self._around = around
        self._before = [self._number(token) for token in around.before]
        self._after = [self._number(token) for token in around.after]
        self._most: int | None = None
        self.encode_special_tokens = True  # there is no other way here

    @property
    def around(self) -> Around:
        """The tokens that are put before and after each text."""
        return self._around

    @property
    def model(self) -> UnknownPiece:
        """Names the unknown token."""
        return UnknownPiece(self._pieces.id_to_piece(self._pieces.unk_id()))

    def num_special_tokens_to_add(self, is_pair: bool) -> int:
        """How many tokens are put around a text; there are no pairs of texts here."""
        return len(self._before) + len(self._after)

    def no_padding(self) -> None:
        """Does nothing, for rows are never padded."""

    def enable_truncation(self, max_length: int) -> None:
        """Cut rows to `max_length` tokens from now on; those around a text are kept and count."""
        self._most = max_length

    def get_vocab_size(self) -> int:
        """The number of tokens."""
        return self._pieces.get_piece_size()

    def token_to_id(self, token: str) -> int | None:
        """The number of a token; None if there is no such token."""
        number: int = self._pieces.piece_to_id(token)
        return number if self._pieces.id_to_piece(number) == token else None

    def encode(self, text: str, add_special_tokens: bool = True) -> Row:
        """The tokens of one text."""
        return self.encode_batch_fast([text], add_special_tokens=add_special_tokens)[0]

    def encode_batch_fast(
        self, texts: Sequence[str], is_pretokenized: bool = False, add_special_tokens: bool = True
    ) -> list[Row]:
        """The tokens of each text. Lists of words cannot be read."""
        if is_pretokenized:
            raise ValueError("a SentencePiece model reads texts, no lists of words")
        before, after = (self._before, self._after) if add_special_tokens else ([], [])
        end = None if self._most is None else self._most - len(before) - len(after)
        # U+0085, which cp1252 read wrongly leaves behind, would be an unknown token at either end.
        rows = self._pieces.encode([text.strip(_SPACES) for text in texts], num_threads=1)
        return [Row([*before, *row[:end], *after]) for row in rows]

    def to_str(self) -> str:
        """All that makes the tokens what they are, as one line."""
        return json.dumps([base64.b64encode(self._content()).decode(), vars(self._around)])

    def save(self, path: str) -> None:
        """Write the file of the model; what is put around texts is not in it."""
        Path(path).write_bytes(self._content())

    def _content(self) -> bytes:
        content: bytes = self._pieces.serialized_model_proto()
        return content

    def _number(self, token: str) -> int:
        number = self.token_to_id(token)
        if number is None:
            raise ValueError(f"it has no token {token!r}")
        return number


def read_pieces(path: Path, around: Around) -> PieceTokenizer:
    """The tokenizer in the file `path`. Raises `UserError` if it is none."""
    try:
        return PieceTokenizer(path.read_bytes(), around)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error})", "export the bundle anew") from error


def as_pieces(tokenizer: Tokenizer, special: Collection[str] = ()) -> PieceTokenizer | None:
    """The same tokenizer as a SentencePiece model; None if it is not of a kind that can be one.

    Those are the ones that were SentencePiece models before: pieces with scores (`Unigram`), its
    normalization, and one "▁" for each run of spaces. `special` are tokens besides the ones put
    around a text that no text contains, such as padding. Texts get the same numbers, except that
    "か" + U+3099, whose second half `tokenizers` does not know, becomes "が", as Hangul's parts
    become syllables; a mark after a "½" is kept; and "<s>" inside a text is three letters.
    """
    table = json.loads(tokenizer.to_str())
    around = _around(table["post_processor"])
    charsmap = _charsmap(table)
    if around is None or charsmap is None:
        return None
    pieces, number = table["model"]["vocab"], table["model"]["unk_id"]
    control = {*around.before, *around.after, *special}
    content = bytearray()
    for i, (piece, score) in enumerate(pieces):
        kind = _UNKNOWN if i == number else _CONTROL if piece in control else _NORMAL
        content += _bytes(1, _bytes(1, piece.encode()) + _float(2, score) + _integer(3, kind))
    none = varint((1 << 64) - 1)  # -1: no token of its own for the start, the end and padding
    training = _integer(3, _UNIGRAM) + _integer(4, len(pieces)) + _integer(40, number)
    training += b"".join(varint(field << 3) + none for field in (41, 42, 43))
    training += _bytes(45, pieces[number][0].encode())
    # Its other fields are true unless they are given.
    normalizer = _bytes(1, b"precompiled") + _bytes(2, base64.b64decode(charsmap))
    content += _bytes(2, training) + _bytes(3, normalizer)
    return PieceTokenizer(bytes(content), around)


def around_of(table: Mapping[str, Sequence[str]]) -> Around:
    """What config.json says is around each text. Raises `ValueError` for what are not tokens."""
    before, after = (tuple(table.get(place, ())) for place in ("before", "after"))
    if not all(isinstance(token, str) for token in (*before, *after)):
        raise ValueError(f"around a text are {shown(table)}")
    return Around(before, after)


def _opened(model: bytes) -> SentencePieceProcessor:
    # Late, because a film with a poster alone needs no tokenizer.
    from sentencepiece import SentencePieceProcessor

    opened = SentencePieceProcessor()
    try:
        opened.LoadFromSerializedProto(model)
    except RuntimeError as error:
        raise ValueError("it is not a SentencePiece model, or not complete") from error
    return opened


def _around(processor: Any) -> Around | None:
    """The tokens around a text in the JSON of a tokenizer; None if it does something else."""
    if processor is None:
        return Around()
    if processor["type"] != "TemplateProcessing":
        return None
    items = [(kind, each["id"]) for part in processor["single"] for kind, each in part.items()]
    texts = [i for i, (kind, _) in enumerate(items) if kind == "Sequence"]
    if len(texts) != 1:
        return None
    names = tuple(name for _, name in items)
    several = any(len(processor["special_tokens"][n]["ids"]) != 1 for k, n in items
                  if k != "Sequence")  # fmt: skip
    return None if several else Around(names[: texts[0]], names[texts[0] + 1 :])


def _charsmap(table: Any) -> str | None:
    """The normalization in a tokenizer's JSON, if all besides is what SentencePiece does."""
    model, spaces = table["model"], table["pre_tokenizer"]
    parts = (table["normalizer"] or {}).get("normalizers", [])
    fits = (
        model["type"] == "Unigram"
        and model["unk_id"] is not None
        and not model.get("byte_fallback")
        and not table["added_tokens"]
        and spaces
        == {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": False}
        and len(parts) == 3
        and parts[0]["type"] == "Precompiled"
        and parts[1] == {"type": "Strip", "strip_left": True, "strip_right": True}
        and parts[2] == {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    )
    return str(parts[0]["precompiled_charsmap"]) if fits else None


def _integer(field: int, number: int) -> bytes:
    return varint(field << 3) + varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def _float(field: int, number: float) -> bytes:
    return varint(field << 3 | 5) + struct.pack("<f", number)
