"""The least that one film takes: open the ONNX files named, one after another, and run each once.

No cleaning, no tokens, no poster: what goes in is made up, in the shapes that one film has.
"""

import os
import sys

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnxruntime

TOKENS = 24
KINDS = {"tensor(int64)": np.int64, "tensor(uint8)": np.uint8, "tensor(float)": np.float32,
         "tensor(bool)": np.bool_}  # fmt: skip

for path in sys.argv[1:]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    axes = {"batch": 1, "length": TOKENS}
    feed: dict[str, np.ndarray] = {
        entry.name: np.ones([axes.get(axis, axis) for axis in entry.shape], KINDS[entry.type])
        for entry in session.get_inputs()
    }
    session.run(None, feed)
