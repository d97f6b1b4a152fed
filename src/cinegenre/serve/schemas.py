"""The models of requests and responses, for validation and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, WithJsonSchema

from ..faults import FaultCode

EXAMPLE: dict[str, Any] = {
    "title": "The Quiet Orbit",
    "overview": "Something wakes in the hold of a freighter.",
    "companies": ["Small Star Films"],
}


class FilmIn(BaseModel):
    """A film. Every field may be left out, but at least one input must be given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    id: StrictStr | None = Field(None, description="Returned with the answer.")
    title: StrictStr | None = None
    overview: StrictStr | None = Field(None, description="What happens in it.")
    companies: list[StrictStr] | None = Field(None, description="Production companies.")
    people: list[StrictStr] | None = Field(None, description="Cast and director.")
    poster: StrictStr | None = Field(
        None, description="An image file (JPEG, PNG, WebP, …) in base64, or a data: URL."
    )
    poster_url: StrictStr | None = Field(
        None, description="The address of the poster, on a host that the operator allows."
    )


class HowIn(BaseModel):
    """How films are read: each field is one of the options of `Tagger.predict`."""

    any_language: StrictBool = Field(
        False, description="Read texts in any language, even if there is a poster."
    )

    def how(self) -> dict[str, Any]:
        """The options as keyword arguments for `Tagger.predict`."""
        return {name: getattr(self, name) for name in HowIn.model_fields}


class PredictIn(HowIn, FilmIn):
    """A film, and the options for reading it."""


class ExplainIn(PredictIn):
    """A film, and what to explain."""

    genres: list[StrictStr] | None = Field(
        None, description="The genres to explain; if left out, the decided ones."
    )
    heat_map: StrictBool = Field(False, description="Add the poster's heat map, a PNG in base64.")


class BatchIn(HowIn):
    """Films. A film that cannot be scored has an error in its place; the others are scored."""

    model_config = ConfigDict(extra="forbid")

    films: list[Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/FilmIn"})]]


class NoteOut(BaseModel):
    """Something about the film that was ignored."""

    code: FaultCode
    what: str
    cure: str | None


class PredictionOut(BaseModel):
    """A film's predicted genres."""

    id: str | None = None
    genres: list[str] = Field(description="The decided genres, the most likely first.")
    scores: dict[str, float] = Field(description="Every genre's calibrated probability.")
    thresholds: dict[str, float] = Field(
        description="The score from which each genre is decided, for the inputs of this film."
    )
    inputs: list[str] = Field(description="The inputs that the model read.")
    model: str
    note: str | None = Field(None, description="What was ignored, and why.")
    notes: list[NoteOut] | None = Field(None, description="The same as a list, with codes.")
    language: str | None = Field(
        None, description="The language of the texts, if it is not the one the model mostly reads."
    )


class ErrorOut(BaseModel):
    """What is wrong."""

    status: int
    code: str
    message: str
    cure: str | None
    field: str | None


class ProblemOut(BaseModel):
    """The format of every error."""

    error: ErrorOut


class FilmErrorOut(BaseModel):
    """What is wrong with one film of a batch."""

    code: str
    message: str
    cure: str | None
    field: str | None


class FailedOut(BaseModel):
    """A film of a batch that could not be scored."""

    id: str | None = None
    error: FilmErrorOut


class BatchOut(BaseModel):
    """One result per film, in order."""

    results: list[PredictionOut | FailedOut]
    model: str


class ExplanationOut(PredictionOut):
    """A prediction and the reasons for each explained genre."""

    explained: dict[str, dict[str, Any]]


class GenresOut(BaseModel):
    """All genres that the model predicts."""

    genres: list[str]
    model: str


class ModelOut(BaseModel):
    """The model, its card, its thresholds, and the limits of this service.

    `taxonomy` names the further head that is served; it is empty for the model's own genres.
    """

    name: str
    version: str
    taxonomy: str
    genres: list[str]
    inputs: list[str]
    languages: list[str]
    card: str
    thresholds: list[dict[str, Any]]
    limits: dict[str, Any]


class HealthOut(BaseModel):
    """The state of the service."""

    status: str
