"""Nothing but the genres changes in a file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cinegenre.errors import BadMovie
from cinegenre.library.document import MAX_BYTES, read_document
from cinegenre.library.genre_elements import genre_values
from cinegenre.library.splice import apply, inverse, spliced

from .shapes import BROKEN, COMBINED, JELLYFIN, JOINED, LINK, NESTED, PLAIN, SHAPES, TEMPLATE


def changed(data: bytes, *genres: str, keep: bool = False) -> bytes:
    document = read_document(data)
    assert document is not None
    return spliced(document, genres, keep=keep)[0]


def values(data: bytes) -> list[str]:
    document = read_document(data)
    assert document is not None
    return [value for said in genre_values(document) for value in said]


@pytest.mark.parametrize("keep", [False, True], ids=["replace", "add"])
@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gets_its_genres_and_gives_back_its_bytes(name: str, keep: bool) -> None:
    data = SHAPES[name]
    document = read_document(data)
    assert document is not None
    before = values(data)
    after, edits = spliced(document, ["Fantasía & más", "犯罪"], keep=keep)
    assert sorted(values(after)) == sorted(["Fantasía & más", "犯罪", *(before if keep else [])])
    assert apply(after, inverse(edits)) == data
    # What stands before the first genre and after the last one is there, byte by byte.
    first = min(edit.start for edit in edits)
    last = max(edit.start + len(edit.old) for edit in edits)
    assert after.startswith(data[:first])
    assert after.endswith(data[last:])


def test_places_and_line_ends() -> None:
    assert changed(PLAIN, "Drama", "War") == PLAIN.replace(
        b"</movie>", b"    <genre>Drama</genre>\n    <genre>War</genre>\n</movie>"
    )
    assert changed(JELLYFIN, "Horror", keep=True) == JELLYFIN.replace(
        b"<genre>War</genre>\r\n", b"<genre>War</genre>\r\n  <genre>Horror</genre>\r\n"
    )
    assert changed(JELLYFIN, "Horror") == JELLYFIN.replace(
        b"<genre>Drama</genre>\r\n  <genre>War</genre>\r\n", b"<genre>Horror</genre>\r\n"
    )


def test_attributes_and_trailing_links_stay() -> None:
    assert changed(COMBINED, "Science Fiction", "Romance") == COMBINED.replace(
        b">SciFi<", b">Science Fiction<"
    )
    assert b'<genre xsi:type="x">Horror</genre><year>' in changed(NESTED, "Horror")


def test_empty_elements_are_filled() -> None:
    assert changed(TEMPLATE, "Drama", "War", "Crime", keep=True) == TEMPLATE.replace(
        b"<genre></genre>", b"<genre>Drama</genre>"
    ).replace(b"<genre />", b"<genre>War</genre>\n    <genre>Crime</genre>")


def test_a_placeholder_is_filled_and_may_be_wanted() -> None:
    data = b"<movie><genre>N/A</genre><genre/></movie>"
    assert changed(data, "War", keep=True) == b"<movie><genre>War</genre><genre/></movie>"
    assert changed(data, "Unknown") == b"<movie><genre>Unknown</genre></movie>"


def test_joined_genres_are_two() -> None:
    assert values(JOINED) == ["Action", "Comedy"]
    assert changed(JOINED, "Drama", keep=True).endswith(
        b"<genre>Action / Comedy</genre><genre>Drama</genre></movie>"
    )


def test_what_an_encoding_lacks_is_a_reference() -> None:
    assert "<genre>犯罪</genre>".encode("utf-16-le") in changed(SHAPES["utf16_le"], "犯罪")
    assert b"<genre>Fantas\xeda &#29359;</genre>" in changed(SHAPES["windows_1252"], "Fantasía 犯")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", BROKEN)
def test_broken_and_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(BadMovie, match=r"the \.nfo"):
        read_document(BROKEN[name])


def test_other_files() -> None:
    assert read_document(LINK) is None
    assert read_document("▄▄▄ A RELEASE ▄▄▄ <proudly>".encode("cp437", "replace")) is None
    assert read_document(b"") is None
    with pytest.raises(BadMovie, match="larger than 10 MB"):
        read_document(b"<movie>" + b" " * MAX_BYTES)
    with pytest.raises(BadMovie, match="an empty <movie/>"):
        changed(b"<movie/>", "Drama")


def test_a_long_hostile_tag_costs_one_pass() -> None:
    with pytest.raises(BadMovie):
        read_document(b"<movie " + b'a="' * 400_000)


CHARACTERS = st.characters(codec="utf-8", exclude_characters="\r<>&", exclude_categories=["C"])
TEXT = st.text(CHARACTERS, max_size=12)
SPACE = st.text(" \t\n", max_size=4)
OTHER = st.one_of(
    TEXT.map(lambda text: f"<plot a='{text.replace(chr(39), '')}'>{text}</plot>"),
    TEXT.map(lambda text: f"<!--{text.replace('-', '')}-->"),
    TEXT.map(lambda text: f"<set><genre>{text}</genre></set>"),
    TEXT.map(lambda text: f"<x><![CDATA[<genre>{text.replace(']', '')}</genre>]]></x>"),
    st.sampled_from(["<outline/>", "<?pi <genre>?>", "&amp;", "<a><b/></a>"]),
)
GENRE = st.one_of(
    TEXT.map(lambda text: f"<genre>{text}</genre>"),
    st.sampled_from(["<genre/>", "<genre a='1' />", "<genre\n>A / B</genre >"]),
)
BODY = st.lists(st.tuples(SPACE, st.one_of(OTHER, GENRE)), max_size=8)
NAMES = st.lists(TEXT.map(lambda text: text.replace("/", "").strip()).filter(bool), max_size=4,
                 unique=True)  # fmt: skip
ENDS = st.tuples(st.sampled_from(["", "\n", "<!-- c -->\n", "\n\n"]),
                 st.sampled_from(["", "\nhttp://x/?a=1&b=2\n", "<movie>", "\n<!-- c"]))  # fmt: skip


@settings(max_examples=150, deadline=None)
@example([("", "<plot a=''></plot>"), ("", "&amp;")], "", ("", ""), ["0"], False, "utf-8")
@example([("", "<genre/>"), ("", "<genre>?</genre>")], "", ("", ""), ["?"], False, "utf-8")
@given(BODY, SPACE, ENDS, NAMES, st.booleans(), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_outside_bytes_are_equal_for_any_body(
    body: list[tuple[str, str]], space: str, ends: tuple[str, str], names: list[str], keep: bool,
    encoding: str,
) -> None:  # fmt: skip
    inner = "".join(gap + part for gap, part in body) + space
    data = f"{ends[0]}<movie>{inner}</movie>{ends[1]}".encode(encoding)
    document = read_document(data)
    assert document is not None
    if not names and not keep:
        return
    after, edits = spliced(document, names, keep=keep)
    assert apply(after, inverse(edits)) == data
    # By another parser and without our scan: all other elements are as they were.
    root = after.decode(encoding)
    root = root[root.index("<movie>") : root.index("</movie>") + len("</movie>")]
    old, new = ElementTree.fromstring(f"<movie>{inner}</movie>"), ElementTree.fromstring(root)
    # Loose text is the root's: which element it follows changes where a genre is put between, and
    # the white space before a genre goes with it.
    loose = [[tree.text or "", *(node.tail or "" for node in tree)] for tree in (old, new)]
    assert "".join("".join(loose[0]).split()) == "".join("".join(loose[1]).split())
    for node in (*old, *new):
        node.tail = None
    others = [[ElementTree.tostring(node) for node in tree if node.tag != "genre"]
              for tree in (old, new)]  # fmt: skip
    assert others[0] == others[1]
    said = [(node.text or "").strip() for node in new if node.tag == "genre"]
    assert all(name in said for name in names)
