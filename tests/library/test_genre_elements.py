"""The shapes in which genres stand in .nfo files: filled, or left alone with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import BadMovie
from cinegenre.library import Policy
from cinegenre.library.document import read_document
from cinegenre.library.nfo import read_nfo

from .fake import contents, put
from .test_run import run

HORROR = ("Horror", "Thriller")
READ: dict[str, tuple[str, tuple[str, ...]]] = {
    "names inside": ("<genre>\n  <name>Horror</name>\n  <name>Thriller</name>\n</genre>", HORROR),
    "values inside": ("<genre><value>Horror</value><value>Thriller</value></genre>", HORROR),
    "ids beside names": ("<genre><id>27</id><name>Horror</name></genre>", ("Horror",)),
    "a text beside an id": ("<genre>Horror<id>27</id></genre>", ("Horror",)),
    "line breaks": ("<genre>\n  Horror\n  Thriller\n</genre>", HORROR),
    "an element between": ("<genre>Horror<br/>Thriller</genre>", HORROR),
    "slashes": ("<genre>Horror / Thriller</genre>", HORROR),
    "bare slashes": ("<genre>Horror/Thriller</genre>", HORROR),
    "commas": ("<genre>Horror, Thriller</genre>", ("Horror, Thriller",)),
    "pipes": ("<genre>Horror|Thriller</genre>", ("Horror|Thriller",)),
    "semicolons": ("<genre>Thriller; Horror</genre>", ("Thriller; Horror",)),
    "an attribute": ('<genre clear="true">Horror</genre>', ("Horror",)),
    "CDATA": ("<genre><![CDATA[Horror]]></genre><genre><![CDATA[ R&B ]]></genre>",
              ("Horror", "R&B")),
    "references": ("<genre>&#72;orror</genre>", ("Horror",)),
    "doubled": ("<genre>Horror</genre><genre>Horror</genre>", ("Horror",)),
    "doubled in other case": ("<genre>HORROR</genre><genre>horror</genre>", ("HORROR", "horror")),
    "beside a wrapper": ("<genres><genre>Horror</genre></genres><genre>War</genre>",
                         ("War", "Horror")),
    "beside a capital": ("<genre>War</genre><Genre>Horror</Genre>", ("War", "Horror")),
}  # fmt: skip
EMPTY = {
    "nothing": "",
    "empty": "<genre></genre>",
    "closed": "<genre/>",
    "white space": "<genre>\n \t</genre>",
    "empty with an attribute": '<genre clear="true" />',
    "two empty ones": "<genre/><genre></genre>",
    "an empty wrapper": "<genres><genre/></genres>",
    "a closed wrapper": "<genres/>",
    "an empty name": "<genre><name/></genre>",
    "an empty CDATA": "<genre><![CDATA[]]></genre>",
    "a comment": "<genre><!-- Horror --></genre>",
    "N/A": "<genre>N/A</genre>",
    "unknown": '<genre clear="true">Unknown</genre>',
    "MovieLens'": "<genre>(no genres listed)</genre><genre> - </genre>",
    "IMDb's": "<genre>\\N</genre>",
    "a name for none": "<genre><name>None</name></genre>",
}
ODD = {
    "a wrapper": ("<genres><genre>Horror</genre><genre>War</genre></genres>", "in <genres>"),
    "a wrapper's text": ("<genres>Horror, War</genres>", "in <genres>"),
    "a capital": ("<Genre>Horror</Genre>", "in <Genre>"),
    "a namespace": ('<x:genre xmlns:x="y">Horror</x:genre>', "in <x:genre>"),
    "an attribute's name": ('<genre name="Horror"/>', "in an attribute"),
    "an attribute's value": ('<genre>War</genre><genre value="Horror"></genre>', "in an attribute"),
}


def film(inner: str) -> bytes:
    return f"<movie>\n<title>Orbit</title>\n{inner}\n</movie>\n".encode()


@pytest.mark.parametrize("name", READ)
def test_what_is_there_is_known_and_not_written_again(tmp_path: Path, name: str) -> None:
    text, genres = READ[name]
    path = put(tmp_path / "A" / "movie.nfo", film(text))
    [row] = run(tmp_path).values()
    assert (row.genres, row.why) == (genres, "has genres")
    [row] = run(tmp_path, policy=Policy.ADD).values()
    assert row.status == "written"
    now = path.read_bytes()
    for added in (b"<genre>Science Fiction</genre>", b"<genre>Action</genre>"):
        assert now.count(added) == 1
        now = now.replace(added, b"")
    assert b"".join(now.split()) == b"".join(film(text).split())
    [row] = run(tmp_path, policy=Policy.ADD).values()
    assert row.why == "has them all"
    [row] = run(tmp_path, policy=Policy.REPLACE).values()
    assert row.why in ("", "has just these")
    nfo = read_nfo(read_document(path.read_bytes()))  # type: ignore[arg-type]
    assert nfo is not None and {"Science Fiction", "Horror", "Action"} <= set(nfo.genres)


@pytest.mark.parametrize("name", EMPTY)
def test_what_is_empty_is_filled(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / "A" / "movie.nfo", film(EMPTY[name]))
    [row] = run(tmp_path).values()
    assert (row.genres, row.status) == ((), "written")
    nfo = read_nfo(read_document(path.read_bytes()))  # type: ignore[arg-type]
    assert nfo is not None
    assert (nfo.genres, nfo.locked) == (("Science Fiction", "Horror", "Action"), "")
    assert path.read_bytes().count(b"Horror</genre>") == 1


def test_no_genre_beside_one_is_filled_or_removed(tmp_path: Path) -> None:
    path = put(tmp_path / "A" / "movie.nfo", film("<genre>N/A</genre><genre>Horror</genre>"))
    [row] = run(tmp_path).values()
    assert (row.genres, row.why) == (("Horror",), "has genres")
    [row] = run(tmp_path, clean=True, model=False).values()
    assert (row.proposed, row.unknown) == (("Horror",), ())
    assert path.read_bytes() == film("<genre>Horror</genre>")


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("name", ODD)
def test_what_no_server_reads_is_left_with_the_reason(
    tmp_path: Path, name: str, policy: Policy
) -> None:
    text, why = ODD[name]
    put(tmp_path / "A" / "movie.nfo", film(text))
    before = contents(tmp_path)
    [row] = run(tmp_path, policy=policy).values()
    assert row.status == "left" and why in row.why and "Horror" in " ".join(row.genres)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("text", "line"), [
    ('<?xml version="1.0"?>\n\n<!-- c\n -->\n<movie>\n<title>A & B</title></movie>', 6),
    ("\r\n<movie>\r\n<a>A</b>\r\n</movie>", 3),
    ("\n\n<movie>\n<title", 4),
    ("http://x/\n<movie>\n<!-- x", 3),
    ("<movie>\n</movie", 2),
    ("<https://x/?a=1&b=2>\n<2 <movie>\n<title>A & B</title></movie>", 3),
    ("\n<movie>\n<title>A</title>\n", 2),
])  # fmt: skip
def test_an_error_names_the_line_of_the_file(text: str, line: int) -> None:
    with pytest.raises(BadMovie, match=rf"line {line}\b"):
        read_document(text.encode())
