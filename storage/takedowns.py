"""Takedown requests as they are read: what was asked of whom, and what became of each URL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.database import read
from storage.models import cases, decisions, posts
from storage.records import Verdict
from storage.takedown_models import (
    takedown_history,
    takedown_items,
    takedown_looks,
    takedown_requests,
)
from storage.takedown_states import LOOKED_AT, OPEN, ItemState

NONE: Mapping[int, str] = {}
RECEIPT_CORRECTED = "corrected"  # the act; its note's first line is the number


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One URL of a request. Moments that have not come are None."""

    id: int
    request_id: int
    case_id: int
    post_row: int
    decision_id: int
    url: str
    state: ItemState
    answer: str  # "", "yes", "no", "partial", "none"
    answered_at: datetime | None
    answered_by: str
    answer_note: str
    removed_at: datetime | None
    verified_at: datetime | None
    final_at: datetime | None
    reappeared_at: datetime | None
    unclear_at: datetime | None
    next_look: datetime | None
    recurrence_of: int | None  # the item it follows, of the same post


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request with its items, by their numbers."""

    id: int
    request_no: str
    platform: str
    recipient: str
    drafted_by: str
    drafted_at: datetime
    note: str
    approved_by: str | None
    approved_at: datetime | None
    sent_by: str
    sent_at: datetime | None
    channel: str
    letter_no: str
    batch_no: str
    file_name: str
    file_sha256: str
    days: int | None
    deadline: date | None
    unknown_years: tuple[int, ...]
    acknowledged_at: datetime | None
    acknowledged_by: str
    receipt_no: str
    items: tuple[Item, ...] = ()

    @property
    def states(self) -> dict[ItemState, int]:
        found: dict[ItemState, int] = {}
        for item in self.items:
            found[item.state] = found.get(item.state, 0) + 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of an item's history."""

    item_id: int
    at: datetime
    who: str
    act: str
    before: str
    after: str
    note: str
    recorded_at: datetime | None = None  # by our clock; None in lines older than this column


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """One look as it was written down."""

    id: int
    item_id: int
    at: datetime
    way: str
    who: str
    seen: str
    state: str
    reason: str
    why: str
    http_status: int | None
    final_url: str
    content_sha256: str
    engine: str
    files: tuple[dict[str, Any], ...]
    recorded_at: datetime | None = None  # by our clock; None in lines older than this column


def item_of(row: AnyRow) -> Item:
    names = Item.__dataclass_fields__
    return Item(**{name: getattr(row, name) for name in names} | {"state": ItemState(row.state)})


def request_of(row: AnyRow, items: Sequence[Item], receipts: Mapping[int, str] = NONE) -> Request:
    """`receipts`: numbers that were corrected, as `receipts_corrected` finds them."""
    facts = {name: getattr(row, name) for name in Request.__dataclass_fields__ if name != "items"}
    facts["unknown_years"] = tuple(row.unknown_years or ())
    facts["receipt_no"] = receipts.get(row.id, row.receipt_no)
    return Request(**facts, items=tuple(items))


def receipts_corrected(connection: Connection, request_ids: Iterable[int]) -> dict[int, str]:
    """By request the receipt number that was written last over a wrong one; "" for none after all.

    What was written first stays in the request itself: the database lets nobody rewrite it.
    """
    statement = (
        select(takedown_items.c.request_id, takedown_history.c.note)
        .join(takedown_history, takedown_history.c.item_id == takedown_items.c.id)
        .where(
            takedown_items.c.request_id.in_(set(request_ids)),
            takedown_history.c.act == RECEIPT_CORRECTED,
        )
        .order_by(takedown_history.c.id)
    )
    return {row.request_id: row.note.split("\n")[0] for row in connection.execute(statement)}


def no_such_request(number: int) -> Problem:
    return Problem(
        f"没有编号为 {number} 的处置请求。请到“处置”页查看（命令行：certsweep takedown list）。",
        f"There is no takedown request {number}. See the page of takedowns "
        "(command line: certsweep takedown list).",
    )


