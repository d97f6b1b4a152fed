"""Puts genres into an .nfo without changing any other byte of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ..errors import BadMovie
from .document import GENRE, Document, Span, before, read_document
from .genre_elements import genre_values, split

_INDENT = re.compile(r"(\r\n|\n|\r)?[ \t]*\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One replacement: `old` at byte `start` of a file becomes `new`."""

    start: int
    old: bytes
    new: bytes


def plan_edits(document: Document, genres: Sequence[str], *, keep: bool) -> list[Edit]:
    """The edits that give the .nfo these genres, in the order of its bytes.

    With `keep`, its elements stay as they are and `genres` are added; without, it gets exactly
    `genres`. Elements keep their attributes and places; empty ones are filled; surplus ones are
    removed together with the white space before them.
    """
    spans, values = document.genres, genre_values(document)
    slots = [span for span, said in zip(spans, values, strict=True) if not (keep and said)]
    said = [value for span, value in zip(spans, values, strict=True) if span in slots]
    changes: list[tuple[int, int, str]] = []
    for span, genre, value in zip(slots, genres, said, strict=False):
        if not value or value != split(genre):
            changes.append(_filled(document, span, genre))
    if not keep:
        changes += [
            (before(document.text, span.start), span.end, "") for span in slots[len(genres) :]
        ]
    if rest := list(genres[len(slots) :]):
        changes.append(_inserted(document, rest))
    return [_edit(document, *change) for change in sorted(changes)]


def apply(data: bytes, edits: Sequence[Edit]) -> bytes:
    """`data` after the edits. Raises `BadMovie` if it does not contain what they replace."""
    parts, at = [], 0
    for edit in edits:
        end = edit.start + len(edit.old)
        if edit.start < at or data[edit.start : end] != edit.old:
            raise BadMovie("the .nfo is not the one that was read", "run again")
        parts += [data[at : edit.start], edit.new]
        at = end
    return b"".join([*parts, data[at:]])


def inverse(edits: Sequence[Edit]) -> list[Edit]:
    """The edits that undo these."""
    shift, back = 0, []
    for edit in edits:
        back.append(Edit(start=edit.start + shift, old=edit.new, new=edit.old))
        shift += len(edit.new) - len(edit.old)
    return back


def spliced(document: Document, genres: Sequence[str], *, keep: bool) -> tuple[bytes, list[Edit]]:
    """The verified new file and its edits.

    Raises `BadMovie` unless the new file parses, has the planned genres, and differs from the old
    one only in its genres and the white space before them.
    """
    if document.root.closed:
        raise BadMovie(f"the .nfo is an empty <{document.root.name}/>", "write it as two tags")
    edits = plan_edits(document, genres, keep=keep)
    data = apply(document.data, edits)
    old = [value for said in genre_values(document) for value in said] if keep else []
    after = read_document(data)
    now = [value for said in genre_values(after) for value in said] if after else []
    wanted = [value for genre in genres for value in split(genre)]
    if (
        after is None
        or after.outside != document.outside
        or (after.encoding, after.mark) != (document.encoding, document.mark)
        or sorted(now) != sorted([*old, *wanted])
        or apply(data, inverse(edits)) != document.data
    ):
        raise BadMovie("the new .nfo would differ in more than its genres", "report it")
    return data, edits


def _filled(document: Document, span: Span, genre: str) -> tuple[int, int, str]:
    if not span.closed:
        return *span.inner, _escaped(document, genre)
    tag = document.text[span.start : span.end - 2].rstrip()
    return span.start, span.end, f"{tag}>{_escaped(document, genre)}</{GENRE}>"


def _inserted(document: Document, genres: Sequence[str]) -> tuple[int, int, str]:
    """The place for new genres, after the last genre or else the last element, and its indent."""
    text = document.text
    last = (document.genres or document.children or (None,))[-1]
    if last is not None:
        at, space = last.end, _indent(text[: last.start])
    else:
        at = document.root.inner[0]
        space = _indent(text[: document.root.inner[1]])
        space += "  " if "\n" in space or "\r" in space else ""
    made = (f"{space}<{GENRE}>{_escaped(document, genre)}</{GENRE}>" for genre in genres)
    return at, at, "".join(made)


def _indent(text: str) -> str:
    """The last line break at the end of `text`, with the white space after it."""
    match = _INDENT.search(text, max(0, len(text) - 200))
    return match[0] if match else ""


def _escaped(document: Document, genre: str) -> str:
    """The genre in XML; characters that the encoding lacks become character references."""
    text = escape(genre)
    return text.encode(document.encoding, "xmlcharrefreplace").decode(document.encoding)


def _edit(document: Document, start: int, end: int, new: str) -> Edit:
    def size(text: str) -> int:
        return len(text.encode(document.encoding))

    text = document.text
    at = document.mark + size(text[:start])
    old = text[start:end].encode(document.encoding)
    return Edit(start=at, old=old, new=new.encode(document.encoding))
