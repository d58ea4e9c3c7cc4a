"""How well each source could be read: what its last run told, kept until the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Integer, func, insert, select, update

from storage.columns import AnyRow
from storage.database import read, write
from storage.models import sweep_targets, targets, urls
from storage.models_sources import sources
from storage.records import CANARY, MANY_SITES, PageState

GOOD, BLOCKED, CHANGED = "good", "blocked", "changed"
EXPIRED, FAILING, UNKNOWN = "expired", "failing", "unknown"

EMPTY = "empty"  # a canary without one result
LAYOUT = "layout_changed"
EXPIRY = "session_expired"
NO_HOST = "dns"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """What one sweep saw of one source."""

    name: str
    pages: int = 0  # finished, well or badly
    alive: int = 0
    posts: int = 0
    flagged: int = 0
    unchanged: int = 0
    blocked: int = 0
    errors: int = 0
    reasons: tuple[str, ...] = ()  # of blocked pages and errors, the most frequent first
    canary: str = ""  # "good", "empty" or a page state; "" if it was not tried
    canary_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    name: str
    state: str  # good, blocked, changed, expired, failing, unknown
    reason: str
    since: datetime
    last_run: datetime
    last_good: datetime | None
    pages: int
    posts: int
    flagged: int
    canary_at: datetime | None
    canary: str


def verdict(run: SourceRun) -> tuple[str, str]:
    """(state, reason) of a source after a run; the canary decides where the run's own pages do not.

    Nothing new is good: the container was seen. No result for words that always have some is not.
    """
    told = set(run.reasons)
    many = run.name in MANY_SITES  # one site's wall is that site's
    walled = run.canary == PageState.BLOCKED or (run.blocked > 0 and not run.alive)
    cases = (
        (EXPIRY in told, (EXPIRED, EXPIRY)),
        (walled, (BLOCKED, run.canary_reason or first(run.reasons))),
        ((LAYOUT in told and not many) or run.canary_reason == LAYOUT, (CHANGED, LAYOUT)),
        (run.canary == EMPTY, (CHANGED, "canary_empty")),
        (run.blocked > 0 and not many, (BLOCKED, first(run.reasons))),
        (no_such_host(run), (UNKNOWN, NO_HOST)),
        (run.errors > 0 and not run.alive, (FAILING, first(run.reasons))),
        (run.alive > 0, (GOOD, "")),
    )
    return next((said for holds, said in cases if holds), (UNKNOWN, "not_read"))


def no_such_host(run: SourceRun) -> bool:
    """Whether all that was asked of a source of many sites stands at names that do not exist.

    That is a slip in an address, and says nothing of the source's other sites.
    """
    lost = run.errors > 0 and not run.alive and not run.blocked
    return lost and run.name in MANY_SITES and set(run.reasons) == {NO_HOST}


def first(reasons: Iterable[str]) -> str:
    """The most frequent reason that says something of the source itself."""
    return next((reason for reason in reasons if reason not in {LAYOUT, "source_paused"}), "")


def runs_of(engine: Engine, sweep_id: int) -> tuple[SourceRun, ...]:
    """What a sweep saw of each source that it asked, by name."""
    with read(engine) as connection:
        counted = {row.source: row for row in connection.execute(counts(sweep_id))}
        reasons = reasons_of(connection, sweep_id)
        canaries = canaries_of(connection, sweep_id)
    return tuple(
        run_of(row, reasons.get(name, ()), canaries.get(name, ("", "")))
        for name, row in sorted(counted.items())
    )


def run_of(row: AnyRow, reasons: tuple[str, ...], canary: tuple[str, str]) -> SourceRun:
    return SourceRun(
        name=row.source,
        pages=row.pages,
        alive=row.alive,
        posts=row.posts,
        flagged=row.flagged,
        unchanged=row.unchanged,
        blocked=row.blocked,
        errors=row.errors,
        reasons=reasons,
        canary=canary[0],
        canary_reason=canary[1],
    )


def counts(sweep_id: int) -> Any:  # noqa: ANN401 (a SQL statement)
    def pages(*states: PageState) -> Any:  # noqa: ANN401 (a SQL column)
        found = urls.c.outcome.in_([state.value for state in states])
        return func.coalesce(func.sum(found.cast(Integer)), 0)

    def total(column: Any) -> Any:  # noqa: ANN401 (a SQL column)
        return func.coalesce(func.sum(column), 0)

    readable = set(PageState) - {PageState.BLOCKED, PageState.ERROR}
    return (
        select(
            urls.c.source,
            pages(*PageState).label("pages"),
            pages(*readable).label("alive"),
            pages(PageState.BLOCKED).label("blocked"),
            pages(PageState.ERROR).label("errors"),
            total(urls.c.posts).label("posts"),
            total(urls.c.flagged).label("flagged"),
            total(urls.c.unchanged).label("unchanged"),
        )
        .where(urls.c.sweep_id == sweep_id)
        .group_by(urls.c.source)
    )


def reasons_of(connection: Connection, sweep_id: int) -> Mapping[str, tuple[str, ...]]:
    unread = (PageState.BLOCKED.value, PageState.ERROR.value)
    statement = (
        select(urls.c.source, urls.c.reason)
        .where(urls.c.sweep_id == sweep_id, urls.c.outcome.in_(unread))
        .group_by(urls.c.source, urls.c.reason)
        .order_by(func.count().desc(), urls.c.reason)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(statement):
        found[row.source] = (*found.get(row.source, ()), row.reason)
    return found


def canaries_of(connection: Connection, sweep_id: int) -> Mapping[str, tuple[str, str]]:
    """For each source whose canary was finished: (good, empty or a page state; its reason)."""
    statement = (
        select(targets.c.source, urls.c.outcome, urls.c.reason, urls.c.posts)
        .join(targets, targets.c.id == urls.c.target_id)
        .where(urls.c.sweep_id == sweep_id, targets.c.reason == CANARY, urls.c.outcome != "")
    )
    return {row.source: canary_of(row) for row in connection.execute(statement)}


def canary_of(row: AnyRow) -> tuple[str, str]:
    if row.outcome != PageState.ALIVE:
        return row.outcome, row.reason
    return (GOOD if row.posts else EMPTY), ""


def remember(engine: Engine, runs: Iterable[SourceRun], now: datetime) -> None:
    """Keep what a run told; a source that was not asked keeps what was known of it."""
    with write(engine) as connection:
        for run in runs:
            if run.pages and not no_such_host(run):
                keep(connection, run, now)


def keep(connection: Connection, run: SourceRun, now: datetime) -> None:
    state, reason = verdict(run)
    known = connection.execute(select(sources).where(sources.c.name == run.name)).one_or_none()
    values: dict[str, Any] = {
        "state": state,
        "reason": reason,
        "last_run": now,
        "pages": run.pages,
        "posts": run.posts,
        "flagged": run.flagged,
        "since": known.since if known is not None and known.state == state else now,
    }
    if run.alive:
        values["last_good"] = now
    if run.canary:
        values |= {"canary_at": now, "canary": run.canary}
    if known is None:
        connection.execute(insert(sources).values(name=run.name, **values))
    else:
        connection.execute(update(sources).where(sources.c.name == run.name).values(values))


def health(engine: Engine) -> dict[str, SourceHealth]:
    """All that is known, by name; a source that was never read is missing."""
    with read(engine) as connection:
        rows = connection.execute(select(sources).order_by(sources.c.name)).all()
    return {row.name: SourceHealth(**row._mapping) for row in rows}


def set_expired(engine: Engine, name: str, *, expired: bool, now: datetime) -> None:
    """A login ended: the source rests until somebody logs in again; or somebody has."""
    state, reason = (EXPIRED, EXPIRY) if expired else (UNKNOWN, "not_read")
    with write(engine) as connection:
        known = connection.execute(select(sources).where(sources.c.name == name)).one_or_none()
        if known is not None:
            values = {"state": state, "reason": reason, "since": now}
            connection.execute(update(sources).where(sources.c.name == name).values(values))
        elif expired:
            statement = insert(sources).values(
                name=name, state=state, reason=reason, since=now, last_run=now
            )
            connection.execute(statement)


def targets_of_sweep(engine: Engine, sweep_id: int) -> list[int]:
    """Ids of all targets a sweep has, those found on the way included."""
    statement = select(sweep_targets.c.target_id).where(sweep_targets.c.sweep_id == sweep_id)
    with read(engine) as connection:
        return list(connection.execute(statement.order_by(sweep_targets.c.target_id)).scalars())
