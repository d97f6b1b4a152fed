"""Memory over a long run."""

from __future__ import annotations

import platform

_M_TRIM_THRESHOLD = -1
_KEPT = 128 * 1024
"""Bytes that glibc keeps at first; it raises that with each large block that is freed."""


def give_memory_back() -> bool:
    """Have glibc give the system what is freed, and go on doing so; whether it does.

    Else texts and posters of every size, freed in many threads, leave 70 MB in pieces after 20,000
    films. Other C libraries are left as they are.
    """
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return False
    import ctypes

    return bool(ctypes.CDLL(None).mallopt(_M_TRIM_THRESHOLD, _KEPT))
