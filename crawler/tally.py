"""What went through one proxy: names and addresses, bytes, and what was refused or failed.

A browser behind a proxy knows the proxy's address only; where a page came from is known here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Place = tuple[str, int]  # address and port
MOMENT = 1.0  # seconds
MOST_HOSTS = 2_000  # of one page; a page that asks more hosts is no page


class TooMuch(Exception):
    """An answer, or all answers together, went past the limit."""


class Tally:
    """Kept by a GuardProxy that is given one. `most_bytes` in both directions, 0 for no limit."""

    def __init__(self, most_bytes: int = 0) -> None:
        self._most_bytes = most_bytes
        self._stopped = False
        self.bytes = 0
        self.connections = 0
        self._held = 0  # connections that the pace holds up at this moment
        self._let_go = float("-inf")  # when it let the last one go
        self.resolved: dict[str, tuple[Place, ...]] = {}  # by host, vetted, in order of preference
        self.reached: dict[str, Place] = {}  # by "host:port" as asked for, the newest connection
        self.failures: dict[str, str] = {}  # by host: the guard's reason, "dns" or "unreachable"

    @property
    def full(self) -> bool:
        return bool(self._most_bytes) and self.bytes > self._most_bytes

    @property
    def closed(self) -> bool:
        return self._stopped or self.full

    @property
    def paced(self) -> bool:
        """Whether the pace holds something up, or did a moment ago: a page asks for its next part
        only when it has one."""
        return bool(self._held) or time.monotonic() - self._let_go < MOMENT

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the pace holds a connection up."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._let_go = time.monotonic()

    def stop(self) -> None:
        """Nothing more goes through; what is on its way is cut."""
        self._stopped = True

    def count(self, size: int) -> None:
        """Raise TooMuch once the limit is passed."""
        self.bytes += size
        if self.closed:
            raise TooMuch

    def named(self, host: str, places: Sequence[Place]) -> None:
        if len(self.resolved) < MOST_HOSTS:
            self.resolved[host.lower()] = tuple(places)

    def connected(self, host: str, port: int, place: Place) -> None:
        self.connections += 1
        if len(self.reached) < MOST_HOSTS:
            self.reached[f"{host.lower()}:{port}"] = place

    def failed(self, host: str, reason: str) -> None:
        if len(self.failures) < MOST_HOSTS:
            self.failures[host.lower()] = reason
