"""Accounts: who may work at the desk, with which roles, and who is in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, Field

from console.bearer import Given, Houses, api_router, by_hand
from console.desk import desk_of
from console.pages.users import alike_of, known
from console.shapes import shaped
from storage.persons import same_person
from storage.user_sessions import open_sessions, presence, revoke_sessions
from storage.users import (
    LONGEST_NAME,
    Role,
    User,
    add_user,
    all_users,
    disable_user,
    reset_password,
    set_roles,
)

router = api_router("users")
Login = Annotated[str, Path(min_length=1, max_length=80)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=20)]


class Account(BaseModel):
    login: str
    name: str
    roles: list[Role]
    must_change: bool = Field(description="has a one-time password, so may do nothing yet")
    created_at: datetime
    disabled_at: datetime | None


class AccountSeen(Account):
    sessions: int = Field(description="open ones")
    seen_at: datetime | None = Field(description="also in sessions that have ended")


class OpenSession(BaseModel):
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str


Alike = Annotated[
    list[str],
    Field(
        description="logins that carry the same person's name: taken for one person, they never "
        "confirm each other"
    ),
]


class AccountWhole(Account):
    sessions: list[OpenSession] = Field(description="open ones, the one seen last first")
    alike: Alike


class NewAccount(Given):
    login: str = Field(min_length=1, max_length=80, description="2 to 40 letters, digits, . @ - _")
    name: str = Field(default="", max_length=LONGEST_NAME, description="empty: as the login")
    roles: Roles


class NewRoles(Given):
    roles: Roles


class OneTime(BaseModel):
    account: AccountWhole
    password: str = Field(description="told this once; it must be changed at the first login")


class Ended(BaseModel):
    ended: int = Field(description="sessions")


@router.get("/users")
def accounts(request: Request, _one: Houses) -> list[AccountSeen]:
    """Everybody, also who is locked, the oldest account first."""
    engine = desk_of(request).engine
    there = presence(engine)
    return [seen(one, there.get(one.id)) for one in all_users(engine)]


def seen(one: User, there: object) -> AccountSeen:
    return shaped(
        AccountSeen,
        one,
        roles=sorted(one.roles),
        sessions=getattr(there, "sessions", 0),
        seen_at=getattr(there, "seen_at", None),
    )


def whole(request: Request, login: str) -> AccountWhole:
    one, engine = known(request, login), desk_of(request).engine
    sessions, alike = open_sessions(engine, one.id), alike_of(engine, one.login)
    return shaped(AccountWhole, one, roles=sorted(one.roles), sessions=sessions, alike=alike)


@router.post("/users")
def add_account(request: Request, one: Houses, said: NewAccount) -> OneTime:
    """Its password is in this answer and nowhere else; 409 where the login is taken."""
    engine = desk_of(request).engine
    password = add_user(engine, said.login, said.name, said.roles, one.user.login)
    return OneTime(account=whole(request, said.login), password=password)


@router.get("/users/{login}")
def account(request: Request, _one: Houses, login: Login) -> AccountWhole:
    return whole(request, login)


@router.post("/users/{login}/roles")
def account_roles(request: Request, one: Houses, login: Login, said: NewRoles) -> AccountWhole:
    """These and no others; sessions end. Nobody gives themself one more."""
    known(request, login)
    set_roles(desk_of(request).engine, login, said.roles, one.user.login)
    return whole(request, login)


@router.post("/users/{login}/lock")
def lock_account(request: Request, one: Houses, login: Login) -> AccountWhole:
    """Keep somebody out: sessions end, tokens are revoked for good."""
    known(request, login)
    disable_user(desk_of(request).engine, login, one.user.login)
    return whole(request, login)


@router.post("/users/{login}/reset")
def reset_account(request: Request, one: Houses, login: Login) -> OneTime:
    """A new one-time password; the account is no longer locked and its sessions end. Not one's own
    by a token: with the password it would reach further than its scopes."""
    if same_person(known(request, login).login, one.user.login):
        by_hand(one)
    password = reset_password(desk_of(request).engine, login, one.user.login)
    return OneTime(account=whole(request, login), password=password)


@router.post("/users/{login}/revoke")
def revoke_account(request: Request, one: Houses, login: Login) -> Ended:
    """End every open session; tokens hold on."""
    known(request, login)
    return Ended(ended=revoke_sessions(desk_of(request).engine, login, one.user.login))
