"""The clock: runs the nightly sweep as a process of its own and catches a missed night up once.

One scheduler at a time (APScheduler 3 has no lock of its own: two on one job store run every job
twice). Each run is a row in `sweeps`, also when the sweep could not even begin. When the clock is
told to end, the sweep under way gets one Ctrl-C: it keeps what it read and stays open, and the next
night goes on with it.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from door.settings import SETTINGS
from storage.bilingual import Problem
from storage.database import explained, open_database
from storage.sweeps import record_failed_start, started_since

ZONE = "Asia/Shanghai"
JOB = "nightly-sweep"
# A machine that was off for a long weekend still owes one sweep, not three and not none.
GRACE_SECONDS = 7 * 24 * 3600
LOOKS_EVERY = 60.0  # seconds
PROGRAM = Path(__file__).resolve().with_name("cli.py")
LAST_WORDS = 2_000  # characters of a failed sweep's complaint kept in its row
LOOKS = ("takedown", "revisit")  # what follows a night's sweep
INTERRUPTED = 130  # how a sweep ends that was told to stop; it can be resumed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    hour: int  # 0..23, Asia/Shanghai
    minute: int = 0

    def trigger(self) -> CronTrigger:
        return CronTrigger(hour=self.hour, minute=self.minute, timezone=ZONE)


class Clockwork(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler, mended where a night could be lost without a word.

    Its thread dies unheard where its table cannot be written: ours sets `ended`. Once stopped it
    still ticks off a night that is due: ours leaves it for the next start. It sleeps until the next
    job by a clock that stands still while the machine is suspended: ours looks every minute.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(
            jobstores={"default": SQLAlchemyJobStore(engine=engine)},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": GRACE_SECONDS,
            },
            timezone=ZONE,
        )
        self.told = False  # whether somebody wanted the end
        self.ended = threading.Event()

    def tell(self) -> None:
        """End soon. May be called from a signal handler, and more than once."""
        self.told = True
        self.ended.set()

    def _process_jobs(self) -> float | None:
        if not self.running:
            return None
        wait: float | None = super()._process_jobs()
        return None if wait is None else min(wait, LOOKS_EVERY)

    def _main_loop(self) -> None:
        try:
            super()._main_loop()
        finally:
            self.ended.set()


class Night:
    """The one sweep under way, in a process of its own, so that a crash stays its own.

    It leads a session of its own: a terminal's Ctrl-C would otherwise reach it beside ours, and a
    second one makes Scrapy drop the pages in its hands.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._over = False

    def open(self) -> None:
        with self._lock:
            self._over = False

    def end(self) -> None:
        """One Ctrl-C for the sweep under way, and no further sweep."""
        with self._lock:
            self._over = True
            if self._child is not None:
                self._child.send_signal(signal.SIGINT)

    def sweep(self, command: Sequence[str]) -> tuple[int, str]:
        """Run `certsweep sweep …` to its end: exit code and last words."""
        return self.run(("sweep", *command))

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run `certsweep …` to its end: exit code and last words."""
        with tempfile.TemporaryFile() as said:
            child = self._start(command, said)
            if child is None:
                return INTERRUPTED, ""
            code = child.wait()
            with self._lock:
                self._child = None
            size = said.seek(0, 2)
            said.seek(max(0, size - 4 * LAST_WORDS))  # at most four bytes a character
            return code, said.read().decode("utf-8", errors="replace")[-LAST_WORDS:]

    def _start(self, command: Sequence[str], said: IO[bytes]) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._over:
                return None
            # In our own folder, so that a relative CERTSWEEP_HOME means the same to both; but by
            # the program's file, or a stranger's cli.py there would be run.
            self._child = subprocess.Popen(
                [sys.executable, str(PROGRAM), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
            return self._child


NIGHT = Night()


def start_clock(scheduler: Clockwork, clock: Clock, command: Sequence[str]) -> None:
    """Set the one job, stored in the database, and let the clock run.

    `command` is what follows `certsweep sweep`; it holds no secret, for the job is kept between
    nights where the database keeps it. Raises Problem where the database cannot be written.
    """
    NIGHT.open()
    with explained():
        scheduler.start(paused=True)
        set_nightly(scheduler, clock, command)
    scheduler.resume()


def set_nightly(scheduler: BackgroundScheduler, clock: Clock, command: Sequence[str]) -> Job:
    """Keep the stored job, and with it the memory of a missed night, unless its hour changed."""
    arguments = [list(command)]
    stored = scheduler.get_job(JOB)
    if stored is not None and str(stored.trigger) == str(clock.trigger()):
        return scheduler.modify_job(JOB, args=arguments)
    return scheduler.add_job(
        "scheduler:run_sweep", clock.trigger(), args=arguments, id=JOB, replace_existing=True
    )


def run_sweep(command: Sequence[str]) -> int:
    """One night; the sweep's exit code. A sweep that could not begin leaves a failed row.

    Looks that are due at what was asked to be taken down follow it, also where it failed.
    """
    began = datetime.now(UTC)
    code, complaint = NIGHT.sweep(command)
    if code == INTERRUPTED:
        return code
    if code:
        note_failure(command, began, code, complaint)
    look_again()
    return code


def note_failure(command: Sequence[str], began: datetime, code: int, complaint: str) -> None:
    log.error("certsweep sweep: %s\n%s", code, complaint)
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    try:
        if not started_since(engine, began):
            record_failed_start(engine, list(command), began, complaint)
    finally:
        engine.dispose()


def look_again() -> None:
    """What is due is asked anew the next night, so a failure here is told and no more."""
    code, complaint = NIGHT.run(LOOKS)
    if code not in {0, INTERRUPTED}:
        log.error("certsweep takedown revisit: %s\n%s", code, complaint)


def wait_for_end(scheduler: Clockwork) -> None:
    """Block until told to end, then end the sweep under way gracefully and wait for it.

    Raises Problem if the clock stopped by itself; its sweep is allowed to finish first.
    """
    scheduler.ended.wait()
    if scheduler.told:
        NIGHT.end()
    scheduler.shutdown(wait=True)
    if not scheduler.told:
        raise Problem(
            "定时器自己停了（多半是数据库长时间被占用或磁盘已满），不会再有巡查。"
            "已保存的都在；请看上面的报错，处理后重新启动，错过的一晚会补做一次。",
            "The clock stopped by itself (most likely the database was locked for long, or the "
            "disk is full); no sweep would start any more. What was saved is kept: see the error "
            "above, then start it again. A missed night is caught up once.",
        )
