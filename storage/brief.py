"""The figures of a day or a stretch of days, for the brief that the office's head reads.

Days are Chinese ones (Asia/Shanghai). Nothing is estimated: a figure is a count of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from storage.cases import OPEN, CaseRow, list_cases
from storage.database import read
from storage.models import case_posts, cases, decisions, findings, posts, sweeps
from storage.records import CaseStatus, Clause, Contacts, Verdict
from storage.sweeps import totals_query

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
WORST = 10  # waiting cases shown one by one
TREND = 7  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened on one day."""

    day: date
    opened: int
    decided: int
    violations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    id: int
    state: str
    started_at: datetime
    pages: int
    posts: int
    flagged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    first: date
    last: date
    sweeps: tuple[Sweep, ...]
    opened: int  # cases
    waiting: int  # at the moment of asking
    verdicts: dict[Verdict, int]  # decisions of these days, superseded ones too
    clauses: dict[Clause, int]  # cases opened in these days that the machine puts under a clause
    platforms: dict[str, int]  # the same by platform, the most frequent first
    trend: tuple[Day, ...]  # TREND days up to the last one
    worst: tuple[CaseRow, ...]  # waiting, the highest priority first
    contacts: dict[int, Contacts]  # of those cases, so that a paper can mask them


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_TIME)


def brief(engine: Engine, first: date, last: date) -> Brief:
    """The figures from the first day to the last one, both included."""
    low, high = midnight(first), midnight(last + timedelta(days=1))
    begin = min(first, last - timedelta(days=TREND - 1))
    worst = tuple(list_cases(engine, CaseStatus.WAITING, limit=WORST))
    with read(engine) as connection:
        opened = opened_between(connection, midnight(begin), high)
        decided = decided_between(connection, midnight(begin), high)
        here = {case: row for case, row in opened.items() if low <= row[0] < high}
        return Brief(
            first=first,
            last=last,
            sweeps=tuple(sweeps_between(connection, low, high)),
            opened=len(here),
            waiting=waiting(connection),
            verdicts=dict(Counter(v for at, v in decided if low <= at < high)),
            clauses=by_clause(connection, low, high),
            platforms=dict(Counter(platform for _, platform in here.values()).most_common()),
            trend=tuple(trend(opened.values(), decided, last)),
            worst=worst,
            contacts={case.id: contacts_of(connection, case.id) for case in worst},
        )


def opened_between(
    connection: Connection, low: datetime, high: datetime
) -> dict[int, tuple[datetime, str]]:
    rows = connection.execute(
        select(cases.c.id, cases.c.opened_at, cases.c.platform).where(
            cases.c.opened_at >= low, cases.c.opened_at < high
        )
    )
    return {row.id: (row.opened_at, row.platform) for row in rows}


def decided_between(
    connection: Connection, low: datetime, high: datetime
) -> list[tuple[datetime, Verdict]]:
    rows = connection.execute(
        select(decisions.c.decided_at, decisions.c.verdict).where(
            decisions.c.decided_at >= low, decisions.c.decided_at < high
        )
    )
    return [(row.decided_at, Verdict(row.verdict)) for row in rows]


def sweeps_between(connection: Connection, low: datetime, high: datetime) -> Iterable[Sweep]:
    rows = connection.execute(
        select(sweeps)
        .where(sweeps.c.started_at >= low, sweeps.c.started_at < high)
        .order_by(sweeps.c.id)
    )
    for row in rows.all():
        told = connection.execute(totals_query(row.id)).one()
        yield Sweep(
            id=row.id,
            state=row.state,
            started_at=row.started_at,
            pages=int(told.pages_fetched),
            posts=int(told.posts),
            flagged=int(told.flagged),
        )


def contacts_of(connection: Connection, case: int) -> Contacts:
    """Every way to reach the advertiser that the posts of a case show."""
    rows = connection.execute(
        select(posts.c.contacts)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case, case_posts.c.split.is_(False))
    )
    found = [row.contacts or {} for row in rows]
    return Contacts(
        phones=tuple(one for each in found for one in each.get("phones", ())),
        wechat=tuple(one for each in found for one in each.get("wechat", ())),
        qq=tuple(one for each in found for one in each.get("qq", ())),
    )


def waiting(connection: Connection) -> int:
    statement = select(func.count()).where(cases.c.status.in_(OPEN))
    return int(connection.execute(statement.select_from(cases)).scalar_one())


def by_clause(connection: Connection, low: datetime, high: datetime) -> dict[Clause, int]:
    """A case stands under each clause that one of its findings names."""
    statement = (
        select(findings.c.clause, func.count(cases.c.id.distinct()))
        .join(case_posts, case_posts.c.post_row == findings.c.post_row)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .where(case_posts.c.split.is_(False), cases.c.opened_at >= low, cases.c.opened_at < high)
        .group_by(findings.c.clause)
    )
    counted: dict[str, int] = dict(connection.execute(statement).all())
    return {clause: counted.get(clause.value, 0) for clause in Clause}


def trend(
    opened: Iterable[tuple[datetime, str]], decided: list[tuple[datetime, Verdict]], last: date
) -> Iterable[Day]:
    begun = Counter(day_of(at) for at, _ in opened)
    ended = Counter(day_of(at) for at, _ in decided)
    upheld = Counter(day_of(at) for at, verdict in decided if verdict is Verdict.VIOLATION)
    for back in range(TREND - 1, -1, -1):
        day = last - timedelta(days=back)
        yield Day(day=day, opened=begun[day], decided=ended[day], violations=upheld[day])


def day_of(moment: datetime) -> date:
    return moment.astimezone(OFFICE_TIME).date()
