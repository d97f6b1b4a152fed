"""Evaluates an exported bundle, with the same prediction path for every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError
from ..files import check_folder, read_json, whole, write_json
from ..inputs import PosterInput
from ..metrics.arrays import truth_of
from ..metrics.bootstrap import percentiles
from ..metrics.calibration import brier_skill, chance_error, expected_calibration_error
from ..metrics.figures import Ends, ends
from ..metrics.resampled import draws, macro_ap, micro_f1
from ..metrics.summary import Scored, headline, summarize
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
from .result import DataFacts, ModeFigures, ModelFacts, Result, Selection, WorstCalibration
from .slices import by_year_and_language

_OURS = {"metrics.json", "report.html", "plots"}
MANY = 30
"""The fewest films of a genre for judging its calibration."""
MODES, DRAWS = 32, 300
"""How many sets of inputs get intervals, and with how many draws: cheap compared to scoring."""


@dataclass(frozen=True)
class Evaluation:
    """The films of a split, a bundle's predictions, and every figure of metrics.json."""

    films: list[Movie]
    scored: Scored
    result: Result


def evaluate(
    bundle: str | Path | None,
    data: Path,
    out: Path,
    *,
    taxonomy: str = "",
    split: str = "test",
    need: Sequence[str] = (),
    recipe: str = "",
    row: str = "",
    labels: str | None = None,
    card: bool = False,
) -> Result:
    """Score `bundle` (None: the shipped default) on a split, and write a report to `out`.

    Films are selected as in `measure`. With `card` the figures are also put into the bundle's model
    card. Returns the content of metrics.json.
    """
    check_folder(out, "report", "metrics.json", _OURS.__contains__)
    found = measure(
        bundle, data, taxonomy=taxonomy, split=split, need=need, recipe=recipe, row=row,
        labels=labels,
    )  # fmt: skip
    with whole(out) as staged:
        staged.mkdir()
        write_json(staged / "metrics.json", found.result.as_dict())
        plots = save_plots(found.scored, found.result.summary, staged / "plots")
        write_report(staged, found.result, plots)
    if card:
        write_card(Tagger.load(bundle, taxonomy=taxonomy).bundle.card, found.result)
    return found.result


def measure(
    bundle: str | Path | None,
    data: Path,
    *,
    taxonomy: str = "",
    split: str = "test",
    need: Sequence[str] = (),
    recipe: str = "",
    row: str = "",
    labels: str | None = None,
) -> Evaluation:
    """Score `bundle` on a split, without writing anything.

    The films are those of the languages and genres that the bundle was made for, with every input
    in `need`: by default all that the model reads except companies and people, which many films
    lack. `taxonomy` scores a further head of the bundle. `labels` is the label set to score
    against, by default the one the bundle or head was trained on ("" is the source's own). With
    `recipe` and `row`, the published figures of that row are shown beside ours.
    """
    tagger = Tagger.load(bundle, taxonomy=taxonomy)
    prepared = PreparedSet.open(data)
    config = read_json(tagger.bundle.folder / "config.json", "model bundle")
    about = config["heads"][taxonomy] if taxonomy else config
    fields = tagger.bundle.fields
    wanted = tuple(need) or tuple(f for f in fields if f not in ("companies", "people"))
    films, dropped = _chosen(tagger, prepared, about.get("data", {}), split, wanted, labels)
    encoded = tagger.runtime.encode(films)
    scored = score(tagger, films, encoded)
    summary = summarize(scored)
    result = Result(
        model=ModelFacts(
            name=tagger.bundle.name + (f" ({taxonomy})" if taxonomy else ""),
            version=tagger.bundle.version,
            title=about.get("title", ""),
            recipe=about.get("recipe", ""),
            films_trained=about.get("films", {}).get("train"),
        ),
        data=DataFacts(
            folder=data.name,
            fingerprint=prepared.fingerprint,
            source=prepared.manifest.source,
            split=split,
        ),
        taxonomy_genres=tagger.genres,
        selection=Selection(need=wanted, dropped=dropped),
        inputs=fields,
        summary=summary,
        modes=modes(tagger, films, encoded),
        masked=headline(score(tagger, *_masked(tagger, films, encoded))),
        slices=by_year_and_language(films, scored),
        published=beside(recipe, row, summary) if recipe else None,
        date=date.today().isoformat(),
        cinegenre=__version__,
        command=f"cinegenre evaluate {tagger.bundle.folder.name} --data {data.name} "
        f"{f'--taxonomy {taxonomy} ' if taxonomy else ''}"
        f"--split {split} --need {','.join(wanted)}",
    )
    return Evaluation(films, scored, result)


