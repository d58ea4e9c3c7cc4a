"""What was found and decided in a period, by day, clause, platform, region and institution.

A decision counts where it stands, as in the brief: one that was withdrawn or superseded, that a
second person did not agree with, or whose case came back since counts no more, and one that waits
for a second person not yet, who must not read the first opinion out of figures. Everything is read
through an index by date, so that a period costs what lies in it and not what lies in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import aliased

from storage.brief import unconfirmed
from storage.cases import OPEN
from storage.database import read
from storage.models import case_posts, cases, decisions, posts
from storage.models_desk import case_tally, second_looks
from storage.periods import Period, office_day, quantile, seconds_between
from storage.reasons import WITHDRAWN
from storage.records import Clause, Verdict

TOP = 15  # rows of a list by region or institution
OTHERS, NOT_SAID = "…", ""  # names of the groups that make the regions add up
# Beside a join by the case's own number, which has SQLite start at the decisions of the period:
# joined by decision_id alone it walks through all cases.
STANDS = (
    cases.c.decision_id == decisions.c.id,
    decisions.c.reason != WITHDRAWN,
    cases.c.status.not_in(OPEN),
    ~cases.c.awaits_second,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    day: str  # 2026-11-23
    found: int
    decided: int
    violations: int
    upheld: int  # second looks that agreed
    looked: int  # second looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One clause, platform, region or institution."""

    name: str
    found: int
    decided: int
    violations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Seconds from a case's opening to its first decision."""

    cases: int
    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    period: Period
    days: tuple[DayFigures, ...]
    verdicts: dict[Verdict, int]
    clauses: tuple[Group, ...]
    platforms: tuple[Group, ...]
    regions: tuple[Group, ...]  # OTHERS behind the TOP, NOT_SAID for what shows none
    institutions: tuple[Group, ...]  # of what was decided to be a violation
    handling: Handling
    waiting: int  # now
    unconfirmed: int  # decided in the period, waiting for a second person: in no figure of verdicts

    @property
    def found(self) -> int:
        return sum(day.found for day in self.days)

    @property
    def decided(self) -> int:
        return sum(day.decided for day in self.days)

    @property
    def looked(self) -> int:
        return sum(day.looked for day in self.days)

    @property
    def upheld(self) -> int:
        return sum(day.upheld for day in self.days)


# day, verdict ("" for what was found), platform, clauses, region, how many
Cell = tuple[str, str, str, str, str, int]


def work(engine: Engine, period: Period) -> Work:
    with read(engine) as connection:
        cells = [*found_cells(connection, period), *decided_cells(connection, period)]
        looks = looks_by_day(connection, period)
        return Work(
            period=period,
            days=tuple(by_day(cells, looks, period)),
            verdicts=verdicts_of(cells),
            clauses=tuple(by_clause(cells)),
            platforms=tuple(grouped((cell[2], cell) for cell in cells)),
            regions=tuple(by_region(cells)),
            institutions=tuple(institutions(connection, period)),
            handling=handling(connection, period),
            waiting=waiting(connection),
            unconfirmed=unconfirmed(connection, period.low, period.high),
        )


def found_cells(connection: Connection, period: Period) -> list[Cell]:
    day = office_day(cases.c.opened_at, connection.dialect.name).label("day")
    kinds = (cases.c.platform, cases.c.clauses, cases.c.region)
    statement = (
        select(day, *kinds, func.count().label("n"))
        .where(period.holds(cases.c.opened_at))
        .group_by(day, *kinds)
    )
    rows = connection.execute(statement)
    return [(row.day, "", row.platform, row.clauses, row.region, row.n) for row in rows]


def decided_cells(connection: Connection, period: Period) -> list[Cell]:
    day = office_day(decisions.c.decided_at, connection.dialect.name).label("day")
    kinds = (decisions.c.verdict, cases.c.platform, cases.c.clauses, cases.c.region)
    statement = (
        select(day, *kinds, func.count().label("n"))
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(period.holds(decisions.c.decided_at), *STANDS)
        .group_by(day, *kinds)
    )
    rows = connection.execute(statement)
    return [(row.day, row.verdict, row.platform, row.clauses, row.region, row.n) for row in rows]


def looks_by_day(connection: Connection, period: Period) -> dict[tuple[str, bool], int]:
    day = office_day(second_looks.c.looked_at, connection.dialect.name).label("day")
    statement = (
        select(day, second_looks.c.upheld, func.count().label("n"))
        .where(period.holds(second_looks.c.looked_at))
        .group_by(day, second_looks.c.upheld)
    )
    return {(row.day, bool(row.upheld)): row.n for row in connection.execute(statement)}


