"""A cache of encoders' outputs on disk, so that films are encoded once for several fits."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import BadImage, UserError
from ..files import whole
from ..images import open_rgb
from ..movie import Movie
from ..pixels import Poster
from ..tagger.bundle import Bundle

KEY = 16
"""Length of a key in bytes, long enough that no two films have the same key."""


def user_cache() -> Path:
    """cinegenre's folder in the user's cache folder of this operating system.

    The same place as platformdirs gives, which the core does not depend on.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cinegenre" / "features"


def kept_in(cache: str | Path | None, *, keep: bool) -> Path | None:
    """The folder of the cache: `cache`, or else the user's own; None if `keep` is False."""
    if not keep:
        return None
    return Path(cache) if cache else user_cache()


class FeatureCache:
    """The outputs of one encoder by the content of its inputs, in a folder for that encoder.

    Each call of `save` adds a file, and files never change, so several fits may run at once. An
    unreadable file is ignored, and what cannot be written is not cached. Without
    `add` the cache is only read.
    """

    def __init__(
        self, folder: Path | None, bundle: Bundle, modality: str, *, add: bool = True
    ) -> None:
        self.folder = folder and folder / fingerprint(bundle, modality)
        self.add = add
        self.width = bundle.widths[modality]

    def find(self, keys: Sequence[bytes | None]) -> tuple[np.ndarray, np.ndarray]:
        """Features (films, width), zeros for unknown films, and which are known, bool (films,)."""
        features = np.zeros((len(keys), self.width), np.float32)
        known = np.zeros(len(keys), bool)
        if self.folder is None:
            return features, known
        for path in sorted(self.folder.glob("*.safetensors")):
            stored = _stored(path, self.width)
            if stored is None:
                continue
            at = {key.tobytes(): row for row, key in enumerate(stored["keys"])}
            hits = [(i, at[key]) for i, key in enumerate(keys) if key in at and not known[i]]
            if hits:
                rows, sources = np.array(hits).T
                features[rows] = stored["features"][sources]
                known[rows] = True
        return features, known

    def save(self, keys: Sequence[bytes], features: np.ndarray) -> None:
        """Store the features (films, width) of these films."""
        if self.folder is None or not self.add or not keys:
            return
        from safetensors.numpy import save_file

        name = hashlib.sha256(b"".join(keys)).hexdigest()[:KEY]
        tensors = {
            "keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), KEY),
            "features": np.ascontiguousarray(features),
        }
        # If the disk is full or the folder is not writable, the next fit only takes longer.
        with suppress(UserError), whole(self.folder / f"{name}.safetensors") as staged:
            save_file(tensors, staged)


def fingerprint(bundle: Bundle, modality: str) -> str:
    """A name for an encoder and the preparation of its inputs: the same name, the same outputs."""
    reads = bundle.inputs[modality]
    digest = hashlib.sha256()
    for name, value in sorted(vars(reads).items()):
        text = value.to_str() if name == "tokenizer" else repr(value)
        digest.update(f"{name}={text};".encode())
    with bundle.encoders[modality].open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:KEY]


def key_of(film: Movie, fields: Sequence[str]) -> bytes | None:
    """A key for the content of these fields of a film; None for an unreadable poster."""
    content: dict[str, Any] = {}
    for field in fields:
        value = getattr(film, field)
        if field == "poster" and value is not None:
            try:
                value = hashlib.sha256(_content(value)).hexdigest()
            except (OSError, BadImage):
                return None
        content[field] = value
    text = json.dumps(content, sort_keys=True, default=list).encode("ascii")
    return hashlib.sha256(text).digest()[:KEY]


def _content(poster: Poster) -> bytes:
    if isinstance(poster, bytes):
        return poster
    if isinstance(poster, str | Path):
        return Path(poster).read_bytes()
    image = open_rgb(poster)
    return f"{image.size} ".encode() + image.tobytes()


def _stored(path: Path, width: int) -> Mapping[str, np.ndarray] | None:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored: dict[str, np.ndarray] = load_file(path)
        fits = stored["features"].shape == (len(stored["keys"]), width)
    except (SafetensorError, KeyError, OSError):
        return None
    return stored if fits and stored["keys"].shape[1:] == (KEY,) else None
