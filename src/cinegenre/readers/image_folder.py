"""Hugging Face's ImageFolder: a folder of posters with a metadata file that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import UserError
from ..movie import BadRow, Movie, is_address
from .log import ReadLog
from .table import films

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")

SPLITS: dict[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""Split → possible names of its folder, in upper or lower case."""


def read(
    source: Path,
    *,
    posters: Path | None = None,
    columns: Mapping[str, str] | None = None,
    log: ReadLog | None = None,
) -> Iterator[Movie | BadRow]:
    """Yield every film in the metadata of the folder `source`, or of its split folders.

    The metadata file is read as `table` reads it (also with `columns`); its `file_name` or
    `poster_file_name` is relative to `posters`, else to its own folder. A film without an id gets
    its file's name without the ending as id. `splits` says which split a film comes from.
    """
    for _, movie in _with_split(source, posters, columns, log):
        yield movie


def splits(source: Path, *, columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Film id → split ("train", "validation" or "test"), by the folders of `source`.

    Empty if `source` has no split folders. Raises `UserError` if two splits have a film with the
    same id (because files are numbered from 1 in each): such films cannot be distinguished.
    """
    found: dict[str, str] = {}
    for split, movie in _with_split(source, None, columns):
        if split is None or movie.id is None:
            continue
        if found.setdefault(movie.id, split) != split:
            raise UserError(
                f"film {movie.id!r} is in {found[movie.id]} and in {split} of {source}",
                "give the films an id column",
            )
    return found


def _with_split(
    source: Path,
    posters: Path | None,
    columns: Mapping[str, str] | None,
    log: ReadLog | None = None,
) -> Iterator[tuple[str | None, Movie | BadRow]]:
    for folder in _folders(source):
        metadata = _metadata(folder)
        if metadata is None:
            raise UserError(f"no {' or '.join(METADATA)} in {folder}", "name an ImageFolder")
        name = metadata.name if folder == source else f"{folder.name}/{metadata.name}"
        own = _split_called(folder.name) if folder != source else None
        for movie in films(
            metadata,
            posters=posters,
            columns=columns,
            needed=("poster",),
            name=name,
            log=log,
        ):
            if isinstance(movie, BadRow):
                yield own, movie
                continue
            poster = None if is_address(movie.poster) else movie.poster
            file = Path(poster) if isinstance(poster, str | Path) else None
            if movie.id is None and file is not None:
                movie = replace(movie, id=file.stem)
            yield own or _split_of(file, posters or folder), movie


def _folders(source: Path) -> list[Path]:
    """The folder itself if it has metadata, else its split folders, train first."""
    if not source.is_dir():
        raise UserError(f"no folder {source}", "name an ImageFolder")
    if _metadata(source):
        return [source]
    order = list(SPLITS)
    found = [(_split_called(path.name), path) for path in source.iterdir() if path.is_dir()]
    within = sorted((order.index(split), path) for split, path in found if split)
    return [path for _, path in within] or [source]


def _metadata(folder: Path) -> Path | None:
    return next((folder / name for name in METADATA if (folder / name).is_file()), None)


def _split_of(file: Path | None, base: Path) -> str | None:
    """The split in a file's path, which is `train/0001.jpg` if all splits share a metadata file."""
    if file is None or not file.is_relative_to(base):
        return None
    return _split_called(file.relative_to(base).parts[0])


def _split_called(name: str) -> str | None:
    return next((split for split, names in SPLITS.items() if name.lower() in names), None)
