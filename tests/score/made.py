"""Small sources of films in every format, and what was scored of them."""

from __future__ import annotations

import base64
import csv
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cinegenre.data import shards
from cinegenre.movie import Movie
from cinegenre.readers.rows import table_rows
from cinegenre.score.store import SCORES

from ..tiny.films import films, write_posters


def some(count: int = 24, posters: int = 4) -> list[Movie]:
    """Films of which only the first `posters` keep theirs: those cost most of the time."""
    made = films(count)
    with_poster = [film.id for film in made if film.poster is not None][:posters]
    return [film if film.id in with_poster else replace(film, poster=None) for film in made]


def cells(film: Movie) -> dict[str, Any]:
    return {
        "id": film.id, "title": film.title, "overview": film.overview, "year": film.year,
        "companies": list(film.companies), "people": list(film.people), "genres": list(film.genres),
        "poster": str(film.poster) if film.poster else None,
    }  # fmt: skip


def write_csv(folder: Path, made: Sequence[Movie]) -> Path:
    path = folder / "films.csv"
    rows = [cells(film) for film in write_posters(folder / "posters", list(made))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({k: "|".join(v) if isinstance(v, list) else v for k, v in row.items()}
                         for row in rows)  # fmt: skip
    return path


def write_jsonl(folder: Path, made: Sequence[Movie]) -> Path:
    """Posters in base64, as a bare text, a data URI or an image struct."""
    path = folder / "films.jsonl"
    lines = []
    for number, film in enumerate(made):
        row = cells(replace(film, poster=None))
        if isinstance(film.poster, bytes):
            text = base64.b64encode(film.poster).decode()
            row["poster"] = (text, f"data:image/jpeg;base64,{text}", {"bytes": text})[number % 3]
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_parquet(folder: Path, made: Sequence[Movie]) -> Path:
    path = folder / "films.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    shards.write(path, [(f, f.poster if isinstance(f.poster, bytes) else None) for f in made], {})
    return path


def write_parquets(folder: Path, made: Sequence[Movie]) -> Path:
    inside = folder / "many"
    for number in range(3):
        part = made[number * len(made) // 3 : (number + 1) * len(made) // 3]
        write_parquet(inside, part).rename(inside / f"part-{number}.parquet")
    return inside


def write_tar(folder: Path, made: Sequence[Movie], name: str = "films.tar") -> Path:
    path = folder / name
    with tarfile.open(path, "w:gz" if name.endswith("gz") else "w") as tar:
        for number, film in enumerate(made):
            row = cells(film)
            del row["poster"]
            members = {"json": json.dumps(row).encode(), "cls": b"3"}
            if isinstance(film.poster, bytes):
                members["jpg"] = film.poster
            for ending, data in members.items():
                info = tarfile.TarInfo(f"films/{number:04}.{ending}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return path


def write_tars(folder: Path, made: Sequence[Movie]) -> Path:
    inside = folder / "tars"
    inside.mkdir()
    half = len(made) // 2
    write_tar(inside, made[:half], "a.tar")
    write_tar(inside, made[half:], "b.tar.gz")
    return inside


WRITERS: dict[str, Callable[[Path, Sequence[Movie]], Path]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "parquets": write_parquets,
    "tar": write_tar,
    "tars": write_tars,
}


def results(out: Path) -> list[dict[str, Any]]:
    """Every row of the shards in `out`, by row number; texts as the format has them."""
    rows = [row for path in sorted((out / SCORES).iterdir()) for row in table_rows(path)]
    return sorted((cells for _, cells in rows), key=lambda row: int(row["row"]))  # type: ignore[misc]
