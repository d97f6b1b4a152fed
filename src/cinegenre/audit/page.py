"""An audit as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from ..pages import html
from ..pages.cards import card, cards
from ..pages.heat import thumbnail
from ..pages.html import Html, joined, paragraph, section, table, tag
from .result import Audit, Finding

_LEADS = {
    "missing": "Probably missing",
    "wrong": "Probably wrong",
}


def page(found: Audit, top: int) -> str:
    """The whole page, which needs no other file and runs no script."""
    facts = found.facts
    lead = (
        f"{facts.films:,} films with {facts.labels:,} genre labels, judged by heads on "
        f"{facts.model} that had not seen the film: {len(found.missing):,} labels look missing, "
        f"{len(found.wrong):,} look wrong."
    )
    return html.page(
        "Labels to look at",
        (
            html.header("Labels to look at", paragraph(lead, "lead")),
            _section("missing", found.missing, top),
            _section("wrong", found.wrong, top),
            _noise(found),
            section("How to read this", paragraph(_READING)),
        ),
    )


def _section(kind: str, some: Sequence[Finding], top: int) -> Html:
    shown = some[:top]
    count = f"{len(shown):,} of {len(some):,}" if len(shown) < len(some) else f"{len(some):,}"
    return section(
        joined((_LEADS[kind], " ", tag("small", count))),
        cards(map(_card, shown)) if shown else paragraph("None."),
        name=kind,
    )


def _card(each: Finding) -> Html:
    film = each.film
    sign = "+" if each.kind == "missing" else "−"
    chips = [part for genre in film.genres for part in (tag("span", genre, class_="chip"), " ")]
    return card(
        thumbnail(film.poster) if "poster" in film.inputs else None,
        tag("h3", film.title or film.id or "A film", _soft(film.year), dir="auto"),
        tag("p", tag("strong", f"{sign} {each.genre}"), _soft(film.id)),
        tag("p", *chips),
        paragraph(each.why),
    )


def _soft(value: object) -> Html:
    return joined((" ", tag("small", str(value), class_="soft"))) if value else Html()


def _noise(found: Audit) -> Html:
    return section(
        "By genre",
        table(
            "Labels that are likely missing and wrong",
            ("genre", "films given it", "about so many missing", "about so many wrong"),
            [
                [row.genre, f"{row.given:,}", f"{row.missing:,.0f}", f"{row.wrong:,.0f}"]
                for row in found.noise
            ],
        ),
    )


_READING = (
    "Each film was scored by a model fitted on the labels of other films. A label is listed where "
    "that score lies beyond what is usual for the films that are labelled the other way. The most "
    "suspicious come first. A film that is told untypically looks the same as a film that is "
    "labelled wrongly: this is a list to look through, not one to apply. The numbers by genre are "
    "far too high as counts, for what cannot be told from poster and text counts too: compare "
    "them with each other."
)
