"""Looking bodies up in the editions that count, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select

from storage.columns import AnyRow
from storage.database import read
from storage.directory import COLUMNS, Edition, editions, filing_of
from storage.directory_models import directory_rows
from storage.records import Filing

ROWS = 50  # bodies on a page
SOON = timedelta(days=60)  # a filing that ends within it is about to expire
STATES = ("valid", "soon", "expired", "open")  # "open": the list names no last day
rows_ = directory_rows.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    text: str = ""  # in a name, a number, an occupation or a trade
    kind: str = ""
    region: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """One body of the list, all its rows together."""

    body: str
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    numbers: tuple[str, ...]
    occupations: int
    rows: int
    until: date | None  # the last day of the row that ends last; None: not said
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    bodies: tuple[BodyRow, ...]
    total: int  # bodies that match, on all pages
    further: str  # the name after which the next page begins, "" at the end


def state_of(until: date | None, today: date) -> str:
    if until is None:
        return "open"
    if until < today:
        return "expired"
    return "soon" if until <= today + SOON else "valid"


def search(engine: Engine, wanted: Wanted, today: date, after: str = "") -> Found:
    """Bodies by name, of all editions that count together."""
    current = [one.id for one in editions(engine) if one.current]
    matching = bodies_matching(current, wanted, today)
    page = matching.order_by(rows_.body).limit(ROWS + 1)
    if after:
        page = page.where(rows_.body > after)
    with read(engine) as connection:
        total = connection.execute(
            select(func.count()).select_from(matching.subquery())
        ).scalar_one()
        names = list(connection.execute(page).scalars())
        whole = select(directory_rows).where(
            rows_.edition_id.in_(current), rows_.body.in_(names[:ROWS])
        )
        found = connection.execute(whole.order_by(rows_.body, rows_.id)).all()
    by_body: dict[str, list[AnyRow]] = {name: [] for name in names[:ROWS]}
    for row in found:
        by_body[row.body].append(row)
    bodies = tuple(body_row(name, rows, today) for name, rows in by_body.items())
    return Found(
        bodies=bodies, total=int(total), further=names[ROWS - 1] if len(names) > ROWS else ""
    )


def bodies_matching(current: list[int], wanted: Wanted, today: date) -> Any:  # noqa: ANN401 (SQL)
    statement = select(rows_.body).where(rows_.edition_id.in_(current)).group_by(rows_.body)
    if wanted.text:
        places = (rows_.body, rows_.filing_no, rows_.occupation, rows_.trade)
        statement = statement.where(
            or_(*(place.icontains(wanted.text, autoescape=True) for place in places))
        )
    if wanted.kind:
        statement = statement.where(rows_.kind == wanted.kind)
    if wanted.region:
        statement = statement.where(rows_.region.icontains(wanted.region, autoescape=True))
    if wanted.state:
        statement = statement.having(in_state(wanted.state, today))
    return statement


def in_state(state: str, today: date) -> Any:  # noqa: ANN401 (a SQL condition)
    """A body is as its row that ends last: one without a last day ends last of all."""
    until, silent = func.max(rows_.valid_to), func.count() > func.count(rows_.valid_to)
    said = and_(~silent, until.is_not(None))
    return {
        "open": silent,
        "expired": and_(said, until < today),
        "soon": and_(said, until >= today, until <= today + SOON),
        "valid": and_(said, until > today + SOON),
    }[state]


def body_row(name: str, rows: list[AnyRow], today: date) -> BodyRow:
    until = None if any(row.valid_to is None for row in rows) else max(r.valid_to for r in rows)
    return BodyRow(
        body=name,
        kinds=tuple(dict.fromkeys(row.kind for row in rows)),
        regions=tuple(dict.fromkeys(row.region for row in rows if row.region)),
        numbers=tuple(dict.fromkeys(row.filing_no for row in rows if row.filing_no)),
        occupations=len({row.occupation for row in rows if row.occupation}),
        rows=len(rows),
        until=until,
        state=state_of(until, today),
    )


def filings_of_body(engine: Engine, body: str) -> list[tuple[Edition, list[Filing]]]:
    """Every edition in which this very name stands, the newest first, with its rows."""
    known = {one.id: one for one in editions(engine)}
    columns = (rows_[name] for name in COLUMNS)
    statement = select(rows_.edition_id, *columns).where(
        rows_.edition_id.in_(known), rows_.body == body
    )
    found: dict[int, list[Filing]] = {}
    with read(engine) as connection:
        for row in connection.execute(statement.order_by(rows_.id)):
            values = {name: getattr(row, name) for name in COLUMNS}
            found.setdefault(row.edition_id, []).append(filing_of(values))
    order = sorted(found, key=lambda number: (known[number].as_of, number), reverse=True)
    return [(known[number], found[number]) for number in order]


def regions_of(engine: Engine, limit: int = 40) -> list[str]:
    """The regions that the editions in use name most often."""
    current = [one.id for one in editions(engine) if one.current]
    statement = (
        select(rows_.region)
        .where(rows_.edition_id.in_(current), rows_.region != "")
        .group_by(rows_.region)
        .order_by(func.count().desc(), rows_.region)
        .limit(limit)
    )
    with read(engine) as connection:
        return list(connection.execute(statement).scalars())
