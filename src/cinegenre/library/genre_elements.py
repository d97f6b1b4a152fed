"""Reads the genres in an .nfo, in all the forms that programs have written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..genre_names import is_no_genre
from .document import GENRE, Document

if TYPE_CHECKING:
    from lxml import etree

_DIVIDERS = re.compile(r"[/\r\n]")
_NAMES = frozenset({"name", "value", "title", "label", GENRE})
"""Elements and attributes that hold the name, if a <genre> is more than a text."""
_OTHER = frozenset({GENRE, "genres"})


def split(value: str) -> list[str]:
    """The genres in one text: "Action / Comedy" is two, as Kodi and Jellyfin read it.

    A text such as "N/A" says that there is none.
    """
    parts = [] if is_no_genre(value) else _DIVIDERS.split(value)
    return [name for part in parts if not is_no_genre(name := " ".join(part.split()))]


def genre_values(document: Document) -> list[list[str]]:
    """The genres in each `<genre>`, also in `<genre><name>Action</name><name>Comedy</name>`."""
    return [[name for text in _texts(node) for name in split(text)]
            for node in document.nodes(GENRE)]  # fmt: skip


def whole_texts(document: Document) -> list[str]:
    """The whole text of each `<genre>` that has one, with one line per name if it has elements."""
    texts = ["\n".join(text for text in _texts(node)).strip() for node in document.nodes(GENRE)]
    return [text for text in texts if text]


def elsewhere(document: Document) -> tuple[list[str], str]:
    """Genres in places where no server looks for them, and why we must not write, or "".

    The places are a `<genres>` around them, `<Genre>`, and `<genre name="Action"/>`. Beside a
    `<genre>` that servers read, only the last prevents writing: it would be filled like an empty
    element.
    """
    names: list[str] = []
    why = ""
    for node in document.nodes(GENRE):
        found = [] if any(map(split, _texts(node))) else _in_attributes(node)
        if found:
            names += found
            why = "has a <genre> with its name in an attribute, which no server reads: write it out"
    plain = any(genre_values(document))
    for name, nodes in document.by_name.items():
        local = name.rpartition(":")[2]
        if name == GENRE or local.lower() not in _OTHER:
            continue
        found = [genre for node in nodes for text in _inner(node) for genre in split(text)]
        names += found
        if found and not plain and not why:
            why = f"has its genres in <{name}>, which no server reads: move them into <genre>"
    return names, why


def _texts(node: etree._Element) -> list[str]:
    return _inner(node) if len(node) else ["".join(node.itertext())]


def _inner(node: etree._Element) -> list[str]:
    """Its separate texts; if some are marked as names, only those."""
    named = [inner for inner in node.iter() if inner is not node and _local(inner) in _NAMES]
    leaves = [inner for inner in named if not len(inner)]
    if leaves:
        return ["".join(inner.itertext()) for inner in leaves]
    own = [node.text or "", *(inner.tail or "" for inner in node)]
    return own if any(map(split, own)) else [str(text) for text in node.itertext()]


def _in_attributes(node: etree._Element) -> list[str]:
    values = [str(value) for name, value in node.attrib.items() if str(name).lower() in _NAMES]
    return [name for value in values for name in split(value)]


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2].lower()
