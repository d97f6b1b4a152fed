"""Finds one film's poster: by its path, else by asking TMDB for its ids."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ...errors import UserError
from .http import Fault, Gone
from .tmdb import Poster, Tmdb
from .wanted import Wanted

NO_ID = "no TMDB id, IMDb id or poster path"


class Absent(Fault):
    """TMDB has no poster of the film, which the journal remembers."""


def poster_of(tmdb: Tmdb, film: Wanted) -> Poster:
    """The film's poster. Raises `Absent`, another `Fault`, or an error of the client.

    A path from a table may be years old; if its image is gone, the ids lead to the present one.
    """
    if film.path:
        try:
            return tmdb.image(film.path)
        except Gone:
            pass
    path = _path_now(tmdb, film)
    if path == film.path:
        raise Absent("its poster path leads nowhere any more")
    try:
        return tmdb.image(path)
    except Gone:
        raise Absent("TMDB names a poster that is not there") from None


def store(folder: Path, name: str, poster: Poster) -> str:
    """Write the poster completely or not at all; return its file's name."""
    target = folder / f"{name}{poster.ending}"
    # files.whole would list the folder for each of a hundred thousand posters.
    staged = folder / f".{name}.{os.getpid()}.partial"
    try:
        staged.write_bytes(poster.data)
        staged.replace(target)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise UserError(
            f"cannot write {target} ({error.strerror or error})",
            "free some space or check the folder, then run again: what is fetched is kept",
        ) from error
    return target.name


def _path_now(tmdb: Tmdb, film: Wanted) -> str:
    asking: list[tuple[Callable[[str], str | None], str | None]] = [
        (tmdb.of_film, film.tmdb), (tmdb.of_imdb, film.imdb),
    ]  # fmt: skip
    why = "its poster path leads nowhere any more" if film.path else NO_ID
    for ask, number in asking:
        if number is None:
            continue
        try:
            path = ask(number)
        except Gone:
            why = "unknown to TMDB"
            continue
        if path is not None:
            return path
        raise Absent("TMDB has no poster")
    raise Absent(why)
