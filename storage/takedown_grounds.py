"""What each item of a request was asked for, and what has been decided of its case since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from storage.casefiles import decision_of, findings_by_post
from storage.database import read
from storage.exports import SETTLED
from storage.models import cases, decisions, posts
from storage.records import Decision, Finding
from storage.second_turns import last_agreed, round_open
from storage.takedowns import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The version of the post and the decision that the item was drafted upon; neither changes."""

    title: str
    author: str
    findings: tuple[Finding, ...]
    decision: Decision | None  # None where a second person must not know it yet
    since: Decision | None  # what stands in its place, where a second person may know it


def grounds_of(engine: Engine, items: Sequence[Item]) -> dict[int, Grounds]:
    """By the item's number."""
    wanted = [item.post_row for item in items]
    with read(engine) as connection:
        shown = select(posts.c.id, posts.c.title, posts.c.author).where(posts.c.id.in_(wanted))
        rows = {row.id: row for row in connection.execute(shown)}
        said = findings_by_post(connection, wanted)
        first = decisions_in(connection, [item.decision_id for item in items])
        now = standing_in(connection, [item.case_id for item in items])
        open_since = rounds_in(connection, [item.case_id for item in items])
    found = {}
    for item in items:
        number, decision = now.get(item.case_id, (item.decision_id, None))
        secret = item.decision_id > open_since.get(item.case_id, item.decision_id)
        found[item.id] = Grounds(
            title=rows[item.post_row].title,
            author=rows[item.post_row].author,
            findings=tuple(said[item.post_row]),
            decision=None if secret else first[item.decision_id],
            since=decision if number != item.decision_id else None,
        )
    return found


def decisions_in(connection: Connection, numbers: Sequence[int]) -> dict[int, Decision]:
    statement = select(decisions).where(decisions.c.id.in_(numbers))
    return {row.id: decision_of(row) for row in connection.execute(statement)}


def standing_in(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, Decision]]:
    """Of settled cases; of one that waits for a second person nothing, who must not know it."""
    statement = (
        select(decisions)
        .join(cases, cases.c.decision_id == decisions.c.id)
        .where(cases.c.id.in_(ids), cases.c.status.in_(SETTLED), ~cases.c.awaits_second)
    )
    return {row.case_id: (row.id, decision_of(row)) for row in connection.execute(statement)}


def rounds_in(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Of cases two must still agree on the last decision they agreed on: newer ones are secret."""
    statement = select(cases.c.id, last_agreed().label("agreed")).where(
        cases.c.id.in_(ids), round_open()
    )
    return {row.id: row.agreed for row in connection.execute(statement)}
