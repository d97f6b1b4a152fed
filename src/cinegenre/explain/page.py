"""An explanation as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from ..pages import html
from ..pages.cards import TICK, bar, bars
from ..pages.heat import picture, png
from ..pages.html import Html, figure, joined, paragraph, section, table, tag
from ..pages.values import listed, number, signed
from .result import Explanation, Reasons, Word
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
    lead = f"{said.model} says {genres}, from {listed(said.inputs)}."
    return html.page(
        f"{title}: why these genres",
        (
            html.header(
                title,
                paragraph(lead, "lead"),
                paragraph(said.note, "note") if said.note else "",
            ),
            tag("div", section("Genres", _bars(found)), _poster(found), class_="beside"),
            *(_section(found, genre, reasons) for genre, reasons in found.genres.items()),
            _reading(),
        ),
    )


def _bars(found: Explanation) -> Html:
    said = found.prediction
    ranked = sorted(said.scores.items(), key=lambda item: -item[1])
    rows = []
    for i, (genre, score) in enumerate(ranked):
        decided = genre in said.genres
        if i >= SHOWN and not decided and genre not in found.genres:
            continue
        name: str = genre + TICK * decided
        if genre in found.genres:
            name = tag("a", name, href=f"#{_anchor(found, genre)}")
        limit = found.thresholds[genre]
        kind = "decided" if decided else ""
        rows.append(bar(name, score, f"{score:.2f}", f"{limit:.2f}", kind=kind, limit=limit))
    return bars(rows, ("genre", "", "chance", "decided from"))


def _section(found: Explanation, genre: str, reasons: Reasons) -> Html:
    verdict = "decided" if reasons.decided else "not decided"
    small = f"{reasons.probability:.2f}, {verdict} (from {reasons.threshold:.2f})"
    words, heat = _texts(found, reasons), _heat(found, genre, reasons)
    return section(
        joined((genre, " ", tag("small", small))),
        _inputs(reasons),
        tag("div", tag("div", words, class_="fields"), heat, class_="beside")
        if heat and words
        else tag("div", words, heat, class_="fields"),
        name=_anchor(found, genre),
    )


def _heat(found: Explanation, genre: str, reasons: Reasons) -> Html:
    heat, weights = found.overlay(genre, height=POSTER), reasons.poster
    if heat is None or weights is None:
        return Html()
    speaking, against = float(weights.clip(0).sum()), float(weights.clip(None, 0).sum())
    return figure(
        heat,
        f"The poster in grey, coloured where it speaks for or against {genre}",
        f"Orange speaks for {genre}, blue against it. All that speaks for it together: "
        f"{signed(speaking)}; against it: {signed(against)}.",
    )


def _inputs(reasons: Reasons) -> Html:
    return table(
        "What each input does to the chance",
        ("input", "chance without it", "it moved the chance by", "chance by it alone"),
        [
            [name, number(effect.without, 2), signed(effect.moved), number(effect.alone, 2)]
            for name, effect in reasons.inputs.items()
        ],
    )


def _texts(found: Explanation, reasons: Reasons) -> Html:
    """Title, overview and names with their words marked."""
    fields = [field for field in found.prediction.inputs if field != "poster"]
    strongest = max((abs(word.weight) for word in reasons.words), default=0.0)
    parts: list[Html] = []
    for field in fields:
        words = [word for word in reasons.words if word.field == field]
        value = getattr(found.film, field)
        parts.append(tag("h3", field))
        if field in NAMES:
            of = [[word for word in words if word.item == i] for i in range(len(value))]
            names = zip(value, of, strict=True)
            items = (tag("li", *_marked(name, at, strongest), dir="auto") for name, at in names)
            parts.append(tag("ul", *items))
        else:
            parts.append(tag("p", *_marked(value, words, strongest), dir="auto"))
    for sign, name in ((1, "for"), (-1, "against")) if fields else ():
        told: list[str] = []
        for word in reasons.strongest(SHOWN, sign=sign):
            told += [", " if told else "", tag("bdi", word.text), " "]
            told.append(tag("span", signed(word.weight)))
        parts.append(tag("p", f"Most {name} it: ", *told or ["no word"], ".", class_="most"))
    return joined(parts)


def _marked(text: str, words: Sequence[Word], strongest: float) -> list[str]:
    """A text with its words in marks as strong as their weights, and pale where it is not read."""
    parts: list[str] = []
    at = 0
    for word in words:
        share = abs(word.weight) / max(strongest, _FLOOR)
        shown = text[word.start : word.end]
        if share >= _WEAK:
            shown = tag("mark", shown, class_="for" if word.weight > 0 else "against",
                        style=f"--w:{share * 0.6:.2f}", title=signed(word.weight))  # fmt: skip
        parts += [text[at : word.start], shown]
        at = word.end
    rest = text[at:]
    unread = any(True for _ in spans(rest))
    pale = tag("span", rest, class_="unread", title="changes nothing") if unread else rest
    return [*parts, pale]


def _poster(found: Explanation) -> Html:
    if found.film.poster is None or "poster" not in found.prediction.inputs:
        return Html()
    return figure(png(picture(found.film.poster, POSTER)), "The poster")


def _reading() -> Html:
    half = "--w:.5"
    return section(
        "How to read this",
        tag(
            "p",
            "Each word, each name and each part of the poster was left out in turn and the model "
            "asked again. ",
            tag("mark", "Orange with a straight line", class_="for", style=half),
            " speaks for the genre: without it the chance falls. ",
            tag("mark", "Blue with a dotted line", class_="against", style=half),
            " speaks against it. The numbers are differences of log-odds: +0.7 doubles the odds, "
            "−0.7 halves them; the heat map's are shared among its cells. What stands beside a "
            "word counts too: of two words that say the same, either can be spared, and neither "
            "weighs much. Pale text lies beyond what the model reads.",
        ),
        paragraph(
            "“Without it” and “by it alone” are predictions of their own, by the calibration for "
            "just these inputs. None of this says what is true of the film, only what moved the "
            "model."
        ),
    )


def _anchor(found: Explanation, genre: str) -> str:
    return f"genre-{list(found.genres).index(genre)}"
