"""The journal of a run, written to the disk before each change, and undoing a run with it.

LIBRARY/.cinegenre/tag-TIME.jsonl has one line per change, with the file's path, its SHA-256 before
and after and the replaced bytes, and a last line when the run ended. The file itself shows whether
a change was made, so a killed run needs no repair.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import jsonl
from ..errors import BadMovie, UserError
from ..files import held
from .atomic import cure, digest, read_file, replace_file, staged_path
from .document import MAX_BYTES
from .runs import RunFile, lines, now, runs, state
from .splice import Edit, apply, inverse

FOLDER = ".cinegenre"


@dataclass
class Undone:
    """What an undo did, by path."""

    journal: Path
    restored: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    """Path → why the file was left as it is."""


class Journal(RunFile):
    """The journal of one run over a folder."""

    def __init__(self, library: Path) -> None:
        self.root = library.resolve()
        super().__init__(self.root / FOLDER)

    def record(
        self,
        path: Path,
        before: bytes | None,
        after: bytes,
        edits: Sequence[Edit],
        backup: Path | None,
    ) -> None:
        """Write down a change that is about to be made; on the disk when this returns."""
        self.append(
            {
                "path": path.relative_to(self.root).as_posix(),
                "before": None if before is None else digest(before),
                "after": digest(after),
                "edits": [[edit.start, _code(edit.old), _code(edit.new)] for edit in edits],
                "backup": None if backup is None else backup.name,
            }
        )


@contextmanager
def writing(library: Path) -> Iterator[Journal]:
    """The journal of a run that changes a library. No other run may change it at the same time."""
    folder = library.resolve() / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        if folder.is_symlink():
            raise UserError(f"{folder} is a link", "remove it")
        busy = UserError(f"another process changes {library}", "wait for it to end")
        with held(folder / "lock", busy):
            yield Journal(library)
    except OSError as error:
        if error.filename is None or Path(str(error.filename)).parent not in (folder, library):
            raise
        raise UserError(f"cannot write in {folder} ({error.strerror})", cure(error)) from None


def undo(target: Path) -> Undone:
    """Undo the last run in the library `target` that was not undone yet, or the run of a journal.

    A file that someone changed since is left as it is. Raises `UserError` if there is no run to
    undo.
    """
    library = target.parent.parent if target.is_file() else target
    with writing(library):
        root = library.resolve()
        found = (target,) if target.is_file() else runs(root / FOLDER)
        journal = next(
            (path for path in found if target.is_file() or state(path) != "undone"), None
        )
        if journal is None:
            raise UserError(f"no run to undo in {target}", "see which journals are in .cinegenre")
        done = Undone(journal)
        failed = False
        for record in reversed(records(journal)):
            try:
                _undo_one(root, record, done)
            except (BadMovie, OSError) as error:
                failed = True
                done.left[str(record["path"])] = str(error)
        if not failed:  # otherwise the undo can be tried again
            jsonl.append(journal, {"undone": now()})
        return done


def _undo_one(root: Path, record: dict[str, Any], done: Undone) -> None:
    name, before, after = record["path"], record["before"], record["after"]
    path = root / name
    if not path.resolve().is_relative_to(root):
        done.left[name] = "leads out of the library"
        return
    with suppress(OSError):
        staged_path(path).unlink(missing_ok=True)
    if not path.exists():
        if before is None:
            done.unchanged.append(name)
        else:
            done.left[name] = "is gone"
        return
    data = read_file(path, MAX_BYTES)
    found = digest(data)
    if found == after and before is None:
        path.unlink()
    elif found == after:
        edits = [
            Edit(start=at, old=_bytes(old), new=_bytes(new)) for at, old, new in record["edits"]
        ]
        old = apply(data, inverse(edits))
        if digest(old) != before:
            done.left[name] = "does not give back the old file"
            return
        replace_file(path, old, data)
    elif found != before:
        done.left[name] = "was changed since"
        return
    (done.restored if found == after else done.unchanged).append(name)
    if record.get("backup"):
        copy = path.with_name(Path(record["backup"]).name)
        if copy.is_file() and digest(read_file(copy, MAX_BYTES)) == before:
            copy.unlink()


def records(path: Path) -> list[dict[str, Any]]:
    """The changes in a journal, in order."""
    wanted = {"path", "before", "after", "edits"}
    return [line for line in lines(path) if wanted <= line.keys()]


def _code(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes(code: str) -> bytes:
    return b64decode(code, validate=True)
