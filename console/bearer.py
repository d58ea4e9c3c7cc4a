"""Who speaks to the API: a program with a token, or a page of the desk with its form's token.

A cookie alone opens nothing here, not even for reading: other sites could make a browser send it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from console.desk import Desk, desk_of
from console.people import CSRF_HEADER, cookie_name, csrf_of
from console.roles import Act, Caller, Forbidden
from storage.bilingual import Problem
from storage.logins import DeskSession, session_of
from storage.tokens import holder_of

VERSION = "/api/v1"
# For the document only; `caller` reads the header itself and says in two languages what is wrong.
SCHEME = HTTPBearer(auto_error=False, description="`certsweep token create`")


class Unknown(Problem):
    """Nobody is known by what came along."""


class Words(BaseModel):
    zh: str
    en: str


class Said(Words):
    fields: list[str] = Field(default=[], description="what of the request was wrong, if known")


class Error(BaseModel):
    """What happened, what was kept, what to do; in both languages."""

    error: Said


class Given(BaseModel):
    """A body: a name nobody knows is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Error, "description": "The body is no JSON; nothing was written"},
    401: {"model": Error, "description": "No token, or one that does not hold"},
    403: {"model": Error, "description": "The account or the token may not do this"},
    404: {"model": Error, "description": "There is no such thing"},
    409: {"model": Error, "description": "Things stand otherwise; nothing was written"},
    413: {"model": Error, "description": "More than 1 MB was sent"},
    422: {"model": Error, "description": "The request is malformed; nothing was written"},
    503: {"model": Error, "description": "The database is away; nothing was written"},
}


async def known_names(request: Request) -> None:
    """Raises RequestValidationError for a query's name that the endpoint does not know: a filter
    that was spelt wrong must not show everything."""
    known = names_asked(request.scope["route"].dependant)
    wrong = [("query", name) for name in request.query_params if name not in known]
    if wrong:
        raise RequestValidationError([{"loc": place} for place in wrong])


def names_asked(dependant: Dependant) -> set[str]:
    """Names that an endpoint and what it depends on read from the query."""
    below = (names_asked(one) for one in dependant.dependencies)
    return {one.alias for one in dependant.query_params}.union(*below)


def api_router(tag: str) -> APIRouter:
    """Of one small file in `console/api`; it is found by walking the folder."""
    asked = [Depends(SCHEME), Depends(known_names)]
    return APIRouter(prefix=VERSION, tags=[tag], responses=REFUSALS, dependencies=asked)


async def caller(request: Request) -> Caller:
    desk = desk_of(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found: Caller | None
    if kind:
        held = await run_in_threadpool(holder_of, desk.engine, token.strip())
        found = Caller(*held) if held is not None and kind.lower() == "bearer" else None
    else:
        found = await of_session(request, desk)
    if found is None:
        raise Unknown(
            "没有令牌，或令牌无效、已过期、已撤销。请管理员运行 certsweep token create 建立，"
            "并在请求头写 Authorization: Bearer 令牌。",
            "There is no token, or it is wrong, expired or revoked. An "
            "administrator makes one with certsweep token create; send it as Authorization: "
            "Bearer TOKEN.",
        )
    return found


async def of_session(request: Request, desk: Desk) -> Caller | None:
    cookie = request.cookies.get(cookie_name(desk), "")
    sent = request.headers.get(CSRF_HEADER, "")
    if not cookie or not hmac.compare_digest(sent.encode(), csrf_of(cookie).encode()):
        return None
    session = await run_in_threadpool(session_of, desk.engine, cookie)
    request.state.api_session = session
    return None if session is None else Caller(session.user)


Anyone = Annotated[Caller, Depends(caller)]


def scoped(act: Act) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives whoever calls, if they may."""

    async def known(one: Anyone) -> Caller:
        one.demand(act)
        return one

    return known


Reads = Annotated[Caller, Depends(scoped(Act.READ))]
Decides = Annotated[Caller, Depends(scoped(Act.DECIDE))]
Seconds = Annotated[Caller, Depends(scoped(Act.SECOND))]
Unmasks = Annotated[Caller, Depends(scoped(Act.UNMASK))]
Exports = Annotated[Caller, Depends(scoped(Act.EXPORT))]
Signs = Annotated[Caller, Depends(scoped(Act.SIGN))]
Keeps = Annotated[Caller, Depends(scoped(Act.KEEP))]
Sweeps = Annotated[Caller, Depends(scoped(Act.SWEEP))]
Houses = Annotated[Caller, Depends(scoped(Act.PEOPLE))]
Audits = Annotated[Caller, Depends(scoped(Act.AUDIT))]


def by_hand(one: Caller) -> None:
    """Raise Forbidden for a program: what only the person themself does, logged in."""
    if one.token is not None:
        raise no_program()


def own_session(request: Request, one: Caller) -> DeskSession:
    """Of the person themself, logged in; raises Forbidden for a program."""
    session: DeskSession | None = getattr(request.state, "api_session", None)
    if one.token is not None or session is None:
        raise no_program()
    return session


def no_program() -> Forbidden:
    return Forbidden(
        "令牌不能做这一步，没有改动。请登录审核台，由本人去做。",
        "No token may do this; nothing was changed. Log in to the desk and do it yourself.",
    )
