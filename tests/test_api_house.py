"""The house by programs, over a real server: accounts, tokens, audit, policy, one's own keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from console.desk import Desk
from storage.audit import lines, note
from storage.database import write
from storage.logins import Origin, log_in, session_of
from storage.users import Role, all_users, get_user
from tests.api_program import Person, Program
from tests.desk_lookups import tools_for
from tests.desk_server import served
from tests.desk_site import PASSWORD, Browser, staff
from tests.makers import flagged, post, sight

HERE = Origin(address="10.0.0.1", agent="测试浏览器")
NEW = {"login": "Zhou", "name": "周审核", "roles": ["reviewer"]}


@pytest.fixture
def kind() -> str:
    """The rules are storage's, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    with served(engine, tmp_path, tools=tools_for(engine, tmp_path)) as running:
        yield running


# --- accounts -------------------------------------------------------------------------------------


def test_an_account_is_made_with_a_password_told_once(desk: Desk) -> None:
    admin = Program(desk, "admin")
    made = admin.post("/users", NEW)
    assert made["account"]["login"] == "zhou"
    assert made["account"]["must_change"] is True
    form = {"login": "zhou", "password": made["password"]}
    assert Browser(desk).post("/login", form).status_code == 303
    told = json.dumps([admin.get("/users"), admin.get("/users/zhou"), admin.get("/audit")])
    assert made["password"] not in told
    assert not any(made["password"] in line.detail for line in lines(desk.engine))
    assert admin.refused("POST", "/users", NEW) == 409
    for wrong in ({"login": "x"}, {"roles": []}, {"roles": ["emperor"]}, {"name": "名" * 41}):
        assert admin.refused("POST", "/users", {**NEW, "login": "neu", **wrong}) in {409, 422}
    assert len(all_users(desk.engine)) == 7


def test_accounts_that_carry_one_persons_name_are_told_of(desk: Desk) -> None:
    admin = Program(desk, "admin")
    made = admin.post("/users", {**NEW, "name": "王审核"})
    assert made["account"]["alike"] == ["wang"]
    assert admin.get("/users/wang")["alike"] == ["zhou"]
    assert admin.get("/users/li")["alike"] == []
    assert admin.post("/users/zhou/reset")["account"]["alike"] == ["wang"]
    token = admin.post("/users/zhou/tokens", {"name": "x", "scopes": ["read"]})
    assert token["alike"] == ["wang"]


def test_roles_lock_reset_and_revoke_are_those_of_the_page(desk: Desk) -> None:
    admin, wang = Program(desk, "admin"), Program(desk, "wang")
    session = log_in(desk.engine, "wang", PASSWORD, HERE)
    assert admin.get("/users/wang")["sessions"][0]["agent"] == "测试浏览器"
    assert {one["login"]: one["sessions"] for one in admin.get("/users")}["wang"] == 1
    assert admin.post("/users/wang/revoke") == {"ended": 1}
    assert admin.post("/users/wang/revoke") == {"ended": 0}
    assert session_of(desk.engine, session) is None
    assert admin.post("/users/wang/roles", {"roles": ["second"]})["roles"] == ["second"]
    assert get_user(desk.engine, "wang").roles == {Role.SECOND}
    assert admin.post("/users/wang/lock")["disabled_at"]
    assert wang.refused("GET", "/session") == 401, "tokens end with the account"
    reset = admin.post("/users/wang/reset")
    assert (reset["account"]["disabled_at"], len(reset["password"])) == (None, 19)
    assert wang.refused("GET", "/session") == 401, "and do not come back with it"
    acts = [line.act for line in lines(desk.engine) if line.about == "user:wang"]
    assert acts[-5:] == ["user.revoke", "user.revoke", "user.roles", "user.disable", "user.reset"]


def test_a_token_gets_no_password_for_its_own_account(desk: Desk) -> None:
    assert Program(desk, "admin").refused("POST", "/users/Admin/reset") == 403
    assert len(Person(desk, "admin").post("/users/admin/reset")["password"]) == 19


def test_nobody_lifts_themself_and_the_last_administrator_stays(desk: Desk) -> None:
    admin = Program(desk, "admin")
    assert admin.refused("POST", "/users/admin/roles", {"roles": ["admin", "second"]}) == 409
    assert admin.refused("POST", "/users/admin/roles", {"roles": ["second"]}) == 409
    assert admin.refused("POST", "/users/admin/lock") == 409
    assert get_user(desk.engine, "admin").roles == {Role.ADMIN}


