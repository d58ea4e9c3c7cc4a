"""How fast we may go: pure law and a small memory, no network.

Two things are kept apart. The DELAY between requests belongs to the address, because the machine
behind it carries the load of all its hosts. The PAUSE after a 429 belongs to the host that sent it:
if it belonged to the address, one site could buy silence for all its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from storage.records import aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """All in seconds."""

    delay: float = 1.0  # between two requests to one address
    longest_crawl_delay: float = 30.0  # what robots.txt may ask for
    first_pause: float = 30.0  # after a 429 or 503 that names no time; doubles
    longest_pause: float = 3600.0


def utc_now() -> datetime:
    return datetime.now(UTC)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 §10.2.3), never negative; None where it
    says nothing readable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[-12:]) if not text[:-12].strip("0") else float("inf")
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        return max(0.0, (moment - aware(now)).total_seconds())
    except OverflowError:
        return None


def pause(strikes: int, asked: float | None, manners: Manners) -> float:
    """Seconds to leave a host alone after its `strikes`-th "later" in a row.

    What the host asks for is kept, up to the longest pause and never below the ordinary delay.
    Where it names no time: 30 s, 60 s, 120 s … without chance, so that a report can say when.
    """
    if asked is not None:
        return min(max(asked, manners.delay), manners.longest_pause)
    doublings = min(max(strikes, 1) - 1, 32)
    return min(manners.first_pause * 2.0**doublings, manners.longest_pause)


def crawl_delay(asked: float, manners: Manners) -> float:
    """The delay a host gets that asks for `asked` seconds in robots.txt."""
    return max(manners.delay, min(asked, manners.longest_crawl_delay))


class Pace:
    """What hosts have asked for in this sweep. `clock` gives the aware time of now."""

    def __init__(
        self, manners: Manners | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.manners = manners or Manners()
        self._clock = clock
        self._delays: dict[str, float] = {}  # by host, only those that asked
        self._slots: dict[str, float] = {}  # by slot, the longest of its hosts
        self._paused: dict[str, datetime] = {}
        self._strikes: dict[str, int] = {}

    def crawl_delay(self, host: str, seconds: float) -> None:
        """robots.txt of the host asks for this many seconds between requests."""
        self._delays[host] = crawl_delay(seconds, self.manners)

    def enter(self, host: str, slot: str) -> None:
        """The host is served in this slot (one address); its wish counts for all in it."""
        asked = self._delays.get(host)
        if asked is not None:
            self._slots[slot] = max(asked, self._slots.get(slot, 0.0))

    def delay(self, slot: str) -> float:
        """Seconds between two requests in the slot."""
        return self._slots.get(slot, self.manners.delay)

    def throttled(self, host: str, asked_header: str = "") -> datetime:
        """The host said "later"; gives the moment it may be asked again."""
        now = self._clock()
        until = self.paused_until(host)
        if until is None:
            # Answers to requests already on their way when the pause began are no new strike.
            self._strikes[host] = self._strikes.get(host, 0) + 1
        seconds = pause(self._strikes[host], retry_after(asked_header, now), self.manners)
        moment = now + timedelta(seconds=seconds)
        self._paused[host] = max(moment, until or moment)
        return self._paused[host]

    def answered(self, host: str) -> None:
        """The host gave a real answer: the next pause starts short again."""
        if self.paused_until(host) is None:
            self._strikes.pop(host, None)

    def paused_until(self, host: str) -> datetime | None:
        """When the host may be asked again; None: now."""
        until = self._paused.get(host)
        if until is not None and until <= self._clock():
            del self._paused[host]
            return None
        return until
