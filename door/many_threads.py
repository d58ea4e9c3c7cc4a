"""A process of many threads: they share its memory and let each other go on."""

from __future__ import annotations

import ctypes
import gc
import sys

ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2
TURN = 0.000_5  # seconds one thread may keep the interpreter while others wait for it


def take_short_turns() -> None:
    """A page asks the database twenty times and waits for its turn after each answer.

    With Python's usual 5 ms a turn, one thread that works made the others' pages late by up to 5 ms
    for each question. (Runs differ much: p95 of the queue on PostgreSQL was 234 ms in the one run
    without, 79 to 174 in the five with.)
    """
    sys.setswitchinterval(TURN)


def spare_the_lasting() -> None:
    """Once all is built: what stays for good is not searched for garbage again and again.

    A search through the desk's 230,000 objects held every page up for 130 ms (measured).
    """
    gc.collect()
    gc.freeze()


def share_arenas() -> bool:
    """Before any thread is started; whether the C library knows of it.

    glibc gives up to eight arenas a core to threads and takes little back: the desk's forty threads
    held 207 and 217 MB at the most, with two arenas 167 and 180 (`benchmarks.desk`, SQLite, a
    million cases). Other C libraries have no such arenas.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(ARENA_MAX, ARENAS) == 1
