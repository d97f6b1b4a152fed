"""Opens a bundle's ONNX files, each once: when it is first run, or shortly before in a thread."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import UserError, unknown
from .bundle import Bundle
from .mapped import without_weights

DEVICES = {"cpu": ["CPUExecutionProvider"],
           "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}  # fmt: skip
"""Device → the onnxruntime providers that run a model on it."""


class Sessions:
    """The onnxruntime sessions of a bundle on a device, by the path of the file."""

    def __init__(self, bundle: Bundle, device: str) -> None:
        if device not in DEVICES:
            raise unknown("device", device, DEVICES)
        self.device = device
        self._optimized = bundle.optimized
        self._mapped = bundle.weights == "int8" and device == "cpu"
        self._open: dict[Path, Any] = {}
        self._locks: dict[Path, Lock] = {}

    @property
    def opened(self) -> frozenset[Path]:
        """The files that are open."""
        return frozenset(self._open)

    def get(self, path: Path) -> Any:
        """The session of an ONNX file. Raises `UserError` if it is not one."""
        # Sessions may run in many threads, but must not be opened twice. Two of them may be opened
        # at once, so each has a lock of its own.
        with self._locks.setdefault(path, Lock()):
            if path not in self._open:
                self._open[path] = self._opened(path)
            return self._open[path]

    def open_ahead(self, paths: Iterable[Path], threads: int) -> None:
        """Begin to open files in threads, beside other work such as reading tokenizers.

        An error is kept for the first use, which opens the file again.
        """
        closed = [path for path in paths if path not in self._open]
        if closed and threads > 1:
            # Half of the cores: the tokenizers are read on others, and wait for each other if not.
            pool = ThreadPoolExecutor(min(threads // 2, len(closed)))
            for path in closed:
                pool.submit(self._open_quietly, path)
            pool.shutdown(wait=False)

    def _open_quietly(self, path: Path) -> None:
        with suppress(UserError):
            self.get(path)

    def _opened(self, path: Path) -> Any:
        # From 1.31 on, onnxruntime sends telemetry over the network unless this is set.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime

        wanted = DEVICES[self.device]
        if wanted[0] not in onnxruntime.get_available_providers():
            from ..install import instead

            raise UserError(
                f"this onnxruntime has no {self.device}",
                instead("onnxruntime", "onnxruntime-gpu"),
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        if self._optimized:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        # The real path, because onnxruntime refuses weights that a symlink leads out of the folder.
        real = path.resolve()
        light = without_weights(real) if self._mapped else None
        if light is not None:
            key = "session.model_external_initializers_file_folder_path"
            options.add_session_config_entry(key, str(real.parent))
        model = str(path) if light is None else light
        try:
            return onnxruntime.InferenceSession(model, options, providers=wanted)
        except Exception as error:  # onnxruntime's errors have no common public class
            first = str(error).splitlines()[0]
            raise UserError(
                f"{path} is not an ONNX model ({first})", "export the bundle again"
            ) from error
