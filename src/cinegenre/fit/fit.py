"""Fits a bundle for the genres of a table of films."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..data.spelling import same
from ..errors import UserError
from ..files import whole, write_text
from ..metrics.arrays import truth_of
from ..metrics.calibration import Calibration
from ..metrics.figures import Summary
from ..metrics.summary import summarize
from ..movie import BadRow, Movie
from ..progress import Stage, silent
from ..tagger.bundle import Bundle
from ..tagger.bundle_files import check_out
from ..tagger.bundle_folder import write_thresholds
from ..tagger.known import score
from ..tagger.linear import FILE
from ..tagger.runtime import Runtime
from ..tagger.tagger import Tagger
from .cache import kept_in
from .card import card
from .crossval import CrossFitted, cross_fit, namesakes, sets_of
from .features import Encoded, encode
from .films import Labelled, Posters, Rows, Tell, folds_of, labelled, rows_of
from .films import silent as say_nothing
from .judge import calibrate
from .result import FitReport, OfFilms
from .write import base_genres, copy_base, write_config


def fit(
    films: Rows,
    out: str | Path,
    *,
    model: str | Path | None = None,
    name: str = "",
    genres: Sequence[str] = (),
    min_films: int = 8,
    test: Rows | None = None,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    cache: str | Path | None = None,
    keep: bool = True,
    fetch: bool = False,
    stage: Stage = silent,
    tell: Tell = say_nothing,
) -> FitReport:
    """Fit a new head for the genres of `films` on a model's encoders; write the bundle `out`.

    `films` is a table (CSV, TSV, JSON, JSONL, Parquet) or an iterable of films; `model` is the base
    bundle (None for the shipped default). `genres` restricts the genres, and a genre that fewer
    than `min_films` films have is dropped. The finished bundle is evaluated on the films of `test`.
    `columns` says which column holds which field of the tables; `tell` is called with each line of
    the report on how they were read. Features are cached in the folder `cache` (None for the user's
    own), unless `keep` is False. `fetch` downloads posters at web addresses.

    Returns the figures of the model card. Raises `UserError` if there are too few films to fit.
    >>> from cinegenre.fit import fit
    >>> report = fit("films.csv", "models/mine", test="later_films.csv")
    >>> report.summary.headline["macro_f1"], report.dropped
    """
    began = time.monotonic()
    check_out(target := Path(out))
    runtime = _runtime(model)
    base = runtime.bundle
    with Posters(fetch=fetch) as posters:
        rows = posters.local(rows_of(films, base.fields, columns, tell))
        selected = labelled(rows, base.fields, genres=genres, min_films=min_films)
        later = rows_of(test or (), base.fields, columns, tell)
        held = None if test is None else held_out(posters.local(later), selected, base)
    folder = kept_in(cache, keep=keep)
    encoded = encode(runtime, selected.films, folder, stage)
    fitted = _fitted(runtime, selected, encoded, seed, stage)
    calibrations, modes, scored = calibrate(fitted, selected, encoded)
    report = FitReport(
        name=name or target.name,
        **of_films(selected, encoded, posters),
        min_films=min_films,
        **_of_heads(base, fitted),
        seed=seed,
        modes=modes,
        summary=summarize(scored, 0),
    )
    with whole(target) as staged:
        _write_model(staged, base, report, fitted, calibrations)
        if held is not None:
            report = replace(report, test=_tested(Tagger.load(staged), held, folder, stage))
        report = replace(report, seconds=round(time.monotonic() - began, 1))
        write_text(staged / "README.md", card(report))
    return report


def _runtime(model: str | Path | None) -> Runtime:
    """The model, but it skips none of its encoders: a head is fitted on the features of all."""
    return Runtime(replace(Tagger.load(model).bundle, spared={}))


def of_films(selected: Labelled, encoded: Encoded, posters: Posters) -> OfFilms:
    """The part of a report about the films that were given."""
    return {
        "films": len(selected.films),
        "genres": selected.genres,
        "dropped": selected.dropped,
        "left_out": selected.left_out,
        "quoted": tuple(selected.quoted),
        "unreadable_posters": tuple(map(str, encoded.faults.values())),
        "unfetched_posters": tuple(map(str, posters.faults)),
    }


def _of_heads(base: Bundle, fitted: CrossFitted) -> dict[str, Any]:
    """What a report says of what the heads stand on, and how they were fitted."""
    chosen = {_called(base, head.chosen): head.penalty for head in fitted.heads}
    return {"base": base.label, "penalties": chosen}


def _tested(tagger: Tagger, films: Sequence[Movie], cache: Path | None, stage: Stage) -> Summary:
    """Evaluate the finished bundle, with the cache, which `Tagger.predict` does not use."""
    encoded = encode(tagger.runtime, films, cache, stage, partial=False)
    return summarize(score(tagger, films, encoded.whole(tagger.runtime)))


def _write_model(
    folder: Path,
    base: Bundle,
    report: FitReport,
    fitted: CrossFitted,
    calibrations: Mapping[tuple[str, ...], Calibration],
) -> None:
    """Write all of the bundle but its card into a new folder."""
    folder.mkdir()
    copy_base(base, folder)
    write_config(base, folder, report)
    fitted.linear().save(folder / FILE)
    write_thresholds(folder, calibrations)


def _fitted(
    runtime: Runtime, selected: Labelled, encoded: Encoded, seed: int, stage: Stage
) -> CrossFitted:
    """Fit the heads for all sets of modalities."""
    base = runtime.bundle
    prior = namesakes(base_genres(base), selected.genres)
    truth, fold = truth_of(selected.films, selected.genres), folds_of(selected.films, seed)
    with stage("fitting heads", len(sets_of(base))) as done:
        return cross_fit(runtime, encoded.whole(runtime), truth, fold, prior, done)


def held_out(
    rows: Iterable[Movie | BadRow], selected: Labelled, base: Bundle, what: str = "film to test on"
) -> list[Movie]:
    """The films to evaluate on, read first so that mistakes in them are found before the fit.

    Raises `UserError`, which calls such a film `what`, if there is none.
    """
    films: list[Movie] = []
    bad: list[BadRow] = []
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        genres = tuple(same(genre, selected.genres) for genre in row.genres)
        if set(selected.genres) & set(genres) and set(base.fields) & set(row.inputs):
            films.append(replace(row, genres=genres))
    if not films:
        why = f" ({len(bad):,} rows cannot be read: {bad[0].where}: {bad[0].error})" if bad else ""
        raise UserError(f"no {what} has one of the genres fitted{why}", "check the file's genres")
    return films


def _called(base: Bundle, chosen: Sequence[bool]) -> str:
    """The name of a set of modalities, such as "text + poster"."""
    return " + ".join(name for name, here in zip(base.inputs, chosen, strict=True) if here)
