"""Bounds for sites that never end: calendars, session ids, filters upon filters."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

TOO_LONG = 2_000  # characters
MOST_REPEATS = 3  # of the same run of one to three segments
MOST_ALIKE = 5  # equal segments anywhere in one path
QUERY_VARIANTS = 40  # queries of several parameters on one path
QUERY_MONTHS = 24  # months named in queries on one path
PATH_MONTHS = 300  # months named in paths of one shape: an archive of 25 years
YEARS_AHEAD = 2
LEAST_PATH_VARIANTS = 200

DATE = re.compile(r"(?<!\d)((?:19|20|21)\d\d)[-/_.](0?[1-9]|1[0-2])(?!\d)")
# Bare digits are a month only where the parameter says so: 209912 is as likely an article's number.
DATE_VALUE = re.compile(
    r"(?:^|&)(?:m|ym|month|d|day|date|dt|time|riqi|from|to|start|end)="
    r"((?:19|20|21)\d\d)(0[1-9]|1[0-2])(?:\d\d)?(?!\d)",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:^|&)y(?:ear)?=((?:19|20|21)\d\d)(?!\d)", re.IGNORECASE)
MONTH = re.compile(r"(?:^|&)m(?:on(?:th)?)?=(\d{1,2})(?!\d)", re.IGNORECASE)
# A query that is one plain number: the usual address of an article on old sites.
ONE_NUMBER = re.compile(r"[\w.\[\]-]{1,30}=(?:0|[1-9]\d{0,9})\Z")
COUNTED = re.compile(r"[0-9a-f]{8,}|\d+")  # the longer first: 10000ef4 is one token


class TrapMeter:
    """Counts what was admitted for one target; the same URLs in the same order are judged alike.

    After a restart it is rebuilt by admitting again what the frontier holds. `year` is the current
    one unless given. A refused URL is not counted.
    """

    def __init__(self, *, budget: int, max_depth: int, year: int | None = None) -> None:
        self._budget = budget
        self._max_depth = max_depth
        self._latest = (year or datetime.now(UTC).year) + YEARS_AHEAD
        self._most_alike = max(LEAST_PATH_VARIANTS, budget * 4 // 5)
        self.admitted = 0
        self._queries: dict[str, set[str]] = {}
        self._shapes: dict[str, int] = {}
        self._months: dict[str, set[str]] = {}

    def admit(self, canonical_url: str, depth: int) -> str | None:
        """None and counted, or the reason for refusing.

        too_long, too_deep, repeated_segments, calendar, query_variants, path_variants, budget.
        """
        if len(canonical_url) > TOO_LONG:
            return "too_long"
        if depth > self._max_depth:
            return "too_deep"
        parts = urlsplit(canonical_url)
        if repeats(parts.path):
            return "repeated_segments"
        place = parts.netloc + parts.path
        shape = COUNTED.sub("#", place)
        numbered = ONE_NUMBER.match(parts.query) is not None
        if numbered:
            shape += "?" + COUNTED.sub("#", parts.query)
        queried = months_in("", parts.query)
        months = queried or months_in(parts.path, "")
        calendar = (place if queried else shape, QUERY_MONTHS if queried else PATH_MONTHS)
        query = "" if numbered else parts.query
        reason = self._bounded(place, query, shape) or self._calendar(months, *calendar)
        if reason or self.admitted >= self._budget:
            return reason or "budget"
        self.admitted += 1
        self._shapes[shape] = self._shapes.get(shape, 0) + 1
        if months:
            self._months.setdefault(calendar[0], set()).update(months)
        if query:
            self._queries.setdefault(place, set()).add(query)
        return None

    def _bounded(self, place: str, query: str, shape: str) -> str | None:
        queries = self._queries.get(place, ())
        if query and query not in queries and len(queries) >= QUERY_VARIANTS:
            return "query_variants"
        return "path_variants" if self._shapes.get(shape, 0) >= self._most_alike else None

    def _calendar(self, months: set[str], where: str, bound: int) -> str | None:
        if any(int(month[:4]) > self._latest for month in months):
            return "calendar"
        if months and len(self._months.get(where, set()) | months) > bound:
            return "calendar"
        return None


def months_in(path: str, query: str) -> set[str]:
    """Months a URL names, as "2026-03"."""
    dates = [*DATE.findall(path), *DATE.findall(query), *DATE_VALUE.findall(query)]
    found = {f"{year}-{int(month):02d}" for year, month in dates}
    year, month = YEAR.search(query), MONTH.search(query)
    if year and month:
        found.add(f"{year[1]}-{int(month[1]):02d}")
    return found


def repeats(path: str) -> bool:
    """Whether a path goes in circles: /a/b/a/b/a/b, or one name five times."""
    names = [name for name in path.split("/") if name]
    if max(Counter(names).values(), default=0) >= MOST_ALIKE:
        return True
    return any(
        names[at : at + width] * MOST_REPEATS == names[at : at + width * MOST_REPEATS]
        for width in (1, 2, 3)
        for at in range(len(names) - width * MOST_REPEATS + 1)
    )
