"""Adds a head for further genres to a bundle, over the encoders that it has."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..files import read_json, whole, write_json, write_text
from ..metrics.arrays import truth_of
from ..metrics.calibration import Calibration
from ..metrics.figures import Summary
from ..metrics.summary import summarize
from ..movie import Movie
from ..progress import Stage, silent
from ..tagger.bundle import Bundle, card_name
from ..tagger.bundle_folder import read_bundle, write_thresholds
from ..tagger.heads import checked_name, head_file, thresholds_file
from ..tagger.known import score
from ..tagger.runtime import Features, Runtime
from ..tagger.sparing import spare
from ..tagger.tagger import Tagger
from ..version import __version__
from .cache import kept_in
from .card import head_card
from .crossval import namesakes
from .features import Encoded, encode
from .films import Labelled, Posters, Rows, Tell, folds_of, labelled, rows_of
from .films import silent as say_nothing
from .fit import held_out, of_films
from .judge import calibrate
from .prepared import TEST, TRAIN, VALIDATION, Prepared
from .result import FitReport
from .shared import Judges, Shared, shared_fit
from .write import base_genres


def add_head(
    films: Rows,
    bundle: str | Path,
    name: str,
    *,
    labels: str = "",
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
    """Fit a head for the genres of `films` and write it into the folder `bundle`, where
    `Tagger.load(bundle, taxonomy=name)` finds it. A head of that name is replaced.

    `films` is a table, an iterable of films, or a prepared data set (with the label set `labels`).
    Of a prepared data set the training films are fitted on, and the validation films choose the
    penalty, the calibration and the thresholds; of other films, five folds do. `test` may be a
    prepared data set, too, of which the test films are used. The other arguments are those of
    `fit`. Raises `UserError` for a name that cannot be part of a file's, and for too few films.

    >>> from cinegenre.fit import add_head
    >>> report = add_head("films.csv", "models/mine", "moods")
    >>> report.summary.headline["macro_f1"]
    """
    began = time.monotonic()
    runtime = Runtime(read_bundle(Path(bundle)))
    base = runtime.bundle
    checked_name(name)
    data = Prepared.open(films, labels)
    later = Prepared.open(test, labels if data else "")
    with Posters(fetch=fetch) as posters:
        rows = data.films(TRAIN) if data else rows_of(films, base.fields, columns, tell)
        chosen = labelled(posters.local(rows), base.fields, genres=genres, min_films=min_films)
        unseen = later.films(TEST) if later else rows_of(test or (), base.fields, columns, tell)
        held = None if test is None else held_out(posters.local(unseen), chosen, base)
    apart = _judges(data, chosen, base)
    folder = kept_in(cache, keep=keep)
    encoded = encode(runtime, chosen.films, folder, stage)
    judged = encode(runtime, apart.films, folder, stage) if apart else None
    fitted = _fitted(runtime, chosen, encoded, apart, judged, seed, stage)
    calibrations, modes, scored = calibrate(fitted, apart or chosen, judged or encoded)
    report = FitReport(
        name=name, base=base.label, **of_films(chosen, encoded, posters), min_films=min_films,
        penalties={"": fitted.penalty}, seed=seed, modes=modes, summary=summarize(scored, 0),
        validation=len(apart.films) if apart else None,
    )  # fmt: skip
    _write(base, report, fitted, calibrations, data.to_json() if data else {})
    if held is not None:
        tagger = Tagger.load(base.folder, taxonomy=name)
        report = replace(report, test=_tested(tagger, held, folder, stage))
    report = replace(report, seconds=round(time.monotonic() - began, 1))
    write_text(base.folder / card_name(name), head_card(report))
    return report


def _judges(data: Prepared | None, chosen: Labelled, base: Bundle) -> Labelled | None:
    """The validation films of a prepared data set."""
    if data is None:
        return None
    films = held_out(data.films(VALIDATION), chosen, base, what="validation film")
    return Labelled(films, chosen.genres)


def _fitted(
    runtime: Runtime,
    chosen: Labelled,
    encoded: Encoded,
    apart: Labelled | None,
    judged: Encoded | None,
    seed: int,
    stage: Stage,
) -> Shared:
    prior = namesakes(base_genres(runtime.bundle), chosen.genres)
    judges = None
    if apart is not None and judged is not None:
        judges = Judges(apart.films, judged, truth_of(apart.films, chosen.genres))
    with stage("fitting the head", 1) as done:
        truth, fold = truth_of(chosen.films, chosen.genres), folds_of(chosen.films, seed)
        fitted = shared_fit(runtime, chosen.films, encoded, truth, fold, prior, judges, seed)
        done(1)
    return fitted


def _write(
    base: Bundle,
    report: FitReport,
    fitted: Shared,
    calibrations: Mapping[tuple[str, ...], Calibration],
    data: Mapping[str, Any],
) -> None:
    """Write the head's files and then its entry in config.json, so that it is there when named."""
    folder, name = base.folder, report.name
    with whole(folder / head_file(name)) as staged:
        fitted.linear().save(staged)
    write_thresholds(folder, calibrations, thresholds_file(name))
    config = read_json(folder / "config.json", "model bundle")
    head = {
        "file": head_file(name),
        "thresholds": thresholds_file(name),
        "id2label": {str(i): genre for i, genre in enumerate(report.genres)},
        "title": f"a head fitted on {report.base}",
        "seed": report.seed,
        "films": {"train": report.films, "validation": report.validation},
        "data": dict(data),
        "versions": {"cinegenre": __version__},
    }
    config["heads"] = config.get("heads", {}) | {name: head}
    write_json(folder / "config.json", config)


def _tested(tagger: Tagger, films: Sequence[Movie], cache: Path | None, stage: Stage) -> Summary:
    """Evaluate the finished head as it predicts, without the encoders that the bundle skips."""
    encoded = encode(tagger.runtime, films, cache, stage, partial=False).whole(tagger.runtime)
    present = encoded.present.copy()
    spare(tagger.bundle.spared, tagger.bundle.inputs, films, present)
    return summarize(score(tagger, films, Features(encoded.features, present)))
