"""Orders for files (lists, letters, briefs, evidence packages) and how far each has come.

A job is `waiting`, `running`, then `done`, `failed` (with why), `cancelled` or `interrupted`:
whoever ran it is no more. Its files stand here only when they lie whole on the disk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, Update, case, func, insert, select, update

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.columns import AnyRow, utc_now
from storage.database import read, write
from storage.models_exports import export_files, export_jobs
from storage.persons import named_person

PAGE = 50


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"  # in the table: interrupted, with a moment of cancelling


UNDER_WAY = (JobState.WAITING.value, JobState.RUNNING.value)
JOB_WORDS = {
    JobState.WAITING: Bilingual("排队中", "waiting"),
    JobState.RUNNING: Bilingual("生成中", "running"),
    JobState.DONE: Bilingual("完成", "done"),
    JobState.FAILED: Bilingual("没有完成", "failed"),
    JobState.INTERRUPTED: Bilingual("已中断", "interrupted"),
    JobState.CANCELLED: Bilingual("已取消", "cancelled"),
}
CANCELLED = Bilingual(
    "已按要求取消，没有留下文件。", "It was cancelled as somebody asked; no file was left."
)
ORPHANED = Bilingual(
    "生成途中程序停止，没有留下文件。请重新生成。",
    "The program stopped while it was made; no file was left. Ask for it again.",
)
CAPTURE = "capture"  # as form of an evidence package: its pages are captured first
EACH = "each"  # as platform: one file for each that has something


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made. Which fields matter depends on the kind."""

    kind: str  # "list" (any format of exports/), "brief", "evidence"
    form: str = ""  # of a list: "xlsx", "letter", …; of a package: "" or CAPTURE
    platform: str = ""  # "" for all in one file, EACH for one file each
    site: str = ""  # one site of the open web; "" for all
    request: int = 0  # of a takedown request, what it asks for; 0 for none
    since: str = ""  # decided on this day or later, as 2026-03-01
    to: str = ""  # department of a transfer letter
    masked: bool = True
    why: str = ""  # why contacts are shown, where they are
    day: str = ""  # of a brief: its last day
    days: int = 1
    case_id: int = 0  # of an evidence package


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    id: int
    job_id: int
    number: str
    name: str
    path: str  # below the folder of exports
    sha256: str
    size: int
    rows: int
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: int
    order: Order
    asked_by: str
    asked_at: datetime
    state: JobState
    done: int
    total: int
    started_at: datetime | None
    ended_at: datetime | None
    why: Bilingual
    cancelled_by: str = ""
    cancelled_at: datetime | None = None
    files: tuple[JobFile, ...] = ()

    @property
    def stopping(self) -> bool:
        """Asked to stop, and not yet over."""
        return self.state is JobState.RUNNING and self.cancelled_at is not None

    @property
    def under_way(self) -> bool:
        return self.state.value in UNDER_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished file in the hands of whoever made it."""

    number: str
    name: str
    path: str
    sha256: str
    size: int
    rows: int


def place_order(engine: Engine, order: Order, by: str) -> int:
    """Put the order in line; the job's number. Its line in the audit says who wanted what."""
    person = named_person(by)
    asked = {name: value for name, value in asdict(order).items() if name != "kind"}
    statement = insert(export_jobs).values(
        kind=order.kind,
        asked=asked,
        asked_by=person,
        asked_at=utc_now(),
        state=JobState.WAITING.value,
    )
    with write(engine) as connection:
        number = int(connection.execute(statement.returning(export_jobs.c.id)).scalar_one())
        record(connection, person, "export.ask", f"job:{number}", asdict(order))
    return number


