"""One folder of a library: its files by name, and the marks in it."""

from __future__ import annotations

import os
from pathlib import Path

from ..pictures import ENDINGS
from .filenames import fold, is_video
from .ignoring import MARKS

SUFFIXES = (*ENDINGS, ".tbn")
"""File endings of posters; Kodi's .tbn files are JPEGs or PNGs."""
DISCS = ("video_ts", "bdmv")
"""Folders that are the copy of a disc: one film, however many files they contain."""


class Folder:
    """A folder's own files by folded name, without links that lead out of the library."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.files: dict[str, list[str]] = {}
        self.folders: list[str] = []
        self.links: set[str] = set()
        """The folders that are links."""
        self.outside: list[str] = []
        """The folders and .nfo files that are links out of the library, or to nothing."""
        self.marks: list[str] = []
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith("."):
                    if fold(entry.name) in MARKS and entry.is_file():
                        self.marks.append(entry.name)
                    continue
                link = _is_link(entry)
                if link and not inside(Path(entry.path), root):
                    # Only the name of a video matters, so it may be a link to anywhere.
                    if entry.is_dir() or fold(entry.name).endswith(".nfo"):
                        self.outside.append(entry.name)
                    elif is_video(entry.name):
                        self._add(entry.name)
                elif entry.is_dir():
                    self.folders.append(entry.name)
                    self.links.update([entry.name] if link else ())
                elif entry.is_file():
                    self._add(entry.name)

    def _add(self, name: str) -> None:
        self.files.setdefault(fold(name), []).append(name)

    def named(self, name: str) -> list[Path]:
        """The files with that name in any case and Unicode form, the exact name first."""
        found = self.files.get(fold(name))
        if found is None:
            return []
        return [self.path / one for one in sorted(found, key=lambda one: one != name)]

    def file(self, name: str) -> Path | None:
        """The first of `named`."""
        return next(iter(self.named(name)), None)

    def ending(self, suffix: str) -> list[str]:
        """The names of the files with this suffix."""
        return [one for name, same in self.files.items() if name.endswith(suffix) for one in same]

    def poster(self, names: tuple[str, ...]) -> Path | None:
        """The first image with one of these names that exists."""
        found = (self.file(name + suffix) for name in names for suffix in SUFFIXES)
        return next((path for path in found if path), None)

    def disc(self) -> str | None:
        """The name of the disc folder in it, if there is one."""
        return next((name for name in self.folders if fold(name) in DISCS), None)


def _is_link(entry: os.DirEntry[str]) -> bool:
    # A Windows junction is a link too; Python recognises them from 3.12 on.
    return entry.is_symlink() or bool(getattr(entry, "is_junction", bool)())


def inside(path: Path, root: Path) -> bool:
    """Whether a path leads to something inside the library."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # a link to nowhere, or to itself
        return False
