"""A library shown, written, written again and taken back; one JSON object with the seconds.

The processor's seconds stand beside those of the clock: on a busy machine they say what an idle one
would take, divided by its cores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from cinegenre import Movie, Tagger
from cinegenre.library import Row, tag, undo, writer


def main() -> None:
    """Each step's rows are checked: a fast run that did nothing would be no figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}

    def clocked(name: str, work: Callable[[], object]) -> None:
        started, used = time.perf_counter(), time.process_time()
        work()
        seconds[name] = time.perf_counter() - started
        cpu[name] = time.process_time() - used

    tagger: list[Tagger] = []
    poster = next(given.library.rglob("poster.jpg"))

    def load() -> None:
        tagger.append(Tagger.load(given.model))
        film = Movie(title="A", overview="A crew wakes in deep space.", poster=poster)
        list(tagger[0].predict([film]))  # the sessions open

    def rows() -> list[Row]:
        with writer(given.library) as writing:
            return list(tag(given.library, tagger[0], writer=writing))

    before = files(given.library)
    clocked("loading", load)
    clocked("shown", lambda: list(tag(given.library, tagger[0])))
    assert files(given.library) == before, "showing changed a file"
    clocked("written", rows)
    written = files(given.library)
    clocked("again", rows)
    assert files(given.library) == written, "a second run changed a file"
    clocked("undone", lambda: undo(given.library))
    assert files(given.library) == before, "the undo left a difference"
    changed = sum(written[name] != data for name, data in before.items())
    assert changed, "no file was changed"
    print(json.dumps(seconds | {"files": changed, "cpu": cpu}))


def files(library: Path) -> dict[str, bytes]:
    """Every file but the journals."""
    return {
        path.relative_to(library).as_posix(): path.read_bytes()
        for path in sorted(library.rglob("*"))
        if path.is_file() and ".cinegenre" not in path.parts
    }


if __name__ == "__main__":
    main()
