"""What makes a case more urgent than its own words, each with its reason in writing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from storage.bilingual import Bilingual
from storage.blacklist_active import active_among
from storage.columns import AnyRow
from storage.database import insert_new, read
from storage.takedown_models import case_raises

MOST = 40  # points all reasons together can add
RECURRENCE, BLACKLIST = "recurrence", "blacklist"
POINTS: Mapping[str, int] = {RECURRENCE: 20, BLACKLIST: 15}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """One reason. `ref` is the number of the takedown item or of the blacklist entry."""

    case_id: int
    kind: str  # "recurrence" or "blacklist"
    ref: int
    why: Bilingual
    at: datetime
    other_case: int | None = None  # the case it is linked to


def add_raise(connection: Connection, one: Raise) -> bool:
    """Whether it is new: the same reason counts once in a case, and its first words stay."""
    result = connection.execute(
        insert_new(connection.dialect.name, case_raises),
        [
            {
                "case_id": one.case_id,
                "kind": one.kind,
                "ref": one.ref,
                "other_case": one.other_case,
                "points": POINTS[one.kind],
                "why_zh": one.why.zh,
                "why_en": one.why.en,
                "at": one.at,
            }
        ],
        execution_options={"preserve_rowcount": True},
    )
    return result.rowcount == 1


def raised_of(connection: Connection, case_id: int, day: date) -> int:
    """0..40: the points of the strongest reason of each kind, so that numbers alone pile up no
    urgency. An entry that is off the blacklist on that day raises nothing."""
    rows = raises_of(connection, case_id)
    listed = [one.ref for one in rows if one.kind == BLACKLIST]
    counting = active_among(connection, listed, day) if listed else set()
    kinds = {one.kind for one in rows if one.kind != BLACKLIST or one.ref in counting}
    return min(sum(POINTS[kind] for kind in kinds), MOST)


def raised_kinds(engine: Engine, ids: Sequence[int], day: date) -> dict[int, set[str]]:
    """By case, the kinds of reasons that count on that day; cases without any are missing."""
    statement = select(case_raises.c.case_id, case_raises.c.kind, case_raises.c.ref).where(
        case_raises.c.case_id.in_(ids)
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
        listed = [row.ref for row in rows if row.kind == BLACKLIST]
        counting = active_among(connection, listed, day) if listed else set()
    for row in rows:
        if row.kind != BLACKLIST or row.ref in counting:
            found[row.case_id].add(row.kind)
    return dict(found)


def raises_of(connection: Connection, case_id: int) -> list[Raise]:
    """The reasons of a case, the oldest first."""
    statement = (
        select(case_raises).where(case_raises.c.case_id == case_id).order_by(case_raises.c.id)
    )
    return [raise_of(row) for row in connection.execute(statement)]


def raise_of(row: AnyRow) -> Raise:
    return Raise(
        case_id=row.case_id,
        kind=row.kind,
        ref=row.ref,
        why=Bilingual(row.why_zh, row.why_en),
        at=row.at,
        other_case=row.other_case,
    )
