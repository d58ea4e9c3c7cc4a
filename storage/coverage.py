"""Which times of a keyword or an account were read through, so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from storage.database import read, write
from storage.models_sources import covered

Interval = tuple[datetime, datetime]


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same times as intervals in order that neither touch nor overlap."""
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def covers(intervals: Iterable[Interval], moment: datetime) -> bool:
    return any(first <= moment <= last for first, last in intervals)


def coverage(engine: Engine, target_id: int) -> tuple[Interval, ...]:
    statement = (
        select(covered.c.first, covered.c.last)
        .where(covered.c.target_id == target_id)
        .order_by(covered.c.first)
    )
    with read(engine) as connection:
        return tuple((row.first, row.last) for row in connection.execute(statement))


def cover(engine: Engine, target_id: int, interval: Interval) -> tuple[Interval, ...]:
    """Add what was read through; the target's intervals afterwards. ValueError if it runs back."""
    if interval[1] < interval[0]:
        raise ValueError(f"an interval that ends before it begins: {interval}")
    with write(engine) as connection:
        own = covered.c.target_id == target_id
        rows = connection.execute(select(covered.c.first, covered.c.last).where(own)).all()
        now = merged([*((row.first, row.last) for row in rows), interval])
        connection.execute(delete(covered).where(own))
        connection.execute(
            insert(covered), [{"target_id": target_id, "first": a, "last": b} for a, b in now]
        )
    return now
