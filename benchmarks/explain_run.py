"""Some films explained one by one, and predicted one by one; one JSON object with the seconds."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from cinegenre import Movie, Tagger
from cinegenre.data.dataset import PreparedSet


def main() -> None:
    """What an explanation says is checked: a film of which nothing was read would be no figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--inputs", required=True)
    parser.add_argument("--films", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    inputs = tuple(given.inputs.split(","))
    whole = {"title", "overview", "poster"}
    films = [
        film for film in PreparedSet.open(given.data).films("test") if whole <= set(film.inputs)
    ]
    films.sort(key=lambda film: -len((film.overview or "").split()))
    films = films[: given.films]
    parts = [Movie(**{name: getattr(film, name) for name in inputs}) for film in films]
    tagger = Tagger.load(given.model, threads=given.threads)
    for part in parts[:2]:  # the sessions open
        tagger.explain(part)
    explaining, predicting = [], []
    for part in parts:
        started = time.perf_counter()
        explanation = tagger.explain(part)
        explaining.append(time.perf_counter() - started)
        assert set(explanation.prediction.inputs) == set(inputs)
        started = time.perf_counter()
        tagger.predict(part)
        predicting.append(time.perf_counter() - started)
    words = [len((film.overview or "").split()) for film in films]
    print(json.dumps({"seconds": explaining, "predicting": predicting, "words": words}))


if __name__ == "__main__":
    main()
