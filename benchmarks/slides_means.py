"""What kind of mean the figures of the recipe cnn_lstm_slides can be: arithmetic, not speed.

Its slides give accuracy, precision, recall, F1 and ROC-AUC without saying over what they are
averaged. A figure that is a ratio of two counts shows it in its sixteen digits, and a mean of F1s
has a bound.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from struct import pack, unpack
from typing import Any

from .common import NotGiven, Options, Report

GENRES = 18
FILMS = {"train": 29568, "test": 8214, "validation": 3286}
"""The slides name 41,069 films in all; these are 41,068."""


@dataclass(frozen=True)
class Stated:
    """A model's figures as the slides print them."""

    batch: int
    accuracy: str
    precision: str
    recall: str
    f1: str
    roc_auc: str = ""


MODELS = {
    "model 0": Stated(128, "0.8192975012049812", "0.6106609321248502", "0.6403235611810117",
                      "0.62531638610571"),
    "model 1": Stated(256, "0.8955306658009362", "0.6683886877013445", "0.7197389648150766",
                      "0.693114039648153441", "0.8734835137324075"),
}  # fmt: skip


def run(options: Options) -> Report:
    """The tests of each figure; with --data beside the labels that films really have."""
    films, shares = _real(options.data) if options.data else ({}, None)
    labels = films.get("with a genre")
    columns = {name: _column(stated, labels) for name, stated in MODELS.items()}
    if shares is not None:
        for column in columns.values():
            column["micro ROC-AUC of each genre's share, whatever the film"] = shares
    rows = [(key, *(_shown(column[key]) for column in columns.values()))
            for key in columns["model 0"]]  # fmt: skip
    return Report(("", *columns), rows, columns | {"labels_a_film": films}, _notes(films))


def simplest(text: str) -> Fraction:
    """The fraction of the smallest denominator within two units of the last digit of `text`."""
    value = Fraction(text)
    slack = Fraction(2, 10 ** min(len(text.partition(".")[2]), 16))
    return _between(value - slack, value + slack)


def is_count(text: str, decisions: int) -> bool:
    """Whether `text` is a ratio of counts that are not above `decisions`: a micro figure.

    With or without the 1e-7 that Keras's custom metrics add to the denominator.
    """
    if simplest(text).denominator <= decisions:
        return True
    value = float(text)
    hits = (value * (count + 1e-7) for count in range(1, decisions + 1))
    return any(abs(hit - round(hit)) < 1e-9 for hit in hits)


def is_mean_over_films(text: str, films: int) -> bool:
    """Whether `text` is a mean over films of ratios with denominators up to the 18 genres."""
    parts = films * lcm(*range(1, GENRES + 1))
    return _near_whole(Fraction(text) * parts, parts * 1e-14)  # sums in doubles


def is_mean_over_batches(text: str, films: int, batch: int) -> bool:
    """Whether `text` is a plain mean of batches' element-wise accuracies, single precision."""
    full, last = divmod(films, batch)
    parts = (full + (last > 0)) * lcm(batch * GENRES, (last or batch) * GENRES)
    return _near_whole(Fraction(text) * parts, parts * 1e-8)


