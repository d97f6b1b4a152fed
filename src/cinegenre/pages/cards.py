"""Films as cards: the poster, what is said of the film, and its genres as bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .html import Html, image, joined, streamed, tag

TICK = "\u00a0✓"
"""Behind a genre that is decided, or labelled, as the page says."""


def cards(films: Iterable[str]) -> Html:
    """Cards side by side."""
    return tag("ol", *films, class_="cards")


def rows(films: Iterable[str]) -> Iterator[Html]:
    """Cards one below the other, each with its bars beside; a card at a time, for many films."""
    return streamed("ol", films, class_="cards rows")


def card(poster: bytes | None, *parts: str, beside: str = "", alt: str = "") -> Html:
    """A film: its poster (a PNG or JPEG, None for a film without), text, and what stands beside."""
    return tag("li", shown(poster, alt), tag("div", *parts), beside)


def shown(poster: bytes | None, alt: str = "") -> Html:
    """A poster, or its place."""
    if poster is None:
        return tag("div", "no poster", class_="poster none")
    return image(poster, alt, "poster")


def bars(rows: Iterable[str], heads: Sequence[str] = ()) -> Html:
    """Rows that `bar` makes as a table; an empty head is that of the bars themselves."""
    above = joined(tag("th", head, scope="col") if head else tag("td") for head in heads)
    head = tag("thead", tag("tr", above)) if above else ""
    return tag("table", head, tag("tbody", *rows), class_="bars")


def bar(name: str, share: float, *figures: str, kind: str = "", limit: float | None = None) -> Html:
    """A genre with a bar from 0 to 1 and figures; `limit` is marked on the bar.

    A row of the kind "decided" is strong, of "decided false" strong in another colour.
    """
    strip = tag("i", style=f"width:{share:.1%}")
    mark = Html() if limit is None else tag("b", style=f"left:{limit:.1%}")
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", tag("div", strip, mark, aria_hidden="true"), class_="bar"),
        *(tag("td", figure) for figure in figures),
        class_=kind or None,
    )
