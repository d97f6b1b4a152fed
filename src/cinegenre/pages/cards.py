"""Makes cards of films: the poster, texts about the film, and its genres as bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .html import Html, image, joined, streamed, tag

TICK = "\u00a0✓"
"""The mark after a genre that is decided or labelled; the page says which."""


def cards(films: Iterable[str]) -> Html:
    """Cards side by side."""
    return tag("ol", *films, class_="cards")


def rows(films: Iterable[str]) -> Iterator[Html]:
    """Cards one below the other, each beside its bars; yielded one at a time, for many films."""
    return streamed("ol", films, class_="cards rows")


def card(poster: bytes | None, *parts: str, beside: str = "", alt: str = "") -> Html:
    """A film: its poster (a PNG or JPEG, or None), its text, and what is shown beside it."""
    return tag("li", shown(poster, alt), tag("div", *parts), beside)


def shown(poster: bytes | None, alt: str = "") -> Html:
    """A poster, or an empty frame."""
    if poster is None:
        return tag("div", "no poster", class_="poster none")
    return image(poster, alt, "poster")


def bars(rows: Iterable[str], heads: Sequence[str] = ()) -> Html:
    """A table of rows made by `bar`; an empty heading is for the bars themselves."""
    above = joined(tag("th", head, scope="col") if head else tag("td") for head in heads)
    head = tag("thead", tag("tr", above)) if above else ""
    return tag("table", head, tag("tbody", *rows), class_="bars")


def bar(name: str, share: float, *figures: str, kind: str = "", limit: float | None = None) -> Html:
    """A genre with a bar from 0 to 1 and figures; `limit` is marked on the bar.

    A row of the kind "decided" is bold, and one of "decided false" is bold in another colour.
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
