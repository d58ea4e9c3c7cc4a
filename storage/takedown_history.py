"""Moving an item: a conditional update and one line of history, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from storage.bilingual import Problem
from storage.takedown_models import takedown_history, takedown_items
from storage.takedown_states import STATE_WORDS, ItemState
from storage.takedowns import Item

MACHINE = "certsweep"  # who moves an item when looks do


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who did what, when, and in their own words why."""

    who: str
    act: str  # drafted, approved, sent, acknowledged, answered, withdrawn, looked, superseded
    at: datetime
    note: str = ""
    recorded: datetime | None = None  # when it was written down; None: at once

    @property
    def noted(self) -> datetime:
        return self.recorded or self.at


def move(
    connection: Connection,
    item: Item,
    after: ItemState,
    step: Step,
    **values: Any,  # noqa: ANN401 (columns)
) -> None:
    """Change an item that must still be in the state it was read in; Problem if it is not."""
    statement = (
        update(takedown_items)
        .where(takedown_items.c.id == item.id, takedown_items.c.state == item.state.value)
        .values(state=after.value, **values)
    )
    if connection.execute(statement).rowcount != 1:
        raise Problem(
            f"处置条目 {item.id} 刚刚被他人改动（不再是“{STATE_WORDS[item.state].zh}”），"
            "没有写入。请重新查看。",
            f"Takedown item {item.id} was changed by somebody else just now (no longer "
            f"{STATE_WORDS[item.state].en}); nothing was written. Look at it again.",
        )
    note_down(connection, item.id, item.state, after, step)


def note_down(
    connection: Connection, item_id: int, before: ItemState | None, after: ItemState, step: Step
) -> None:
    connection.execute(
        insert(takedown_history).values(
            item_id=item_id,
            at=step.at,
            who=step.who,
            act=step.act,
            before=before.value if before else "",
            after=after.value,
            note=step.note,
            recorded_at=step.noted,
        )
    )
