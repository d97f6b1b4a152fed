"""The part of TMDB's API that posters need: configuration, a film, an IMDb id, an image."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ...errors import BadImage, UserError, shown, unknown
from ...images import open_rgb
from .http import Again, Fault, Gone, Http, Refused
from .key import CURE, Key

API = "https://api.themoviedb.org/3"
IMAGE_BYTES, JSON_BYTES = 30_000_000, 5_000_000
"""The most bytes of an image, and of an answer of the API."""

_IMAGES = ("image.tmdb.org", "media.themoviedb.org", "www.themoviedb.org")
_PATH = re.compile(r"/[\w.-]{1,200}\.(jpe?g|png|webp)", re.ASCII | re.IGNORECASE)
_ENDINGS = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"))


@dataclass(frozen=True)
class Poster:
    """An image that was decoded completely: its bytes, and the file ending for its format."""

    data: bytes
    ending: str


class Tmdb:
    """The API at `base`, and images of one size. `ask` and `images` make the requests."""

    def __init__(self, base: str, key: Key, ask: Http, images: Http) -> None:
        self.base, self.key = base.rstrip("/"), key
        self.ask, self.images = ask, images
        self.prefix = ""

    def choose(self, size: str) -> None:
        """Choose the size of images, and get their address from TMDB's configuration.

        Raises `UserError` for a size that TMDB does not have, and if TMDB does not answer.
        """
        try:
            found = self._json("/configuration")
        except Fault as fault:
            raise UserError(
                f"TMDB at {host(self.base)} does not answer ({fault})",
                "check the network and --base-url, or try later",
            ) from None
        images = found.get("images")
        images = images if isinstance(images, dict) else {}
        sizes, root = images.get("poster_sizes"), images.get("secure_base_url")
        if not isinstance(sizes, list) or not isinstance(root, str) or not _safe(root):
            raise UserError(f"what answers at {host(self.base)} is not TMDB", "check --base-url")
        if size not in sizes:
            raise unknown("size", size, [str(each) for each in sizes])
        self.prefix = f"{root.rstrip('/')}/{size}"

    def of_film(self, number: str) -> str | None:
        """The poster path of a film by its TMDB id; None for a film without one."""
        return poster_path(self._json(f"/movie/{number}").get("poster_path"))

    def of_imdb(self, number: str) -> str | None:
        """The poster path of a film, or else a series, by its IMDb id. `Gone` for an unknown id."""
        found = self._json(f"/find/{number}", {"external_source": "imdb_id"})
        for kind in ("movie_results", "tv_results"):
            results = found.get(kind)
            if isinstance(results, list) and results and isinstance(results[0], dict):
                return poster_path(results[0].get("poster_path"))
        raise Gone("unknown IMDb id")

    def image(self, path: str) -> Poster:
        """The image at a poster path. Raises `Gone` if it no longer exists."""
        return self.images.get(self.prefix + path, IMAGE_BYTES, _decoded)

    def _json(self, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            return self.ask.get(self.base + path, JSON_BYTES, _object, query)
        except Refused:
            raise UserError(
                f"TMDB refuses the key from {self.key.source} (401)", f"check it, or {CURE}"
            ) from None


def poster_path(value: object) -> str | None:
    """A path such as `/rhIRbceoE9lR4veEXuwCC2wARtG.jpg`, also from an address of TMDB's images.

    None for anything else, because a table must not be able to name other files or servers.
    """
    text = value.strip() if isinstance(value, str) else ""
    if "://" in text:
        if host(text) not in _IMAGES:
            return None
        text = "/" + urlsplit(text).path.rpartition("/")[2]
    return text if _PATH.fullmatch(text) else None


def check_base(base: str) -> str:
    """Check the address of an API. Raises `UserError` if the key would be sent unencrypted."""
    if not host(base):
        raise UserError(f"--base-url {shown(base)} is not an address", f"give one such as {API}")
    if not _safe(base):
        raise UserError(
            f"--base-url names {host(base)} without https, the key would travel unencrypted",
            "give https (http only for this machine)",
        )
    return base.rstrip("/")


def host(base: str) -> str:
    """The server in an address, without other parts; "" if there is none."""
    try:
        return urlsplit(base).hostname or ""
    except ValueError:
        return ""


def _safe(base: str) -> bool:
    scheme, _, _ = base.partition("://")
    near = host(base) in ("localhost", "127.0.0.1", "::1")
    return scheme == "https" or (scheme == "http" and near)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Again("the answer is not a JSON object")
    return value


def _decoded(body: bytes) -> Poster:
    ending = next((ending for start, ending in _ENDINGS if body.startswith(start)), "")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        ending = ".webp"
    if not ending:
        raise Again("no JPEG, PNG or WebP came")
    try:
        open_rgb(body)  # decode every pixel, because a cut-off file has a valid header
    except BadImage:
        raise Again("the image that came is broken or cut off") from None
    return Poster(body, ending)
