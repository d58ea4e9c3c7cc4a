"""The queue as the desk shows it: filtered, counted, read by key and taken from the top."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.expression import func

from storage.cases import OPEN, CaseRow, case_row, claims_of, in_no_other_hands, take, urls_of
from storage.columns import AnyRow, utc_now
from storage.database import read, write
from storage.models import case_posts, cases, findings
from storage.models_desk import case_tally
from storage.narrowing import Aside, narrowed
from storage.persons import named_person
from storage.records import CaseStatus, Clause
from storage.search import Hits, cases_with, numbers_of, search

PAGE = 50
COUNTED = 5_000  # cases counted one by one where the tally cannot answer
STEP, WALKED = 500, 4_000  # cases looked into at a time, and for one page
RECENT = 31  # days that are a small part of all
TRIED = 20  # candidates looked at before the queue is called empty for now
# As the indexes of storage/models_desk.py say it, and written out, not bound: only so does SQLite
# see that they serve the query.
IS_OPEN = cases.c.status.not_in([literal_column("'decided'"), literal_column("'approved'")])
IS_SETTLED = cases.c.status.not_in([literal_column("'waiting'"), literal_column("'claimed'")])
VIEWS = ("open", "mine", "second", "decided")
GROUPED_BY = {0b011: 0, 0b101: 1, 0b110: 2}  # what GROUPING says: a 1 for each column left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the queue is shown; "" and None: everything."""

    view: str = "open"  # one of VIEWS
    clause: str = ""
    platform: str = ""
    region: str = ""
    score: float | None = None  # at least
    days: int | None = None  # opened within
    words: str = ""  # to be found in one of its posts, each of them
    person: str = ""  # whose `mine` it is, and who must not be their own second


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuote:
    clause: Clause
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of the queue ended."""

    priority: int
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases each filter would show, the others staying as they are."""

    total: int
    exact: bool  # False: at least so many
    by_clause: dict[str, int]
    by_platform: dict[str, int]
    by_region: dict[str, int]


