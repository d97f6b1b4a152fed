"""The predictor: films in, predictions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..errors import BadMovie, UserError
from ..faults import Fault
from ..metrics.thresholds import HALF
from ..movie import BadRow, Movie, Prediction
from . import hub
from .bundle import OTHER_LANGUAGE, Bundle
from .bundle_folder import default_folder, read_bundle
from .frames import framed
from .reading import Reading, in_parts, read_films, unread
from .runtime import Features, Runtime
from .speaking import spoken

if TYPE_CHECKING:
    from ..explain import Explanation
    from ..readers.frames import AnyFrame
    from ..readers.given import Many, One

CHUNK = 512
"""How many films are read ahead: enough to sort by length, and few enough for the memory."""


class Tagger:
    """A model that predicts the genres of films.

    >>> from cinegenre import Movie, Tagger
    >>> tagger = Tagger.load()
    >>> film = Movie(title="Alien", overview="Something in the hold hunts the crew of a ship.")
    >>> [prediction] = tagger.predict([film])
    >>> prediction.inputs
    ['title', 'overview']
    >>> 0 < prediction.scores["Horror"] < 1
    True
    >>> tagger.predict_proba([film]).shape == (1, len(tagger.classes_))
    True

    Only the model's location is pickled or copied; the copy opens the model when it is first used.
    """

    def __init__(self, bundle: Bundle, threads: int = 0, device: str = "cpu") -> None:
        self.bundle = bundle
        self.runtime = Runtime(bundle, threads, device)
        # The shipped model has another path on another machine.
        shipped = bundle.folder == default_folder()
        self._model = "default" if shipped else str(bundle.folder.absolute())
        self._taxonomy = bundle.taxonomy
        self._options = threads, device

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        *,
        taxonomy: str = "",
        threads: int = 0,
        device: str = "cpu",
    ) -> Tagger:
        """Load the shipped default (None or "default"), or the bundle in the folder `model`.

        If there is no such folder, "org/name" or "org/name@revision" is downloaded from the Hugging
        Face Hub, once; its cache is used if the Hub cannot be reached. `taxonomy` names a further
        head of the bundle, such as "imdb", whose genres are predicted in place of the bundle's own.
        `threads` is the most threads that the model uses (0: all cores). `device` is "cpu", or
        "cuda" if onnxruntime-gpu is installed. Raises `UserError` for a folder that is not a
        complete bundle, and for a taxonomy that it does not have.
        """
        folder, fetched = hub.folder_of(model, default_folder())
        tagger = cls(read_bundle(folder, taxonomy), threads, device)
        if fetched:
            tagger._model = str(model)
        return tagger

    def __getstate__(self) -> dict[str, Any]:
        # Unpickling must not raise for a missing model, because multiprocessing's pools would hang.
        # So the model is read by the two properties below.
        return {key: self.__dict__[key] for key in self.__dict__ if key not in _OPENED}

    @cached_property
    def bundle(self) -> Bundle:
        """The bundle, as it was read."""
        return read_bundle(hub.folder_of(self._model, default_folder())[0], self._taxonomy)

    @cached_property
    def runtime(self) -> Runtime:
        """The ONNX sessions of the bundle."""
        return Runtime(self.bundle, *self._options)

    def push_to_hub(
        self,
        name: str,
        *,
        private: bool | None = None,
        token: str | None = None,
        message: str = "Upload of a cinegenre bundle",
    ) -> str:
        """Upload the bundle to the Hugging Face Hub as "org/name"; return its address.

        Without `token`, the one of `hf auth login` is used. Raises `UserError` if the Hub refuses.
        """
        return hub.push(self.bundle.folder, name, private=private, token=token, message=message)

    @property
    def genres(self) -> tuple[str, ...]:
        """All genres of the model, in the order of its scores."""
        return self.bundle.genres

    @property
    def classes_(self) -> np.ndarray:
        """`genres` as an array: the columns of `predict_proba`, by scikit-learn's name."""
        return np.array(self.genres)

    @overload
    def predict(  # type: ignore[overload-overlap]  # a string is an iterable of strings too
        self,
        films: One,
        *,
        columns: Mapping[str, str] | None = None,
        chunk: int = CHUNK,
        any_language: bool = False,
    ) -> list[Prediction]: ...
    @overload
    def predict(
        self,
        films: Many,
        *,
        columns: Mapping[str, str] | None = None,
        chunk: int = CHUNK,
        any_language: bool = False,
    ) -> Iterator[Prediction]: ...
    def predict(
        self,
        films: One | Many,
        *,
        columns: Mapping[str, str] | None = None,
        chunk: int = CHUNK,
        any_language: bool = False,
    ) -> list[Prediction] | Iterator[Prediction]:
        """Predict several films: yield one `Prediction` each, in order, lazily, reading at most
        `chunk` films ahead. For one film, return a list with one `Prediction`.

        One film is a `Movie`, a dict (`{"title": ..., "poster": ...}`; its keys may have any column
        name that tables may have), or a string, its overview. Several are a pandas or Polars
        DataFrame, or an iterable of films of any kinds. `columns` says which key or column holds
        which field: `{"overview": "Handlung"}`. A poster in a dict or frame may be anything that
        `Movie.poster` takes. Anything else raises a `UserError` that names it.

        A row that is not a film (a `BadRow`, which readers yield), a film without an input that the
        model reads, and a film whose only input is an unreadable poster get a `Prediction` with a
        `fault` in their place; the others are predicted. If a film with a poster has an overview in
        a language that the model does not read, its title and overview are ignored and its `notes`
        say so, unless `any_language`.
        """
        if isinstance(films, Movie):  # without the readers, which take a tenth of a start
            return list(self._predicted([[(films, None)]], any_language))
        from ..readers.given import Given

        given = Given(self.bundle.fields, columns or {})
        one = given.one(films)
        if one is not None:
            return list(self._predicted([[(one, given.note(films))]], any_language))
        return self._predicted(in_parts(given.noted(films), chunk), any_language)

    def _predicted(
        self, parts: Iterable[list[tuple[Movie | BadRow, Fault | None]]], any_language: bool
    ) -> Iterator[Prediction]:
        for part in parts:
            films = [film for film, _ in part]
            notes = {row: note for row, (_, note) in enumerate(part) if note}
            read = read_films(self.runtime, films, any_language=any_language, notes=notes)
            yield from self.said(read)

    def predict_frame(
        self,
        films: AnyFrame,
        *,
        columns: Mapping[str, str] | None = None,
        any_language: bool = False,
    ) -> AnyFrame:
        """A pandas or Polars data frame with a row for each of `films`, with the same pandas index.

        Its columns are `genres`, a list of the decided ones; `score_GENRE` for each genre;
        `inputs`, those that were read; `error` and `note`. `films` and `columns` are those of
        `predict`. Raises `UserError` if `films` is not a frame, or has no known column.
        """
        return framed(  # type: ignore[no-any-return]  # of a library that is not imported here
            films,
            lambda rows: self.predict(rows, columns=columns, any_language=any_language),
            self.genres,
        )

    def predict_proba(
        self,
        films: One | Many,
        *,
        columns: Mapping[str, str] | None = None,
        any_language: bool = False,
    ) -> np.ndarray:
        """Calibrated probabilities, (films, genres) float64, in the order of `classes_`; for one
        film a single row. `films` and `columns` are those of `predict`.

        Genres are independent: rows do not sum to 1. Raises `BadMovie` for the first film that
        cannot be scored, because scikit-learn's tools accept no gaps.
        """
        said: Iterable[Prediction] = self.predict(films, columns=columns, any_language=any_language)
        rows = []
        for row, one in enumerate(said):
            if (fault := one.fault) is not None:
                what = f"film {row} of those given: {fault.what}"
                raise BadMovie(what, fault.cure, fault=fault)
            rows.append(list(one.scores.values()))
        return np.array(rows, np.float64).reshape(len(rows), len(self.genres))

    def said(self, reading: Reading) -> Iterator[Prediction]:
        """Yield one `Prediction` for each row that `read_films` has read."""
        encoded = reading.features
        logits = self.runtime.classify(encoded.features, encoded.present)
        inputs, situations = self.situations(reading.films, encoded)
        scores, decided = self.decide(logits, situations)
        for row, given in enumerate(reading.rows):
            notes = reading.notes.get(row, ())
            if not inputs[row]:
                yield Prediction(id=given.id, genres=[], scores={}, inputs=[], model=self.name,
                                 fault=unread(self.bundle, given, notes))  # fmt: skip
                continue
            by_score = np.argsort(-scores[row], kind="stable")
            yield Prediction(
                id=given.id,
                genres=[self.genres[g] for g in by_score if decided[row, g]],
                scores=dict(zip(self.genres, scores[row].tolist(), strict=True)),
                inputs=list(inputs[row]),
                model=self.name,
                notes=notes,
                language=spoken(self.bundle, reading.films[row])
                if OTHER_LANGUAGE in situations[row]
                else None,
            )

    def explain(
        self, film: One, genres: Sequence[str] | None = None, *, any_language: bool = False
    ) -> Explanation:
        """Which words, parts of the poster and inputs of a film, in any form that `predict` takes,
        raise or lower `genres` (default: the decided ones).

        Raises `UserError` for an unknown genre, `BadMovie` for a film that cannot be scored.
        """
        from ..explain import explain
        from ..readers.given import Given

        one = Given(self.bundle.fields).one(film)
        if not isinstance(one, Movie):
            raise UserError("explain takes one film, and was given several", "explain one by one")
        return explain(self, one, genres, any_language=any_language)

    @property
    def name(self) -> str:
        """Name and version of the model, which predictions have in `model`."""
        return self.bundle.label

    def thresholds(self, prediction: Prediction) -> np.ndarray:
        """The thresholds that were used for a film, (genres,)."""
        other = () if prediction.language is None else (OTHER_LANGUAGE,)
        return self.bundle.thresholds((*prediction.inputs, *other))

    def situations(
        self, films: Sequence[Movie], encoded: Features
    ) -> tuple[list[tuple[str, ...]], list[frozenset[str]]]:
        """Each film's inputs that reached an encoder, and its `Bundle.situation`."""
        present = encoded.present
        inputs = [self.bundle.inputs_read(*row) for row in zip(films, present, strict=True)]
        return inputs, [self.bundle.situation(*row) for row in zip(inputs, present, strict=True)]

    def decide(
        self, logits: np.ndarray, situations: Sequence[frozenset[str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Calibrated probabilities and decisions, (films, genres), by each film's situation."""
        scores = self.bundle.probabilities(logits)
        decided = scores >= HALF
        for key in set(situations):
            calibration = self.bundle.calibration(key)
            if calibration is not None:
                rows = np.array([each == key for each in situations])
                scores[rows] = calibration.apply(scores[rows])
                decided[rows] = calibration.decide(scores[rows])
        return scores, decided


_OPENED = ("bundle", "runtime")
