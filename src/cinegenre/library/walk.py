"""The films of a library: its folders, their videos, .nfo files and posters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from .filenames import IGNORED_FOLDERS, Named, grouped, is_video, title_and_year

POSTERS = ("poster", "folder", "cover", "movie", "default", "show")
"""A folder's poster by name, the first that is there."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tbn")
DISCS = ("video_ts", "bdmv")
"""Folders that are a disc: one film, whatever number of files."""
SHOW = "tvshow.nfo"


@dataclass(frozen=True, kw_only=True)
class Item:
    """An .nfo, or a film without one. `nfo` is None where it would have to be made, at `create`.

    `named` is whether the .nfo's name says that it is a film's; one of another name counts only if
    it holds a film.
    """

    kind: str
    title: str
    year: int | None
    nfo: Path | None
    create: Path
    poster: Path | None
    named: bool = True


class Folder:
    """A folder's own files by lower-case name; links that lead out of the library are not there."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.files: dict[str, str] = {}
        self.folders: list[str] = []
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith("."):
                    continue
                if _is_link(entry) and not _inside(Path(entry.path), root):
                    # Of a video we want the name alone, wherever it leads.
                    if is_video(entry.name) and not entry.is_dir():
                        self.files.setdefault(entry.name.lower(), entry.name)
                elif entry.is_dir():
                    self.folders.append(entry.name)
                elif entry.is_file():
                    self.files.setdefault(entry.name.lower(), entry.name)

    def file(self, name: str) -> Path | None:
        """The file of that name, in any case."""
        found = self.files.get(name.lower())
        return None if found is None else self.path / found

    def poster(self, names: tuple[str, ...]) -> Path | None:
        """The first of these pictures that is there."""
        found = (self.file(name + suffix) for name in names for suffix in SUFFIXES)
        return next((path for path in found if path), None)

    def disc(self) -> str | None:
        """The disc folder in it, if it is the copy of one."""
        return next((name for name in self.folders if name.lower() in DISCS), None)


def walk(library: Path) -> Iterator[Item]:
    """Every film and show of a library, folder by folder, in the order of their names.

    A folder that cannot be read is passed over, as are hidden ones and those of extras. Folders of
    a show are not entered: episodes have no genres of their own. Raises `UserError` where the
    library itself cannot be read.
    """
    try:
        root = library.resolve(strict=True)
        os.scandir(root).close()
    except OSError as error:
        raise UserError(
            f"library {library} cannot be read ({error.strerror})", "name a folder of films"
        ) from None
    seen: set[Path] = set()
    waiting = [root]
    while waiting:
        path = waiting.pop()
        if path.resolve() in seen:  # a link to a folder above
            continue
        seen.add(path.resolve())
        try:
            folder = Folder(path, root)
        except OSError:
            continue
        show = folder.file(SHOW)
        if show:
            title, year = title_and_year(path.name)
            yield Item(kind="tvshow", title=title, year=year, nfo=show, create=show,
                       poster=folder.poster(POSTERS))  # fmt: skip
            continue
        yield from _films(folder, root)
        disc = folder.disc()
        waiting += [
            path / name
            for name in reversed(folder.folders)
            if name != disc and name.lower() not in IGNORED_FOLDERS
        ]


def _films(folder: Folder, root: Path) -> Iterator[Item]:
    disc = folder.disc()
    groups = [Named(folder.path.name, ())] if disc else grouped(folder.files.values(), folder.path)
    own = _is_of_one_film(folder, root)
    alone = len(groups) == 1 and own
    taken: set[Path] = set()
    for group in groups:
        names = [f"{name}.nfo" for name in group.names]
        pictures = tuple(
            f"{name}{end}" for name in group.names for end in ("-poster", "-cover", "")
        )
        if alone:
            names = [*names, "movie.nfo", f"{folder.path.name}.nfo"]
            pictures = (*pictures, *POSTERS)
        found = [path for path in map(folder.file, names) if path]
        if disc:
            inner = folder.path / disc
            found += [path for name in ("VIDEO_TS.nfo", "index.nfo")
                      if (path := inner / name).is_file() and _inside(path, root)]  # fmt: skip
        title, year = title_and_year(group.names[0])
        by_folder = title_and_year(folder.path.name)
        if alone and (by_folder[1] or not year):
            title, year = by_folder
        create = folder.path / ("movie.nfo" if disc else f"{group.names[0]}.nfo")
        poster = folder.poster(pictures)
        for nfo in dict.fromkeys(found) or (None,):
            yield Item(kind="movie", title=title, year=year, nfo=nfo, create=create, poster=poster)
        taken.update(found)
    yield from _others(folder, taken, one=own)


def _others(folder: Folder, taken: set[Path], *, one: bool) -> Iterator[Item]:
    """The .nfo files that no video of the folder names: the videos may be on another disc."""
    names = [name for name in folder.files.values() if name.lower().endswith(".nfo")]
    for name in names:
        path = folder.path / name
        if path in taken:
            continue
        stem = path.stem
        named = stem.lower() == "movie"
        title, year = title_and_year(folder.path.name if named and one else stem)
        pictures = (f"{stem}-poster", f"{stem}-cover", stem)
        alone = one and (named or len(names) == 1)
        poster = folder.poster((*pictures, *POSTERS) if alone else pictures)
        yield Item(kind="movie", title=title, year=year, nfo=path, create=path, poster=poster,
                   named=named)  # fmt: skip


def _is_of_one_film(folder: Folder, root: Path) -> bool:
    """Whether a folder's name may be a film's: the library's own only where it looks like one."""
    if folder.path != root:
        return True
    return folder.file("movie.nfo") is not None or title_and_year(root.name)[1] is not None


def _is_link(entry: os.DirEntry[str]) -> bool:
    # A Windows junction is one too; Python knows them from 3.12 on.
    return entry.is_symlink() or bool(getattr(entry, "is_junction", bool)())


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # a link to nowhere, or to itself
        return False
