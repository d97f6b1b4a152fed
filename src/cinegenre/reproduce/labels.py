"""Statistics of the labels: frequencies before and after oversampling, and co-occurrences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..pages.html import Html, paragraph, section, table
from ..pages.panels import BLUE, bare, figure, percent, ruled
from ..pages.panels import named as cut
from ..pages.values import number
from . import choice
from .album import Album, heatmap
from .outcome import Outcome

Frequencies = Mapping[str, Mapping[str, float]]


def labels(outcome: Outcome, album: Album) -> Html:
    """The section: frequencies, co-occurrences, and each label's contribution to weighted F1."""
    truth = next(iter(outcome.rows.values())).scored.truth
    return section(
        "Labels",
        _frequencies(outcome),
        album.show(
            "genres",
            draw_shares(outcome.genres, truth, "test films"),
            "Bars of the share of test films that has each genre",
            "A film has several genres, so the shares add up to more than 100 %.",
        ),
        album.show(
            "cooccurrence",
            draw_together(outcome.genres, truth),
            "A heat map of how often films of one genre also have another",
            "Read along a row: the percentage of this genre’s films that also have the column’s "
            "genre. The diagonal gives the number of films.",
        ),
        *_per_label(outcome, truth),
        *_whole(outcome, album),
    )


def _whole(outcome: Outcome, album: Album) -> list[Html]:
    """The same plots for all films of the data set and all genres of the label set."""
    looked = outcome.survey
    if looked is None or not choice.settings(outcome).get("whole_set") or not looked.genres:
        return []
    return [
        album.show(
            "all_genres",
            draw_shares(looked.genres, looked.truth, "films of the whole data set"),
            "Bars of the share of all films that has each genre of the label set",
            f"All {len(looked.genres)} genres of the label set, over the training, validation and "
            "test films that have the required inputs. The paper shows the same plot.",
        ),
        album.show(
            "all_cooccurrence",
            draw_together(looked.genres, looked.truth),
            "A heat map of how often films of one genre also have another, for all genres",
            "Read along a row, as above.",
        ),
    ]


def together(truth: np.ndarray) -> np.ndarray:
    """The share of a row's films that have the column's genre: (genres, genres), NaN if none."""
    both = truth.T.astype(float) @ truth
    films = np.diag(both)[:, None]
    return np.asarray(np.divide(both, films, out=np.full(both.shape, np.nan), where=films > 0))


def draw_shares(genres: tuple[str, ...], truth: np.ndarray, what: str) -> Any:
    """Bars of the genre distribution, the most common genre on top."""
    shares, films = truth.mean(axis=0), truth.sum(axis=0)
    order = np.argsort(-shares, kind="stable")
    drawn = figure(7.5, 1.2 + 0.27 * len(genres))
    axes = drawn.add_subplot()
    axes.barh(range(len(genres)), shares[order], color=BLUE)
    axes.set_yticks(range(len(genres)), [f"{cut(genres[g])} ({films[g]:,})" for g in order])
    axes.set(ylim=(len(genres) - 0.4, -0.6), title=f"Genres of the {len(truth):,} {what}")
    axes.xaxis.set_major_formatter(percent)
    axes.set_xlabel("share of films")
    ruled(axes, "x")
    return bare(drawn)


def draw_together(genres: tuple[str, ...], truth: np.ndarray) -> Any:
    """A heat map of co-occurrences in per cent of the row's genre; film counts on the diagonal."""
    share, films = together(truth), truth.sum(axis=0)
    np.fill_diagonal(share, np.nan)
    texts = [
        [
            f"{films[y]:,}" if x == y else "" if np.isnan(value) else f"{100 * value:.0f}"
            for x, value in enumerate(row)
        ]
        for y, row in enumerate(share)
    ]
    size = len(genres)
    drawn = figure(max(6.0, 2.0 + 0.43 * size), max(3.5, 1.9 + 0.36 * size))
    axes = drawn.add_subplot()
    top = float(np.nanmax(share)) if np.isfinite(share).any() else 1.0
    heatmap(axes, share, texts, 0.0, max(top, 0.01), size=8)
    axes.set_xticks(
        range(size), list(map(cut, genres)), rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_yticks(range(size), list(map(cut, genres)))
    axes.set(xlabel="also have this genre (%)", ylabel="films of this genre")
    axes.set_title("Genres that occur together")
    return drawn


def _frequencies(outcome: Outcome) -> Html:
    """A table of the shares of films before and after oversampling, the paper's and ours."""
    if not choice.settings(outcome).get("frequency_table"):
        return Html()
    paper: Frequencies = outcome.tables.get("published", {}).get("frequencies", {})
    found = [training.oversampled for _, training in choice.trainings(outcome)]
    oversampled = next(filter(None, found), None)
    ours: Frequencies = oversampled.frequencies if oversampled else {}
    truth = next(iter(outcome.rows.values())).scored.truth
    held = dict(zip(outcome.genres, truth.mean(axis=0), strict=True))

    def cells(genre: str) -> list[str]:
        theirs, of_ours = paper.get(genre, {}), ours.get(genre, {})
        values = [theirs.get("before"), theirs.get("after"), theirs.get("validation")]
        values += [of_ours.get("before"), of_ours.get("after"), float(held[genre])]
        return [number(value, 2) for value in values]

    return table(
        "Share of films with each label: in training before and after oversampling, and held out",
        ("genre", *("before", "after", "held out") * 2),
        [[genre, *cells(genre)] for genre in outcome.genres],
        groups=(("", 1), ("paper", 3), ("ours", 3)),
    )


def _per_label(outcome: Outcome, truth: np.ndarray) -> list[Html]:
    """A table of frequency × F1 per label: weighted F1 is their sum over the sum of frequencies."""
    asked = choice.settings(outcome).get("per_label")
    chosen = choice.named(outcome, asked["rows"]) if asked else []
    if not chosen:
        return []
    published = outcome.tables.get("published", {})
    paper = published.get("per_label", {})
    share = truth.mean(axis=0)
    lines = []
    for g, genre in enumerate(outcome.genres):
        cells = [genre]
        for row in chosen:
            ours = share[g] * row.result.summary.by_genre[g].at_half.f1
            cells += [number(paper.get(row.name, {}).get(genre), 2), number(float(ours), 2)]
        lines.append(cells)
    shown = table(
        "Share of films × F1 at 0.5 for every label",
        ("label", *("paper", "ours") * len(chosen)),
        lines,
        groups=(("", 1), *((row.title, 2) for row in chosen)),
    )
    held = sum(each.get("validation", 0) for each in published.get("frequencies", {}).values())
    texts = ["Weighted F1 is the sum of a column divided by the sum of the labels’ shares."]
    for row in chosen:
        total = sum(paper.get(row.name, {}).values())
        if total and held:
            given = published.get(row.name, {}).get("weighted_f1")
            beside = f", where the paper gives {number(given)}" if given is not None else ""
            texts.append(
                f"The paper’s column “{row.title}” sums to {total:.2f}, its held-out shares to "
                f"{held:.2f}: together {total / held:.3f}{beside}."
            )
    return [shown, paragraph(" ".join(texts), "soft")]