def list_jobs(engine: Engine, before: int | None = None, limit: int = PAGE) -> list[Job]:
    """The newest first, with their files."""
    statement = select(export_jobs).order_by(export_jobs.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(export_jobs.c.id < before)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
    files = files_of(engine, [row.id for row in rows])
    return [job_of(row, files.get(row.id, ())) for row in rows]


def get_job(engine: Engine, number: int) -> Job:
    with read(engine) as connection:
        statement = select(export_jobs).where(export_jobs.c.id == number)
        row = connection.execute(statement).one_or_none()
    if row is None:
        raise Problem(
            f"没有编号为 {number} 的任务。请到“清单与函件”页查看。",
            f"There is no export job {number}. See the page of lists and letters.",
        )
    return job_of(row, files_of(engine, [number]).get(number, ()))


def ahead_of(engine: Engine, number: int) -> int:
    """How many jobs are to be done before this one."""
    earlier = (export_jobs.c.id < number, export_jobs.c.state.in_(UNDER_WAY))
    with read(engine) as connection:
        return int(connection.execute(select(func.count()).where(*earlier)).scalar_one())


def job_of(row: AnyRow, files: Sequence[JobFile]) -> Job:
    known = Order.__dataclass_fields__
    asked = {name: value for name, value in row.asked.items() if name in known}
    return Job(
        id=row.id,
        order=Order(kind=row.kind, **asked),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=state_of(row),
        done=row.done,
        total=row.total,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why=Bilingual(row.why_zh, row.why_en),
        cancelled_by=row.cancelled_by or "",
        cancelled_at=row.cancelled_at,
        files=tuple(files),
    )


def state_of(row: AnyRow) -> JobState:
    state = JobState(row.state)
    given_up = state is JobState.INTERRUPTED and row.cancelled_at is not None
    return JobState.CANCELLED if given_up else state


def files_of(engine: Engine, jobs: Sequence[int]) -> dict[int, list[JobFile]]:
    found: defaultdict[int, list[JobFile]] = defaultdict(list)
    statement = (
        select(export_files).where(export_files.c.job_id.in_(jobs)).order_by(export_files.c.id)
    )
    with read(engine) as connection:
        for row in connection.execute(statement):
            found[row.job_id].append(file_of(row))
    return found


def file_of(row: AnyRow) -> JobFile:
    return JobFile(**{name: getattr(row, name) for name in JobFile.__dataclass_fields__})


def get_file(engine: Engine, number: int) -> JobFile:
    with read(engine) as connection:
        statement = select(export_files).where(export_files.c.id == number)
        row = connection.execute(statement).one_or_none()
    if row is None:
        raise Problem(
            f"没有编号为 {number} 的文件。请到“清单与函件”页查看。",
            f"There is no exported file {number}. See the page of lists and letters.",
        )
    return file_of(row)


# ---- for whoever runs them; one runner at a time, who holds the lock "exports" -------------------


def interrupt_orphans(engine: Engine) -> list[int]:
    """Jobs whose runner is no more. Called by a new runner before it begins."""
    given_up = export_jobs.c.cancelled_at.is_not(None)
    statement = (
        update(export_jobs)
        .where(export_jobs.c.state == JobState.RUNNING.value)
        .values(
            state=JobState.INTERRUPTED.value,
            ended_at=utc_now(),
            why_zh=case((given_up, CANCELLED.zh), else_=ORPHANED.zh),
            why_en=case((given_up, CANCELLED.en), else_=ORPHANED.en),
        )
        .returning(export_jobs.c.id)
    )
    with write(engine) as connection:
        return sorted(connection.execute(statement).scalars())


def any_waiting(engine: Engine) -> bool:
    wanted = export_jobs.c.state.in_(UNDER_WAY)
    with read(engine) as connection:
        return (
            connection.execute(select(export_jobs.c.id).where(wanted).limit(1)).first() is not None
        )


def take_waiting(engine: Engine) -> Job | None:
    """The oldest waiting job, running from now on."""
    oldest = (
        select(export_jobs.c.id)
        .where(export_jobs.c.state == JobState.WAITING.value)
        .order_by(export_jobs.c.id)
        .limit(1)
    )
    statement = (
        update(export_jobs)
        .where(
            export_jobs.c.id == oldest.scalar_subquery(),
            export_jobs.c.state == JobState.WAITING.value,
        )
        .values(state=JobState.RUNNING.value, started_at=utc_now())
        .returning(export_jobs)
    )
    with write(engine) as connection:
        row = connection.execute(statement).one_or_none()
    return job_of(row, ()) if row is not None else None


def come_so_far(engine: Engine, number: int, done: int, total: int) -> bool:
    """Whether the job is still wanted: False where somebody has cancelled it."""
    statement = (
        update(export_jobs)
        .where(export_jobs.c.id == number)
        .values(done=done, total=total)
        .returning(export_jobs.c.cancelled_at)
    )
    with write(engine) as connection:
        return connection.execute(statement).scalar_one_or_none() is None


def finish(
    engine: Engine, number: int, files: Sequence[Made], said: Bilingual, *, anyway: bool = False
) -> bool:
    """The job and its files in one transaction; the files lie in their place by now.

    False, and nothing written, where somebody has cancelled it; `anyway`: what was made cannot be
    unmade any more.
    """
    now = utc_now()
    rows = [
        {name: getattr(one, name) for name in Made.__dataclass_fields__}
        | {"job_id": number, "made_at": now}
        for one in files
    ]
    statement = ended(number, JobState.DONE, said)
    if not anyway:
        statement = statement.where(export_jobs.c.cancelled_at.is_(None))
    with write(engine) as connection:
        if connection.execute(statement).rowcount != 1:
            return False
        if rows:
            connection.execute(insert(export_files), rows)
    return True


def fail(engine: Engine, number: int, why: Bilingual) -> None:
    with write(engine) as connection:
        connection.execute(ended(number, JobState.FAILED, why))


def ended(number: int, state: JobState, why: Bilingual) -> Update:
    return (
        update(export_jobs)
        .where(export_jobs.c.id == number)
        .values(state=state.value, ended_at=utc_now(), why_zh=why.zh, why_en=why.en)
    )
