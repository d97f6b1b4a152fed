"""Thousands of dirty tables: no traceback, and every film read as it was meant, or refused."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.log import ReadLog
from cinegenre.readers.table import read

from ..tiny.dirty import Film, Table, tables

_NUMBER = re.compile(r'"?Film"? (\d+)')
_PLACE = re.compile(r" (?:line|item) (\d+)$")


def account(table: Table, folder: Path) -> Counter[str]:
    """Read a table and check every film of it; what became of the films, and what was mended."""
    path = folder / table.name
    path.write_bytes(table.data)
    log = ReadLog()
    films: dict[int, Movie] = {}
    refused: dict[int, str] = {}
    for row in read(path, log=log):
        if isinstance(row, BadRow):
            place = _PLACE.search(row.where)
            assert place and row.error, row
            refused[int(place[1])] = row.error
        else:
            number = _NUMBER.match(row.title or "")
            assert number and int(number[1]) not in films, row
            films[int(number[1])] = row
    counts = Counter(log.mended)
    places = {line for film in table.films for line in film.lines}
    assert refused.keys() <= places, "a refusal stands where no film does"
    for film in table.films:
        found = films.get(film.number)
        reasons = [refused[line] for line in film.lines if line in refused]
        assert (found is None) == bool(reasons), f"{film} is lost, or told twice: {reasons}"
        if found is None:
            assert not film.sound, f"{film} is refused: {reasons}"
            counts["refused"] += 1
            continue
        assert film.genres is not None, f"{found} is no film"
        counts["read"] += 1
        same(found, film)
    return counts


def same(found: Movie, film: Film) -> None:
    for name in ("id", "title", "overview", "genres", "year", "companies"):
        is_, wanted = getattr(found, name), getattr(film, name)
        assert is_ == wanted, f"film {film.number}: {name} is {is_!r}, not {wanted!r}"


def all_of(count: int, folder: Path, seed: int = 0) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number, table in enumerate(tables(count, seed)):
        try:
            counts += account(table, folder)
        except (AssertionError, UserError) as error:
            (folder / f"failed-{table.name}").write_bytes(table.data)
            raise AssertionError(f"table {seed}/{number} ({table.how}): {error}") from error
    return counts


def test_every_film_of_200_dirty_tables_is_accounted_for(tmp_path: Path) -> None:
    counts = all_of(200, tmp_path)
    assert counts["read"] > 800 and counts["refused"] > 100 and len(counts) > 6


@pytest.mark.slow
def test_every_film_of_5000_dirty_tables_is_accounted_for(tmp_path: Path) -> None:
    counts = all_of(5000, tmp_path, seed=1)
    print(*(f"{count:>7,} {what}" for what, count in counts.most_common()), sep="\n")
    assert counts["read"] > 20_000
