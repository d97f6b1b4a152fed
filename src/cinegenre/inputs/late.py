"""A tokenizer read from its file when it is first asked for something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from tokenizers import Tokenizer

from ..errors import UserError


class LateTokenizer:
    """Stands in for the `Tokenizer` in the file `path`: a poster alone needs none of them read.

    `prepare` is called with the tokenizer once it is there. Raises `UserError` where the file is
    none, when it is first used.
    """

    def __init__(self, path: Path, prepare: Callable[[Tokenizer], None] | None = None) -> None:
        self.path, self.prepare = path, prepare
        self._read: Tokenizer | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        # Only what this class lacks comes here: all that a tokenizer can do.
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
    except Exception as error:  # the library raises a bare Exception
        raise UserError(f"{path} cannot be read ({error})", "export the bundle anew") from error
