"""Coming in and going out: login, logout, one's password, the language."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from console.apart import Crowded, apart
from console.desk import desk_of
from console.just_done import telling
from console.kept import packed, unpacked, way_back
from console.page import LANG_COOKIE, go, lang_of, page, query_of
from console.people import Session, address_of, cookie_name, safe_path, set_session_cookie
from console.words import LANGUAGES, plainly
from storage.bilingual import Problem
from storage.login_tries import KNOWN, Origin
from storage.logins import log_in, log_out, own_password
from storage.users import SHORTEST

router = APIRouter(include_in_schema=False)
KNOWN_COOKIE = "known-browser"  # by which a browser that was in before is known again
YEAR = 365 * 24 * 3600


@router.get("/")
async def start() -> RedirectResponse:
    return go("/queue")


@router.get("/login")
async def login_page(request: Request) -> Response:
    back = safe_path(query_of(request).get("back", "/queue"))
    return page(request, "login.html", back=back, lost=False, typed="", problem="", login="")


@router.post("/login")
async def login(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/queue",
    typed: Annotated[str, Form()] = "",
) -> Response:
    try:
        return await apart(logged_in, request, (login, password), safe_path(back), typed)
    except Problem as problem:
        text = plainly(problem.text.said(lang_of(request)))
        words = {"back": safe_path(back), "lost": False, "problem": text, "login": login[:80]}
        # The database's trouble is nobody's wrong password.
        away = problem.__cause__ is not None or isinstance(problem, Crowded)
        status = 503 if away else 401
        return page(request, "login.html", status, typed=packed(unpacked(typed)), **words)


def logged_in(request: Request, pair: tuple[str, str], back: str, typed: str) -> Response:
    """Raises Problem where nobody is."""
    desk, origin = desk_of(request), origin_of(request)
    origin = replace(origin, browser=origin.browser or secrets.token_urlsafe(24))
    before = request.cookies.get(cookie_name(desk), "")
    token = log_in(desk.engine, *pair, origin, before)
    answer = go(way_back(desk, pair[0], back, typed))
    set_session_cookie(answer, desk, token)
    answer.set_cookie(
        KNOWN_COOKIE,
        origin.browser,
        max_age=int(KNOWN.total_seconds()),
        path="/login",
        secure=desk.secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def origin_of(request: Request) -> Origin:
    return Origin(
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        browser=request.cookies.get(KNOWN_COOKIE, "")[:80],
    )


@router.post("/logout")
def logout(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    log_out(desk.engine, session)
    answer = go("/login")
    answer.delete_cookie(cookie_name(desk), path="/", secure=desk.secure, httponly=True)
    return answer


@router.get("/password")
async def password_page(request: Request, session: Session) -> Response:
    return page(request, "password.html", must=session.user.must_change, least=SHORTEST, problem="")


@router.post("/password")
async def password(
    request: Request,
    session: Session,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    desk = desk_of(request)
    try:
        same(new, again)
        await apart(own_password, desk.engine, session, old, new, origin_of(request))
    except Problem as problem:
        words = {"must": session.user.must_change, "least": SHORTEST}
        text = plainly(problem.text.said(lang_of(request)))
        away = problem.__cause__ is not None or isinstance(problem, Crowded)
        return page(request, "password.html", 503 if away else 409, problem=text, **words)
    return go(telling("/queue", "password"))


def same(new: str, again: str) -> None:
    if new != again:
        raise Problem(
            "两次输入的新密码不同，密码没有改。",
            "The new password was typed in two ways; it was not changed.",
        )


@router.post("/lang")
async def language(
    request: Request,
    lang: Annotated[str, Form()] = "zh",
    back: Annotated[str, Form()] = "/queue",
) -> Response:
    """Open to everybody, also before the login; it changes one browser's words and nothing else."""
    answer = go(safe_path(back))
    if lang in LANGUAGES:
        secure = desk_of(request).secure
        answer.set_cookie(LANG_COOKIE, lang, YEAR, secure=secure, httponly=True, samesite="lax")
    return answer
