"""One's own password by the API: in a session, with the present one, and by no token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from storage.audit import lines
from storage.bilingual import Problem
from storage.login_tries import PER_LOGIN, Origin
from storage.logins import log_in
from storage.users import reset_password
from tests.api_program import Person, Program
from tests.desk_server import served
from tests.desk_site import PASSWORD, Browser, staff

NEW = "新密码-heron-2291"
RIGHT = {"old": PASSWORD, "new": NEW}
WRONG = {"old": "falsch geraten", "new": NEW}


@pytest.fixture
def kind() -> str:
    """The rules are storage's, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    with served(engine, tmp_path) as running:
        yield running


def opens(desk: Desk, password: str) -> bool:
    try:
        return bool(log_in(desk.engine, "wang", password, Origin(address="10.0.0.7")))
    except Problem:
        return False


def test_whoever_is_logged_in_changes_it_and_their_other_sessions_end(desk: Desk) -> None:
    wang, other = Person(desk, "wang"), Person(desk, "wang")
    assert wang.ask("POST", "/password", RIGHT).status_code == 204
    assert wang.get("/session")["login"] == "wang"
    assert other.refused("GET", "/session") == 401
    assert (opens(desk, NEW), opens(desk, PASSWORD)) == (True, False)
    assert "user.password" in [line.act for line in lines(desk.engine)]


@pytest.mark.parametrize("scopes", [None, ["people"]])
def test_no_token_changes_one_whatever_it_knows(desk: Desk, scopes: list[str] | None) -> None:
    assert Program(desk, "wang", scopes).refused("POST", "/password", RIGHT) == 403
    both = Person(desk, "wang")
    both.headers |= Program(desk, "wang").headers
    assert both.refused("POST", "/password", RIGHT) == 403, "beside a session neither"
    assert opens(desk, PASSWORD)


def test_guesses_at_the_present_one_are_counted_and_a_weak_new_one_is_none(desk: Desk) -> None:
    wang = Person(desk, "wang")
    assert wang.refused("POST", "/password", {"old": PASSWORD, "new": "kurz"}) == 409
    for _ in range(PER_LOGIN):
        assert wang.refused("POST", "/password", WRONG) == 409
    assert wang.refused("POST", "/password", RIGHT) == 409, "even the right one waits"
    acts = [line.act for line in lines(desk.engine)]
    assert acts.count("password.failed") == PER_LOGIN
    assert opens(desk, PASSWORD)
    for wrong in ({}, {"old": PASSWORD}, {**RIGHT, "new": "x" * 10_000}, {**RIGHT, "login": "li"}):
        assert wang.refused("POST", "/password", wrong) == 422
    wang.headers.pop("x-csrf-token")
    assert wang.refused("POST", "/password", RIGHT) == 401, "a cookie alone opens nothing"


def test_a_one_time_password_is_changed_so_and_opens_the_desk(desk: Desk) -> None:
    once = reset_password(desk.engine, "wang", "admin")
    wang = Person(desk, "wang", once)
    assert wang.refused("GET", "/queue") == 403
    assert wang.ask("POST", "/password", {"old": once, "new": NEW}).status_code == 204
    assert Browser(desk).log_in("wang", NEW).get("/queue").status_code == 200
