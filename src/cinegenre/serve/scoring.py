"""Answers requests: checks limits, puts films through the queue, and turns faults into problems."""

from __future__ import annotations

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..errors import BadMovie, unknown
from ..movie import Movie, Prediction
from ..tagger import Tagger
from ..tagger.bundle import OTHER_LANGUAGE
from .batching import Batcher
from .fetch import PosterFetcher
from .films import to_movie, validated
from .problems import Problem
from .schemas import BatchIn, ExplainIn, FilmIn, HowIn, PredictIn
from .settings import Settings
from .telemetry import Telemetry

_HEAT_MAP = 480  # pixels high


class Scoring:
    """The model of one worker process, and the queue for it."""

    def __init__(self, tagger: Tagger, settings: Settings, telemetry: Telemetry) -> None:
        self.tagger, self.settings, self.telemetry = tagger, settings, telemetry
        self.batcher = Batcher(tagger, settings, telemetry.batches.observe)
        self.fetcher = PosterFetcher(settings)
        self.explaining = 0
        self._pool = ThreadPoolExecutor(1, "explain")

    def warm(self) -> None:
        """Open the model's files, so that the first film does not wait for them."""
        warm(self.tagger)

    async def close(self) -> None:
        """Wait for the films that run."""
        await self.batcher.close()
        self._pool.shutdown()
        await self.fetcher.close()

    @property
    def waiting(self) -> int:
        """The number of films that wait or run."""
        return self.batcher.waiting

    @property
    def full(self) -> bool:
        """Whether the next film would be refused."""
        return self.waiting >= self.settings.queue

    async def predict(self, film: PredictIn, poster: bytes | None) -> dict[str, Any]:
        """The answer for one film. Raises a `Problem`."""
        movie = await self._movie(film, poster)
        [prediction] = await self._predict([movie], film)
        return self._answer(prediction)

    async def predict_many(self, batch: BatchIn) -> dict[str, Any]:
        """The answers for many films. Raises a `Problem` if the whole request is refused."""
        if len(batch.films) > self.settings.films:
            raise Problem(
                422, f"{len(batch.films):,} films, and at most {self.settings.films} in a request",
                "send them in parts", code="too_many_films", field="films",
            )  # fmt: skip
        results: list[dict[str, Any]] = [{} for _ in batch.films]
        movies: dict[int, Movie] = {}
        for row, table in enumerate(batch.films):
            place = f"films.{row}."
            try:
                film = validated(table, place)
                results[row] = {} if film.id is None else {"id": film.id}
                movies[row] = await self._movie(film, None, place)
            except Problem as problem:
                results[row]["error"] = problem.as_dict()
            if row % 16 == 0:
                await asyncio.sleep(0)  # decoding takes long; let other requests run in between
        predictions = await self._predict(list(movies.values()), batch)
        for row, one in zip(movies, predictions, strict=True):
            try:
                results[row] |= self._answer(one, f"films.{row}.")
            except Problem as problem:
                results[row]["error"] = problem.as_dict()
        return {"results": results, "model": self.tagger.name}

    async def explain(self, film: ExplainIn, poster: bytes | None) -> dict[str, Any]:
        """The answer for one film, with reasons. Raises a `Problem`."""
        for genre in film.genres or ():
            if genre not in self.tagger.genres:
                wrong = unknown("genre", genre[:60], self.tagger.genres)
                raise Problem(422, wrong.what, wrong.cure, code="unknown_genre", field="genres")
        movie = await self._movie(film, poster)
        if self.explaining >= self.settings.explanations:
            raise Problem(
                429, f"{self.explaining} explanations wait already", "ask again later",
                retry_after=2 * self.explaining,
            )  # fmt: skip
        self.explaining += 1
        run = asyncio.get_running_loop().run_in_executor(self._pool, self._explain, movie, film)
        run.add_done_callback(self._explained)
        return await asyncio.shield(run)

    @property
    def about(self) -> dict[str, Any]:
        """The answer of /v1/model."""
        bundle, settings = self.tagger.bundle, self.settings
        return {
            "name": bundle.name,
            "version": bundle.version,
            "genres": list(bundle.genres),
            "inputs": list(bundle.fields),
            "languages": list(bundle.languages),
            "taxonomy": bundle.taxonomy,
            "card": bundle.card.read_text("utf-8") if bundle.card.exists() else "",
            "thresholds": [
                {
                    "inputs": [name for name in key if name != OTHER_LANGUAGE],
                    "other_language": OTHER_LANGUAGE in key,
                    "thresholds": self._named(bundle.thresholds(key)),
                }
                for key in bundle.calibrations
            ],
            "limits": {
                "body_bytes": settings.body_bytes,
                "pixels": settings.pixels,
                "text_characters": settings.text_characters,
                "names": settings.names,
                "films": settings.films,
                "poster_hosts": list(settings.poster_hosts),
            },
        }

    async def _movie(self, film: FilmIn, poster: bytes | None, place: str = "") -> Movie:
        if film.poster_url is not None:
            if film.poster is not None or poster is not None:
                raise Problem(422, "both a poster and its address are given", "send one of them",
                              field=place + "poster_url")  # fmt: skip
            poster = await self.fetcher.fetch(film.poster_url, place)
        return to_movie(film, poster, self.settings, place)

    async def _predict(self, films: list[Movie], asked: HowIn) -> list[Prediction]:
        predictions = await self.batcher.predict(films, **asked.how())
        self.telemetry.scored(predictions)
        return predictions

    def _answer(self, prediction: Prediction, place: str = "") -> dict[str, Any]:
        """The prediction as it is sent. Raises a `Problem` for a film with nothing to read.

        An unreadable poster also raises one, even if other inputs sufficed, for the client should
        correct it.
        """
        wrong = prediction.fault or prediction.lost
        if wrong is not None:
            raise Problem.of(wrong, place)
        return prediction.as_dict() | {
            "thresholds": self._named(self.tagger.thresholds(prediction))
        }

    def _named(self, thresholds: np.ndarray) -> dict[str, float]:
        genres = zip(self.tagger.genres, thresholds.tolist(), strict=True)
        return {genre: round(threshold, 4) for genre, threshold in genres}

    def _explain(self, movie: Movie, asked: ExplainIn) -> dict[str, Any]:
        try:
            explanation = self.tagger.explain(movie, asked.genres or None, **asked.how())
        except BadMovie as error:
            raise (Problem.of(error.fault) if error.fault else error) from None
        answer = self._answer(explanation.prediction)
        table = explanation.as_dict()
        if asked.heat_map:
            for genre, reasons in table["explained"].items():
                image = explanation.overlay(genre, height=_HEAT_MAP)
                if image is not None:
                    reasons["poster"]["heat_map"] = base64.b64encode(image).decode()
        return answer | {"explained": table["explained"]}

    def _explained(self, run: asyncio.Future[Any]) -> None:
        self.explaining -= 1
        if not run.cancelled():
            run.exception()  # asyncio warns of an exception that nobody retrieved


def warm(tagger: Tagger) -> None:
    """Open the model's files. Raises `UserError` if the model's device is not available."""
    list(tagger.predict([Movie(title="a", companies=("a",), poster=_grey())]))


def _grey() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (32, 48), "grey").save(file, "JPEG")
    return file.getvalue()
