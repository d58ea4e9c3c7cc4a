"""The desk as an ASGI application. Pages are found by walking `console/pages`."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from console.apart import Crowded
from console.bearer import Unknown
from console.desk import Desk, desk_of
from console.guard import SAFE, Guard, headers_of
from console.kept import packed
from console.page import Nav, go, lang_of, page
from console.people import (
    Missing,
    MustChange,
    NeedsLogin,
    recognise,
    safe_path,
)
from console.roles import Forbidden
from console.tabs import HANDLING, LISTS, WORK
from console.ways_back import page_at
from console.words import plainly
from storage.bilingual import Bilingual, Problem

HERE = Path(__file__).parent
PAGES = "console.pages."
ROOMS = ("pages", "api")  # of routers; a room that is not there is skipped
ASSETS = [("js_lib_htmx", "static/htmx"), ("js_lib_bootstrap5", "static/js-lib-bootstrap5")]
LOG = logging.getLogger("console")

NOT_FOUND = Bilingual(
    "没有这个页面。请检查网址，或回到队列。", "There is no such page. Check the address."
)
UNREADABLE = Bilingual(
    "提交的表单不完整或格式不对，没有写入。请后退，检查后再提交。",
    "The form was incomplete or malformed; nothing was written. Go back, check and send again.",
)
MALFORMED = Bilingual(
    "请求不完整或格式不对，没有写入。出错之处见 fields，格式见 /api/v1/openapi.json。",
    "The request was incomplete or malformed; nothing was written. `fields` says where, "
    "/api/v1/openapi.json how it should be.",
)
OUR_FAULT = Bilingual(
    "程序出错，没有写完的内容已撤回。请后退再试；若再次出现，请把时间告诉管理员。",
    "The program failed; what was not finished was undone. Go back and try again; if it happens "
    "again, tell the administrator the time.",
)


def create_app(desk: Desk) -> FastAPI:
    app = FastAPI(title="certsweep", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.state.nav = include_routers(app)
    app.state.ways = ways_of_pages()
    app.mount("/static", StaticFiles(directory=HERE / "static", packages=list(ASSETS)), "static")
    app.add_exception_handler(NeedsLogin, to_login)
    app.add_exception_handler(MustChange, to_password)
    app.add_exception_handler(Problem, told)
    app.add_exception_handler(HTTPException, told_status)
    app.add_exception_handler(RequestValidationError, told_unreadable)
    app.add_exception_handler(Exception, told_our_fault)
    app.add_middleware(Guard, origin=desk.origin, replay_origin=desk.replay_origin)
    return app


def include_routers(app: FastAPI) -> list[Nav]:
    """Every page and endpoint there is; the places in the bar that they ask for, in order."""
    nav: list[Nav] = []
    for name in page_modules():
        module = importlib.import_module(name)
        app.include_router(module.router)
        nav += getattr(module, "NAV", ())
    return sorted(nav, key=lambda one: one.order)


def ways_of_pages() -> list[APIRoute]:
    """What a browser can ask for or send a form to."""
    modules = (importlib.import_module(one) for one in page_modules() if one.startswith(PAGES))
    return [way for one in modules for way in one.router.routes if isinstance(way, APIRoute)]


def page_modules() -> list[str]:
    found = (path for room in ROOMS for path in sorted((HERE / room).glob("*.py")))
    return [f"console.{path.parent.name}.{path.stem}" for path in found if path.stem != "__init__"]


async def to_login(request: Request, error: Exception) -> Response:
    assert isinstance(error, NeedsLogin)
    if error.lost:
        words = {"back": error.back, "lost": True, "typed": packed(error.typed)}
        return page(request, "login.html", 401, problem="", login="", **words)
    if request.headers.get("hx-request"):  # for a part of a page: else the login would land in it
        whole = urlsplit(request.headers.get("hx-current-url", "")).path
        return Response(status_code=204, headers={"hx-redirect": f"/login?back={quote(whole)}"})
    return RedirectResponse(f"/login?back={quote(error.back, safe='')}", 303)


async def to_password(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/password", 303)


async def told(request: Request, error: Exception) -> Response:
    """A Problem as a page: what happened, what was kept, what to do."""
    assert isinstance(error, Problem)
    kinds: tuple[tuple[type[Problem], int], ...] = (
        (Crowded, 503),
        (Unknown, 401),
        (Forbidden, 403),
        (Missing, 404),
    )
    status = next((code for kind, code in kinds if isinstance(error, kind)), 0)
    if not status:
        # Of the outside world where an exception of the database stands behind it.
        status = 503 if error.__cause__ is not None else 409
    looked = isinstance(error, Forbidden) and request.method in SAFE
    return error_page(request, status, of_looking(error.text) if looked else error.text)


def of_looking(text: Bilingual) -> Bilingual:
    """Of a page that was only to be read nobody needs to hear that nothing was changed."""
    return Bilingual(
        text.zh.replace("，没有改动", ""), text.en.replace("; nothing was changed", "")
    )


async def told_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    await recognise(request)
    if error.status_code == 405 and request.method in SAFE and not of_api(request):
        # After a form its address stands in the browser; asked for again it means the page there.
        return go(page_at(request, request.url.path) or "/queue")
    words = NOT_FOUND if error.status_code in {404, 405} else unreadable(request)
    answer = error_page(request, error.status_code, words)
    answer.headers.update(error.headers or {})  # 405 says what is allowed
    return answer


async def told_unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = (".".join(map(str, one["loc"])) for one in error.errors())
    return error_page(request, 422, unreadable(request), tuple(dict.fromkeys(places)))


def unreadable(request: Request) -> Bilingual:
    return MALFORMED if of_api(request) else UNREADABLE


def of_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def told_our_fault(request: Request, error: Exception) -> Response:
    LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    answer = error_page(request, 500, OUR_FAULT)
    desk = desk_of(request)  # this answer is made outside of the Guard
    answer.headers.update(headers_of(desk.origin, desk.replay_origin))
    return answer


def error_page(
    request: Request, status: int, words: Bilingual, places: tuple[str, ...] = ()
) -> Response:
    if of_api(request):
        headers = {"www-authenticate": "Bearer"} if status == 401 else None
        told = {"zh": words.zh, "en": words.en, "fields": [place[:100] for place in places[:20]]}
        return JSONResponse({"error": told}, status, headers)
    sent = request.method not in SAFE
    text = plainly(words.said(lang_of(request)))
    back = came_from(request) if sent else ""
    place = place_of(request) if status == 404 else None
    words_of = {"text": text, "status": status, "sent": sent, "back": back, "place": place}
    return page(request, "error.html", status, **words_of)


def place_of(request: Request) -> tuple[str, Bilingual] | None:
    """Where to look instead of what is not there: 清单与函件 for /exports/999."""
    known = {one.path: one.word for one in request.app.state.nav if "?" not in one.path}
    room, *below = request.url.path.strip("/").split("/")
    path = f"/{room}"
    word = {**known, **dict((*LISTS, *WORK, *HANDLING))}.get(path)
    return (path, word) if word and below else None


def came_from(request: Request) -> str:
    """The page that the form was on: as the browser says, where it is one of ours; else by the
    form's own address. "" for none."""
    try:
        said = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # "http://[::1": no browser says so
        said = urlsplit("")
    if f"{said.scheme}://{said.netloc}" == desk_of(request).origin:
        back = page_at(request, safe_path(said.path))
        if back:
            return f"{back}?{said.query}" if said.query and back == said.path else back
    return page_at(request, request.url.path)
