"""Who is asking: the session behind the cookie, the token of a form, the role of a page."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from console.desk import Desk, desk_of
from console.guard import SAFE
from console.numbers import LARGEST_ID
from console.roles import Act, Forbidden, demand
from console.ways_back import page_at
from storage.bilingual import Problem
from storage.logins import ABSOLUTE, DeskSession, session_of
from storage.users import User

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
# Beyond these a page can do nothing before a one-time password is changed.
WITHOUT_CHANGE = ("/password", "/logout", "/lang")
DECIDING = frozenset({"cases", "bulk"})  # whose forms are filled in again after a new login


# What an open page asks for by itself: a desk left alone must not stay open for that.
# A person who claims a case is led to its page, which counts; a page that renews a claim is not.
BY_THEMSELVES = re.compile(r"/sweeps/live|/exports/[0-9]+/state|/(?:cases|bulk)/[0-9]+/claim")


class NeedsLogin(Exception):
    """Nobody is logged in, or no longer; `back` is where to go on afterwards."""

    def __init__(self, back: str, *, lost: bool, typed: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(back)
        self.back = back
        self.lost = lost  # something was sent that was not written
        self.typed = typed  # the fields of the form


class MustChange(Exception):
    """The password was given by somebody else."""


def cookie_name(desk: Desk) -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it on plain http."""
    return "__Host-desk" if desk.secure else "desk"


def set_session_cookie(response: Response, desk: Desk, token: str) -> None:
    response.set_cookie(
        cookie_name(desk),
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=desk.secure,
        httponly=True,
        samesite="strict",
    )


def csrf_of(token: str) -> str:
    """Of one session only, and nobody who reads it in a page learns the session's token."""
    return hashlib.sha256(f"csrf\n{token}".encode()).hexdigest()


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def signed_in(request: Request) -> DeskSession:
    """The session; raises NeedsLogin, MustChange, or Forbidden for a form without its token."""
    desk = desk_of(request)
    token = request.cookies.get(cookie_name(desk), "")
    stirs = BY_THEMSELVES.fullmatch(request.url.path) is None
    session = await run_in_threadpool(session_of, desk.engine, token, stirs=stirs)
    if session is None:
        raise await needs_login(request)
    if request.method not in SAFE:
        await demand_token(request, token)
    request.state.session, request.state.csrf = session, csrf_of(token)
    if session.user.must_change and request.url.path not in WITHOUT_CHANGE:
        raise MustChange
    return session


async def recognise(request: Request) -> None:
    """Who is logged in, where a page needs nobody: the bar is then theirs."""
    desk = desk_of(request)
    token = request.cookies.get(cookie_name(desk), "")
    with suppress(Problem):
        session = await run_in_threadpool(session_of, desk.engine, token, stirs=False)
        if session is not None and not session.user.must_change:
            request.state.session, request.state.csrf = session, csrf_of(token)


async def demand_token(request: Request, token: str) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not sent:
        sent = str((await request.form()).get(CSRF_FIELD, ""))
    if not hmac.compare_digest(sent.encode(), csrf_of(token).encode()):
        await request.close()  # a file may have come along
        raise Forbidden(
            "页面已过期（您可能在别处重新登录过），没有写入。请刷新页面后再提交。",
            "This page is out of date (you may have logged in again elsewhere); nothing was "
            "written. Reload it and send again.",
        )


async def needs_login(request: Request) -> NeedsLogin:
    """Where to come back to: the page the form was on. What was typed of a decision travels along,
    and never in an address: those stay in the history of a browser."""
    path = request.url.path
    if request.method in SAFE:
        query = f"?{request.url.query}" if request.url.query else ""
        return NeedsLogin(path + query, lost=False)
    back = page_at(request, path)  # "" for a batch: cases were being chosen in the queue
    if not back or path.split("/")[1] not in DECIDING:
        return NeedsLogin(back or "/queue", lost=True)
    form = await request.form()
    pairs = tuple((name, str(v)) for name, v in form.multi_items() if name != CSRF_FIELD)
    return NeedsLogin(back, lost=True, typed=pairs)


CaseId = Annotated[int, Path(le=LARGEST_ID)]
Session = Annotated[DeskSession, Depends(signed_in)]


def allowed(act: Act) -> Callable[[DeskSession], Awaitable[User]]:
    """A dependency that gives the person, if they may."""

    async def person(session: Session) -> User:
        demand(session.user, act)
        return session.user

    return person


Reader = Annotated[User, Depends(allowed(Act.READ))]
Decider = Annotated[User, Depends(allowed(Act.DECIDE))]
Seconder = Annotated[User, Depends(allowed(Act.SECOND))]
Unmasker = Annotated[User, Depends(allowed(Act.UNMASK))]
# Lookups: who keeps the lists, runs sweeps, keeps accounts, reads the audit.
Keeper = Annotated[User, Depends(allowed(Act.KEEP))]
Sweeper = Annotated[User, Depends(allowed(Act.SWEEP))]
Housekeeper = Annotated[User, Depends(allowed(Act.PEOPLE))]
Auditor = Annotated[User, Depends(allowed(Act.AUDIT))]


def safe_path(path: str) -> str:
    """A path of ours to go on to; anything else is the queue."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > 8000:
        return "/queue"
    if any(ord(sign) < 32 or sign == "\\" for sign in path):
        return "/queue"
    return path


class Missing(Problem):
    """What was asked for is not there."""
