"""Who comes in, how long they stay, and what they may do."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from console.people import cookie_name
from console.roles import Act, Forbidden, demand, may
from storage.audit import lines
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import read, write
from storage.login_tries import PER_LOGIN, Origin
from storage.logins import log_in, session_of
from storage.models_desk import desk_sessions, login_attempts, users
from storage.users import (
    Role,
    add_user,
    change_password,
    disable_user,
    first_admin,
    get_user,
    reset_password,
    set_roles,
)
from tests.desk_site import PASSWORD, Browser, make_desk, staff

HERE = Origin(address="10.0.0.1")


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def test_the_first_start_makes_one_admin_whose_password_must_be_changed(
    engine: Engine, tmp_path: Path
) -> None:
    password = first_admin(engine)
    assert password
    assert first_admin(engine) is None
    browser = Browser(make_desk(engine, tmp_path))
    assert browser.post("/login", {"login": "admin", "password": password}).status_code == 303
    assert browser.get("/queue").headers["location"] == "/password"
    browser.get("/password")
    weak = {"old": password, "new": "admin-admin-1", "again": "admin-admin-1"}
    assert browser.post("/password", weak).status_code == 409
    strong = {"old": password, "new": PASSWORD, "again": PASSWORD}
    onward = browser.post("/password", strong).headers["location"]
    assert onward == "/queue?said=password"
    assert "密码已改" in browser.get(onward).text
    assert browser.get("/queue").status_code == 200


def test_nothing_is_shown_to_nobody(desk) -> None:
    browser = Browser(desk)
    for path in ("/queue", "/cases/1", "/keys", "/cases/1/pictures/" + "0" * 64):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")


def test_the_database_holds_no_password_and_no_token(desk) -> None:
    browser = Browser(desk).log_in("wang")
    token = browser.cookies[cookie_name(desk)]
    with read(desk.engine) as connection:
        row = connection.execute(select(desk_sessions)).one()
        kept = connection.execute(select(users.c.password_hash)).scalars().all()
    assert row.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert all(one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in kept)


def test_the_cookie_cannot_be_read_by_scripts_and_is_bound_to_https_where_there_is_https(
    engine: Engine, tmp_path: Path
) -> None:
    staff(engine)
    for origin, wanted in (
        ("http://127.0.0.1:8300", "desk="),
        ("https://desk.example", "__Host-desk="),
    ):
        browser = Browser(make_desk(engine, tmp_path, origin=origin))
        answer = browser.post("/login", {"login": "wang", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(wanted)
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert ("Secure" in cookie) == origin.startswith("https")
        assert ("strict-transport-security" in answer.headers) == origin.startswith("https")


def test_an_unknown_account_and_a_wrong_password_are_told_alike(desk) -> None:
    browser = Browser(desk)
    answers = [
        browser.post("/login", {"login": login, "password": "falsch"}).text.replace(login, "")
        for login in ("wang", "nobody")
    ]
    assert answers[0] == answers[1]


def test_after_some_failures_an_account_waits_there_even_for_the_right_password(desk) -> None:
    for _ in range(PER_LOGIN):
        with pytest.raises(Problem, match="wrong"):
            log_in(desk.engine, "wang", "falsch", HERE)
    with pytest.raises(Problem, match="Too many"):
        log_in(desk.engine, "Wang ", PASSWORD, HERE)
    assert log_in(desk.engine, "li", PASSWORD, HERE)
    with write(desk.engine) as connection:
        earlier = utc_now() - timedelta(minutes=16)
        connection.execute(update(login_attempts).values(at=earlier))
    assert log_in(desk.engine, "wang", PASSWORD, HERE)


def test_a_success_wipes_the_slate_of_its_account(desk) -> None:
    for _ in range(3):
        for _ in range(PER_LOGIN - 1):
            with pytest.raises(Problem, match="wrong"):
                log_in(desk.engine, "wang", "falsch", HERE)
        assert log_in(desk.engine, "wang", PASSWORD, HERE)


@pytest.mark.parametrize(
    ("column", "ago"), [("seen_at", timedelta(minutes=61)), ("ends_at", timedelta(seconds=1))]
)
def test_a_session_ends_when_it_idles_and_when_its_day_is_over(desk, column, ago) -> None:
    token = log_in(desk.engine, "wang", PASSWORD, HERE)
    assert session_of(desk.engine, token)
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values({column: utc_now() - ago}))
    assert session_of(desk.engine, token) is None


@pytest.mark.parametrize("act", [disable_user, reset_password])
def test_disabling_or_resetting_ends_every_session_at_once(desk, act) -> None:
    token = log_in(desk.engine, "wang", PASSWORD, HERE)
    act(desk.engine, "wang", "admin")
    assert session_of(desk.engine, token) is None
    with pytest.raises(Problem, match="wrong"):
        log_in(desk.engine, "wang", PASSWORD, HERE)


def test_logging_out_ends_the_session_on_the_server(desk) -> None:
    browser = Browser(desk).log_in("wang")
    kept = dict(browser.cookies)
    browser.post("/logout")
    browser.cookies = kept
    assert browser.get("/queue").status_code == 303


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(desk) -> None:
    other = Browser(desk).log_in("wang")
    browser = Browser(desk).log_in("wang")
    browser.get("/password")
    new = {"old": PASSWORD, "new": "another-long-phrase", "again": "another-long-phrase"}
    assert browser.post("/password", new).status_code == 303
    assert browser.get("/queue").status_code == 200
    assert other.get("/queue").status_code == 303


@pytest.mark.parametrize(
    "new", ["short", "x" * 201, "aaaaaaaaaaaa", "password1234", "my-wang-is-here", PASSWORD]
)
def test_a_password_that_would_be_guessed_first_is_refused(desk, new) -> None:
    with pytest.raises(Problem, match="not changed"):
        change_password(desk.engine, get_user(desk.engine, "wang"), PASSWORD, new)


def test_the_last_administrator_cannot_be_taken_away(desk) -> None:
    for act in (
        lambda: disable_user(desk.engine, "admin", "admin"),
        lambda: set_roles(desk.engine, "admin", [Role.REVIEWER], "certsweep"),
    ):
        with pytest.raises(Problem, match="last administrator"):
            act()
    assert Role.ADMIN in get_user(desk.engine, "admin").roles


def test_two_spellings_of_an_account_are_one(desk) -> None:
    with pytest.raises(Problem, match="exists already"):
        add_user(desk.engine, " ＷＡＮＧ", "", [Role.REVIEWER], "admin")


# --- changes come from our own pages only ---------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "http://evil.example"},
        {"sec-fetch-site": "", "origin": "null"},
        {"sec-fetch-site": ""},
    ],
)
def test_a_form_from_elsewhere_is_refused_whatever_token_it_brings(desk, headers) -> None:
    browser = Browser(desk).log_in("wang")
    assert browser.post("/queue/next", headers=headers).status_code == 403
    assert browser.post("/login", {"login": "wang"}, headers=headers).status_code == 403


def test_an_older_browser_is_known_by_its_origin(desk) -> None:
    browser = Browser(desk).log_in("wang")
    headers = {"sec-fetch-site": "", "origin": desk.origin}
    assert browser.post("/queue/next", headers=headers).status_code == 303


def test_a_form_without_its_token_or_with_that_of_another_session_writes_nothing(desk) -> None:
    browser, other = Browser(desk).log_in("wang"), Browser(desk).log_in("li")
    for token in ("", "0" * 64, other.csrf):
        answer = browser.post("/queue/next", {"csrf": token})
        assert answer.status_code == 403
        assert "没有写入" in answer.text


def test_a_name_that_merely_points_to_the_desk_is_sent_to_its_address(desk) -> None:
    browser = Browser(desk).log_in("wang")
    answer = browser.get("/queue", headers={"host": "rebound.example"})
    assert answer.headers["location"] == f"{desk.origin}/queue"
    assert browser.post("/queue/next", headers={"host": "rebound.example"}).status_code == 421


@pytest.mark.parametrize("back", ["//evil.example", "http://evil.example/", "/\\evil.example", "x"])
def test_a_login_leads_to_no_other_site(desk, back) -> None:
    browser = Browser(desk)
    form = {"login": "wang", "password": PASSWORD, "back": back}
    assert browser.post("/login", form).headers["location"] == "/queue"


# --- roles ----------------------------------------------------------------------------------------


def test_each_role_may_what_the_table_says_and_an_admin_decides_nothing(desk) -> None:
    user = {login: get_user(desk.engine, login) for login in ("wang", "zhao", "admin", "sun")}
    assert may(user["wang"], Act.DECIDE)
    assert not may(user["wang"], Act.SECOND)
    assert may(user["zhao"], Act.SECOND)
    assert not any(may(user["admin"], act) for act in (Act.DECIDE, Act.SECOND, Act.UNMASK))
    assert not may(user["sun"], Act.UNMASK)
    with pytest.raises(Forbidden, match="reviewer"):
        demand(user["sun"], Act.DECIDE)


def test_whoever_still_has_a_given_password_may_nothing(desk) -> None:
    add_user(desk.engine, "neu", "", list(Role), "admin")
    user = get_user(desk.engine, "neu")
    assert not any(may(user, act) for act in Act)


def test_every_login_and_failure_is_in_the_audit(desk) -> None:
    browser = Browser(desk, address="10.1.2.3")
    browser.post("/login", {"login": "wang", "password": "falsch"})
    browser.log_in("wang")
    browser.post("/logout")
    acts = [(line.act, line.actor) for line in lines(desk.engine) if line.act != "user.add"]
    assert acts == [("login.failed", "wang"), ("login", "wang"), ("logout", "wang")]
