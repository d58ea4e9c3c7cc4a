"""A process beside the desk for what is heavy: the judge, the spiders, spreadsheets of strangers.

The judge holds 140 MB and would hold up every reviewer while it reads: so it lives in a child that
starts when it is first asked and ends when nobody has asked for a while. A file that keeps a reader
busy costs the child, not the desk.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sqlalchemy.exc import DatabaseError

from door.settings import Settings
from storage.bilingual import Problem

IDLE = 600.0  # seconds after the last question when the child ends
PATIENCE = 120.0  # seconds for one answer


class Helper:
    """Calls `function(settings, *arguments)` of `module` in the child, one at a time."""

    def __init__(self, settings: Settings, module: str, patience: float = PATIENCE) -> None:
        self.settings = settings
        self.module = module
        self.patience = patience
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._timer: threading.Timer | None = None

    def ask(self, function: str, *arguments: Any) -> Any:  # noqa: ANN401 (of the function called)
        """Its answer; a Problem it raises is raised here."""
        pool = self._ready()
        try:
            future = pool.submit(answer, self.module, function, self.settings, arguments)
            said = future.result(self.patience)
        except (TooLong, BrokenProcessPool, CancelledError):
            self._end(pool)  # and no other, which somebody may have started since
            raise Problem(
                "处理时间过长或处理进程中断，已停止，没有写入。请缩短内容后重试，"
                "或在服务器上用 certsweep 命令处理。",
                "It took too long, or the helper process died; it was stopped and nothing was "
                "written. Try with less, or use the certsweep command on the server.",
            ) from None
        return unwrapped(said)

    def _ready(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # "spawn": a fork would copy the desk's threads' locks as they happen to stand.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=settle)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(IDLE, self.close)
            self._timer.daemon = True
            self._timer.start()
            return self._pool

    def close(self) -> None:
        """End the child, whatever it is doing."""
        with self._lock:
            pool = self._pool
            if self._timer is not None:
                self._timer.cancel()
        if pool is not None:
            self._end(pool)

    def _end(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        for child in list((pool._processes or {}).values()):
            child.kill()
        pool.shutdown(wait=False, cancel_futures=True)


class Failure:
    """A Problem on its way between processes."""

    def __init__(self, problem: Problem) -> None:
        self.zh, self.en = problem.text.zh, problem.text.en
        cause = problem.__cause__
        # Of the outside world: the page says 503, as for a database that is away.
        self.outside = OSError(str(cause)) if isinstance(cause, DatabaseError) else None

    def problem(self) -> Problem:
        return Problem(self.zh, self.en)


def unwrapped(said: Any) -> Any:  # noqa: ANN401 (of the function that answered)
    if isinstance(said, Failure):
        raise said.problem() from said.outside
    return said


def settle() -> None:
    """In the child: Ctrl-C is for the desk, and where the desk dies the child goes with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=follow, daemon=True).start()


def follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def answer(module: str, function: str, settings: Settings, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401
    """In the child, where the module is loaded at the first question and kept."""
    try:
        return getattr(importlib.import_module(module), function)(settings, *arguments)
    except Problem as problem:
        return Failure(problem)
