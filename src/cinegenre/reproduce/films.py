"""Films that the main row got right and wrong, what rows say of the same film, other pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from ..errors import BadImage
from ..evaluate import html
from ..evaluate.html import paragraph, section
from ..images import open_rgb
from ..metrics.summary import Scored
from ..movie import Movie
from . import choice
from .outcome import Outcome, Row

HIGH, WIDE = 160, 160
"""Pixels that a thumbnail fits into."""

BARS = 4
"""Genres with a bar: the likeliest, and the film's own whatever their place."""

EXAMPLES = 4
"""Films right, and wrong, where the recipe gives no number."""

COMPARED, ROWS = 5, 6
"""Films and rows of the table of predictions."""


def examples(outcome: Outcome) -> str:
    """The section: as many films right and wrong as the recipe's `examples` says, and the table of
    what several rows say of the same films."""
    best, number = choice.main_row(outcome), int(choice.settings(outcome).get("examples", EXAMPLES))
    if best is None:
        return ""
    parts = []
    if number:
        parts.append(
            paragraph(
                f"Row “{best.title}”: films whose genres it got all right, then films whose "
                "likeliest genre is wrong; of each kind the surest, no set of genres or mistaken "
                "genre twice. Bars are calibrated probabilities; ✓ is labelled, bold is decided by "
                "the fitted thresholds, orange wrongly so.",
                "soft",
            )
        )
        for heading, chosen in (
            ("Right", right(best.scored, number)),
            ("Wrong", wrong(best.scored, number)),
        ):
            cards = "".join(_card(outcome.films[i], best.scored, i) for i in chosen)
            none = paragraph("None.") if not chosen else ""
            parts.append(f'<h3>{heading}</h3>\n<div class="films">\n{cards}</div>\n{none}')
    several = choice.trained(outcome)[:ROWS]
    if len(several) > 1:
        parts.append(_same_films(outcome, several))
    return section("Films right and wrong", *parts) if parts else ""


def right(scored: Scored, number: int) -> list[int]:
    """Rows of the surest films with every genre right, no set of genres twice.

    As sure as its least sure genre: the smallest probability of what was decided.
    """
    sure = np.where(scored.truth, scored.scores, 1 - scored.scores).min(axis=1)
    good = (scored.truth == scored.decided).all(axis=1) & scored.truth.any(axis=1)
    order = [int(i) for i in np.argsort(-sure, kind="stable") if good[i]]
    return _different(order, [scored.truth[i].tobytes() for i in range(len(sure))], number)


def wrong(scored: Scored, number: int) -> list[int]:
    """Rows of the films whose likeliest genre is surest and false, no such genre twice."""
    top = scored.scores.argmax(axis=1)
    every = np.arange(len(top))
    bad = ~scored.truth[every, top]
    order = [int(i) for i in np.argsort(-scored.scores[every, top], kind="stable") if bad[i]]
    return _different(order, list(top), number)


def disagreed(truth: np.ndarray, decided: Sequence[np.ndarray], number: int) -> list[int]:
    """Rows of the films on which the rows' decisions, each (films, genres), differ most.

    That is the number of different sets; of as many, the film of which a row got all right.
    """
    sets = [len({one[i].tobytes() for one in decided}) for i in range(len(truth))]
    solved = [any((one[i] == truth[i]).all() for one in decided) for i in range(len(truth))]
    return sorted(range(len(truth)), key=lambda i: (-sets[i], not solved[i], i))[:number]


def everyday(outcome: Outcome) -> str:
    """The section of `about["pictures"]`: what was said of pictures that are no posters."""
    cards = []
    for picture in outcome.about.get("pictures", ()):
        path, scores = Path(picture["path"]), picture["scores"]
        top = sorted(scores, key=lambda genre: -scores[genre])[: BARS + 1]
        bars = "".join(_bar(genre, scores[genre], False, False) for genre in top)
        cards.append(_film(path.stem.replace("_", " "), "", path, bars))
    if not cards:
        return ""
    return section("Everyday pictures", f'<div class="films">\n{"".join(cards)}</div>\n')


