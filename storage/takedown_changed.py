"""Requests whose case was decided otherwise since: told to people, who alone withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Engine, select

from storage.bilingual import Bilingual
from storage.columns import AnyRow
from storage.database import read
from storage.exports import SETTLED
from storage.models import cases, decisions
from storage.records import Verdict
from storage.takedown_acts import WITHDRAWABLE
from storage.takedown_models import takedown_items
from storage.takedown_states import ItemState
from storage.takedowns import Item, Request, found_items


class Change(StrEnum):
    """What became of the decision an item rests on."""

    OTHERWISE = "otherwise"  # no violation any more
    REOPENED = "reopened"  # waits for a new decision
    WAITING = "waiting"  # decided anew; what it is nobody may know before a second person
    AGAIN = "again"  # decided anew, a violation still; matters to what is not sent yet


CHANGE_WORDS = {
    Change.OTHERWISE: Bilingual(
        "案件已改判，现在不是“违规”，宜撤回。",
        "The case was decided otherwise: no violation any more. It should be withdrawn.",
    ),
    Change.REOPENED: Bilingual(
        "案件已重开，等重新判定；判定之前不能批准和发出。",
        "The case was reopened and waits for a decision; until then nothing is approved or sent.",
    ),
    Change.WAITING: Bilingual(
        "案件已重新判定，正等另一人复核；复核后请再看是否撤回。",
        "The case was decided anew and waits for a second person; look again after that.",
    ),
    Change.AGAIN: Bilingual(
        "案件在起草之后重新判定，仍为“违规”；本条须撤回后重新起草。",
        "The case was decided anew since the draft, a violation still: withdraw and draft again.",
    ),
}
UNSENT = frozenset({ItemState.DRAFT, ItemState.APPROVED})


def changes_since(engine: Engine, items: Sequence[Item]) -> dict[int, Change]:
    """By the item's number, for those that can still be withdrawn."""
    asked = [item for item in items if item.state in WITHDRAWABLE]
    statement = (
        select(
            cases.c.id,
            cases.c.status,
            cases.c.awaits_second,
            cases.c.decision_id,
            decisions.c.verdict,
        )
        .outerjoin(decisions, decisions.c.id == cases.c.decision_id)
        .where(cases.c.id.in_({item.case_id for item in asked}))
    )
    with read(engine) as connection:
        now = {row.id: row for row in connection.execute(statement)}
    found = ((item.id, change_of(item, now[item.case_id])) for item in asked)
    return {number: change for number, change in found if change is not None}


def change_of(item: Item, case: AnyRow) -> Change | None:
    if case.status not in SETTLED:
        return Change.REOPENED
    if case.decision_id == item.decision_id:
        return None
    if case.awaits_second:
        return Change.WAITING
    if case.verdict != Verdict.VIOLATION.value:
        return Change.OTHERWISE
    return Change.AGAIN if item.state in UNSENT else None


def asked_of_case(engine: Engine, case_id: int) -> list[tuple[Request, Item]]:
    """Every request the case ever stood in, the oldest first."""
    statement = select(takedown_items.c.id).where(takedown_items.c.case_id == case_id)
    return found_items(engine, statement)


def withdrawable_of_cases(
    engine: Engine, case_ids: Sequence[int]
) -> dict[int, list[tuple[Request, Item]]]:
    """By case what can still be withdrawn, for those that stand in a request; the oldest first."""
    statement = select(takedown_items.c.id).where(
        takedown_items.c.case_id.in_(case_ids), takedown_items.c.state.in_(WITHDRAWABLE)
    )
    found: dict[int, list[tuple[Request, Item]]] = {}
    for pair in found_items(engine, statement):
        found.setdefault(pair[1].case_id, []).append(pair)
    return found


def withdrawable_of_case(engine: Engine, case_id: int) -> list[tuple[Request, Item]]:
    """What somebody should withdraw where the case is no violation."""
    return [pair for pair in asked_of_case(engine, case_id) if pair[1].state in WITHDRAWABLE]
