"""Stretches of the office's days, and what SQL makes of them on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, Float, Integer, cast, func, type_coerce

from storage.exports import OFFICE_TIME

MOMENTS = ARRAY(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first day to the last, both included, by the office's clock."""

    first: date
    last: date

    @property
    def low(self) -> datetime:
        return datetime.combine(self.first, time(), OFFICE_TIME)

    @property
    def high(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), OFFICE_TIME)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def each(self) -> Iterator[date]:
        for n in range(self.days):
            yield self.first + timedelta(days=n)

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """As a range of an index, so that nothing outside is read."""
        return (column >= self.low) & (column < self.high)


def day_number(column: ColumnElement[Any], period: Period, dialect: str) -> ColumnElement[int]:
    """Which day of the period a moment in it belongs to, from 0 on: numbers are sorted faster than
    words. China has had one clock without summer time since 1992."""
    if dialect == "postgresql":
        edges = cast([period.low + timedelta(days=n) for n in range(period.days)], MOMENTS)
        return type_coerce(func.width_bucket(column, edges) - 1, Integer)
    # To the second: SQLite rounds to its thousandth, so that 15:59:59.9996 would be the next day's.
    # Both days begin at .5, which is exact.
    day = func.julianday(func.substr(column, 1, 19), "+8 hours")
    return cast(day - func.julianday(period.first.isoformat()), Integer)


def seconds_between(
    late: ColumnElement[Any], early: ColumnElement[Any], dialect: str
) -> ColumnElement[float]:
    if dialect == "postgresql":
        return cast(func.extract("epoch", late - early), Float)
    return type_coerce((func.julianday(late) - func.julianday(early)) * 86_400.0, Float)


def quantile(ordered: list[float], share: float) -> float | None:
    """The nearest rank of an ordered list; None of an empty one."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
