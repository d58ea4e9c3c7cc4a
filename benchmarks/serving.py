"""A page server of a benchmark, in a process of its own, for as long as it is needed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(module: str, *arguments: str) -> Iterator[int]:
    """Run `python -m module PORT arguments…`; gives the port once it answers on 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", module, str(port), *arguments])
    try:
        wait_until_open(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def wait_until_open(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the page server did not start")