def by_day(
    cells: Iterable[Cell], looks: dict[tuple[str, bool], int], period: Period
) -> Iterable[DayFigures]:
    found: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    violations: Counter[str] = Counter()
    for day, verdict, *_, n in cells:
        (decided if verdict else found)[day] += int(n)
        violations[day] += int(n) if verdict == Verdict.VIOLATION else 0
    for one in map(str, period.each()):
        upheld = looks.get((one, True), 0)
        yield DayFigures(
            day=one,
            found=found[one],
            decided=decided[one],
            violations=violations[one],
            upheld=upheld,
            looked=upheld + looks.get((one, False), 0),
        )


def verdicts_of(cells: Iterable[Cell]) -> dict[Verdict, int]:
    found: Counter[str] = Counter()
    for cell in cells:
        found[cell[1]] += cell[-1]
    return {verdict: found[verdict.value] for verdict in Verdict}


def by_clause(cells: Iterable[Cell]) -> Iterable[Group]:
    """A case stands under each clause that one of its findings names."""
    pairs = [(clause, cell) for cell in cells for clause in cell[3]]
    found = {group.name: group for group in grouped(pairs)}
    nothing = Group(name="", found=0, decided=0, violations=0)
    for clause in Clause:
        group = found.get(clause.value, nothing)
        yield Group(
            name=clause.value,
            found=group.found,
            decided=group.decided,
            violations=group.violations,
        )


def by_region(cells: Sequence[Cell]) -> list[Group]:
    """The most found first, then the rest in one, then what shows none: together everything."""
    groups = grouped((cell[4], cell) for cell in cells)
    named = [one for one in groups if one.name != NOT_SAID]
    rest = [together(OTHERS, named[TOP:])] if named[TOP:] else []
    return [*named[:TOP], *rest, *(one for one in groups if one.name == NOT_SAID)]


def together(name: str, groups: Sequence[Group]) -> Group:
    return Group(
        name=name,
        found=sum(one.found for one in groups),
        decided=sum(one.decided for one in groups),
        violations=sum(one.violations for one in groups),
    )


def grouped(pairs: Iterable[tuple[str, Cell]]) -> list[Group]:
    """The most found first."""
    found: dict[str, list[int]] = {}
    for name, (_, verdict, *_, n) in pairs:
        counts = found.setdefault(name, [0, 0, 0])
        counts[1 if verdict else 0] += n
        counts[2] += n if verdict == Verdict.VIOLATION else 0
    groups = [
        Group(name=name, found=a, decided=b, violations=c) for name, (a, b, c) in found.items()
    ]
    return sorted(groups, key=lambda one: (-one.found, -one.decided, one.name))


def institutions(connection: Connection, period: Period) -> Iterable[Group]:
    """Whoever posted what was decided to be a violation, by the name they show."""
    count = func.count(cases.c.id.distinct()).label("n")
    statement = (
        select(posts.c.author, count)
        .select_from(decisions)
        .join(cases, cases.c.id == decisions.c.case_id)
        .join(case_posts, case_posts.c.case_id == cases.c.id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(
            period.holds(decisions.c.decided_at),
            *STANDS,
            decisions.c.verdict == Verdict.VIOLATION.value,
            ~case_posts.c.split,
            posts.c.author != "",
        )
        .group_by(posts.c.author)
        .order_by(count.desc(), posts.c.author)
        .limit(TOP)
    )
    for row in connection.execute(statement):
        yield Group(name=row.author, found=0, decided=row.n, violations=row.n)


def handling(connection: Connection, period: Period) -> Handling:
    """Of the cases whose first decision fell into the period."""
    earlier = aliased(decisions)
    before = (
        select(earlier.c.id)
        .where(earlier.c.case_id == decisions.c.case_id, earlier.c.id < decisions.c.id)
        .exists()
    )
    seconds = seconds_between(decisions.c.decided_at, cases.c.opened_at, connection.dialect.name)
    statement = (
        select(seconds)
        .select_from(decisions)
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(period.holds(decisions.c.decided_at), ~before)
    )
    taken = sorted(max(0.0, float(one)) for one in connection.execute(statement).scalars())
    return Handling(cases=len(taken), p50=quantile(taken, 0.5), p90=quantile(taken, 0.9))


def waiting(connection: Connection) -> int:
    """From the tally, which triggers keep."""
    statement = select(func.coalesce(func.sum(case_tally.c.n), 0)).where(
        case_tally.c.status.in_(OPEN)
    )
    return int(connection.execute(statement).scalar_one())
