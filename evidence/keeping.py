"""Keeping a capture: its files first, then one transaction that names them.

A process that dies in between leaves files nobody names, never a row that names nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from evidence.custody import captured
from evidence.orders import Taken
from storage.captures import keep
from storage.database import write
from storage.snapshots import SnapshotStore


def keep_taken(engine: Engine, store: SnapshotStore, taken: Taken) -> None:
    """Raises Problem for a full disk and other troubles outside; then nothing is recorded."""
    capture = taken.capture
    for artefact in capture.artefacts:
        data = taken.files[artefact.sha256]
        store.put(data, artefact.kind, capture.final_url or capture.url, artefact.captured_at)
    with write(engine) as connection:
        keep(connection, capture)
        captured(connection, capture, datetime.now(UTC))
