"""`certsweep login SOURCE`: an operator logs in by hand, once; sweeps then read with that login."""

from __future__ import annotations

import getpass
import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from crawler.browser_args import browser_args
from crawler.guard import Guard
from crawler.proxy_thread import ProxyThread
from crawler.source_names import both_names, listed
from door.logins import Held, LoginPlace, Window, logged_in, login_places, visible_browser
from door.secret import keeping_store, sessions_of
from door.settings import SETTINGS
from door.sources import all_sources, source_of
from door.speech import out, say, t
from storage.bilingual import Problem
from storage.database import open_database, ready
from storage.sessions import Session
from storage.sources import set_expired

HELP = t(
    "人工登录一个来源：打开浏览器窗口，登录后加密保存，巡查时只读使用。",
    "Log in to a source by hand in a browser window; kept encrypted, only read by sweeps.",
)


def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar=t("来源", "SOURCE"), help=t("如 微博 或 weibo", "as weibo, or in Chinese")
        ),
    ],
    minutes: Annotated[
        float,
        typer.Option(min=0.1, max=60, help=t("最多等多少分钟", "how long to wait at most")),
    ] = 5.0,
    forget: Annotated[
        bool, typer.Option("--forget", help=t("删除保存的登录", "throw the kept login away"))
    ] = False,
) -> None:
    """Open a window on the source's login page and keep what the operator's login left there."""
    source = source_of(source)
    place = place_of(source)
    store = sessions_of(SETTINGS)  # a secret that will not do is told before anybody logs in
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    if forget:
        gone = store is not None and store.forget(source)
        words = (
            ("登录已删除。", "The login was thrown away.")
            if gone
            else ("没有保存的登录。", "There was no login.")
        )
        out.print(t(*words), markup=False)
        return
    held = logged_in_by_hand(place, minutes)
    if not held.known and place.cookies and not told_so():
        raise Problem("没有登录，什么也没有保存。", "Nobody logged in; nothing was saved.")
    now = datetime.now(UTC)
    session = Session(source=source, saved_at=now, saved_by=getpass.getuser(), state=held.state)
    path = keeping_store(SETTINGS).save(session)
    set_expired(engine, source, expired=False, now=now)
    out.print(
        t(f"已登录，加密保存在 {path}。", f"Logged in; kept encrypted in {path}."), markup=False
    )


def place_of(source: str) -> LoginPlace:
    places = login_places()
    if source not in places:
        raise Problem(
            f"来源“{both_names(source, all_sources())}”不用登录；"
            f"可登录的来源：{listed(places, all_sources())}。",
            f"{source!r} needs no login; one can log in to: {', '.join(sorted(places))}.",
        )
    return places[source]


def logged_in_by_hand(place: LoginPlace, minutes: float) -> Held:
    program = visible_browser(SETTINGS.chromium, has_display())
    say(
        f"请在打开的窗口里登录（最多 {minutes:g} 分钟）。认出登录后窗口自动关闭；"
        "否则登录后请关闭窗口。",
        f"Log in in the window that opens ({minutes:g} minutes at most). It closes by itself where "
        "the login is recognised; otherwise close it once you are in.",
    )
    with ProxyThread(Guard()) as proxy:
        args = tuple(window_args(browser_args(proxy.port, root=os.geteuid() == 0)))
        return logged_in(place, Window(program=program, args=args), minutes * 60)


def window_args(args: list[str]) -> list[str]:
    """A person scrolls; a sweep's pictures do without the bars."""
    return [one for one in args if one != "--hide-scrollbars"]


def told_so() -> bool:
    """A platform may have renamed its cookies: then only the operator knows whether he was in."""
    if not sys.stdin.isatty():
        return False
    words = (
        "没有认出登录的标记。确已登录成功，仍要保存吗？",
        "No login was recognised. Save it anyway?",
    )
    return typer.confirm(t(*words), default=False)


def has_display() -> bool:
    return sys.platform == "darwin" or SETTINGS.display
