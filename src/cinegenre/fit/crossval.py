"""A head for each set of modalities, its penalty chosen by cross-validation, and scores of films
by heads that have not seen them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..tagger.linear import LinearHead
from ..tagger.modes import Shown
from ..tagger.runtime import Features, Runtime
from ..taxonomy import IMDB_TO_TMDB
from .columns import OWN, Columns
from .films import FOLDS
from .solve import fit_logistic

PENALTIES = (3.0, 1.7, 1.0, 0.55, 0.3, 0.17, 0.1, 0.03)
"""Tried from the strongest on, until two in a row are no better."""

NAMESAKE = 0.5
"""The weight, before anything is fitted, of the base model's logit for a genre of the same name."""

SEEN = 16
"""Films that must have a modality for it to be read."""

_LEAST, _UNKNOWN = 0.05, 0.3
"""The least gain of a modality, and that of one which too few films have to tell."""


@dataclass(frozen=True)
class SetHead:
    """The head for films of which (only) the modalities `chosen` are there.

    `weights` (columns + 1, genres) are those of all films, `by_fold` those of all but a fold's.
    """

    chosen: tuple[bool, ...]
    penalty: float
    weights: np.ndarray
    by_fold: Sequence[np.ndarray]


@dataclass(frozen=True)
class CrossFitted:
    """Heads for the sets of modalities that the films have, the smallest set first.

    `prior` (base genres, genres) are weights of the base's logits, centred, under those fitted.
    """

    columns: Columns
    prior: np.ndarray
    heads: Sequence[SetHead]
    fold: np.ndarray
    runtime: Runtime

    def linear(self) -> LinearHead:
        """What all films taught, on the encoders' own outputs, as a bundle keeps it."""
        parts = [self.columns.taken_back(head.weights, head.chosen) for head in self.heads]
        weights = np.stack([weights for weights, _ in parts])
        weights[:, -len(self.prior) :] += self.prior
        bias = np.stack([bias for _, bias in parts]) - self.columns.blocks[OWN].mean @ self.prior
        present = np.array([head.chosen for head in self.heads], bool)
        return LinearHead(present, weights, bias)

    def unseen(self, shown: Shown) -> np.ndarray:
        """Logits (rows, genres) of films as `shown`, each by a head that was not fitted on it."""
        own = self.runtime.base_logits(shown.features, shown.present)
        fits = [h for h in self.heads if shown.present[:, np.array(h.chosen)].all()]
        head = max(fits, key=lambda head: sum(head.chosen))
        columns = self.columns.of(shown.features, shown.present, own, head.chosen)
        fold = self.fold[shown.rows]
        logits = (own - self.columns.blocks[OWN].mean) @ self.prior
        for k, weights in enumerate(head.by_fold):
            logits[fold == k] += _apply(columns[fold == k], weights)
        return np.asarray(logits)


def cross_fit(
    runtime: Runtime,
    whole: Features,
    truth: np.ndarray,
    fold: np.ndarray,
    prior: np.ndarray,
    done: Callable[[int], None] = lambda heads: None,
    penalties: Sequence[float] = (),
) -> CrossFitted:
    """Fit on the encoders' outputs `whole` of all films; `truth` is bool (films, genres).

    The set without any modality reads the base model's logits alone: it is for films that have
    only what none of the films here have. Genres that too few films of a set show are told by
    that head there too. `done` is told of each head. `penalties` are tried in their
    order (none: `PENALTIES`).
    """
    features, present = whole.features, whole.present
    own = runtime.base_logits(features, present)
    columns = Columns.learn(features, present, own)
    columns = columns.scaled(_gains(columns, whole, truth, fold))
    seen = present.sum(axis=0) >= SEEN
    heads: list[SetHead] = []
    for chosen in sorted(product((False, True), repeat=present.shape[1]), key=sum):
        hidden = present & np.array(chosen)
        rows = hidden.any(axis=1) if any(chosen) else np.ones(len(truth), bool)
        done(1)
        able = _able(truth[rows], fold[rows]) | (not any(chosen))
        if not (seen[np.array(chosen)].all() and able.any()):
            continue
        part = {n: x[rows] * hidden[rows, i, None] for i, (n, x) in enumerate(features.items())}
        said = runtime.base_logits(part, hidden[rows]) if any(chosen) else own
        x = columns.of(part, hidden[rows], said, chosen)
        offset = (said - columns.blocks[OWN].mean) @ prior
        known, offset = truth[rows][:, able], offset[:, able]
        _, penalty, folds = _best(x, known, fold[rows], penalties or PENALTIES, offset)
        weights = fit_logistic(x, known, penalty, np.mean(folds, axis=0), offset)
        if heads:
            weights = _completed(weights, able, heads[0].weights)
            pairs = zip(folds, heads[0].by_fold, strict=True)
            folds = [_completed(part, able, least) for part, least in pairs]
        heads.append(SetHead(chosen, penalty, weights, folds))
    return CrossFitted(columns, prior, heads, fold, runtime)


