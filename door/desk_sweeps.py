"""Starting and stopping a sweep from the desk: the same command in a session of its own.

The sweep goes on when the desk ends. Two at once are impossible by the lock that every sweep takes,
whoever starts it; what the desk knows besides only tells a person so before a process is made.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine

from console.tools import Running, SweepState, shown_command
from door.settings import Settings
from scheduler import INTERRUPTED, Night
from storage.audit import note
from storage.bilingual import Problem
from storage.lock_holders import Holder, holder_of
from storage.sweeps import record_failed_start, started_since

LOCK = "sweep"
REVISIT = "revisit"
HOLDER = re.compile(r"@(?P<host>\S+) pid (?P<pid>[0-9]+)(?P<what> \w+)?$")
LOG = logging.getLogger("console")


class SweepControl:
    def __init__(self, engine: Engine, settings: Settings, command: Sequence[str]) -> None:
        self.engine = engine
        self.settings = settings
        self.command = tuple(command)
        self._lock = threading.Lock()
        self._night: Night | None = None  # of the sweep that was started here and has not ended
        self._told: tuple[int, datetime] | None = None  # the one that was told to stop
        self._worked = False  # whether it was seen at work
        self._last_words = ""

    def state(self) -> SweepState:
        held = holder_of(self.engine, self.settings.home, LOCK)
        with self._lock:
            mine = self._night is not None
            self._worked = self._worked or (mine and held is not None)
            return SweepState(
                running=running(held, self._told) if held else None,
                starting=held is None and mine and not self._worked,
                command=self.command,
                last_words=self._last_words,
                ending=held is None and mine and self._worked,
            )

    def start(self, by: str) -> None:
        """Raises Problem where one runs already, or where the desk was given no targets."""
        if not self.command:
            raise Problem(
                "审核台启动时没有给出目标文件，不能在这里开始巡查。"
                "请管理员在服务器上运行 certsweep serve --targets 文件，重新启动审核台。",
                "The desk was given no targets file, so no sweep can be started here. An "
                "administrator restarts it on the server with certsweep serve --targets FILE.",
            )
        with self._lock:
            held = holder_of(self.engine, self.settings.home, LOCK)
            if held is not None or self._night is not None:
                raise busy(held)
            told = {"command": shown_command(("sweep", *self.command))}
            note(self.engine, by, "sweep.start", "", told)
            self._night, self._worked, self._last_words = Night(), False, ""
            worker = threading.Thread(target=self._follow, args=(self._night, by), daemon=True)
            worker.start()

    def _follow(self, night: Night, by: str) -> None:
        """Wait for its end; a sweep that could not even begin leaves a failed row."""
        began, code, complaint = datetime.now(UTC), 1, ""
        try:
            code, complaint = night.sweep((*self.command, f"--by={by}"))
            if code not in {0, INTERRUPTED} and not started_since(self.engine, began):
                record_failed_start(self.engine, self.command, began, complaint, by)
        except (OSError, Problem) as error:
            complaint = str(error)
            LOG.exception("certsweep sweep, started at the desk")
        finally:
            with self._lock:
                self._night = None
                self._last_words = "" if code in {0, INTERRUPTED} else complaint

    def stop(self, by: str) -> None:
        """One Ctrl-C for the sweep under way, wherever it was started on this machine.

        A second one would make it drop the pages in its hands, so it never gets two.
        """
        with self._lock:
            held = holder_of(self.engine, self.settings.home, LOCK)
            if held is None:
                raise Problem(
                    "现在没有巡查在运行，没有什么可停。", "No sweep is running; nothing to stop."
                )
            found = running(held, self._told)
            if found.stopping:
                raise Problem(
                    "已经通知它停止，正在收尾；读过的都会保存。请稍候再看。",
                    "It was told to stop and is finishing; all it read is kept. Look again soon.",
                )
            if not found.here:
                raise Problem(
                    f"巡查在另一台机器上运行（{found.holder}），请到那台机器上停止。",
                    f"It runs on another machine ({found.holder}): stop it there.",
                )
            interrupt(held)
            self._worked = self._night is not None
            self._told = (held.pid, held.since)
            note(self.engine, by, "sweep.stop", "", {"holder": held.holder})


def interrupt(held: Holder) -> None:
    try:
        os.kill(held.pid, signal.SIGINT)
    except ProcessLookupError:
        raise Problem("它刚刚结束，没有什么可停。", "It has just ended; nothing to stop.") from None
    except PermissionError:
        raise Problem(
            f"审核台无权停止这个进程（{held.holder}）。请由启动它的人停止。",
            f"The desk may not stop this process ({held.holder}). Whoever started it can.",
        ) from None


def running(held: Holder, told: tuple[int, datetime] | None) -> Running:
    found = HOLDER.search(held.holder)
    here = found is not None and found["host"] == socket.gethostname()
    return Running(
        holder=held.holder,
        since=held.since,
        here=here and found is not None and int(found["pid"]) == held.pid,
        stopping=told == (held.pid, held.since),
        revisit=found is not None and (found["what"] or "").strip() == REVISIT,
    )


def busy(held: Holder | None) -> Problem:
    if held is None:
        return Problem("巡查正在启动，没有再启动一次。", "A sweep is starting; not started again.")
    return Problem(
        f"已有巡查在运行（{held.holder}），没有再启动。请等它结束，或先停止它。",
        f"A sweep is running already ({held.holder}); none was started. Wait for it or stop it.",
    )
