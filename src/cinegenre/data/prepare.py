"""From a source to a prepared data set: read, clean, look at the posters, split, write."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from .. import files
from ..errors import UserError, shown
from ..movie import Movie
from ..progress import counted, stage
from ..readers import reader as reader_named
from . import by_id, shards, store
from . import posters as poster_files
from . import split as splitting
from .clean import Tally, clean, unique
from .dhash import Hash
from .manifest import Manifest, Origin, SplitFacts


def prepare(
    reader: str,
    source: str | Path,
    out: str | Path,
    *,
    posters: str | Path | None = None,
    splits: str | Path | Mapping[str, str] | None = None,
    labels: Mapping[str, str | Path] | None = None,
    proportions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    overwrite: bool = False,
    console: Console | None = None,
) -> Manifest:
    """Prepare `source` with the reader of that name into the folder `out`; return its manifest.

    `posters`: the folder of posters, for sources that keep them apart. `splits`: a CSV with an id
    column and `split`, or film id → split; without it the films are split by `proportions` and
    `seed`. `labels`: further label sets, name → CSV with an id column and `genres`. Progress goes
    to `console` (stderr unless given). Interrupted, it leaves nothing behind.
    """
    read = reader_named(reader)
    shards.arro3()  # missing, it is to be missed before the posters are read
    source, out = Path(source), Path(out)
    store.check_target(out, overwrite=overwrite)
    listed = None if splits is None else _listed(splits)
    label_sets = {name: _label_set(name, Path(path)) for name, path in (labels or {}).items()}
    rows = read(source, posters=None if posters is None else Path(posters))

    tally = Tally()
    with files.whole(out) as staged:
        staged.mkdir()
        with tempfile.TemporaryDirectory(dir=staged, prefix="posters-") as spool:
            hashes: dict[Path, Hash | None] = {}
            with stage("reading films and posters", console=console) as advance:
                cleaned = clean(counted(rows, advance), tally)
                films = unique(poster_files.checked(cleaned, Path(spool), tally, hashes), tally)
            if not films:
                raise UserError(
                    f"{source} has no film that can be used ({tally.rows} rows read)",
                    f"check that it is a source for the reader {reader!r}",
                )
            _known(films, label_sets)
            names, how = _split(films, hashes, listed, proportions, seed)
            if isinstance(splits, str | Path):
                how = replace(how, file=Path(splits).name)
            origin = Origin(
                source=source.resolve().name, reader=reader, cleaning=tally.found(), split=how
            )
            with stage("writing films", len(films), console) as advance:
                return store.write(staged, _by_split(films, names), label_sets, origin, advance)


def _known(films: Sequence[Movie], label_sets: store.Labels) -> None:
    """Refuse a label set that knows none of the films."""
    ids = {film.id for film in films}
    for name, known in label_sets.items():
        if ids.isdisjoint(known):
            raise UserError(
                f"the label set {name!r} knows none of the films (it has ids like"
                f" {shown(next(iter(known), ''))}, the films like {shown(films[0].id)})",
                "give the labels of this source",
            )


def _by_split(films: Sequence[Movie], names: Sequence[str]) -> dict[str, list[Movie]]:
    """The films of each split, "unlisted" only where there are some."""
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
    """The films' splits, and what the manifest says of how they came about."""
    in_order = [
        hashes.get(film.poster) if isinstance(film.poster, Path) else None for film in films
    ]
    if listed is not None:
        names, counts = splitting.given(films, in_order, listed)
        return names, SplitFacts(method="given", counts=counts)
    names, counts = splitting.own(films, in_order, proportions, seed)
    how = SplitFacts(method="own", proportions=tuple(proportions), seed=seed, counts=counts)
    return names, how


def _listed(splits: str | Path | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(splits, str | Path):
        return by_id.read_splits(Path(splits))
    return by_id.named_splits(splits, "the given split")


def _label_set(name: str, path: Path) -> dict[str, tuple[str, ...]]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "genres":
        raise UserError(
            f"the label set is called {shown(name)}", "use small letters and digits, as imdb"
        )
    return by_id.read_labels(path)
