"""Logging in and staying in: attempts are counted, sessions end by themselves or are ended.

The browser holds the token, the database its SHA-256: who reads the database cannot log in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import storable, utc_now
from storage.database import read, write, write_soon
from storage.hashing import fits
from storage.keymap import keymap
from storage.login_tries import Origin, remember, succeed, try_login, try_own
from storage.models_api import desk_keys
from storage.models_desk import desk_sessions, users
from storage.persons import folded_name
from storage.users import (
    NOBODY,
    User,
    WrongPassword,
    change_password,
    find_user,
    user_of,
)

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)  # one working day, whatever happens
NOTED_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: not a write for each page


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    user: User
    token_sha256: str
    ends_at: datetime
    keys: Mapping[str, str] = field(default_factory=dict)  # act to key, all of them


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(engine: Engine, login: str, password: str, origin: Origin, before: str = "") -> str:
    """A session's token; the one that the same browser held `before` ends.

    Raises Problem for a wrong pair, a disabled account, or too many tries.

    Unknown account and wrong password are told alike and take the same time.
    """
    folded, now = storable(folded_name(login))[:80], utc_now()
    with write(engine) as connection:
        row = find_user(connection, folded)
        tried = try_login(connection, row, folded, origin, now)
    right = fits(row.password_hash if row is not None else NOBODY, password)
    if row is None or not right or row.disabled_at is not None:
        note_failure(engine, folded, "login.failed", origin)
        raise tried.refusal or Problem(
            "账号或密码不对，或账号已停用。忘记密码请找管理员重置。",
            "The account or password is wrong, or the account is disabled. An administrator can "
            "reset a forgotten password.",
        )
    token = secrets.token_urlsafe(32)
    with write(engine) as connection:
        succeed(connection, tried.number)
        remember(connection, folded, origin, now)
        close(connection, fingerprint(before), now)
        connection.execute(
            insert(desk_sessions).values(
                token_sha256=fingerprint(token),
                user_id=row.id,
                opened_at=now,
                seen_at=now,
                ends_at=now + ABSOLUTE,
                address=origin.address,
                agent=origin.agent[:200],
            )
        )
        record(connection, row.login, "login", f"user:{row.login}", {"address": origin.address})
    return token


def note_failure(engine: Engine, login: str, act: str, origin: Origin) -> None:
    with write(engine) as connection:
        record(connection, login, act, f"user:{login}", {"address": origin.address})


def own_password(engine: Engine, session: DeskSession, old: str, new: str, origin: Origin) -> None:
    """Change one's own password and end one's other sessions.

    Guesses at the old one are counted within the session and are in the audit: a screen that was
    left open must not become the account, nor keep its owner out elsewhere.
    """
    login, now = session.user.login, utc_now()
    with write(engine) as connection:
        attempt = try_own(connection, login, f"session:{session.token_sha256[:32]}", now)
    try:
        change_password(engine, session.user, old, new)
    except WrongPassword:
        note_failure(engine, login, "password.failed", origin)
        raise
    except Problem:  # the old one was right, the new one too weak
        with write(engine) as connection:
            succeed(connection, attempt)
        raise
    with write(engine) as connection:
        succeed(connection, attempt)
    end_other_sessions(engine, session)


def session_of(engine: Engine, token: str, *, stirs: bool = True) -> DeskSession | None:
    """Who holds this token; None where it is unknown, ended, idle too long, or its user out.

    `stirs`: whether a person did something, which begins the idle time anew.
    """
    if not token or len(token) > 200:
        return None
    now, key = utc_now(), fingerprint(token)
    statement = (
        select(users, desk_sessions.c.seen_at, desk_sessions.c.ends_at, desk_keys.c["keys"])
        .join(desk_sessions, desk_sessions.c.user_id == users.c.id)
        .outerjoin(desk_keys, desk_keys.c.user_id == users.c.id)
        .where(
            desk_sessions.c.token_sha256 == key,
            desk_sessions.c.closed_at.is_(None),
            desk_sessions.c.ends_at > now,
            desk_sessions.c.seen_at > now - IDLE,
            users.c.disabled_at.is_(None),
        )
    )
    with read(engine) as connection:
        row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    if stirs and now - row.seen_at > NOTED_EVERY:
        # Noted at the next step where the database is busy now: nobody waits for it.
        with suppress(Problem), write_soon(engine) as connection:
            connection.execute(
                update(desk_sessions).where(desk_sessions.c.token_sha256 == key).values(seen_at=now)
            )
    own = keymap(row._mapping["keys"])  # `row.keys` is a method
    return DeskSession(user=user_of(row), token_sha256=key, ends_at=row.ends_at, keys=own)


def close(connection: Connection, token_sha256: str, now: datetime) -> None:
    connection.execute(
        update(desk_sessions)
        .where(desk_sessions.c.token_sha256 == token_sha256, desk_sessions.c.closed_at.is_(None))
        .values(closed_at=now)
    )


def log_out(engine: Engine, session: DeskSession) -> None:
    login = session.user.login
    with write(engine) as connection:
        close(connection, session.token_sha256, utc_now())
        record(connection, login, "logout", f"user:{login}")


def end_other_sessions(engine: Engine, session: DeskSession) -> None:
    """After a change of password nobody else stays in with the old one."""
    with write(engine) as connection:
        connection.execute(
            update(desk_sessions)
            .where(
                desk_sessions.c.user_id == session.user.id,
                desk_sessions.c.token_sha256 != session.token_sha256,
                desk_sessions.c.closed_at.is_(None),
            )
            .values(closed_at=utc_now())
        )
