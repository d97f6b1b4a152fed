"""What a file is, told by its first bytes; and every ending under which pictures are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from cinegenre.errors import BadImage
from cinegenre.images import open_rgb
from cinegenre.library.walk import walk
from cinegenre.pictures import ENDINGS, FORMATS, HEAD, Format, format_of, what_is
from cinegenre.readers.posters import poster_index

from .tiny import broken, no_pictures

OWN = [format for format in FORMATS if not format.extra]
EXTRA = {"HEIF": no_pictures.HEIC, "JXL": no_pictures.JXL}


@pytest.mark.parametrize("name", no_pictures.KINDS)
def test_what_is_no_picture_is_called_what_it_is(name: str, tmp_path: Path) -> None:
    make, words = no_pictures.KINDS[name]
    path = tmp_path / "poster.jpg"
    data = make()
    path.write_bytes(data)
    told = []
    for poster in (data, path, str(path)):
        with pytest.raises(BadImage) as refused:
            open_rgb(poster)
        assert words in str(refused.value) and refused.value.cure and not refused.value.extra
        assert "\n" not in str(refused.value) and len(refused.value.what) < 250 + len(str(path))
        told.append(str(refused.value).replace(f"poster {path}", "the poster"))
    assert len(set(told)) == 1, "the same words for bytes and for a file"


def test_a_letter_cut_in_two_at_the_end_of_what_is_looked_at_is_still_text() -> None:
    what, _ = what_is(("x" + "é" * HEAD).encode()[:HEAD])
    assert what.startswith('text ("xé')
    assert what_is(b"text \xff and what no text has") == what_is(b"\x9f\xff\xfe\x01")


@pytest.mark.parametrize("format", OWN, ids=lambda format: format.name)
def test_every_format_of_pillows_own_is_opened_by_its_content(format: Format) -> None:
    data = broken.saved(broken.two_halves((64, 96)), format.name)
    found = format_of(data)
    assert found is format
    image = open_rgb(data)
    assert image.size == (64, 96)
    top, bottom = image.getpixel((30, 5)), image.getpixel((30, 90))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[0] > 200 > bottom[0] and bottom[2] > 200 > top[2]


@pytest.mark.parametrize("format", OWN[1:], ids=lambda format: format.name)
def test_a_pillow_that_was_built_without_a_format_says_so(
    format: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = broken.saved(broken.two_halves(), format.name)
    monkeypatch.setattr(Format, "load", lambda self: None)
    monkeypatch.delitem(Image.OPEN, format.name)
    with pytest.raises(BadImage, match="which this Pillow does not read: save it as a JPEG"):
        open_rgb(data)


@pytest.mark.parametrize("name", EXTRA)
def test_a_format_that_needs_an_extra_names_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    format = next(format for format in FORMATS if format.name == name)
    monkeypatch.setitem(sys.modules, format.module, None)
    with pytest.raises(BadImage) as refused:
        open_rgb(EXTRA[name])
    assert refused.value.extra == format.extra
    assert refused.value.what == (
        f"the poster is a {format.called} picture, and '{format.package}' is not installed"
    )
    assert refused.value.cure.startswith("save it as a JPEG or PNG, or run: ")
    assert f"[{format.extra}]" in refused.value.cure


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"avif\0\0\0\0mif1avif", "AVIF"),
        (b"mif1\0\0\0\0avifmif1", "AVIF"),
        (b"mif1\0\0\0\0heicmif1", "HEIF"),
        (b"hevc\0\0\0\0msf1hevc", "HEIF"),
        (b"isom\0\0\0\0mp42isom", None),
    ],
)
def test_heic_avif_and_mp4_are_told_apart_by_their_brands(brands: bytes, name: str | None) -> None:
    found = format_of(bytes([0, 0, 0, 8 + len(brands)]) + b"ftyp" + brands)
    assert (found and found.name) == name


@pytest.mark.parametrize("ending", ENDINGS)
def test_pictures_of_every_ending_are_found_in_a_folder_and_in_a_library(
    ending: str, tmp_path: Path
) -> None:
    posters = tmp_path / "posters"
    films = tmp_path / "films" / "Orbit (1999)"
    for folder in (posters, films):
        folder.mkdir(parents=True)
    (posters / f"862{ending.upper()}").touch()
    assert poster_index(posters) == {"862": posters / f"862{ending.upper()}"}
    (films / "Orbit (1999).mkv").touch()
    for name in ("poster", "Orbit (1999)-poster"):
        (films / (name + ending)).touch()
        (item,) = walk(tmp_path / "films")
        assert item.poster and item.poster.name == name + ending


def test_of_several_files_the_format_that_costs_least_is_taken(tmp_path: Path) -> None:
    for ending in (".heic", ".tif", ".avif", ".png", ".jpeg"):
        (tmp_path / f"7{ending}").touch()
    assert poster_index(tmp_path) == {"7": tmp_path / "7.jpeg"}
    assert len(set(ENDINGS)) == len(ENDINGS)


def test_the_page_on_data_lists_the_formats() -> None:
    page = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")
    for format in FORMATS:
        endings = ", ".join(f"`{ending}`" for ending in format.endings)
        assert f"| {format.called} | {endings} |" in page
