"""Logins: kept encrypted for one office, read by sweeps, their end told."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import sync_playwright

from commands.login import window_args
from crawler.browser_args import browser_args
from crawler.chromium import find_chromium
from crawler.guard import Guard
from crawler.proxy_thread import ProxyThread
from door.logins import (
    LoginPlace,
    Window,
    logged_in,
    login_places,
    states_for,
    visible_browser,
    watched,
)
from door.secret import KEY_FILE, keeping_store, sessions_of
from door.settings import read_settings
from storage.bilingual import Problem
from storage.sessions import Session, SessionStore
from storage.sources import health
from tests.loopback import Answer, Site
from tests.makers import NOON

COOKIE = {"name": "SUB", "value": "geheim", "domain": ".weibo.com", "path": "/", "expires": -1}
SECRET = b"a secret of sixteen"


def session(source: str = "weibo", **cookie: object) -> Session:
    state = {"cookies": [COOKIE | cookie], "origins": []}
    return Session(source=source, saved_at=NOON, saved_by="操作员", state=state)


@pytest.fixture
def store(tmp_path):
    return SessionStore(tmp_path / "logins", SECRET)


def test_what_was_kept_is_read_again(store):
    store.save(session())
    assert store.load("weibo") == session()
    assert store.names() == ["weibo"]


def test_nothing_of_it_stands_in_the_file_in_clear(store):
    data = store.save(session()).read_bytes()
    assert b"geheim" not in data
    assert b"SUB" not in data


def test_the_file_is_its_owners_alone(store):
    path = store.save(session())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", [0, 20, 40, -1])
def test_a_changed_file_is_refused(store, place):
    path = store.save(session())
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Problem) as caught:
        store.load("weibo")
    assert "certsweep login weibo" in caught.value.text.zh


@pytest.mark.parametrize("cut", [0, 10, 30, 50])
def test_half_a_file_is_refused(store, cut):
    path = store.save(session())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Problem):
        store.load("weibo")


def test_another_offices_secret_opens_nothing(store, tmp_path):
    store.save(session())
    with pytest.raises(Problem):
        SessionStore(tmp_path / "logins", b"another secret here").load("weibo")


def test_one_sources_login_cannot_pass_for_anothers(store):
    path = store.save(session())
    path.rename(path.with_name("douyin.login"))
    with pytest.raises(Problem):
        store.load("douyin")


def test_a_login_thrown_away_is_gone(store):
    store.save(session())
    assert store.forget("weibo")
    assert store.load("weibo") is None
    assert not store.forget("weibo")


@pytest.mark.parametrize(
    ("expires", "names", "over"),
    [
        (-1, ("SUB",), False),
        (NOON.timestamp() - 1, ("SUB",), True),
        (NOON.timestamp() + 60, ("SUB",), False),
        (NOON.timestamp() - 1, ("other",), False),
        (NOON.timestamp() - 1, (), False),
    ],
)
def test_a_login_ends_with_its_cookies(expires, names, over):
    assert session(expires=expires).ended(names, NOON) is over


def settings(tmp_path, **env):
    return read_settings({"CERTSWEEP_HOME": str(tmp_path), **env})


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path):
    ours = settings(tmp_path)
    assert sessions_of(ours) is None
    keeping_store(ours).save(session())
    key = tmp_path / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert keeping_store(ours).load("weibo") == session()
    assert key.read_bytes() == before


def test_a_key_file_that_others_can_read_is_not_used(tmp_path):
    keeping_store(settings(tmp_path))
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(Problem) as caught:
        sessions_of(settings(tmp_path))
    assert "chmod 600" in caught.value.text.zh


def test_a_secret_of_the_environment_needs_no_file(tmp_path):
    ours = settings(tmp_path, CERTSWEEP_SECRET="langes Geheimnis des Amtes")
    sessions_of(ours).save(session())
    assert not (tmp_path / KEY_FILE).exists()
    with pytest.raises(Problem):
        sessions_of(settings(tmp_path, CERTSWEEP_SECRET="kurz"))


def test_a_sweep_takes_the_logins_of_its_sources_and_tells_those_that_ended(engine, store):
    past = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    store.save(session())
    store.save(session("bilibili", name="SESSDATA", expires=past))
    store.save(session("zhihu"))
    found = states_for(store, {"weibo", "bilibili"}, engine)
    assert set(found) == {"weibo"}
    assert {name: one.state for name, one in health(engine).items()} == {"bilibili": "expired"}


def test_a_login_that_cannot_be_opened_rests_its_source(engine, store):
    store.save(session()).write_bytes(b"nonsense")
    assert states_for(store, {"weibo"}, engine) == {}
    assert health(engine)["weibo"].state == "expired"


def test_every_place_to_log_in_is_a_page_over_tls():
    assert login_places()
    assert all(place.page.startswith("https://") for place in login_places().values())


def test_without_a_desktop_or_a_window_it_says_what_to_do():
    with pytest.raises(Problem) as caught:
        visible_browser("/usr/bin/env", display=False)
    assert "桌面" in caught.value.text.zh
    with pytest.raises(Problem):
        visible_browser("/nonexistent", display=False)


# ---- the window, without a desktop: a page that logs in by itself stands for the operator


def window(port: int) -> Window:
    rules = f"--host-resolver-rules=MAP *.test 127.0.0.1:{port}"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    args = (rules, "--disable-gpu", *sandbox)
    return Window(program=find_chromium(""), args=args, headless=True)


def login_page(script: str) -> dict[str, Answer]:
    html = f"<title>登录</title><script>{script}</script>"
    return {"login.test/": Answer(html.encode(), headers={"Content-Type": "text/html"})}


PLACE = LoginPlace(page="http://login.test/", cookies=("who",))


def test_a_login_is_recognised_by_its_cookie():
    with Site(login_page("setTimeout(() => { document.cookie = 'who=office' }, 300)")) as site:
        held = logged_in(PLACE, window(site.port), 30)
    assert [(one["name"], one["value"]) for one in held.state["cookies"]] == [("who", "office")]
    assert held.known
    assert json.dumps(held.state)


def test_when_the_time_is_up_nothing_is_kept():
    with Site(login_page("document.cookie = 'guest=1'")) as site, pytest.raises(Problem) as caught:
        logged_in(PLACE, window(site.port), 2)
    assert "没有完成登录" in caught.value.text.zh


@pytest.mark.parametrize("cookies", [(), ("renamed",)])
def test_a_closed_window_ends_it_and_says_that_no_login_was_recognised(cookies):
    waiting = "document.cookie = 'guest=1'; setTimeout(() => console.log('bye'), 2500)"
    with Site(login_page(waiting)) as site, sync_playwright() as playwright:
        how = window(site.port)
        browser = playwright.chromium.launch(executable_path=how.program, args=list(how.args))
        context = browser.new_context()
        page = context.new_page()
        page.on("console", lambda _message: page.close())
        held = watched(context, page, replace(PLACE, cookies=cookies), 30)
        browser.close()
    assert held.state["cookies"][0]["name"] == "guest"
    assert not held.known


def test_nobody_there_is_said():
    nowhere = LoginPlace(page="http://nobody.invalid/", cookies=("who",))
    with pytest.raises(Problem) as caught:
        logged_in(nowhere, window(1), 20)
    assert "打不开登录页" in caught.value.text.zh


# ---- a real window on a screen of its own, where Xvfb and a whole browser are there


@pytest.fixture
def screen(monkeypatch):
    """A display of its own; the number is what Xvfb finds free."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb here: the login window is not shown")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start here: the login window is not shown")
        monkeypatch.setenv("DISPLAY", f":{number}")
        yield number
    finally:
        server.terminate()
        server.wait(30)


def real_window(port: int) -> Window:
    try:
        program = visible_browser("", display=True)
    except Problem:
        pytest.skip("no browser with a window here")
    return replace(window(port), program=program, headless=False)


def test_an_operators_login_in_a_real_window_behind_the_guard_is_kept(screen):
    form = "<form method=post action=/in><input name=who></form>"
    submit = "setTimeout(() => document.forms[0].submit(), 500)"
    pages = {
        "login.test/": Answer(f"{form}<script>{submit}</script>".encode()),
        "login.test/in": Answer(b"<p>welcome</p>", headers={"Set-Cookie": "who=office; Path=/"}),
    }
    with (
        Site(pages) as site,
        ProxyThread(Guard(routes={"*.test": f"127.0.0.1:{site.port}"})) as proxy,
    ):
        args = window_args(browser_args(proxy.port, root=os.geteuid() == 0))
        held = logged_in(PLACE, replace(real_window(site.port), args=tuple(args)), 60)
    assert held.known
    assert [one["value"] for one in held.state["cookies"]] == ["office"]


def test_the_window_has_its_scrollbars():
    assert "--hide-scrollbars" not in window_args(browser_args(1, root=False))
