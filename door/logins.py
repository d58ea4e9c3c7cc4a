"""Logging in by hand: a visible browser for a while, its login kept encrypted, used by sweeps."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import yaml
from playwright.sync_api import BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page as BrowserPage
from sqlalchemy import Engine

from crawler.chromium import find_chromium
from storage.bilingual import Problem
from storage.sessions import Session, SessionStore
from storage.sources import set_expired

log = logging.getLogger(__name__)
TABLE = Path(__file__).with_name("logins.yaml")
LOOK_SECONDS = 1.0
# The headless shell has no window to show.
VISIBLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPlace:
    page: str
    cookies: tuple[str, ...]  # there only after a login; empty: the operator closes the window


@cache
def login_places() -> Mapping[str, LoginPlace]:
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["sources"]
    return {
        name: LoginPlace(page=row["page"], cookies=tuple(row["cookies"]))
        for name, row in table.items()
    }


def login_cookies(source: str) -> tuple[str, ...]:
    place = login_places().get(source)
    return place.cookies if place else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How the browser is started; `headless` is for tests alone."""

    program: str
    args: tuple[str, ...] = ()
    headless: bool = False


def visible_browser(configured: str, display: bool) -> str:
    """Path of a browser that can show a window. Raises Problem."""
    program = find_chromium(configured) if configured else None
    program = program or next(filter(None, map(shutil.which, VISIBLE)), None)
    if program is None or "headless" in Path(program).name:
        raise Problem(
            "登录需要有窗口的浏览器，本机没有找到。请安装 chromium，"
            "或把 CERTSWEEP_CHROMIUM 设为它的路径；也可在有桌面的电脑上登录。",
            "Logging in needs a browser with a window, and none was found. Install chromium, or "
            "set CERTSWEEP_CHROMIUM to its path; or log in on a computer with a desktop.",
        )
    if not display:
        raise Problem(
            "本机没有图形桌面，打不开登录窗口。请在有桌面的电脑上登录"
            "（设同一个 CERTSWEEP_SECRET），再把 logins 文件夹里的文件拷来。",
            "There is no desktop here to show a login window on. Log in on a computer that has one "
            "(with the same CERTSWEEP_SECRET), then copy the file from its logins folder.",
        )
    return program


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the browser held at the end, and whether a login's own cookie is among it."""

    state: dict[str, Any]
    known: bool


def logged_in(place: LoginPlace, window: Window, seconds: float) -> Held:
    """What the browser holds once the operator has logged in, or closed the window.

    Nothing is typed or clicked here. Raises Problem when the time is up or nothing was kept.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=window.program, args=list(window.args), headless=window.headless
        )
        try:
            context = browser.new_context(locale="zh-CN", no_viewport=not window.headless)
            page = context.new_page()
            held = watched(context, page, place, seconds)
        finally:
            browser.close()
    if not held.state.get("cookies"):
        raise Problem("没有登录，什么也没有保存。", "Nobody logged in; nothing was saved.")
    return held


def watched(context: BrowserContext, page: BrowserPage, place: LoginPlace, seconds: float) -> Held:
    until = monotonic() + seconds
    state: dict[str, Any] = {}
    try:
        page.goto(place.page, timeout=seconds * 1000)
        while monotonic() < until and not page.is_closed():
            state = dict(context.storage_state())
            if is_login(state, place.cookies):
                return Held(state=state, known=True)
            page.wait_for_timeout(LOOK_SECONDS * 1000)
    except PlaywrightError as error:
        # The operator closed the window: what it held a second ago is what counts.
        if not page.is_closed():
            raise unopened(place.page, error) from error
    if not page.is_closed():
        raise too_late(seconds)
    return Held(state=state, known=False)


def is_login(state: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    held = {cookie["name"] for cookie in state.get("cookies", []) if cookie.get("value")}
    return bool(held & set(names))


def unopened(url: str, error: PlaywrightError) -> Problem:
    first = error.message.split("\n", maxsplit=1)[0]
    return Problem(
        f"打不开登录页 {url}（{first}）。请检查网络后再试。",
        f"The login page {url} could not be opened ({first}). Check the network and try again.",
    )


def too_late(seconds: float) -> Problem:
    minutes = round(seconds / 60, 1)
    return Problem(
        f"{minutes:g} 分钟内没有完成登录，什么也没有保存。请再运行一次，可用 --minutes 放宽时间。",
        f"Nobody had logged in after {minutes:g} minutes; nothing was saved. Run it again, with "
        "--minutes for more time.",
    )


def states_for(
    store: SessionStore | None, sources: set[str], engine: Engine
) -> dict[str, Mapping[str, Any]]:
    """The logins a sweep reads with. One that has run out is left out, and its source rests."""
    if store is None:
        return {}
    found = {}
    now = datetime.now(UTC)
    for name in store.names():
        session = opened(store, name) if name in sources else None
        if session is not None and not session.ended(login_cookies(name), now):
            found[name] = session.state
        elif name in sources:
            set_expired(engine, name, expired=True, now=now)
    return found


def opened(store: SessionStore, name: str) -> Session | None:
    """None where the file cannot be opened: to the sweep that is a login that has ended."""
    try:
        return store.load(name)
    except Problem as problem:
        log.warning("%s", problem.text.en)
        return None