def no_such_item(number: int) -> Problem:
    return Problem(
        f"没有编号为 {number} 的处置条目。请到“处置”页查看（命令行：certsweep takedown show）。",
        f"There is no takedown item {number}. See the page of takedowns "
        "(command line: certsweep takedown show).",
    )


def request_row(connection: Connection, number: int) -> AnyRow:
    statement = select(takedown_requests).where(takedown_requests.c.id == number)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise no_such_request(number)
    return row


def item_row(connection: Connection, number: int) -> AnyRow:
    statement = select(takedown_items).where(takedown_items.c.id == number)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise no_such_item(number)
    return row


def items_of(connection: Connection, request_ids: Sequence[int]) -> dict[int, list[Item]]:
    found: defaultdict[int, list[Item]] = defaultdict(list)
    statement = (
        select(takedown_items)
        .where(takedown_items.c.request_id.in_(request_ids))
        .order_by(takedown_items.c.id)
    )
    for row in connection.execute(statement):
        found[row.request_id].append(item_of(row))
    return found


def list_requests(
    engine: Engine,
    state: ItemState | None = None,
    platform: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Request]:
    """The newest first; `state`: those with at least one item in it."""
    statement = select(takedown_requests).order_by(takedown_requests.c.id.desc())
    if state is not None:
        having = select(takedown_items.c.request_id).where(takedown_items.c.state == state.value)
        statement = statement.where(takedown_requests.c.id.in_(having))
    if platform is not None:
        statement = statement.where(takedown_requests.c.platform == platform)
    with read(engine) as connection:
        rows = connection.execute(statement.limit(limit).offset(offset)).all()
        ids = [row.id for row in rows]
        items, receipts = items_of(connection, ids), receipts_corrected(connection, ids)
    return [request_of(row, items.get(row.id, ()), receipts) for row in rows]


def get_request(engine: Engine, number: int) -> Request:
    """One request with its items; Problem if there is none of this number."""
    with read(engine) as connection:
        row = request_row(connection, number)
        receipts = receipts_corrected(connection, [number])
        return request_of(row, items_of(connection, [number]).get(number, ()), receipts)


def get_item(engine: Engine, number: int) -> Item:
    with read(engine) as connection:
        return item_of(item_row(connection, number))


def history_of(engine: Engine, item_ids: Sequence[int]) -> dict[int, list[Act]]:
    """What was done to each item, the oldest first."""
    found: defaultdict[int, list[Act]] = defaultdict(list)
    statement = (
        select(takedown_history)
        .where(takedown_history.c.item_id.in_(item_ids))
        .order_by(takedown_history.c.id)
    )
    with read(engine) as connection:
        for row in connection.execute(statement):
            names = Act.__dataclass_fields__
            found[row.item_id].append(Act(**{name: getattr(row, name) for name in names}))
    return found


def looks_of(engine: Engine, item_ids: Sequence[int]) -> dict[int, list[LookRow]]:
    """Every look at each item, the oldest first."""
    found: defaultdict[int, list[LookRow]] = defaultdict(list)
    statement = (
        select(takedown_looks)
        .where(takedown_looks.c.item_id.in_(item_ids))
        .order_by(takedown_looks.c.at, takedown_looks.c.id)
    )
    with read(engine) as connection:
        for row in connection.execute(statement):
            facts = {name: getattr(row, name) for name in LookRow.__dataclass_fields__}
            found[row.item_id].append(LookRow(**facts | {"files": tuple(row.files)}))
    return found


def due_items(engine: Engine, now: datetime) -> list[Item]:
    """Items whose next look is due, the longest overdue first."""
    return looked_at(engine, takedown_items.c.next_look <= now)


def looked_at(engine: Engine, chosen: Any) -> list[Item]:  # noqa: ANN401 (SQL)
    statement = (
        select(takedown_items)
        .where(takedown_items.c.state.in_([state.value for state in LOOKED_AT]), chosen)
        .order_by(takedown_items.c.next_look, takedown_items.c.id)
    )
    with read(engine) as connection:
        return [item_of(row) for row in connection.execute(statement)]


