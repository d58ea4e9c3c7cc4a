"""我的令牌: what programs hold of one's account, and an end to each; of an account on its page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.desk import desk_of
from console.forms import Number
from console.just_done import telling
from console.page import go, lang_of, page
from console.pages.users import known, shown
from console.people import Housekeeper, Missing, Session
from console.tokenview import token_rows
from console.words import plainly
from storage.bilingual import Problem
from storage.tokens import revoke_token, tokens_of
from storage.users import User

router = APIRouter(include_in_schema=False)


@router.get("/tokens")
def own_tokens(request: Request, session: Session) -> Response:
    return listed(request, session.user)


def listed(request: Request, user: User, problem: str = "") -> Response:
    return page(
        request,
        "tokens.html",
        409 if problem else 200,
        tokens=token_rows(desk_of(request).engine, user),
        problem=problem,
    )


@router.post("/tokens/{number:int}/revoke")
def end_own(request: Request, session: Session, number: Number) -> Response:
    """One's own alone, whatever one's roles."""
    try:
        end(request, session.user, number, session.user)
    except Problem as problem:
        return listed(request, session.user, said_of(request, problem))
    return go(telling("/tokens", "token-ended"))


@router.post("/users/{login}/tokens/{number:int}/revoke")
def end_of_account(request: Request, user: Housekeeper, login: str, number: Number) -> Response:
    person = known(request, login)
    try:
        end(request, person, number, user)
    except Problem as problem:
        return shown(request, user, person, said_of(request, problem))
    return go(telling(f"/users/{person.login}", "token-ended"))


def said_of(request: Request, problem: Problem) -> str:
    """Why nothing was changed; raises what is no fault of the form."""
    if problem.__cause__ is not None or isinstance(problem, Missing):
        raise problem
    return plainly(problem.text.said(lang_of(request)))


def end(request: Request, owner: User, number: int, by: User) -> None:
    """Raises Missing for a token of another, Problem for one that was revoked before."""
    engine = desk_of(request).engine
    token = next((one for one in tokens_of(engine, owner.login) if one.id == number), None)
    if token is None:
        raise Missing(
            "没有这个令牌，没有改动。请回到令牌所在的页面查看。",
            "There is no such token; nothing was changed. Go back to the tokens.",
        )
    if token.revoked_at is not None:
        raise Problem(
            f"令牌“{token.name}”先前已收回，没有改动。",
            f"The token {token.name!r} was revoked before; nothing was changed.",
        )
    revoke_token(engine, number, by.login)
