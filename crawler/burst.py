"""How fast the browser's own requests may follow each other at one address: pure law and a memory.

A page asks for its parts in a burst, as it does for any reader, so the first are let through at
once; what goes on beyond that is slowed down, whoever's pages ask for it. Inside a TLS connection
nothing is seen: there the pace is that of connections, not of requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable

AT_ONCE = 40  # connections; a browser opens six to a host, or one a request over plain HTTP
PER_SECOND = 10.0
LONGEST_WAIT = 10.0  # seconds; a part that would wait longer is left out of its page
FORGET = 10_000  # addresses remembered


class Burst:
    """`clock` gives seconds that never go back."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        per_second: float = PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._at_once = at_once
        self._gap = 1 / per_second
        self._clock = clock
        self._longest_wait = longest_wait
        self._due: dict[str, float] = {}  # when the last one let in would be due at an even pace

    def wait(self, address: str) -> float | None:
        """Seconds until one more may go there, which is then counted; None: not in time."""
        now = self._clock()
        due = max(self._due.get(address, now), now)
        seconds = max(0.0, due - now - (self._at_once - 1) * self._gap)
        if seconds > self._longest_wait:
            return None
        if address not in self._due and len(self._due) >= FORGET:
            self._forget(now)
        self._due[address] = due + self._gap
        return seconds

    def _forget(self, now: float) -> None:
        """Addresses that nobody has asked for a while; all of them where none is at rest."""
        self._due = {one: due for one, due in self._due.items() if due > now}
        if len(self._due) >= FORGET:
            self._due.clear()
