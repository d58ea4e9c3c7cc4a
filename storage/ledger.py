"""Finished visits, committed a handful at a time: each still one transaction with its ack.

A commit of its own for every page costs more than judging it; a batch that is lost with the
process is fetched again, because its leases were never acknowledged.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine

from storage.records import Visit
from storage.visits import Committed, commit_visits

BATCH = 40  # visits in one transaction
SECONDS = 2.0  # no visit waits longer than this for its commit while others arrive


class Ledger:
    def __init__(
        self,
        engine: Engine,
        on_commit: Callable[[list[Committed]], None] | None = None,
        batch: int = BATCH,
    ) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self._batch = batch
        self._visits: list[Visit] = []
        self._since = 0.0

    def add(self, visit: Visit) -> None:
        """Keep a visit for the next commit; raises Problem when the database refuses it."""
        if not self._visits:
            self._since = time.monotonic()
        self._visits.append(visit)
        if len(self._visits) >= self._batch or time.monotonic() - self._since > SECONDS:
            self.flush()

    def flush(self) -> bool:
        """Commit what is waiting; whether there was anything. On an error it is all kept."""
        if not self._visits:
            return False
        committed = commit_visits(self._engine, self._visits, datetime.now(UTC))
        self._visits = []
        if self._on_commit is not None:
            self._on_commit(committed)
        return True
