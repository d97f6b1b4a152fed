"""A tokenizer that is read from its file when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from tokenizers import Tokenizer

from ..errors import UserError
from .pieces import NOTHING, SUFFIX, Around, PieceTokenizer, read_pieces


class LateTokenizer:
    """Stands in for the `Tokenizer` in the file `path`: predicting from a poster alone needs none.

    `prepare` is called with the tokenizer after it was read. A file ".model" is a SentencePiece
    model, which puts the tokens `around` each text; any other holds a `Tokenizer`, which knows its
    own. Raises `UserError` at the first use if the file is not a tokenizer.
    """

    def __init__(
        self,
        path: Path,
        prepare: Callable[[Tokenizer | PieceTokenizer], None] | None = None,
        around: Around = NOTHING,
    ) -> None:
        self.path, self.prepare, self.around = path, prepare, around
        self._read: Tokenizer | PieceTokenizer | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        # Python calls this only for attributes that this class lacks: those of the tokenizer.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.opened(), name)

    def opened(self) -> Tokenizer | PieceTokenizer:
        """The tokenizer itself, which is read now if it was not before."""
        with self._lock:
            if self._read is None:
                read = _read(self.path, self.around)
                if self.prepare is not None:
                    self.prepare(read)
                self._read = read
            return self._read

    def read_ahead(self) -> bool:
        """Begin to read the file in a thread, if that can be done beside other work; whether it is.

        SentencePiece releases Python's lock while it reads, `tokenizers` does not. An error is kept
        for the first use, which reads the file again.
        """
        begins = self._read is None and self.path.suffix == SUFFIX and not self._lock.locked()
        if begins:
            # Not a daemon: Python must not end while the library's code is running.
            Thread(target=self._read_quietly).start()
        return begins

    def _read_quietly(self) -> None:
        with suppress(UserError):
            self.opened()


def _read(path: Path, around: Around) -> Tokenizer | PieceTokenizer:
    if path.suffix == SUFFIX:
        return read_pieces(path, around)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the tokenizers library raises plain Exception
        raise UserError(f"{path} cannot be read ({error})", "export the bundle anew") from error
