"""Splits films for training and evaluation, by a given split or one of our own, without leaks.

Both functions return the name of each film's split, and some counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..errors import UserError, shown
from ..movie import Movie
from . import groups, stratify
from .dhash import Hash, near_pairs

SPLITS = ("train", "validation", "test")
UNLISTED = "unlisted"
"""The split of films that a given split does not list, and of training films that would leak."""


def given(
    films: Sequence[Movie], hashes: Sequence[Hash | None], listed: Mapping[str, str]
) -> tuple[list[str], Counter[str]]:
    """Use the split in `listed` (film id → split); films that it does not list are "unlisted".

    A training film with the overview of a validation or test film, or nearly the same poster, is
    removed from training. Raises `UserError` if no film is listed.
    """
    names = [listed.get(film.id or "", UNLISTED) for film in films]
    if films and set(names) == {UNLISTED}:
        raise UserError(
            f"the split lists none of the films (it has ids like {shown(next(iter(listed), ''))},"
            f" the films like {shown(films[0].id)})",
            "give the split of this source",
        )
    counts: Counter[str] = Counter()
    judged = {
        groups.same_overview(film.overview)
        for film, name in zip(films, names, strict=True)
        if name in ("validation", "test")
    } - {""}
    leaks = {
        i: "same overview as a validation or test film"
        for i, film in enumerate(films)
        if names[i] == "train" and groups.same_overview(film.overview) in judged
    }
    for pair in near_pairs(hashes):
        for i, j in (pair, pair[::-1]):
            if names[i] == "train" and names[j] in ("validation", "test"):
                leaks.setdefault(i, "same poster as a validation or test film")
    for i, reason in leaks.items():
        names[i] = UNLISTED
        counts[reason] += 1
    return names, counts


def own(
    films: Sequence[Movie],
    hashes: Sequence[Hash | None],
    proportions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
) -> tuple[list[str], Counter[str]]:
    """Make a split that is stratified by genres and keeps groups together (`groups`, `stratify`).

    `proportions` are those of train, validation and test. The same films, seed and proportions give
    the same split, whatever the order of the films.
    """
    if len(proportions) != 3 or min(proportions) < 0 or abs(sum(proportions) - 1) > 1e-6:
        raise UserError(
            f"the proportions are {shown(list(proportions))}",
            "give three that sum to 1, as 0.8 0.1 0.1",
        )
    order = sorted(range(len(films)), key=lambda i: films[i].id or "")
    ordered = [films[i] for i in order]
    joined = groups.together(ordered, [hashes[i] for i in order])
    labels = [[stratify.labels_of(ordered[i]) for i in group] for group in joined]
    names = [""] * len(films)
    for group, part in zip(joined, stratify.deal(labels, proportions, seed), strict=True):
        for i in group:
            names[order[i]] = SPLITS[part]
    noted = groups.sizes(joined)
    return names, Counter({
        "groups of films kept together": noted["groups"],
        "films in them": noted["films"],
        "films in the largest": noted["largest"],
    })  # fmt: skip
