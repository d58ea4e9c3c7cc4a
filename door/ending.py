"""How a program that serves ends: asked by Ctrl-C or SIGTERM, it finishes what is open and goes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any

import uvicorn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 1.0  # seconds for threads whose requests were given up
LOG = logging.getLogger("uvicorn.error")
GIVING_UP = "Cancel %s running task(s)"  # how uvicorn (0.54) begins to say so


class Ending:
    """Entered in the main thread; while it is, a signal raises nothing and is remembered."""

    def __init__(self) -> None:
        self.asked = 0
        self.given_up = 0  # requests that were not finished in time
        self.servers: list[uvicorn.Server] = []
        self.before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Ending:
        self.before = {one: signal.signal(one, self.hear) for one in SIGNALS}
        LOG.addFilter(self.worth_telling)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        LOG.removeFilter(self.worth_telling)
        for one, handler in self.before.items():
            signal.signal(one, handler)

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
        if self.asked == 2:
            self.given_up += sum(len(one.server_state.tasks) for one in self.servers)
        self.tell()

    def worth_telling(self, record: logging.LogRecord) -> bool:
        """Requests given up at the end are counted; their tracebacks are nobody's error."""
        if not self.asked:
            return True
        if str(record.msg).startswith(GIVING_UP) and isinstance(record.args, tuple):
            self.given_up += int(str(record.args[0]))
            return False
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, asyncio.CancelledError)

    def ends(self, server: uvicorn.Server) -> None:
        """This one is to end, too; at once where somebody has asked already."""
        self.servers.append(server)
        self.tell()

    def tell(self) -> None:
        for server in self.servers:
            server.should_exit = self.asked > 0
            server.force_exit = self.asked > 1  # whoever asks twice does not want to wait


def leave() -> None:
    """End the process with 0, even where a thread hangs in a request that nobody waits for."""
    end = time.monotonic() + PATIENCE
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(end - time.monotonic(), 0))
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(0)
