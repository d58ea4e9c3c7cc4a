"""Who holds a lock, asked without ever taking it: whoever wants it meanwhile still gets it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select, text

from storage.database import explained, read
from storage.locks import database_key
from storage.models import lock_holders

HELD = text(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid::bigint = :high AND objid::bigint = :low"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    holder: str  # as it was said to `hold`
    pid: int
    since: datetime


def holder_of(engine: Engine, home: Path, name: str) -> Holder | None:
    """Who holds the lock now; None where nobody does."""
    if engine.dialect.name == "postgresql":
        with read(engine) as connection:
            return holder_in_database(connection, name)
    with explained():
        return holder_of_file(home / "locks" / f"{name}.lock")


def holder_of_file(path: Path) -> Holder | None:
    if not path.is_file():
        return None
    with path.open("r", encoding="utf-8") as file:
        try:
            note = json.loads(file.read())
            found = Holder(
                holder=str(note["holder"]),
                pid=int(note["pid"]),
                since=datetime.fromisoformat(note["since"]),
            )
        except (ValueError, KeyError, TypeError):
            return None  # let go, or taken this very moment
        # A note stays behind where its holder was killed, and its number may be another process's
        # by now: then alone is the lock tried, for a moment, or somebody who wants it were refused.
        return found if alive(found.pid) and locked(file.fileno()) else None


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def holder_in_database(connection: Connection, name: str) -> Holder | None:
    key = database_key(name) & (2**64 - 1)
    parts = {"high": key >> 32, "low": key & (2**32 - 1)}
    if connection.execute(HELD, parts).first() is None:
        return None
    row = connection.execute(select(lock_holders).where(lock_holders.c.name == name)).one_or_none()
    return Holder(holder=row.holder, pid=row.pid, since=row.since) if row else None
