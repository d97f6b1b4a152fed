"""`cinegenre fit` on IMDb's genres, beside what needs no cinegenre, at growing numbers of films.

The label set `imdb` of a prepared data set; films with overview and poster. Drawn from its training
films, scored on all its test films. Every method has the same films, the same five folds to choose
its penalty on, and thresholds by the same rule from its cross-validated scores.

- ours: `cinegenre fit` on the shipped bundle (or --model), and the same from title and overview;
- TF-IDF: words and pairs of words of title, overview and companies, logistic regression;
- MiniLM: its sentence vectors of title and overview, untuned, logistic regression.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from .common import NotGiven, Options, Report, cinegenre, extra, scratch, timed

SIZES = {100: 3, 300: 3, 1000: 3, 3000: 1}
"""Numbers of training films, and how often each is drawn."""

UNSEEN = 500
"""Validation films for the point on films that the encoders have not learned from."""

TIMED = 1000
METHODS = ("ours", "ours, title and overview", "TF-IDF", "MiniLM")
HEAD = ("films", "drawn from", "genres fitted", "method", "macro AP", "macro F1", "micro F1")
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""C of scikit-learn's logistic regression; the best on the folds is taken."""


def run(options: Options) -> Report:
    """The curve, the point on films unseen, and the time of 1,000 films."""
    if options.data is None:
        raise NotGiven("give --data, a data set prepared with --labels imdb=…")
    if options.weights is None:
        raise NotGiven("give --weights, a folder with minilm")
    extra("sklearn", "dev")
    extra("transformers", "transformers")
    from cinegenre.data.dataset import PreparedSet

    data = PreparedSet.open(options.data)
    pools = {
        split: [film for film in data.films(split, "imdb")
                if film.genres and {"overview", "poster"} <= set(film.inputs)]
        for split in ("train", "validation", "test")
    }  # fmt: skip
    with scratch() as folder:
        bench = Bench(pools, options, folder)
        draws = [("train", n, s) for n, seeds in SIZES.items() for s in range(seeds)]
        curve = [bench.draw(*draw) for draw in draws]
        unseen = [bench.draw(split, min(UNSEEN, len(pools[split])), seed)
                  for split in ("train", "validation") for seed in range(3)]  # fmt: skip
        seconds = _time(pools["train"], options, folder)
    if options.runs is not None:
        means = {name: [(n, _mean(curve, n, name)) for n in SIZES] for name in METHODS}
        draw(means, options.runs / "few_shot.png")
    rows = [line for some in (curve, unseen) for line in _lines(some)]
    notes = [
        f"Scored on {len(pools['test']):,} test films. Macro AP: mean over the genres with 10 test "
        "films; one with fewer than 8 training films is fitted by no method and counts with its "
        "share of the test films. F1 likewise, 0 for a genre not fitted. Means of the draws.",
        "Encoders and base head have learned TMDB's genres of the training films, not of the "
        "validation films; early stopping looked at those.",
        f"{TIMED:,} films with posters, from table to evaluated bundle: {seconds:.1f} s, "
        "nothing cached.",
    ]
    return Report(HEAD, rows, {"curve": curve, "unseen": unseen, "seconds": seconds}, notes)


