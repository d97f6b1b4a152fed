"""What a film costs one core in each part of `cinegenre score`; one JSON object, milliseconds."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cinegenre import Tagger
from cinegenre.data.web_posters import Fetcher
from cinegenre.inputs import PosterInput
from cinegenre.movie import Movie
from cinegenre.score.formats import encode
from cinegenre.score.scorer import Scorer
from cinegenre.score.source import Cursor, Source

FILMS = 128


def _decoded(reads: PosterInput, films: list[Movie]) -> list[np.ndarray]:
    return [reads.decode(film.poster or b"") for film in films]


def main() -> None:
    """Each part by itself over the same films, after a few to open the sessions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    tagger = Tagger.load(given.model, threads=1)
    source = Source.find(given.source).counted()
    count = min(FILMS, source.rows)
    took: dict[str, float] = {}

    def part(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        took[name] = 1000 * (time.perf_counter() - began) / count
        return result

    rows = part("reading rows", lambda: list(Cursor(source).rows(0, count)))
    films = [row for row in rows if isinstance(row, Movie)]
    scorer = Scorer(tagger)
    scorer(0, Fetcher(wanted=False)(rows[:8]))
    runtime, bundle = tagger.runtime, tagger.bundle
    bare = [replace(film, title=None, overview=None, companies=(), people=()) for film in films]
    whole = part("all", lambda: scorer(0, Fetcher(wanted=False)(rows)))
    ran = np.atleast_1d(runtime.encode(films).present.any(axis=0))  # a bundle may spare encoders
    for name, reads in (
        each for each, here in zip(bundle.inputs.items(), ran, strict=True) if here
    ):
        if isinstance(reads, PosterInput):
            stacked = np.stack(part("decoding posters", partial(_decoded, reads, bare)))
            part(f"the poster's encoder ({name})", partial(runtime.encode_pixels, name, stacked))
        else:
            part(f"the encoder {name!r} with its tokens", partial(runtime.encode, films, (name,)))
    part("writing a Parquet shard", lambda: encode("parquet", scorer.columns, whole.rows))
    known = sum(ms for name, ms in took.items() if name not in ("all", "reading rows",
                "writing a Parquet shard"))  # fmt: skip
    took["languages, head, decisions"] = max(0.0, took.pop("all") - known)
    print(json.dumps(took))


if __name__ == "__main__":
    main()
