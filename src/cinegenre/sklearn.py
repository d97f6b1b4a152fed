"""A scikit-learn estimator for your own genres, built on the encoders of a model.

Needs scikit-learn: the extra [sklearn].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any, Self

import numpy as np

from .errors import BadMovie, MissingExtra, UserError, shown, unknown
from .fit.cache import kept_in
from .fit.crossval import cross_fit, namesakes
from .fit.features import Encoded, encode
from .fit.films import Labelled, folds_of
from .fit.judge import calibrate
from .fit.labels import truth_among, truth_and_genres
from .fit.write import base_genres
from .movie import Movie
from .readers.given import Given
from .tagger.modes import only
from .tagger.runtime import Runtime
from .tagger.tagger import Tagger

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.metrics import f1_score
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as error:
    raise MissingExtra("scikit-learn", "sklearn") from error


class GenreClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # it has no types
    """Predicts your own genres with a linear head on a model's encoders, like `cinegenre fit`.

    X is several films in any form that `Tagger.predict` takes: movies, dicts, overviews, or a data
    frame. y is lists of genres, or 0 and 1 (films, genres) in an array or a frame; without y, the
    films' own genres are used. Features are cached on disk, so that a grid search encodes each film
    once.

    Parameters: `model` is the base bundle (None: the shipped one). `genres` selects and orders the
    genres to fit, or names the columns of an array. `inputs` are the inputs to read (None: all that
    the model reads). `penalty` is the penalty on the weights (None: the best of several, by five
    folds). A genre of fewer than `min_films` films is not fitted; its probability is its share of
    the films. `columns` says which key or column holds which field. `cache` is the folder for
    features (True: the user's own, False: none). `threads` is 0 for all cores; use 1 with
    scikit-learn's `n_jobs`. `random_state` is the seed for dealing films into folds.

    After fitting, `classes_` has the genres in the order of the predicted columns, and `constant_`
    the genres that were not fitted, with their shares.

    >>> from cinegenre.sklearn import GenreClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> cross_val_score(GenreClassifier(), films, y, scoring="average_precision", cv=3)
    """

    def __init__(
        self,
        *,
        model: str | Path | None = None,
        genres: Sequence[str] | None = None,
        inputs: Sequence[str] | None = None,
        penalty: float | None = None,
        min_films: int = 2,
        columns: Mapping[str, str] | None = None,
        cache: bool | str | Path = True,
        threads: int = 0,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.genres = genres
        self.inputs = inputs
        self.penalty = penalty
        self.min_films = min_films
        self.columns = columns
        self.cache = cache
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit on films and their genres. Raises `UserError` if there are too few."""
        films = self._films(X, labelled=y is None)
        given = [film.genres for film in films] if y is None else y
        truth, genres = truth_and_genres(given, _several(self.genres))
        if len(truth) != len(films):
            raise UserError(f"X has {len(films):,} films, y has {len(truth):,}", "give one a film")
        counts = truth.sum(axis=0)
        able = np.minimum(counts, len(truth) - counts) >= max(self.min_films, 1)
        if not able.any():
            said = "no genres" if not any(counts) else f"{len(genres)} genres"
            said = "1 genre" if len(genres) == 1 else said
            raise UserError(
                f"{len(films):,} films have {said}, and none that can be fitted",
                f"give one that {self.min_films} films have and {self.min_films} lack, "
                "or lower min_films",
            )
        kept = tuple(genre for genre, yes in zip(genres, able, strict=True) if yes)
        films = [
            replace(film, genres=tuple(genre for genre, yes in zip(kept, row, strict=True) if yes))
            for film, row in zip(films, truth[:, able], strict=True)
        ]
        self._learn(films, kept, truth[:, able])
        # As in `fit`, films without a genre do not count if all films that it was fitted on have
        # one.
        self._always = bool(truth[:, able].any(axis=1).all())
        self._able = able
        self.constant_ = {
            genre: float(share)
            for genre, share, yes in zip(genres, truth.mean(axis=0), able, strict=True)
            if not yes
        }
        self.classes_ = np.array(genres)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """0 and 1, (films, genres), in the order of `classes_`."""
        return self._scored(X)[1].astype(int)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities, (films, genres). Genres are independent, so rows do not sum
        to 1."""
        return self._scored(X)[0]

    def score(self, X: Any, y: Any = None) -> float:
        """Micro F1 of the decided genres."""
        check_is_fitted(self)
        films = self._films(X, labelled=y is None)
        given = [film.genres for film in films] if y is None else y
        truth = truth_among(given, self.classes_.tolist())
        return float(f1_score(truth, self.predict(films), average="micro", zero_division=0))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "classes_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.classifier_tags.multi_class = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = tags.input_tags.dict = tags.input_tags.allow_nan = True
        tags.target_tags.required = False
        tags.target_tags.multi_output = tags.target_tags.two_d_labels = True
        tags.target_tags.single_output = False
        tags.no_validation = True
        return tags

    def _base(self) -> Runtime:
        model = None if self.model is None else str(self.model)
        return _runtime(model, _stamp(model), self.threads)

    def _films(self, X: Any, *, labelled: bool = False) -> list[Movie]:
        """The films in X, with only the inputs to read, and with genres if `labelled`. Raises
        `BadMovie` for a film without any of these inputs."""
        fields, inputs = self._base().bundle.fields, _several(self.inputs)
        for name in inputs or ():
            if name not in fields:
                raise unknown("input of the model", name, fields)
        given = Given((*fields, "genres") if labelled else fields, self.columns or {})
        if given.one(X) is not None:
            raise UserError(f"X is one film, {shown(X)}", "give a list of films")
        films = []
        for number, row in enumerate(given.many(X)):
            if not isinstance(row, Movie):
                raise BadMovie(f"film {number} of X: {row.error}")
            film = only(row, inputs or fields, fields)
            if not set(fields) & set(film.inputs):
                read = ", ".join(inputs or fields)
                raise BadMovie(f"film {number} of X has none of {read}", "leave it out")
            films.append(film)
        if not films:
            raise UserError("X has no films", "give some")
        return films

    def _encoded(self, films: Sequence[Movie], *, fitting: bool) -> Encoded:
        """The features of the films, which are added to the cache only when fitting."""
        folder = None if isinstance(self.cache, bool) else self.cache
        kept = kept_in(folder, keep=self.cache is not False)
        base = self._base()
        encoded = encode(base, films, kept, partial=fitting, add=fitting)
        lost = np.flatnonzero(~encoded.whole(base).present.any(axis=1))
        if len(lost):
            fault = encoded.faults.get(int(lost[0]))
            why = f": {fault.what}" if fault else " has nothing that the model can read"
            raise BadMovie(f"film {lost[0]} of X{why}", fault.cure if fault else "leave it out")
        return encoded

    def _learn(self, films: list[Movie], genres: tuple[str, ...], truth: np.ndarray) -> None:
        _check_penalty(self.penalty)
        base = self._base()
        encoded = self._encoded(films, fitting=True)
        fitted = cross_fit(
            base,
            encoded.whole(base),
            truth,
            folds_of(films, self.random_state),
            namesakes(base_genres(base.bundle), genres),
            penalties=() if self.penalty is None else (float(self.penalty),),
        )
        self._linear = fitted.linear()
        self._calibrations = calibrate(fitted, Labelled(films, genres), encoded)[0]

    def _scored(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and decisions, both (films, genres)."""
        check_is_fitted(self)
        films, base = self._films(X), self._base()
        bundle = replace(
            base.bundle,
            genres=tuple(self.classes_[self._able].tolist()),
            linear=self._linear,
            calibrations={tuple(sorted(key)): one for key, one in self._calibrations.items()},
        )
        whole = self._encoded(films, fitting=False).whole(base)
        own = base.base_logits(whole.features, whole.present)
        parts = [whole.features[name] for name in bundle.inputs]
        situations = [
            bundle.situation(bundle.inputs_read(film, present), present)
            for film, present in zip(films, whole.present, strict=True)
        ]
        logits = self._linear.logits(parts, own, whole.present)
        told, chosen = Tagger(bundle).decide(logits, situations)
        if not self._always:
            chosen &= told >= np.stack([bundle.thresholds(each) for each in situations])
        scores = np.zeros((len(films), len(self.classes_)))
        scores[:, ~self._able] = list(self.constant_.values())
        decided = scores > 0.5
        scores[:, self._able], decided[:, self._able] = told, chosen
        return scores, decided


def _check_penalty(penalty: object) -> None:
    number = isinstance(penalty, Real) and not isinstance(penalty, bool)
    if penalty is not None and not (number and isfinite(penalty) and penalty >= 0):  # type: ignore
        raise UserError(f"penalty is {shown(penalty)}", "give a number from 0 on, or None")


def _several(names: Sequence[str] | None) -> Sequence[str] | None:
    return (names,) if isinstance(names, str) else names


@lru_cache(maxsize=4)
def _runtime(model: str | None, stamp: int, threads: int) -> Runtime:
    """The model's sessions, shared by all estimators of this process, because searches fit many."""
    # As in `fit`, the head uses the features of all encoders, and texts in any language.
    return Runtime(replace(Tagger.load(model).bundle, spared={}, languages=()), threads)


def _stamp(model: str | None) -> int:
    """The modification time of a model's folder, which may have been fitted again."""
    config = model and Path(model) / "config.json"
    return config.stat().st_mtime_ns if config and config.is_file() else 0
