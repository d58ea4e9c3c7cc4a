"""What we watch, as rows."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from storage.columns import AnyRow, utc_now
from storage.database import insert_new
from storage.models import targets
from storage.records import Target, TargetKind


def ensure_target(connection: Connection, target: Target) -> int:
    """The row of this kind, value and source, made if absent.

    What the plan may change (reason, depth, budget, render) follows the newest plan; who added it
    first stays.
    """
    same = (
        (targets.c.kind == target.kind.value)
        & (targets.c.value == target.value)
        & (targets.c.source == target.source)
    )
    plan = {
        "reason": target.reason,
        "depth": target.depth,
        "budget": target.budget,
        "render": target.render,
    }
    connection.execute(
        insert_new(connection.dialect.name, targets),
        {
            "kind": target.kind.value,
            "value": target.value,
            "source": target.source,
            "added_by": target.added_by,
            "added_at": utc_now(),
            **plan,
        },
    )
    connection.execute(update(targets).where(same).values(plan))
    return int(connection.execute(select(targets.c.id).where(same)).scalar_one())


def load(connection: Connection, target_id: int) -> Target:
    """Raises sqlalchemy.exc.NoResultFound for a number that is no target's."""
    row = connection.execute(select(targets).where(targets.c.id == target_id)).one()
    return target_of(row)


def load_all(connection: Connection) -> dict[int, Target]:
    rows = connection.execute(select(targets).order_by(targets.c.id))
    return {row.id: target_of(row) for row in rows}


def target_of(row: AnyRow) -> Target:
    return Target(
        kind=TargetKind(row.kind),
        value=row.value,
        source=row.source,
        reason=row.reason,
        added_by=row.added_by,
        depth=row.depth,
        budget=row.budget,
        render=row.render,
    )
