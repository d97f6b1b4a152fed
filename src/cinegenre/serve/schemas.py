"""What clients send and get, for validation and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, WithJsonSchema

from ..faults import FaultCode


class FilmIn(BaseModel):
    """A film; every part may be left out, but not all of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"title": "The Quiet Orbit", "overview": "Something wakes in the hold of a freighter.",
         "companies": ["Small Star Films"]}]})  # fmt: skip

    id: StrictStr | None = Field(None, description="Given back with the answer.")
    title: StrictStr | None = None
    overview: StrictStr | None = Field(None, description="What happens in it.")
    companies: list[StrictStr] | None = Field(None, description="Production companies.")
    people: list[StrictStr] | None = Field(None, description="Cast and director.")
    poster: StrictStr | None = Field(
        None, description="An image file (JPEG, PNG, WebP, …) in base64, or a data: URL."
    )
    poster_url: StrictStr | None = Field(
        None, description="Where the poster is to be had, of a host that the operator allows."
    )


class HowIn(BaseModel):
    """How films are read: each field is one of the options of `Tagger.predict`."""

    any_language: StrictBool = Field(
        False, description="Read texts in languages that the model does not know, poster or not."
    )

    def how(self) -> dict[str, Any]:
        """The options, for `Tagger.predict`."""
        return {name: getattr(self, name) for name in HowIn.model_fields}


class PredictIn(HowIn, FilmIn):
    """A film, and how to read it."""


class ExplainIn(PredictIn):
    """A film, and what to explain."""

    genres: list[StrictStr] | None = Field(None, description="Left out: those decided.")
    heat_map: StrictBool = Field(False, description="Add the poster's heat map, a PNG in base64.")


class BatchIn(HowIn):
    """Films. One that cannot be scored has an error in its place; the others are scored."""

    model_config = ConfigDict(extra="forbid")

    films: list[Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/FilmIn"})]]


class NoteOut(BaseModel):
    """Something that was passed over."""

    code: FaultCode
    what: str
    cure: str | None


class PredictionOut(BaseModel):
    """A film's genres."""

    id: str | None = None
    genres: list[str] = Field(description="Those decided, the most likely first.")
    scores: dict[str, float] = Field(description="Every genre's calibrated probability.")
    thresholds: dict[str, float] = Field(
        description="From which score a genre is decided, for the inputs that this film has."
    )
    inputs: list[str] = Field(description="What the model read.")
    model: str
    note: str | None = Field(None, description="What was passed over, and why.")
    notes: list[NoteOut] | None = Field(None, description="The same, each with its code.")
    language: str | None = Field(
        None, description="The language of the texts, where it is not the model's own."
    )


class ErrorOut(BaseModel):
    """What is wrong."""

    status: int
    code: str
    message: str
    cure: str | None
    field: str | None


class ProblemOut(BaseModel):
    """Every error looks like this."""

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
    """One result a film, in order."""

    results: list[PredictionOut | FailedOut]
    model: str


class ExplanationOut(PredictionOut):
    """A prediction and, by genre, the reasons for it."""

    explained: dict[str, dict[str, Any]]


class GenresOut(BaseModel):
    """Every genre that the model tells."""

    genres: list[str]
    model: str


class ModelOut(BaseModel):
    """The model, its card, its thresholds, and the limits of this service."""

    name: str
    version: str
    genres: list[str]
    inputs: list[str]
    languages: list[str]
    card: str
    thresholds: list[dict[str, Any]]
    limits: dict[str, Any]


class HealthOut(BaseModel):
    """That it is well."""

    status: str
