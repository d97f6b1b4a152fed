"""The evaluation itself: one prediction path, the exported bundle's, for every figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError
from ..files import read_json, whole, write_json
from ..metrics.arrays import sigmoid, truth_of
from ..metrics.summary import Scored, headline, plain, summarize
from ..movie import Movie
from ..tagger import Tagger
from ..tagger.modes import Mode, score_modes
from .masking import masked
from .plots import save_plots
from .published import beside
from .report import write_report


def evaluate(
    bundle: str | Path | None,
    data: Path,
    out: Path,
    *,
    split: str = "test",
    need: Sequence[str] = (),
    recipe: str = "",
    row: str = "",
) -> dict[str, Any]:
    """Score `bundle` (None: the shipped default) on a split; write the report's folder `out`.

    Films: those with a genre of the bundle's and with every input in `need`, by default all that
    the model reads but companies and people, which many films lack. With `recipe` and `row` the
    figures published for that row stand beside ours. Returns what metrics.json holds.
    """
    tagger = Tagger.load(bundle)
    prepared = PreparedSet.open(data)
    if out.exists() and any(out.iterdir()) and not (out / "metrics.json").exists():
        raise UserError(f"{out} is not empty and holds no report", "name another --out")
    fields = tagger.bundle.fields
    wanted = tuple(need) or tuple(f for f in fields if f not in ("companies", "people"))
    config = read_json(tagger.bundle.folder / "config.json", "model bundle")
    labels = config.get("data", {}).get("labels", "")  # the label set that it learned from
    kept, counts = select(
        prepared.films(split, labels), taxonomy=tagger.genres, need=wanted, any_of=fields
    )
    films = list(kept)
    if not films:
        raise UserError(
            f"split {split!r} of {data} has no film with {', '.join(wanted)}",
            "ask for fewer inputs",
        )
    scored = score(tagger, films)
    summary = summarize(scored)
    result: dict[str, Any] = {
        "model": {
            "name": tagger.bundle.name,
            "version": tagger.bundle.version,
            "title": config.get("title", ""),
            "recipe": config.get("recipe", ""),
            "films_trained": config.get("films", {}).get("train"),
        },
        "data": {
            "folder": data.name,
            "fingerprint": prepared.fingerprint,
            "source": prepared.info["source"],
            "split": split,
        },
        "taxonomy_genres": list(tagger.genres),
        "selection": {"need": list(wanted), "dropped": dict(counts)},
        "inputs": list(fields),
        "summary": summary,
        "modes": modes(tagger, films),
        "masked": _headline(score(tagger, [masked(film, tagger.genres) for film in films])),
        "published": beside(recipe, row, summary) if recipe else None,
        "date": date.today().isoformat(),
        "cinegenre": version("cinegenre"),
        "command": f"cinegenre evaluate {tagger.bundle.folder.name} --data {data.name} "
        f"--split {split} --need {','.join(wanted)}",
    }
    with whole(out) as staged:
        staged.mkdir()
        write_json(staged / "metrics.json", result)
        plots = save_plots(scored, summary, staged / "plots")
        write_report(staged, result, plots)
    return result


def score(tagger: Tagger, films: Sequence[Movie]) -> Scored:
    """What the bundle says of films with a known truth."""
    encoded = tagger.runtime.encode(films)
    logits = tagger.runtime.classify(encoded.features, encoded.present)
    inputs = [tagger.inputs_read(film, encoded, row) for row, film in enumerate(films)]
    scores, decided = tagger.decide(logits, inputs)
    return Scored(tagger.genres, truth_of(films, tagger.genres), sigmoid(logits), scores, decided)


def modes(tagger: Tagger, films: Sequence[Movie]) -> list[dict[str, Any]]:
    """The figures of every set of inputs, on those of the films that have all of the set."""
    truth = truth_of(films, tagger.genres)
    return [_mode(tagger, truth, mode) for mode in score_modes(tagger.runtime, films)]


def _mode(tagger: Tagger, truth: np.ndarray, mode: Mode) -> dict[str, Any]:
    scores, decided = tagger.decide(mode.logits, [mode.inputs] * len(mode.rows))
    scored = Scored(tagger.genres, truth[mode.rows], sigmoid(mode.logits), scores, decided)
    return {"inputs": list(mode.inputs), "films": len(mode.rows)} | _headline(scored)


def _headline(scored: Scored) -> dict[str, Any]:
    found: dict[str, Any] = plain(headline(scored))
    return found
