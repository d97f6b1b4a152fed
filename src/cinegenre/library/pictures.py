"""Reads the posters in a folder as films, with titles and years from the file names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from ..errors import UserError
from ..movie import Movie
from ..pictures import ENDINGS
from .filenames import EXTRAS_FOLDERS, SYSTEM_FOLDERS, fold
from .titles import title_and_year
from .walk import POSTERS

_OF_FOLDER = frozenset({*POSTERS, "thumb", "front"})
"""Names of a poster that belongs to the film of its folder."""
_POSTER = re.compile(r"\s*[-_]+\s*(?:poster|cover|folder)\d*\Z", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:\A|-\s?)(?:fanart|backdrop|background|banner|logo|clearlogo|clearart|landscape|disc"
    r"|discart|characterart|keyart|thumb|still)\d*\Z",
    re.IGNORECASE,
)
"""Other images that servers keep beside a poster."""
_ID = re.compile(r"tt\d{5,10}|(?=.*\d)[0-9a-f-]{16,}|(?=.*\d)(?=.*[a-z])\w{16,}", re.IGNORECASE)
"""A name that is not a title: an IMDb id, a hash, or one of TMDB's poster names."""


@dataclass(frozen=True)
class Pictures:
    """The posters found under a folder, in the order of their names.

    `others` counts fan art, logos and similar images.
    """

    folder: Path
    files: tuple[PurePath, ...]
    others: int

    @classmethod
    def of(cls, folder: Path) -> Pictures:
        """Find them. Raises `UserError` if the folder cannot be read or contains no poster."""
        found: list[PurePath] = []
        others = 0
        for path in sorted(_walked(folder), key=str):
            if _OTHER.search(path.stem):
                others += 1
            else:
                found.append(path)
        if not found:
            raise UserError(
                f"no poster in {folder} ({', '.join(ENDINGS)})",
                "name a folder of posters, or a table: CSV, JSON, JSONL, Parquet, Excel or ODS",
            )
        return cls(folder, tuple(found), others)

    def films(self) -> Iterator[Movie]:
        """A film for each poster, whose id is the file's path in the folder.

        A file name that is an id gives no title, and neither do numbers if all names are numbers
        (so "1917.jpg" among other names is a title).
        """
        stems = [path.stem for path in self.files]
        numbered = all(stem.isdecimal() for stem in stems) and len(stems) > 1
        for path in self.files:
            title, year = (None, None) if numbered else self._named(path)
            yield Movie(id=path.as_posix(), title=title, year=year, poster=self.folder / path)

    def told(self) -> str:
        """A line on what was found."""
        titled = sum(film.title is not None for film in self.films())
        named = f"posters: {len(self.files):,}, with a title in their name: {titled:,}"
        left = f"; fan art, logos and their like, left out: {self.others:,}" * bool(self.others)
        return f"{self.folder}: {named}{left}"

    def _named(self, path: PurePath) -> tuple[str | None, int | None]:
        stem = _POSTER.sub("", path.stem)
        if fold(stem) in _OF_FOLDER:
            stem = path.parent.name or self.folder.resolve().name * (len(self.files) == 1)
        if not stem or _ID.fullmatch(stem):
            return None, None
        title, year = title_and_year(stem)
        # The name of a scanned cover may be a date, or "_".
        return (title, year) if any(map(str.isalnum, title)) else (None, None)


def _walked(folder: Path) -> Iterator[PurePath]:
    """The images under `folder`, relative to it.

    Hidden folders, folders of extras or of the system, and links to folders are not entered.
    """

    def refuse(error: OSError) -> None:
        if Path(error.filename or folder) == folder:
            raise UserError(f"cannot list {folder} ({error.strerror})", "check its rights")

    for at, folders, files in os.walk(folder, onerror=refuse):
        left_out = EXTRAS_FOLDERS | SYSTEM_FOLDERS
        inside = Path(at).relative_to(folder)
        folders[:] = [
            one for one in folders if not one.startswith(".") and fold(one) not in left_out
        ]
        for name in files:
            if not name.startswith(".") and PurePath(name).suffix.lower() in ENDINGS:
                yield inside / name
