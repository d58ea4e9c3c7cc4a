"""Moving an item: a conditional update and one line of history, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from storage.audit import record
from storage.columns import AnyRow
from storage.takedown_models import takedown_history, takedown_items
from storage.takedown_refused import Refused
from storage.takedown_states import STATE_WORDS, ItemState
from storage.takedowns import Item

MACHINE = "certsweep"  # who moves an item when looks do


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who did what, when, and in their own words why."""

    who: str
    act: str  # one of storage.takedown_words.ACT_WORDS
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
    """Change an item that must still be in the state it was read in; Refused if it is not."""
    statement = (
        update(takedown_items)
        .where(takedown_items.c.id == item.id, takedown_items.c.state == item.state.value)
        .values(state=after.value, **values)
    )
    if connection.execute(statement).rowcount != 1:
        raise Refused(
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


def audited(
    connection: Connection,
    step: Step,
    request: AnyRow,
    items: Sequence[Item],
    **detail: Any,  # noqa: ANN401 (what the audit's line tells besides)
) -> None:
    """A person's act in the audit: one line an act, whichever way it came in, or none at all."""
    told = {
        "request": request.request_no,
        "items": [item.id for item in items],
        "cases": sorted({item.case_id for item in items}),
        "note": step.note,
        **detail,
    }
    known = {name: value for name, value in told.items() if value not in ("", None)}
    record(connection, step.who, f"takedown.{step.act}", f"takedown:{request.id}", known)