def thumbnail(poster: str | Path | bytes | None) -> bytes | None:
    """A small JPEG; None where there is no poster or it cannot be read."""
    if poster is None:
        return None
    try:
        image = open_rgb(poster, at_least=(WIDE, HIGH))
    except BadImage:
        return None
    image.thumbnail((WIDE, HIGH))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _same_films(outcome: Outcome, several: Sequence[Row]) -> str:
    truth = several[0].scored.truth
    decided = [row.scored.raw >= 0.5 for row in several]

    def said(genres: np.ndarray) -> str:
        return ", ".join(outcome.genres[g] for g in np.flatnonzero(genres)) or html.NONE

    lines = [
        [_named(outcome.films[i]), said(truth[i]), *(said(one[i]) for one in decided)]
        for i in disagreed(truth, decided, COMPARED)
    ]
    return html.table(
        "Predictions at 0.5 for the films that the rows disagree on most",
        ("film", "labelled", *(row.title for row in several)),
        lines,
        kind="words",
    )


def _different(order: Sequence[int], what: Sequence[object], number: int) -> list[int]:
    """The first `number` of `order` with something different each; repeats only to fill up."""
    first: dict[object, int] = {}
    for i in order:
        first.setdefault(what[i], i)
    fresh = list(first.values())[:number]
    return fresh + [i for i in order if i not in set(fresh)][: number - len(fresh)]


def _card(film: Movie, scored: Scored, i: int) -> str:
    likely = np.argsort(-scored.scores[i], kind="stable")
    shown = [g for place, g in enumerate(likely) if place < BARS or scored.truth[i, g]]
    bars = "".join(
        _bar(scored.genres[g], scored.scores[i, g], scored.truth[i, g], scored.decided[i, g])
        for g in shown
    )
    labelled = [genre for genre, has in zip(scored.genres, scored.truth[i], strict=True) if has]
    return _film(_named(film), ", ".join(labelled), film.poster, bars)


def _film(name: str, below: str, poster: str | Path | bytes | None, bars: str) -> str:
    data = thumbnail(poster)
    if data is None:
        image = '<div class="poster none">no poster</div>'
    else:
        text = base64.b64encode(data).decode("ascii")
        image = f'<img class="poster" src="data:image/jpeg;base64,{text}" alt="">'
    line = f"<p>{escape(below)}</p>\n" if below else ""
    return (
        f'<article>\n{image}\n<div class="said">\n<h4>{escape(name)}</h4>\n{line}'
        f"<ul>\n{bars}</ul>\n</div>\n</article>\n"
    )


def _bar(genre: str, score: float, labelled: bool, decided: bool) -> str:
    mark = "\u00a0✓" if labelled else ""
    kinds = ("decided" if labelled else "decided false") if decided else ""
    kind = f' class="{kinds}"' if kinds else ""
    return (
        f"<li{kind}><span>{escape(genre)}{mark}</span>"
        f'<span class="track"><span style="width:{100 * score:.0f}%"></span></span>'
        f"<span>{100 * score:.0f}\u00a0%</span></li>\n"
    )


def _named(film: Movie) -> str:
    name = film.title or film.id or "untitled"
    return name if film.year is None else f"{name} ({film.year})"


STYLE = """
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
h4 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
tbody th { white-space: normal; min-width: 9rem; }
table.wide { font-size: .84rem; }
table.wide th, table.wide td { padding: .26rem .38rem; }
table.words thead th { text-align: left; }
table.words tbody th { vertical-align: top; }
table.words td { white-space: normal; text-align: left; min-width: 4.5rem; vertical-align: top; }
.films { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr));
  gap: 1rem 1.6rem; }
.films article { display: flex; gap: .9rem; align-items: flex-start; break-inside: avoid;
  min-width: 0; }
.films .poster { width: 6.4rem; flex: none; }
.films .none { height: 9.2rem; border: 1px dashed var(--line); color: var(--soft);
  font-size: .8rem; display: grid; place-items: center; }
.films .said { flex: 1; min-width: 0; font-size: .86rem; }
.films p { margin: .1rem 0 .4rem; color: var(--soft); }
.films ul { list-style: none; margin: 0; padding: 0; }
.films li { display: grid; grid-template-columns: 8.4rem 1fr 3rem; gap: .5rem;
  align-items: center; max-width: none; }
.films li span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.films li.decided { font-weight: 650; }
.films .track { background: var(--band); height: .6rem; }
.films .track span { display: block; height: 100%; background: var(--soft); }
.films .decided .track span { background: var(--accent); }
.films .false .track span { background: #e69f00; }
@media (max-width: 40rem) { .films { grid-template-columns: 1fr; }
}
@media print { .films .track, .films .track span { print-color-adjust: exact; } }
"""
"""CSS of the cards, beside the reports' own."""
