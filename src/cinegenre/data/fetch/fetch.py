"""Runs the fetching: threads, a journal of what is done, and a folder that is always usable."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from threading import Event

from ...errors import UserError
from ...progress import Stage, silent
from ...readers.log import ReadLog
from ...readers.posters import poster_index
from . import report, wanted
from .film import NO_ID, Absent, poster_of, store
from .http import Again, Fault, Http, Refused, client
from .journal import NAME, Journal
from .key import Key
from .rate import Bucket, Stopped
from .tmdb import API, Tmdb, check_base
from .wanted import Films, Wanted

IN_VAIN = 20
"""The run ends after this many consecutive films (or three per thread) without an answer."""


def fetch(
    source: str | Path,
    out: str | Path,
    *,
    key: Key,
    size: str = "w342",
    base_url: str = API,
    rate: float = 20.0,
    threads: int = 8,
    tries: int = 6,
    timeout: float = 15.0,
    recheck: bool = False,
    columns: Mapping[str, str] | None = None,
    log: ReadLog | None = None,
    stage: Stage = silent,
) -> report.Report:
    """Fetch the posters of the films in the table `source` from TMDB into the folder `out`.

    At most `rate` requests a second are made by `threads` threads, each request up to `tries`
    times, with `timeout` seconds for each piece of an answer. Posters that `out` already has in
    this `size` are not fetched again, and neither are films for which TMDB has no poster; `recheck`
    asks again for those, and for posters older than TMDB's terms allow. `columns` says which column
    holds which field (`wanted.NAMES`); `log` gets the report on how the table was read.

    Returns the report, which is also written into `out`, beside `films.csv`, `missing.csv` and
    `ATTRIBUTION.txt`, even if the run is interrupted. Raises `UserError` for a source without ids,
    a refused key, a full disk, and a server that no longer answers.

    >>> from cinegenre.data.fetch import fetch
    >>> from cinegenre.data.fetch.key import find_key
    >>> found = fetch("films.csv", "posters", key=find_key())
    >>> found.fetched, found.missing
    """
    began = time.monotonic()
    base, table, folder = check_base(base_url), wanted.source_file(Path(source)), Path(out)
    _check_target(table, folder)
    films = wanted.read(table, columns, log)
    folder.mkdir(parents=True, exist_ok=True)
    stop = Event()
    with ExitStack() as open_now:
        clients = [
            open_now.enter_context(client(base, secret, timeout, threads)) for secret in (key, None)
        ]
        bucket = Bucket(rate, max(1, min(threads, int(rate))), stop)
        asking, images = (Http(each, bucket, tries, stop) for each in clients)
        tmdb = Tmdb(base, key, asking, images)
        tmdb.choose(size)  # the first request: a wrong key ends here
        journal = Journal(folder)
        run = _Run(tmdb, folder, journal, size, threads, stop)
        todo = run.todo(films, recheck)
        try:
            with stage("fetching posters", len(todo)) as done:
                run.all(todo, done)
        finally:
            told = run.told(table, films, time.monotonic() - began)
            report.write(folder, table, films, run.files, run.missing, told)
    return told


class _Run:
    """The state of a run. Only `_one` runs in threads."""

    def __init__(
        self, tmdb: Tmdb, folder: Path, journal: Journal, size: str, threads: int, stop: Event
    ) -> None:
        self.tmdb, self.folder, self.journal = tmdb, folder, journal
        self.size, self.threads, self.stop = size, threads, stop
        self.files = {
            name: path.name for name, path in poster_index(folder).items() if path.stat().st_size
        }
        self.missing: dict[str, report.Missing] = {}
        self.fetched = self.bytes = self.there = self.old = 0
        self.unasked = 0
        self._in_vain = 0

    def todo(self, films: Films, recheck: bool) -> list[Wanted]:
        """The films to ask TMDB for; the others are sorted into the results."""
        todo = []
        for film in films.wanted.values():
            old = self.journal.is_old(film.name)
            why = self.journal.reason(film.name)
            if film.name in self.files:
                self.old += old and not recheck
                if self.journal.size(film.name) in (None, self.size) and not (recheck and old):
                    self.there += 1
                    continue
            elif not film.known:
                self.missing[film.name] = report.Missing(film, NO_ID, again=False)
                continue
            elif why is not None and not recheck:
                self.missing[film.name] = report.Missing(film, why, again=False)
                continue
            todo.append(film)
        self.unasked = len(todo)
        return todo

    def all(self, films: list[Wanted], done: Callable[[int], None]) -> None:
        with _ended(ThreadPoolExecutor(self.threads), self.stop) as pool:
            running: dict[Future[tuple[str, int]], Wanted] = {}
            try:
                for film, future in self._finished(pool, films, running):
                    self._take(film, future)
                    done(1)
            except BaseException:
                self.stop.set()
                self._rest(running)
                raise

    def _finished(
        self,
        pool: ThreadPoolExecutor,
        films: Iterable[Wanted],
        running: dict[Future[tuple[str, int]], Wanted],
    ) -> Iterator[tuple[Wanted, Future[tuple[str, int]]]]:
        """Yield films as they are finished, with a few waiting in the queue."""
        rest = iter(films)
        while True:
            for film in islice(rest, 4 * self.threads - len(running)):
                running[pool.submit(self._one, film)] = film
            if not running:
                return
            # With a timeout, because Windows notices Ctrl-C only between two waits.
            ended, _ = wait(running, 0.5, FIRST_COMPLETED)
            for future in ended:
                yield running.pop(future), future

    def _rest(self, running: dict[Future[tuple[str, int]], Wanted]) -> None:
        """Collect films that were in progress when the run was stopped and that still finished."""
        for future in running:
            future.cancel()
        wait(running)
        for future, film in running.items():
            if not future.cancelled() and future.exception() is None:
                self._take(film, future)

    def _one(self, film: Wanted) -> tuple[str, int]:
        """The name of the film's file and its bytes."""
        if self.stop.is_set():
            raise Stopped
        try:
            poster = poster_of(self.tmdb, film)
        except Refused:  # by the image server, to which no key is sent
            raise Fault("HTTP 401") from None
        return store(self.folder, film.name, poster), len(poster.data)

    def _take(self, film: Wanted, future: Future[tuple[str, int]]) -> None:
        fault = future.exception()
        if isinstance(fault, Fault):
            self._lost(film, fault)
            return
        file, size = future.result()  # an error that is not about this film alone ends the run
        self.unasked -= 1
        self._in_vain = 0
        old = self.files.get(film.name)
        if old not in (None, file):
            (self.folder / str(old)).unlink(missing_ok=True)
        self.files[film.name] = file
        self.fetched += 1
        self.bytes += size
        self.journal.fetched(film.name, file, self.size)

    def _lost(self, film: Wanted, fault: Fault) -> None:
        known = isinstance(fault, Absent)
        self.unasked -= 1
        self.missing[film.name] = report.Missing(film, str(fault), again=not known)
        if known:
            self.journal.absent(film.name, str(fault))
        self._in_vain = self._in_vain + 1 if isinstance(fault, Again) else 0
        if self._in_vain >= max(IN_VAIN, 3 * self.threads):
            raise UserError(
                f"{self._in_vain} films in a row got no poster from TMDB ({fault})",
                "check the network, then run again: what is fetched is kept",
            )

    def told(self, table: Path, films: Films, seconds: float) -> report.Report:
        """The report."""
        counts = {
            again: dict(Counter(m.why for m in self.missing.values() if m.again is again)
                        .most_common()) for again in (False, True)
        }  # fmt: skip
        return report.Report(
            source=table.name,
            columns=wanted.used_columns(films),
            rows=films.rows,
            bad_rows=len(films.bad),
            size=self.size,
            films=len(films.wanted),
            own_poster=films.own_poster,
            already_there=self.there,
            fetched=self.fetched,
            megabytes=round(self.bytes / 1e6, 1),
            missing=counts[False],
            failed=counts[True],
            not_asked_for=self.unasked,
            older_than_180_days=self.old,
            seconds=round(seconds, 1),
        )


@contextmanager
def _ended(pool: ThreadPoolExecutor, stop: Event) -> Iterator[ThreadPoolExecutor]:
    """The pool; at the end all threads have ended, without waiting for the rate limit."""
    try:
        yield pool
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _check_target(table: Path, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", "name a folder for --out")
    for name in (report.FILMS, report.MISSING):
        if (folder / name).exists() and not (folder / NAME).exists():
            raise UserError(
                f"{folder / name} is there and not ours; it would be written over",
                "name another --out",
            )
    if table.exists() and table.resolve() == (folder / report.FILMS).resolve():
        raise UserError(f"{table} would be written over", "name another --out")
