"""A run that is killed with SIGKILL after some films: LIBRARY FILMS, or in the midst of one."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import cast

from cinegenre.library import atomic, tag, writer
from cinegenre.tagger import Tagger

from .fake import FakeTagger


def main() -> None:
    library, count, where = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    done = 0
    inner = atomic.os.fsync

    def fsync(handle: int) -> None:
        inner(handle)
        if where == "midst" and done == count:
            os.kill(os.getpid(), signal.SIGKILL)

    atomic.os.fsync = fsync  # type: ignore[assignment]
    with writer(library) as writing:
        for _ in tag(library, cast(Tagger, FakeTagger()), writer=writing):
            done += 1
            if where == "between" and done == count:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