def is_area(text: str, decisions: int) -> bool:
    """Whether `text` is the ROC-AUC of so many decisions pooled: a micro figure.

    That is a count of pairs, halves for ties, of positives times negatives, whatever the number of
    positives; to two units of the last digit, as a double gives it.
    """
    value = Fraction(text)
    for positives in range(1, decisions // 2 + 1):
        # The negatives may be the rarer as well: the product is the same.
        pairs = 2 * positives * (decisions - positives)
        over = value.numerator * pairs % value.denominator
        off = min(over, value.denominator - over)
        if off * 10**16 <= 2 * pairs * value.denominator:
            return True
    return False


def is_single(text: str) -> bool:
    """Whether `text` is a number in single precision, as Keras's own metrics are."""
    return bool(unpack("f", pack("f", float(text)))[0] == float(text))


def harmonic(precision: float, recall: float) -> float:
    """F1 of precision and recall; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def errors_a_label(precision: float, recall: float) -> float:
    """Wrong decisions for each true label, of micro precision and recall."""
    return (1 - recall) + recall * (1 - precision) / precision


def batch_gap(precision: float, recall: float, labels: float, batch: int) -> float:
    """The mean of batches' F1 less the harmonic mean of their mean precision and recall.

    Simulated on the slides' test films, each genre as frequent as the next, decisions at random
    with that precision and recall.
    """
    chance = random.Random(0)
    density = labels / GENRES
    false = density * recall * (1 - precision) / precision / (1 - density)
    sums = [0.0, 0.0, 0.0]
    for start in range(0, FILMS["test"], batch):
        films = min(batch, FILMS["test"] - start)
        true = hits = decided = 0
        for _ in range(films * GENRES):
            is_true = chance.random() < density
            is_decided = chance.random() < (recall if is_true else false)
            true, hits, decided = (
                true + is_true,
                hits + (is_true & is_decided),
                decided + is_decided,
            )
        one = hits / max(decided, 1), hits / max(true, 1)
        for i, figure in enumerate((*one, harmonic(*one))):
            sums[i] += figure * films / FILMS["test"]
    return sums[2] - harmonic(sums[0], sums[1])


def _column(stated: Stated, labels: float | None) -> dict[str, Any]:
    p, r = float(stated.precision), float(stated.recall)
    accuracy, test = float(stated.accuracy), FILMS["test"]
    most = max(FILMS.values()) * GENRES
    column: dict[str, Any] = {
        "accuracy": accuracy,
        "… × test films × genres": accuracy * test * GENRES,
        "… is a ratio of counts (element-wise)": is_count(stated.accuracy, most),
        "… is a mean over test films": is_mean_over_films(stated.accuracy, test),
        "… is a mean over test batches": is_mean_over_batches(stated.accuracy, test, stated.batch),
    }
    for name, text in (("precision", stated.precision), ("recall", stated.recall)):
        column |= {
            name: float(text),
            f"{name} is a ratio of counts (micro)": is_count(text, most),
            f"{name} is a mean over films (samples)": any(
                is_mean_over_films(text, films) for films in FILMS.values()
            ),
        }
    column |= {
        "F1": float(stated.f1),
        "F1 − harmonic mean of precision, recall": float(stated.f1) - harmonic(p, r),
        "the same of a mean over batches, simulated": batch_gap(p, r, labels or 2, stated.batch),
        "labels a film, were all micro": GENRES * (1 - accuracy) / errors_a_label(p, r),
    }
    area, known = stated.roc_auc, bool(stated.roc_auc)
    column |= {
        "ROC-AUC": float(area) if known else None,
        "ROC-AUC is a ratio of pairs of the test films (micro)": is_area(area, test * GENRES)
        if known
        else None,
        "ROC-AUC is in single precision": is_single(area) if known else None,
    }
    if labels:
        column |= {
            "labels a film in the data": labels,
            "accuracy of micro precision, recall there": 1 - labels / GENRES * errors_a_label(p, r),
            "accuracy of predicting nothing there": 1 - labels / GENRES,
        }
    return column


def _notes(films: dict[str, float]) -> list[str]:
    counted = ", ".join(f"{value:.2f} ({name})" for name, value in films.items())
    return [
        "Model 1's accuracy is 132,406 of the 147,852 decisions on the test films to the last "
        "digit: element-wise. Model 0's is no ratio of counts on any of the three splits, and no "
        "mean over test films or over test batches.",
        "No precision and no recall is a ratio of counts on any split, with Keras's epsilon or "
        "without, so none is micro, nor is a recall weighted by support, which is the same; none "
        "is a mean over films. Left are means over genres (macro) and over batches, as custom "
        "metrics in Keras give them.",
        "F1 is concave in precision and recall, so a mean of F1s is at most the harmonic mean of "
        "the mean precision and the mean recall with the same weights. Both stated F1s are above: "
        "neither is a mean of F1s over the parts that precision and recall are means of, be they "
        "genres, films or batches. Model 1's is computed from the stated two (nine digits agree; "
        "it has more digits than a double, so the rest may be a slip); model 0's is not.",
        "Were all figures micro on the same films, the two models' would imply different numbers "
        "of labels for one test set"
        + (f", both above those that the data has: {counted}." if films else
           " (give --data DIR for those that the data has)."),
        "The ROC-AUC is no ratio of pairs of the test films, whatever the number of labels, and no "
        "single-precision number, as Keras's own metric gives: not micro on them, so a mean over "
        "genres (macro or weighted) or over batches. On the training films the ratios lie too "
        "close together to tell.",
        "It cannot be told whether precision and recall are macro or over batches, on which films, "
        "nor what model 0's accuracy is. Compare ours by element-wise accuracy and ROC-AUC with "
        "model 1 alone, and show micro and macro figures beside the others.",
    ]  # fmt: skip


def area_of_shares(films: Counter[str], number: int) -> float:
    """The micro ROC-AUC of giving each genre its share of the films, the same to every film.

    `films` has each genre's among `number` of them.
    """
    above = sum(
        own * (number - other) * ((own > other) + (own == other) / 2)
        for own in films.values()
        for other in films.values()
    )
    positives = films.total()
    return above / (positives * (len(films) * number - positives))


def _real(data: Path) -> tuple[dict[str, float], float]:
    """Labels a film, by which films; and `area_of_shares` of those that the rows are scored on."""
    try:
        from cinegenre.data.dataset import PreparedSet
        from cinegenre.errors import UserError
        from cinegenre.taxonomy import taxonomy
    except ImportError as error:
        raise NotGiven(f"{error.name} is not installed: pip install -e '.[data]'") from None
    known = frozenset(taxonomy("tmdb-18"))
    try:
        prepared = PreparedSet.open(data)
        films = [
            (split, known.intersection(film.genres), {"overview", "poster"} <= {*film.inputs})
            for split in prepared.splits
            for film in prepared.films(split)
        ]
    except UserError as error:
        raise NotGiven(f"--data: {error}") from None
    some = [len(genres) for _, genres, _ in films if genres]
    both = [genres for _, genres, whole in films if genres and whole]
    test = [genres for split, genres, whole in films if genres and whole and split == "test"]
    labels = {
        "all films": sum(some) / len(films),
        "with a genre": sum(some) / max(len(some), 1),
        "with a genre, overview and poster": sum(map(len, both)) / max(len(both), 1),
    }
    of_genre = Counter(dict.fromkeys(known, 0))
    of_genre.update(genre for genres in test for genre in genres)
    return labels, area_of_shares(of_genre, len(test))


def _near_whole(value: Fraction, slack: float) -> bool:
    return abs(value - round(value)) <= slack


def _between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator in [low, high] (Stern and Brocot)."""
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    below = low.numerator // low.denominator
    return below + 1 / _between(1 / (high - below), 1 / (low - below))


def _shown(value: bool | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value and abs(value) < 1e-3:
        return f"{value:+.1e}"
    return f"{value:,.3f}" if value > 1 else f"{value:.4f}"
