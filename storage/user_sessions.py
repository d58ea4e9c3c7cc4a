"""Open sessions of the desk's people: who is in, from where, and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, select, update

from storage.audit import record
from storage.columns import utc_now
from storage.database import read, write
from storage.logins import IDLE
from storage.models_desk import desk_sessions
from storage.persons import named_person
from storage.users import find_user, unknown_user


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str


def still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        desk_sessions.c.closed_at.is_(None),
        desk_sessions.c.ends_at > now,
        desk_sessions.c.seen_at > now - IDLE,
    )


def open_sessions(engine: Engine, user_id: int) -> list[OpenSession]:
    """The one seen last first."""
    statement = (
        select(desk_sessions)
        .where(desk_sessions.c.user_id == user_id, *still_open(utc_now()))
        .order_by(desk_sessions.c.seen_at.desc())
    )
    with read(engine) as connection:
        return [
            OpenSession(
                opened_at=row.opened_at,
                seen_at=row.seen_at,
                ends_at=row.ends_at,
                address=row.address,
                agent=row.agent,
            )
            for row in connection.execute(statement)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    sessions: int
    seen_at: datetime | None  # also of sessions that have ended


def presence(engine: Engine) -> dict[int, Presence]:
    """By user: how many sessions are open, and when they were seen last."""
    last = select(desk_sessions.c.user_id, func.max(desk_sessions.c.seen_at)).group_by(
        desk_sessions.c.user_id
    )
    count = (
        select(desk_sessions.c.user_id, func.count())
        .where(*still_open(utc_now()))
        .group_by(desk_sessions.c.user_id)
    )
    with read(engine) as connection:
        opened = {user: int(n) for user, n in connection.execute(count)}
        return {
            user: Presence(sessions=opened.get(user, 0), seen_at=seen)
            for user, seen in connection.execute(last)
        }


def revoke_sessions(engine: Engine, login: str, by: str) -> int:
    """End every open session of an account; how many there were."""
    person, now = named_person(by), utc_now()
    with write(engine) as connection:
        row = find_user(connection, login)
        if row is None:
            raise unknown_user(login)
        ended = connection.execute(
            update(desk_sessions)
            .where(desk_sessions.c.user_id == row.id, *still_open(now))
            .values(closed_at=now)
        ).rowcount
        record(connection, person, "user.revoke", f"user:{row.login}", {"sessions": ended})
        return int(ended)
