"""The statistics of any history are what reading every row one by one comes to.

`Plain` knows no SQL but SELECT: it walks over all rows in Python, slow and easy to believe.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, select

from storage import statistics_decided
from storage.bilingual import Problem
from storage.cases import decide, get_case, list_cases, split
from storage.database import open_database, read
from storage.exports import OFFICE_TIME
from storage.models import case_posts, cases, decisions, findings, posts
from storage.models_desk import second_looks
from storage.periods import Period, quantile
from storage.reasons import WITHDRAWN
from storage.records import CaseStatus, Clause, Contacts, Verdict
from storage.second import look as second_look
from storage.statistics import OTHERS, TOP, work
from storage.statistics_agreement import BANDS, agreement
from storage.withdrawals import withdraw
from tests.conftest import empty
from tests.makers import TEXT, decision, finding, flagged, judged, post, sight

FIRST = date(2026, 11, 21)
PEOPLE = ("李审核", "王审核", "赵复核")
numbers = count(1)

# Days around the period's, and the moments at which a day could be lost or counted twice.
MOMENTS = st.builds(
    lambda days, time: datetime(2026, 11, 20, 16, tzinfo=UTC) + timedelta(days=days) + time,
    st.integers(-2, 5),
    st.sampled_from(
        [
            timedelta(0),
            timedelta(microseconds=1),
            timedelta(hours=8),
            timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999),
            timedelta(hours=23, minutes=59, seconds=59, microseconds=500_000),
        ]
    ),
)
CODES = {
    Verdict.VIOLATION: ("B4-02", "C4-02", "C3-06"),  # the last one needs a second person
    Verdict.CLEAN: ("NEWS",),
    Verdict.TRANSFER: ("POLICE",),
    Verdict.DOUBT: ("EVIDENCE",),
}
SAID = st.sampled_from([(verdict, code) for verdict, some in CODES.items() for code in some])
FOUND = st.lists(
    st.sampled_from([(Clause.TWO, "B4-02"), (Clause.THREE, "C4-02"), (Clause.FOUR, "D1-01")]),
    min_size=1,
    max_size=2,
    unique=True,
)
NEW = st.tuples(
    st.just("new"),
    MOMENTS,
    st.sampled_from(["web", "weibo"]),
    st.sampled_from(["", "河南", *(f"r{n}" for n in range(TOP + 2))]),
    st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from([0.55, 0.6, 0.8, 0.89, 0.95]),
    FOUND,
)
AT = st.integers(0, 4)  # which of the cases there are
WHO = st.sampled_from(PEOPLE)
ACT = st.one_of(
    NEW,
    st.tuples(st.just("again"), AT, MOMENTS, st.sampled_from(["", "a", "d"])),
    st.tuples(st.just("decide"), AT, SAID, WHO, MOMENTS),
    st.tuples(st.just("decide"), AT, SAID, WHO, MOMENTS),
    st.tuples(st.just("look"), AT, SAID, WHO, MOMENTS),
    st.tuples(st.just("withdraw"), AT, WHO),
    st.tuples(st.just("split"), AT),
)


class History:
    """Acts upon a database; what the house refuses in a state did not happen."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def live(self, act: tuple[Any, ...]) -> None:
        kind, *rest = act
        if kind == "new":
            self.new(*rest)
            return
        every = sorted(row.id for row in list_cases(self.engine))
        if every:
            with suppress(Problem):
                getattr(self, kind)(every[rest[0] % len(every)], *rest[1:])

    def new(self, at, platform, region, author, score, found) -> None:
        n = next(numbers)
        changes = {"platform": platform, "region": region, "author": author}
        told = judged(score=score, findings=tuple(self.finding(*one) for one in found))
        where = post(f"http://s{n}.example/", contacts=phone(n), **changes)
        sight(self.engine, flagged(where, seed=n, judgement=told), now=at)

    def finding(self, clause: Clause, code: str) -> object:
        return finding(rule=code, clause=clause, code=code)

    def again(self, case: int, at: datetime, author: str) -> None:
        """A near copy on another site of the same advertiser: a decided case may come back."""
        first = get_case(self.engine, case).posts[0].post
        n = next(numbers)
        copy = post(
            f"http://t{n}.example/", text=f"{TEXT}{n}", author=author, contacts=first.contacts
        )
        number = int(first.contacts.phones[0][-6:])
        sight(self.engine, flagged(copy, seed=number, changed=3), now=at)

    def decide(self, case: int, said: tuple[Verdict, str], by: str, at: datetime) -> None:
        made = get_case(self.engine, case).decisions
        newest = made[-1][0] if made else None
        changes = {"reason": said[1], "by": by, "at": at, "supersedes": newest}
        decide(self.engine, decision(case, said[0], **changes))

    def look(self, case: int, said: tuple[Verdict, str], by: str, at: datetime) -> None:
        second_look(self.engine, decision(case, said[0], reason=said[1], by=by, at=at))

    def withdraw(self, case: int, by: str) -> None:
        made = get_case(self.engine, case).decisions
        if made:
            withdraw(self.engine, case, made[-1][0], by)

    def split(self, case: int) -> None:
        split(self.engine, case, [get_case(self.engine, case).posts[-1].row], "李审核")


