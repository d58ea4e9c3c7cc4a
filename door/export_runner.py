"""The desk's clerk: starts a process of its own whenever something is ordered.

A process, because a large list takes memory and a crash must stay its own.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.bilingual import Problem
from storage.export_jobs import any_waiting

LOG = logging.getLogger("console")
LOOKS_EVERY = 15.0  # seconds: orders that another desk on the same database wrote down
TRIED_AGAIN = 5.0  # seconds after a runner that could not work
# By its file: then Python looks for modules beside it and never in the folder we were started in,
# where somebody else's cli.py or storage/ may lie.
PROGRAM = Path(__file__).resolve().parent.parent / "cli.py"


def nothing() -> None:
    pass


def outlived(step: Callable[[], object]) -> None:
    """Do a step; a disk or database that fails must not end the clerk, who is asked again and
    again."""
    try:
        step()
    except (OSError, Problem, SQLAlchemyError):
        LOG.exception("the desk's clerk could not do this and goes on")


class Clerk:
    """Entered while the desk serves; `wake` is called when something was ordered."""

    def __init__(self, engine: Engine, beside: Callable[[], object] = nothing) -> None:
        self.engine = engine
        self.beside = beside  # what is done as often as it looks for orders
        self.woken = threading.Event()
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self.work, name="exports", daemon=True)

    def wake(self) -> None:
        self.woken.set()

    def __enter__(self) -> Clerk:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.woken.set()
        with self.lock:
            if self.child is not None:
                self.child.terminate()
        self.thread.join(10)

    def work(self) -> None:
        while not self.over.is_set():
            outlived(self.beside)
            outlived(self.see_to_orders)
            self.woken.wait(LOOKS_EVERY)
            self.woken.clear()

    def see_to_orders(self) -> None:
        if self.something_waits() and self.run_child() != 0:
            self.over.wait(TRIED_AGAIN)

    def something_waits(self) -> bool:
        try:
            return any_waiting(self.engine)
        except Problem:  # the database is away; the pages say so, and it comes back
            return False

    def run_child(self) -> int:
        """Run the jobs to their end; the exit code."""
        with self.lock:
            if self.over.is_set():
                return 0
            # In our own folder, so that a relative CERTSWEEP_HOME means the same to both. What it
            # complains about lands in the desk's own log.
            self.child = subprocess.Popen(
                [sys.executable, str(PROGRAM), "jobs"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=Path.cwd(),
                start_new_session=True,
            )
        code = self.child.wait()
        with self.lock:
            self.child = None
        return code
