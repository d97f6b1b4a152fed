"""Prints the rows of `cinegenre tag`, one by one or as a table, and the counts."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from ..errors import UserError

if TYPE_CHECKING:
    from ..library import Row, Undone
    from ..library.passed import Passed

MOST = 8
"""How many unknown names are shown; the others are only counted."""
PAGE = 100
"""Rows in one table: rich keeps a whole table in memory."""


class Shown:
    """Prints the rows of a run over the library `name`: JSON lines as they come, or tables.

    With `lines`, each row is printed at once as a line of text.
    """

    def __init__(self, name: str, *, all: bool, as_json: bool, lines: bool = False) -> None:
        self.name, self.all, self.as_json, self.lines = name, all, as_json, lines
        self.counts: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.seen: set[str] = set()
        """The genre names that the library has."""
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Print a row, now or with the next table."""
        from ..library.plan import HAS_GENRES, IN_ORDER, NO_GENRES
        from .show import print_json

        usual = (HAS_GENRES, IN_ORDER, NO_GENRES)
        self.counts[row.status] += 1
        self.unknown.update(row.unknown)
        self.seen.update(row.genres)
        if row.status == "left":
            self.left[row.why] += 1
        if self.as_json:
            print_json(row.as_dict())
            if self.lines:
                sys.stdout.flush()
        elif self.all or not (row.status == "left" and row.why in usual):
            if self.lines:
                print(_line(row), flush=True)
            else:
                self._rows.append(row)
        if len(self._rows) == PAGE:
            self._print()

    def end(self, passed: Passed | None = None, *, removed: bool = False) -> None:
        """Print the rest of the table, and how many films of each kind there were.

        `removed` says whether unknown names were removed.
        """
        self._print()
        told = {
            "written": "written",
            "change": "would be changed: add --write to do it",
            "error": "could not be done",
        }
        for status, text in told.items():
            if count := self.counts[status]:
                print(f"{_number(count, 'film')} {text}", file=sys.stderr)
        for why, count in self.left.most_common():
            print(f"{_number(count, 'film')} left alone: {why}", file=sys.stderr)
        if self.unknown:
            print(_unknown(self.unknown, removed=removed), file=sys.stderr)
        if passed is not None and passed.counts and self.counts:
            from .show import plain

            print(f"passed over: {plain(str(passed))}", file=sys.stderr)

    def check(self, nothing: UserError) -> None:
        """Raise `nothing` if there was no film; exit with code 2 if every film failed."""
        if not self.counts:
            raise nothing
        if self.counts["error"] == self.counts.total():
            raise typer.Exit(2)

    def _print(self) -> None:
        if self._rows:
            _print_table(self._rows, self.name)
            self._rows = []


def _unknown(names: Counter[str], *, removed: bool) -> str:
    from .show import plain

    first = ", ".join(f"{plain(name)} ({count:,})" for name, count in names.most_common(MOST))
    more = f" and {len(names) - MOST:,} more" if len(names) > MOST else ""
    done = "removed" if removed else "left as they are: --map renames them, --drop-unknown removes"
    total = names.total()
    what = "genre of a name not known" if total == 1 else "genres of names not known"
    return f"{total:,} {what}, {done}: {first}{more}"


def _print_table(rows: Iterable[Row], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from .show import plain

    rows = list(rows)
    proposed = "proposed, with probability" if any(row.scores for row in rows) else "proposed"
    table = Table("film", "genres now", proposed, "why", title=plain(title))
    styles = {"error": "red", "left": "dim", "written": "green", "change": ""}
    for row in rows:
        year = f" ({row.year})" if row.year else ""
        cells = (f"{row.title}{year}", ", ".join(row.genres) or "–", _proposed(row), _why(row))
        table.add_row(*(Text(plain(cell)) for cell in cells), style=styles[row.status])
    Console(highlight=False).print(table)


def _line(row: Row) -> str:
    """A row as a line of a log."""
    from .show import plain

    said = {"change": "would be written", "left": "left alone"}.get(row.status, row.status)
    year = f" ({row.year})" if row.year else ""
    why = _why(row)
    if row.status in ("change", "written"):  # else it says the path
        why = f"{why}; {row.path}" if why else row.path
    names = f": {_proposed(row)}" if row.status in ("change", "written") else ""
    return plain(f"{said}: {row.title}{year}{names} ({why})")


def _proposed(row: Row) -> str:
    """The proposed names, with the probability of those that a model predicted."""
    names = (f"{name} {row.scores[name]:.2f}" if name in row.scores else name
             for name in row.proposed)  # fmt: skip
    removed = row.status in ("change", "written") and not row.proposed
    return ", ".join(names) or ("none" if removed else "–")


def _why(row: Row) -> str:
    read = f"from {', '.join(row.inputs)}" if row.inputs else ""
    unknown = f"not known: {', '.join(row.unknown)}" if row.unknown else ""
    why = "; ".join(text for text in (row.why or read, unknown, row.note) if text)
    return f"{row.path}: {why}" if row.status in ("error", "left") else why


def print_undone(done: Undone, *, as_json: bool, what: str = "file") -> None:
    """Print what an undo did."""
    from .show import plain, print_json

    if as_json:
        print_json({"journal": str(done.journal), "restored": done.restored,
                    "unchanged": done.unchanged, "left": done.left})  # fmt: skip
        return
    print(f"{_number(len(done.restored), what)} restored, from {done.journal}")
    if done.unchanged:
        print(f"{_number(len(done.unchanged), what)} had not been changed")
    for path, why in done.left.items():
        print(f"left as it is: {plain(path)}: {why}", file=sys.stderr)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
