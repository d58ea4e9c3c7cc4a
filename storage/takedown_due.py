"""What is to be done about takedown requests now. It is told, never done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, distinct, func, or_, select

from storage.database import read
from storage.exports import OFFICE_TIME
from storage.takedown_models import takedown_items, takedown_looks
from storage.takedown_states import Answer, ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import (
    Item,
    Request,
    due_items,
    found_items,
    overdue_items,
    overturned_items,
    unclear_items,
)

Pairs = Sequence[tuple[Request, Item]]
CLAIMED = frozenset({Answer.YES.value, Answer.PARTIAL.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    looks: Sequence[Item]  # whose next look is due
    overdue: Pairs  # the deadline has passed without a word
    unclear: Pairs  # a person must look
    claimed: Pairs  # the platform says removed, and a look since has not seen it gone
    unchecked: Pairs  # the platform says removed, and nobody has looked since
    returned: Pairs  # reappeared: the case waits for a new decision
    overturned: Pairs  # decided to be no violation since: to be withdrawn
    drafts: int = 0  # requests that wait for a second person's approval
    unsent: int = 0  # approved ones that nobody has recorded as sent

    @property
    def empty(self) -> bool:
        claims = (self.claimed, self.unchecked)
        rows = (self.overdue, self.unclear, *claims, self.returned, self.overturned)
        return not self.looks and not any(rows)


def due_now(engine: Engine, now: datetime) -> Due:
    """All of it, however much it is: no figure and no list ends at a limit."""
    claims = found_items(engine, told_removed())
    read = read_since_answer(engine)
    return Due(
        looks=due_items(engine, now),
        overdue=overdue_items(engine, now.astimezone(OFFICE_TIME).date()),
        unclear=unclear_items(engine),
        claimed=[pair for pair in claims if pair[1].id in read],
        unchecked=[pair for pair in claims if pair[1].id not in read],
        returned=found_items(engine, in_state(ItemState.REAPPEARED)),
        overturned=overturned_items(engine),
        drafts=requests_in(engine, ItemState.DRAFT),
        unsent=requests_in(engine, ItemState.APPROVED),
    )


def requests_in(engine: Engine, state: ItemState) -> int:
    """How many requests have an item in this state."""
    items = takedown_items.c
    statement = select(func.count(distinct(items.request_id))).where(items.state == state.value)
    with read(engine) as connection:
        return int(connection.execute(statement).scalar_one())


def in_state(state: ItemState) -> Select[tuple[int]]:
    return select(takedown_items.c.id).where(takedown_items.c.state == state.value)


def told_removed() -> Select[tuple[int]]:
    """Items of which the platform says that they are removed."""
    return in_state(ItemState.ACKNOWLEDGED).where(takedown_items.c.answer.in_(CLAIMED))


def read_since_answer(engine: Engine) -> set[int]:
    """Of those, the items of which a look since the platform's answer told something."""
    items, looks = takedown_items.c, takedown_looks.c
    statement = (
        told_removed()
        .join(takedown_looks, looks.item_id == items.id)
        .where(
            looks.seen != Seen.NOTHING.value,
            or_(items.answered_at.is_(None), looks.at >= items.answered_at),
        )
        .distinct()
    )
    with read(engine) as connection:
        return {row.id for row in connection.execute(statement)}
