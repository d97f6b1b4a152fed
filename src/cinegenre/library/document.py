"""Finds where the elements of an .nfo are in its text, and checks that against lxml's parse.

Nothing is ever written from a parsed tree. The tree gives the values and shows that the XML is
complete; a scan of the text shows where each element begins and ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from lxml import etree

from ..errors import BadMovie
from .encoding import read_text

MAX_BYTES = 10_000_000
"""Larger files are refused: the .nfo of a film with a hundred actors has about 100 KB."""

_START = re.compile(
    r"<([^\s<>/!?\"'=]++)((?>[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>", re.DOTALL
)  # no backtracking, so that a hostile file costs only one pass
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?")
_END = re.compile(r"</[^<>]*+>")
_SPACE = " \t\r\n"
_MARKUP = (b"<?xml", b"<movie", b"<tvshow", b"<episodedetails", b"<musicvideo", b"<video")
"""A file without one of these holds a link or a text: many releases come with ASCII art in some
undeclared code page."""
GENRE = "genre"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A direct child of the root: [start, end) and its content, as positions in the text."""

    name: str
    start: int
    end: int
    inner: tuple[int, int]
    """The range of its content; for `<genre/>` an empty range at the end of the tag."""

    @property
    def closed(self) -> bool:
        """Whether it is written as `<genre/>`."""
        return self.inner == (self.end, self.end)


@dataclass(frozen=True, kw_only=True)
class Document:
    """An .nfo with XML in it: the first root, and the positions of its direct children."""

    data: bytes
    text: str
    encoding: str
    mark: int
    """The length of the byte order mark, which is not in `text`."""
    root: Span
    children: tuple[Span, ...]
    tree: etree._Element

    @property
    def genres(self) -> tuple[Span, ...]:
        """The `<genre>` elements."""
        return tuple(child for child in self.children if child.name == GENRE)

    def value(self, name: str) -> str | None:
        """The first non-empty text of an element with this name."""
        return next(iter(self.values(name)), None)

    def values(self, name: str) -> list[str]:
        """The non-empty texts of the elements with this name, in order."""
        texts = ["".join(node.itertext()).strip() for node in self.nodes(name)]
        return [text for text in texts if text]

    def nodes(self, name: str) -> list[etree._Element]:
        """The direct children of the root with this name."""
        return self.by_name.get(name, [])

    @cached_property
    def by_name(self) -> dict[str, list[etree._Element]]:
        """The direct children of the root, by name with prefix."""
        found: dict[str, list[etree._Element]] = {}
        for node in self.tree:
            found.setdefault(_name(node), []).append(node)
        return found

    @cached_property
    def outside(self) -> str:
        """The text without the genres and the white space directly before each of them."""
        parts, at = [], 0
        for span in self.genres:
            parts.append(self.text[at : before(self.text, span.start)])
            at = span.end
        return "".join([*parts, self.text[at:]])


def before(text: str, at: int) -> int:
    """The start of the white space before `at`."""
    while at and text[at - 1] in _SPACE:
        at -= 1
    return at


def read_document(data: bytes) -> Document | None:
    """The .nfo in `data`; None if it contains no XML (but a link or a text).

    Raises `BadMovie` if it is too large, broken, or declares entities: those can expand to
    gigabytes or name other files, and no .nfo needs them.
    """
    if len(data) > MAX_BYTES:
        raise BadMovie(
            f"the .nfo is larger than {MAX_BYTES // 1_000_000} MB", "that is none: remove it"
        )
    plain = data.replace(b"\0", b"").lower()  # UTF-16 too
    if not any(mark in plain for mark in _MARKUP):
        return None
    text, encoding, mark = read_text(data)
    found = _scan(text)
    if found is None:
        return None
    root, children = found
    # On its own line, so that an error gives the line in the file.
    tree = _parse("\n" * text.count("\n", 0, root.start) + text[root.start : root.end])
    if [_name(node) for node in tree] != [child.name for child in children]:
        raise BadMovie("the .nfo has XML that we cannot place", "report it with this file")
    return Document(data=data, text=text, encoding=encoding, mark=mark, root=root,
                    children=children, tree=tree)  # fmt: skip


def _parse(xml: str) -> etree._Element:
    # Without its DOCTYPE, so that there is no entity to resolve and nothing to fetch.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(xml.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise BadMovie(f"the .nfo is broken XML ({error.msg})", "mend it, or remove it") from None


def _name(node: etree._Element) -> str:
    tag = str(node.tag)
    name = tag.rpartition("}")[2] if tag.startswith("{") else tag
    return f"{node.prefix}:{name}" if node.prefix else name


def _scan(text: str) -> tuple[Span, tuple[Span, ...]] | None:
    """The first root and its children; None if there is no element."""
    at, depth = 0, 0
    root: tuple[str, int, int] | None = None
    child: tuple[str, int, int] | None = None
    children: list[Span] = []
    while (at := text.find("<", at)) >= 0:
        odd = text.startswith(("<!", "<?"), at)  # most are plain tags
        if odd and (past := _no_element(text, at, inside=root is not None)):
            at = past
        elif root and text.startswith("</", at):
            closing = _END.match(text, at) or _broken("a tag that does not end", text, at)
            depth -= 1
            if depth == 1 and child:
                name, start, inner = child
                children.append(Span(name=name, start=start, end=closing.end(), inner=(inner, at)))
                child = None
            elif depth == 0:
                name, start, inner = root
                whole = Span(name=name, start=start, end=closing.end(), inner=(inner, at))
                return whole, tuple(children)
            at = closing.end()
        elif (match := _START.match(text, at)) and (root or _NAME.fullmatch(match[1])):
            name, end = match[1], match.end()
            closed = match[2].endswith("/")
            if not root:
                root = (name, at, end)
                if closed:
                    return Span(name=name, start=at, end=end, inner=(end, end)), ()
            elif depth == 1 and closed:
                children.append(Span(name=name, start=at, end=end, inner=(end, end)))
            elif depth == 1:
                child = (name, at, end)
            depth += not closed
            at = end
        elif root or text.startswith(("<movie", "<tvshow"), at):
            _broken("a tag that does not end", text, at)
        else:
            at += 1  # a "<" in the text before the XML, such as <https://…>
    if root:
        _broken(f"no end of <{root[0]}>", text, root[1])
    return None


def _no_element(text: str, at: int, *, inside: bool) -> int:
    """The end of a comment, CDATA, instruction or (not `inside` the root) DOCTYPE; 0 if none."""
    if text.startswith("<!--", at):
        return _past(text, "-->", at + 4)
    if text.startswith("<![CDATA[", at):
        return _past(text, "]]>", at)
    if text.startswith("<?", at):
        return _past(text, "?>", at)
    if inside or not text.startswith("<!DOCTYPE", at):
        return 0
    end = _past(text, ">", at)
    if "[" in text[at:end]:
        raise BadMovie("the .nfo declares entities", "remove its DOCTYPE")
    return end


def _past(text: str, what: str, at: int) -> int:
    end = text.find(what, at)
    return end + len(what) if end >= 0 else _broken(f"no {what} where one must be", text, at)


def _broken(what: str, text: str, at: int) -> NoReturn:
    line = text.count("\n", 0, at) + 1
    raise BadMovie(f"the .nfo is broken XML ({what}, line {line})", "mend it, or remove it")
