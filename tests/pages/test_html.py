"""The kit: what is text is escaped whatever the way in, and only pages/ writes a page's frame."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cinegenre.pages import cards, html
from cinegenre.pages.html import Html, escape, joined, page, tag
from cinegenre.pages.style import STYLE

from ..evaluate.reading import Reader

EVIL = "<script>alert('&')</script>\""
SOURCE = Path(__file__).parents[2] / "src" / "cinegenre"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 6)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    path = tmp_path / "plot.png"
    path.write_bytes(png())
    return path


PIECES: dict[str, Callable[[Path], str]] = {
    "tag": lambda path: tag("p", EVIL, class_=EVIL),
    "joined": lambda path: joined([EVIL, tag("b", EVIL)]),
    "header": lambda path: html.header(EVIL, EVIL),
    "section": lambda path: html.section(EVIL, EVIL, kind=EVIL) + html.section("x", name=EVIL),
    "paragraph": lambda path: html.paragraph(EVIL, EVIL),
    "bullets": lambda path: html.bullets([EVIL, EVIL]),
    "facts": lambda path: html.facts([(EVIL, EVIL)]),
    "table": lambda path: html.table(EVIL, [EVIL], [[EVIL], [EVIL]], [(EVIL, 1)], EVIL),
    "image": lambda path: html.image(png(), EVIL, EVIL),
    "figure": lambda path: html.figure(png(), EVIL, EVIL),
    "plot": lambda path: html.plot(path, EVIL, EVIL),
    "code": lambda path: html.code(EVIL),
    "page": lambda path: page(EVIL, [EVIL]),
    "pieces": lambda path: "".join(html.pieces(EVIL, [EVIL])),
    "streamed": lambda path: "".join(html.streamed("ul", [EVIL], id=EVIL)),
    "escape": lambda path: escape(EVIL),
    "cards": lambda path: cards.cards([EVIL]),
    "rows": lambda path: "".join(cards.rows([EVIL])),
    "card": lambda path: cards.card(png(), EVIL, beside=EVIL, alt=EVIL) + cards.card(None, EVIL),
    "shown": lambda path: cards.shown(png(), EVIL),
    "bars": lambda path: cards.bars([EVIL], [EVIL, ""]),
    "bar": lambda path: cards.bar(EVIL, 0.5, EVIL, kind=EVIL, limit=0.25),
}
"""Every function that makes HTML, called with nothing but text that would do harm."""


def test_no_function_of_the_kit_is_forgotten_here() -> None:
    made = {
        name
        for module in (html, cards)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert made == set(PIECES)


@pytest.mark.parametrize("name", PIECES)
def test_whatever_comes_in_is_escaped(name: str, drawn: Path) -> None:
    text = PIECES[name](drawn)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&amp;lt;" not in text  # escaped twice
    inside = text.partition("</style>")[2] or text
    assert not Reader(f"<div>{inside}</div>").open if name not in ("page", "pieces") else True
    # An attribute is not left: every quote of ours is paired.
    assert re.sub(r"&quot;|&#x27;", "", text).count('"') % 2 == 0


def test_what_is_finished_is_not_escaped_again() -> None:
    assert escape(tag("b", "a < b")) == "<b>a &lt; b</b>"
    assert isinstance(joined([Html("<i>"), "<"]), Html)
    assert tag("p", "x", class_=None, title="") == '<p title="">x</p>\n'
    assert tag("td", tag("i"), aria_hidden="true") == '<td aria-hidden="true"><i></i></td>'
    # Two pieces put together by + are text again: too much is escaped, never too little.
    assert escape(tag("b", "x") + tag("b", "y")) == "&lt;b&gt;x&lt;/b&gt;&lt;b&gt;y&lt;/b&gt;"


def test_a_page_is_one_file_in_light_and_dark() -> None:
    text = page("Title", [html.header("Title"), html.section("Part", html.paragraph("x"))])
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert text.count("<style>") == 1
    assert not re.search(r"http|src=|url\(|@import|<script|<link", text)
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 44rem"):
        assert rule in text
    assert '<section id="part"><h2>Part</h2>' in text


def test_a_wide_table_scrolls_by_keyboard_and_says_what_it_is() -> None:
    text = html.table("Caption", ["a", "b"], [["x", "1"]], [("", 1), ("group", 1)])
    page = Reader(text)
    (box,) = (each for each in page.tags if each.get("class") == "scroll")
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", "Caption")
    scopes = [each.get("scope") for each in page.tags if each["tag"] == "th"]
    assert scopes == ["colgroup", "col", "col", "row"]
    assert page.table("Caption")["x"] == ["1"]


def test_pictures_are_what_they_are() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 6)).save(out, "JPEG")
    assert 'src="data:image/jpeg;base64,' in html.image(out.getvalue(), "x")
    assert 'src="data:image/png;base64,' in html.image(png(), "x")
    assert 'alt=""' in html.image(png(), "")


def test_bars_hide_from_a_reader_what_their_figures_say() -> None:
    row = cards.bar("Horror", 0.5, "0.50", kind="decided", limit=0.25)
    assert '<div aria-hidden="true"><i style="width:50.0%"></i><b style="left:25.0%"></b>' in row
    assert "<b" not in cards.bar("Horror", 0.5, "0.50")


def rgb(colour: str) -> tuple[float, ...]:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))


def luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("number", [0, 1, 2], ids=["light", "dark", "paper"])
def test_text_stands_out_from_what_is_under_it(number: int) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    assert len(blocks) == 3
    colours: dict[str, str] = {}
    for block in blocks[:1] + blocks[number : number + 1]:
        colours |= dict(re.findall(r"--([\w-]+): (#\w+)", block))
    for front in ("text", "soft", "accent"):
        for back in ("page", "band", "track") if front != "accent" else ("page", "band"):
            light, dark = sorted((luminance(colours[front]), luminance(colours[back])))[::-1]
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (front, back)


@pytest.mark.parametrize(
    "path", sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py")), ids=str
)
def test_only_the_kit_writes_frames_styles_and_escapes(path: Path) -> None:
    """Four skeletons and three style sheets stood here once."""
    if path.parts[0] in ("pages", "pictures.py"):  # the latter recognises pages by their beginning
        return
    text = (SOURCE / path).read_text(encoding="utf-8")
    assert not re.search(
        r"<!doctype html|<style|:root \{|html import escape|html\.escape\(", text, re.I
    )


def test_every_class_that_a_page_uses_is_in_the_sheet() -> None:
    """A class that the sheet does not know is a slip of the pen."""
    known = set(re.findall(r"\.([a-z]+)\b", re.sub(r"\d*\.\d+\w*", "", STYLE)))
    used: dict[str, Path] = {}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "pages" in text or path.parent.name == "pages":
            for value in re.findall(r'(?:class_|kind)="([a-z ]+)"', text):
                used |= dict.fromkeys(value.split(), path)
            for value in re.findall(r'class_="(\w+)" if .*? else "(\w+)"', text):
                used |= dict.fromkeys(value, path)
    assert {"soft", "beside", "decided", "cards", "against"} <= set(used)
    known.add("stable")  # a kind of sort
    assert {name: path for name, path in used.items() if name not in known} == {}
