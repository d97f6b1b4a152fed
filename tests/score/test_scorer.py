"""Rows of results and what is counted of them, for everything that may be told of a film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from cinegenre.data.web_posters import Fetched
from cinegenre.faults import Fault, FaultCode
from cinegenre.movie import BadRow, Movie, Prediction
from cinegenre.score import scorer as scoring
from cinegenre.score.scorer import Scorer
from cinegenre.tagger import Tagger


class Told:
    """Stands in for a tagger that says the same of every row."""

    name, genres, runtime = "m 1", ("Drama", "War"), None

    def __init__(self, *predictions: Prediction) -> None:
        self.predictions = predictions

    def said(self, _: object) -> Iterator[Prediction]:
        return iter(self.predictions)


@pytest.mark.parametrize("code", FaultCode)
def test_every_code_is_counted_and_written(
    code: FaultCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault(code, "something", "mend it")
    scores = {"Drama": 0.75, "War": 0.25}
    noted = Prediction(id="1", genres=["Drama"], scores=scores, inputs=["title"], model="m 1",
                       notes=(fault,))  # fmt: skip
    failed = Prediction(id="2", genres=[], scores={}, inputs=[], model="m 1", fault=fault)
    monkeypatch.setattr(scoring, "read_films", lambda *_, **__: None)
    told: Any = Told(noted, failed, noted)
    found = Scorer(told)(7, Fetched([Movie(), Movie(), Movie()], {}))
    line = "something: mend it"
    assert found.rows == [
        (7, "1", ["Drama"], 0.75, ["title"], line, None, "m 1", 0.75, 0.25),
        (8, "2", [], None, [], None, line, "m 1", None, None),
        (9, "1", ["Drama"], 0.75, ["title"], line, None, "m 1", 0.75, 0.25),
    ]
    assert found.counts == {
        "films": Counter(scored=2, errors=1),
        "errors": Counter({fault.kind.noun: 1}),
        "notes": Counter({fault.kind.noun: 2}),
        "inputs": Counter(title=2),
    }


def test_rows_that_are_no_films_are_scored_in_their_place() -> None:
    rows = [BadRow(where="line 2", error="no JSON", id="x"), Movie(id="a", title="The Ghost")]
    unfetched = Fault(FaultCode.UNFETCHED_POSTER, "poster b.jpg was not fetched")
    tagger = Tagger.load(threads=1)
    scorer = Scorer(tagger, review=True)
    found = scorer(40, Fetched([*rows, Movie(id="b"), rows[0]], {2: unfetched}))
    assert [row[:2] for row in found.rows] == [(40, "x"), (41, "a"), (42, "b"), (43, "x")]
    assert [row[6] for row in found.rows] == ["line 2: no JSON", None, str(unfetched),
                                              "line 2: no JSON"]  # fmt: skip
    assert [candidate.number for candidate in found.review] == [41]
    only = scorer(0, Fetched([rows[0]], {}))
    assert (only.rows[0][6], only.review) == ("line 2: no JSON", [])
