"""The lines of a text table, with look-ahead and pushback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TextIO

from .encodings import DAMAGED

MOST_LINES = 1000
"""The most lines of a row: a stray quotation mark must not swallow the file."""


class TooManyError(Exception):
    """A quoted cell has too many lines."""


class Lines:
    """A file's lines, with look-ahead and pushback; `taken` are the lines since `begin`."""

    def __init__(self, file: TextIO) -> None:
        self._file: Iterator[str] = file
        self._ready: list[str] = []
        self.taken: list[str] = []
        self.number = 0
        self.at_end = False

    def ahead(self, count: int, characters: int) -> list[str]:
        """The next lines, which are not consumed. A damaged file ends at the damage."""
        try:
            for line in self._file:
                self._ready.append(line)
                characters -= len(line)
                if len(self._ready) >= count or characters < 0:
                    break
            else:
                self.at_end = True
        except DAMAGED:
            if not self._ready:
                raise
        found = self._ready[:]
        self._ready.reverse()  # the last one is popped first
        return found

    def changed(self, change: Callable[[str], str]) -> list[str]:
        """Change all further lines; return those that are looked at already."""
        self._ready = [*map(change, self._ready)]
        self._file = map(change, self._file)
        return self._ready[::-1]

    def begin(self) -> None:
        """Begin a row with the next line."""
        self.taken = []

    def begin_with(self, line: str) -> None:
        """Begin a row with this line, which is already taken."""
        self.taken = [line]

    def back(self, used: int) -> None:
        """Push back all taken lines but the first `used`."""
        rest = self.taken[used:]
        self._ready += reversed(rest)
        self.number -= len(rest)

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._ready.pop() if self._ready else next(self._file)
        if len(self.taken) >= MOST_LINES:
            self._ready.append(line)
            raise TooManyError
        self.taken.append(line)
        self.number += 1
        return line
