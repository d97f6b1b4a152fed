"""Ways to keep a model in 8-bit integers, compared on this machine.

Each turns the floats of one bundle into integers anew; of an older 8-bit bundle the weights are
taken for exact. Noise is the mean difference of what an encoder says from what the floats say, as
a share of that one's spread; milliseconds are of a processor, a film.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .common import NotGiven, Options, Report, extra, scratch

if TYPE_CHECKING:
    from cinegenre import Movie
    from cinegenre.tagger.runtime import Runtime


def run(options: Options) -> Report:
    """Of validation films with a poster: noise and time an encoder, macro AP by poster and text."""
    if options.data is None or options.model is None:
        raise NotGiven(
            "give --data DIR, a prepared data set, and --model DIR, a bundle in float32 or that of "
            "version 1.4 or before (git archive 1fdafbb src/cinegenre/models/default)"
        )
    extra("onnx", "train")
    import onnx

    from cinegenre.data.dataset import PreparedSet
    from cinegenre.export.dequantize import dequantized
    from cinegenre.export.finish import training_posters
    from cinegenre.export.quantize import SMALL, to_int8
    from cinegenre.tagger.bundle_folder import read_bundle
    from cinegenre.tagger.runtime import Runtime

    data = PreparedSet.open(options.data)
    films = [f for f in data.films("validation") if {"title", "overview", "poster"} <= {*f.inputs}]
    films = films[: options.films[0]] if options.films else films
    rows: list[tuple[str, ...]] = []
    figures: dict[str, Any] = {}
    with scratch() as folder:
        floats = folder / "source"
        shutil.copytree(options.model, floats)
        for path in floats.glob("*.onnx"):
            onnx.save(dequantized(onnx.load(path)), path)
        base = read_bundle(floats)
        large = [name for name, path in base.encoders.items() if path.stat().st_size > SMALL]
        exact: dict[str, np.ndarray] = {}
        for name, (prepare, computing) in {"floats": (None, _none), **RECIPES}.items():
            kept = folder / name.replace(" ", "-")
            shutil.copytree(floats, kept, dirs_exist_ok=True)
            bundle = read_bundle(kept)
            if prepare is not None:
                with prepare():
                    to_int8(bundle, training_posters(data))
            with computing():
                cells = _measured(Runtime(bundle, threads=1), films, large, exact)
            rows.append((name, *cells))
            figures[name] = cells
    head = ("kept as", *(f"{name}: noise, time" for name in large), "AP, posters", "AP, text")
    return Report(head, rows, figures, [f"{len(films):,} films of `validation` with a poster."])


def _measured(
    runtime: Runtime, films: Sequence[Movie], large: Sequence[str], exact: dict[str, np.ndarray]
) -> list[str]:
    """Noise and time an encoder, and macro AP by posters and by texts.

    `exact` has what the floats say, by encoder; the first bundle measured fills it.
    """
    from cinegenre.inputs import PosterInput
    from cinegenre.metrics.arrays import truth_of
    from cinegenre.metrics.decisions import macro
    from cinegenre.metrics.ranking import average_precision

    bundle = runtime.bundle
    truth = truth_of(films, bundle.genres)
    cells, said = [], {}
    runtime.encode(films[:8])
    for encoder in large:
        began = time.process_time()
        found = runtime.encode(films, (encoder,))
        spent = (time.process_time() - began) / len(films) * 1000
        said[encoder] = found.features[encoder]
        away = np.abs(said[encoder] - exact.setdefault(encoder, said[encoder])).mean()
        cells.append(f"{away / exact[encoder].std():.3f}, {spent:.1f} ms")
    for poster in (True, False):
        reads = [n for n, each in bundle.inputs.items()
                 if isinstance(each, PosterInput) == poster and n in large]  # fmt: skip
        whole = {n: np.zeros((len(films), bundle.widths[n]), np.float32) for n in bundle.inputs}
        present = np.array([[n in reads for n in bundle.inputs]] * len(films))
        logits = runtime.classify(whole | {n: said[n] for n in reads}, present)
        scores = bundle.probabilities(logits)
        cells.append(f"{macro(average_precision(truth, scores), truth.sum(axis=0)):.4f}")
    return cells


@contextmanager
def _none() -> Iterator[None]:
    yield


@contextmanager
def _as_it_comes(**more: bool) -> Iterator[None]:
    """onnxruntime's own way, with `more` arguments to its functions."""
    from onnxruntime import quantization

    from cinegenre.export import quantize, saturation

    names = ("quantize_static", "quantize_dynamic")
    before = {name: getattr(quantization, name) for name in names}
    ours = saturation.unsaturated
    setattr(quantize, "unsaturated", lambda model, original: None)  # noqa: B010  # not exported
    for name in names:
        setattr(quantization, name, partial(before[name], **more))
    try:
        yield
    finally:
        setattr(quantize, "unsaturated", ours)  # noqa: B010
        for name in names:
            setattr(quantization, name, before[name])


@contextmanager
def _precise() -> Iterator[None]:
    """Sessions opened meanwhile multiply so that nothing saturates, at what that costs."""
    import onnxruntime

    usual: Callable[..., Any] = onnxruntime.InferenceSession

    def opened(path: str, options: Any, **more: Any) -> Any:
        options.add_session_config_entry("session.x64quantprecision", "1")
        return usual(path, options, **more)

    onnxruntime.InferenceSession = opened
    try:
        yield
    finally:
        onnxruntime.InferenceSession = usual


RECIPES: dict[str, tuple[Any, Callable[[], Any]]] = {
    "8-bit weights": (_as_it_comes, _none),
    "8-bit weights, x64quantprecision": (_as_it_comes, _precise),
    "7-bit weights": (partial(_as_it_comes, reduce_range=True), _none),
    "pairs within 128 (ours)": (_none, _none),
}
