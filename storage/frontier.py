"""The frontier: URLs are leased, never popped, so that a killed sweep loses none of them.

A lease is acknowledged in the same transaction that stores what the page gave (storage/visits.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, Integer, bindparam, func, or_, select, update

from storage.columns import AnyRow, UtcDateTime, storable, utc_now
from storage.database import insert_new, read, write
from storage.models import sweep_targets, urls
from storage.records import Lease, Link

WAITING, LEASED, DONE, FAILED, DROPPED = "waiting", "leased", "done", "failed", "dropped"
HEAD = 512  # places of the queue read for a lease before looking host by host
MAX_HOST = 255  # the longest name DNS allows; what is longer cannot be fetched anyway
LEASE_COLUMNS = (
    urls.c.id,
    urls.c.sweep_id,
    urls.c.target_id,
    urls.c.source,
    urls.c.url,
    urls.c.canonical,
    urls.c.depth,
    urls.c.render,
    urls.c.attempts,
)


# Built once: a lease is taken many times a second, and building costs more than asking.
OF_SWEEP = urls.c.sweep_id == bindparam("sweep")
RAN_OUT = (urls.c.state == LEASED) & (urls.c.lease_until <= bindparam("now", type_=UtcDateTime()))
FREE = or_(urls.c.state == WAITING, RAN_OUT)
EXPIRED = (
    select(urls.c.id)
    .where(OF_SWEEP, RAN_OUT, urls.c.host.not_in(bindparam("busy", expanding=True)))
    .order_by(urls.c.rank, urls.c.id)
    .limit(bindparam("most", type_=Integer()))
)
QUEUE_HEAD = (
    select(urls.c.id, urls.c.rank, urls.c.host, urls.c.due_at)
    .where(OF_SWEEP, urls.c.state == WAITING)
    .order_by(urls.c.rank, urls.c.id)
    .limit(bindparam("head", type_=Integer()))
    .subquery()
)
DUE = (
    select(QUEUE_HEAD.c.id, QUEUE_HEAD.c.rank, QUEUE_HEAD.c.host)
    .where(QUEUE_HEAD.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .where(QUEUE_HEAD.c.host.not_in(bindparam("busy", expanding=True)))
    .order_by(QUEUE_HEAD.c.rank, QUEUE_HEAD.c.id)
    .limit(bindparam("most", type_=Integer()))
)
LOCK = (
    select(urls.c.id)
    .where(urls.c.id.in_(bindparam("chosen", expanding=True)), FREE)
    .with_for_update(skip_locked=True)
)
GIVE = (
    update(urls)
    .where(urls.c.id.in_(bindparam("chosen", expanding=True)), FREE)
    .values(
        state=LEASED,
        lease_token=bindparam("token"),
        lease_until=bindparam("until", type_=UtcDateTime()),
    )
    .returning(*LEASE_COLUMNS)
)


def fingerprint(canonical: str) -> bytes:
    """First 16 bytes of sha256 of the canonical URL."""
    return hashlib.sha256(storable(canonical).encode()).digest()[:16]


def host_of(url: str) -> str:
    """The host as the frontier compares it: lower case, no port; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "")[:MAX_HOST]
    except ValueError:  # "[" without "]" and its like
        return ""


def url_rows(
    links: Iterable[Link], *, sweep_id: int, target_id: int, source: str, depth: int, render: bool
) -> list[dict[str, Any]]:
    """What `add_urls` takes, without the moment they are due."""
    return [
        {
            "sweep_id": sweep_id,
            "target_id": target_id,
            "source": link.source or source,
            "url": link.url,
            "canonical": link.canonical,
            "fingerprint": fingerprint(link.canonical),
            "host": host_of(link.canonical),
            "depth": depth,
            "rank": -link.priority,
            "render": render,
            "state": WAITING,
        }
        for link in links
    ]


