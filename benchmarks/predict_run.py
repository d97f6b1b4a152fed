"""`Tagger.predict` over the films of a folder; one JSON object with films a second."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from cinegenre import Movie, Tagger

from .predict import FILMS, read_films


def main() -> None:
    """Films stream in, predictions stream out: nothing is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--films", type=int, default=FILMS)
    parser.add_argument("--text", action="store_true", help="without the posters")
    given = parser.parse_args()

    def films() -> Iterator[Movie]:
        for table in read_films(given.folder, given.films):
            table = {key: value for key, value in table.items() if value not in (None, [])}
            if given.text:
                table.pop("poster", None)
            yield Movie(**table)  # type: ignore[arg-type]

    tagger = Tagger.load(given.model)
    list(tagger.predict(film for film, _ in zip(films(), range(8), strict=False)))  # sessions open
    started = time.perf_counter()
    failed = sum(said.error is not None for said in tagger.predict(films()))
    seconds = time.perf_counter() - started
    assert not failed, f"{failed} films could not be scored"
    print(json.dumps({"films_per_second": given.films / seconds}))


if __name__ == "__main__":
    main()
