"""Scores a source into a folder, on one machine or with Ray; run again, it continues."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..data.web_posters import Fetcher, check_installed
from ..errors import UserError, unknown
from ..files import write_json
from ..genre_map import GenreMap
from ..progress import stage
from ..tagger import Tagger
from . import plan as planning
from .engine import Job, score_shards
from .formats import columns, encode
from .plan import Plan
from .review import Worst
from .scorer import Counts, merged
from .sheet import write_sheets
from .source import Source
from .store import Done, Store, locked

SUMMARY = "summary.json"
ENGINES = ("local", "ray")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options that the results depend on.

    `columns` says which column holds which field; `map` is the name or file of a genre map;
    `review` is the number of films that a person should check; `taxonomy` is a further head of the
    model, whose genres are told in place of its own.
    """

    format: str = "parquet"
    map: str | None = None
    posters: Path | None = None
    columns: Mapping[str, str] | None = None
    fetch: bool = False
    any_language: bool = False
    review: int = 0
    taxonomy: str = ""


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Where the scoring runs. `threads` 0 uses all cores; the last three options are for Ray."""

    engine: str = "local"
    device: str = "cpu"
    threads: int = 0
    address: str | None = None
    actors: int = 0
    gpus_per_actor: float = 0


def score(
    source: Path,
    out: Path,
    *,
    model: str | None = None,
    options: Options | None = None,
    machines: Machines | None = None,
    shard_rows: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Score every film of `source` into the folder `out`; return its summary.

    `tell` is called with each line of the report on how the columns were read. Run again after an
    interrupt, a kill or a full disk, it continues where it stopped. Raises `UserError` if source,
    model or options have changed since then, and if another run writes into the folder.
    """
    options, machines = options or Options(), machines or Machines()
    _check(source, out, options, machines)
    found = Source.find(source, posters=options.posters, columns=options.columns)
    tagger = Tagger.load(model, taxonomy=options.taxonomy, threads=1, device=machines.device)
    found = replace(found, reads=tuple(tagger.bundle.fields))
    if tell is not None:
        found.begin(tell)
    names = GenreMap.load(options.map, tagger.genres) if options.map else None
    with locked(out):
        plan, found = _planned(out, found, tagger, names, options, shard_rows)
        store = Store(out, plan)
        worst = Worst(options.review) if options.review else None
        counts: Counts = {}
        finished = set()
        for done in store.finished():
            _add(done, counts, worst)
            finished.add(done.shard)
        todo = [shard for shard in range(len(plan.shards)) if shard not in finished]
        before = sum(stop - start for start, stop in (plan.shards[s] for s in finished))
        job = Job(plan=plan, source=found, model=str(tagger.bundle.folder),
                  taxonomy=options.taxonomy, names=names, any_language=options.any_language,
                  fetch=options.fetch, review=options.review, device=machines.device)  # fmt: skip
        seconds = 0.0
        if todo:
            begun = time.monotonic()
            with stage("scoring", plan.rows) as done_rows:
                done_rows(before)
                # Closed explicitly: after an error such as a full disk, its threads must stop.
                with closing(_run(job, todo, tagger, machines, worst, done_rows)) as shards:
                    for done in shards:
                        store.keep(done)
                        _add(done, counts, worst)
            seconds = time.monotonic() - begun
        summary = _summary(plan, counts, plan.rows - before, seconds, out)
        write_json(out / SUMMARY, summary)
        if worst is not None:
            write_sheets(out, list(worst), plan.model["name"])
        return summary


def _run(
    job: Job, todo: list[int], tagger: Tagger, machines: Machines, worst: Worst | None, tell: Any
) -> Generator[Done, None, None]:
    if machines.engine == "ray":
        from .ray import score_shards_with_ray

        yield from score_shards_with_ray(
            job,
            todo,
            address=machines.address,
            actors=machines.actors,
            gpus_per_actor=machines.gpus_per_actor,
            tell=tell,
        )
        return
    fetcher = Fetcher(wanted=job.fetch)
    try:
        threads = machines.threads or os.cpu_count() or 1
        yield from score_shards(job, todo, tagger, fetcher, worst, threads=threads, tell=tell)
    finally:
        fetcher.close()


def _add(done: Done, counts: Counts, worst: Worst | None) -> None:
    merged(counts, done.counts)
    if worst is not None:
        for entry in done.review:
            worst.put(entry)


def _check(source: Path, out: Path, options: Options, machines: Machines) -> None:
    if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
        raise UserError(f"--out {out} lies in the source {source}", "name a folder outside it")
    if options.posters is not None and not options.posters.is_dir():
        raise UserError(f"no folder {options.posters} with posters", "check --posters")
    if machines.engine not in ENGINES:
        raise unknown("engine", machines.engine, ENGINES)
    if machines.engine != "ray" and (
        machines.address or machines.actors or machines.gpus_per_actor
    ):
        raise UserError(
            "--address, --actors and --gpus-per-actor are for Ray", "give --engine ray with them"
        )
    # Encode nothing once: a missing package is then found now and not after the first shard.
    encode(options.format, columns(()), [])
    if options.fetch:
        check_installed()


def _planned(
    out: Path,
    source: Source,
    tagger: Tagger,
    names: GenreMap | None,
    options: Options,
    shard_rows: int | None,
) -> tuple[Plan, Source]:
    """The plan in the folder, checked, or a new one; and the source with its rows counted."""
    model = {
        "name": tagger.name,
        "fingerprint": planning.model_fingerprint(tagger.bundle.folder),
    }
    given = {
        "format": options.format,
        "map": {genre: list(to) for genre, to in names.table.items()} if names else None,
        "posters": str(options.posters.absolute()) if options.posters else None,
        "column": dict(options.columns or {}),
        "fetch": options.fetch,
        "any_language": options.any_language,
        "review": options.review,
    }
    if (out / planning.NAME).exists():
        plan = planning.read(out)
        if shard_rows is not None:
            given["shard_rows"] = shard_rows
        elif "shard_rows" in plan.options:
            given["shard_rows"] = plan.options["shard_rows"]
        planning.check(plan, source, model, given)
        return plan, replace(source, files=plan.files)
    if shard_rows is not None:
        given["shard_rows"] = shard_rows
    with stage("counting rows") as tell:
        source = source.counted(tell)
    genres = names.names if names else tagger.genres
    plan = planning.make(source, model, given, tuple(columns(genres)), shard_rows)
    planning.write(plan, out)
    return plan, source


def _summary(plan: Plan, counts: Counts, scored: int, seconds: float, out: Path) -> dict[str, Any]:
    films: Mapping[str, int] = counts.get("films", {})
    return {
        "source": plan.source,
        "out": str(out),
        "model": plan.model["name"],
        "format": plan.format,
        "shards": len(plan.shards),
        "films": plan.rows,
        "scored": films.get("scored", 0),
        "errors": films.get("errors", 0),
        "errors_by_kind": _most_first(counts.get("errors", {})),
        "notes_by_kind": _most_first(counts.get("notes", {})),
        "inputs": _most_first(counts.get("inputs", {})),
        "this_run": {
            "films": scored,
            "seconds": round(seconds, 2),
            "films_per_second": round(scored / seconds, 1) if seconds else None,
        },
    }


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    """`counts` without zeros, the largest first."""
    return {
        kind: n for kind, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n
    }
