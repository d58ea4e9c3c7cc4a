"""What is to be done about takedown requests now. It is told, never done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from storage.exports import OFFICE_TIME
from storage.takedown_states import Answer, ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import (
    Item,
    Request,
    due_items,
    list_requests,
    looks_of,
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
    claims = in_state(engine, ItemState.ACKNOWLEDGED, CLAIMED)
    read = read_since_answer(engine, [item for _, item in claims])
    return Due(
        looks=due_items(engine, now),
        overdue=overdue_items(engine, now.astimezone(OFFICE_TIME).date()),
        unclear=unclear_items(engine),
        claimed=[pair for pair in claims if pair[1].id in read],
        unchecked=[pair for pair in claims if pair[1].id not in read],
        returned=in_state(engine, ItemState.REAPPEARED, None),
        overturned=overturned_items(engine),
        drafts=requests_in(engine, ItemState.DRAFT),
        unsent=requests_in(engine, ItemState.APPROVED),
    )


def requests_in(engine: Engine, state: ItemState) -> int:
    """How many requests have an item in this state."""
    return len(list_requests(engine, state, limit=10_000))


def read_since_answer(engine: Engine, items: Sequence[Item]) -> set[int]:
    """Items of which a look since the platform's answer told something."""
    looks = looks_of(engine, [item.id for item in items])
    return {
        item.id
        for item in items
        for look in looks.get(item.id, ())
        if look.seen != Seen.NOTHING and (item.answered_at is None or look.at >= item.answered_at)
    }


def in_state(engine: Engine, state: ItemState, answers: frozenset[str] | None) -> Pairs:
    return [
        (request, item)
        for request in list_requests(engine, state, limit=10_000)
        for item in request.items
        if item.state is state and (answers is None or item.answer in answers)
    ]
