"""The perceptual hash: the same poster in another form is found, another poster is not."""

from __future__ import annotations

import io
import itertools
import random

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from cinegenre.data.dhash import DECODE, DISTANCE, Hash, dhash, near_pairs
from cinegenre.images import open_rgb


def _poster(seed: int, size: tuple[int, int] = (180, 270)) -> Image.Image:
    """Soft colour clouds with a few hard boxes, as different from each other as posters are."""
    rng = np.random.default_rng(seed)
    clouds = Image.fromarray(rng.integers(0, 256, (7, 5, 3), dtype=np.uint8), "RGB")
    image = clouds.resize(size, Image.Resampling.BICUBIC)
    for _ in range(4):
        x, y = rng.integers(0, (140, 220)).tolist()
        image.paste(tuple(rng.integers(0, 256, 3).tolist()), (x, y, x + 40, y + 50))
    return image


def _stored(image: Image.Image, **options: object) -> Hash | None:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return dhash(open_rgb(out.getvalue(), at_least=(DECODE, DECODE)))


CHANGES = {
    "quality 40": lambda image: image,
    "half the size": lambda image: image.resize((90, 135)),
    "three times the size": lambda image: image.resize((540, 810)),
    "another shape": lambda image: image.resize((100, 100)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "grey": lambda image: image.convert("L"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_poster_stored_again_is_found(change: str) -> None:
    for seed in range(10):
        image = _poster(seed)
        hashes = [_stored(image, quality=90), _stored(CHANGES[change](image), quality=40)]
        assert near_pairs(hashes) == [(0, 1)]


def test_different_posters_are_not_and_the_same_are_joined_once() -> None:
    hashes = [_stored(_poster(seed)) for seed in range(60)]
    assert near_pairs(hashes) == []
    assert near_pairs([hashes[0], None, *hashes, hashes[0]]) == [(0, 2), (0, 62)]


def test_plain_posters_are_never_the_same() -> None:
    plain = [dhash(Image.new("RGB", (60, 90), colour)) for colour in ("black", "white", "#222")]
    assert plain == [None] * 3
    assert near_pairs(plain) == []
    assert near_pairs([]) == []


def test_no_near_pair_escapes_the_bands() -> None:
    dice = random.Random(0)
    grey = bytes(range(256))
    numbers = [dice.getrandbits(128) for _ in range(20)]
    numbers += [
        number ^ sum(1 << bit for bit in dice.sample(range(128), flips))
        for number in numbers
        for flips in (1, DISTANCE - 1, DISTANCE, DISTANCE + 1)
    ]
    expected = [
        (i, j)
        for i, j in itertools.combinations(range(len(numbers)), 2)
        if (numbers[i] ^ numbers[j]).bit_count() <= DISTANCE
    ]
    assert len(expected) >= 60
    assert near_pairs([Hash(number.to_bytes(16), grey) for number in numbers]) == expected


def test_near_bits_with_unlike_pictures_are_no_pair() -> None:
    bits = bytes(16)
    rising, falling = bytes(range(256)), bytes(range(255, -1, -1))
    assert near_pairs([Hash(bits, rising), Hash(bits, falling)]) == []
