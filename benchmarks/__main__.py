"""`python -m benchmarks`: run those that can run, say what the others need."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import (
    answers,
    audit,
    constants,
    explain,
    few_shot,
    integers,
    kills,
    languages,
    library,
    linear,
    papers,
    papers_default,
    plots,
    predict,
    prepare,
    readings,
    score,
    serve,
    size,
    slides_means,
    startup,
    tag,
    train,
)
from .common import Failed, NotGiven, Options, Report, load, machine, markdown

BENCHMARKS: dict[str, Callable[[Options], Report]] = {
    "prepare": prepare.run,
    "train": train.run,
    "predict": predict.run,
    "answers": answers.run,
    "integers": integers.run,
    "score": score.run,
    "serve": serve.run,
    "explain": explain.run,
    "startup": startup.run,
    "size": size.run,
    "slides_means": slides_means.run,
    "readings": readings.run,
    "constants": constants.run,
    "linear": linear.run,
    "languages": languages.run,
    "plots": plots.run,
    "papers": papers.run,
    "papers_default": papers_default.run,
    "few_shot": few_shot.run,
    "audit": audit.run,
    "tag": tag.run,
    "library": library.run,
    "kills": kills.run,
}


def main() -> int:
    """Run and print; 0 unless something that was asked for could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    for name, help in {
        "data": "a prepared data set (cinegenre data prepare), for train, predict, answers, score, "
        "serve, explain, slides_means, readings, constants, linear, papers_default, few_shot, "
        "languages, audit",
        "source": "The Movies Dataset with posters/, splits.csv, imdb_genres.csv, for prepare, "
        "tag, library, kills",
        "runs": "a folder for what papers trains; what is there is not done again",
        "weights": "pretrained weights (minilm, resnet50, efficientnet-lite0 …), for predict, "
        "papers, few_shot",
        "model": "a bundle in place of the shipped one, for predict, answers, score, startup, "
        "explain, size, papers_default, few_shot, languages, audit",
    }.items():
        variable = f"CINEGENRE_BENCH_{name.upper()}"
        parser.add_argument(f"--{name}", type=Path, metavar="DIR", help=f"{help} (or {variable})",
                            default=os.environ.get(variable) or None)  # fmt: skip
    parser.add_argument(
        "--films",
        default="",
        metavar="N,N",
        help="the sizes of score; the size of answers, integers, audit, library; "
        "the kills of kills",
    )
    parser.add_argument(
        "--before", metavar="REV",
        help="an older version, a revision of this checkout, that predict and startup measure too, "
        "in turns (1fdafbb is version 1.4 of the model)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    given = parser.parse_args()
    for name in given.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark {name!r}: known are {', '.join(BENCHMARKS)}")
    paths = {name: getattr(given, name) for name in ("data", "source", "model", "runs", "weights")}
    for name, path in paths.items():
        if path is not None and name != "runs" and not Path(path).is_dir():
            parser.error(f"--{name} {path} is no folder")
    folders = {name: path and Path(path).resolve() for name, path in paths.items()}
    try:
        sizes = tuple(int(number) for number in given.films.split(",") if number)
    except ValueError:
        parser.error(f"--films {given.films} are no numbers")
    options = Options(**folders, films=sizes, before=given.before)

    results: dict[str, Any] = {"machine": machine()}
    if not given.json:
        print("\n".join(f"{name}: {value}" for name, value in results["machine"].items()))
    not_run: dict[str, str] = {}
    failed = False
    for name in [name for name in BENCHMARKS if name in (given.names or BENCHMARKS)]:
        busy = load()
        print(f"… {name}", file=sys.stderr, flush=True)
        try:
            report = BENCHMARKS[name](options)
        except (NotGiven, Failed) as error:
            not_run[name] = str(error)
            failed |= isinstance(error, Failed) or bool(given.names)
            continue
        results[name] = {"load_before": busy, **report.figures}
        if not given.json:
            print(f"\n## {name}\n\n{markdown(report.head, report.rows)}\n")
            print("\n".join(report.notes))
            print(f"Load of the machine just before: {busy}", flush=True)
    if given.json:
        print(json.dumps(results | {"not_run": not_run}, indent=2))
    elif not_run:
        print("\n## not run\n\n" + "\n".join(f"{name}: {why}" for name, why in not_run.items()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
