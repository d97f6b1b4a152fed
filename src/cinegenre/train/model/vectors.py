"""Reads pretrained word vectors of word2vec or GloVe for the words of a vocabulary.

A file is text with one line `word v1 … vn` per word, or in word2vec's binary format: `word`, a
space, n little-endian float32. Binary files and word2vec's text files begin with a line `words n`;
all may be gzipped.

gensim's `KeyedVectors` is not used: it needs scipy (200 MB in all) and holds the whole file in
memory (1.3 KB per word, 4 GB for Google News), although a vocabulary needs a hundredth of it.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import numpy as np

from ...errors import UserError, shown

_File = io.BufferedReader | gzip.GzipFile
_Found = Iterator[tuple[bytes, np.ndarray]]
_CHUNK = 1 << 20
_FORMS = "name a word2vec (text or binary) or GloVe file, as it is or as .gz"


def fill_rows(path: Path, words: Mapping[str, int], table: np.ndarray) -> int:
    """Write the vector of each of `words` into its row of `table`; return how many were found.

    `table` is float32 (rows, width). If the file has a word twice, the first counts. Raises
    `UserError` for a file that is missing or damaged, has another width, or has none of the words.
    """
    wanted = {word.encode(): row for word, row in words.items()}
    try:
        with path.open("rb") as file:
            zipped = file.peek(2)[:2] == b"\x1f\x8b"
            unpacked = gzip.GzipFile(fileobj=file) if zipped else file
            for word, vector in _vectors(unpacked, path, table, wanted):
                table[wanted.pop(word)] = vector
                if not wanted:
                    break
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UserError(f"word vectors {path} cannot be read ({why})", _FORMS) from None
    if len(wanted) == len(words):
        what = f"word vectors {path} have none of the vocabulary's {len(words):,} words"
        raise UserError(what, "name vectors of the films' language")
    return len(words) - len(wanted)


def _vectors(file: _File, path: Path, table: np.ndarray, wanted: Mapping[bytes, int]) -> _Found:
    """The file's vectors of words that are in `wanted` when they are reached."""
    first, width = file.readline(_CHUNK), table.shape[1]
    parts = first.split()
    header = len(parts) == 2 and parts[0].isdigit() and parts[1].isdigit()
    if not header and not _is_text(first, len(parts) - 1):
        begins = shown(first.decode("utf-8", "replace").strip(), 30)
        raise UserError(f"{path} holds no word vectors (it begins {begins})", _FORMS)
    found = int(parts[1]) if header else len(parts) - 1
    if found != width:
        what = f"word vectors {path} are {found} wide, the encoder's embedding is {width}"
        raise UserError(what, f"set embedding = {found}")
    if not header:
        return _from_lines(chain([first], file), 1, path, width, wanted)
    if _is_text(file.peek(_CHUNK), width):
        return _from_lines(file, 2, path, width, wanted)
    return _from_binary(file, int(parts[0]), path, width, wanted)


def _is_text(begin: bytes, width: int) -> bool:
    """Whether this begins a line with a word and decimal numbers, unlike a binary file."""
    numbers = begin.partition(b"\n")[0].split()[1:][: min(width, 8)]
    try:
        return bool([float(number) for number in numbers]) and len(numbers) == min(width, 8)
    except ValueError:
        return False


def _from_lines(
    lines: Iterable[bytes], start: int, path: Path, width: int, wanted: Mapping[bytes, int]
) -> _Found:
    for number, line in enumerate(lines, start):
        word, _, rest = line.partition(b" ")
        if word not in wanted:
            continue
        parts = rest.split()
        if len(parts) > width:  # the first part of a word with spaces; GloVe 840B has some
            continue
        try:
            vector = np.array([float(part) for part in parts], np.float32)
        except ValueError:
            vector = np.empty(0, np.float32)
        if len(vector) < width or not np.isfinite(vector).all():
            what = f"line {number} of {path} is not a word with {width} numbers"
            raise UserError(f"{what} ({shown(word.decode())})", "mend it, or fetch the file anew")
        yield word, vector


def _from_binary(
    file: _File, count: int, path: Path, width: int, wanted: Mapping[bytes, int]
) -> _Found:
    held, at = b"", 0
    for number in range(count):
        while (space := held.find(b" ", at)) < 0 or len(held) <= space + 4 * width:
            more = file.read(_CHUNK)
            if not more:
                what = f"word vectors {path} end after {number:,} of {count:,} words"
                raise UserError(what, "fetch the file anew")
            held, at = held[at:] + more, 0
        word, at = held[at:space].lstrip(b"\n"), space + 1 + 4 * width
        if word in wanted:  # word2vec ends each with a line feed, gensim does not
            yield word, np.frombuffer(held, "<f4", width, space + 1)
