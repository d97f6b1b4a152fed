"""From a table of films to a bundle for its genres."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files import whole, write_text
from ..metrics.arrays import truth_of
from ..metrics.summary import Scored, summarize
from ..movie import BadRow, Movie
from ..readers import table
from ..tagger.bundle import Bundle, write_thresholds
from ..tagger.runtime import Runtime
from ..tagger.tagger import Tagger
from .cache import user_cache
from .card import card
from .crossval import cross_fit, namesakes, sets_of
from .features import Encoded, encode
from .films import Labelled, folds_of, labelled
from .judge import calibrate
from .write import base_genres, copy_base, write_config

Stage = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Shows a step by its name and number of parts; gives the function that is told of parts done."""

Rows = str | Path | Iterable[Movie | BadRow]


def fit(
    films: Rows,
    out: str | Path,
    *,
    model: str | Path | None = None,
    name: str = "",
    genres: Sequence[str] = (),
    min_films: int = 8,
    test: Rows | None = None,
    seed: int = 0,
    cache: str | Path | None = None,
    keep: bool = True,
    stage: Stage | None = None,
) -> dict[str, Any]:
    """Fit a new head for the genres of `films` on a model's encoders; write the bundle `out`.

    `films` is a table (CSV, TSV, JSON, JSONL, Parquet) or films themselves; `model` the bundle to
    stand on (None: the shipped default); `genres` restricts the genres, and one that fewer than
    `min_films` films have is dropped. Films of `test` are scored by the finished bundle. What the
    encoders say is kept in the folder `cache` (None: the user's own), unless `keep` is False.

    Returns what the model card says, ready for JSON. Raises `UserError` where there is too little
    to fit.

    >>> from cinegenre.fit import fit
    >>> facts = fit("films.csv", "models/mine", test="later_films.csv")
    >>> facts["summary"]["headline"]["macro_f1"], facts["dropped"]
    """
    began = time.monotonic()
    target = Path(out)
    if target.exists() and not (target / "config.json").exists() and any(target.iterdir()):
        raise UserError(f"{target} is not empty and holds no bundle", "name another --out")
    # A head is fitted on all that the encoders say, and its bundle spares none of them.
    runtime = Runtime(replace(Tagger.load(model).bundle, spared={}))
    base = runtime.bundle
    found = labelled(_rows(films), base.fields, genres=genres, min_films=min_films)
    held = _held_out(test, found, base)
    folder = None if not keep else Path(cache) if cache else user_cache()
    encoded = _encode(runtime, found.films, folder, stage)
    truth = truth_of(found.films, found.genres)
    fold = folds_of(found.films, seed)
    prior = namesakes(base_genres(base), found.genres)
    with stage("fitting heads", sets_of(len(base.inputs))) if stage else nullcontext() as done:
        fitted = cross_fit(
            runtime, encoded.whole(runtime), truth, fold, prior, done or (lambda heads: None)
        )
    calibrations, modes, scored = calibrate(fitted, found, encoded, truth)
    facts: dict[str, Any] = {
        "name": name or target.name,
        "base": base.label,
        "films": len(found.films),
        "genres": list(found.genres),
        "min_films": min_films,
        "dropped": found.dropped,
        "left_out": dict(found.left_out),
        "quoted": found.quoted,
        "unreadable_posters": [str(fault) for fault in encoded.faults.values()],
        "penalties": {
            " + ".join(n for n, here in zip(base.inputs, h.chosen, strict=True) if here): h.penalty
            for h in fitted.heads
        },
        "seed": seed,
        "modes": modes,
        "summary": summarize(scored, 0),
        "test": None,
    }
    with whole(target) as staged:
        staged.mkdir()
        copy_base(base, staged)
        write_config(base, staged, facts)
        fitted.linear().save(staged)
        write_thresholds(staged, calibrations)
        if held is not None:
            facts["test"] = summarize(_score(Tagger.load(staged), held, folder, stage))
        facts["seconds"] = round(time.monotonic() - began, 1)
        write_text(staged / "README.md", card(facts))
    return facts


def _rows(films: Rows) -> Iterable[Movie | BadRow]:
    if isinstance(films, str | Path):
        return table.films(Path(films), posters=None, columns=None, needed=("genres",))
    return films


def _held_out(test: Rows | None, found: Labelled, base: Bundle) -> list[Movie] | None:
    """The films to score at the end, read before anything is computed."""
    if test is None:
        return None
    known = set(found.genres)
    films = [
        film
        for film in _rows(test)
        if isinstance(film, Movie)
        and known & set(film.genres)
        and set(base.fields) & set(film.inputs)
    ]
    if not films:
        raise UserError(
            "no film to test on has one of the genres fitted", "check the file's genres"
        )
    return films


def _encode(
    runtime: Runtime,
    films: Sequence[Movie],
    cache: Path | None,
    stage: Stage | None,
    partial: bool = True,
) -> Encoded:
    with ExitStack() as open_stage:

        def begin(name: str, count: int) -> Callable[[int], None]:
            open_stage.close()  # the one before is done
            assert stage is not None
            return open_stage.enter_context(stage(f"encoding {name}", count))

        return encode(runtime, films, cache, begin if stage else None, partial=partial)
