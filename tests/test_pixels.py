"""Posters that a program has in memory: Pillow images and arrays."""

from __future__ import annotations

import copy
import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cinegenre import BadImage, BadMovie, Movie
from cinegenre.images import MAX_PIXELS, open_rgb

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def shown(poster: Any) -> np.ndarray:
    return np.asarray(open_rgb(poster))


PICTURES = {
    "image": Image.fromarray(PIXELS),
    "opened": Image.open(io.BytesIO(png(Image.fromarray(PIXELS)))),
    "array": PIXELS,
    "every other row": np.repeat(PIXELS, 2, axis=0)[::2],
    "opaque": np.dstack([PIXELS, np.full((30, 20), 255, np.uint8)]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pixels_are_a_poster(name: str) -> None:
    film = Movie(id="1", poster=PICTURES[name])
    assert film.inputs == ("poster",)
    assert np.array_equal(shown(film.poster), PIXELS)
    for other in (pickle.loads(pickle.dumps(film)), copy.deepcopy(film), copy.copy(film)):
        assert other == film
        assert hash(other) == hash(film)
        assert np.array_equal(shown(other.poster), PIXELS)


@pytest.mark.parametrize("shape", [(30, 20), (30, 20, 1)])
def test_grey_arrays(shape: tuple[int, ...]) -> None:
    grey = PIXELS[:, :, 0].reshape(shape)
    assert np.array_equal(shown(grey), np.repeat(PIXELS[:, :, :1], 3, axis=2))


def test_what_is_transparent_is_white() -> None:
    clear = np.dstack([PIXELS, np.zeros((30, 20), np.uint8)])
    assert (shown(clear) == 255).all()
    assert (shown(Image.fromarray(clear)) == 255).all()


def test_an_image_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG", exif=exif)
    assert np.array_equal(shown(Image.open(out)), np.rot90(PIXELS, -1))


def test_a_callers_picture_stays_as_it_is() -> None:
    """What is opened is changed by whoever shows it, thumbnails in place."""
    for picture in (Image.fromarray(PIXELS), PIXELS.copy()):
        open_rgb(picture).paste((0, 0, 0), (0, 0, 20, 30))
        assert np.array_equal(np.asarray(picture), PIXELS)


def test_films_with_pictures_compare() -> None:
    film = Movie(poster=PIXELS)
    assert film == Movie(poster=PIXELS.copy())
    others: tuple[Any, ...] = (255 - PIXELS, PIXELS[:-1], None, Image.fromarray(PIXELS), "a.jpg")
    assert film not in [Movie(poster=poster) for poster in others]
    assert film != Movie(title="A", poster=PIXELS)
    assert film != "a.jpg"
    assert len({film, Movie(poster=PIXELS.copy()), Movie(poster="a.jpg")}) == 2


WRONG: dict[str, tuple[Any, str]] = {
    "channels first": (np.zeros((3, 30, 20), np.uint8), r"\(3, 30, 20\): put the channels last"),
    "floats": (np.zeros((30, 20, 3)), r"an array of float64 \(30, 20, 3\): give a uint8 array"),
    "two channels": (np.zeros((30, 20, 2), np.uint8), "give a uint8 array"),
    "a row": (np.zeros(30, np.uint8), "give a uint8 array"),
    "many": (np.zeros((5, 30, 20, 3), np.uint8), "give a uint8 array"),
    "empty": (np.zeros((0, 20, 3), np.uint8), "give a uint8 array"),
    "number": (5, 'poster is "int": poster must be a path, bytes, a Pillow image or a uint8'),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_can_be_no_poster_is_named(name: str) -> None:
    value, said = WRONG[name]
    with pytest.raises(BadMovie, match=said):
        Movie(id="7", poster=value)


def test_a_closed_image_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(Image.fromarray(PIXELS)))
    with Image.open(path) as left, Image.open(path) as loaded:
        loaded.load()
    closed = Image.open(path)
    closed.close()
    for image in (left, closed):
        with pytest.raises(BadImage, match=r"was closed before it was decoded: call its load\(\)"):
            open_rgb(image)
    assert np.array_equal(shown(loaded), PIXELS)


def test_a_broken_image_says_so() -> None:
    broken = Image.open(io.BytesIO(png(Image.fromarray(PIXELS))[:900]))
    with pytest.raises(BadImage, match="a Pillow image, cannot be decoded") as said:
        open_rgb(broken)
    assert "\n" not in str(said.value)


def test_sizes_are_bounded_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.open(io.BytesIO(png(Image.new("1", (8000, MAX_PIXELS // 8000 + 1)))))
    monkeypatch.setattr(image, "load", lambda: pytest.fail("decoded"))
    with pytest.raises(BadImage, match="over 50 megapixels"):
        open_rgb(image)
    with pytest.raises(BadImage, match="no pixels"):
        open_rgb(Image.new("RGB", (0, 5)))


def test_one_opened_image_is_read_by_many_threads() -> None:
    image = Image.open(io.BytesIO(png(Image.fromarray(np.tile(PIXELS, (40, 40, 1))))))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shown, [image] * 32))
    assert all(np.array_equal(each, np.tile(PIXELS, (40, 40, 1))) for each in found)
