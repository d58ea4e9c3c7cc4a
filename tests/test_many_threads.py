"""Threads of the desk share their memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

COUNTED = """
import ctypes, sys, threading
from door.many_threads import share_arenas

if sys.argv[1] == "shared":
    assert share_arenas()
barrier = threading.Barrier(12)

def work():
    kept = [bytes(2_000) for _ in range(2_000)]
    barrier.wait()
    return kept

threads = [threading.Thread(target=work) for _ in range(12)]
for one in threads:
    one.start()
for one in threads:
    one.join()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
stream = library.fdopen(1, b"w")
library.malloc_info(0, ctypes.c_void_p(stream))
library.fflush(ctypes.c_void_p(stream))
"""


def arenas(kind: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, kind], capture_output=True, text=True, check=True
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_a_dozen_threads_share_two_arenas_where_they_would_take_more() -> None:
    assert arenas("alone") > arenas("shared")
    assert arenas("shared") <= 2