def namesakes(known: Sequence[str], genres: Sequence[str]) -> np.ndarray:
    """`NAMESAKE` where a genre the base knows has the name of one to fit: (known, genres)."""
    names = [IMDB_TO_TMDB.get(genre, genre).casefold() for genre in genres]
    same = [[IMDB_TO_TMDB.get(each, each).casefold() == name for name in names] for each in known]
    return (NAMESAKE * np.array(same)).astype(np.float32)


def sets_of(modalities: int) -> int:
    """How many heads `cross_fit` tells of."""
    return int(2**modalities)


def _gains(
    columns: Columns, whole: Features, truth: np.ndarray, fold: np.ndarray
) -> dict[str, float]:
    """How much each modality tells by itself, as a part of what the best one does."""
    told: dict[str, float] = {}
    for i, (name, x) in enumerate(whole.features.items()):
        rows = whole.present[:, i]
        able = _able(truth[rows], fold[rows])
        if rows.sum() >= SEEN and able.any():
            part = columns.blocks[name].of(x[rows])
            told[name] = 1 - _best(part, truth[rows][:, able], fold[rows], (1.0, 0.1))[0]
    most = max(told.values(), default=1)
    return {
        name: max(told[name] / most, _LEAST) if name in told and most > 0 else _UNKNOWN
        for name in whole.features
    }


def _able(truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """The genres that films of two folds at least have, and lack: bool (genres,)."""
    return np.array(
        [len(np.unique(fold[has])) > 1 and len(np.unique(fold[~has])) > 1 for has in truth.T]
    )


def _completed(weights: np.ndarray, able: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Weights of the genres `able`, with those of the others from the set without modalities.

    That one's columns are the last, the own logits'.
    """
    result = np.zeros((len(weights), len(able)), weights.dtype)
    result[-len(least) :] = least
    result[:, able] = weights
    return result


def _best(
    x: np.ndarray,
    truth: np.ndarray,
    fold: np.ndarray,
    penalties: Sequence[float],
    offset: np.ndarray | None = None,
) -> tuple[float, float, list[np.ndarray]]:
    """The least `_surprise` on films not fitted on, its penalty, and each fold's weights."""
    given = np.zeros(truth.shape, np.float32) if offset is None else offset
    found: list[tuple[float, float, list[np.ndarray]]] = []
    last: list[np.ndarray] | list[None] = [None] * FOLDS
    for penalty in penalties:
        logits = given.copy()
        weights = []
        for k in range(FOLDS):
            rest, held = fold != k, fold == k
            # Each penalty starts from the last one's weights, which are near.
            weights.append(fit_logistic(x[rest], truth[rest], penalty, last[k], given[rest]))
            logits[held] += _apply(x[held], weights[k])
        last = weights
        found.append((_surprise(truth, logits), penalty, weights))
        if min(each[0] for each in found[-2:]) > min(each[0] for each in found):
            break
    return min(found, key=lambda each: each[0])


def _surprise(truth: np.ndarray, logits: np.ndarray) -> float:
    """Mean over genres of the log loss, as a part of that of always saying the genre's share."""
    loss = (np.logaddexp(0, logits) - truth * logits).mean(axis=0)
    p = truth.mean(axis=0)
    return float((loss / -(p * np.log(p) + (1 - p) * np.log(1 - p))).mean())


def _apply(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(columns @ weights[:-1] + weights[-1])
