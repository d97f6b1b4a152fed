"""Opens a prepared data set: its manifest, and its films, which are streamed from the shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .. import files
from ..errors import UserError, unknown
from ..movie import Movie
from . import shards
from .again import prepare_command
from .manifest import Manifest
from .store import FORMAT_VERSION, MANIFEST


@dataclass(frozen=True, slots=True)
class PreparedSet:
    """A folder that `cinegenre data prepare` wrote. `manifest` is its `dataset.json`."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: str | Path) -> PreparedSet:
        """Open the prepared set in `folder`.

        Raises `UserError` if there is none, if its format is newer than ours, and if a shard is
        missing or has changed.
        """
        folder = Path(folder)
        path = folder / MANIFEST
        if not path.is_file():
            raise UserError(
                f"no prepared data set at {folder} (it has no {MANIFEST})",
                "make one with: cinegenre data prepare",
            )
        info = files.read_json(path, "the data set's manifest")
        found = info.get("format_version") if isinstance(info, dict) else None
        if not isinstance(found, int) or not {"films", "shards", "label_sets"} <= info.keys():
            raise UserError(f"{path} is not a manifest of a prepared data set", "prepare it again")
        if found > FORMAT_VERSION:
            from ..install import newer

            raise UserError(
                f"{folder} has format {found}, this cinegenre reads up to {FORMAT_VERSION}",
                newer(),
            )
        try:
            manifest = Manifest.from_dict(info)
        except (AttributeError, TypeError) as error:
            raise UserError(f"{path} is not whole ({error})", "prepare it again") from error
        for name, written in manifest.shards.items():
            _check(folder / name, written.bytes)
        return cls(folder, manifest)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 over the content of every film, the same on every machine that prepares it."""
        return self.manifest.fingerprint

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits, in stored order."""
        return tuple(self.manifest.films)

    def films(self, split: str, labels: str = "") -> Iterator[Movie]:
        """Yield the films of a split in stored order, with one row group in memory at a time.

        Posters are bytes. `labels` names a further label set; films that are not in it have no
        genres then. Raises `UserError` for an unknown split or label set, and for a broken shard.
        """
        if split not in self.manifest.films:
            raise unknown("split", split, self.manifest.films)
        sets = [name for name in self.manifest.label_sets if name != "genres"]
        if labels and labels not in sets:
            raise self._without(labels, sets)
        return self._stream(split, f"genres_{labels}" if labels else "genres")

    def _without(self, labels: str, sets: Sequence[str]) -> UserError:
        if get_close_matches(labels, sets):
            return unknown("label set", labels, sets)
        command = prepare_command(self.manifest, str(self.folder), labels)
        return UserError(
            f"{self.folder} has no label set {labels!r}",
            f"prepare it again with that set's file: {command} --overwrite",
        )

    def _stream(self, split: str, genres: str) -> Iterator[Movie]:
        for name in self.manifest.shards:
            if name.rpartition("-of-")[0].rpartition("-")[0] == split:
                yield from shards.read(self.folder / name, genres)


def _check(path: Path, size: int) -> None:
    """Raise `UserError` for a shard that is missing, cut off or overwritten: arro3 would panic."""
    try:
        with path.open("rb") as file:
            start, found = file.read(4), file.seek(0, 2)
            file.seek(max(0, found - 4))
            end = file.read()
    except FileNotFoundError:
        raise UserError(f"shard {path} is missing", "prepare the data set again") from None
    except OSError as error:
        raise UserError(f"shard {path} cannot be read ({error.strerror})", "check it") from error
    if found != size:
        raise UserError(
            f"shard {path} has {found:,} bytes instead of {size:,}", "prepare the data set again"
        )
    if start != b"PAR1" or end != b"PAR1":
        raise UserError(f"shard {path} is no longer a Parquet file", "prepare the data set again")
