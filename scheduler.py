"""The clock: runs the nightly sweep as a process of its own and catches a missed night up once.

One scheduler at a time (APScheduler 3 has no lock of its own: two on one job store run every job
twice). Each run is a row in `sweeps`, also when the sweep could not even begin.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from door.settings import SETTINGS
from storage.database import open_database
from storage.sweeps import record_failed_start, started_since

ZONE = "Asia/Shanghai"
JOB = "nightly-sweep"
# A machine that was off for a long weekend still owes one sweep, not three and not none.
GRACE_SECONDS = 7 * 24 * 3600
LAST_WORDS = 2_000  # characters of a failed sweep's complaint kept in its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    hour: int  # 0..23, Asia/Shanghai
    minute: int = 0

    def trigger(self) -> CronTrigger:
        return CronTrigger(hour=self.hour, minute=self.minute, timezone=ZONE)


def start_clock(engine: Engine, clock: Clock, command: Sequence[str]) -> BackgroundScheduler:
    """A running scheduler whose one job is stored in the database.

    `command` is what follows `certsweep sweep`; it holds no secret, for the job is kept between
    nights where the database keeps it.
    """
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
        timezone=ZONE,
    )
    scheduler.start(paused=True)
    set_nightly(scheduler, clock, command)
    scheduler.resume()
    return scheduler


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
    """One night: `certsweep sweep …` in a process of its own, so that a crash stays its own."""
    began = datetime.now(UTC)
    done = subprocess.run(
        [sys.executable, "-m", "cli", "sweep", *command],
        cwd=Path(__file__).parent,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        engine = open_database(SETTINGS.database_url, SETTINGS.home)
        try:
            if not started_since(engine, began):
                record_failed_start(engine, list(command), began, done.stderr[-LAST_WORDS:])
        finally:
            engine.dispose()
    return done.returncode


def wait_for_end(scheduler: BackgroundScheduler, ended: threading.Event) -> None:
    """Block until told to end; a sweep under way is allowed to finish its night."""
    ended.wait()
    scheduler.shutdown(wait=True)