def _chosen(
    tagger: Tagger,
    prepared: PreparedSet,
    made_for: Mapping[str, Any],
    split: str,
    need: tuple[str, ...],
    labels: str | None,
) -> tuple[list[Movie], dict[str, int]]:
    """The films to score, and the number left out by reason; `made_for` is a recipe's [data]."""
    kept, dropped = select(
        prepared.films(split, made_for.get("labels", "") if labels is None else labels),
        taxonomy=tagger.genres,
        languages=tuple(made_for.get("languages", ())),
        drop_genres=tuple(made_for.get("drop_genres", ())),
        need=need,
        any_of=tagger.bundle.fields,
    )
    films = list(kept)
    if not films:
        raise UserError(
            f"split {split!r} of {prepared.folder} has no film with {', '.join(need)}",
            "ask for fewer inputs",
        )
    return films, dict(dropped)


def _masked(
    tagger: Tagger, films: Sequence[Movie], encoded: Features
) -> tuple[list[Movie], Features]:
    """The films without genre words, and their features; those of posters are reused."""
    hidden = [masked(film, tagger.genres) for film in films]
    inputs = tagger.bundle.inputs
    texts = [name for name, reads in inputs.items() if not isinstance(reads, PosterInput)]
    if not texts:
        return hidden, encoded
    anew = tagger.runtime.encode(hidden, texts)
    present = encoded.present.copy()
    present[:, [list(inputs).index(name) for name in texts]] = anew.present
    return hidden, Features({**encoded.features, **anew.features}, present, encoded.faults)


def modes(tagger: Tagger, films: Sequence[Movie], encoded: Features) -> tuple[ModeFigures, ...]:
    """The figures of every set of inputs, on the films that have all inputs of the set.

    Up to `MODES` sets have bootstrap intervals.
    """
    truth, found = truth_of(films, tagger.genres), list(score_modes(tagger.runtime, films, encoded))
    samples = DRAWS if len(found) <= MODES else 0
    return tuple(_mode(tagger, truth, mode, samples) for mode in found)


def _mode(tagger: Tagger, truth: np.ndarray, mode: Mode, samples: int) -> ModeFigures:
    scored = score_mode(tagger, truth, mode)
    return ModeFigures(
        inputs=mode.inputs,
        other_language=mode.is_other_language,
        films=len(mode.rows),
        figures=headline(scored),
        calibration=_worst(scored),
        intervals=_intervals(scored, samples) if samples else None,
    )


def _intervals(scored: Scored, samples: int) -> dict[str, Ends]:
    drawn = draws(len(scored.truth), samples)
    return {
        "micro_f1": ends(percentiles(micro_f1(scored.truth, scored.decided, drawn))),
        "macro_ap": ends(percentiles(macro_ap(scored.truth, scored.raw, drawn))),
    }


def _worst(scored: Scored) -> WorstCalibration | None:
    """The largest calibration error and smallest Brier skill of genres with `MANY` films."""
    many = np.flatnonzero(scored.truth.sum(axis=0) >= MANY)
    if not len(many):
        return None
    truth, scores = scored.truth[:, many], scored.scores[:, many]
    error, skill = expected_calibration_error(truth, scores), brier_skill(truth, scores)
    names = [scored.genres[g] for g in many]
    return WorstCalibration(
        genres=len(many),
        error={"mean": error.mean(), "worst": error.max(), "of": names[error.argmax()]},
        error_by_chance={"mean": chance_error(scores).mean()},
        skill={"mean": skill.mean(), "worst": skill.min(), "of": names[skill.argmin()]},
    )
