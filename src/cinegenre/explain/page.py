"""An explanation as one HTML page. Every text that comes in here is escaped here."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from .heat import picture, png
from .result import Effect, Explanation, Reasons, Word
from .style import STYLE
from .units import NAMES, spans

SHOWN = 8
"""Bars at least; every decided and every explained genre has one."""

POSTER = 450
"""Height of the page's pictures in pixels."""

_WEAK = 0.12
"""Words below this share of the strongest are not marked."""

_FLOOR = 0.15
"""Log-odds of the strongest word below which all marks are pale."""


def page(found: Explanation) -> str:
    """The whole page, which needs no other file and runs no script."""
    film, said = found.film, found.prediction
    title = film.title or film.id or "A film"
    genres = ", ".join(said.genres) or "none of its genres"
    lead = f"{said.model} says {genres}, from {_listed(said.inputs)}."
    note = f'<p class="note">{escape(said.note)}</p>\n' if said.note else ""
    sections = "".join(_section(found, genre, reasons) for genre, reasons in found.genres.items())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: why these genres</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<header>
<h1 dir="auto">{escape(title)}</h1>
<p class="lead">{escape(lead)}</p>
{note}</header>
<div class="top">
<section>
<h2>Genres</h2>
{_bars(found)}</section>
{_poster(found)}</div>
{sections}{_reading()}</main>
</body>
</html>
"""


def _bars(found: Explanation) -> str:
    said = found.prediction
    ranked = sorted(said.scores.items(), key=lambda item: -item[1])
    rows = []
    for i, (genre, score) in enumerate(ranked):
        decided = genre in said.genres
        if i >= SHOWN and not decided and genre not in found.genres:
            continue
        mark = "\u00a0✓" if decided else ""
        name = escape(genre) + mark
        if genre in found.genres:
            name = f'<a href="#{_anchor(found, genre)}">{name}</a>'
        limit = found.thresholds[genre]
        rows.append(
            f'<tr{" class=decided" if decided else ""}><th scope="row">{name}</th>'
            f'<td class="bar"><div aria-hidden="true"><i style="width:{score:.1%}"></i>'
            f'<b style="left:{limit:.1%}"></b></div></td>'
            f"<td>{score:.2f}</td><td>{limit:.2f}</td></tr>\n"
        )
    heads = '<th scope="col">genre</th><td></td><th scope="col">chance</th>'
    return (
        f'<table class="bars"><thead><tr>{heads}<th scope="col">decided from</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>\n"
    )


def _section(found: Explanation, genre: str, reasons: Reasons) -> str:
    verdict = "decided" if reasons.decided else "not decided"
    words = _texts(found, reasons)
    heat = found.overlay(genre, height=POSTER)
    figure = ""
    if heat is not None and reasons.poster is not None:
        weights = reasons.poster
        sides = [float(part.sum()) for part in (weights.clip(0), weights.clip(None, 0))]
        reading = (
            f"Orange speaks for {genre}, blue against it. All that speaks for it together: "
            f"{_signed(sides[0])}; against it: {_signed(sides[1])}."
        )
        alt = f"The poster in grey, coloured where it speaks for or against {genre}"
        figure = _figure(heat, alt, reading)
    return (
        f'<section class="genre" id="{_anchor(found, genre)}">\n<h2>{escape(genre)} '
        f"<small>{reasons.probability:.2f}, {verdict} (from {reasons.threshold:.2f})</small></h2>\n"
        f'{_inputs(reasons)}<div class="{"halves" if figure and words else "whole"}">\n'
        f"<div>{words}</div>\n{figure}</div>\n</section>\n"
    )


def _inputs(reasons: Reasons) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_chance(effect.without)}</td>'
        f"<td>{_moved(effect)}</td><td>{_chance(effect.alone)}</td></tr>\n"
        for name, effect in reasons.inputs.items()
    )
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("input", "chance without it", "it moved the chance by", "chance by it alone")
    )
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _texts(found: Explanation, reasons: Reasons) -> str:
    """Title, overview and names with their words marked."""
    fields = [field for field in found.prediction.inputs if field != "poster"]
    strongest = max((abs(word.weight) for word in reasons.words), default=0.0)
    parts = []
    for field in fields:
        words = [word for word in reasons.words if word.field == field]
        value = getattr(found.film, field)
        if field in NAMES:
            items = "".join(
                f'<li dir="auto">{_marked(name, [w for w in words if w.item == i], strongest)}</li>'
                for i, name in enumerate(value)
            )
            body = f"<ul>{items}</ul>\n"
        else:
            body = f'<p dir="auto">{_marked(value, words, strongest)}</p>\n'
        parts.append(f"<h3>{field}</h3>\n{body}")
    for sign, name in ((1, "for"), (-1, "against")) if fields else ():
        top = reasons.strongest(SHOWN, sign=sign)
        told = ", ".join(
            f"<bdi>{escape(word.text)}</bdi> <span>{_signed(word.weight)}</span>" for word in top
        )
        parts.append(f'<p class="top-words">Most {name} it: {told or "no word"}.</p>\n')
    return "".join(parts)


def _marked(text: str, words: Sequence[Word], strongest: float) -> str:
    """A text with its words in marks as strong as their weights, and pale where it is not read."""
    parts, at = [], 0
    for word in words:
        parts.append(escape(text[at : word.start]))
        share = abs(word.weight) / max(strongest, _FLOOR)
        shown = escape(text[word.start : word.end])
        if share >= _WEAK:
            kind = "for" if word.weight > 0 else "against"
            shown = (
                f'<mark class="{kind}" style="--w:{share * 0.6:.2f}" '
                f'title="{_signed(word.weight)}">{shown}</mark>'
            )
        parts.append(shown)
        at = word.end
    rest = escape(text[at:])
    unread = any(True for _ in spans(text[at:]))
    parts.append(f'<span class="unread" title="changes nothing">{rest}</span>' if unread else rest)
    return "".join(parts)


def _poster(found: Explanation) -> str:
    if found.film.poster is None or "poster" not in found.prediction.inputs:
        return ""
    return _figure(png(picture(found.film.poster, POSTER)), "The poster", "")


def _figure(data: bytes, alt: str, reading: str) -> str:
    encoded = base64.b64encode(data).decode("ascii")
    caption = f"<figcaption>{escape(reading)}</figcaption>\n" if reading else ""
    return (
        f'<figure>\n<img src="data:image/png;base64,{encoded}" alt="{escape(alt)}">\n'
        f"{caption}</figure>\n"
    )


def _reading() -> str:
    return """<section>
<h2>How to read this</h2>
<p>Each word, each name and each part of the poster was left out in turn and the model asked again.
<mark class="for" style="--w:.5">Orange with a straight line</mark> speaks for the genre: without it
the chance falls. <mark class="against" style="--w:.5">Blue with a dotted line</mark> speaks against
it. The numbers are differences of log-odds: +0.7 doubles the odds, −0.7 halves them; the heat map's
are shared among its cells. What stands beside a word counts too: of two words that say the same,
either can be spared, and neither weighs much. Pale text lies beyond what the model reads.</p>
<p>“Without it” and “by it alone” are predictions of their own, by the calibration for just these
inputs. None of this says what is true of the film, only what moved the model.</p>
</section>
"""


def _anchor(found: Explanation, genre: str) -> str:
    return f"genre-{list(found.genres).index(genre)}"


def _chance(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _moved(effect: Effect) -> str:
    return "–" if effect.moved is None else _signed(effect.moved)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
