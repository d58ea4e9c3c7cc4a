"""Memory that many threads share instead of hoarding it each for itself."""

from __future__ import annotations

import ctypes

ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2


def share_arenas() -> bool:
    """Before any thread is started; whether the C library knows of it.

    glibc gives up to eight arenas a core to threads and takes little back: the desk's forty threads
    held 403 MB with SQLite behind them, with two arenas 169 (`python -m benchmarks.desk`). Other C
    libraries have no such arenas.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(ARENA_MAX, ARENAS) == 1
