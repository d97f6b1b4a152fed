"""The source of a run: a file, or a folder of files of one kind, as one numbered series of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ..errors import UserError
from ..movie import INPUTS, BadRow, Movie
from ..readers.encodings import DAMAGED, open_text
from ..readers.footer import rows_in
from ..readers.form import form_of
from ..readers.json_rows import has_lines
from ..readers.log import ReadLog
from ..readers.posters import Beside
from ..readers.rows import FORMATS, TEXTS, table_rows
from ..readers.table import films, movies
from . import tars

FIRST = 1000
"""The number of rows that are checked before anything is scored."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a source: its relative name, its size and time to detect changes, its rows."""

    name: str
    bytes: int
    mtime_ns: int
    rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Source:
    """The files of a source, in order.

    `columns` and `posters` are those of `readers.table.read`; `reads` are the fields of a film that
    the model reads.
    """

    path: Path
    files: tuple[File, ...]
    posters: Path | None = None
    columns: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...] = INPUTS

    @classmethod
    def find(
        cls, path: Path, *, posters: Path | None = None, columns: Mapping[str, str] | None = None
    ) -> Source:
        """The source at `path`, without counting its rows.

        Folders are searched with their subfolders; files whose names begin with `.` or `_` are
        ignored. Raises `UserError` if there is nothing to read, or files of several kinds.
        """
        path = path.absolute()
        if not path.exists():
            raise UserError(f"no source {path}", "check the path")
        found = _inside(path) if path.is_dir() else [path]
        files = []
        for one in found:
            stat = one.stat()
            name = one.relative_to(path).as_posix() if one != path else one.name
            files.append(File(name=name, bytes=stat.st_size, mtime_ns=stat.st_mtime_ns))
        if not path.is_dir() and not _kind(path) and path.suffix.lower() not in (".zip", *TEXTS):
            raise UserError(f"{path} is neither a table nor a tar", f"known endings: {_known()}")
        return cls(
            path=path,
            files=tuple(files),
            posters=posters.absolute() if posters else None,
            columns=tuple((columns or {}).items()),
        )

    def counted(self, done: Callable[[int], None] = lambda rows: None) -> Source:
        """The source with the rows of each file counted, for which text formats are read once.

        `done` is called with the rows of each file. Raises `UserError` for a file that cannot be
        read completely, or that has none of the known columns.
        """
        files = []
        for file in self.files:
            next(self._films(file, 0), None)  # its columns are checked with its first row
            count = _count(self._at(file))
            done(count)
            files.append(replace(file, rows=count))
        if not sum(file.rows for file in files):
            raise UserError(f"{self.path} holds no film", "give one row a film under the header")
        return replace(self, files=tuple(files))

    @property
    def rows(self) -> int:
        """The number of all rows; 0 before they are counted."""
        return sum(file.rows for file in self.files)

    def _at(self, file: File) -> Path:
        return self.path / file.name if self.path.is_dir() else self.path

    def begin(self, tell: Callable[[str], None]) -> None:
        """Read the first films, and report which columns are used and what is unusual in them."""
        file = self.files[0]
        log = ReadLog(tell=tell, reads=self.reads)
        if _kind(self._at(file)) == "tar":
            rows = tars.tar_rows(self._at(file), name=file.name)
            form_of(self._at(file), rows, dict(self.columns), name=file.name, log=log)
        read = sum(1 for _ in islice(self._films(file, 0, log), FIRST))
        if read == FIRST:  # otherwise the file has ended, and the reader has reported already
            log.ended(f"{file.name}, its first {FIRST:,} rows")

    def _films(self, file: File, skip: int, log: ReadLog | None = None) -> Iterator[Movie | BadRow]:
        path = self._at(file)
        columns = dict(self.columns)
        log = log or ReadLog(reads=self.reads)
        if _kind(path) == "tar":
            rows = tars.tar_rows(path, name=file.name, skip=skip)
            return movies(
                rows,
                self.posters or path.parent,
                columns=columns,
                beside=Beside(self.posters),
                log=log,
            )
        return films(
            path,
            posters=self.posters,
            columns=columns,
            name=file.name,
            skip=skip,
            log=log,
        )


class Cursor:
    """A position in a source. Reading on is cheap; going back reads the file from its start."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._file = -1
        self._row = 0
        self._films: Iterator[Movie | BadRow] = iter(())

    def rows(self, start: int, stop: int) -> Iterator[Movie | BadRow]:
        """Rows `start` to `stop` of the whole source, a `BadRow` where a file ends too soon."""
        first = 0
        for number, file in enumerate(self.source.files):
            low, high = max(start, first) - first, min(stop, first + file.rows) - first
            if low < high:
                yield from self._part(number, low, high)
            first += file.rows

    def _part(self, number: int, start: int, stop: int) -> Iterator[Movie | BadRow]:
        file = self.source.files[number]
        if number != self._file or start < self._row:
            self._films, self._file, self._row = self.source._films(file, start), number, start
        elif start > self._row:
            self._films = islice(self._films, start - self._row, None)
            self._row = start
        for film in islice(self._films, stop - start):
            self._row += 1
            yield film
        for row in range(self._row, stop):  # every row of the plan must have a row of results
            self._row += 1
            yield BadRow(where=f"{file.name} row {row + 1}", error="the file is damaged before it")


def _inside(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and _kind(path)
        and not any(part[0] in "._" for part in path.relative_to(folder).parts)
    )
    kinds = sorted({_kind(path) for path in found})
    if len(kinds) > 1 and ".json" in kinds:  # such as a data set's manifest
        kinds.remove(".json")
        found = [path for path in found if _kind(path) != ".json"]
    if not found:
        raise UserError(f"{folder} holds nothing to score", f"known endings: {_known()}")
    if len(kinds) > 1:
        raise UserError(
            f"{folder} holds files of several kinds ({', '.join(kinds)})", "name one of them"
        )
    return found


def _kind(path: Path) -> str:
    """ "tar", the ending of a table, or nothing."""
    name = path.name.lower()
    if name.endswith(tars.ENDINGS):
        return "tar"
    ending = Path(name.removesuffix(".gz")).suffix
    return ending if ending in FORMATS else ""


def _known() -> str:
    return ", ".join((*FORMATS, *tars.ENDINGS))


def _count(path: Path) -> int:
    kind = _kind(path)
    if kind == "tar":
        return tars.count_films(path)
    if kind == ".parquet":
        return rows_in(path)
    if kind not in (".jsonl", ".ndjson") or not has_lines(path):
        return sum(1 for _ in table_rows(path))
    count = 0
    try:
        with open_text(path) as file:
            for line in file:
                count += not line.isspace()
    except DAMAGED:
        count += 1
    return count
