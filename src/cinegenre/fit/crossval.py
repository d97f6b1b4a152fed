"""Fits a head for each set of modalities, with cross-validated penalties, and scores films by heads
that were not fitted on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..inputs import PosterInput, TextInput
from ..tagger.bundle import Bundle
from ..tagger.linear import LinearHead
from ..tagger.modes import Shown, subsets
from ..tagger.runtime import Features, Runtime
from ..tagger.sparing import is_spared
from ..taxonomy import IMDB_TO_TMDB
from .columns import OWN, Columns
from .films import FOLDS
from .solve import fit_logistic

PENALTIES = (3.0, 1.7, 1.0, 0.55, 0.3, 0.17, 0.1, 0.03)
"""Penalties, tried from the strongest on until two in a row are no better."""

NAMESAKE = 0.5
"""The initial weight of the base model's logit for a genre with the same name."""

SEEN = 16
"""The number of films that must have a modality for it to be used."""

_LEAST, _UNKNOWN = 0.05, 0.3
"""The smallest gain of a modality, and the gain of one that too few films have to measure it."""


@dataclass(frozen=True)
class SetHead:
    """The head for films that have exactly the modalities `chosen`.

    `weights` (columns + 1, genres) are fitted on all films, `by_fold` on all films but one fold.
    """

    chosen: tuple[bool, ...]
    penalty: float
    weights: np.ndarray
    by_fold: Sequence[np.ndarray]


@dataclass(frozen=True)
class CrossFitted:
    """The heads for the sets of modalities that the films have, the smallest set first.

    `prior` (base genres, genres) are fixed weights on the centred base logits, to which the fitted
    weights are added.
    """

    columns: Columns
    prior: np.ndarray
    heads: Sequence[SetHead]
    fold: np.ndarray
    runtime: Runtime

    def linear(self) -> LinearHead:
        """The heads fitted on all films, as weights on the encoders' outputs, for the bundle."""
        parts = [self.columns.taken_back(head.weights, head.chosen) for head in self.heads]
        weights = np.stack([weights for weights, _ in parts])
        weights[:, -len(self.prior) :] += self.prior
        bias = np.stack([bias for _, bias in parts]) - self.columns.blocks[OWN].mean @ self.prior
        present = np.array([head.chosen for head in self.heads], bool)
        return LinearHead(present, weights, bias)

    def unseen(self, shown: Shown) -> np.ndarray:
        """Logits (rows, genres) of the films in `shown`, each by a head that was not fitted on
        it.
        """
        own = self.runtime.base_logits(shown.features, shown.present)
        fits = [h for h in self.heads if shown.present[:, np.array(h.chosen)].all()]
        head = max(fits, key=lambda head: sum(head.chosen))
        columns = self.columns.of(shown.features, shown.present, own, head.chosen)
        fold = self.fold[shown.rows]
        logits = (own - self.columns.blocks[OWN].mean) @ self.prior
        for k, weights in enumerate(head.by_fold):
            logits[fold == k] += applied(columns[fold == k], weights)
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
    """Fit on the features `whole` of all films; `truth` is bool (films, genres).

    The head without any modality uses the base model's logits alone. It is for films that only have
    modalities which no film here has. Genres that too few films of a set have or lack use its
    weights in that set, too. `done` is called for each head. `penalties` are tried in their
    order (none: `PENALTIES`).
    """
    features, present = whole.features, whole.present
    own = runtime.base_logits(features, present)
    columns = Columns.learn(features, present, own)
    columns = columns.scaled(gains_of(columns, whole, truth, fold))
    seen = present.sum(axis=0) >= SEEN
    heads: list[SetHead] = []
    for chosen in sets_of(runtime.bundle):
        hidden = present & np.array(chosen)
        rows = hidden.any(axis=1) if any(chosen) else np.ones(len(truth), bool)
        done(1)
        able = _able(truth[rows], fold[rows]) | (not any(chosen))
        if not (seen[np.array(chosen)].all() and able.any()):
            continue
        part = {n: x[rows] * hidden[rows, i, None] for i, (n, x) in enumerate(features.items())}
        base_logits_here = runtime.base_logits(part, hidden[rows]) if any(chosen) else own
        x = columns.of(part, hidden[rows], base_logits_here, chosen)
        offset = (base_logits_here - columns.blocks[OWN].mean) @ prior
        known, offset = truth[rows][:, able], offset[:, able]
        _, penalty, folds = best(x, known, fold[rows], penalties or PENALTIES, offset)
        weights = fit_logistic(x, known, penalty, np.mean(folds, axis=0), offset)
        if heads:
            weights = _completed(weights, able, heads[0].weights)
            pairs = zip(folds, heads[0].by_fold, strict=True)
            folds = [_completed(part, able, least) for part, least in pairs]
        heads.append(SetHead(chosen, penalty, weights, folds))
    return CrossFitted(columns, prior, heads, fold, runtime)


