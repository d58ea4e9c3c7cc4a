"""What stands decided of cases, for the lists that show many of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from storage.casefiles import decision_of
from storage.database import read
from storage.models import cases, decisions
from storage.records import Decision


def standing_decisions(engine: Engine, ids: Sequence[int]) -> dict[int, Decision]:
    """By case, the decision that stands; cases that wait for a second person are left out, who
    must not know the first opinion."""
    statement = (
        select(cases.c.id.label("of"), decisions)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(cases.c.id.in_(ids), ~cases.c.awaits_second)
    )
    with read(engine) as connection:
        return {row.of: decision_of(row) for row in connection.execute(statement)}
