"""Who has which case open: a hint to colleagues, and what spreads second persons over the cases.

Nothing here decides anything, so nothing here may keep a page from opening: where the database is
busy it is left out, and a case that was read is written into the audit a little later.
"""

from __future__ import annotations

import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, case, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import read, write, write_soon
from storage.models import cases, decisions
from storage.models_desk import case_presence, users
from storage.persons import named_person, person_key
from storage.second_turns import house_of, shut_out, spoken_by

LOOKING = timedelta(minutes=10)  # after opening a case somebody is taken to look at it
TRIED = 200  # waiting cases that are looked through for one of another person's
TURN_LOCK = 0x7475726E  # on PostgreSQL two second persons would else be given the same case
KEPT = 100_000  # reads that wait to be written down: some 20 MB
LOG = logging.getLogger("console")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A case that was read while the database could not be written."""

    case_id: int
    person: str
    at: datetime


Late = deque[Read]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    person: str  # as colleagues call them
    since: datetime


def none_late() -> Late:
    return deque(maxlen=KEPT)


def opened(engine: Engine, case_id: int, by: str, late: Late, *, beside: bool = False) -> bool:
    """Write down that somebody reads a case; False where that must wait.

    What waited before is written along, with the moment it was read at. `beside`: only beside the
    queue's list, so that colleagues still see them where they have a case open.
    """
    now, person = utc_now(), named_person(by)
    waited = taken_out(late)
    try:
        with write_soon(engine) as connection:
            for one in waited:
                note_late(connection, one)
            record(connection, person, "case.read", f"case:{case_id}")
            if not beside:
                be_seen(connection, case_id, person, now)
    except Problem as problem:
        if problem.__cause__ is None:
            raise
        # In the log as well: the desk may end before the database can be written.
        LOG.warning("read, not yet in the audit: case:%d by %s at %s", case_id, person, now)
        late.extend([*waited, Read(case_id=case_id, person=person, at=now)])
        if len(late) == KEPT:
            LOG.critical("%d reads wait for the audit: the oldest are lost from now on", KEPT)
        return False
    return True


def note_late(connection: Connection, one: Read) -> None:
    told = {"read_at": one.at.isoformat(timespec="seconds")}
    record(connection, one.person, "case.read", f"case:{one.case_id}", told)


def taken_out(late: Late) -> list[Read]:
    """Each by one thread only, so that none is written twice."""
    found: list[Read] = []
    with suppress(IndexError):
        while True:
            found.append(late.popleft())
    return found


def be_seen(connection: Connection, case_id: int, person: str, now: datetime) -> None:
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"case_id": case_id, "seen_at": now}
    statement = maker(case_presence).values(person=person, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values))


def lookers(engine: Engine, case_id: int, but: str) -> list[Looker]:
    """Who else opened this case last, and not long ago; the newest first."""
    statement = (
        select(case_presence.c.person, case_presence.c.seen_at, users.c.name)
        .outerjoin(users, users.c.login == case_presence.c.person)
        .where(
            case_presence.c.case_id == case_id,
            case_presence.c.seen_at > utc_now() - LOOKING,
            case_presence.c.person != but,
        )
        .order_by(case_presence.c.seen_at.desc())
        .limit(10)
    )
    with read(engine) as connection:
        return [
            Looker(person=row.name or row.person, since=row.seen_at)
            for row in connection.execute(statement)
        ]


def next_second(engine: Engine, by: str) -> int | None:
    """The topmost case that waits for a second person and that this one may look at.

    One nobody else is looking at where there is one; whoever is given it is seen there at once.
    """
    person, now = named_person(by), utc_now()
    with write(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({TURN_LOCK})"))
        waiting = waiting_cases(connection, person, now)
        house, key = house_of(connection), person_key(person)
        spoken = spoken_by(connection, [case_id for case_id, _ in waiting])
        for case_id, decided_by in waiting:
            if key not in shut_out(house, spoken.get(case_id, ()), decided_by):
                be_seen(connection, case_id, person, now)
                return case_id
    return None


def waiting_cases(connection: Connection, person: str, now: datetime) -> list[tuple[int, str]]:
    others = (
        select(func.count())
        .select_from(case_presence)
        .where(
            case_presence.c.case_id == cases.c.id,
            case_presence.c.person != person,
            case_presence.c.seen_at > now - LOOKING,
        )
        .scalar_subquery()
    )
    statement = (
        select(cases.c.id, decisions.c.decided_by)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(cases.c.awaits_second, decisions.c.decided_by != person)
        .order_by(case((others > 0, 1), else_=0), cases.c.priority.desc(), cases.c.id)
        .limit(TRIED)
    )
    return [(row.id, row.decided_by) for row in connection.execute(statement)]
