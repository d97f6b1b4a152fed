"""`cinegenre audit` on errors planted into real labels: how many of its first findings are planted.

Films with genres, overview and poster of a prepared set's validation and test splits, which the
shipped encoders and head were not trained on; of some films one genre is taken away, to others one
is added, drawn by the genres' frequencies. Real labels have errors of their own, which count as
false alarms here: the precision is a lower bound.

- out of fold: what `cinegenre audit` ranks by;
- in sample: the same head fitted on all films, wrong labels included, asked about them;
- the shipped model: its own probabilities, which have seen no label of these films;
- random: the expectation of any order that knows nothing.
"""

from __future__ import annotations

from statistics import mean
from typing import Any

from .common import NotGiven, Options, Report, extra

FILMS = 1000
"""Films drawn, where --films does not say; fitting takes most of the time."""

RATE = 0.05
"""Of the labels: so many are taken away, and as many added."""

SEEDS = (0, 1, 2)
FIRST = (20, 50)
HEAD = ("ranked by", "errors", "planted", *(f"precision at {k}" for k in FIRST), "recall",
        "average precision")  # fmt: skip


def run(options: Options) -> Report:
    """The table, means over the draws."""
    if options.data is None:
        raise NotGiven("give --data, a prepared data set")
    extra("arro3.io", "data")
    from cinegenre.data.dataset import PreparedSet

    data = PreparedSet.open(options.data)
    films = [film for split in ("validation", "test") for film in data.films(split)
             if film.genres and {"overview", "poster"} <= set(film.inputs)]  # fmt: skip
    size = min(options.films[0] if options.films else FILMS, len(films))
    draws = [_draw(films, size, seed, options) for seed in SEEDS]
    rows = []
    for name in draws[0]["figures"]:
        for kind in ("missing", "wrong"):
            some = [draw["figures"][name][kind] for draw in draws]
            figures = [mean(one[str(key)] for one in some) for key in (*FIRST, "recall", "ap")]
            planted = mean(draw["planted"] for draw in draws)
            rows.append([name, kind, f"{planted:.0f}", *(f"{figure:.3f}" for figure in figures)])
    noise = {kind: mean(draw["noise"][kind] for draw in draws)
             for kind in ("missing", "wrong", "missing before", "wrong before")}  # fmt: skip
    notes = [
        f"{size:,} films of {len(films):,}, drawn {len(SEEDS)} times; "
        f"{RATE:.0%} of the labels taken away and as many added. Means. Recall: of the planted "
        "errors that are among the findings at all.",
        f"Estimated errors, before planting and after: missing {noise['missing before']:.0f} and "
        f"{noise['missing']:.0f}, wrong {noise['wrong before']:.0f} and {noise['wrong']:.0f}.",
    ]
    return Report(HEAD, rows, {"draws": draws}, notes)


def _draw(films: list[Any], size: int, seed: int, options: Options) -> dict[str, Any]:
    import numpy as np

    from cinegenre.audit.audit import unseen
    from cinegenre.audit.confident import judge
    from cinegenre.fit.cache import user_cache
    from cinegenre.fit.crossval import cross_fit, namesakes
    from cinegenre.fit.features import encode
    from cinegenre.fit.films import folds_of
    from cinegenre.metrics.arrays import sigmoid, truth_of
    from cinegenre.tagger import Tagger

    dice = np.random.default_rng(seed)
    some = [films[i] for i in dice.permutation(len(films))[:size]]
    runtime = Tagger.load(options.model).runtime
    base = runtime.bundle
    genres = [g for g in base.genres if sum(g in film.genres for film in some) >= 8]
    truth = truth_of(some, genres)
    given = _planted(truth, dice)
    cache = user_cache() if options.runs is None else options.runs / "features"
    whole = encode(runtime, some, cache, partial=False).whole(runtime)
    fold, prior = folds_of(_relabelled(some, genres, given), seed), namesakes(base.genres, genres)
    clean = judge(truth, unseen(cross_fit(runtime, whole, truth, fold, prior), whole))
    fitted = cross_fit(runtime, whole, given, fold, prior)
    own = runtime.base_logits(whole.features, whole.present)
    parts = [whole.features[name] for name in base.inputs]
    scores = {
        "out of fold": unseen(fitted, whole),
        "in sample": sigmoid(fitted.linear().logits(parts, own, whole.present)),
        "the shipped model": sigmoid(own)[:, [base.genres.index(genre) for genre in genres]],
    }
    planted = {"missing": truth & ~given, "wrong": given & ~truth}
    figures = {name: _figures(given, p, planted) for name, p in scores.items()}
    chance = {"missing": (~given).sum(), "wrong": given.sum()}
    figures["random"] = {
        kind: dict.fromkeys((*FIRST, "recall", "ap"), planted[kind].sum() / chance[kind])
        for kind in planted
    }
    for kind in planted:
        figures["random"][kind]["recall"] = 0.0
    noisy = judge(given, scores["out of fold"])
    noise = {
        "missing": noisy.missing_count.sum(), "wrong": noisy.wrong_count.sum(),
        "missing before": clean.missing_count.sum(), "wrong before": clean.wrong_count.sum(),
    }  # fmt: skip
    return {
        "seed": seed,
        "films": len(some),
        "genres": len(genres),
        "planted": int(planted["missing"].sum()),
        "figures": {name: {kind: {str(k) if k in FIRST else k: float(v) for k, v in one.items()}
                           for kind, one in told.items()} for name, told in figures.items()},
        "noise": {kind: float(count) for kind, count in noise.items()},
    }  # fmt: skip


def _planted(truth: Any, dice: Any) -> Any:
    """Labels with errors: bool (films, genres)."""
    import numpy as np

    given = truth.copy()
    count = round(RATE * truth.sum())
    has, lacks = np.argwhere(truth), np.argwhere(~truth)
    gone = has[dice.permutation(len(has))[:count]]
    share = truth.mean(axis=0)[lacks[:, 1]]
    come = lacks[dice.choice(len(lacks), count, replace=False, p=share / share.sum())]
    given[tuple(gone.T)] = False
    given[tuple(come.T)] = True
    return given


def _relabelled(films: list[Any], genres: list[str], given: Any) -> list[Any]:
    from dataclasses import replace

    return [
        replace(film, genres=tuple(g for g, has in zip(genres, row, strict=True) if has))
        for film, row in zip(films, given, strict=True)
    ]


def _figures(given: Any, p: Any, planted: dict[str, Any]) -> dict[str, dict[Any, float]]:
    """Precision at k, recall among the findings, and average precision over all labels."""
    import numpy as np

    from cinegenre.audit.confident import judge
    from cinegenre.metrics.ranking import average_precision

    judged = judge(given, p)
    told: dict[str, dict[Any, float]] = {}
    for kind, listed, among in (
        ("missing", judged.missing, ~given),
        ("wrong", judged.wrong, given),
    ):
        # As the command lists them: findings by score, then what it does not list.
        rank = np.where(listed, 1e9, 0) + judged.score
        true, scores = planted[kind][among], rank[among]
        order = np.argsort(-scores, kind="stable")
        told[kind] = {k: float(true[order[:k]].mean()) for k in FIRST}
        told[kind]["recall"] = float((planted[kind] & listed).sum() / planted[kind].sum())
        told[kind]["ap"] = float(average_precision(true[:, None], scores[:, None])[0])
    return told
