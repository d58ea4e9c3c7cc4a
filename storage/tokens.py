"""Tokens for programs: made for an account and some acts, shown once, kept as a hash, mortal.

A program with a token is its account as far as the token's scopes reach: it may do what both the
account's roles and the scopes allow.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import AnyRow, utc_now
from storage.database import read, write
from storage.logins import NOTED_EVERY, fingerprint
from storage.models_api import api_tokens
from storage.models_desk import users
from storage.persons import folded_name, named_person
from storage.users import User, find_user, unknown_user, user_of

PREFIX = "cs_"  # by which a scanner of repositories knows one that was put where it must not be
DAYS, MOST_DAYS = 90, 366
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    id: int
    login: str  # whose it is
    name: str
    scopes: frozenset[str]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


def token_of(row: AnyRow) -> Token:
    return Token(
        id=row.token_id,
        login=row.login,
        name=row.token_name,
        scopes=frozenset(row.scopes),
        created_at=row.token_made,
        created_by=row.token_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )


COLUMNS = (
    users,
    api_tokens.c.id.label("token_id"),
    api_tokens.c.name.label("token_name"),
    api_tokens.c.created_at.label("token_made"),
    api_tokens.c.created_by.label("token_by"),
    api_tokens.c.scopes,
    api_tokens.c.expires_at,
    api_tokens.c.revoked_at,
    api_tokens.c.used_at,
)
EVERY = select(*COLUMNS).join(api_tokens, api_tokens.c.user_id == users.c.id)


def create_token(
    engine: Engine, login: str, name: str, scopes: Iterable[str], by: str, days: int = DAYS
) -> str:
    """The token, which nobody can be told again. `scopes`: names of acts, checked by the caller."""
    person, named, wanted = named_person(by), name.strip(), sorted(set(scopes))
    if not 0 < len(named) <= LONGEST_NAME or not wanted or not 1 <= days <= MOST_DAYS:
        raise Problem(
            f"令牌须有用途（最多 {LONGEST_NAME} 字）、至少一个范围、1 到 {MOST_DAYS} 天的期限；"
            "没有写入。",
            f"A token needs a purpose of at most {LONGEST_NAME} characters, a scope at least, and "
            f"1 to {MOST_DAYS} days to live; nothing was written.",
        )
    token, now = PREFIX + secrets.token_urlsafe(32), utc_now()
    with write(engine) as connection:
        user = find_user(connection, login)
        if user is None or user.disabled_at is not None:
            raise unknown_user(login)
        values = {
            "user_id": user.id,
            "name": named,
            "token_sha256": fingerprint(token),
            "scopes": wanted,
            "created_at": now,
            "created_by": person,
            "expires_at": now + timedelta(days=days),
        }
        made = insert(api_tokens).values(values).returning(api_tokens.c.id)
        number = connection.execute(made).scalar_one()
        told = {"token": number, "name": named, "scopes": wanted, "days": days}
        record(connection, person, "token.create", f"user:{user.login}", told)
    return token


def all_tokens(engine: Engine) -> list[Token]:
    with read(engine) as connection:
        return [token_of(row) for row in connection.execute(EVERY.order_by(api_tokens.c.id))]


def tokens_of(engine: Engine, login: str) -> list[Token]:
    """An account's, those that are over or revoked too; the oldest first."""
    return [one for one in all_tokens(engine) if one.login == folded_name(login)]


def made_token(engine: Engine, token: str) -> Token:
    """What is kept of one that was made a moment ago; it does not count as used."""
    statement = EVERY.where(api_tokens.c.token_sha256 == fingerprint(token))
    with read(engine) as connection:
        return token_of(connection.execute(statement).one())


def get_token(engine: Engine, number: int) -> Token:
    """Problem where there is none of this number."""
    with read(engine) as connection:
        row = connection.execute(EVERY.where(api_tokens.c.id == number)).one_or_none()
    if row is None:
        raise no_token(number)
    return token_of(row)


def no_token(number: int) -> Problem:
    return Problem(
        f"没有编号为 {number} 的有效令牌，没有改动。请管理员运行 certsweep token list 查看。",
        f"There is no token {number} that holds; nothing was changed. An administrator sees them "
        "by certsweep token list.",
    )


def revoke_token(engine: Engine, number: int, by: str) -> None:
    """From now on; raises Problem where there is none of this number that holds."""
    person = named_person(by)
    statement = (
        update(api_tokens)
        .where(api_tokens.c.id == number, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )
    with write(engine) as connection:
        if connection.execute(statement).rowcount != 1:
            raise no_token(number)
        record(connection, person, "token.revoke", "", {"token": number})


def holder_of(engine: Engine, token: str) -> tuple[User, Token] | None:
    """Whose token this is; None where it is unknown, over, revoked, or its account is disabled."""
    if not token.startswith(PREFIX) or len(token) > 200:
        return None
    now = utc_now()
    statement = EVERY.where(
        api_tokens.c.token_sha256 == fingerprint(token), users.c.disabled_at.is_(None)
    )
    with read(engine) as connection:
        row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    found = token_of(row)
    if not found.holds(now):
        return None
    if found.used_at is None or now - found.used_at > NOTED_EVERY:
        with write(engine) as connection:
            connection.execute(
                update(api_tokens).where(api_tokens.c.id == found.id).values(used_at=now)
            )
    return user_of(row), found
