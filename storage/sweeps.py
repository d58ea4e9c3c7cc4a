"""Sweeps: one run over a plan, resumed until it is finished."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, case, func, insert, select, update

from storage.bilingual import Bilingual, Problem
from storage.columns import AnyRow, storable_tree, utc_now
from storage.database import insert_new, read, write
from storage.models import sweep_targets, sweeps, targets, urls
from storage.models_sources import kept_pages
from storage.records import PageState

OUTCOMES = {  # of a target
    "done": Bilingual("完成", "done"),
    "limit": Bilingual("到页数上限", "page budget spent"),
    "blocked": Bilingual("受阻", "blocked"),
    "error": Bilingual("出错", "error"),
    "running": Bilingual("未完成", "unfinished"),
}
ENDED = frozenset({"finished", "interrupted", "failed"})
UNREADABLE = (PageState.BLOCKED.value, PageState.ERROR.value, PageState.AMBIGUOUS.value)
FETCHED = urls.c.http_status.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSummary:
    target_id: int
    value: str
    source: str
    outcome: str  # done, limit, blocked, error, running
    pages: int
    posts: int
    flagged: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSummary:
    """What a sweep did, counted from its rows: a resumed sweep counts every page once."""

    sweep_id: int
    state: str  # running, finished, interrupted, failed
    cause: str
    started_at: datetime
    ended_at: datetime | None
    pages_fetched: int  # URLs that something came over the wire for
    posts: int
    flagged: int
    findings: int
    cases_opened: int
    unchanged: int
    blocked: int
    errors: int
    waiting: int  # not read yet
    dropped: int  # given up unread: budget spent, host refused
    targets: tuple[TargetSummary, ...]
    unreadable: tuple[tuple[str, str, str], ...]  # url, state, reason
    kept: Mapping[str, str]  # url -> SHA-256 of its bytes, where they were kept for a person


def begin(engine: Engine, plan: Mapping[str, Any], by: str) -> tuple[int, bool]:
    """Resume the newest running sweep of an equal plan (id, True) or open one (id, False).

    Running sweeps that are not resumed are marked interrupted. Call only while holding the lock of
    sweeps: nobody else may be working on a running one.
    """
    wanted = json.loads(json.dumps(storable_tree(dict(plan))))
    with write(engine) as connection:
        running = connection.execute(
            select(sweeps.c.id, sweeps.c.plan)
            .where(sweeps.c.state == "running")
            .order_by(sweeps.c.id.desc())
        ).all()
        resumed = next((row.id for row in running if row.plan == wanted), None)
        for row in running:
            if row.id != resumed:
                end(connection, row.id, "interrupted", "another plan was started", None)
        if resumed is not None:
            return resumed, True
        statement = insert(sweeps).values(
            plan=wanted, state="running", cause="", started_by=by, started_at=utc_now()
        )
        return connection.execute(statement.returning(sweeps.c.id)).scalar_one(), False


def end(
    connection: Connection, sweep_id: int, state: str, cause: str, stats: Mapping[str, Any] | None
) -> None:
    values = {"state": state, "cause": cause, "ended_at": utc_now(), "stats": stats}
    connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(values))


def finish(
    engine: Engine,
    sweep_id: int,
    state: str,
    cause: str = "",
    stats: Mapping[str, Any] | None = None,
) -> None:
    """Close a sweep as "finished", "interrupted" or "failed"; ValueError for another word."""
    if state not in ENDED:
        raise ValueError(f"a sweep cannot end as {state!r}")
    with write(engine) as connection:
        end(connection, sweep_id, state, cause, dict(stats) if stats is not None else None)


def started_since(engine: Engine, moment: datetime) -> bool:
    """Whether a sweep was begun at or after this moment."""
    statement = select(func.count()).where(sweeps.c.started_at >= moment)
    with read(engine) as connection:
        return bool(connection.execute(statement).scalar_one())


def record_failed_start(
    engine: Engine,
    command: Sequence[str],
    began: datetime,
    complaint: str,
    by: str = "scheduler",
) -> int:
    """A row for a run that ended before its sweep could begin, so that no night is missing."""
    statement = insert(sweeps).values(
        plan={"name": "command", "command": list(command)},
        state="failed",
        cause=complaint,
        started_by=by,
        started_at=began,
        ended_at=utc_now(),
    )
    with write(engine) as connection:
        return int(connection.execute(statement.returning(sweeps.c.id)).scalar_one())


def set_target_outcome(
    engine: Engine, sweep_id: int, target_id: int, outcome: str, note: str = ""
) -> None:
    """Say how a target ended: done, limit, blocked, error (or running). Totals are counted here."""
    own = (urls.c.sweep_id == sweep_id) & (urls.c.target_id == target_id)
    pages = select(func.count()).where(own, FETCHED).scalar_subquery()
    posts = select(func.coalesce(func.sum(urls.c.posts), 0)).where(own).scalar_subquery()
    key = {"sweep_id": sweep_id, "target_id": target_id}
    with write(engine) as connection:
        connection.execute(
            insert_new(connection.dialect.name, sweep_targets), {**key, "outcome": "running"}
        )
        connection.execute(
            update(sweep_targets)
            .where(sweep_targets.c.sweep_id == sweep_id, sweep_targets.c.target_id == target_id)
            .values(outcome=outcome, note=note, pages=pages, posts=posts)
        )


def summary(engine: Engine, sweep_id: int) -> SweepSummary:
    """Raises Problem if there is no such sweep."""
    with read(engine) as connection:
        sweep = connection.execute(select(sweeps).where(sweeps.c.id == sweep_id)).one_or_none()
        if sweep is None:
            raise Problem(f"没有编号为 {sweep_id} 的巡查。", f"There is no sweep {sweep_id}.")
        totals = connection.execute(totals_query(sweep_id)).one()
        return SweepSummary(
            sweep_id=sweep_id,
            state=sweep.state,
            cause=sweep.cause,
            started_at=sweep.started_at,
            ended_at=sweep.ended_at,
            **{name: int(value) for name, value in totals._mapping.items()},
            targets=target_rows(connection, sweep_id),
            unreadable=unreadable(connection, sweep_id),
            kept=kept(connection, sweep_id),
        )


def how_many(condition: Any) -> Any:  # noqa: ANN401 (SQL conditions)
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def total(column: Any) -> Any:  # noqa: ANN401 (a SQL column)
    return func.coalesce(func.sum(column), 0)


def totals_query(sweep_id: int) -> Any:  # noqa: ANN401 (a SQL statement)
    return select(
        how_many(FETCHED).label("pages_fetched"),
        total(urls.c.posts).label("posts"),
        total(urls.c.flagged).label("flagged"),
        total(urls.c.findings).label("findings"),
        total(urls.c.cases_opened).label("cases_opened"),
        total(urls.c.unchanged).label("unchanged"),
        how_many(urls.c.outcome == PageState.BLOCKED.value).label("blocked"),
        how_many(urls.c.outcome == PageState.ERROR.value).label("errors"),
        how_many(urls.c.state.in_(("waiting", "leased"))).label("waiting"),
        how_many(urls.c.state == "dropped").label("dropped"),
    ).where(urls.c.sweep_id == sweep_id)


def target_rows(connection: Connection, sweep_id: int) -> tuple[TargetSummary, ...]:
    own = (urls.c.sweep_id == sweep_targets.c.sweep_id) & (
        urls.c.target_id == sweep_targets.c.target_id
    )
    statement = (
        select(
            sweep_targets.c.target_id,
            sweep_targets.c.outcome,
            sweep_targets.c.note,
            targets.c.value,
            targets.c.source,
            how_many(FETCHED).label("pages"),
            total(urls.c.posts).label("posts"),
            total(urls.c.flagged).label("flagged"),
        )
        .select_from(sweep_targets.join(targets).outerjoin(urls, own))
        .where(sweep_targets.c.sweep_id == sweep_id)
        .group_by(
            sweep_targets.c.target_id,
            sweep_targets.c.outcome,
            sweep_targets.c.note,
            targets.c.value,
            targets.c.source,
        )
        .order_by(sweep_targets.c.target_id)
    )
    return tuple(target_summary(row) for row in connection.execute(statement))


def target_summary(row: AnyRow) -> TargetSummary:
    return TargetSummary(
        target_id=row.target_id,
        value=row.value,
        source=row.source,
        outcome=row.outcome,
        pages=int(row.pages),
        posts=int(row.posts),
        flagged=int(row.flagged),
        note=row.note,
    )


def unreadable(connection: Connection, sweep_id: int) -> tuple[tuple[str, str, str], ...]:
    """Every URL whose post could not be judged: blocked, failed or ambiguous."""
    statement = (
        select(urls.c.url, urls.c.outcome, urls.c.reason)
        .where(urls.c.sweep_id == sweep_id, urls.c.outcome.in_(UNREADABLE))
        .order_by(urls.c.id)
    )
    return tuple((row.url, row.outcome, row.reason) for row in connection.execute(statement))


def kept(connection: Connection, sweep_id: int) -> dict[str, str]:
    statement = (
        select(urls.c.url, kept_pages.c.sha256)
        .join(kept_pages, kept_pages.c.url_id == urls.c.id)
        .where(urls.c.sweep_id == sweep_id, kept_pages.c.kind == "raw")
    )
    return {row.url: row.sha256 for row in connection.execute(statement)}
