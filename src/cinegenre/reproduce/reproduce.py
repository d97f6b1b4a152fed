"""Runs the rows of a paper's table one after the other, and writes the report."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..data.again import prepare_command
from ..data.dataset import PreparedSet
from ..errors import UserError, unknown
from ..files import check_room
from ..movie import Movie
from ..pictures import ENDINGS
from ..tagger import Tagger
from ..tagger.known import score
from ..train.loop.prepared import precision_for
from ..train.recipe import Recipe, load_recipe
from ..train.recipe_files import read_recipe
from ..version import __version__
from .named import look
from .outcome import Outcome, Picture
from .report import main_row, write_report
from .rows import is_done, read_row, run_row, test_films
from .survey import Survey, survey

CONTINUED = " \\\n    --"
"""Puts an option of a long command on its own line."""


def reproduce(
    name: str,
    data: Path,
    out: Path,
    *,
    only: Sequence[str] = (),
    overrides: Sequence[str] = (),
    pictures: Path | None = None,
) -> Outcome:
    """Train and evaluate the rows of a paper's recipe, or those of `only`; write the report.

    A row whose metrics.json exists is finished and not run again; an interrupted one continues. The
    report is about all finished rows. `pictures` is a folder of images that are not posters, for
    which the main row predicts genres. Raises `UserError` for a recipe without rows.
    """
    tables = read_recipe(name)
    if not tables.get("rows"):
        raise UserError(f"recipe {name!r} has no [rows]", "train it with: cinegenre train")
    for row in only:
        if row not in tables["rows"]:
            raise unknown(f"row of recipe {name!r}", row, tables["rows"])
    check_room(out)
    shown = () if pictures is None else _pictures_in(pictures)
    recipes = {row: load_recipe(name, row=row, overrides=overrides) for row in tables["rows"]}
    for row in only or recipes:
        if not is_done(out / row):
            precision_for(recipes[row])  # now, and not after the rows before it were trained
    prepared = PreparedSet.open(data)
    films = test_films(next(iter(recipes.values())), prepared)
    for row in only or recipes:
        if is_done(out / row):
            continue
        print(f"{name}: {row}", file=sys.stderr, flush=True)
        run_row(recipes[row], row, prepared, out, name)
    titles = {row: str(table.get("title", row)) for row, table in tables["rows"].items()}
    done = [row for row in recipes if is_done(out / row)]
    looked = _survey(tables, recipes, prepared)
    bundles = {row: out / row / "bundle" for row in done if (out / row / "bundle").is_dir()}
    outcome = Outcome(
        recipe=name,
        title=str(tables.get("title", name)),
        genres=next(iter(recipes.values())).genres,
        films=films,
        rows={row: read_row(out / row, recipes[row], titles[row], films) for row in done},
        tables=tables,
        pending=[row for row in recipes if row not in done],
        about=_about(name, prepared, only, overrides),
        survey=looked,
        named=look(looked.found, bundles) if looked and looked.found else (),
    )
    looking = main_row(outcome)
    if shown and looking is not None:
        seen = _looked_at(out / looking.name / "bundle", shown)
        outcome = replace(outcome, pictures=seen)
    write_report(outcome, out)
    return outcome


def _survey(
    tables: Mapping[str, Any], recipes: Mapping[str, Recipe], data: PreparedSet
) -> Survey | None:
    """A survey of the whole data set, if the recipe's report shows anything about it."""
    asked = tables.get("report", {})
    if not (asked.get("films") or asked.get("whole_set")):
        return None
    return survey(data, next(iter(recipes.values())), asked.get("films", ()))


def _about(
    name: str, data: PreparedSet, only: Sequence[str], overrides: Sequence[str]
) -> dict[str, str]:
    sets = "".join(f" --set {override}" for override in overrides)
    rows = "".join(f" --only {row}" for row in only)
    return {
        "data": data.manifest.source,
        "fingerprint": data.fingerprint,
        "date": date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "version": __version__,
        "command": f"{prepare_command(data.manifest, 'DATA').replace(' --', CONTINUED)}\n"
        f"cinegenre reproduce {name} --data DATA --out OUT{rows}{sets}",
    }


def _pictures_in(folder: Path) -> list[Path]:
    """The images in a folder. Raises `UserError` if there are none."""
    if not folder.is_dir():
        raise UserError(f"no folder {folder}", "check the path of --pictures")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    if not paths:
        raise UserError(f"no pictures in {folder}", f"put {', '.join(ENDINGS)} files there")
    return paths


def _looked_at(bundle: Path, paths: Sequence[Path]) -> list[Picture]:
    """A bundle's predictions for each image."""
    tagger = Tagger.load(bundle)
    films = [Movie(id=path.name, poster=path) for path in paths]
    encoded = tagger.runtime.encode(films)
    predicted = score(tagger, films, encoded)
    # If calibrated for each genre, the shares of a softmax would no longer sum to one.
    chooses = tagger.bundle.activation == "softmax"
    scores = predicted.raw if chooses else predicted.scores
    read = np.flatnonzero(encoded.present.any(axis=1)).tolist()
    return [
        Picture(
            paths[i], dict(zip(tagger.genres, scores[i].tolist(), strict=True)), chooses=chooses
        )
        for i in read
    ]
