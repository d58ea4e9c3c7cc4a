"""What flagged pages and searches led to: each lead is followed once, or refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from storage.database import insert_new, read, write
from storage.models import targets, urls
from storage.models_sources import leads
from storage.records import Target
from storage.targets import ensure_target, target_of

TAKEN, REFUSED = "taken", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    kind: str  # "site", "url" or "contact"
    value: str  # an origin, a canonical URL, a number
    found_on: str  # URL of the page
    why: str  # one Chinese sentence


def known(engine: Engine, kind: str, value: str) -> bool:
    statement = select(func.count()).where(leads.c.kind == kind, leads.c.value == value)
    with read(engine) as connection:
        return bool(connection.execute(statement).scalar_one())


def refuse(engine: Engine, sweep_id: int, lead: Lead, note: str, now: datetime) -> bool:
    """Note why a lead is not followed; False if it was known already."""
    return _keep(engine, sweep_id, lead, now, note=note) is not None


def take(engine: Engine, sweep_id: int, lead: Lead, target: Target, now: datetime) -> int | None:
    """Make the lead a target; its id, or None if the lead was known already."""
    return _keep(engine, sweep_id, lead, now, target=target)


def _keep(
    engine: Engine,
    sweep_id: int,
    lead: Lead,
    now: datetime,
    *,
    target: Target | None = None,
    note: str = "",
) -> int | None:
    with write(engine) as connection:
        target_id = ensure_target(connection, target) if target is not None else None
        result = connection.execute(
            insert_new(connection.dialect.name, leads),
            [
                {
                    "kind": lead.kind,
                    "value": lead.value,
                    "found_on": lead.found_on,
                    "why": lead.why,
                    "found_at": now,
                    "sweep_id": sweep_id,
                    "state": REFUSED if target is None else TAKEN,
                    "note": note,
                    "target_id": target_id,
                }
            ],
            execution_options={"preserve_rowcount": True},
        )
    if result.rowcount < 1:
        return None
    return target_id or 0


def sites_worth_watching(engine: Engine) -> list[Target]:
    """Sites that earlier sweeps found, where at least one page was flagged; oldest first."""
    offending = select(urls.c.id).where(urls.c.target_id == leads.c.target_id, urls.c.flagged > 0)
    statement = (
        select(targets)
        .join(leads, leads.c.target_id == targets.c.id)
        .where(leads.c.kind == "site", leads.c.state == TAKEN, offending.exists())
        .order_by(targets.c.id)
    )
    with read(engine) as connection:
        return [target_of(row) for row in connection.execute(statement)]


def taken_in(engine: Engine, sweep_id: int) -> dict[str, int]:
    """How many leads of each kind became targets in a sweep."""
    statement = (
        select(leads.c.kind, func.count().label("n"))
        .where(leads.c.sweep_id == sweep_id, leads.c.state == TAKEN)
        .group_by(leads.c.kind)
    )
    with read(engine) as connection:
        return {row.kind: row.n for row in connection.execute(statement)}