def draw(means: dict[str, list[tuple[int, float]]], path: Path) -> None:
    """The curve: macro AP by the number of films, a line a method."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    looks = zip(("#0072b2", "#56b4e9", "#999999", "#e69f00"), "osv^", strict=True)
    for (name, line), (colour, mark) in zip(means.items(), looks, strict=True):
        films, figures = zip(*line, strict=True)
        axes.plot(films, figures, color=colour, marker=mark, label=name)
    axes.set_xscale("log")
    axes.set_xticks(list(SIZES), [f"{n:,}" for n in SIZES])
    axes.minorticks_off()
    axes.set(ylim=(0, 0.75), xlabel="films fitted on",
             ylabel="macro average precision")  # fmt: skip
    axes.legend(loc="lower right", frameon=False)
    axes.grid(color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def _mean(curve: Sequence[dict[str, Any]], films: int, method: str) -> float:
    of: list[float] = [
        told["figures"][method]["macro_ap"] for told in curve if told["films"] == films
    ]
    return mean(of)


@dataclass(frozen=True)
class Told:
    """What a method says of the test films: scores and decisions, (films, genres)."""

    scores: Any
    decided: Any


class Bench:
    """The films, and every method's view of them, computed once."""

    def __init__(self, pools: dict[str, list[Any]], options: Options, folder: Path) -> None:
        import numpy as np

        from cinegenre.metrics.arrays import truth_of

        self.pools, self.folder, self.model = pools, folder, options.model
        self.cache = (options.runs or folder) / "features"
        self.genres = sorted({g for pool in pools.values() for film in pool for g in film.genres})
        self.truth = truth_of(pools["test"], self.genres)
        self.counted = np.flatnonzero(self.truth.sum(axis=0) >= 10)
        assert options.weights is not None
        self.vectors = {
            split: _kept(
                self.cache / f"minilm-{split}.npy",
                len(pool),
                partial(sentence_vectors, options.weights / "minilm", [_said(f) for f in pool]),
            )
            for split, pool in pools.items()
        }

    def draw(self, split: str, films: int, seed: int) -> dict[str, Any]:
        """Every method on so many films of a split: macro AP, macro F1, micro F1."""
        import numpy as np

        from cinegenre.fit.films import folds_of
        from cinegenre.metrics.arrays import truth_of

        pool = self.pools[split]
        rows = np.random.default_rng(seed).permutation(len(pool))[:films]
        some = [pool[i] for i in rows]
        truth = truth_of(some, self.genres)
        known = np.minimum(truth.sum(axis=0), len(truth) - truth.sum(axis=0)) >= 8
        known = np.flatnonzero(known)
        fold = folds_of(some)
        test = self.pools["test"]
        methods: dict[str, Callable[[], Told]] = {
            "ours": lambda: self.ours(some, test, f"{split}-{films}-{seed}"),
            "ours, title and overview": lambda: self.ours(
                _texts_only(some), _texts_only(test), f"{split}-{films}-{seed}-text"
            ),
            "TF-IDF": lambda: self.regression(_tf_idf(some, test), truth, known, fold),
            "MiniLM": lambda: self.regression(
                lambda train: (self.vectors[split][rows], self.vectors["test"]), truth, known, fold
            ),
        }
        figures = {name: self.judge(method()) for name, method in methods.items()}
        fitted = len(set(known.tolist()) & set(self.counted.tolist()))
        said = ", ".join(f"{name} {told['macro_ap']:.3f}" for name, told in figures.items())
        print(f"  {films:,} {split} films: macro AP {said}", file=sys.stderr, flush=True)
        return {"split": split, "films": films, "seed": seed, "fitted": fitted,
                "counted": len(self.counted), "figures": figures}  # fmt: skip

    def ours(self, films: list[Any], test: list[Any], name: str) -> Told:
        """`cinegenre fit`, and its bundle's predictions."""
        import numpy as np

        from cinegenre.fit import fit
        from cinegenre.fit.features import encode
        from cinegenre.tagger import Tagger

        out = self.folder / name
        fit(films, out, model=self.model, cache=self.cache)
        tagger = Tagger.load(out)
        whole = encode(tagger.runtime, test, self.cache, partial=False).whole(tagger.runtime)
        logits = tagger.runtime.classify(whole.features, whole.present)
        _, situations = tagger.situations(test, whole)
        scores, decided = np.zeros(self.truth.shape), np.zeros(self.truth.shape, bool)
        at = [self.genres.index(genre) for genre in tagger.genres]
        scores[:, at], decided[:, at] = tagger.decide(logits, situations)
        return Told(scores, decided)

    def regression(
        self, columns: Callable[[Any], tuple[Any, Any]], truth: Any, known: Any, fold: Any
    ) -> Told:
        """scikit-learn's logistic regression; `columns` gives those of training and test films."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        from cinegenre.metrics.calibration import Calibration
        from cinegenre.metrics.ranking import average_precision

        def chance(x: Any, y: Any, to: Any, strength: float) -> Any:
            if y.all() or not y.any():
                return np.full(to.shape[0], float(y.mean()))
            solver = "lbfgs" if isinstance(x, np.ndarray) else "liblinear"
            model = LogisticRegression(C=strength, solver=solver, max_iter=1000)
            return model.fit(x, y).predict_proba(to)[:, 1]

        unseen = np.zeros((len(STRENGTHS), len(truth), len(known)))
        for k in np.unique(fold):
            x, _ = columns(fold != k)
            for i, strength in enumerate(STRENGTHS):
                for g, genre in enumerate(known):
                    unseen[i, fold == k, g] = chance(
                        x[fold != k], truth[fold != k, genre], x[fold == k], strength
                    )
        figures = [average_precision(truth[:, known], scores).mean() for scores in unseen]
        best = int(np.argmax(figures))
        strength = STRENGTHS[best]
        x, to = columns(np.ones(len(truth), bool))
        said = np.stack([chance(x, truth[:, g], to, strength) for g in known], axis=1)
        fitted = Calibration.fit(truth[:, known], unseen[best], [self.genres[g] for g in known])
        scores, decided = np.zeros(self.truth.shape), np.zeros(self.truth.shape, bool)
        scores[:, known] = fitted.apply(said)
        decided[:, known] = fitted.decide(scores[:, known])
        return Told(scores, decided)

    def judge(self, told: Told) -> dict[str, float]:
        from cinegenre.metrics.decisions import averages
        from cinegenre.metrics.ranking import average_precision

        truth = self.truth[:, self.counted]
        means = averages(truth, told.decided[:, self.counted])
        return {
            "macro_ap": float(average_precision(truth, told.scores[:, self.counted]).mean()),
            "macro_f1": means["macro"]["f1"],
            "micro_f1": means["micro"]["f1"],
        }


def sentence_vectors(folder: Path, texts: Sequence[str]) -> Any:
    """MiniLM's sentence vectors (texts, 384): means over the tokens, of length 1."""
    import numpy as np
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float32)
    order = np.argsort([len(text) for text in texts])
    for start in range(0, len(order), 64):
        rows = order[start : start + 64]
        batch = tokenizer([texts[i] for i in rows], padding=True, truncation=True, max_length=256,
                          return_tensors="pt")  # fmt: skip
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        means = (states * mask).sum(dim=1) / mask.sum(dim=1)
        vectors[rows] = torch.nn.functional.normalize(means, dim=1).numpy()
    return vectors


