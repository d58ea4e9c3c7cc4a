"""Taking an order for files back, and the numbers of lists that thereby are nobody's.

A waiting job is over at once. A running one is asked to stop: whoever runs it sees that at its next
word of progress, and again when it hands its files over, so that nothing of it is ever offered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import read, write
from storage.export_jobs import CANCELLED, JOB_WORDS, JobState, get_job
from storage.models import export_batches
from storage.models_exports import export_jobs
from storage.persons import named_person

VOID = (JobState.FAILED.value, JobState.INTERRUPTED.value)
job_ = export_jobs.c


class Cancelled(Problem):
    """Somebody does not want the job any more."""


def cancel(engine: Engine, number: int, by: str) -> None:
    """Raises Problem for a job that is over, or that somebody has cancelled already."""
    person = named_person(by)
    with write(engine) as connection:
        over = ended_waiting(connection, number, person)
        asked = over or ask_running(connection, number, person)
        if asked:
            record(connection, person, "export.cancel", f"job:{number}", {"running": not over})
    if not asked:
        raise too_late(engine, number)


def ended_waiting(connection: Connection, number: int, person: str) -> bool:
    now = utc_now()
    statement = (
        update(export_jobs)
        .where(job_.id == number, job_.state == JobState.WAITING.value)
        .values(
            state=JobState.INTERRUPTED.value,
            cancelled_by=person,
            cancelled_at=now,
            ended_at=now,
            why_zh=CANCELLED.zh,
            why_en=CANCELLED.en,
        )
    )
    return connection.execute(statement).rowcount == 1


def ask_running(connection: Connection, number: int, person: str) -> bool:
    running = job_.state == JobState.RUNNING.value
    statement = (
        update(export_jobs)
        .where(job_.id == number, running, job_.cancelled_at.is_(None))
        .values(cancelled_by=person, cancelled_at=utc_now())
    )
    return connection.execute(statement).rowcount == 1


def too_late(engine: Engine, number: int) -> Problem:
    job = get_job(engine, number)
    if job.stopping or job.state is JobState.CANCELLED:
        return Problem(
            f"任务 {number} 已由 {job.cancelled_by} 取消，没有再次取消。",
            f"Job {number} was cancelled by {job.cancelled_by} already; nothing was changed.",
        )
    state = JOB_WORDS[job.state]
    return Problem(
        f"任务 {number} 已经结束（{state.zh}），没有取消。",
        f"Job {number} is over ({state.en}); nothing was cancelled.",
    )


def stopped(engine: Engine, number: int) -> None:
    """Told by whoever ran it, once everything of it is thrown away."""
    with write(engine) as connection:
        connection.execute(
            update(export_jobs)
            .where(job_.id == number)
            .values(
                state=JobState.INTERRUPTED.value,
                ended_at=utc_now(),
                why_zh=CANCELLED.zh,
                why_en=CANCELLED.en,
            )
        )


def void_numbers(engine: Engine, jobs: Sequence[int]) -> dict[int, list[str]]:
    """Numbers that were taken by jobs which left no file; they are never given again."""
    statement = (
        select(export_batches.c.job_id, export_batches.c.batch_no)
        .join(export_jobs, job_.id == export_batches.c.job_id)
        .where(export_batches.c.job_id.in_(jobs), job_.state.in_(VOID))
        .order_by(export_batches.c.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    with read(engine) as connection:
        for row in connection.execute(statement):
            found[row.job_id].append(row.batch_no)
    return found
