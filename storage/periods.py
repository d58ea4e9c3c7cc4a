"""Stretches of the office's days, and what SQL makes of them on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, String, cast, func, type_coerce

from storage.exports import OFFICE_TIME


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


def office_day(column: ColumnElement[Any], dialect: str) -> ColumnElement[str]:
    """The day as `2026-11-23`. China has had one clock without summer time since 1992."""
    if dialect == "postgresql":
        local = func.timezone("Asia/Shanghai", column)
        return type_coerce(func.to_char(local, "YYYY-MM-DD"), String)
    # To the second: SQLite's date() rounds, so that 15:59:59.9996 would be the next day's.
    return type_coerce(func.date(func.substr(column, 1, 19), "+8 hours"), String)


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
