"""What was found and decided in a period, by day, clause, platform, region and institution.

A decision counts where it stands, as in the brief: one that was withdrawn or superseded, that a
second person did not agree with, or whose case came back since counts no more, and one that waits
for a second person not yet, who must not read the first opinion out of figures. Everything is read
through an index by date, so that a period costs what lies in it and not what lies in all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, Connection, Engine, ScalarSelect, func, select

from storage.cases import OPEN
from storage.database import read
from storage.models import case_posts, cases, decisions, posts
from storage.models_desk import case_tally, second_looks
from storage.narrowing import Aside
from storage.periods import Period, day_number, seconds_between
from storage.records import Clause, Verdict
from storage.statistics_decided import Decided, decided

TOP = 15  # rows of a list by region or institution
OTHERS, NOT_SAID = "…", ""  # names of the groups that make the regions add up


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


# verdict ("" for what was found), platform, clauses, region, how many
Cell = tuple[str, str, str, str, int]


def work(engine: Engine, period: Period) -> Work:
    with read(engine) as connection:
        made = decided(connection, period)
        cells = [*found_cells(connection, period), *decided_cells(connection, made)]
        return Work(
            period=period,
            days=tuple(by_day(connection, made)),
            verdicts=verdicts_of(cells),
            clauses=tuple(by_clause(cells)),
            platforms=tuple(grouped((cell[1], cell) for cell in cells)),
            regions=tuple(by_region(cells)),
            institutions=tuple(institutions(connection, made)),
            handling=handling(connection, made),
            waiting=waiting(connection),
            unconfirmed=unconfirmed(connection, made),
        )


def found_cells(connection: Connection, period: Period) -> list[Cell]:
    kinds = (cases.c.platform, cases.c.clauses, cases.c.region)
    statement = select(*kinds, opened(connection).label("n")).group_by(*kinds)
    rows = connection.execute(statement.where(period.holds(cases.c.opened_at)))
    return [("", row.platform, row.clauses, row.region, row.n) for row in rows]


def opened(connection: Connection) -> ColumnElement[int]:
    """How many cases. PostgreSQL would read an index by day and then, for every case that was
    touched since the last vacuum, the table in the order of the index; asked for a column that
    stands in no index, it reads the table in its own."""
    return func.count(cases.c.version) if connection.dialect.name == "postgresql" else func.count()


def decided_cells(connection: Connection, made: Decided) -> list[Cell]:
    kinds = (decisions.c.verdict, cases.c.platform, cases.c.clauses, cases.c.region)
    statement = made.standing(*kinds, func.count().label("n")).group_by(*kinds)
    rows = connection.execute(statement)
    return [(row.verdict, row.platform, row.clauses, row.region, row.n) for row in rows]


def by_day(connection: Connection, made: Decided) -> Iterable[DayFigures]:
    found = found_by_day(connection, made.period)
    standing = decided_by_day(connection, made)
    looks = looks_by_day(connection, made.period)
    for number, day in enumerate(made.period.each()):
        verdicts = standing[number]
        upheld = looks.get((number, True), 0)
        yield DayFigures(
            day=str(day),
            found=found[number],
            decided=verdicts.total(),
            violations=verdicts[Verdict.VIOLATION.value],
            upheld=upheld,
            looked=upheld + looks.get((number, False), 0),
        )


def found_by_day(connection: Connection, period: Period) -> Counter[int]:
    day = day_number(cases.c.opened_at, period, connection.dialect.name).label("day")
    statement = select(day, opened(connection).label("n")).group_by(day)
    rows = connection.execute(statement.where(period.holds(cases.c.opened_at)))
    return Counter({row.day: row.n for row in rows})


def decided_by_day(connection: Connection, made: Decided) -> defaultdict[int, Counter[str]]:
    day = day_number(decisions.c.decided_at, made.period, connection.dialect.name).label("day")
    kinds = (day, decisions.c.verdict)
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(made.standing(*kinds, func.count().label("n")).group_by(*kinds)):
        found[row.day][row.verdict] = row.n
    return found


def looks_by_day(connection: Connection, period: Period) -> dict[tuple[int, bool], int]:
    day = day_number(second_looks.c.looked_at, period, connection.dialect.name).label("day")
    statement = (
        select(day, second_looks.c.upheld, func.count().label("n"))
        .where(period.holds(second_looks.c.looked_at))
        .group_by(day, second_looks.c.upheld)
    )
    return {(row.day, bool(row.upheld)): row.n for row in connection.execute(statement)}


def verdicts_of(cells: Iterable[Cell]) -> dict[Verdict, int]:
    found: Counter[str] = Counter()
    for cell in cells:
        found[cell[0]] += cell[-1]
    return {verdict: found[verdict.value] for verdict in Verdict}


def by_clause(cells: Iterable[Cell]) -> Iterable[Group]:
    """A case stands under each clause that one of its findings names."""
    pairs = [(clause, cell) for cell in cells for clause in cell[2]]
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
    groups = grouped((cell[3], cell) for cell in cells)
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
    for name, (verdict, *_, n) in pairs:
        counts = found.setdefault(name, [0, 0, 0])
        counts[1 if verdict else 0] += n
        counts[2] += n if verdict == Verdict.VIOLATION else 0
    groups = [
        Group(name=name, found=a, decided=b, violations=c) for name, (a, b, c) in found.items()
    ]
    return sorted(groups, key=lambda one: (-one.found, -one.decided, one.name))


def institutions(connection: Connection, made: Decided) -> Iterable[Group]:
    """Whoever posted what was decided to be a violation, by the name they show."""
    count = func.count(cases.c.id.distinct()).label("n")
    statement = (
        made.standing(posts.c.author, count)
        .join(case_posts, case_posts.c.case_id == cases.c.id)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(
            decisions.c.verdict == Verdict.VIOLATION.value,
            ~Aside(case_posts.c.split),
            posts.c.author != "",
        )
        .group_by(posts.c.author)
        .order_by(count.desc(), posts.c.author)
        .limit(TOP)
    )
    for row in connection.execute(statement):
        yield Group(name=row.author, found=0, decided=row.n, violations=row.n)


def handling(connection: Connection, made: Decided) -> Handling:
    """Of the cases whose first decision fell into the period."""
    seconds = seconds_between(decisions.c.decided_at, cases.c.opened_at, connection.dialect.name)
    taken = select(seconds.label("s")).select_from(made.first).where(made.within).cte("taken")
    n = select(func.count()).select_from(taken).scalar_subquery()
    ranked = [ranked_in(taken, n, tenths) for tenths in (5, 9)]
    count, p50, p90 = connection.execute(select(n, *ranked)).one()
    return Handling(cases=count, p50=not_negative(p50), p90=not_negative(p90))


def ranked_in(taken: CTE, n: ScalarSelect[int], tenths: int) -> ScalarSelect[float]:
    """As `quantile` says it, without fetching a million of them."""
    ordered = select(taken.c.s).order_by(taken.c.s)
    return ordered.limit(1).offset(n * tenths // 10).scalar_subquery()


def not_negative(seconds: float | None) -> float | None:
    return None if seconds is None else max(0.0, float(seconds))


def unconfirmed(connection: Connection, made: Decided) -> int:
    statement = made.settled(func.count(), awaits_second=True)
    return int(connection.execute(statement).scalar_one())


def waiting(connection: Connection) -> int:
    """From the tally, which triggers keep."""
    statement = select(func.coalesce(func.sum(case_tally.c.n), 0)).where(
        case_tally.c.status.in_(OPEN)
    )
    return int(connection.execute(statement).scalar_one())
