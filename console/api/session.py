"""Who the API takes one for."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from console.bearer import Anyone, api_router
from console.roles import Act, may

router = api_router("session")


class Session(BaseModel):
    login: str
    name: str
    roles: list[str]
    may: list[Act]  # what roles and scopes together allow
    token: int | None  # its number; null for a page of the desk
    expires_at: datetime | None


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
