"""Small CSV files about films the source already has: a split, or another set of genres."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from ..errors import UserError, shown
from ..taxonomy import within

ID_COLUMNS = ("imdb_id", "id", "tmdb_id", "movie_id", "tconst")
"""Columns that can name a film; the first that is not blank does, as in the readers."""

SPLIT_NAMES = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def read_splits(path: Path) -> dict[str, str]:
    """Film id → train, validation or test, from a CSV with an id column and `split`."""
    return named_splits(_column(path, "split"), str(path))


def named_splits(listed: Mapping[str, str], where: str) -> dict[str, str]:
    """`listed` (film id → split) with our names for the splits; `where` says whose they are."""
    for film, name in listed.items():
        if name.lower() not in SPLIT_NAMES:
            raise UserError(
                f"{where}: film {shown(film)} has the split {shown(name)}",
                "use train, validation or test",
            )
    return {film: SPLIT_NAMES[name.lower()] for film, name in listed.items()}


def read_labels(path: Path) -> dict[str, tuple[str, ...]]:
    """Film id → genres, from a CSV with an id column and `genres` with `|` between them."""
    return {
        film: tuple(dict.fromkeys(genre for part in value.split("|") if (genre := part.strip())))
        for film, value in _column(path, "genres").items()
    }


def _column(path: Path, wanted: str) -> dict[str, str]:
    """Film id → the text in column `wanted`. The first row of a film counts."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            header = rows.fieldnames or ()
            ids = within(ID_COLUMNS, header)
            if wanted not in header or not ids:
                raise UserError(
                    f"{path} has the columns {', '.join(header) or 'none'}",
                    f"it needs {wanted!r} and one of {', '.join(ID_COLUMNS)}",
                )
            for row in rows:
                film = next((text for name in ids if (text := (row[name] or "").strip())), "")
                if film:
                    found.setdefault(film, (row[wanted] or "").strip())
    except FileNotFoundError:
        raise UserError(f"no file at {path}", "check the path") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read ({error})", "give a UTF-8 CSV file") from error
    return found
