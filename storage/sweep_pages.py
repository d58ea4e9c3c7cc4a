"""Sweeps listed, and how far one has come: cheap enough to be asked every few seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from storage.columns import AnyRow, utc_now
from storage.database import read
from storage.models import case_posts, posts, sweep_targets, sweeps, urls
from storage.sweeps import totals_query

ROWS = 30
SAMPLE = "sample"  # the plan's name
UNFINISHED = frozenset({"running", "interrupted"})
COLUMNS = ("id", "state", "cause", "started_by", "started_at", "ended_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    id: int
    name: str  # of its plan: "targets", "sample", "command" for one that could not begin
    state: str
    cause: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    targets: int
    pages: int  # of an unfinished one those read so far
    posts: int
    troubled: int  # targets of which not one page could be read, or that were blocked


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    state: str
    pages: int
    posts: int
    flagged: int
    cases: int
    blocked: int
    errors: int
    waiting: int
    dropped: int
    last: datetime | None  # when a page was done last

    @property
    def share(self) -> int:
        """Percent of what is known so far; new links make it smaller again."""
        done = self.pages + self.dropped
        return 100 * done // (done + self.waiting) if done + self.waiting else 0


def sweeps_page(engine: Engine, below: int = 0) -> tuple[list[SweepRow], int]:
    """The newest first, and the number below which the next page begins (0 at the end)."""
    names = [sweeps.c[name] for name in COLUMNS]
    name = sweeps.c.plan["name"].as_string().label("name")  # a plan may hold thousands of targets
    statement = select(*names, name).order_by(sweeps.c.id.desc()).limit(ROWS + 1)
    if below:
        statement = statement.where(sweeps.c.id < below)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
        shown = rows[:ROWS]
        counted = connection.execute(by_target([row.id for row in shown])).all()
        totals = {row.sweep_id: row for row in counted}
        found = [sweep_row(row, totals.get(row.id)) for row in shown]
        found = [read_so_far(connection, row) for row in found]
    return found, shown[-1].id if len(rows) > ROWS else 0


def by_target(numbers: list[int]) -> Any:  # noqa: ANN401 (a SQL statement)
    """Totals as they were written down with each target's end: no page is counted anew."""
    troubled = sweep_targets.c.outcome.in_(("blocked", "error"))
    return (
        select(
            sweep_targets.c.sweep_id,
            func.count().label("targets"),
            func.coalesce(func.sum(sweep_targets.c.pages), 0).label("pages"),
            func.coalesce(func.sum(sweep_targets.c.posts), 0).label("posts"),
            func.count().filter(troubled).label("troubled"),
        )
        .where(sweep_targets.c.sweep_id.in_(numbers))
        .group_by(sweep_targets.c.sweep_id)
    )


def sweep_row(row: AnyRow, totals: AnyRow | None) -> SweepRow:
    return SweepRow(
        id=row.id,
        name=row.name or "",
        state=row.state,
        cause=row.cause,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        targets=totals.targets if totals else 0,
        pages=int(totals.pages) if totals else 0,
        posts=int(totals.posts) if totals else 0,
        troubled=totals.troubled if totals else 0,
    )


def read_so_far(connection: Connection, row: SweepRow) -> SweepRow:
    """Of a sweep that was stopped no target may be through: its pages are counted one by one."""
    if row.state not in UNFINISHED:
        return row
    counted = connection.execute(totals_query(row.id)).one()
    return replace(row, pages=int(counted.pages_fetched), posts=int(counted.posts))


def newly_flagged(engine: Engine, sweep_id: int) -> int:
    """Posts that no case held before this sweep; all else it flagged was known, and judged anew.

    By the moments at which versions joined cases: no two sweeps are at work at once.
    """
    with read(engine) as connection:
        row = connection.execute(
            select(sweeps.c.started_at, sweeps.c.ended_at).where(sweeps.c.id == sweep_id)
        ).one()
        return first_held(connection, row.started_at, row.ended_at or utc_now())


def first_held(connection: Connection, low: datetime, high: datetime) -> int:
    """Posts that a case held for the first time from `low` to `high`, each once."""
    before = case_posts.alias("before")
    older = posts.alias("older")
    known = (
        select(before.c.post_row)
        .join(older, older.c.id == before.c.post_row)
        .where(older.c.identity == posts.c.identity, before.c.joined_at < low)
        .exists()
    )
    joined = case_posts.c.joined_at
    statement = (
        select(func.count(posts.c.identity.distinct()))
        .select_from(case_posts)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(joined >= low, joined <= high, ~known)
    )
    return int(connection.execute(statement).scalar_one())


def sources_of_sample(engine: Engine) -> frozenset[str]:
    """Sources that were read in the invented web; it says nothing of the real ones."""
    shown = select(sweeps.c.id).where(sweeps.c.plan["name"].as_string() == SAMPLE)
    read_there = (urls.c.sweep_id.in_(shown), urls.c.outcome != "")
    statement = select(urls.c.source).distinct().where(*read_there)
    with read(engine) as connection:
        return frozenset(connection.execute(statement).scalars())


def newest_running(engine: Engine) -> int | None:
    """The sweep that is at work, where one is: the newest that has not ended."""
    statement = select(func.max(sweeps.c.id)).where(sweeps.c.state == "running")
    with read(engine) as connection:
        found = connection.execute(statement).scalar()
    return int(found) if found is not None else None


def progress(engine: Engine, sweep_id: int) -> Progress | None:
    with read(engine) as connection:
        state = connection.execute(
            select(sweeps.c.state).where(sweeps.c.id == sweep_id)
        ).scalar_one_or_none()
        if state is None:
            return None
        row = connection.execute(totals_query(sweep_id)).one()
        last = connection.execute(
            select(func.max(urls.c.finished_at)).where(urls.c.sweep_id == sweep_id)
        ).scalar()
    return Progress(
        state=state,
        pages=int(row.pages_fetched),
        posts=int(row.posts),
        flagged=int(row.flagged),
        cases=int(row.cases_opened),
        blocked=int(row.blocked),
        errors=int(row.errors),
        waiting=int(row.waiting),
        dropped=int(row.dropped),
        last=last,
    )
