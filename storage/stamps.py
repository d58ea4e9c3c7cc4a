"""The queue of timestamps: what is wanted of which authority, what came of each try."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.columns import AnyRow
from storage.database import insert_new
from storage.proof_models import timestamps

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One timestamp over one hash, wanted of one authority."""

    id: int
    sha256: str
    authority: str  # URL
    state: str  # "waiting" or "granted"
    reason: str  # why the last try failed, in one word; "" before the first and once granted
    detail: str
    tries: int
    due_at: datetime
    tried_at: datetime | None
    stamped_at: datetime | None  # as the authority says
    token: bytes | None  # the authority's answer whole, DER


def want(connection: Connection, sha256: str, authorities: Sequence[str], now: datetime) -> None:
    """Queue one timestamp of each authority; what is queued or granted stays as it is."""
    for authority in authorities:
        values = {
            "sha256": sha256,
            "authority": authority,
            "state": "waiting",
            "reason": "",
            "detail": "",
            "tries": 0,
            "due_at": now,
        }
        connection.execute(insert_new(connection.dialect.name, timestamps).values(values))


def due(connection: Connection, now: datetime | None) -> list[Stamp]:
    """Waiting ones whose time has come, the oldest first; all that wait for None."""
    statement = select(timestamps).where(timestamps.c.state == "waiting").order_by(timestamps.c.id)
    if now is not None:
        statement = statement.where(timestamps.c.due_at <= now)
    return [stamp_of(row) for row in connection.execute(statement)]


def stamps_over(connection: Connection, hashes: Iterable[str]) -> list[Stamp]:
    """All timestamps over these hashes, wanted and granted, in the order they were asked for."""
    wanted = timestamps.c.sha256.in_(list(hashes))
    statement = select(timestamps).where(wanted).order_by(timestamps.c.id)
    return [stamp_of(row) for row in connection.execute(statement)]


def every_granted(connection: Connection) -> Iterator[tuple[str, str]]:
    """What was stamped and the SHA-256 of the answer, of every timestamp there is."""
    columns = select(timestamps.c.sha256, timestamps.c.token)
    for row in connection.execute(columns.where(timestamps.c.state == "granted")):
        yield row.sha256, hashlib.sha256(row.token).hexdigest()


def stamp_of(row: AnyRow) -> Stamp:
    return Stamp(**row._mapping)


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 1 minute, doubling, never more than 6 hours."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)


def failed(connection: Connection, stamp: Stamp, reason: str, detail: str, now: datetime) -> None:
    """Note why a try brought nothing and when the next is due."""
    tries = stamp.tries + 1
    values = {
        "reason": reason,
        "detail": detail,
        "tries": tries,
        "tried_at": now,
        "due_at": now + wait_after(tries),
    }
    waiting = (timestamps.c.id == stamp.id) & (timestamps.c.state == "waiting")
    connection.execute(update(timestamps).where(waiting).values(values))


def granted(
    connection: Connection, stamp: Stamp, token: bytes, stamped_at: datetime, now: datetime
) -> bool:
    """Keep the answer; False where another process was faster, whose answer stays."""
    values = {
        "state": "granted",
        "reason": "",
        "detail": "",
        "tries": stamp.tries + 1,
        "tried_at": now,
        "stamped_at": stamped_at,
        "token": token,
    }
    waiting = (timestamps.c.id == stamp.id) & (timestamps.c.state == "waiting")
    return connection.execute(update(timestamps).where(waiting).values(values)).rowcount == 1