HOUSE = (
    ("GET", "/users", None),
    ("POST", "/users", NEW),
    ("GET", "/users/wang", None),
    ("POST", "/users/wang/roles", {"roles": ["second"]}),
    ("POST", "/users/wang/lock", None),
    ("POST", "/users/wang/reset", None),
    ("POST", "/users/wang/revoke", None),
    ("GET", "/users/wang/tokens", None),
    ("POST", "/users/wang/tokens", {"name": "x", "scopes": ["read"]}),
    ("GET", "/policy", None),
    ("POST", "/policy", {"codes": [], "seen": []}),
)


@pytest.mark.parametrize(("method", "path", "body"), HOUSE)
def test_accounts_are_kept_by_administrators_alone(desk, method: str, path: str, body) -> None:
    before = all_users(desk.engine)
    for one in (
        Program(desk, "li"),
        Program(desk, "sun"),
        Program(desk, "admin", ["read", "audit"]),
    ):
        assert one.refused(method, path, body) == 403
    assert all_users(desk.engine) == before


def test_an_account_that_is_not_there_is_not_found(desk: Desk) -> None:
    admin = Program(desk, "admin")
    for method, path, body in HOUSE:
        if "/wang" in path:
            assert admin.refused(method, path.replace("wang", "nobody"), body) == 404, path


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_is_made_listed_used_and_revoked(desk: Desk) -> None:
    admin, li = Program(desk, "admin"), Program(desk, "li")
    made = admin.post("/users/LI/tokens", {"name": "报表", "scopes": ["read"], "days": 9})
    assert made["about"]["used_at"] is None
    number = made["about"]["id"]
    new = Program(desk, "li")
    new.headers = {"authorization": f"Bearer {made['token']}"}
    assert new.get("/session")["may"] == ["read"]
    listed = li.get("/tokens")
    assert [(one["name"], one["holds"]) for one in listed][1] == ("报表", True)
    assert made["token"] not in json.dumps([listed, admin.get("/users/li/tokens")])
    assert Program(desk, "wang").refused("POST", f"/tokens/{number}/revoke") == 404, "not theirs"
    assert li.refused("POST", f"/tokens/{number}/revoke") == 403, "a token ends itself alone"
    assert Person(desk, "li").post(f"/tokens/{number}/revoke")["holds"] is False
    assert new.refused("GET", "/session") == 401
    assert admin.refused("POST", f"/tokens/{number}/revoke") == 409
    assert li.refused("POST", "/tokens/999/revoke") == 404
    assert li.post("/tokens/2/revoke")["holds"] is False, "itself"
    acts = [line.act for line in lines(desk.engine) if line.act.startswith("token.")]
    assert acts[-3:] == ["token.create", "token.revoke", "token.revoke"]


@pytest.mark.parametrize("login", ["ADMIN", "wang", "zhao"])
def test_nobody_makes_a_token_that_reaches_further_than_they_do(desk: Desk, login: str) -> None:
    narrow, person = Program(desk, "admin", ["people", "read"]), Person(desk, "admin")
    for one in (narrow, person):
        for scopes, status in ((["read"], 200), (["decide"], 403), (["read", "second"], 403)):
            body = {"name": "x", "scopes": scopes}
            assert one.ask("POST", f"/users/{login}/tokens", body).status_code == status, scopes
    body = {"name": "x", "scopes": ["audit"]}
    assert narrow.refused("POST", f"/users/{login}/tokens", body) == 403


def test_a_token_that_cannot_be_made_is_refused_with_words(desk: Desk) -> None:
    narrow = Program(desk, "admin", ["people", "read"])
    for wrong in ({"scopes": []}, {"scopes": ["emperor"]}, {"days": 0}, {"name": ""}):
        body = {"name": "x", "scopes": ["read"], **wrong}
        assert narrow.refused("POST", "/users/li/tokens", body) == 422, wrong
    assert narrow.refused("POST", "/users/li/tokens", {"name": " ", "scopes": ["read"]}) == 409


# --- the audit ------------------------------------------------------------------------------------


def test_the_audit_is_read_by_filters_and_each_look_is_a_line_of_it(desk: Desk) -> None:
    sun, wang = Program(desk, "sun"), Program(desk, "wang")
    sight(desk.engine, flagged(post()))
    wang.post("/cases/1/contacts", {"why": "回拨13800000001核对"})
    page = sun.get("/audit?actor=wang&act=contacts&about=case:1")
    (line,) = page["lines"]
    assert (line["act"], line["act_word"]["zh"]) == ("contacts.seen", "查看联系方式")
    assert line["about_word"]["zh"] == "案件 1"
    assert "13800000001" not in json.dumps(page)
    newest = sun.get("/audit")["lines"]
    assert newest[0]["act"] == newest[1]["act"] == "audit.read"
    assert newest[1]["detail"]["filters"] == {
        "actor": "wang", "act": "contacts", "about": "case:1",
    }  # fmt: skip
    assert sun.get("/audit?until=2020-01-01")["lines"] == []
    for wrong in ("since=gestern", "since=0001-01-01", "since=1767225600", "below=0", "who=wang"):
        assert sun.refused("GET", f"/audit?{wrong}") in {409, 422}, wrong
    assert wang.refused("GET", "/audit") == 403
    assert wang.refused("POST", "/audit/verify", {}) == 403


