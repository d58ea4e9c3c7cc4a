"""Failed logins: guessing is slow, and nobody keeps another one out by it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, update

from commands.users import app
from console.app import create_app
from storage import hashing
from storage.audit import lines
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import write
from storage.login_tries import (
    KNOWN,
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_LOGIN,
    SLOWLY,
    WINDOW,
    Origin,
)
from storage.logins import log_in
from storage.models_desk import desk_sessions, login_attempts
from storage.tokens import create_token, holder_of
from storage.users import change_password, get_user, reset_password, unlock_user
from tests.desk_site import PASSWORD, Browser, make_desk, staff

HERE, STREET = Origin(address="10.0.0.9"), Origin(address="203.0.113.7")
WRONG = "falsch geraten"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    return make_desk(engine, tmp_path)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords are told without the time that a comparison takes."""
    compare = hashing.fits
    monkeypatch.setattr(
        "storage.logins.fits", lambda kept, said: said != WRONG and compare(kept, said)
    )


def fail(engine: Engine, login: str, origin: Origin, times: int = PER_LOGIN) -> None:
    for _ in range(times):
        with pytest.raises(Problem, match="wrong"):
            log_in(engine, login, WRONG, origin)


def refused(engine: Engine, login: str, origin: Origin, password: str = PASSWORD) -> str:
    with pytest.raises(Problem) as caught:
        log_in(engine, login, password, origin)
    return caught.value.text.zh


@pytest.mark.usefixtures("quick")
def test_what_a_stranger_does_elsewhere_keeps_nobody_out_who_was_in_before(desk: Any) -> None:
    log_in(desk.engine, "wang", PASSWORD, HERE)
    for n in range(PER_ACCOUNT):
        fail(desk.engine, "wang", Origin(address=f"203.0.113.{n}"), 1)
    assert "次数太多" in refused(desk.engine, "wang", STREET), "a stranger's place waits"
    assert log_in(desk.engine, "wang", PASSWORD, HERE)


@pytest.mark.usefixtures("quick")
def test_one_place_guesses_five_times_and_another_is_not_held_up(desk: Any) -> None:
    fail(desk.engine, "wang", STREET)
    assert "请管理员重置密码" in refused(desk.engine, "wang", STREET)
    assert log_in(desk.engine, "wang", PASSWORD, HERE)
    assert "次数太多" in refused(desk.engine, "wang", STREET), "nor let in by a success elsewhere"


@pytest.mark.usefixtures("quick")
def test_a_browser_that_was_in_before_gets_in_beside_a_guesser_at_the_same_address(
    desk: Any,
) -> None:
    own = Browser(desk, HERE.address).log_in("wang")
    own.post("/logout")
    fail(desk.engine, "wang", HERE)
    assert "次数太多" in refused(desk.engine, "wang", HERE)
    own.log_in("wang")


def test_the_cookie_of_one_account_opens_nothing_for_another(desk: Any) -> None:
    browser = Browser(desk, HERE.address).log_in("li")
    for _ in range(PER_LOGIN):
        assert browser.post("/login", {"login": "wang", "password": WRONG}).status_code == 401
    answer = browser.post("/login", {"login": "wang", "password": PASSWORD})
    assert (answer.status_code, "次数太多" in answer.text) == (401, True)


@pytest.mark.usefixtures("quick")
def test_a_reset_by_an_administrator_lifts_the_wait_and_no_count_keeps_its_password_out(
    desk: Any,
) -> None:
    fail(desk.engine, "wang", HERE)
    once = reset_password(desk.engine, "wang", "admin")
    fail(desk.engine, "wang", HERE)
    assert "次数太多" in refused(desk.engine, "wang", HERE, WRONG)
    for n in range(PER_ACCOUNT):
        Browser(desk, f"203.0.113.{n}").post("/login", {"login": "wang", "password": WRONG})
    assert log_in(desk.engine, "wang", once, HERE)


