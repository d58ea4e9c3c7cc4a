"""Items whose address showed nothing already before the request was sent: a line of their history,
written when the sending is recorded. What a look then sees gone is no success of the request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from storage.bilingual import Bilingual
from storage.takedown_history import MACHINE, Step, note_down
from storage.takedown_models import takedown_history, takedown_items, takedown_looks
from storage.takedown_states import ItemState
from storage.takedown_verdict import Glance, Seen
from storage.takedowns import Act, Item, LookRow


class Mark(StrEnum):
    """An act of an item's history."""

    GONE = "gone_before"  # the newest that was seen of the address was 404, 410 or a removal
    UNREAD = "unread_before"  # the post was read elsewhere, and never at this address


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is to be said of an address before anything is sent about it."""

    mark: Mark
    note: Bilingual  # when and how that was seen


MARK_WORDS: Mapping[str, Bilingual] = {
    Mark.GONE: Bilingual(
        "发出前已打不开，其后看到的删除不计作处置成效",
        "it was gone before the request was sent: a removal seen later is no success of it",
    ),
    Mark.UNREAD: Bilingual(
        "发出前没有在这个网址读到过原文，其后打不开不说明已删除，不计作处置成效",
        "the post was never read at this address before the sending: that nothing opens there "
        "later does not say that it was removed, and is no success of the request",
    ),
}


def note_before(
    connection: Connection, items: Iterable[Item], before: Mapping[int, Before], step: Step
) -> None:
    """Of items that were sent just now, by `step`."""
    for item in items:
        told = before.get(item.id)
        if told is not None:
            said = Step(
                who=MACHINE, act=told.mark, at=step.at, note=told.note.zh, recorded=step.noted
            )
            note_down(connection, item.id, ItemState.SENT, ItemState.SENT, said)


def mark_in(item: Item, acts: Sequence[Act], looks: Sequence[LookRow]) -> str:
    """Of an item by its history and looks: a key of MARK_WORDS, or ""."""
    if was_there(looks, item.removed_at):
        return ""
    return next((act.act for act in acts if act.act in MARK_WORDS), "")


def was_there(looks: Iterable[LookRow | Glance], removed_at: datetime | None) -> bool:
    """Whether the post was seen to offend while it was asked for, before the removal that stands
    was first seen: then it could be removed. What comes back later proves nothing of before."""
    return any(
        look.seen == Seen.OFFENDING and (removed_at is None or look.at < removed_at)
        for look in looks
    )


def marked() -> ColumnElement[bool]:
    """The same of rows of `takedown_items`."""
    item, told, look = takedown_items.c, takedown_history.alias().c, takedown_looks.alias().c
    noted = exists().where(told.item_id == item.id, told.act.in_([mark.value for mark in Mark]))
    seen = exists().where(
        look.item_id == item.id,
        look.seen == Seen.OFFENDING.value,
        or_(item.removed_at.is_(None), look.at < item.removed_at),
    )
    return and_(noted, ~seen)


def mark_since(
    connection: Connection, item_id: int, glances: Iterable[Glance], removed_at: datetime | None
) -> str:
    """The same by looks whose outcome is not written down yet."""
    if was_there(glances, removed_at):
        return ""
    statement = select(takedown_history.c.act).where(
        takedown_history.c.item_id == item_id,
        takedown_history.c.act.in_([mark.value for mark in Mark]),
    )
    return connection.execute(statement.limit(1)).scalar() or ""


def marks_of(connection: Connection, item_ids: Sequence[int]) -> dict[int, str]:
    """Marks that stand, by the item's number."""
    statement = (
        select(takedown_history.c.item_id, takedown_history.c.act)
        .join(takedown_items, takedown_items.c.id == takedown_history.c.item_id)
        .where(
            takedown_items.c.id.in_(item_ids),
            takedown_history.c.act.in_([mark.value for mark in Mark]),
            marked(),
        )
    )
    return {row.item_id: row.act for row in connection.execute(statement)}
