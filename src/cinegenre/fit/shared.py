"""Fits one head that serves every set of modalities, for films shown with some of their inputs.

Each film is shown a few times: with all its inputs, and with random ones of them. A modality adds
its columns and an offset where it is present, and the base model's logits, which already weigh the
modalities of every set against each other, do the rest. The head is a small fraction of the one
that `crossval` fits for each set apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..inputs import TextInput
from ..movie import Movie
from ..tagger.bundle import Bundle
from ..tagger.linear import LinearHead
from ..tagger.modes import Shown, every_set
from ..tagger.runtime import Features, Runtime
from .columns import OWN, Columns
from .crossval import SEEN, applied, best, gains_of, relative, surprise
from .features import Encoded
from .solve import fit_logistic

SHOWN = 4
"""How often each film is shown, at most."""
PENALTIES = (10.0, 5.5, 3.0, 1.7, 1.0, 0.55, 0.3, 0.1)
"""Penalties by how often a film is shown, tried from the strongest on until two in a row are no
better."""
_ABROAD = 0.15
"""The share of shown texts that only the encoders for other languages read."""
_THERE = 0.3
"""The column for a modality's presence; small, so that its offset is penalised."""


@dataclass(frozen=True)
class Rows:
    """Films as they are shown: `film` (rows,) is the number of each row's film.

    `features` are (rows, width) by modality and `present` bool (rows, modalities).
    """

    film: np.ndarray
    features: Mapping[str, np.ndarray]
    present: np.ndarray