@pytest.mark.usefixtures("quick")
def test_a_wrong_try_does_not_tell_who_has_a_one_time_password(desk: Any) -> None:
    reset_password(desk.engine, "wang", "admin")
    told = []
    for login in ("wang", "li", "nobody"):
        fail(desk.engine, login, STREET)
        told.append(refused(desk.engine, login, STREET, WRONG))
    assert len(set(told)) == 1


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.usefixtures("quick")
def test_an_account_with_a_one_time_password_does_not_fill_the_line(
    desk: Any, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if known:  # an address it was in from, where strangers' counts do not hold
        log_in(desk.engine, "wang", PASSWORD, HERE)
    once, compared = reset_password(desk.engine, "wang", "admin"), []
    monkeypatch.setattr(
        "storage.logins.fits", lambda kept, said: (compared.append(said), said == once)[1]
    )
    for _ in range(PER_ADDRESS + 9):
        refused(desk.engine, "wang", HERE, WRONG)
    assert len(compared) == PER_ADDRESS
    assert "秒后再试" in refused(desk.engine, "wang", HERE, once)
    with write(desk.engine) as connection:  # a little later
        connection.execute(update(login_attempts).values(at=utc_now() - SLOWLY))
    assert log_in(desk.engine, "wang", once, HERE)


@pytest.mark.usefixtures("quick")
def test_what_was_lifted_stays_lifted_when_the_password_is_ones_own_again(desk: Any) -> None:
    fail(desk.engine, "wang", STREET)
    once = reset_password(desk.engine, "wang", "admin")
    change_password(desk.engine, get_user(desk.engine, "wang"), once, "新密码-heron-2291")
    assert log_in(desk.engine, "wang", "新密码-heron-2291", STREET)


@pytest.mark.usefixtures("quick")
def test_unlocking_lifts_the_wait_and_leaves_the_password(desk: Any) -> None:
    fail(desk.engine, "admin", HERE)
    assert "次数太多" in refused(desk.engine, "admin", HERE)
    unlock_user(desk.engine, "Admin", "cli:root")
    assert log_in(desk.engine, "admin", PASSWORD, HERE)
    assert "user.unlock" in [line.act for line in lines(desk.engine)]
    assert "unlock" in {command.name for command in app.registered_commands}
    with pytest.raises(Problem, match="no account"):
        unlock_user(desk.engine, "nobody", "cli:root")


@pytest.mark.usefixtures("quick")
def test_unlocking_does_not_switch_the_limits_off(desk: Any) -> None:
    streets = (Origin(address=f"2001:db8::{n:x}") for n in range(3 * PER_ACCOUNT))
    for _ in range(PER_ACCOUNT):
        fail(desk.engine, "admin", next(streets), 1)
    assert "次数太多" in refused(desk.engine, "admin", HERE)
    unlock_user(desk.engine, "admin", "cli:root")
    for _ in range(PER_ACCOUNT):
        fail(desk.engine, "admin", next(streets), 1)
    assert "次数太多" in refused(desk.engine, "admin", next(streets))


@pytest.mark.usefixtures("quick")
def test_unlocking_lifts_the_slowness_of_an_address_until_it_fails_again(desk: Any) -> None:
    for n in range(PER_ADDRESS):
        fail(desk.engine, f"ghost{n}", HERE, 1)
    assert "秒后再试" in refused(desk.engine, "li", HERE)
    unlock_user(desk.engine, "li", "cli:root")
    for n in range(PER_ADDRESS):
        fail(desk.engine, f"spook{n}", Origin(address="10.0.0.10"), 1)
    assert "秒后再试" in refused(desk.engine, "li", Origin(address="10.0.0.10"))
    assert log_in(desk.engine, "li", PASSWORD, HERE)


@pytest.mark.usefixtures("quick")
def test_many_failures_at_one_address_slow_strangers_and_stop_nobody(desk: Any) -> None:
    log_in(desk.engine, "wang", PASSWORD, HERE)
    for n in range(PER_ADDRESS):
        fail(desk.engine, f"ghost{n}", HERE, 1)
    assert log_in(desk.engine, "wang", PASSWORD, HERE)
    told = refused(desk.engine, "li", HERE)
    assert "秒后再试" in told
    assert "重置密码" not in told, "a reset would not help"
    with write(desk.engine) as connection:  # a while later
        earlier = utc_now() - SLOWLY
        connection.execute(update(login_attempts).values(at=earlier))
    assert log_in(desk.engine, "li", PASSWORD, HERE)


@pytest.mark.usefixtures("quick")
def test_an_account_that_was_last_in_long_ago_is_a_stranger_again(desk: Any) -> None:
    log_in(desk.engine, "wang", PASSWORD, HERE)
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(opened_at=utc_now() - KNOWN))
    for n in range(PER_ADDRESS):
        fail(desk.engine, f"ghost{n}", HERE, 1)
    assert "秒后再试" in refused(desk.engine, "wang", HERE)


@pytest.mark.usefixtures("quick")
def test_the_wait_is_over_after_its_time(desk: Any) -> None:
    fail(desk.engine, "wang", HERE)
    with write(desk.engine) as connection:
        connection.execute(update(login_attempts).values(at=utc_now() - WINDOW))
    assert log_in(desk.engine, "wang", PASSWORD, HERE)


def test_a_reset_ends_the_tokens_of_whoever_may_have_had_the_old_password(desk: Any) -> None:
    token = create_token(desk.engine, "wang", "测试", ["read"], "admin")
    assert holder_of(desk.engine, token)
    reset_password(desk.engine, "wang", "admin")
    assert holder_of(desk.engine, token) is None
    assert get_user(desk.engine, "wang").must_change


def test_guesses_at_an_open_screen_do_not_keep_its_owner_out_elsewhere(desk: Any) -> None:
    screen = Browser(desk, HERE.address).log_in("wang")
    screen.get("/password")
    new = "新密码-heron-2291"
    for _ in range(PER_LOGIN + 1):
        form = {"old": WRONG, "new": new, "again": new}
        assert screen.post("/password", form).status_code == 409
    assert log_in(desk.engine, "wang", PASSWORD, HERE)


def test_right_logins_at_the_same_moment_all_get_in(desk: Any) -> None:
    form = {"login": "wang", "password": PASSWORD}
    headers = {"sec-fetch-site": "same-origin"}

    async def crowd() -> list[int]:
        """One desk has one event loop."""
        transport = httpx.ASGITransport(create_app(desk), client=(HERE.address, 1))

        async def one() -> int:
            async with httpx.AsyncClient(transport=transport, base_url=desk.origin) as client:
                return (await client.post("/login", data=form, headers=headers)).status_code

        return await asyncio.gather(*(one() for _ in range(8)))

    assert Counter(asyncio.run(crowd())) == {303: 8}


def test_no_more_than_a_few_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    class Slow:
        def verify(self, _hash: str, _password: str) -> bool:
            nonlocal running, most
            with guard:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.02)
            with guard:
                running -= 1
            return True

    monkeypatch.setattr(hashing, "HASHER", Slow())
    with ThreadPoolExecutor(30) as pool:
        assert all(pool.map(lambda _: hashing.fits("kept", "said"), range(60)))
    assert most <= hashing.AT_ONCE <= 4


def test_a_database_that_is_away_is_nobodys_wrong_password(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> str:
        raise Problem("数据库正忙", "The database is busy") from OSError("disk full")

    monkeypatch.setattr("console.pages.session.log_in", away)
    answer = Browser(desk).post("/login", {"login": "wang", "password": PASSWORD})
    assert (answer.status_code, "数据库正忙" in answer.text) == (503, True)
