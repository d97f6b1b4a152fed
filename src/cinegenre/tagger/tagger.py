"""The predictor: films in, predictions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..errors import BadMovie, UserError
from ..faults import Fault
from ..metrics.thresholds import HALF
from ..movie import BadRow, Movie, Prediction
from ..readers.frames import AnyFrame
from ..readers.given import Given, Many, One
from . import hub
from .bundle import OTHER_LANGUAGE, Bundle
from .bundle_folder import default_folder, read_bundle
from .frames import framed
from .reading import Reading, read_films, unread
from .runtime import Features, Runtime
from .speaking import spoken

if TYPE_CHECKING:
    from ..explain import Explanation

CHUNK = 512
"""Films read ahead: enough to sort by length, and a bound on memory."""


class Tagger:
    """A model that tells the genres of films.

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

    Pickled or copied it is only what it was loaded from; the other one opens the model when it is
    first asked.
    """

    def __init__(self, bundle: Bundle, threads: int = 0, device: str = "cpu") -> None:
        self.bundle = bundle
        self.runtime = Runtime(bundle, threads, device)
        # The shipped one lies elsewhere on another machine.
        shipped = bundle.folder == default_folder()
        self._model = "default" if shipped else str(bundle.folder.absolute())
        self._options = threads, device

    @classmethod
    def load(
        cls, model: str | Path | None = None, *, threads: int = 0, device: str = "cpu"
    ) -> Tagger:
        """The shipped default (None or "default"), or the bundle in the folder `model`.

        Where there is no such folder, "org/name" or "org/name@revision" is fetched from the
        Hugging Face Hub, once, and taken from its cache when the Hub cannot be reached. `threads`
        bounds what the model uses (0: all cores). `device` is "cpu", or "cuda" where
        onnxruntime-gpu is installed. Raises `UserError` for a folder that is no whole bundle.
        """
        folder, fetched = _folder(model)
        tagger = cls(read_bundle(folder), threads, device)
        if fetched:
            tagger._model = str(model)
        return tagger

    def __getstate__(self) -> dict[str, Any]:
        # A model that is missing where this is unpickled must not be an error there and then:
        # multiprocessing's pools hang on those. So it is read by the two properties below.
        return {key: self.__dict__[key] for key in self.__dict__ if key not in _OPENED}

    @cached_property
    def bundle(self) -> Bundle:
        """The bundle, as it was read."""
        return read_bundle(_folder(self._model)[0])

    @cached_property
    def runtime(self) -> Runtime:
        """Its sessions."""
        return Runtime(self.bundle, *self._options)

    def push_to_hub(
        self,
        name: str,
        *,
        private: bool | None = None,
        token: str | None = None,
        message: str = "Upload of a cinegenre bundle",
    ) -> str:
        """Put the bundle on the Hugging Face Hub as "org/name"; return its address.

        Without `token`, the one of `hf auth login`. Raises `UserError` where the Hub refuses.
        """
        return hub.push(self.bundle.folder, name, private=private, token=token, message=message)

    @property
    def genres(self) -> tuple[str, ...]:
        """Every genre the model knows, in the order of its scores."""
        return self.bundle.genres

    @property
    def classes_(self) -> np.ndarray:
        """`genres` as an array, the columns of `predict_proba`, as scikit-learn's tools name it."""
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
        """Of several films one `Prediction` each, in order, lazily, at most `chunk` films ahead; of
        one film a list with one.

        One film is a `Movie`, a dict (`{"title": ..., "poster": ...}`; keys may be called as the
        columns of tables are), or a string, its overview. Several are a pandas or Polars
        DataFrame, or an iterable of films of all kinds. `columns` says which key or column holds
        which field: `{"overview": "Handlung"}`. A poster in a dict or a frame is all that
        `Movie.poster` takes. Anything else raises a `UserError` that names it.

        A row that is no film (a `BadRow`, as readers yield them), a film without an input that the
        model reads, or one whose only input is an unreadable poster gives a `Prediction` with a
        `fault` in its place; the rest goes on. Title and overview of a film with a poster are
        passed over where the overview is in a language that the model does not read, and the
        `notes` say so, unless `any_language`.
        """
        given = Given(self.bundle.fields, columns or {})
        one = given.one(films)
        if one is not None:
            return list(self._predicted([(one, given.note(films))], 1, any_language))
        return self._predicted(given.noted(films), chunk, any_language)

    def _predicted(
        self, rows: Iterable[tuple[Movie | BadRow, Fault | None]], chunk: int, any_language: bool
    ) -> Iterator[Prediction]:
        rest = iter(rows)
        while part := list(islice(rest, chunk)):
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
        """A data frame (pandas' or Polars') with a row for each of `films`, and pandas' index.

        Its columns are `genres`, the list of those decided; a `score_GENRE` for each genre;
        `inputs`, what was read; `error` and `note`. `films` and `columns` are those of `predict`.
        Raises `UserError` for what is no frame, or one without our columns.
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
        """Calibrated probabilities, (films, genres) float64, in the order of `classes_`; of one
        film a single row. `films` and `columns` are those of `predict`.

        Each column is a genre's own: rows do not sum to 1. Raises `BadMovie` for the first film
        that cannot be scored, for scikit-learn's tools take no gaps.
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
        """One `Prediction` a row of what `read_films` read."""
        encoded = reading.features
        logits = self.runtime.classify(encoded.features, encoded.present)
        inputs = [self.inputs_read(film, encoded, row) for row, film in enumerate(reading.films)]
        situations = self.situations(inputs, encoded)
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
        """Which words, parts of the poster and inputs speak for `genres`, else the decided ones.

        `film` is one film as `predict` takes it.
        Raises `UserError` for an unknown genre, `BadMovie` for a film that cannot be scored.
        """
        from ..explain import explain

        one = Given(self.bundle.fields).one(film)
        if not isinstance(one, Movie):
            raise UserError("explain takes one film, and was given several", "explain one by one")
        return explain(self, one, genres, any_language=any_language)

    @property
    def name(self) -> str:
        """Name and version of the model, as predictions quote it."""
        return self.bundle.label

    def inputs_read(self, film: Movie, encoded: Features, row: int) -> tuple[str, ...]:
        """The inputs of a film that reached an encoder, in the order of `INPUTS`."""
        return self.bundle.inputs_read(film, encoded.present[row])

    def thresholds(self, prediction: Prediction) -> np.ndarray:
        """From which probability on each genre was decided for a film, (genres,)."""
        other = () if prediction.language is None else (OTHER_LANGUAGE,)
        return self.bundle.thresholds((*prediction.inputs, *other))

    def situations(
        self, inputs: Sequence[tuple[str, ...]], encoded: Features
    ) -> list[frozenset[str]]:
        """What each film is calibrated by: its `Bundle.situation`."""
        rows = zip(inputs, encoded.present, strict=True)
        return [self.bundle.situation(read, present) for read, present in rows]

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


def _folder(model: str | Path | None) -> tuple[Path, bool]:
    """Where the bundle `model` is, and whether it came from the Hub."""
    folder = default_folder() if model in (None, "default") else Path(str(model))
    if isinstance(model, str) and not folder.is_dir() and hub.is_hub_id(model):
        return hub.fetch(model), True
    return folder, False
