"""Writes the prepared data set: a folder of Parquet shards that is either complete or absent."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from .. import files
from ..errors import UserError
from ..movie import Movie
from ..version import __version__
from . import card, shards
from .manifest import LabelSet, Manifest, Origin, Shard

FORMAT_VERSION = 1
MANIFEST = "dataset.json"
SHARD_BYTES = 128 * 1024 * 1024
"""A shard ends when its posters and texts reach this size, which is held in memory."""

Labels = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Further label sets: name → film id → genres."""


def check_target(target: Path, *, overwrite: bool) -> None:
    """Raise `UserError` unless `target` is new, empty, or a set that may be overwritten."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UserError(f"{target} is a file", "name a new folder")
    names = [path.name for path in target.iterdir()]
    if not names:
        return
    if MANIFEST not in names:
        raise UserError(
            f"{target} is not empty and no prepared data set", "name a new or an empty folder"
        )
    if not overwrite:
        raise UserError(f"{target} holds a prepared data set already", "give --overwrite")
    strange = [
        name
        for name in names
        if name not in (MANIFEST, card.NAME, ".cache") and not name.endswith(".parquet")
    ]
    if strange:
        raise UserError(
            f"{target} also holds {strange[0]!r}, which would be lost",
            "move it away, or name a new folder",
        )


def write(
    folder: Path,
    films: Mapping[str, Sequence[Movie]],
    labels: Labels,
    origin: Origin,
    done: Callable[[int], None] = lambda films: None,
) -> Manifest:
    """Write `films` (by split) into the existing folder `folder`, and return its manifest.

    `done` is called with how many more films are written. Wrap the call in `files.whole`. Posters
    that are paths are read here.
    """
    digest = hashlib.sha256()
    written: dict[str, Shard] = {}
    for split, some in films.items():
        parts: list[tuple[Path, int]] = []
        for number, shard in enumerate(_cut(some)):
            path = folder / f"{split}-{number:05d}.parquet"
            shards.write(path, shard, labels)
            parts.append((path, len(shard)))
            for film, poster in shard:
                digest.update(_content(split, film, poster, labels))
            done(len(shard))
        for number, (path, count) in enumerate(parts):
            # The number of shards is known only now.
            path = path.rename(folder / f"{split}-{number:05d}-of-{len(parts):05d}.parquet")
            written[path.name] = Shard(films=count, bytes=path.stat().st_size)
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        cinegenre=__version__,
        source=origin.source,
        reader=origin.reader,
        cleaning=origin.cleaning,
        split=origin.split,
        films={split: len(some) for split, some in films.items()},
        with_poster={s: sum(f.poster is not None for f in some) for s, some in films.items()},
        label_sets=_label_sets(films, labels),
        shards=written,
        fingerprint=digest.hexdigest(),
    )
    files.write_text(folder / card.NAME, card.text(manifest))
    # The manifest is written last: if it exists, the data set is complete.
    files.write_json(folder / MANIFEST, manifest.as_dict())
    return manifest


def _cut(films: Sequence[Movie]) -> Iterator[list[tuple[Movie, bytes | None]]]:
    """Films with their posters' bytes, in portions of one shard."""
    shard: list[tuple[Movie, bytes | None]] = []
    size = 0
    for film in films:
        poster = film.poster if isinstance(film.poster, bytes) else None
        if isinstance(film.poster, str | Path):
            poster = _read(Path(film.poster), film)
        shard.append((film, poster))
        size += len(poster or b"") + 2 * len(film.overview or "") + 200
        if size >= SHARD_BYTES:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


def _read(path: Path, film: Movie) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"film {film.id}: poster {path} cannot be read any more ({error.strerror})",
            "leave the source as it is and run again",
        ) from error


def _content(split: str, film: Movie, poster: bytes | None, labels: Labels) -> bytes:
    """A film's bytes for the fingerprint, independent of the version of the Parquet writer."""
    values = {field.name: getattr(film, field.name) for field in fields(film)} | {
        "poster": hashlib.sha256(poster).hexdigest() if poster else None
    }
    others = {name: known.get(film.id or "") for name, known in labels.items()}
    return json.dumps([split, values, others], sort_keys=True).encode("ascii")


def _label_sets(films: Mapping[str, Sequence[Movie]], labels: Labels) -> dict[str, LabelSet]:
    everyone = [film for some in films.values() for film in some]
    sets = {"genres": (film.genres for film in everyone)} | {
        name: (known.get(film.id or "", ()) for film in everyone) for name, known in labels.items()
    }
    return {name: _counted(values) for name, values in sets.items()}


def _counted(values: Iterable[tuple[str, ...]]) -> LabelSet:
    labelled = [genres for genres in values if genres]
    counts = Counter(genre for genres in labelled for genre in genres)
    return LabelSet(films=len(labelled), genres=dict(counts.most_common()))
