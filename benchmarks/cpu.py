"""The processor by its name and by the instructions that 8-bit and bfloat16 products may use."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

INSTRUCTIONS = {
    "AVX2": ("avx2",),
    "AVX-512": ("avx512f",),
    "AVX-VNNI": ("avx_vnni",),
    "AVX-512 VNNI": ("avx512_vnni",),
    "AVX-512 BF16": ("avx512_bf16",),
    "AMX INT8": ("amx_int8",),
    "AMX BF16": ("amx_bf16",),
    "NEON": ("asimd", "neon", "advsimd"),
    "DotProd": ("asimddp", "feat_dotprod"),
    "I8MM": ("i8mm", "feat_i8mm"),
    "BF16": ("bf16", "feat_bf16"),
    "SVE": ("sve",),
}
"""What we call them, and what Linux's /proc/cpuinfo and macOS's sysctl do."""


def model() -> str:
    """What its maker calls it."""
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    if platform.system() == "Darwin":
        return _sysctl("-n", "machdep.cpu.brand_string").strip()
    return platform.processor() or platform.machine()


def instructions() -> str:
    """Those of `INSTRUCTIONS` that it has; "not told" where the system does not say."""
    for line in _cpuinfo():
        name, _, values = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return named(values.split())
    if platform.system() == "Darwin":
        intel = _sysctl("-n", "machdep.cpu.features", "machdep.cpu.leaf7_features")
        arm = [line for line in _sysctl("hw.optional").splitlines() if line.endswith(": 1")]
        return named([*intel.split(), *(line.split(":")[0].rpartition(".")[2] for line in arm)])
    return "not told"


def named(flags: list[str]) -> str:
    """The system's flags under our names.

    >>> named("fpu sse4_2 avx avx2 fma".split())
    'AVX2'
    """
    has = {flag.lower() for flag in flags}
    found = [name for name, known in INSTRUCTIONS.items() if has.intersection(known)]
    return ", ".join(found) or "not told"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(errors="replace").splitlines() if path.exists() else []


def _sysctl(*words: str) -> str:
    done = subprocess.run(["sysctl", *words], capture_output=True, text=True, check=False)
    return done.stdout