def _kept(path: Path, films: int, make: Callable[[], Any]) -> Any:
    """What `make` gives, kept beside the features: an array of so many films."""
    import numpy as np

    if not path.exists() or len(np.load(path, mmap_mode="r")) != films:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.load(path)


def _tf_idf(films: list[Any], test: list[Any]) -> Callable[[Any], tuple[Any, Any]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{_said(film)} {' '.join(film.companies)}" for film in films]
    to = [f"{_said(film)} {' '.join(film.companies)}" for film in test]

    def columns(train: Any) -> tuple[Any, Any]:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english")
        words.fit([text for text, here in zip(texts, train, strict=True) if here])
        return words.transform(texts), words.transform(to)

    return columns


def _said(film: Any) -> str:
    return f"{film.title or ''}. {film.overview or ''}"


def _texts_only(films: list[Any]) -> list[Any]:
    return [replace(film, poster=None, companies=(), people=()) for film in films]


def _time(films: list[Any], options: Options, folder: Path) -> float:
    """Seconds of `cinegenre fit` on a table of films with posters beside it."""
    table = folder / "films.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "title", "overview", "companies", "poster", "genres"))
        for film in films[:TIMED]:
            (folder / f"{film.id}.jpg").write_bytes(film.poster)
            rows.writerow((film.id, film.title, film.overview, "|".join(film.companies),
                           f"{film.id}.jpg", "|".join(film.genres)))  # fmt: skip
    model = [] if options.model is None else ["--model", str(options.model)]
    words = [cinegenre(), "fit", table, "--out", folder / "timed", "--no-cache", *model]
    return timed([str(word) for word in words]).seconds


def _lines(draws: list[dict[str, Any]]) -> Iterator[list[str]]:
    """A line for each number of films and method, the means of the draws."""
    for split, films in dict.fromkeys((draw["split"], draw["films"]) for draw in draws):
        some = [draw for draw in draws if (draw["split"], draw["films"]) == (split, films)]
        fitted = f"{mean(draw['fitted'] for draw in some):.1f} of {some[0]['counted']}"
        for method in some[0]["figures"]:
            values = [mean(draw["figures"][method][name] for draw in some)
                      for name in ("macro_ap", "macro_f1", "micro_f1")]  # fmt: skip
            yield [f"{films:,}", split, fitted, method, *(f"{value:.3f}" for value in values)]
