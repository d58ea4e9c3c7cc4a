"""Requests as the desk lists them: filtered by state, platform and deadline, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from storage.database import read
from storage.models import snapshots
from storage.takedown_models import takedown_items, takedown_looks, takedown_requests
from storage.takedown_states import ItemState
from storage.takedowns import Request, items_of, receipts_corrected, request_of

PAGE = 50
SCREENSHOT = "screenshot"
SOON = 3  # days before a deadline that are worth a word
DEADLINES = ("overdue", "soon", "later", "none")
UNANSWERED = (ItemState.SENT.value, ItemState.ACKNOWLEDGED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests; "" means all."""

    state: str = ""  # with at least one item in it
    platform: str = ""
    deadline: str = ""  # one of DEADLINES


def matching(statement: Any, wanted: Wanted, today: date) -> Any:  # noqa: ANN401 (SQL)
    requests, items = takedown_requests.c, takedown_items.c
    if wanted.platform:
        statement = statement.where(requests.platform == wanted.platform)
    if wanted.state:
        having = select(items.request_id).where(items.state == wanted.state)
        statement = statement.where(requests.id.in_(having))
    if wanted.deadline == "none":
        return statement.where(requests.deadline.is_(None))
    if wanted.deadline:
        # A deadline only matters to what is still waited for.
        waits = select(items.request_id).where(items.state.in_(UNANSWERED), items.answer == "")
        soon = today + timedelta(days=SOON)
        when = {
            "overdue": requests.deadline < today,
            "soon": requests.deadline.between(today, soon),
            "later": requests.deadline > soon,
        }[wanted.deadline]
        statement = statement.where(when, requests.id.in_(waits))
    return statement


def find_requests(
    engine: Engine, wanted: Wanted, today: date, before: int | None = None
) -> tuple[list[Request], int | None]:
    """A page of requests, the newest first, and where the next one begins."""
    statement = matching(select(takedown_requests), wanted, today)
    if before is not None:
        statement = statement.where(takedown_requests.c.id < before)
    statement = statement.order_by(takedown_requests.c.id.desc()).limit(PAGE + 1)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
        shown = rows[:PAGE]
        ids = [row.id for row in shown]
        items, receipts = items_of(connection, ids), receipts_corrected(connection, ids)
    end = shown[-1].id if len(rows) > PAGE else None
    return [request_of(row, items.get(row.id, ()), receipts) for row in shown], end


def state_counts(engine: Engine) -> dict[ItemState, int]:
    """Items by state, over all requests."""
    statement = select(takedown_items.c.state, func.count()).group_by(takedown_items.c.state)
    with read(engine) as connection:
        found = {ItemState(state): int(n) for state, n in connection.execute(statement)}
    return {state: found[state] for state in ItemState if state in found}


def platforms_asked(engine: Engine) -> list[str]:
    statement = select(takedown_requests.c.platform).distinct()
    with read(engine) as connection:
        return sorted(connection.execute(statement).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture kept of an item's page."""

    sha256: str
    at: datetime
    way: str = ""  # of the look that took it, "" for what stood there before the request


def pictures_of(engine: Engine, item_ids: Sequence[int]) -> dict[int, list[Picture]]:
    """Of each item what stood there when it was found, then what looks saw, the oldest first."""
    before = (
        select(takedown_items.c.id, snapshots.c.sha256, snapshots.c.captured_at)
        .join(snapshots, snapshots.c.post_row == takedown_items.c.post_row)
        .where(takedown_items.c.id.in_(item_ids), snapshots.c.kind == SCREENSHOT)
        .order_by(snapshots.c.captured_at, snapshots.c.id)
    )
    after = (
        select(takedown_looks)
        .where(takedown_looks.c.item_id.in_(item_ids))
        .order_by(takedown_looks.c.at, takedown_looks.c.id)
    )
    found: defaultdict[int, list[Picture]] = defaultdict(list)
    with read(engine) as connection:
        for row in connection.execute(before):
            found[row.id].append(Picture(sha256=row.sha256, at=row.captured_at))
        for row in connection.execute(after):
            found[row.item_id] += [
                Picture(sha256=file["sha256"], at=row.at, way=row.way)
                for file in row.files
                if file.get("kind") == SCREENSHOT
            ]
    return found


def request_numbers(engine: Engine, ids: Sequence[int]) -> dict[int, str]:
    """TD-20261126-001 for the number of its row, of those that there are."""
    requests = takedown_requests.c
    wanted = select(requests.id, requests.request_no).where(requests.id.in_(set(ids)))
    with read(engine) as connection:
        return {row.id: row.request_no for row in connection.execute(wanted)}
