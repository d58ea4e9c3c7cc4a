"""Sessions, passwords and tokens at the desk: guesses are counted, what is over stays over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from storage.audit import lines
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import read, write
from storage.login_tries import PER_LOGIN, Origin
from storage.logins import log_in, session_of
from storage.models_desk import desk_sessions
from storage.tokens import create_token, holder_of
from storage.users import disable_user, reset_password
from tests.desk_site import PASSWORD, Browser, make_desk, staff
from tests.makers import flagged, post, sight

HERE = Origin(address="10.0.0.9")
NEW = "新密码-heron-2291"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def change(browser: Browser, old: str, new: str = NEW) -> int:
    browser.get("/password")
    return browser.post("/password", {"old": old, "new": new, "again": new}).status_code


def test_the_own_password_is_guessed_five_times_at_most_and_each_guess_is_in_the_audit(
    desk,
) -> None:
    browser = Browser(desk).log_in("wang")
    for n in range(PER_LOGIN + 3):
        assert change(browser, f"falsch-{n}-geraten") == 409
    assert change(browser, PASSWORD) == 409, "even the right one waits"
    acts = [line.act for line in lines(desk.engine)]
    assert acts.count("password.failed") == PER_LOGIN


def test_the_right_own_password_is_changed_and_ends_the_other_sessions(desk) -> None:
    browser, other = Browser(desk).log_in("wang"), Browser(desk).log_in("wang")
    assert change(browser, PASSWORD) == 303
    assert browser.get("/queue").status_code == 200
    assert other.get("/queue").status_code == 303


def test_of_many_guesses_at_the_same_moment_no_more_than_the_limit_are_compared(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(
        "storage.logins.fits", lambda hashed, password: bool(compared.append(password))
    )

    def guess(n: int) -> None:
        with pytest.raises(Problem):
            log_in(desk.engine, "wang", f"guess {n}", HERE)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(guess, range(40)))
    assert len(compared) == PER_LOGIN


def test_a_second_login_of_the_same_browser_ends_its_first_session(desk) -> None:
    browser = Browser(desk).log_in("wang")
    first = dict(browser.cookies)["desk"]
    browser.log_in("li")
    assert session_of(desk.engine, first) is None
    assert browser.get("/queue").status_code == 200


def test_what_an_open_page_asks_by_itself_keeps_no_session_alive(desk) -> None:
    sight(desk.engine, flagged(post("http://a.example/")))
    browser = Browser(desk).log_in("wang")
    browser.get("/cases/1")
    before = utc_now() - timedelta(minutes=50)
    for method, path in (
        ("POST", "/cases/1/claim"),
        ("POST", "/bulk/1/claim"),
        ("GET", "/exports/1/state"),
    ):
        with write(desk.engine) as connection:
            connection.execute(update(desk_sessions).values(seen_at=before))
        browser.send(method, path, data={"csrf": browser.csrf} if method == "POST" else None)
        with read(desk.engine) as connection:
            seen = connection.execute(select(desk_sessions.c.seen_at)).scalar_one()
        assert seen < utc_now() - timedelta(minutes=49), path
    browser.get("/cases/1")
    with read(desk.engine) as connection:
        seen = connection.execute(select(desk_sessions.c.seen_at)).scalar_one()
    assert seen > utc_now() - timedelta(minutes=1), "a person who looks at a case is there"


def test_tokens_of_an_account_that_was_disabled_stay_dead_when_it_is_enabled_again(desk) -> None:
    token = create_token(desk.engine, "wang", "网关", ["read"], "admin")
    assert holder_of(desk.engine, token) is not None
    disable_user(desk.engine, "wang", "admin")
    reset_password(desk.engine, "wang", "admin")
    assert holder_of(desk.engine, token) is None


def test_a_login_with_signs_that_nothing_keeps_is_a_wrong_login_and_no_error_of_ours(desk) -> None:
    browser = Browser(desk)
    typed = json.dumps([["note", "\ud800"]])
    answer = browser.post("/login", {"login": "a\x00b", "password": "x", "typed": typed})
    assert answer.status_code == 401
    good = browser.post("/login", {"login": "wang", "password": PASSWORD, "typed": typed})
    assert good.status_code == 303
