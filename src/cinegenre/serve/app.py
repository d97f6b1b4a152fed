"""The FastAPI application: what each route does."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from ..tagger import Tagger
from . import openapi, schemas
from .films import read
from .guard import Guard
from .parent import end_with_parent
from .problems import Problem, as_json
from .scoring import Scoring
from .settings import Settings
from .telemetry import CONTENT_TYPE, Telemetry

PAGE = Path(__file__).parent / "static"
_TITLE = "cinegenre"
_ABOUT = "A film's genres from its poster, overview, title and production companies."


def from_environment() -> FastAPI:
    """The application of a worker process, with the settings that the parent process passed on."""
    end_with_parent()
    settings = Settings.from_environment()
    return create_app(settings, settings.load())


def create_app(settings: Settings, tagger: Tagger) -> FastAPI:
    """The complete application for one model."""
    telemetry = Telemetry()
    scoring = Scoring(tagger, settings, telemetry)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(scoring.warm)
        yield
        await scoring.close()

    app = FastAPIOffline(
        title=_TITLE, version="1", description=_ABOUT, lifespan=lifespan, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.settings, app.state.scoring = settings, scoring
    app.add_middleware(Guard, settings=settings, telemetry=telemetry)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=list(settings.origins), allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"], expose_headers=["retry-after"],
        )  # fmt: skip
    _errors(app)
    _predicting(app, scoring, settings)
    _about(app, scoring, telemetry)
    # On Windows Python reads types from the registry, where .js is often text/plain; browsers
    # then refuse the script.
    mimetypes.add_type("text/javascript", ".js")
    app.mount("/static", StaticFiles(directory=PAGE), name="static")
    openapi.complete(app, with_token=bool(settings.token))
    return app


def _predicting(app: FastAPI, scoring: Scoring, settings: Settings) -> None:
    @app.post("/v1/predict", **openapi.post(schemas.PredictIn, schemas.PredictionOut))
    async def predict(request: Request) -> Response:
        """Predict the genres of one film."""
        film, poster = await read(request, schemas.PredictIn, settings)
        return answer(await scoring.predict(film, poster))

    @app.post("/v1/predict/batch", **openapi.post(schemas.BatchIn, schemas.BatchOut))
    async def predict_batch(request: Request) -> Response:
        """Predict the genres of many films; a film that cannot be scored has an error in its
        place.
        """
        batch, _ = await read(request, schemas.BatchIn, settings)
        return answer(await scoring.predict_many(batch))

    @app.post("/v1/explain", **openapi.post(schemas.ExplainIn, schemas.ExplanationOut))
    async def explain(request: Request) -> Response:
        """Predict the genres of one film, with the words, poster areas and inputs behind them."""
        film, poster = await read(request, schemas.ExplainIn, settings)
        return answer(await scoring.explain(film, poster))


def _about(app: FastAPI, scoring: Scoring, telemetry: Telemetry) -> None:
    @app.get("/v1/genres", **openapi.get(schemas.GenresOut))
    async def genres() -> Response:
        """All genres that the model predicts."""
        return answer({"genres": list(scoring.tagger.genres), "model": scoring.tagger.name})

    @app.get("/v1/model", **openapi.get(schemas.ModelOut))
    async def model() -> Response:
        """The model, its card and thresholds, and this service's limits."""
        return answer(scoring.about)

    @app.get("/healthz", **openapi.get(schemas.HealthOut))
    async def healthz() -> Response:
        """Whether the process is alive."""
        return answer({"status": "alive"})

    @app.get("/readyz", **openapi.get(schemas.HealthOut))
    async def readyz() -> Response:
        """Whether films can be scored now: 503 while the queue is full."""
        if scoring.full:
            raise Problem(503, "the queue is full", "ask again later", retry_after=1)
        return answer({"status": "ready"})

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        telemetry.waiting.set(scoring.waiting)
        return Response(telemetry.text(), media_type=CONTENT_TYPE)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(PAGE / "index.html")


def answer(table: Any) -> Response:
    """A JSON answer."""
    return Response(as_json(table), media_type="application/json")


def _errors(app: FastAPI) -> None:
    """Give all errors one format, which reveals nothing about the machine."""

    async def problem(_: Request, error: Any) -> Response:
        return error.response()  # type: ignore[no-any-return]

    async def known(_: Request, error: Any) -> Response:
        messages = {404: "there is nothing here", 405: "this address does not take that method"}
        message = messages.get(error.status_code, "the request is refused")
        return Problem(error.status_code, message, "see /docs").response(error.headers)

    async def invalid(_: Request, error: Any) -> Response:
        return Problem(422, "the request is not as it should be", "see /docs").response()

    async def gone(_: Request, error: Any) -> Response:
        return Problem(408, "the body ended early", "send it whole").response()

    async def unforeseen(_: Request, error: Any) -> Response:
        return Problem(500, "the service failed", "send it again, or tell its operator").response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unforeseen)
