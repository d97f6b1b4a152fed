"""The predictor: films in, predictions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import BadMovie
from ..movie import Movie, Prediction
from .bundle import Bundle, default_folder, read_bundle
from .run import Features, Runtime

CHUNK = 512
"""Films read ahead: enough to sort by length, and a bound on memory."""


class Tagger:
    """A model that tells the genres of films.

    >>> tagger = Tagger.load()
    >>> [prediction] = tagger.predict([Movie(title="Alien", overview="A crew in deep space…")])
    >>> prediction.genres, prediction.scores["Horror"]
    """

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.bundle = bundle
        self.runtime = Runtime(bundle, threads)

    @classmethod
    def load(cls, model: str | Path | None = None, *, threads: int = 0) -> Tagger:
        """The shipped default (None or "default"), or the bundle in the folder `model`.

        `threads` bounds what one run of the model uses (0: all cores). Raises `UserError` for a
        folder that is no whole bundle.
        """
        folder = default_folder() if model in (None, "default") else Path(str(model))
        return cls(read_bundle(folder), threads)

    @property
    def genres(self) -> tuple[str, ...]:
        """Every genre the model knows, in the order of its scores."""
        return self.bundle.genres

    def predict(self, films: Iterable[Movie], *, chunk: int = CHUNK) -> Iterator[Prediction]:
        """One `Prediction` a film, in order, lazily.

        A film without an input that the model reads, or whose only input is an unreadable poster,
        gives a `Prediction` with `error`; the rest goes on.
        """
        rest = iter(films)
        while part := list(islice(rest, chunk)):
            yield from self._predict(part)

    def _predict(self, films: Sequence[Movie]) -> Iterator[Prediction]:
        encoded = self.runtime.encode(films)
        logits = self.runtime.classify(encoded.features, encoded.present)
        inputs = [self.inputs_read(film, encoded, row) for row, film in enumerate(films)]
        scores, decided = self.decide(logits, inputs)
        for row, film in enumerate(films):
            fault = encoded.faults.get(row)
            if not inputs[row]:
                error = str(fault) if fault else str(no_input(film, self.bundle))
                yield Prediction(id=film.id, genres=[], scores={}, inputs=[],
                                 model=self.name, error=error)  # fmt: skip
                continue
            by_score = np.argsort(-scores[row], kind="stable")
            yield Prediction(
                id=film.id,
                genres=[self.genres[g] for g in by_score if decided[row, g]],
                scores=dict(zip(self.genres, scores[row].tolist(), strict=True)),
                inputs=list(inputs[row]),
                model=self.name,
                note=str(fault) if fault else None,
            )

    @property
    def name(self) -> str:
        """Name and version of the model, as predictions quote it."""
        return f"{self.bundle.name} {self.bundle.version}".strip()

    def inputs_read(self, film: Movie, encoded: Features, row: int) -> tuple[str, ...]:
        """The inputs of a film that reached an encoder, in the order of `INPUTS`."""
        read = {
            field
            for i, reads in enumerate(self.bundle.inputs.values())
            if encoded.present[row, i]
            for field in reads.fields
        }
        return tuple(field for field in film.inputs if field in read)

    def decide(
        self, logits: np.ndarray, inputs: Sequence[tuple[str, ...]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Calibrated probabilities and decisions, both (films, genres), by each film's inputs."""
        scores = self.bundle.probabilities(logits)
        decided = scores >= 0.5
        keys = [frozenset(names) for names in inputs]
        for key in set(keys):
            calibration = self.bundle.calibration(key)
            if calibration is not None:
                rows = np.array([k == key for k in keys])
                scores[rows] = calibration.apply(scores[rows])
                decided[rows] = calibration.decide(scores[rows])
        return scores, decided


def no_input(film: Movie, bundle: Bundle) -> BadMovie:
    """The error for a film of which the model can read nothing."""
    has = f"only {', '.join(film.inputs)}" if film.inputs else "no input at all"
    return BadMovie(
        f"film {film.id or film.title or 'without id'} has {has}",
        f"{bundle.name} reads {', '.join(bundle.fields)}: give at least one",
    )