def items_to_look_at(engine: Engine, request_id: int) -> list[Item]:
    """Every item of a request that looks can still say something of, due or not."""
    get_request(engine, request_id)
    chosen = (takedown_items.c.request_id == request_id) & takedown_items.c.next_look.is_not(None)
    return looked_at(engine, chosen)


def overdue_items(engine: Engine, today: date) -> list[tuple[Request, Item]]:
    """Items whose deadline has passed without an answer and without being seen gone."""
    statement = (
        select(takedown_items.c.id)
        .join(takedown_requests, takedown_requests.c.id == takedown_items.c.request_id)
        .where(
            takedown_requests.c.deadline < today,
            takedown_items.c.answer == "",
            takedown_items.c.state.in_([ItemState.SENT.value, ItemState.ACKNOWLEDGED.value]),
        )
    )
    return found_items(engine, statement)


def unclear_items(engine: Engine) -> list[tuple[Request, Item]]:
    """Items of which the newest look could not say whether they still offend."""
    statement = select(takedown_items.c.id).where(
        takedown_items.c.unclear_at.is_not(None),
        takedown_items.c.state.in_([state.value for state in LOOKED_AT]),
    )
    return found_items(engine, statement)


def overturned_items(engine: Engine) -> list[tuple[Request, Item]]:
    """Items still worked on whose case somebody has since decided to be no violation."""
    statement = (
        select(takedown_items.c.id)
        .join(cases, cases.c.id == takedown_items.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(
            decisions.c.verdict != Verdict.VIOLATION.value,
            ~cases.c.awaits_second,  # or the second person would learn the first one's opinion
            takedown_items.c.state.in_([state.value for state in OPEN]),
        )
    )
    return found_items(engine, statement)


def found_items(engine: Engine, chosen: Any) -> list[tuple[Request, Item]]:  # noqa: ANN401 (SQL)
    statement = (
        select(takedown_items).where(takedown_items.c.id.in_(chosen)).order_by(takedown_items.c.id)
    )
    with read(engine) as connection:
        items = [item_of(row) for row in connection.execute(statement)]
        # By a query of its own: a list of many numbers is more than a database takes.
        asked = select(takedown_items.c.request_id).where(takedown_items.c.id.in_(chosen))
        rows = connection.execute(
            select(takedown_requests).where(takedown_requests.c.id.in_(asked))
        ).all()
    requests = {row.id: request_of(row, ()) for row in rows}
    return [(requests[item.request_id], item) for item in items]


def standing_of(
    connection: Connection, post_rows: Sequence[int]
) -> dict[int, tuple[Request, Item]]:
    """The newest item of each post row with its request: what a list says of it."""
    newest = (
        select(func.max(takedown_items.c.id))
        .where(takedown_items.c.post_row.in_(post_rows))
        .group_by(takedown_items.c.post_row)
    )
    rows = connection.execute(select(takedown_items).where(takedown_items.c.id.in_(newest))).all()
    asked = connection.execute(
        select(takedown_requests).where(
            takedown_requests.c.id.in_({row.request_id for row in rows})
        )
    ).all()
    receipts = receipts_corrected(connection, [row.id for row in asked])
    requests = {row.id: request_of(row, (), receipts) for row in asked}
    return {row.post_row: (requests[row.request_id], item_of(row)) for row in rows}


def items_of_case(engine: Engine, case_id: int) -> list[Item]:
    statement = (
        select(takedown_items)
        .where(takedown_items.c.case_id == case_id)
        .order_by(takedown_items.c.id)
    )
    with read(engine) as connection:
        return [item_of(row) for row in connection.execute(statement)]


def identities_asked(connection: Connection, states: Sequence[ItemState]) -> dict[bytes, int]:
    """Identity of a post to the newest item of it in one of these states."""
    statement = (
        select(posts.c.identity, func.max(takedown_items.c.id).label("item"))
        .join(takedown_items, takedown_items.c.post_row == posts.c.id)
        .where(takedown_items.c.state.in_([state.value for state in states]))
        .group_by(posts.c.identity)
    )
    return {row.identity: row.item for row in connection.execute(statement)}
