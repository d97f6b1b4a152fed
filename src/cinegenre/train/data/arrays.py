"""Turns the selected films of a split into arrays: tokenises each text and decodes each poster
once.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ...errors import BadImage, UserError
from ...files import whole
from ...inputs import PosterInput, TextInput, pad
from ...movie import Movie
from ..recipe import DataConfig

_DECODED_ALREADY = b"-"  # stands for a poster whose bytes are no longer needed


@dataclass(frozen=True)
class TextColumn:
    """A row of token numbers per film, (tokens,) each; empty if the film has no text."""

    rows: Sequence[np.ndarray]
    pad_id: int

    @cached_property
    def lengths(self) -> np.ndarray:
        return np.array([len(row) for row in self.rows], np.int64)

    @property
    def present(self) -> np.ndarray:
        return self.lengths > 0

    def batch(self, films: np.ndarray) -> np.ndarray:
        """(films, longest) int64."""
        return pad([self.rows[film] for film in films], self.pad_id)

    def take(self, films: np.ndarray) -> TextColumn:
        return TextColumn([self.rows[film] for film in films], self.pad_id)


@dataclass(frozen=True)
class StoredColumn:
    """Rows in a memory map, and for each film the number of its row, or -1.

    Posters are (posters, height, width, 3) uint8, the outputs of a frozen encoder are (films,
    width) float32.
    """

    stored: np.ndarray
    at: np.ndarray

    @property
    def present(self) -> np.ndarray:
        return self.at >= 0

    def batch(self, films: np.ndarray) -> np.ndarray:
        """The rows of `films`, (films, …), with zeros for films without one."""
        rows = self.at[films]
        if not len(self.stored):
            return np.zeros((len(films), *self.stored.shape[1:]), self.stored.dtype)
        batch: np.ndarray = self.stored[np.maximum(rows, 0)]
        batch[rows < 0] = 0
        return batch

    def take(self, films: np.ndarray) -> StoredColumn:
        return StoredColumn(self.stored, self.at[films])


@dataclass(frozen=True)
class FilmArrays:
    """A split that is ready for training: `truth` bool (films, genres), columns by modality."""

    ids: list[str]
    truth: np.ndarray
    columns: Mapping[str, TextColumn | StoredColumn]
    target: np.ndarray | None = None  # the targets if they differ from the truth, float32

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def present(self) -> np.ndarray:
        """bool (films, modalities)."""
        return np.stack([column.present for column in self.columns.values()], axis=1)

    @cached_property
    def lengths(self) -> np.ndarray:
        """The number of tokens of each film, (films,), by which batches are sorted."""
        texts = [c.lengths for c in self.columns.values() if isinstance(c, TextColumn)]
        return np.sum(texts, axis=0) if texts else np.zeros(len(self), np.int64)

    def take(self, films: np.ndarray) -> FilmArrays:
        """The rows `films`, which may repeat; texts and pixels are shared, not copied."""
        columns = {name: column.take(films) for name, column in self.columns.items()}
        target = None if self.target is None else self.target[films]
        return FilmArrays([self.ids[film] for film in films], self.truth[films], columns, target)

    def batch(self, films: np.ndarray) -> dict[str, np.ndarray]:
        """The rows `films` by modality, with `present` and `truth` (float32)."""
        batch = {name: column.batch(films) for name, column in self.columns.items()}
        if self.target is not None:
            batch["target"] = self.target[films]
        return batch | {
            "present": self.present[films],
            "truth": self.truth[films].astype(np.float32),
        }


@dataclass(frozen=True)
class Films:
    """The selected films of one split, with their posters in the requested sizes."""

    films: list[Movie]  # posters replaced by a marker
    pixels: Mapping[tuple[int, int], np.ndarray]
    cache: Path  # a folder for data computed from these films

    def arrays(
        self, genres: Sequence[str], inputs: Mapping[str, TextInput | PosterInput]
    ) -> FilmArrays:
        """These films as arrays for the model's inputs."""
        number = {genre: i for i, genre in enumerate(genres)}
        truth = np.zeros((len(self.films), len(genres)), bool)
        for row, film in enumerate(self.films):
            truth[row, [number[genre] for genre in film.genres if genre in number]] = True
        has_poster = np.array([film.poster is not None for film in self.films], bool)
        at = np.where(has_poster, np.cumsum(has_poster) - 1, -1)
        columns: dict[str, TextColumn | StoredColumn] = {}
        for name, reads in inputs.items():
            if isinstance(reads, PosterInput):
                columns[name] = StoredColumn(self.pixels[reads.height, reads.width], at)
            else:
                columns[name] = TextColumn(reads.encode(self.films), reads.pad_id)
        return FilmArrays([film.id or "" for film in self.films], truth, columns)


def load_films(films: Iterable[Movie], posters: Sequence[PosterInput], cache: Path) -> Films:
    """Read `films`, and decode each poster at each requested size, once for this and later runs.

    The pixels are memory maps in the folder `cache`, whose name must change with the films. If no
    size is requested, posters are not read.
    """
    sizes = {(reads.height, reads.width): reads for reads in posters}
    paths = {size: cache / f"posters-{size[0]}x{size[1]}.u8" for size in sizes}
    kept: list[Movie] = []
    todo = [size for size in sizes if not paths[size].exists()]
    if not todo:
        kept = [_light(film) for film in films]
    elif len(todo) == 1:
        _decode(films, sizes[todo[0]], paths[todo[0]], kept)
    else:
        raise UserError("a recipe with posters at two sizes", "use one size for all its inputs")
    return Films(kept, {size: _pixels(paths[size], size) for size in sizes}, cache)


def cache_folder(data: Path, key: Mapping[str, object]) -> Path:
    """The folder for arrays of the data set in `data`: beside it, else in the temporary folder."""
    digest = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:16]
    folder = data / ".cache" / digest
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "cinegenre" / digest
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def config_key(config: DataConfig) -> dict[str, object]:
    """The selection of a `[data]`, as a part of a cache's key."""
    table: dict[str, object] = asdict(config)
    for name in ("oversample", "leave_out"):  # applied later, to the films of one cache
        table.pop(name)
    if not config.test_need:  # so that caches from before this key existed stay valid
        table.pop("test_need")
    return table


def _decode(films: Iterable[Movie], reads: PosterInput, path: Path, kept: list[Movie]) -> None:
    def posters() -> Iterator[bytes]:
        for film in films:
            kept.append(_light(film))
            if isinstance(film.poster, bytes):
                yield film.poster

    with whole(path) as staged, staged.open("wb") as file:
        for pixels in reads.decode_all(posters()):
            if isinstance(pixels, BadImage):
                raise UserError(
                    f"the data set holds a broken poster ({pixels.what})", "prepare it anew"
                )
            file.write(pixels.tobytes())


def _light(film: Movie) -> Movie:
    return film if film.poster is None else replace(film, poster=_DECODED_ALREADY)


def _pixels(path: Path, size: tuple[int, int]) -> np.ndarray:
    shape = (path.stat().st_size // (size[0] * size[1] * 3), *size, 3)
    return np.memmap(path, np.uint8, "r", shape=shape) if shape[0] else np.zeros(shape, np.uint8)
