"""Turns a source into a prepared data set: reads, cleans, checks the posters, splits, writes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from .. import files
from ..errors import UserError, shown
from ..movie import BadRow, Movie
from ..progress import counted, stage
from ..readers import reader as reader_named
from ..readers import takes_columns
from ..readers.log import ReadLog
from . import by_id, shards, store
from . import posters as poster_files
from . import split as splitting
from .clean import Tally, clean, one_spelling, unique
from .dhash import Hash
from .manifest import Manifest, Origin, SplitFacts
from .spelling import respelled, spellings
from .web_posters import Fetcher, local


def prepare(
    reader: str,
    source: str | Path,
    out: str | Path,
    *,
    posters: str | Path | None = None,
    splits: str | Path | Mapping[str, str] | None = None,
    labels: Mapping[str, str | Path] | None = None,
    columns: Mapping[str, str] | None = None,
    proportions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    overwrite: bool = False,
    fetch: bool = False,
    console: Console | None = None,
    log: ReadLog | None = None,
) -> Manifest:
    """Prepare `source` with the reader of that name in the folder `out`; return its manifest.

    `posters` is the folder of posters, if the source does not contain them. `splits` is a table
    with an id column and `split`, or film id → split; without it the films are split by
    `proportions` and `seed`. `labels` are further label sets: name → table with an id column and
    `genres`. `columns` is field → column, for readers of tables. `fetch` downloads posters at web
    addresses. Progress is shown on `console` (by default stderr), and `log` gets the report on how
    tables were read. If interrupted, it leaves nothing behind.
    """
    read, log = reader_named(reader), log or ReadLog()
    shards.arro3()  # if it is missing, say so before the posters are read
    source, out = Path(source), Path(out)
    store.check_target(out, overwrite=overwrite)
    listed = None if splits is None else _listed(splits, log)
    sets = {name: (Path(path), _example(name, Path(path))) for name, path in (labels or {}).items()}
    own = {"columns": takes_columns(reader, columns)} if columns else {}
    rows = read(source, posters=None if posters is None else Path(posters), log=log, **own)

    tally = Tally()
    with files.whole(out) as staged:
        staged.mkdir()
        with tempfile.TemporaryDirectory(dir=staged, prefix="posters-") as spool:
            hashes: dict[Path, Hash | None] = {}
            with stage("reading films and posters", console=console) as advance:
                films = _films(counted(rows, advance), Path(spool), tally, hashes, fetch=fetch)
            tally.mended.update(log.mended)
            if not films:
                raise _none(source, reader, tally)
            films = one_spelling(films, tally)
            label_sets = {
                name: _label_set(name, *given, films, log) for name, given in sets.items()
            }
            names, how = _split(films, hashes, listed, proportions, seed)
            if isinstance(splits, str | Path):
                how = replace(how, file=Path(splits).name)
            origin = Origin(
                source=source.resolve().name, reader=reader, cleaning=tally.found(), split=how
            )
            with stage("writing films", len(films), console) as advance:
                return store.write(staged, _by_split(films, names), label_sets, origin, advance)


def _films(
    rows: Iterable[Movie | BadRow],
    spool: Path,
    tally: Tally,
    hashes: dict[Path, Hash | None],
    *,
    fetch: bool,
) -> list[Movie]:
    """The cleaned films, with local posters."""
    with closing(Fetcher(wanted=fetch)) as fetcher:
        cleaned = clean(local(rows, fetcher, tally.lost), tally)
        return unique(poster_files.checked(cleaned, spool, tally, hashes), tally)


def _none(source: Path, reader: str, tally: Tally) -> UserError:
    why = f": {tally.examples[0]}" if tally.examples else ""
    return UserError(
        f"{source} has no film that can be used ({tally.rows} rows read){why}",
        f"check that it is a source for the reader {reader!r}",
    )


def _by_split(films: Sequence[Movie], names: Sequence[str]) -> dict[str, list[Movie]]:
    """The films of each split; "unlisted" only if there are any."""
    parts: dict[str, list[Movie]] = {split: [] for split in splitting.SPLITS}
    for film, name in zip(films, names, strict=True):
        parts.setdefault(name, []).append(film)
    return parts


def _split(
    films: list[Movie],
    hashes: Mapping[Path, Hash | None],
    listed: Mapping[str, str] | None,
    proportions: Sequence[float],
    seed: int,
) -> tuple[list[str], SplitFacts]:
    """The films' splits, and the manifest's facts about how they were made."""
    in_order = [
        hashes.get(film.poster) if isinstance(film.poster, Path) else None for film in films
    ]
    if listed is not None:
        names, counts = splitting.given(films, in_order, listed)
        return names, SplitFacts(method="given", counts=counts)
    names, counts = splitting.own(films, in_order, proportions, seed)
    how = SplitFacts(method="own", proportions=tuple(proportions), seed=seed, counts=counts)
    return names, how


def _listed(splits: str | Path | Mapping[str, str], log: ReadLog) -> Mapping[str, str]:
    if isinstance(splits, str | Path):
        return by_id.read_splits(Path(splits), log.anew())
    return by_id.named_splits(splits, "the given split")


def _example(name: str, path: Path) -> str:
    """An id in a label set. Raises `UserError` for a bad set, before any film is read."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "genres":
        raise UserError(
            f"the label set is called {shown(name)}", "use small letters and digits, as imdb"
        )
    return by_id.check_labels(path)


def _label_set(
    name: str, path: Path, example: str, films: Sequence[Movie], log: ReadLog
) -> dict[str, tuple[str, ...]]:
    """The genres of the films in a label set. Raises `UserError` if it has none of the films."""
    found = by_id.read_labels(path, {film.id for film in films if film.id}, log.anew())
    if not found:
        raise UserError(
            f"the label set {name!r} knows none of the films (it has ids like"
            f" {shown(example)}, the films like {shown(films[0].id)})",
            "give the labels of this source",
        )
    known = spellings(found.values())
    return {film: respelled(genres, known) for film, genres in found.items()}
