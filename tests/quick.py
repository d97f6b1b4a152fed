"""Work that is the same every time, done once a test process. Tests of that work itself come first.

What is patched is what other modules call: a test that imports `save_plots` or `plot_history` from
where it is written has the real one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cinegenre.metrics.figures import Summary
from cinegenre.metrics.summary import Scored

if TYPE_CHECKING:
    import torch

DRAWS = 40
"""Draws of an interval."""


def exports(patch: pytest.MonkeyPatch) -> None:
    """Exports in half the time, and the same module only once.

    For every file it writes, torch's exporter parses the source of each of its 500 operators, reads
    their signatures, and lists all operators of torch 28 times.
    """
    from onnxscript import TracedOnnxFunction
    from torch._export import utils
    from torch.onnx._internal.exporter._registration import ONNXRegistry

    parsed = cache(TracedOnnxFunction.function_ir.fget)
    patch.setattr(TracedOnnxFunction, "function_ir", property(parsed))
    patch.setattr(ONNXRegistry, "from_torchlib", staticmethod(cache(ONNXRegistry.from_torchlib)))
    patch.setattr(utils, "_materialize_cpp_cia_ops", cache(utils._materialize_cpp_cia_ops))

    from cinegenre.export import onnx

    export = onnx._export
    files: dict[bytes, bytes] = {}

    def once(module: torch.nn.Module, *given: Any) -> None:
        path = given[-1]
        if (key := _told(module, given[:-1])) not in files:
            export(module, *given)
            files[key] = path.read_bytes()
        path.write_bytes(files[key])

    patch.setattr(onnx, "_export", once)


def _told(module: torch.nn.Module, how: tuple[Any, ...]) -> bytes:
    """All that an export depends on: every part's class and options, the weights, the arguments."""
    import torch

    own = vars(torch.nn.Module()).keys() | {"_flat_weights", "_flat_weight_refs"}  # an LSTM's
    parts = [
        (name, type(part), {k: v for k, v in vars(part).items() if k not in own})
        for name, part in module.named_modules()
    ]
    content = io.BytesIO(repr((parts, how)).encode())
    content.seek(0, io.SEEK_END)
    torch.save([*module.parameters(), *module.buffers()], content)
    return content.getvalue()


def intervals(patch: pytest.MonkeyPatch) -> None:
    """Intervals of few draws."""
    from cinegenre.evaluate import evaluate
    from cinegenre.metrics.summary import summarize

    patch.setattr(summarize, "__defaults__", (DRAWS,))
    patch.setitem(evaluate.__globals__, "DRAWS", DRAWS)


def pictures(patch: pytest.MonkeyPatch) -> None:
    """The curves of so many epochs, the plots of so many films and genres, are drawn once."""
    from cinegenre.evaluate import evaluate
    from cinegenre.train.loop import history

    curves: dict[int, bytes] = {}
    plots: dict[tuple[int, ...], dict[str, bytes]] = {}
    draw_curves: Callable[..., None] = history.plot_history
    draw_plots: Callable[..., list[Path]] = evaluate.__globals__["save_plots"]

    def plot_history(rows: list[dict[str, float]], title: str, path: Path) -> None:
        if len(rows) in curves:
            path.write_bytes(curves[len(rows)])
        else:
            draw_curves(rows, title, path)
            curves[len(rows)] = path.read_bytes()

    def save_plots(scored: Scored, summary: Summary, folder: Path) -> list[Path]:
        drawn = plots.get(scored.truth.shape)
        if drawn is None:
            paths = draw_plots(scored, summary, folder)
            plots[scored.truth.shape] = {path.name: path.read_bytes() for path in paths}
            return paths
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in drawn.items():
            (folder / name).write_bytes(content)
        return [folder / name for name in drawn]

    patch.setattr(history, "plot_history", plot_history)
    patch.setitem(evaluate.__globals__, "save_plots", save_plots)
