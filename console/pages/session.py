"""Coming in and going out: login, logout, one's password, the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from console.desk import desk_of
from console.just_done import telling
from console.kept import packed, unpacked, way_back
from console.page import LANG_COOKIE, go, lang_of, page, query_of
from console.people import Session, address_of, cookie_name, safe_path, set_session_cookie
from console.words import LANGUAGES, plainly
from storage.bilingual import Problem
from storage.logins import Origin, log_in, log_out, own_password
from storage.users import SHORTEST

router = APIRouter(include_in_schema=False)
YEAR = 365 * 24 * 3600


@router.get("/")
async def start() -> RedirectResponse:
    return go("/queue")


@router.get("/login")
async def login_page(request: Request) -> Response:
    back = safe_path(query_of(request).get("back", "/queue"))
    return page(request, "login.html", back=back, lost=False, typed="", problem="", login="")


@router.post("/login")
def login(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/queue",
    typed: Annotated[str, Form()] = "",
) -> Response:
    desk = desk_of(request)
    before = request.cookies.get(cookie_name(desk), "")
    try:
        token = log_in(desk.engine, login, password, origin_of(request), before)
    except Problem as problem:
        text = plainly(problem.text.said(lang_of(request)))
        words = {"back": safe_path(back), "lost": False, "problem": text, "login": login[:80]}
        return page(request, "login.html", 401, typed=packed(unpacked(typed)), **words)
    answer = go(way_back(desk, login, safe_path(back), typed))
    set_session_cookie(answer, desk, token)
    return answer


def origin_of(request: Request) -> Origin:
    return Origin(address=address_of(request), agent=request.headers.get("user-agent", ""))


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
def password(
    request: Request,
    session: Session,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    desk = desk_of(request)
    try:
        same(new, again)
        own_password(desk.engine, session, old, new, origin_of(request))
    except Problem as problem:
        words = {"must": session.user.must_change, "least": SHORTEST}
        text = plainly(problem.text.said(lang_of(request)))
        return page(request, "password.html", 409, problem=text, **words)
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
