"""Finds what a library's owner wants to leave out: .ignore, .nomedia, .plexignore, --exclude."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from ..errors import UserError
from .filenames import fold

IGNORE, NOMEDIA, PLEXIGNORE = ".ignore", ".nomedia", ".plexignore"
MARKS = (IGNORE, NOMEDIA, PLEXIGNORE)
EXCLUDE = "--exclude"


@dataclass(frozen=True)
class Rule:
    """Patterns for everything under the folder `base`, a path in the library ("" for all of it)."""

    base: str
    patterns: GitIgnoreSpec
    source: str
    """The file that the patterns come from, or --exclude."""

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Whether to leave out the file or folder at `path` in the library."""
        inner = path[len(self.base) + 1 :] if self.base else path
        return self.patterns.match_file(fold(inner) + ("/" if is_folder else ""))


def excluded(patterns: Iterable[str], roots: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """The rule of --exclude, if it has patterns. Raises `UserError` for an empty pattern.

    A pattern may begin with the path of the library, which is one of `roots`.
    """
    lines = [line for line in patterns if line.strip()]
    for root in dict.fromkeys(root.as_posix() for root in roots):
        lines = [line.removeprefix(root) if line.startswith(f"{root}/") else line for line in lines]
    for line in lines:
        if _spec([line]) is None:
            raise UserError(
                f"{EXCLUDE} {line!r} is not a pattern", "write it as in .gitignore: Kids/, *.avi"
            )
    spec = _spec(lines) if lines else None
    return () if spec is None else (Rule("", spec, EXCLUDE),)


def marked(folder: Path, base: str, marks: Iterable[str]) -> tuple[str | None, tuple[Rule, ...]]:
    """The mark that leaves out the whole folder, if there is one, and the rules of other marks.

    .nomedia and an empty .ignore leave the folder out. A non-empty .ignore has patterns in the
    syntax of .gitignore (as in Jellyfin). Patterns in .plexignore are relative to its folder, or
    match a name anywhere below it.
    """
    rules = []
    for mark in marks:
        if fold(mark) == NOMEDIA:
            return mark, ()
        lines = _lines(folder / mark)
        if fold(mark) == IGNORE and not any(line.strip() for line in lines):
            return mark, ()
        if fold(mark) == PLEXIGNORE:
            lines = [_as_git(line.strip()) for line in lines]
        spec = _spec(lines)
        if spec is not None:
            rules.append(Rule(base, spec, mark))
    return None, tuple(rules)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:  # whoever put it there wanted to leave something out
        return []


def _as_git(pattern: str) -> str:
    """A line of .plexignore as one of .gitignore."""
    if "/" in pattern and not pattern.startswith("#"):
        return "/" + pattern.lstrip("/")
    return f"\\{pattern}" if pattern.startswith("!") else pattern


def _spec(lines: Iterable[str]) -> GitIgnoreSpec | None:
    """The patterns in `lines`; None if there are none. Broken lines are ignored."""
    whole = []
    for line in lines:
        if not line.strip().strip("/"):
            continue
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        whole.append(fold(line))
    spec = GitIgnoreSpec.from_lines(whole)
    return spec if any(pattern.include is not None for pattern in spec.patterns) else None
