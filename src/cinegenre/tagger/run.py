"""Running a bundle's ONNX files: films to features to logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import BadImage, UserError
from ..inputs import PosterInput, TextInput, pad
from ..movie import Movie
from .bundle import Bundle

BATCH = 64
"""Films a run of an encoder; more hardly speeds up a CPU and costs memory."""


@dataclass(frozen=True)
class Features:
    """What the encoders say of some films: (films, width) by modality, zero where not `present`.

    `present` is bool (films, modalities), in the order of `features`. `faults` are the posters
    that could not be read, by row.
    """

    features: Mapping[str, np.ndarray]
    present: np.ndarray
    faults: Mapping[int, BadImage] = field(default_factory=dict)


class Runtime:
    """The ONNX sessions of a bundle, each opened when it is first needed."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.bundle = bundle
        self.threads = threads
        self._sessions: dict[Path, Any] = {}

    def encode(self, films: Sequence[Movie], modalities: Sequence[str] = ()) -> Features:
        """Run every encoder, or those of `modalities`, on the films that have its input."""
        features: dict[str, np.ndarray] = {}
        present: list[np.ndarray] = []
        faults: dict[int, BadImage] = {}
        for name in modalities or self.bundle.inputs:
            reads = self.bundle.inputs[name]
            encoded = np.zeros((len(films), self.bundle.widths[name]), np.float32)
            if isinstance(reads, PosterInput):
                has = self._encode_posters(name, reads, films, encoded, faults)
            else:
                has = self._encode_texts(name, reads, films, encoded)
            features[name] = encoded
            present.append(has)
        return Features(features, np.stack(present, axis=1), faults)

    def classify(self, features: Mapping[str, np.ndarray], present: np.ndarray) -> np.ndarray:
        """Features by modality and `present` to logits, (films, genres) float32."""
        feed = {name: features[name] for name in self.bundle.inputs}
        return self._run(self.bundle.head, feed | {"present": present})

    def _encode_texts(
        self, name: str, reads: TextInput, films: Sequence[Movie], encoded: np.ndarray
    ) -> np.ndarray:
        rows = reads.encode(films)
        lengths = np.array([len(row) for row in rows], np.int64)
        # By length, so that short texts are not padded to the longest.
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > 0]
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            tokens = pad([rows[film] for film in batch], reads.pad_id)
            encoded[batch] = self._run(self.bundle.encoders[name], {"inputs": tokens})
        return lengths > 0

    def _encode_posters(
        self,
        name: str,
        reads: PosterInput,
        films: Sequence[Movie],
        encoded: np.ndarray,
        faults: dict[int, BadImage],
    ) -> np.ndarray:
        has = np.zeros(len(films), bool)
        rows: list[int] = []
        batch: list[np.ndarray] = []

        def flush() -> None:
            if batch:
                pixels = np.stack(batch)
                encoded[rows] = self._run(self.bundle.encoders[name], {"inputs": pixels})
                has[rows] = True
                rows.clear()
                batch.clear()

        with_poster = [i for i, film in enumerate(films) if "poster" in film.inputs]
        posters = (films[i].poster or b"" for i in with_poster)
        for i, decoded in zip(with_poster, reads.decode_all(posters), strict=True):
            if isinstance(decoded, BadImage):
                faults[i] = decoded
                continue
            rows.append(i)
            batch.append(decoded)
            if len(batch) == BATCH:
                flush()
        flush()
        return has

    def _run(self, path: Path, feed: Mapping[str, np.ndarray]) -> np.ndarray:
        session = self._sessions.get(path) or self._open(path)
        # A head of one modality has no use for the others' inputs, nor a `sum` for all of them.
        known = {entry.name for entry in session.get_inputs()}
        result: np.ndarray = session.run(None, {k: v for k, v in feed.items() if k in known})[0]
        return result

    def _open(self, path: Path) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library has no error class of its own to name
            first = str(error).splitlines()[0]
            raise UserError(
                f"{path} is no ONNX model ({first})", "export the bundle anew"
            ) from error
        self._sessions[path] = session
        return session
