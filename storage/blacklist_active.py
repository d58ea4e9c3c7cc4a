"""Which entries of the blacklist count on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Select, func, or_, select

from storage.blacklist_models import blacklist_versions

versions = blacklist_versions.c
REMOVED = "removed"


def newest() -> Select[tuple[int]]:
    """The row of the newest version of each entry."""
    return select(func.max(versions.id)).group_by(versions.entry_id)


def active(day: date) -> Select[tuple[int]]:
    """Entries that count on that day: begun, not ended, not removed; an appeal alone ends none."""
    return select(versions.entry_id).where(
        versions.id.in_(newest()),
        versions.act != REMOVED,
        versions.starts <= day,
        or_(versions.ends.is_(None), versions.ends >= day),
    )


def active_among(connection: Connection, entries: Sequence[int], day: date) -> set[int]:
    statement = active(day).where(versions.entry_id.in_(entries))
    return {row.entry_id for row in connection.execute(statement)}