@dataclass(frozen=True)
class Shared:
    """One head for all sets of modalities.

    `weights` (columns + modalities + 1, genres) are fitted on all films. `by_fold` are fitted on
    all films but those of one fold, and `fold` (films,) has the films' folds; both are empty if
    other films chose the penalty.
    """

    columns: Columns
    prior: np.ndarray
    penalty: float
    weights: np.ndarray
    runtime: Runtime
    by_fold: Sequence[np.ndarray] = ()
    fold: np.ndarray | None = None

    def linear(self) -> LinearHead:
        """The head as weights on the encoders' outputs, for the bundle."""
        blocks, at = self.columns.blocks, 0
        parts, offsets = [], []
        there = self.weights[-len(blocks) : -1].astype(np.float64) * _THERE
        for block in blocks.values():
            width = block.basis.shape[1]
            part = block.basis.astype(np.float64) @ self.weights[at : at + width]
            parts.append(part)
            offsets.append(-(block.mean @ part))
            at += width
        parts[-1] = parts[-1] + self.prior
        bias = self.weights[-1] + offsets.pop() - blocks[OWN].mean @ self.prior
        return LinearHead(
            present=np.zeros((1, len(blocks) - 1), bool),
            weights=np.concatenate(parts)[None].astype(np.float32),
            bias=bias[None].astype(np.float32),
            offsets=(np.array(offsets) + there).astype(np.float32),
        )

    def unseen(self, shown: Shown) -> np.ndarray:
        """Logits (rows, genres) of the films in `shown`, each by a head that was not fitted on
        it.
        """
        x, offset = self.columns_of(shown.features, shown.present)
        if self.fold is None:
            return np.asarray(offset + applied(x, self.weights))
        fold = self.fold[shown.rows]
        for k, weights in enumerate(self.by_fold):
            offset[fold == k] += applied(x[fold == k], weights)
        return offset

    def columns_of(
        self, features: Mapping[str, np.ndarray], present: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The columns of rows, and what the base model's logits already say of each genre."""
        own = self.runtime.base_logits(features, present)
        x = self.columns.of(features, present, own, (True,) * present.shape[1])
        offset = (own - self.columns.blocks[OWN].mean) @ self.prior
        there = np.float32(_THERE) * present.astype(np.float32)
        return np.concatenate([x, there], axis=1), np.asarray(offset)


@dataclass(frozen=True)
class Judges:
    """Films that choose the penalty and what each modality counts, but are not fitted on.

    `truth` is bool (films, genres).
    """

    films: Sequence[Movie]
    encoded: Encoded
    truth: np.ndarray


def shared_fit(
    runtime: Runtime,
    films: Sequence[Movie],
    encoded: Encoded,
    truth: np.ndarray,
    fold: np.ndarray,
    prior: np.ndarray,
    judges: Judges | None = None,
    seed: int = 0,
) -> Shared:
    """Fit on `films`; `truth` is bool (films, genres), `fold` (films,).

    The penalty, and the gain of each modality, are chosen on `judges`, or on the folds. With
    `judges` the folds are not used: films that the encoders were trained on cannot say how far an
    encoder is to be trusted.
    """
    whole = encoded.whole(runtime)
    own = runtime.base_logits(whole.features, whole.present)
    columns = Columns.learn(whole.features, whole.present, own)
    rows = _shown(runtime.bundle, films, encoded, seed)
    if judges is not None:
        columns = columns.scaled(_gains(columns, whole, truth, judges, runtime))
        return _judged(Shared(columns, prior, 0.0, np.empty(0), runtime), rows, truth, judges, seed)
    columns = columns.scaled(gains_of(columns, whole, truth, fold))
    start = Shared(columns, prior, 0.0, np.empty(0), runtime)
    x, offset = start.columns_of(rows.features, rows.present)
    times = len(x) / len(films)
    penalties = [penalty * times for penalty in PENALTIES]
    _, penalty, folds = best(x, truth[rows.film], fold[rows.film], penalties, offset)
    weights = fit_logistic(x, truth[rows.film], penalty, np.mean(folds, axis=0), offset)
    return replace(start, penalty=penalty / times, weights=weights, by_fold=folds, fold=fold)


def _judged(start: Shared, rows: Rows, truth: np.ndarray, judges: Judges, seed: int) -> Shared:
    """The head with the penalty that suits the judges best."""
    asked = _shown(start.runtime.bundle, judges.films, judges.encoded, seed)
    known = judges.truth[asked.film]
    able = known.any(axis=0) & ~known.all(axis=0)
    x, offset = start.columns_of(rows.features, rows.present)
    theirs, beside = start.columns_of(asked.features, asked.present)
    weights: np.ndarray | None = None
    trials: list[tuple[float, float, np.ndarray]] = []
    for penalty in PENALTIES:
        strength = penalty * len(x) / len(truth)
        weights = fit_logistic(x, truth[rows.film], strength, weights, offset)
        logits = beside + applied(theirs, weights)
        trials.append((surprise(known[:, able], logits[:, able]), penalty, weights))
        if min(each[0] for each in trials[-2:]) > min(each[0] for each in trials):
            break
    _, penalty, weights = min(trials, key=lambda each: each[0])
    return replace(start, penalty=penalty, weights=weights)


def _gains(
    columns: Columns, whole: Features, truth: np.ndarray, judges: Judges, runtime: Runtime
) -> dict[str, float]:
    """How much each modality alone reduces the judges' log loss, relative to the best one."""
    asked = judges.encoded.whole(runtime)
    reduction: dict[str, float] = {}
    for i, (name, x) in enumerate(whole.features.items()):
        rows, theirs = whole.present[:, i], asked.present[:, i]
        known = judges.truth[theirs]
        able = known.any(axis=0) & ~known.all(axis=0) & truth[rows].any(axis=0)
        if min(rows.sum(), theirs.sum()) < SEEN or not able.any():
            continue
        weights = fit_logistic(columns.blocks[name].of(x[rows]), truth[rows][:, able], 1.0)
        logits = applied(columns.blocks[name].of(asked.features[name][theirs]), weights)
        reduction[name] = 1 - surprise(known[:, able], logits)
    return relative(reduction, whole.features)


def _shown(bundle: Bundle, films: Sequence[Movie], encoded: Encoded, seed: int) -> Rows:
    """Each film with all its inputs, and `SHOWN` - 1 times with random ones of them.

    A film with few inputs is shown less often, because no set of them is shown twice.
    """
    random = np.random.default_rng(seed)
    wanted: dict[tuple[str, ...], list[int]] = {}
    for row, film in enumerate(films):
        has = tuple(name for name in film.inputs if name in bundle.fields)
        sets = {has}
        for _ in range(SHOWN - 1):
            sets.add(tuple(name for name in has if random.random() < 0.5))
        for inputs in sorted(sets - {()}):
            wanted.setdefault(inputs, []).append(row)
    films_of, parts, present = [], [], []
    for shown in every_set(bundle, films, encoded.parts, by_language=False):
        kept = np.isin(shown.rows, wanted.get(shown.inputs, []))
        if kept.any():
            films_of.append(shown.rows[kept])
            parts.append({name: part[kept] for name, part in shown.features.items()})
            present.append(shown.present[kept])
    features = {name: np.concatenate([part[name] for part in parts]) for name in bundle.inputs}
    there = np.concatenate(present)
    go_abroad(bundle, there, random)
    return Rows(np.concatenate(films_of), features, there)


def go_abroad(bundle: Bundle, present: np.ndarray, random: np.random.Generator) -> None:
    """Take the encoders for the home language from a share of the rows that others can read, in
    place, as if the texts were in another language.
    """
    texts = {
        at: reads.languages == bundle.home
        for at, reads in enumerate(bundle.inputs.values())
        if isinstance(reads, TextInput) and reads.languages
    }
    home, other = ([at for at, ours in texts.items() if ours is kind] for kind in (True, False))
    if home and other:
        some = present[:, other].any(axis=1) & (random.random(len(present)) < _ABROAD)
        for at in home:
            present[some, at] = False
