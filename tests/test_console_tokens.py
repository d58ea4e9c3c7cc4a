"""A person's tokens on a page: what they are, an end to each, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from storage.audit import lines
from storage.columns import utc_now
from storage.database import write
from storage.models_api import api_tokens
from storage.tokens import create_token, holder_of, tokens_of
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import Browser, make_desk, staff
from tests.test_console_browser import serious


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    return make_desk(engine, tmp_path)


def rows(page: str) -> list[str]:
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_a_person_sees_what_for_which_scopes_by_whom_used_and_until_when(desk: Any) -> None:
    token = create_token(desk.engine, "wang", "夜间统计", ["read", "sign"], "admin", 30)
    create_token(desk.engine, "wang", "旧的", ["decide"], "admin")
    create_token(desk.engine, "li", "李的", ["read"], "admin")
    assert holder_of(desk.engine, token), "used just now"
    with write(desk.engine) as connection:
        over = {"expires_at": utc_now() - timedelta(days=1)}
        connection.execute(update(api_tokens).where(api_tokens.c.name == "旧的").values(over))
    page = Browser(desk).log_in("wang").get("/tokens").text
    first, second = rows(page)
    assert first.startswith("夜间统计 查看 角色不允许：签发")
    assert "admin" in first
    assert "从未用过" not in first
    assert first.endswith("收回")
    assert second.startswith("旧的 判定案件")
    assert "从未用过" in second
    assert second.endswith("已过期")
    assert "李的" not in page
    assert token not in page


def test_one_that_is_revoked_opens_nothing_more_and_the_audit_says_so(desk: Any) -> None:
    token = create_token(desk.engine, "wang", "夜间统计", ["read"], "admin")
    browser = Browser(desk).log_in("wang")
    browser.get("/tokens")
    answer = browser.post("/tokens/1/revoke")
    page = browser.get(answer.headers["location"]).text
    assert "令牌已收回，用它的程序" in page
    assert "已收回" in rows(page)[0]
    assert holder_of(desk.engine, token) is None
    newest = list(lines(desk.engine))[-1]
    assert (newest.actor, newest.act, '"token":1' in newest.detail) == (
        "wang", "token.revoke", True,
    )  # fmt: skip
    again = browser.post("/tokens/1/revoke")
    assert (again.status_code, "先前已收回，没有改动" in again.text) == (409, True)


@pytest.mark.parametrize("login", ["li", "admin"])
def test_nobody_ends_anothers_by_this_page(desk: Any, login: str) -> None:
    token = create_token(desk.engine, "wang", "夜间统计", ["read"], "admin")
    browser = Browser(desk).log_in(login)
    browser.get("/tokens")
    for number in (1, 99):
        assert browser.post(f"/tokens/{number}/revoke").status_code == 404
    assert holder_of(desk.engine, token)


def test_who_keeps_the_accounts_sees_and_ends_them_on_the_page_of_the_account(desk: Any) -> None:
    token = create_token(desk.engine, "wang", "夜间统计", ["read"], "admin")
    create_token(desk.engine, "li", "李的", ["read"], "admin")
    admin = Browser(desk).log_in("admin")
    page = admin.get("/users/wang").text
    assert "夜间统计" in page
    assert "李的" not in page
    assert admin.post("/users/wang/tokens/2/revoke").status_code == 404, "another account's"
    answer = admin.post("/users/wang/tokens/1/revoke")
    assert answer.headers["location"].startswith("/users/wang?")
    assert holder_of(desk.engine, token) is None
    assert admin.post("/users/wang/tokens/1/revoke").status_code == 409
    wang = Browser(desk).log_in("wang")
    assert wang.post("/users/li/tokens/2/revoke").status_code == 403
    assert tokens_of(desk.engine, "li")[0].revoked_at is None


def test_the_page_speaks_english_and_says_where_there_are_none(desk: Any) -> None:
    browser = Browser(desk).log_in("zhao")
    assert "没有令牌。" in browser.get("/tokens").text
    create_token(desk.engine, "zhao", "night", ["second"], "admin")
    browser.post("/lang", {"lang": "en", "back": "/tokens"})
    page = browser.get("/tokens").text
    assert rows(page)[0].startswith("night confirm decisions")
    assert not re.search("[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", page).replace("中文", ""))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_it_is_readable_by_everybody_and_needs_no_javascript(
    engine: Engine, tmp_path: Path
) -> None:
    staff(engine)
    create_token(engine, "wang", "夜间统计", ["read", "sign"], "admin")
    with served(engine, tmp_path) as desk, chromium() as browser:
        for size in ((1366, 768), (390, 844)):
            viewport = {"width": size[0], "height": size[1]}
            page = person(browser, desk, "wang", viewport=viewport)
            page.goto(f"{desk.origin}/tokens")
            assert serious(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        plain = person(browser, desk, "wang", java_script_enabled=False)
        plain.goto(f"{desk.origin}/tokens")
        plain.click("text=收回")
        assert "令牌已收回" in plain.text_content("main")