def wanted(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [view_of(filters)]
    if filters.clause:
        conditions.append(cases.c.clauses.contains(filters.clause, autoescape=True))
    if filters.platform:
        conditions.append(cases.c.platform == filters.platform)
    if filters.region:
        conditions.append(cases.c.region == filters.region)
    if filters.score is not None:
        conditions.append(cases.c.score >= filters.score)
    if filters.days is not None:
        conditions.append(Aside(cases.c.opened_at) >= since(filters, now))
    return conditions


def since(filters: Filters, now: datetime) -> datetime | None:
    return None if filters.days is None else now - timedelta(days=filters.days)


def view_of(filters: Filters) -> ColumnElement[bool]:
    if filters.view == "mine":
        claimed = cases.c.status == CaseStatus.CLAIMED.value
        return and_(IS_OPEN, claimed, cases.c.claimed_by == filters.person)
    if filters.view == "second":
        return and_(cases.c.awaits_second)  # which only a decided case does
    if filters.view == "decided":
        return and_(IS_SETTLED, ~cases.c.awaits_second)
    return IS_OPEN


def queue_page(
    engine: Engine,
    filters: Filters,
    after: Place | None = None,
    limit: int = PAGE,
    hits: Hits | None = None,
) -> tuple[list[CaseRow], Place | None]:
    """One page, highest priority first and then the oldest, and where the next one begins.

    By key, not by offset: a case decided meanwhile makes nobody miss the one after it. Where words
    are looked for that very many cases hold, a page may be short although more follow.
    `hits`: what `search` gave for the filters' words, where it was asked already.
    """
    conditions = wanted(filters, utc_now())
    if filters.words and hits is None:
        hits = search(engine, filters.words)
    with read(engine) as connection:
        near = nearby(connection, filters, hits)
        if near is None and hits is not None:
            ids, end = walk(connection, conditions, hits, after, limit)
            statement = select(cases).where(cases.c.id.in_(ids))
            shown = connection.execute(in_order(statement, None)).all()
        else:
            if near is not None:
                conditions.append(cases.c.id.in_(numbers_of(connection, near)))
            statement = in_order(select(cases).where(*conditions), after).limit(limit + 1)
            rows = connection.execute(statement).all()
            shown = rows[:limit]
            end = place_of(shown[-1]) if len(rows) > limit else None
        ids = [row.id for row in shown]
        found, said = urls_of(connection, ids), claims_of(connection, ids)
    return [case_row(row, found[row.id], said[row.id]) for row in shown], end


def nearby(connection: Connection, filters: Filters, hits: Hits | None) -> Sequence[int] | None:
    """The only cases that can be meant, where they are few; None: walk the queue."""
    if hits is not None and hits.whole:
        return hits.cases
    kinds, opened = tally_kinds(filters), lately(filters)
    if not kinds and not opened:
        return None
    few = narrowed(connection, tallied_view(filters.view), kinds, opened)
    if few is None or hits is None:
        return few
    return cases_with(connection, hits.asked, cases_in=few)


def lately(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions that enter the index over days, where that is worth it."""
    now = utc_now()
    if filters.days is None or filters.days > RECENT or filters.view == "second":
        return []
    return [*wanted(replace(filters, days=None), now), cases.c.opened_at >= since(filters, now)]


def place_of(row: AnyRow) -> Place:
    return Place(priority=row.priority, id=row.id)


def in_order(statement: Select[Any], after: Place | None) -> Select[Any]:
    if after is not None:
        # Written so that the index is entered at the key (measured: 0.1 ms, else 17).
        statement = statement.where(
            cases.c.priority <= after.priority,
            or_(cases.c.priority < after.priority, cases.c.id > after.id),
        )
    return statement.order_by(cases.c.priority.desc(), cases.c.id)


def walk(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    hits: Hits,
    after: Place | None,
    limit: int,
) -> tuple[list[int], Place | None]:
    """Down the queue until a page is full of cases with the words; WALKED cases at most.

    For words that very many cases hold: the next page full of them is near, whereas all of them
    would have to be sorted first.
    """
    found: list[AnyRow] = []
    place, seen = after, 0
    while len(found) <= limit and seen < WALKED:
        columns = select(cases.c.priority, cases.c.id).where(*conditions)
        step = connection.execute(in_order(columns, place).limit(STEP)).all()
        if not step:
            return [row.id for row in found], None
        held = set(cases_with(connection, hits.asked, cases_in=[row.id for row in step]))
        found += [row for row in step if row.id in held]
        place, seen = place_of(step[-1]), seen + len(step)
    if len(found) > limit:
        place = place_of(found[limit - 1])
    return [row.id for row in found[:limit]], place


def queue_counts(engine: Engine, filters: Filters, hits: Hits | None = None) -> Counts:
    """From the tally where it can answer, which is exact; by hand and up to a limit elsewhere."""
    if filters.words and hits is None:
        hits = search(engine, filters.words)
    if filters.score is None and filters.days is None and filters.view != "mine" and hits is None:
        return tallied(engine, filters)
    cells = counted_cells(engine, filters, hits)
    whole = hits is None or hits.whole
    return Counts(
        total=sum(n for *_, n in kept(cells, filters)),
        exact=whole and sum(n for *_, n in cells) < COUNTED,
        by_clause=per_clause(
            (clauses, n) for _, clauses, _, n in kept(cells, replace(filters, clause=""))
        ),
        by_platform=per(0, kept(cells, replace(filters, platform=""))),
        by_region=per(2, kept(cells, replace(filters, region=""))),
    )


Cell = tuple[str, str, str, int]  # platform, clauses, region, how many


def tallied(engine: Engine, filters: Filters) -> Counts:
    with read(engine) as connection:
        at_once = engine.dialect.name == "postgresql"
        ask = tally_at_once if at_once else tally_one_by_one
        clauses, platforms, regions = ask(connection, filters)
    return Counts(
        total=sum(n for combined, n in clauses if filters.clause in combined),
        exact=True,
        by_clause=per_clause(clauses),
        by_platform=dict(platforms),
        by_region=dict(regions),
    )


Tally = list[tuple[str, int]]  # values of one column and how many cases have each, the most first
TALLIED = (case_tally.c.clauses, case_tally.c.platform, case_tally.c.region)


def each_left_open(filters: Filters) -> tuple[Filters, ...]:
    """For each column of TALLIED the filters without its own: what else there would be."""
    return replace(filters, clause=""), replace(filters, platform=""), replace(filters, region="")


def tally_one_by_one(connection: Connection, filters: Filters) -> list[Tally]:
    opened = zip(TALLIED, each_left_open(filters), strict=True)
    return [tally_by(connection, column, rest) for column, rest in opened]


def tally_at_once(connection: Connection, filters: Filters) -> list[Tally]:
    """The same in one walk over the tally, which is what costs (measured: 4.5 ms, else 10)."""
    sums = [
        func.sum(case_tally.c.n).filter(and_(true(), *tally_kinds(rest)))
        for rest in each_left_open(filters)
    ]
    statement = (
        select(func.grouping(*TALLIED), *TALLIED, *sums)
        .where(tallied_view(filters.view), case_tally.c.n > 0)
        .group_by(func.grouping_sets(*TALLIED))
    )
    found: list[Tally] = [[] for _ in TALLIED]
    for left_out, *cells in connection.execute(statement):
        of = GROUPED_BY[left_out]
        if cells[len(TALLIED) + of]:
            found[of].append((str(cells[of]), int(cells[len(TALLIED) + of])))
    return [sorted(one, key=lambda pair: (-pair[1], pair[0])) for one in found]


def tally_by(connection: Connection, column: ColumnElement[str], filters: Filters) -> Tally:
    count = func.sum(case_tally.c.n)
    shown = (tallied_view(filters.view), case_tally.c.n > 0, *tally_kinds(filters))
    statement = select(column, count).where(*shown).group_by(column)
    rows = connection.execute(statement.order_by(count.desc(), column))
    return [(str(value), int(n)) for value, n in rows]


def tally_kinds(filters: Filters) -> list[ColumnElement[bool]]:
    columns, conditions = case_tally.c, []
    if filters.platform:
        conditions.append(columns.platform == filters.platform)
    if filters.clause:
        conditions.append(columns.clauses.contains(filters.clause, autoescape=True))
    if filters.region:
        conditions.append(columns.region == filters.region)
    return conditions


def tallied_view(view: str) -> ColumnElement[bool]:
    columns = case_tally.c
    if view == "second":
        return and_(columns.status == CaseStatus.DECIDED.value, columns.awaits_second)
    if view == "decided":
        return and_(columns.status.not_in(OPEN), ~columns.awaits_second)
    return columns.status.in_(OPEN)


def counted_cells(engine: Engine, filters: Filters, hits: Hits | None) -> list[Cell]:
    whole = replace(filters, clause="", platform="", region="")
    columns = select(cases.c.platform, cases.c.clauses, cases.c.region)
    columns = columns.where(*(lately(whole) or wanted(whole, utc_now())))
    with read(engine) as connection:
        if hits is not None:
            columns = columns.where(cases.c.id.in_(numbers_of(connection, hits.cases)))
        some = columns.limit(COUNTED).subquery()
        statement = select(some, func.count()).group_by(*some.c)
        return [(a, b, c, int(n)) for a, b, c, n in connection.execute(statement)]


def kept(cells: Iterable[Cell], filters: Filters) -> list[Cell]:
    return [
        cell
        for cell in cells
        if (not filters.platform or cell[0] == filters.platform)
        and (not filters.clause or filters.clause in cell[1])
        and (not filters.region or cell[2] == filters.region)
    ]


def per_clause(combined: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for clauses, n in combined:
        for clause in clauses:
            found[clause] += n
    return dict(sorted(found.items(), key=lambda pair: "一二三四".find(pair[0])))


def per(place: int, cells: Iterable[Cell]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for cell in cells:
        found[str(cell[place])] += cell[3]
    return dict(found.most_common())


def claim_next(engine: Engine, filters: Filters, by: str) -> int | None:
    """Claim the topmost case that is free for this person; None where there is none.

    A case somebody else takes in the same moment is passed over, not waited for.
    """
    person, now = named_person(by), utc_now()
    free = [*wanted(replace(filters, view="open"), now), in_no_other_hands(person, now)]
    hits = search(engine, filters.words)
    with read(engine) as connection:
        near = nearby(connection, replace(filters, view="open"), hits)
        if near is None and hits is not None:
            candidates, _ = walk(connection, free, hits, None, TRIED)
        else:
            if near is not None:
                free.append(cases.c.id.in_(numbers_of(connection, near)))
            statement = in_order(select(cases.c.id).where(*free), None).limit(TRIED)
            candidates = list(connection.execute(statement).scalars().all())
    for case_id in candidates:
        with write(engine) as connection:
            if take(connection, case_id, person):
                return int(case_id)
    return None


def quotes_of(engine: Engine, ids: Sequence[int], most: int = 4) -> dict[int, list[CaseQuote]]:
    """The words each case is about, of its gravest findings, each once."""
    statement = (
        select(case_posts.c.case_id, findings.c.clause, findings.c.evidence)
        .join(findings, findings.c.post_row == case_posts.c.post_row)
        .where(case_posts.c.case_id.in_(ids), ~case_posts.c.split)
        .order_by(findings.c.severity.desc(), findings.c.score.desc(), findings.c.id)
    )
    found: defaultdict[int, dict[str, CaseQuote]] = defaultdict(dict)
    with read(engine) as connection:
        for row in connection.execute(statement):
            kept_of = found[row.case_id]
            words = str(row.evidence[0]["quote"]) if row.evidence else ""
            if words and len(kept_of) < most:
                kept_of.setdefault(words, CaseQuote(clause=Clause(row.clause), words=words))
    return {case_id: list(quotes.values()) for case_id, quotes in found.items()}
