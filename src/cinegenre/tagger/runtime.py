"""Runs a bundle's ONNX files: encoders turn films into features, the head turns those into
logits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import BadImage, UserError
from ..inputs import PosterInput, TextInput, pad
from ..movie import Movie
from .bundle import Bundle
from .sessions import Sessions
from .sparing import spare
from .speaking import hush

BATCH = {"cpu": 2, "cuda": 64}
"""Films per run of an encoder, by device; on a CPU more is no faster, and takes memory per core."""


@dataclass(frozen=True)
class Features:
    """The encoders' outputs for some films: (films, width) by modality, zeros where not `present`.

    `present` is bool (films, modalities), in the order of `features`. `faults` has the errors of
    posters that could not be read, by row.
    """

    features: Mapping[str, np.ndarray]
    present: np.ndarray
    faults: Mapping[int, BadImage] = field(default_factory=dict)


class Runtime:
    """The ONNX sessions of a bundle, each opened when it is first needed.

    On a CPU each run uses one thread, and as many run at once as there are cores, or `threads`. For
    small batches this is faster than runs that use several threads each.
    """

    def __init__(self, bundle: Bundle, threads: int = 0, device: str = "cpu") -> None:
        if not isinstance(threads, int) or threads < 0:
            raise UserError(f"threads is {threads!r}", "give a whole number; 0 takes all cores")
        self.bundle = bundle
        self.threads = threads or os.cpu_count() or 1
        self.sessions = Sessions(bundle, device)
        self.batch = BATCH[device]

    def encode(self, films: Sequence[Movie], modalities: Sequence[str] = ()) -> Features:
        """Run every encoder on the films that have its input in a language that it reads, except
        where `spared` skips it.

        With `modalities`, only those encoders are run, and none is skipped.
        """
        bundle = self.bundle
        names = tuple(modalities) or tuple(bundle.inputs)
        inputs = {name: bundle.inputs[name] for name in names}
        features = {name: np.zeros((len(films), bundle.widths[name]), np.float32) for name in names}
        wanted = np.zeros((len(films), len(names)), bool)
        for i, reads in enumerate(inputs.values()):
            wanted[:, i] = [not set(reads.fields).isdisjoint(film.inputs) for film in films]
        hush(bundle, names, films, wanted)
        likely = wanted.copy()
        if not modalities:
            spare(bundle.spared, inputs, films, likely)
        self._begin(names, films, likely)
        tokens = {
            name: _tokens(reads, films, wanted[:, i])
            for i, (name, reads) in enumerate(inputs.items())
            if isinstance(reads, TextInput)
        }
        if not modalities:
            spare(bundle.spared, inputs, films, wanted)
        present = wanted.copy()
        faults: dict[int, BadImage] = {}
        jobs: list[Callable[[], None]] = []
        posters: dict[PosterInput, list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]] = {}
        for i, (name, reads) in enumerate(inputs.items()):
            if isinstance(reads, PosterInput):
                present[:, i] = False  # set to True once the poster has been decoded
                part = (name, features[name], wanted[:, i], present[:, i])
                posters.setdefault(reads, []).append(part)
            elif wanted[:, i].any():  # otherwise the tokenizer's file need not be read
                jobs += self._token_jobs(name, tokens[name], reads.pad_id, features[name])
        for reads, encoded in posters.items():
            jobs += self._poster_jobs(reads, films, encoded, faults)
        self._do(jobs)
        return Features(features, present, dict(sorted(faults.items())))

    def _begin(self, names: Sequence[str], films: Sequence[Movie], likely: np.ndarray) -> None:
        """Open the encoders that are `likely` to run, bool (films, `names`), and read what of their
        tokenizers can be read beside other work: most of the time of predicting one film.
        """
        soon = [name for i, name in enumerate(names) if likely[:, i].any()]
        for reads in map(self.bundle.inputs.__getitem__, soon):
            if isinstance(reads, TextInput):
                reads.read_ahead(films)
        self.sessions.open_ahead([self.bundle.encoders[name] for name in soon], self.threads)

    def encode_tokens(self, name: str, rows: Sequence[np.ndarray], pad_id: int) -> np.ndarray:
        """Encode rows of token numbers, one per text, to (rows, width); an empty row gives
        zeros.
        """
        encoded = np.zeros((len(rows), self.bundle.widths[name]), np.float32)
        self._do(self._token_jobs(name, rows, pad_id, encoded))
        return encoded

    def encode_pixels(self, name: str, pixels: np.ndarray) -> np.ndarray:
        """Encode decoded posters (posters, height, width, 3) to (posters, width)."""
        encoded = np.zeros((len(pixels), self.bundle.widths[name]), np.float32)

        def job(part: slice) -> None:
            encoded[part] = self._run(self.bundle.encoders[name], {"inputs": pixels[part]})

        starts = range(0, len(pixels), self.batch)
        self._do([partial(job, slice(start, start + self.batch)) for start in starts])
        return encoded

    def classify(self, features: Mapping[str, np.ndarray], present: np.ndarray) -> np.ndarray:
        """Logits (films, genres) float32, from features by modality and `present`."""
        logits = self.base_logits(features, present)
        if self.bundle.linear is None:
            return logits
        parts = [features[name] for name in self.bundle.inputs]
        return self.bundle.linear.logits(parts, logits, present)

    def base_logits(self, features: Mapping[str, np.ndarray], present: np.ndarray) -> np.ndarray:
        """The logits of head.onnx; in a bundle from `cinegenre fit`, those of its base model."""
        feed = {name: features[name] for name in self.bundle.inputs}
        return self._run(self.bundle.head, feed | {"present": present})

    def _token_jobs(
        self, name: str, rows: Sequence[np.ndarray], pad_id: int, encoded: np.ndarray
    ) -> list[Callable[[], None]]:
        """Functions that each run one batch of texts and fill its rows of `encoded` (films,
        width).
        """
        lengths = np.array([len(row) for row in rows], np.int64)
        # Sorted by length, so that short texts are not padded to the longest. The longest come
        # first, so that the last jobs are short and the threads end at about the same time.
        order = np.argsort(-lengths, kind="stable")
        order = order[lengths[order] > 0]

        # With 8-bit weights the scale of the activations is computed from the whole batch, so a
        # film's result would depend on its neighbours. Batches of one avoid that.
        size = 1 if self.bundle.weights == "int8" else self.batch

        def job(batch: np.ndarray) -> None:
            for part in (batch[i : i + size] for i in range(0, len(batch), size)):
                tokens = pad([rows[row] for row in part], pad_id)
                encoded[part] = self._run(self.bundle.encoders[name], {"inputs": tokens})

        return [partial(job, order[i : i + self.batch]) for i in range(0, len(order), self.batch)]

    def _poster_jobs(
        self,
        reads: PosterInput,
        films: Sequence[Movie],
        encoded: Sequence[tuple[str, np.ndarray, np.ndarray, np.ndarray]],
        faults: dict[int, BadImage],
    ) -> list[Callable[[], None]]:
        """Functions that decode one batch of posters, run the encoders on it and store the results.

        A poster is decoded once for all modalities that read the same size. `encoded` has, for each
        of these, its name, its features (films, width) to fill, the films that want it, and
        `present` to set, both (films,). Errors go into `faults` by row.
        """

        def job(batch: np.ndarray) -> None:
            rows, pixels = [], []
            for row in batch.tolist():
                poster = films[row].poster
                try:
                    pixels.append(reads.decode(b"" if poster is None else poster))
                    rows.append(row)
                except BadImage as error:
                    faults[row] = error
            if not rows:
                return
            stacked, where = np.stack(pixels), np.array(rows)
            for name, features, wanted, present in encoded:
                some = wanted[where]
                if some.any():
                    feed = {"inputs": stacked if some.all() else stacked[some]}
                    features[where[some]] = self._run(self.bundle.encoders[name], feed)
                    present[where[some]] = True

        read = np.flatnonzero(np.any([wanted for _, _, wanted, _ in encoded], axis=0))
        return [
            partial(job, read[start : start + self.batch])
            for start in range(0, len(read), self.batch)
        ]

    def _do(self, jobs: Sequence[Callable[[], None]]) -> None:
        if len(jobs) < 2 or self.threads < 2:
            for job in jobs:
                job()
            return
        with ThreadPoolExecutor(min(self.threads, len(jobs))) as pool:
            for done in [pool.submit(job) for job in jobs]:
                done.result()

    def _run(self, path: Path, feed: Mapping[str, np.ndarray]) -> np.ndarray:
        session = self.sessions.get(path)
        # ONNX drops inputs that a graph does not use, such as `present` in a head of one modality,
        # and onnxruntime refuses unknown names.
        known = {entry.name for entry in session.get_inputs()}
        result: np.ndarray = session.run(None, {k: v for k, v in feed.items() if k in known})[0]
        return result


def _tokens(reads: TextInput, films: Sequence[Movie], wanted: np.ndarray) -> list[np.ndarray]:
    """The tokens of the films that are `wanted`, bool (films,), which is set to False in place
    where there are none; empty rows for the others.
    """
    rows = np.flatnonzero(wanted).tolist()
    tokens = [np.zeros(0, np.int32)] * len(films)
    for row, found in zip(rows, reads.encode([films[row] for row in rows]), strict=True):
        tokens[row] = found
        wanted[row] = len(found) > 0
    return tokens
