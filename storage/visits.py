"""Storing what visits gave: results and acknowledgement in one transaction, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update

from storage.database import insert_new, write
from storage.frontier import DONE, FAILED, LEASED, add_urls, url_rows
from storage.models import targets, urls
from storage.models_sources import kept_pages
from storage.postbook import PostBook, Saved
from storage.records import PageState, Visit

UNREAD = frozenset({PageState.BLOCKED, PageState.ERROR})
ACKNOWLEDGE = (
    update(urls)
    .where(urls.c.id == bindparam("row"))
    .values(
        state=bindparam("now_state"),
        lease_token=None,
        lease_until=None,
        finished_at=bindparam("now"),
        outcome=bindparam("page_state"),
        reason=bindparam("why"),
        http_status=bindparam("status"),
        body_sha256=bindparam("body"),
        posts=bindparam("n_posts"),
        flagged=bindparam("n_flagged"),
        findings=bindparam("n_findings"),
        unchanged=bindparam("n_unchanged"),
        cases_opened=bindparam("n_opened"),
        source=bindparam("read_by"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What became of one visit. Of a stale one nothing was written."""

    url_id: int
    stale: bool = False
    posts: int = 0
    flagged: int = 0
    findings: int = 0
    unchanged: int = 0
    cases_opened: int = 0
    cases_reopened: int = 0


def commit_visits(engine: Engine, visits: Sequence[Visit], now: datetime) -> list[Committed]:
    """Store a batch in ONE transaction; the answer has one entry a visit, in their order.

    A visit whose lease was given to somebody else (or acknowledged already) is stale: nothing of
    it is written. Of an innocent post only its hash is kept, and none of its snapshots' rows.
    Links become URLs of the same target one step deeper; whether they are too deep or too many is
    the crawler's to say before.
    """
    if not visits:
        return []
    with write(engine) as connection:
        fresh = still_held(connection, visits)
        valid = [visit for visit, held in zip(visits, fresh, strict=True) if held]
        results = iter(store(connection, valid, now))
        return [
            next(results) if held else Committed(url_id=visit.lease.url_id, stale=True)
            for visit, held in zip(visits, fresh, strict=True)
        ]


def still_held(connection: Connection, visits: Sequence[Visit]) -> list[bool]:
    """For each visit whether its lease still counts; the same lease counts once."""
    statement = (
        select(urls.c.id, urls.c.lease_token)
        .where(urls.c.id.in_({visit.lease.url_id for visit in visits}), urls.c.state == LEASED)
        .with_for_update()
    )
    tokens = {row.id: row.lease_token for row in connection.execute(statement)}
    fresh = []
    for visit in visits:
        held = tokens.get(visit.lease.url_id) == visit.lease.token
        if held:
            del tokens[visit.lease.url_id]
        fresh.append(held)
    return fresh


def store(connection: Connection, visits: Sequence[Visit], now: datetime) -> list[Committed]:
    if not visits:
        return []
    book = PostBook(connection, now)
    book.look_up(sighting for visit in visits for sighting in visit.sightings)
    done = [
        counted(visit, [book.save(sighting) for sighting in visit.sightings]) for visit in visits
    ]
    book.flush()
    add_links(connection, visits, now)
    keep_pages(connection, visits)
    rows = [ack_row(visit, count, now) for visit, count in zip(visits, done, strict=True)]
    connection.execute(ACKNOWLEDGE, rows)
    return done


def counted(visit: Visit, saved: Sequence[Saved]) -> Committed:
    placed = [one.placement for one in saved if one.placement]
    return Committed(
        url_id=visit.lease.url_id,
        posts=len(saved),
        flagged=sum(one.flagged for one in saved),
        findings=sum(one.findings for one in saved),
        unchanged=sum(one.unchanged for one in saved),
        cases_opened=sum(placement.opened for placement in placed),
        cases_reopened=sum(placement.reopened for placement in placed),
    )


def add_links(connection: Connection, visits: Iterable[Visit], now: datetime) -> None:
    linking = [visit for visit in visits if visit.links]
    if not linking:
        return
    render = rendered_targets(connection, {visit.lease.target_id for visit in linking})
    rows = [
        row
        for visit in linking
        for row in url_rows(
            visit.links,
            sweep_id=visit.lease.sweep_id,
            target_id=visit.lease.target_id,
            source=visit.lease.source,
            depth=visit.lease.depth + 1,
            render=visit.lease.target_id in render,
        )
    ]
    add_urls(connection, rows, now)


def keep_pages(connection: Connection, visits: Iterable[Visit]) -> None:
    """Which files hold what could not be read; the same URL read again replaces nothing."""
    rows = [
        {
            "url_id": visit.lease.url_id,
            "kind": one.kind,
            "sha256": one.sha256,
            "size": one.size,
        }
        for visit in visits
        for one in visit.kept
    ]
    if rows:
        connection.execute(insert_new(connection.dialect.name, kept_pages), rows)


def rendered_targets(connection: Connection, target_ids: set[int]) -> set[int]:
    """Those targets whose pages all go through the browser.

    A page that was sent there by retry() alone does not take its links along.
    """
    statement = select(targets.c.id).where(targets.c.id.in_(target_ids), targets.c.render)
    return set(connection.execute(statement).scalars())


def ack_row(visit: Visit, count: Committed, now: datetime) -> dict[str, Any]:
    return {
        "row": visit.lease.url_id,
        "now_state": FAILED if visit.state in UNREAD else DONE,
        "now": now,
        "page_state": visit.state.value,
        "why": visit.reason,
        "status": visit.page.status if visit.page else None,
        "body": visit.page.sha256 if visit.page else "",
        "n_posts": count.posts,
        "n_flagged": count.flagged,
        "n_findings": count.findings,
        "n_unchanged": count.unchanged,
        "n_opened": count.cases_opened,
        "read_by": visit.read_by or visit.lease.source,
    }
