"""Everything that may be told of a film, as a client sees it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cinegenre.faults import Fault, FaultCode
from cinegenre.movie import Prediction
from cinegenre.serve.problems import Problem
from cinegenre.serve.schemas import PredictionOut
from cinegenre.serve.scoring import Scoring


@pytest.fixture
def scoring() -> Scoring:
    """Without a model: answers are made of predictions that are given."""
    made = Scoring.__new__(Scoring)
    tagger: Any = SimpleNamespace(genres=("Drama",), thresholds=lambda said: np.array([0.5]))
    made.tagger = tagger
    return made


@pytest.mark.parametrize("place", ["", "films.3."])
@pytest.mark.parametrize("code", FaultCode)
def test_every_code_is_an_error_with_its_field_or_a_note(
    scoring: Scoring, code: FaultCode, place: str
) -> None:
    fault = Fault(code, "something", "mend it")
    field = (place + (fault.kind.field or "")).strip(".") or None
    # Whoever asks can install nothing on the server.
    cure = "send a JPEG, PNG or WebP" if code is FaultCode.UNSUPPORTED_POSTER else "mend it"
    error = {"code": code, "message": "something", "cure": cure, "field": field}
    failed = Prediction(id=None, genres=[], scores={}, inputs=[], model="m", fault=fault)
    with pytest.raises(Problem) as problem:
        scoring._answer(failed, place)
    assert (problem.value.status, problem.value.as_dict()) == (422, error)
    noted = Prediction(id=None, genres=["Drama"], scores={"Drama": 0.75}, inputs=["title"],
                       model="m", notes=(fault,))  # fmt: skip
    if fault.kind.lost:
        with pytest.raises(Problem) as problem:
            scoring._answer(noted, place)
        assert problem.value.as_dict() == error
        return
    answer = scoring._answer(noted, place)
    assert answer == noted.as_dict() | {"thresholds": {"Drama": 0.5}}
    assert set(answer) | {"id", "language"} == set(PredictionOut.model_fields)
    assert PredictionOut.model_validate(answer).model_dump(exclude_unset=True) == answer
