"""Run the command in the arguments; its seconds and peak memory (bytes or null) come last.

A process of its own, and a small one: Linux counts to a child's peak what its parent held when it
started it, so a large benchmark would measure itself.
"""

import json
import subprocess
import sys
import time

started = time.perf_counter()
code = subprocess.run(sys.argv[1:], check=False).returncode
seconds = time.perf_counter() - started
peak = None
if sys.platform != "win32":
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak *= 1 if sys.platform == "darwin" else 1024
print(f"\n{json.dumps([seconds, peak])}")
sys.exit(code)