def add_urls(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> int:
    """Add those URLs that the sweep does not know yet; how many they were."""
    if not rows:
        return 0
    statement = insert_new(connection.dialect.name, urls)
    result = connection.execute(
        statement,
        [{**row, "due_at": now} for row in rows],
        execution_options={"preserve_rowcount": True},
    )
    return max(result.rowcount, 0)


class Frontier:
    """The frontier of one sweep. `clock` gives aware datetimes."""

    def __init__(
        self,
        engine: Engine,
        sweep_id: int,
        lease_seconds: float = 600,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._engine = engine
        self._sweep_id = sweep_id
        self._lease_time = timedelta(seconds=lease_seconds)
        self._clock = clock

    def seed(
        self,
        target_id: int,
        source: str,
        links: Sequence[Link],
        depth: int = 0,
        render: bool = False,
    ) -> int:
        """Add start pages of a target, those known already left alone; how many were new."""
        rows = url_rows(
            links,
            sweep_id=self._sweep_id,
            target_id=target_id,
            source=source,
            depth=depth,
            render=render,
        )
        with write(self._engine) as connection:
            connection.execute(
                insert_new(connection.dialect.name, sweep_targets),
                {"sweep_id": self._sweep_id, "target_id": target_id, "outcome": "running"},
            )
            return add_urls(connection, rows, self._clock())

    def urls_of(self, target_id: int) -> list[tuple[str, int]]:
        """Canonical URL and depth of everything a target asked for, in the order found."""
        statement = (
            select(urls.c.canonical, urls.c.depth)
            .where(urls.c.sweep_id == self._sweep_id, urls.c.target_id == target_id)
            .order_by(urls.c.id)
        )
        with read(self._engine) as connection:
            return [(row.canonical, row.depth) for row in connection.execute(statement)]

    def lease(self, count: int, exclude_hosts: Collection[str] = ()) -> list[Lease]:
        """Up to `count` due URLs, each given to one holder only until its lease runs out.

        Higher priority first; within one priority the hosts take turns, each in the order found.
        Leases that ran out come first of all. Where excluded hosts fill the head of the queue, one
        URL a host is given; an empty answer always means that nothing is due.
        """
        if count <= 0:
            return []
        now = self._clock()
        token = secrets.token_hex(16)
        busy = list(exclude_hosts)
        with write(self._engine) as connection:
            chosen = self._expired(connection, count, busy, now)
            if len(chosen) < count:
                chosen += self._due(connection, count - len(chosen), busy, now)
            if connection.dialect.name == "postgresql":
                # Another holder may be looking at the same rows: pass over, do not wait. SQLite
                # has one writer at a time.
                free = connection.execute(LOCK, {"chosen": chosen, "now": now})
                chosen = sorted(free.scalars(), key=chosen.index)
            if not chosen:
                return []
            given = {
                "chosen": chosen,
                "now": now,
                "token": token,
                "until": now + self._lease_time,
            }
            rows = {row.id: row for row in connection.execute(GIVE, given)}
        return [lease_of(rows[url_id], token) for url_id in chosen if url_id in rows]

    def _expired(
        self, connection: Connection, count: int, busy: list[str], now: datetime
    ) -> list[int]:
        asked = {"sweep": self._sweep_id, "now": now, "busy": busy, "most": count}
        return list(connection.execute(EXPIRED, asked).scalars())

    def _due(self, connection: Connection, count: int, busy: list[str], now: datetime) -> list[int]:
        # Four times as many as asked for: enough to choose from for taking turns.
        asked = {"sweep": self._sweep_id, "now": now, "busy": busy, "most": count * 4}
        rows = connection.execute(DUE, {**asked, "head": HEAD}).all()
        if not rows:
            rows = connection.execute(self._first_of_each_host(busy, now)).all()
        return in_turns(rows)[:count]

    def _first_of_each_host(self, busy: list[str], now: datetime) -> Any:  # noqa: ANN401
        """The first due URL of every host that is not excluded.

        For the end of a sweep, when the queue begins with hundreds of URLs of a few busy hosts:
        jumping from host to host in the index spares reading them all at every lease.
        """
        waiting = (urls.c.sweep_id == self._sweep_id) & (urls.c.state == WAITING)
        hosts = select(func.min(urls.c.host).label("host")).where(waiting).cte(recursive=True)
        following = select(func.min(urls.c.host)).where(waiting, urls.c.host > hosts.c.host)
        step = select(following.scalar_subquery()).where(hosts.c.host.is_not(None))
        hosts = hosts.union_all(step)
        first = (
            select(urls.c.id)
            .where(waiting, urls.c.host == hosts.c.host, urls.c.due_at <= now)
            .order_by(urls.c.rank, urls.c.id)
            .limit(1)
            .scalar_subquery()
        )
        found = select(first.label("id")).where(hosts.c.host.not_in(busy)).subquery()
        return select(urls.c.id, urls.c.rank, urls.c.host).join(found, found.c.id == urls.c.id)

    def reclaim(self) -> int:
        """Take back every lease of this sweep; call at the start, holding the sweep's lock."""
        statement = (
            update(urls)
            .where(urls.c.sweep_id == self._sweep_id, urls.c.state == LEASED)
            .values(state=WAITING, lease_token=None, lease_until=None)
        )
        with write(self._engine) as connection:
            return connection.execute(statement).rowcount

    def revive(self, reasons: Collection[str]) -> int:
        """Let URLs that failed for one of these reasons be tried anew; how many they were.

        For the start of a resumed sweep: what broke the last run (a full disk, a dying browser)
        broke pages of it too, which are not unreadable for that.
        """
        statement = (
            update(urls)
            .where(urls.c.sweep_id == self._sweep_id, urls.c.state == FAILED)
            .where(urls.c.reason.in_(list(reasons)))
            .values(state=WAITING, attempts=0, due_at=self._clock(), finished_at=None, outcome="")
        )
        with write(self._engine) as connection:
            return connection.execute(statement).rowcount

    def known(self) -> set[bytes]:
        """Fingerprints of all URLs of this sweep, whatever became of them."""
        statement = select(urls.c.fingerprint).where(urls.c.sweep_id == self._sweep_id)
        with read(self._engine) as connection:
            return set(connection.execute(statement).scalars())

    def waiting(self) -> int:
        """URLs not finished yet: waiting, due later, or leased."""
        return self._count(urls.c.state.in_((WAITING, LEASED)))

    def pages_of(self, target_id: int) -> int:
        """URLs of a target that were tried to the end in this sweep, with or without success."""
        return self._count(urls.c.target_id == target_id, urls.c.state.in_((DONE, FAILED)))

    def _count(self, *conditions: Any) -> int:  # noqa: ANN401 (SQL conditions)
        statement = select(func.count()).where(urls.c.sweep_id == self._sweep_id, *conditions)
        with read(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def next_due(self) -> datetime | None:
        """When the first waiting URL is or was due; None if none waits."""
        statement = select(func.min(urls.c.due_at)).where(
            urls.c.sweep_id == self._sweep_id, urls.c.state == WAITING
        )
        with read(self._engine) as connection:
            moment: datetime | None = connection.execute(statement).scalar_one()
        return moment

    def retry(
        self, lease: Lease, due_at: datetime, reason: str, render: bool | None = None
    ) -> bool:
        """Give a lease back to be tried again at `due_at`; False if the token is stale.

        `render` given changes whether the next try goes through the browser.
        """
        values: dict[str, Any] = {
            "state": WAITING,
            "lease_token": None,
            "lease_until": None,
            "due_at": due_at,
            "reason": reason,
            "attempts": urls.c.attempts + 1,
        }
        if render is not None:
            values["render"] = render
        statement = update(urls).where(held(lease)).values(values)
        with write(self._engine) as connection:
            return connection.execute(statement).rowcount == 1

    def drop_target(self, target_id: int, reason: str) -> int:
        """Give up the waiting URLs of a target (its budget is spent); how many they were."""
        return self._drop(urls.c.target_id == target_id, reason)

    def drop_host(self, host: str, reason: str) -> int:
        """Give up the waiting URLs of a host (it refuses us); how many they were."""
        return self._drop(urls.c.host == host, reason)

    def _drop(self, which: Any, reason: str) -> int:  # noqa: ANN401 (a SQL condition)
        statement = (
            update(urls)
            .where(urls.c.sweep_id == self._sweep_id, urls.c.state == WAITING, which)
            .values(state=DROPPED, reason=reason, finished_at=self._clock())
        )
        with write(self._engine) as connection:
            return connection.execute(statement).rowcount


def held(lease: Lease) -> Any:  # noqa: ANN401 (a SQL condition)
    """True of the row of a lease as long as nobody else was given it."""
    return (
        (urls.c.id == lease.url_id) & (urls.c.state == LEASED) & (urls.c.lease_token == lease.token)
    )


def in_turns(rows: Sequence[AnyRow]) -> list[int]:
    """The ids by rank; within a rank first every host's first, then every host's second, …"""
    seen: Counter[tuple[int, str]] = Counter()
    places = []
    for row_id, rank, host in rows:
        seen[rank, host] += 1
        places.append((rank, seen[rank, host], row_id))
    return [row_id for _, _, row_id in sorted(places)]


def lease_of(row: AnyRow, token: str) -> Lease:
    return Lease(
        url_id=row.id,
        sweep_id=row.sweep_id,
        token=token,
        target_id=row.target_id,
        source=row.source,
        url=row.url,
        canonical=row.canonical,
        depth=row.depth,
        render=row.render,
        attempts=row.attempts,
    )
