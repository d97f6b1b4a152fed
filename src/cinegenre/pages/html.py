"""HTML as a type of its own: all other text in a page is escaped here.

>>> print(tag("p", "Alien & Aliens, ", tag("b", "<1986>"), class_="soft"), end="")
<p class="soft">Alien &amp; Aliens, <b>&lt;1986&gt;</b></p>
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .style import STYLE

_VOID = frozenset(("img", "meta"))
_LINES = frozenset(
    ("dd", "div", "figcaption", "figure", "h1", "h2", "h3", "h4", "header", "img", "li", "main",
     "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul")
)  # fmt: skip
"""Elements that are followed by a line break, so that a page can be read and compared as text."""


class Html(str):
    """Finished HTML, which is not escaped again."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text as HTML, safe between tags and in an attribute's quotes; HTML as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def joined(parts: Iterable[str]) -> Html:
    """The parts one after the other, with texts escaped."""
    return Html("".join(map(escape, parts)))


def tag(name: str, *parts: str, **attributes: str | None) -> Html:
    """An element with these parts. Attributes are written `class_`, `aria_label`; not None."""
    return Html("".join(streamed(name, parts, **attributes)))


def streamed(name: str, parts: Iterable[str], **attributes: str | None) -> Iterator[Html]:
    """The same element, yielded in parts, for very many of them."""
    named = (
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    yield Html(f"<{name}{''.join(named)}>")
    if name not in _VOID:
        yield from map(escape, parts)
        yield Html(f"</{name}>")
    if name in _LINES:
        yield Html("\n")


def page(title: str, body: Iterable[str]) -> str:
    """A whole page."""
    return "".join(pieces(title, body))


def pieces(title: str, body: Iterable[str]) -> Iterator[str]:
    """A whole page, yielded in parts, for pages with many films."""
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    yield from map(escape, body)
    yield "</main>\n</body>\n</html>\n"


def header(title: str, *parts: str) -> Html:
    """The heading of the page, and the parts below it."""
    return tag("header", tag("h1", title, dir="auto"), *parts)


def section(heading: str, *parts: str, name: str = "", kind: str = "") -> Html:
    """A heading and the parts below it. `name` is its name in links, by default the heading."""
    anchor = name or "-".join(heading.lower().split())
    return tag("section", tag("h2", heading), *parts, id=anchor, class_=kind or None)


def paragraph(text: str, kind: str = "") -> Html:
    """A paragraph, of a class `kind` of the style sheet."""
    return tag("p", text, class_=kind or None)


def bullets(texts: Iterable[str]) -> Html:
    """A list; empty if there are no texts."""
    items = joined(tag("li", text) for text in texts)
    return tag("ul", items) if items else Html()


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """A list of names and their values."""
    return tag(
        "dl", *(part for name, value in pairs for part in (tag("dt", name), tag("dd", value)))
    )


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    groups: Sequence[tuple[str, int]] = (),
    kind: str = "",
) -> Html:
    """A table whose first column names the rows; `groups` are headings over several columns."""
    above = joined(
        tag("th", text, scope="colgroup", colspan=str(wide))
        if text
        else tag("td", colspan=str(wide))
        for text, wide in groups
    )
    heads = joined(tag("th", text, scope="col") for text in columns)
    body = (
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    )
    return _scrolling(
        caption,
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", above) if above else "", tag("tr", heads)),
            tag("tbody", *body),
            class_=kind or None,
        ),
    )


def image(data: bytes, alt: str, kind: str = "") -> Html:
    """An image embedded in the page: `data` is a PNG or a JPEG."""
    mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    source = f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
    return tag("img", src=source, alt=alt, class_=kind or None)


def figure(data: bytes, alt: str, reading: str = "") -> Html:
    """An image, and how to read it."""
    return tag("figure", image(data, alt), tag("figcaption", reading) if reading else "")


def plot(path: Path, alt: str, reading: str) -> Html:
    """A PNG, which scrolls on a phone so that its text stays readable, and how to read it."""
    shown = _scrolling(alt, image(path.read_bytes(), alt))
    return tag("figure", shown, tag("figcaption", reading))


def code(text: str) -> Html:
    """A command to copy."""
    return tag("pre", tag("code", text), tabindex="0", role="group", aria_label="Command")


def _scrolling(label: str, inside: Html) -> Html:
    """A part that is wider than a phone: it scrolls by itself, also with the keyboard."""
    return tag("div", inside, class_="scroll", tabindex="0", role="group", aria_label=label)