def namesakes(known: Sequence[str], genres: Sequence[str]) -> np.ndarray:
    """Initial weights (known, genres): `NAMESAKE` where both genres have the same name, else 0."""
    names = [IMDB_TO_TMDB.get(genre, genre).casefold() for genre in genres]
    same = [[IMDB_TO_TMDB.get(each, each).casefold() == name for name in names] for each in known]
    return (NAMESAKE * np.array(same)).astype(np.float32)


def sets_of(bundle: Bundle) -> list[tuple[bool, ...]]:
    """The sets of modalities that a film can have, the smallest (none) first.

    All encoders of the same input run together, except those that do not read a text's language,
    or are spared. A film that lacks one of them for another reason is scored by a smaller set.
    """
    known = {code for read in bundle.inputs.values() for code in _languages(read)}
    sets = {
        tuple(
            not set(read.fields).isdisjoint(fields)
            and (not _languages(read) or not spoken.isdisjoint(_languages(read)))
            and not is_spared(bundle.spared, name, fields)
            for name, read in bundle.inputs.items()
        )
        for fields in ((), *subsets(bundle.fields))
        for spoken in (set(bundle.home), *({code} for code in known))
    }
    return sorted(sets, key=lambda chosen: (sum(chosen), chosen))


def _languages(read: TextInput | PosterInput) -> tuple[str, ...]:
    return read.languages if isinstance(read, TextInput) else ()


def gains_of(
    columns: Columns, whole: Features, truth: np.ndarray, fold: np.ndarray
) -> dict[str, float]:
    """How much each modality alone reduces the log loss, relative to the best modality."""
    reduction: dict[str, float] = {}
    for i, (name, x) in enumerate(whole.features.items()):
        rows = whole.present[:, i]
        able = _able(truth[rows], fold[rows])
        if rows.sum() >= SEEN and able.any():
            part = columns.blocks[name].of(x[rows])
            reduction[name] = 1 - best(part, truth[rows][:, able], fold[rows], (1.0, 0.1))[0]
    return relative(reduction, whole.features)


def relative(reduction: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    """Gains by modality, from how much each reduces the log loss."""
    most = max(reduction.values(), default=1)
    return {
        name: max(reduction[name] / most, _LEAST) if name in reduction and most > 0 else _UNKNOWN
        for name in names
    }


def _able(truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """The genres that films in at least two folds have, and also lack: bool (genres,)."""
    return np.array(
        [len(np.unique(fold[has])) > 1 and len(np.unique(fold[~has])) > 1 for has in truth.T]
    )


def _completed(weights: np.ndarray, able: np.ndarray, least: np.ndarray) -> np.ndarray:
    """The weights of the genres `able`, and for the others those of the head without modalities.

    The columns of that head are the last ones, those of the base model's logits.
    """
    result = np.zeros((len(weights), len(able)), weights.dtype)
    result[-len(least) :] = least
    result[:, able] = weights
    return result


def best(
    x: np.ndarray,
    truth: np.ndarray,
    fold: np.ndarray,
    penalties: Sequence[float],
    offset: np.ndarray | None = None,
) -> tuple[float, float, list[np.ndarray]]:
    """The lowest cross-validated `surprise`, its penalty, and the weights of each fold."""
    given = np.zeros(truth.shape, np.float32) if offset is None else offset
    trials: list[tuple[float, float, list[np.ndarray]]] = []
    last: list[np.ndarray] | list[None] = [None] * FOLDS
    for penalty in penalties:
        logits = given.copy()
        weights = []
        for k in range(FOLDS):
            rest, held = fold != k, fold == k
            # Start from the weights of the previous penalty, which are close.
            weights.append(fit_logistic(x[rest], truth[rest], penalty, last[k], given[rest]))
            logits[held] += applied(x[held], weights[k])
        last = weights
        trials.append((surprise(truth, logits), penalty, weights))
        if min(each[0] for each in trials[-2:]) > min(each[0] for each in trials):
            break
    return min(trials, key=lambda each: each[0])


def surprise(truth: np.ndarray, logits: np.ndarray) -> float:
    """The log loss relative to that of always predicting the genre's share, mean over genres."""
    loss = (np.logaddexp(0, logits) - truth * logits).mean(axis=0)
    p = truth.mean(axis=0)
    return float((loss / -(p * np.log(p) + (1 - p) * np.log(1 - p))).mean())


def applied(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(columns @ weights[:-1] + weights[-1])