def phone(n: int) -> Contacts:
    return Contacts(phones=(f"13800{n:06d}",))


class Plain:
    """Every row, read one by one."""

    def __init__(self, engine: Engine, period: Period) -> None:
        with read(engine) as connection:

            def every(table: Table) -> list[SimpleNamespace]:
                rows = connection.execute(select(table).order_by(*table.primary_key))
                return [SimpleNamespace(**row._mapping) for row in rows]

            self.cases = {row.id: row for row in every(cases)}
            self.decisions = every(decisions)
            self.looks = every(second_looks)
            self.posts = {row.id: row for row in every(posts)}
            self.members = [row for row in every(case_posts) if not row.split]
            self.findings = every(findings)
        self.period = period
        self.standing = [
            (row, self.cases[row.case_id])
            for row in self.of_newest()
            if row.reason != WITHDRAWN and not self.cases[row.case_id].awaits_second
        ]
        self.violations = [(d, c) for d, c in self.standing if d.verdict == Verdict.VIOLATION]

    def day(self, moment: datetime) -> str:
        return str(moment.astimezone(OFFICE_TIME).date())

    def inside(self, moment: datetime) -> bool:
        return self.period.first <= moment.astimezone(OFFICE_TIME).date() <= self.period.last

    def of_newest(self) -> list[SimpleNamespace]:
        """Decisions of the period that are their settled case's newest."""
        settled = (CaseStatus.DECIDED, CaseStatus.APPROVED)
        return [
            row
            for row in self.decisions
            if self.inside(row.decided_at)
            and self.cases[row.case_id].decision_id == row.id
            and self.cases[row.case_id].status in settled
        ]

    def unconfirmed(self) -> int:
        return sum(self.cases[row.case_id].awaits_second for row in self.of_newest())

    def days(self) -> list[tuple[str, int, int, int, int, int]]:
        found = Counter(self.day(row.opened_at) for row in self.cases.values())
        decided = Counter(self.day(row.decided_at) for row, _ in self.standing)
        violations = Counter(self.day(row.decided_at) for row, _ in self.violations)
        looked = Counter(self.day(row.looked_at) for row in self.looks)
        upheld = Counter(self.day(row.looked_at) for row in self.looks if row.upheld)
        return [
            (day, found[day], decided[day], violations[day], upheld[day], looked[day])
            for day in map(str, self.period.each())
        ]

    def groups(self, of: Callable[[SimpleNamespace], list[str]]) -> dict[str, tuple[int, int, int]]:
        found = Counter(
            name for row in self.cases.values() if self.inside(row.opened_at) for name in of(row)
        )
        decided = Counter(name for _, case in self.standing for name in of(case))
        violations = Counter(name for _, case in self.violations for name in of(case))
        return {name: (found[name], decided[name], violations[name]) for name in found | decided}

    def institutions(self) -> list[tuple[str, int]]:
        named = {
            (case.id, self.posts[row.post_row].author)
            for _, case in self.violations
            for row in self.members
            if row.case_id == case.id
        }
        found = Counter(author for _, author in named if author)
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:TOP]

    def handling(self) -> list[float]:
        first: dict[int, SimpleNamespace] = {}
        for row in self.decisions:
            first.setdefault(row.case_id, row)
        return sorted(
            max(0.0, (row.decided_at - self.cases[row.case_id].opened_at).total_seconds())
            for row in first.values()
            if self.inside(row.decided_at)
        )

    def bands(self) -> list[tuple[float, int, int]]:
        low = {c.id: max(edge for edge in BANDS if c.score >= edge) for _, c in self.standing}
        guilty = (Verdict.VIOLATION, Verdict.TRANSFER)
        offending = Counter(low[c.id] for d, c in self.standing if d.verdict in guilty)
        clean = Counter(low[c.id] for d, c in self.standing if d.verdict == Verdict.CLEAN)
        return [(edge, offending[edge], clean[edge]) for edge in BANDS]

    def same_code(self) -> int:
        named = {
            (row.case_id, one.code)
            for row in self.members
            for one in self.findings
            if one.post_row == row.post_row
        }
        return sum((c.id, d.reason) in named for d, c in self.violations)


