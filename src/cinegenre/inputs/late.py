"""A tokenizer that is read from its file when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from tokenizers import Tokenizer

from ..errors import UserError


class LateTokenizer:
    """Stands in for the `Tokenizer` in the file `path`: predicting from a poster alone needs none.

    `prepare` is called with the tokenizer after it was read. Raises `UserError` at the first use if
    the file is not a tokenizer.
    """

    def __init__(self, path: Path, prepare: Callable[[Tokenizer], None] | None = None) -> None:
        self.path, self.prepare = path, prepare
        self._read: Tokenizer | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        # Python calls this only for attributes that this class lacks: those of the tokenizer.
        if name.startswith("__"):
            raise AttributeError(name)
        with self._lock:
            if self._read is None:
                read = _read(self.path)
                if self.prepare is not None:
                    self.prepare(read)
                self._read = read
        return getattr(self._read, name)


def _read(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the tokenizers library raises plain Exception
        raise UserError(f"{path} cannot be read ({error})", "export the bundle anew") from error
