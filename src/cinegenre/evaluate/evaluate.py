"""The evaluation itself: one prediction path, the exported bundle's, for every figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError
from ..files import read_json, whole, write_json
from ..inputs import PosterInput
from ..metrics.arrays import truth_of
from ..metrics.bootstrap import percentiles
from ..metrics.calibration import brier_skill, chance_error, expected_calibration_error
from ..metrics.resampled import draws, macro_ap, micro_f1
from ..metrics.summary import Scored, headline, plain, summarize
from ..movie import Movie
from ..tagger import Tagger
from ..tagger.known import score, score_mode
from ..tagger.modes import Mode, score_modes
from ..tagger.runtime import Features
from ..version import __version__
from .card import write_card
from .masking import masked
from .plots import save_plots
from .published import beside
from .report import write_report
from .slices import by_year_and_language

MANY = 30
"""Films of a genre from which on its calibration is judged."""
MODES, DRAWS = 32, 300
"""So many sets of inputs get intervals, of so many draws each: cheap beside scoring them."""


@dataclass(frozen=True)
class Evaluation:
    """Films of a split, what a bundle says of them, and every figure, as metrics.json holds it."""

    films: list[Movie]
    scored: Scored
    result: dict[str, Any]


def evaluate(
    bundle: str | Path | None,
    data: Path,
    out: Path,
    *,
    split: str = "test",
    need: Sequence[str] = (),
    recipe: str = "",
    row: str = "",
    labels: str | None = None,
    card: bool = False,
) -> dict[str, Any]:
    """Score `bundle` (None: the shipped default) on a split; write the report's folder `out`.

    Films are chosen as `measure` says. With `card` the figures go into the bundle's model card too.
    Returns what metrics.json holds.
    """
    if out.exists() and any(out.iterdir()) and not (out / "metrics.json").exists():
        raise UserError(f"{out} is not empty and holds no report", "name another --out")
    found = measure(bundle, data, split=split, need=need, recipe=recipe, row=row, labels=labels)
    with whole(out) as staged:
        staged.mkdir()
        write_json(staged / "metrics.json", found.result)
        plots = save_plots(found.scored, found.result["summary"], staged / "plots")
        write_report(staged, found.result, plots)
    if card:
        write_card(Tagger.load(bundle).bundle.folder, found.result)
    return found.result


def measure(
    bundle: str | Path | None,
    data: Path,
    *,
    split: str = "test",
    need: Sequence[str] = (),
    recipe: str = "",
    row: str = "",
    labels: str | None = None,
) -> Evaluation:
    """Score `bundle` on a split, without writing anything.

    Films: those of the languages and genres that the bundle was made for, with every input in
    `need`, by default all that the model reads but companies and people, which many films lack.
    `labels` is the label set to judge by, by default that which the bundle learned from ("" is the
    source's own). With `recipe` and `row` the figures published for that row stand beside ours.
    """
    tagger = Tagger.load(bundle)
    prepared = PreparedSet.open(data)
    fields = tagger.bundle.fields
    wanted = tuple(need) or tuple(f for f in fields if f not in ("companies", "people"))
    config = read_json(tagger.bundle.folder / "config.json", "model bundle")
    chosen = config.get("data", {})
    kept, counts = select(
        prepared.films(split, chosen.get("labels", "") if labels is None else labels),
        taxonomy=tagger.genres,
        languages=tuple(chosen.get("languages", ())),
        drop_genres=tuple(chosen.get("drop_genres", ())),
        need=wanted,
        any_of=fields,
    )
    films = list(kept)
    if not films:
        raise UserError(
            f"split {split!r} of {data} has no film with {', '.join(wanted)}",
            "ask for fewer inputs",
        )
    encoded = tagger.runtime.encode(films)
    scored = score(tagger, films, encoded)
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
        "modes": modes(tagger, films, encoded),
        "masked": _headline(score(tagger, *_masked(tagger, films, encoded))),
        "slices": {
            name: [asdict(part) for part in parts]
            for name, parts in by_year_and_language(films, scored).items()
        },
        "published": beside(recipe, row, summary) if recipe else None,
        "date": date.today().isoformat(),
        "cinegenre": __version__,
        "command": f"cinegenre evaluate {tagger.bundle.folder.name} --data {data.name} "
        f"--split {split} --need {','.join(wanted)}",
    }
    return Evaluation(films, scored, result)


def _masked(
    tagger: Tagger, films: Sequence[Movie], encoded: Features
) -> tuple[list[Movie], Features]:
    """The films without genre words, and their encoders' outputs; the posters' stay as they are."""
    hidden = [masked(film, tagger.genres) for film in films]
    inputs = tagger.bundle.inputs
    texts = [name for name, reads in inputs.items() if not isinstance(reads, PosterInput)]
    if not texts:
        return hidden, encoded
    anew = tagger.runtime.encode(hidden, texts)
    present = encoded.present.copy()
    present[:, [list(inputs).index(name) for name in texts]] = anew.present
    return hidden, Features({**encoded.features, **anew.features}, present, encoded.faults)


def modes(tagger: Tagger, films: Sequence[Movie], encoded: Features) -> list[dict[str, Any]]:
    """The figures of every set of inputs, on those of the films that have all of the set.

    Up to `MODES` sets have bootstrap intervals.
    """
    truth, found = truth_of(films, tagger.genres), list(score_modes(tagger.runtime, films, encoded))
    samples = DRAWS if len(found) <= MODES else 0
    return [_mode(tagger, truth, mode, samples) for mode in found]


def _mode(tagger: Tagger, truth: np.ndarray, mode: Mode, samples: int) -> dict[str, Any]:
    scored = score_mode(tagger, truth, mode)
    result = {"inputs": list(mode.inputs), "films": len(mode.rows)} | _headline(scored)
    result["calibration"] = _worst(scored)
    if samples:
        drawn = draws(len(mode.rows), samples)
        intervals = {
            "micro_f1": percentiles(micro_f1(scored.truth, scored.decided, drawn)),
            "macro_ap": percentiles(macro_ap(scored.truth, scored.raw, drawn)),
        }
        result["intervals"] = plain(intervals)
    return result


def _worst(scored: Scored) -> dict[str, Any]:
    """The largest calibration error, and the least Brier skill, of genres with `MANY` films."""
    many = np.flatnonzero(scored.truth.sum(axis=0) >= MANY)
    if not len(many):
        return {}
    truth, scores = scored.truth[:, many], scored.scores[:, many]
    error, skill = expected_calibration_error(truth, scores), brier_skill(truth, scores)
    names = [scored.genres[g] for g in many]
    found: dict[str, Any] = plain(
        {
            "genres": len(many),
            "error": {"mean": error.mean(), "worst": error.max(), "of": names[error.argmax()]},
            "error_by_chance": {"mean": chance_error(scores).mean()},
            "skill": {"mean": skill.mean(), "worst": skill.min(), "of": names[skill.argmin()]},
        }
    )
    return found


def _headline(scored: Scored) -> dict[str, Any]:
    found: dict[str, Any] = plain(headline(scored))
    return found