def compare(engine: Engine, period: Period) -> None:
    plain, told, agreed = Plain(engine, period), work(engine, period), agreement(engine, period)
    assert plain.days() == [
        (one.day, one.found, one.decided, one.violations, one.upheld, one.looked)
        for one in told.days
    ]
    verdicts = Counter(row.verdict for row, _ in plain.standing)
    assert told.verdicts == {verdict: verdicts[verdict.value] for verdict in Verdict}
    clauses = plain.groups(lambda case: list(case.clauses))
    assert {one.name: figures(one) for one in told.clauses if any(figures(one))} == clauses
    platforms = plain.groups(lambda case: [case.platform])
    assert {one.name: figures(one) for one in told.platforms} == platforms
    same_regions(told.regions, plain.groups(lambda case: [case.region]))
    assert [(one.name, one.violations) for one in told.institutions] == plain.institutions()
    taken = plain.handling()
    assert told.handling.cases == len(taken)
    assert told.handling.p50 == pytest.approx(quantile(taken, 0.5), abs=1e-3)
    assert told.handling.p90 == pytest.approx(quantile(taken, 0.9), abs=1e-3)
    waiting = [row for row in plain.cases.values() if row.status in ("waiting", "claimed")]
    assert (told.waiting, told.unconfirmed) == (len(waiting), plain.unconfirmed())
    assert [(one.low, one.offending, one.clean) for one in agreed.bands] == plain.bands()
    assert (agreed.violations, agreed.same_code) == (len(plain.violations), plain.same_code())


def figures(one: Any) -> tuple[int, int, int]:
    return one.found, one.decided, one.violations


def same_regions(told: Any, plain: dict[str, tuple[int, int, int]]) -> None:
    shown = {one.name: figures(one) for one in told}
    rest = shown.pop(OTHERS, (0, 0, 0))
    assert shown.items() <= plain.items()
    left = [figures for name, figures in plain.items() if name not in shown]
    assert rest == tuple(sum(column) for column in zip(*left, strict=True)) if left else True
    assert len([name for name in shown if name]) == min(TOP, len([name for name in plain if name]))


@pytest.fixture
def fresh(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Engine]:
    """A database without a row, for each history its own."""

    def make() -> Engine:
        if kind == "postgresql":
            url: str = request.getfixturevalue("migrated_postgres")
            empty(url)
            return open_database(url, tmp_path)
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return open_database(f"sqlite:///{path}", tmp_path)

    return make


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(
    st.lists(NEW, min_size=2, max_size=5),
    st.lists(ACT, min_size=8, max_size=20),
    st.integers(0, 3),
    st.integers(1, 400),
)
def test_whatever_happened_the_figures_are_those_of_all_rows_read_one_by_one(
    fresh, new, acts, skipped, days
) -> None:
    engine = fresh()
    history = History(engine)
    for act in (*new, *acts):
        history.live(act)
    first = FIRST + timedelta(days=skipped)
    try:
        for share in (0, 10**9):  # few decisions of very many cases, and the other way
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(statistics_decided, "SHARE", {engine.dialect.name: share})
                compare(engine, Period(first=first, last=first + timedelta(days=days - 1)))
    finally:
        engine.dispose()
