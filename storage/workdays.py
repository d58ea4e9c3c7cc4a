"""Deadlines in working days of mainland China, with its holidays and its worked weekends (调休)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("holidays.yaml")
SATURDAY = 5
MOST_DAYS = 365  # working days of one deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    off: frozenset[date]
    worked: frozenset[date]
    verified: bool  # compared with the published notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    version: int
    as_of: date
    years: Mapping[int, Year]

    def works(self, day: date) -> bool:
        """Whether offices work that day; of an unknown year only the weekends are known."""
        year = self.years.get(day.year)
        weekend = day.weekday() >= SATURDAY
        if year is None:
            return not weekend
        return day in year.worked or (not weekend and day not in year.off)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    day: date  # the last working day
    unknown: tuple[int, ...] = ()  # years counted by their weekends alone, or not verified


def deadline(start: date, days: int, calendar: Calendar | None = None) -> Deadline:
    """The `days`-th working day after `start`, which itself does not count.

    ValueError for fewer than one day or more than 365.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"{days} working days: 1 to {MOST_DAYS} are possible")
    known = calendar or load_calendar()
    day, left, passed = start, days, {start.year}
    while left:
        day += timedelta(days=1)
        passed.add(day.year)
        left -= known.works(day)
    return Deadline(day=day, unknown=tuple(sorted(filter(lambda y: not sure(known, y), passed))))


def sure(calendar: Calendar, year: int) -> bool:
    found = calendar.years.get(year)
    return found is not None and found.verified


@cache
def load_calendar(path: Path = FILE) -> Calendar:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    years = {int(number): year_of(facts) for number, facts in raw["years"].items()}
    return Calendar(version=int(raw["version"]), as_of=raw["as_of"], years=years)


def year_of(facts: Mapping[str, Any]) -> Year:
    off = {
        first + timedelta(days=n)
        for first, last in facts["days_off"]
        for n in range((last - first).days + 1)
    }
    return Year(
        off=frozenset(off),
        worked=frozenset(facts["worked"]),
        verified=facts.get("verified") is True,
    )
