"""The figures of a day or a stretch of days, for the brief that the office's head reads.

Days are Chinese ones (Asia/Shanghai). Nothing is estimated: a figure is a count of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from storage.cases import OPEN, CaseRow, list_cases
from storage.database import read
from storage.exports import SETTLED
from storage.models import case_posts, cases, decisions, findings, posts, sweeps
from storage.records import Clause, Contacts, Verdict
from storage.sweep_pages import first_held
from storage.sweeps import totals_query
from storage.takedown_marks import marked
from storage.takedown_models import takedown_items, takedown_requests
from storage.takedowns import overdue_items

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
    flagged: int  # by addresses: what was read twice or judged anew, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """What became of requests in these days, by URLs; `overdue` at the moment of asking."""

    sent: int
    answered: int
    verified: int
    reappeared: int
    overdue: int
    before: int = 0  # of the verified, gone before they were asked for or never read there


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    first: date
    last: date
    sweeps: tuple[Sweep, ...]
    found: int  # posts that a case held for the first time in these days
    opened: int  # cases
    waiting: int  # at the moment of asking
    verdicts: dict[Verdict, int]  # cases by the decision of these days that stands now
    unconfirmed: int  # decided in these days, waiting for a second person: in no other figure
    clauses: dict[Clause, int]  # cases opened in these days that the machine puts under a clause
    platforms: dict[str, int]  # the same by platform, the most frequent first
    trend: tuple[Day, ...]  # TREND days up to the last one
    worst: tuple[CaseRow, ...]  # open, the highest priority first
    contacts: dict[int, Contacts]  # of those cases, so that a paper can mask them
    takedown: Takedown


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_TIME)


def brief(engine: Engine, first: date, last: date) -> Brief:
    """The figures from the first day to the last one, both included."""
    low, high = midnight(first), midnight(last + timedelta(days=1))
    begin = min(first, last - timedelta(days=TREND - 1))
    worst = tuple(one for one in list_cases(engine, limit=WORST) if one.status.value in OPEN)
    today = datetime.now(OFFICE_TIME).date()
    overdue = len(overdue_items(engine, today))
    with read(engine) as connection:
        opened = opened_between(connection, midnight(begin), high)
        decided = decided_between(connection, midnight(begin), high)
        here = {case: row for case, row in opened.items() if low <= row[0] < high}
        return Brief(
            first=first,
            last=last,
            sweeps=tuple(sweeps_between(connection, low, high)),
            found=first_held(connection, low, high),
            opened=len(here),
            waiting=waiting(connection),
            verdicts=dict(Counter(v for at, v in decided if low <= at < high)),
            clauses=by_clause(connection, low, high),
            platforms=dict(Counter(platform for _, platform in here.values()).most_common()),
            trend=tuple(trend(opened.values(), decided, last)),
            worst=worst,
            contacts={case.id: contacts_of(connection, case.id) for case in worst},
            unconfirmed=unconfirmed(connection, low, high),
            takedown=taken_down(connection, low, high, overdue),
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
    """Each case once, by the decision that stands: as lists and letters have it."""
    rows = connection.execute(
        decided_then(low, high, decisions.c.decided_at, decisions.c.verdict).where(
            ~cases.c.awaits_second
        )
    )
    return [(row.decided_at, Verdict(row.verdict)) for row in rows]


def decided_then(low: datetime, high: datetime, *columns: Any) -> Any:  # noqa: ANN401 (SQL)
    """Cases whose newest decision is of this time, and that did not come back since."""
    return (
        select(*columns)
        .select_from(cases)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(
            cases.c.status.in_(SETTLED),
            decisions.c.decided_at >= low,
            decisions.c.decided_at < high,
        )
    )


def unconfirmed(connection: Connection, low: datetime, high: datetime) -> int:
    statement = decided_then(low, high, func.count()).where(cases.c.awaits_second)
    return int(connection.execute(statement).scalar_one())


def taken_down(connection: Connection, low: datetime, high: datetime, overdue: int) -> Takedown:
    item, request = takedown_items.c, takedown_requests.c

    def within(moment: Any, *more: Any) -> int:  # noqa: ANN401 (a column, conditions)
        statement = (
            select(func.count(item.id))
            .join(takedown_requests, request.id == item.request_id)
            .where(moment >= low, moment < high, *more)
        )
        return int(connection.execute(statement).scalar_one())

    return Takedown(
        sent=within(request.sent_at),
        answered=within(item.answered_at),
        verified=within(item.verified_at),
        reappeared=within(item.reappeared_at),
        overdue=overdue,
        before=within(item.verified_at, marked()),
    )


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
