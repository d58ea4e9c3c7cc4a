"""Who the API takes one for."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from console.apart import apart
from console.bearer import Anyone, Given, api_router, own_session
from console.desk import desk_of
from console.pages.session import origin_of
from console.roles import Act, may
from storage.hashing import LONGEST
from storage.logins import own_password

router = api_router("session")


class Session(BaseModel):
    login: str
    name: str
    roles: list[str]
    may: list[Act]  # what roles and scopes together allow
    token: int | None  # its number; null for a page of the desk
    expires_at: datetime | None


class NewPassword(Given):
    old: str = Field(max_length=LONGEST, description="the present one")
    new: str = Field(max_length=LONGEST)


@router.get("/session")
async def session(one: Anyone) -> Session:
    """The account behind the token, and what it may do with it."""
    token = one.token
    scopes = set(Act) if token is None else token.scopes
    return Session(
        login=one.user.login,
        name=one.user.name,
        roles=sorted(one.user.roles),
        may=[act for act in Act if may(one.user, act) and act in scopes],
        token=None if token is None else token.id,
        expires_at=None if token is None else token.expires_at,
    )


@router.post("/password", status_code=204)
async def change_password(request: Request, one: Anyone, said: NewPassword) -> None:
    """One's own, in a session of the desk alone (its cookie and X-CSRF-Token): 403 for every token.
    One's other sessions end. 409 for a wrong present password, which is counted and in the audit,
    or for a new one that is too weak."""
    session, engine = own_session(request, one), desk_of(request).engine
    await apart(own_password, engine, session, said.old, said.new, origin_of(request))
