"""Accounts at the desk: made with a password shown once, locked, reset; nobody lifts themself."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import Engine, select

from storage.audit import lines
from storage.bilingual import Problem
from storage.database import read
from storage.login_tries import Origin
from storage.logins import log_in, session_of
from storage.models_desk import users
from storage.user_sessions import open_sessions, revoke_sessions
from storage.users import Role, add_user, all_users, disable_user, get_user, set_roles
from tests.desk_lookups import tooled_desk
from tests.desk_site import PASSWORD, Browser, staff

HERE = Origin(address="10.0.0.1", agent="测试浏览器")
ONCE = re.compile(r'<code id="once">([a-z0-9-]{19})</code>')


@pytest.fixture
def desk(engine: Engine, tmp_path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


def admin_at(desk, path: str = "/users") -> Browser:
    browser = Browser(desk).log_in("admin")
    assert browser.get(path).status_code == 200
    return browser


def test_a_new_accounts_password_is_shown_once_and_must_be_changed(desk) -> None:
    admin = admin_at(desk)
    made = {"login": "Zhou", "name": "周审核", "role": ["reviewer", "auditor"]}
    answer = admin.post("/users", made)
    password = ONCE.search(answer.text)[1]
    assert "no-store" in answer.headers["cache-control"]
    for path in ("/users", "/users/zhou", "/audit"):
        assert password not in admin.get(path).text, path
    with read(desk.engine) as connection:
        kept = connection.execute(select(users).where(users.c.login == "zhou")).one()
        assert password not in str(kept)
    assert not any(password in line.detail for line in lines(desk.engine))
    newcomer = Browser(desk)
    assert newcomer.post("/login", {"login": "zhou", "password": password}).status_code == 303
    assert newcomer.get("/queue").headers["location"] == "/password"
    assert get_user(desk.engine, "zhou").roles == {Role.REVIEWER, Role.AUDITOR}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"login": "wang", "role": "reviewer"}, "已存在"),
        ({"login": " ＷＡＮＧ ", "role": "reviewer"}, "已存在"),
        ({"login": "new", "role": []}, "至少给出一个角色"),
        ({"login": "new", "role": "emperor"}, "没有这样的角色"),
        ({"login": "a", "role": "reviewer"}, "2 到 40"),
        ({"login": "<b>x</b>", "role": "reviewer"}, "2 到 40"),
        ({"login": "", "role": "reviewer"}, "2 到 40"),
    ],
)
def test_an_account_that_cannot_be_is_told_and_not_made(desk, form, words: str) -> None:
    before = all_users(desk.engine)
    answer = admin_at(desk).post("/users", form)
    assert (answer.status_code, words in answer.text) == (409, True)
    assert all_users(desk.engine) == before


def test_names_of_every_script_are_kept_and_run_nothing(desk) -> None:
    admin = admin_at(desk)
    name = "<script>alert(1)</script>𠮷ก็"
    answer = admin.post("/users", {"login": "张三.ñ-1", "name": name, "role": "second"})
    assert ONCE.search(answer.text)
    for path in ("/users", "/users/张三.ñ-1"):
        page = admin.get(path).text
        assert "<script>alert" not in page
        assert "𠮷" in page


def test_roles_are_changed_by_another_and_end_the_sessions(desk) -> None:
    wang = Browser(desk).log_in("wang")
    admin = admin_at(desk, "/users/wang")
    answer = admin.post("/users/wang/roles", {"role": ["second", "signer"]})
    assert answer.headers["location"] == "/users/wang?said=roles"
    assert "角色已保存" in admin.get(answer.headers["location"]).text
    assert get_user(desk.engine, "wang").roles == {Role.SECOND, Role.SIGNER}
    assert wang.get("/queue").status_code == 303
    assert admin.post("/users/wang/roles", {"role": []}).status_code == 409
    assert get_user(desk.engine, "wang").roles == {Role.SECOND, Role.SIGNER}


def test_nobody_gives_themself_another_role(desk) -> None:
    admin = admin_at(desk, "/users/admin")
    answer = admin.post("/users/admin/roles", {"role": ["admin", "second"]})
    assert (answer.status_code, "不能给自己增加角色" in answer.text) == (409, True)
    with pytest.raises(Problem, match="themself"):
        set_roles(desk.engine, "ADMIN", [Role.ADMIN, Role.REVIEWER], " Ａdmin")
    with pytest.raises(Problem, match="themself"):
        set_roles(desk.engine, "admin", [Role.SECOND], "admin")
    assert get_user(desk.engine, "admin").roles == {Role.ADMIN}


def test_the_last_administrator_stays_whatever_is_tried(desk) -> None:
    admin = admin_at(desk, "/users/admin")
    for path, form in (("lock", {}), ("roles", {"role": []})):
        assert admin.post(f"/users/admin/{path}", form).status_code == 409
    add_user(desk.engine, "second-admin", "", [Role.ADMIN], "admin")
    disable_user(desk.engine, "second-admin", "admin")
    assert admin.post("/users/admin/lock").status_code == 409, "a locked one does not count"
    assert get_user(desk.engine, "admin").disabled_at is None


def test_two_administrators_cannot_take_each_other_away_at_once(engine: Engine) -> None:
    """Each by themself would leave the other; together they would leave nobody."""
    for login in ("one", "two"):
        add_user(engine, login, "", [Role.ADMIN], "test")
    gate, refused = threading.Barrier(2), []

    def take(whom: str, by: str) -> None:
        gate.wait()
        try:
            disable_user(engine, whom, by)
        except Problem as problem:
            refused.append(problem.text.en)

    threads = [
        threading.Thread(target=take, args=pair) for pair in (("one", "two"), ("two", "one"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sum(user.disabled_at is None for user in all_users(engine)) == 1


def test_locking_keeps_somebody_out_at_once_and_a_reset_lets_them_in_again(desk) -> None:
    wang = Browser(desk).log_in("wang")
    admin = admin_at(desk, "/users/wang")
    locked = admin.post("/users/wang/lock")
    assert (locked.status_code, locked.headers["location"]) == (303, "/users/wang?said=locked")
    assert "账号已锁定，会话已结束" in admin.get(locked.headers["location"]).text
    assert wang.get("/queue").status_code == 303
    assert "已锁定" in admin.get("/users/wang").text
    assert Browser(desk).post("/login", {"login": "wang", "password": PASSWORD}).status_code == 401
    password = ONCE.search(admin.post("/users/wang/reset").text)[1]
    assert Browser(desk).post("/login", {"login": "wang", "password": password}).status_code == 303
    acts = [(line.actor, line.act) for line in lines(desk.engine) if line.about == "user:wang"]
    assert {("admin", "user.disable"), ("admin", "user.reset")} <= set(acts)


def test_sessions_are_listed_and_ended(desk) -> None:
    tokens = [log_in(desk.engine, "wang", PASSWORD, HERE) for _ in range(3)]
    page = admin_at(desk, "/users/wang").page.text
    assert page.count("测试浏览器") == 3
    assert not any(token in page for token in tokens)
    admin = admin_at(desk, "/users/wang")
    ended = admin.post("/users/wang/revoke")
    assert ended.status_code == 303
    assert "此人的会话已全部结束" in admin.get(ended.headers["location"]).text
    assert [session_of(desk.engine, token) for token in tokens] == [None] * 3
    assert open_sessions(desk.engine, get_user(desk.engine, "wang").id) == []
    assert admin.get("/users").status_code == 200, "others stay in"
    assert revoke_sessions(desk.engine, "wang", "admin") == 0


def test_an_account_that_is_not_there_is_not_found(desk) -> None:
    admin = admin_at(desk)
    assert admin.get("/users/nobody").status_code == 404
    for act in ("roles", "lock", "reset", "revoke"):
        answer = admin.post(f"/users/nobody/{act}", {"role": "reviewer"})
        assert answer.status_code in {404, 409}, act


def test_what_a_page_asks_for_by_itself_keeps_nobody_in(desk) -> None:
    """A desk left open on the sweeps' page would otherwise never be idle."""
    from datetime import timedelta

    from sqlalchemy import update

    from storage.columns import utc_now
    from storage.database import write
    from storage.models_desk import desk_sessions

    browser = Browser(desk).log_in("wang")
    earlier = utc_now() - timedelta(minutes=50)
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(seen_at=earlier))
    assert browser.get("/sweeps/live?phase=idle").status_code == 200
    with read(desk.engine) as connection:
        assert connection.execute(select(desk_sessions.c.seen_at)).scalar_one() == earlier
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(seen_at=utc_now() - timedelta(minutes=61)))
    asked = {"hx-request": "true", "hx-current-url": f"{desk.origin}/sweeps"}
    answer = browser.get("/sweeps/live?phase=idle", headers=asked)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/login?back=/sweeps")
