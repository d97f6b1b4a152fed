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
"""Minimum number of bars; every decided and every explained genre also has one."""

POSTER = 450
"""Height of the page's pictures in pixels."""

_WEAK = 0.12
"""Words below this share of the strongest are not marked."""

_FLOOR = 0.15
"""If the strongest word has less than these log-odds, all words are marked as if it had them."""


def page(explanation: Explanation) -> str:
    """The complete HTML page, which needs no other file and runs no script."""
    film, prediction = explanation.film, explanation.prediction
    title = film.title or film.id or "A film"
    genres = ", ".join(prediction.genres) or "none of its genres"
    lead = f"{prediction.model} says {genres}, from {listed(prediction.inputs)}."
    return html.page(
        f"{title}: why these genres",
        (
            html.header(
                title,
                paragraph(lead, "lead"),
                paragraph(prediction.note, "note") if prediction.note else "",
            ),
            tag(
                "div", section("Genres", _bars(explanation)), _poster(explanation), class_="beside"
            ),
            *(
                _section(explanation, genre, reasons)
                for genre, reasons in explanation.genres.items()
            ),
            _reading(),
        ),
    )


def _bars(explanation: Explanation) -> Html:
    prediction = explanation.prediction
    ranked = sorted(prediction.scores.items(), key=lambda item: -item[1])
    rows = []
    for i, (genre, score) in enumerate(ranked):
        decided = genre in prediction.genres
        if i >= SHOWN and not decided and genre not in explanation.genres:
            continue
        name: str = genre + TICK * decided
        if genre in explanation.genres:
            name = tag("a", name, href=f"#{_anchor(explanation, genre)}")
        limit = explanation.thresholds[genre]
        kind = "decided" if decided else ""
        rows.append(bar(name, score, f"{score:.2f}", f"{limit:.2f}", kind=kind, limit=limit))
    return bars(rows, ("genre", "", "probability", "threshold"))


def _section(explanation: Explanation, genre: str, reasons: Reasons) -> Html:
    verdict = "decided" if reasons.decided else "not decided"
    small = f"{reasons.probability:.2f}, {verdict} (from {reasons.threshold:.2f})"
    words, heat = _texts(explanation, reasons), _heat(explanation, genre, reasons)
    return section(
        joined((genre, " ", tag("small", small))),
        _inputs(reasons),
        tag("div", tag("div", words, class_="fields"), heat, class_="beside")
        if heat and words
        else tag("div", words, heat, class_="fields"),
        name=_anchor(explanation, genre),
    )


def _heat(explanation: Explanation, genre: str, reasons: Reasons) -> Html:
    heat, weights = explanation.overlay(genre, height=POSTER), reasons.poster
    if heat is None or weights is None:
        return Html()
    speaking, against = float(weights.clip(0).sum()), float(weights.clip(None, 0).sum())
    return figure(
        heat,
        f"The poster in grey, coloured where it speaks for or against {genre}",
        f"Orange areas speak for {genre}, blue areas against it. The sum for it is "
        f"{signed(speaking)}, the sum against it {signed(against)}.",
    )


def _inputs(reasons: Reasons) -> Html:
    return table(
        "How each input changes the probability",
        ("input", "probability without it", "change by it", "probability with it alone"),
        [
            [name, number(effect.without, 2), signed(effect.moved), number(effect.alone, 2)]
            for name, effect in reasons.inputs.items()
        ],
    )


def _texts(explanation: Explanation, reasons: Reasons) -> Html:
    """Title, overview and names with their words marked."""
    fields = [field for field in explanation.prediction.inputs if field != "poster"]
    strongest = max((abs(word.weight) for word in reasons.words), default=0.0)
    parts: list[Html] = []
    for field in fields:
        words = [word for word in reasons.words if word.field == field]
        value = getattr(explanation.film, field)
        parts.append(tag("h3", field))
        if field in NAMES:
            of = [[word for word in words if word.item == i] for i in range(len(value))]
            names = zip(value, of, strict=True)
            items = (tag("li", *_marked(name, at, strongest), dir="auto") for name, at in names)
            parts.append(tag("ul", *items))
        else:
            parts.append(tag("p", *_marked(value, words, strongest), dir="auto"))
    for sign, name in ((1, "for"), (-1, "against")) if fields else ():
        most: list[str] = []
        for word in reasons.strongest(SHOWN, sign=sign):
            most += [", " if most else "", tag("bdi", word.text), " "]
            most.append(tag("span", signed(word.weight)))
        parts.append(tag("p", f"Most {name} it: ", *most or ["no word"], ".", class_="most"))
    return joined(parts)


def _marked(text: str, words: Sequence[Word], strongest: float) -> list[str]:
    """A text whose words are marked by their weights; what the model does not read is pale."""
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


def _poster(explanation: Explanation) -> Html:
    if explanation.film.poster is None or "poster" not in explanation.prediction.inputs:
        return Html()
    return figure(png(picture(explanation.film.poster, POSTER)), "The poster")


def _reading() -> Html:
    half = "--w:.5"
    return section(
        "How to read this",
        tag(
            "p",
            "Each word, each name and each area of the poster was left out in turn, and the model "
            "predicted again. ",
            tag("mark", "Orange with a straight line", class_="for", style=half),
            " speaks for the genre: without it the probability falls. ",
            tag("mark", "Blue with a dotted line", class_="against", style=half),
            " speaks against it. The numbers are differences of log-odds: +0.7 doubles the odds, "
            "−0.7 halves them; those of the heat map are shared among its cells. A word's weight "
            "depends on the words around it: if two words mean the same, either can be left out "
            "with little effect, so both weigh little. The model does not read pale text.",
        ),
        paragraph(
            "“Without it” and “with it alone” are separate predictions, with the calibration for "
            "just these inputs. None of this says what is true of the film, only what influenced "
            "the model."
        ),
    )


def _anchor(explanation: Explanation, genre: str) -> str:
    return f"genre-{list(explanation.genres).index(genre)}"
