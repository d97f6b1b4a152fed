"""Finds the suspicious labels of a labelled catalogue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..fit.cache import kept_in
from ..fit.crossval import CrossFitted, cross_fit, namesakes, sets_of
from ..fit.features import Encoded, encode
from ..fit.films import QUOTED, Labelled, Posters, Rows, Tell, folds_of, labelled, rows_of
from ..fit.films import silent as say_nothing
from ..fit.prepared import Prepared
from ..fit.write import base_genres
from ..metrics.arrays import sigmoid, truth_of
from ..movie import Movie
from ..progress import Stage, silent
from ..tagger.bundle import Bundle
from ..tagger.modes import Shown
from ..tagger.runtime import Features
from ..tagger.tagger import Tagger
from .confident import Confident, judge
from .result import MISSING, WRONG, Audit, AuditFacts, Finding, Noise


def audit(
    films: Rows,
    *,
    model: str | Path | None = None,
    genres: Sequence[str] = (),
    min_films: int = 8,
    labels: str = "",
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    cache: str | Path | None = None,
    keep: bool = True,
    fetch: bool = False,
    stage: Stage = silent,
    tell: Tell = say_nothing,
) -> Audit:
    """Find the labels of `films` that are likely wrong, by heads fitted on the other films.

    `films` is a table, a prepared data set (with the label set `labels`), or an iterable of films.
    The heads use the encoders of `model` (None for the shipped default); the films' genres may be
    any. `genres` restricts them, and a genre that fewer than `min_films` films have is left out.
    `columns` says which column holds which field of a table; `tell` is called with each line of the
    report on how it was read. Features are cached in the folder `cache` (None for the user's own),
    unless `keep` is False. `fetch` downloads posters at web addresses. Raises `UserError`
    if there are too few films.

    >>> from cinegenre.audit import audit
    >>> found = audit("films.csv")
    >>> found.missing[0].film.title, found.missing[0].genre, found.missing[0].why
    """
    began = time.monotonic()
    runtime = Tagger.load(model).runtime
    base = runtime.bundle
    rows = _prepared(films, labels) or rows_of(films, base.fields, columns, tell)
    with Posters(fetch=fetch) as posters:
        kept = labelled(posters.local(rows), base.fields, genres=genres, min_films=min_films)
    encoded = encode(runtime, kept.films, kept_in(cache, keep=keep), stage, partial=False)
    whole = encoded.whole(runtime)
    given = truth_of(kept.films, kept.genres)
    prior = namesakes(base_genres(base), kept.genres)
    with stage("fitting heads", len(sets_of(base))) as done:
        fitted = cross_fit(runtime, whole, given, folds_of(kept.films, seed), prior, done)
    probabilities = unseen(fitted, whole)
    judged = judge(given, probabilities)
    alone = _alone(fitted, whole)
    missing, wrong = (
        list(_findings(kept.films, kept.genres, kind, judged, probabilities, alone))
        for kind in (MISSING, WRONG)
    )
    noise = [
        Noise(genre=genre, given=int(given[:, g].sum()), missing=float(judged.missing_count[g]),
              wrong=float(judged.wrong_count[g])) for g, genre in enumerate(kept.genres)
    ]  # fmt: skip
    facts = AuditFacts(
        model=base.label,
        labels=int(given.sum()),
        seconds=round(time.monotonic() - began, 1),
        **_of_films(kept, encoded, posters),
    )
    return Audit(missing=missing, wrong=wrong, noise=noise, facts=facts)


def _of_films(kept: Labelled, encoded: Encoded, posters: Posters) -> dict[str, Any]:
    """The part of the facts about the films that were given."""
    return {
        "films": len(kept.films),
        "left_out": kept.left_out,
        "dropped_genres": kept.dropped,
        "unreadable_posters": len(encoded.faults),
        "unfetched_posters": len(posters.faults),
        "quoted": (
            *kept.quoted,
            *(str(error) for error in islice(encoded.faults.values(), QUOTED)),
            *map(str, posters.faults[:QUOTED]),
        ),
    }


def _alone(fitted: CrossFitted, whole: Features) -> dict[str, np.ndarray]:
    """By input, probabilities (films, genres) from it alone; NaN if a film lacks the input."""
    return {
        name: np.where(
            whole.present[:, together].any(axis=1, keepdims=True),
            unseen(fitted, whole, together),
            np.nan,
        )
        for name, together in read_alike(fitted.runtime.bundle).items()
    }


def read_alike(base: Bundle) -> dict[str, list[int]]:
    """The indices of the modalities that read the same fields, by the name of those fields."""
    groups: dict[str, list[int]] = {}
    for number, reads in enumerate(base.inputs.values()):
        name = reads.fields[0] if len(reads.fields) == 1 else "text"
        groups.setdefault(name, []).append(number)
    return groups


def unseen(
    fitted: CrossFitted, whole: Features, modalities: Sequence[int] | None = None
) -> np.ndarray:
    """Probabilities (films, genres), each by a head that was not fitted on the film.

    With `modalities`, from these alone, for films that have them.
    """
    present = whole.present
    if modalities is not None:
        present = present & np.isin(np.arange(present.shape[1]), modalities)
    logits = np.zeros((len(present), fitted.prior.shape[1]))
    # There is a head for each set of modalities, so films with the same set are scored together.
    for pattern in np.unique(present, axis=0):
        rows = np.flatnonzero((present == pattern).all(axis=1))
        parts = {
            name: features[rows] * pattern[i]
            for i, (name, features) in enumerate(whole.features.items())
        }
        logits[rows] = fitted.unseen(Shown((), frozenset(), rows, parts, present[rows]))
    return sigmoid(logits)


def _prepared(films: Rows, labels: str) -> Iterable[Movie] | None:
    """The films of a prepared data set; None if `films` is not one, which has no `labels`."""
    prepared = Prepared.open(films, labels)
    if prepared is None:
        return None
    return (film for split in prepared.data.splits for film in prepared.films(split))


def _findings(
    films: Sequence[Movie],
    genres: Sequence[str],
    kind: str,
    judged: Confident,
    probabilities: np.ndarray,
    alone: dict[str, np.ndarray],
) -> Iterable[Finding]:
    """The suspicious labels of one kind, the most suspicious first."""
    rows, columns = np.nonzero(judged.missing if kind == MISSING else judged.wrong)
    order = np.argsort(-judged.score[rows, columns], kind="stable")
    for row, g in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        yield Finding(
            film=films[row],
            genre=genres[g],
            kind=kind,
            probability=float(probabilities[row, g]),
            typical=float(judged.has[g]),
            score=float(judged.score[row, g]),
            alone={n: float(p[row, g]) for n, p in alone.items() if np.isfinite(p[row, g])},
        )
