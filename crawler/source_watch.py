"""A platform that stopped us is left alone for the rest of the sweep, and the reason is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from crawler.reading import Reading
from storage.records import PageState

# robots.txt closes pages, not a source; an empty shell may be one page's trouble.
NOT_FOR_ALL = frozenset({"robots", "robots_unreachable", "robots_forbidden"})
PATIENCE = {"shell": 3}  # such pages in a row before the source rests
EXPIRED = "session_expired"
PAUSED = "source_paused"


class SourceWatch:
    """`resting` are sources that rest from the start, with their reasons; `logins` those that are
    read with somebody's login, whose end is told apart from a wall for strangers; `never` those
    of many owners' sites, which no single wall stops."""

    def __init__(
        self,
        resting: Mapping[str, str] | None = None,
        logins: frozenset[str] = frozenset(),
        never: frozenset[str] = frozenset(),
    ) -> None:
        self._from_before = dict(resting or {})
        self._logins = logins
        self._never = never
        self._walls: Counter[tuple[str, str]] = Counter()
        self.stopped: dict[str, str] = {}  # source -> the reason that stopped it in this sweep

    def rests(self, source: str) -> str | None:
        """The reason to give for a page that is not asked for; None where it may be."""
        if source in self._from_before:
            return self._from_before[source]
        return PAUSED if source in self.stopped else None

    def look(self, source: str, reading: Reading) -> Reading:
        """Take note of a page that was read; the reading, its reason set right."""
        if source in self._never:
            return reading
        if reading.state is not PageState.BLOCKED:
            self._walls = Counter({key: n for key, n in self._walls.items() if key[0] != source})
            return reading
        if reading.reason in NOT_FOR_ALL or reading.wants_browser:
            return reading
        if reading.reason == "login" and source in self._logins:
            self.stopped[source] = EXPIRED
            return replace(reading, reason=EXPIRED)
        self._walls[source, reading.reason] += 1
        if self._walls[source, reading.reason] >= PATIENCE.get(reading.reason, 1):
            self.stopped.setdefault(source, reading.reason)
        return reading