def test_an_older_line_of_a_decision_taken_back_is_called_so(desk: Desk) -> None:
    detail = {"decision": 7, "verdict": "doubt", "reason": "WITHDRAWN", "supersedes": 6}
    note(desk.engine, "wang", "case.decide", "case:1", detail)
    (line,) = Program(desk, "sun").get("/audit?about=case:1")["lines"]
    assert (line["act"], line["act_word"]["zh"]) == ("case.decide", "撤销判定")


def test_pages_of_the_audit_leave_nothing_out(desk: Desk) -> None:
    sun = Program(desk, "sun")
    wang = Program(desk, "wang")
    sight(desk.engine, flagged(post()))
    for _ in range(105):
        wang.get("/cases/1")
    first = sun.get("/audit")
    rest = sun.get(f"/audit?below={first['next']}")
    numbers = [line["number"] for line in first["lines"] + rest["lines"]]
    assert numbers == list(range(first["total"], 0, -1))
    assert rest["next"] is None


def test_what_a_second_person_must_not_know_is_withheld_here_too(desk: Desk) -> None:
    sight(desk.engine, flagged(post()))
    said = {"verdict": "violation", "reason": "C3-06", "version": 1}
    Program(desk, "wang").post("/cases/1/decide", said)
    (line,) = Program(desk, "sun").get("/audit?act=case.decide")["lines"]
    assert (line["withheld"], line["detail"], line["hash"]) == (True, {}, "")


def test_the_chain_is_walked_and_a_changed_line_is_found(desk: Desk) -> None:
    sun = Program(desk, "sun")
    whole = sun.post("/audit/verify", {})
    assert (whole["holds"], whole["broken"], whole["why"]) == (True, None, None)
    assert sun.post("/audit/verify", {"head": whole["head"].upper()})["met"] is True
    gone = sun.post("/audit/verify", {"head": "0" * 63 + "1"})
    assert (gone["holds"], gone["met"]) == (False, False), "cut off at the end"
    assert sun.refused("POST", "/audit/verify", {"head": "x"}) == 422
    with write(desk.engine) as connection:
        for trigger in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'")
        ).scalars().all():  # fmt: skip
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE audit SET actor='x' WHERE id=1"))
    broken = sun.post("/audit/verify", {})
    assert (broken["holds"], broken["broken"]) == (False, 1)
    assert broken["why"]["zh"]
    assert sun.get("/audit?act=audit.broken")["lines"][0]["detail"]["broken"] == 1


# --- policy and keys ------------------------------------------------------------------------------


def test_the_policy_of_the_second_person_is_changed_as_it_was_seen(desk: Desk) -> None:
    admin = Program(desk, "admin")
    seen = admin.get("/policy")
    assert {"verdict": "transfer", "reason": "POLICE"} in seen
    fewer = seen[:-1]
    assert admin.post("/policy", {"codes": fewer, "seen": seen}) == fewer
    assert admin.refused("POST", "/policy", {"codes": [], "seen": seen}) == 409, "stale"
    wrong = [{"verdict": "violation", "reason": "NEWS"}]
    assert admin.refused("POST", "/policy", {"codes": wrong, "seen": fewer}) == 409
    assert admin.get("/policy") == fewer
    assert [line.act for line in lines(desk.engine)].count("policy.second") == 1


def test_everybody_puts_their_own_keys_elsewhere_and_back(desk: Desk) -> None:
    wang, program = Person(desk, "wang"), Program(desk, "wang")
    assert program.refused("POST", "/keys", {"keys": {"down": "w"}}) == 403, "only by hand"
    assert wang.post("/keys", {"keys": {"down": "w"}})["keys"]["down"] == "w"
    assert Program(desk, "li").get("/keys")["keys"]["down"] == "j"
    assert 'value="w"' in Browser(desk).log_in("wang").get("/keys").text
    for wrong in ({"down": "k"}, {"down": "下"}, {"down": "ab"}):
        assert wang.refused("POST", "/keys", {"keys": wrong}) == 409, wrong
    back = wang.post("/keys", {"keys": {}})
    assert back["keys"] == back["usual"]
