"""Tokens for programs: one's own, and for those who keep the accounts everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from console.api.users import Alike, Login
from console.bearer import Anyone, Given, Houses, api_router
from console.desk import desk_of
from console.pages.users import alike_of, known
from console.people import Missing
from console.roles import Act, Caller
from console.shapes import Number, or_missing, shaped
from storage.columns import utc_now
from storage.persons import same_person
from storage.tokens import (
    DAYS,
    LONGEST_NAME,
    MOST_DAYS,
    Token,
    create_token,
    get_token,
    made_token,
    revoke_token,
    tokens_of,
)

router = api_router("tokens")


class TokenTold(BaseModel):
    """What is known of a token; the token itself nobody can be told again."""

    id: int
    login: str
    name: str = Field(description="what it is for")
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None = Field(description="to within minutes; null: never")
    holds: bool = Field(description="whether it opens anything now")


class NewToken(Given):
    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="what it is for")
    scopes: Annotated[list[Act], Field(min_length=1, max_length=50)]
    days: int = Field(default=DAYS, ge=1, le=MOST_DAYS)


class TokenMade(BaseModel):
    token: str = Field(description="told this once")
    about: TokenTold
    alike: Alike


@router.get("/tokens")
def own_tokens(request: Request, one: Anyone) -> list[TokenTold]:
    """Of the account that calls, those that are over too; the oldest first."""
    return listed(request, one.user.login)


@router.get("/users/{login}/tokens")
def account_tokens(request: Request, _one: Houses, login: Login) -> list[TokenTold]:
    return listed(request, known(request, login).login)


def listed(request: Request, login: str) -> list[TokenTold]:
    return [told(token) for token in tokens_of(desk_of(request).engine, login)]


def told(token: Token) -> TokenTold:
    return shaped(TokenTold, token, scopes=sorted(token.scopes), holds=token.holds(utc_now()))


@router.post("/users/{login}/tokens")
def make_token(request: Request, one: Houses, login: Login, said: NewToken) -> TokenMade:
    """As `certsweep token create`, for any account, and with no scope that the caller does not
    reach itself: who keeps the accounts does not decide in the name of others."""
    engine, person = desk_of(request).engine, known(request, login)
    for act in said.scopes:
        one.demand(act)
    token = create_token(engine, person.login, said.name, said.scopes, one.user.login, said.days)
    alike = alike_of(engine, person.login)
    return TokenMade(token=token, about=told(made_token(engine, token)), alike=alike)


@router.post("/tokens/{number}/revoke")
def end_token(request: Request, one: Anyone, number: Number) -> TokenTold:
    """One's own. A token ends itself, and another only with the scope `people`, as somebody else's
    takes it."""
    engine = desk_of(request).engine
    mine(one, number, or_missing(get_token, engine, number))
    revoke_token(engine, number, one.user.login)
    return told(get_token(engine, number))


def mine(one: Caller, number: int, token: Token) -> None:
    """Missing for a token of another, unless the caller keeps the accounts."""
    if one.may(Act.PEOPLE):
        return
    if not same_person(token.login, one.user.login):
        raise Missing(
            f"您没有编号为 {number} 的令牌，没有改动。请看 /api/v1/tokens。",
            f"You have no token {number}; nothing was changed. See /api/v1/tokens.",
        )
    if one.token is not None and one.token.id != number:
        one.demand(Act.PEOPLE)
