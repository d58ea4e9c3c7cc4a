"""The API: the same rules as the pages, by token, in JSON."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Engine, select, update

from console.app import create_app
from console.bearer import caller
from console.openapi import printed
from console.people import csrf_of
from console.roles import Act
from storage.audit import lines
from storage.bilingual import Problem
from storage.cases import get_case
from storage.columns import utc_now
from storage.database import read, write
from storage.keymap import USUAL, keep_keys, keymap_of
from storage.models_api import api_tokens
from storage.records import CaseStatus, Verdict
from storage.tokens import (
    all_tokens,
    create_token,
    get_token,
    made_token,
    revoke_token,
    tokens_of,
)
from storage.users import disable_user, get_user
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, judged, post, sight
from tests.source_tree import ROOT
from tests.test_case_commands import typist  # noqa: F401 (a fixture)
from tests.test_console_app import calls, routes

EVERY = [act.value for act in Act]


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


class Program:
    """Whoever holds a token."""

    def __init__(self, desk, login: str, scopes: list[str] | None = None) -> None:
        self.browser = Browser(desk)
        self.token = create_token(desk.engine, login, "测试", scopes or EVERY, "test")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.token}", "sec-fetch-site": "", **headers}
        more = {} if body is None else {"json": body}
        return self.browser.send(method, f"/api/v1{path}", headers=sent, **more)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.ask("POST", path, body)


def some_cases(engine: Engine, count: int = 3) -> None:
    for n in range(1, count + 1):
        seen = post(f"http://school{n}.example/a")
        sight(engine, flagged(seen, seed=n, judgement=judged(score=0.5 + n / 100)))


# --- who may --------------------------------------------------------------------------------------


def test_a_program_works_through_a_case_as_a_person_does(desk) -> None:
    some_cases(desk.engine)
    wang = Program(desk, "wang")
    assert wang.get("/session")["login"] == "wang"
    queue = wang.get("/queue?limit=2")
    assert [len(queue["cases"]), queue["counts"]["total"]] == [2, 3]
    rest = wang.get(f"/queue?limit=2&after={queue['next']}")
    assert (len(rest["cases"]), rest["next"]) == (1, None)
    number = wang.post("/queue/next", {}).json()["case"]
    assert number == queue["cases"][0]["id"]
    case = wang.get(f"/cases/{number}")
    assert (case["can"], case["claimed_by"]) == ("decide", "wang")
    assert "13800000000" not in json.dumps(case)
    said = {"verdict": "violation", "reason": "B4-02", "version": case["version"]}
    done = wang.post(f"/cases/{number}/decide", said)
    assert (done.status_code, done.json()["status"]) == (200, "decided")
    again = wang.post(f"/cases/{number}/decide", said)
    assert again.status_code == 409
    assert "没有写入" in again.json()["error"]["zh"]
    assert len(get_case(desk.engine, number).decisions) == 1
    back = wang.post(f"/cases/{number}/undo", {"decision": done.json()["decision"]})
    assert back.json()["status"] == "claimed"
    acts = [line.act for line in lines(desk.engine) if line.actor == "wang"]
    assert (acts.count("case.decide"), acts.count("case.undo")) == (1, 1)


def test_the_second_person_is_blind_and_another_here_too(desk) -> None:
    some_cases(desk.engine, 1)
    wang, li, zhao = (Program(desk, login) for login in ("wang", "li", "zhao"))
    forged = {"verdict": "violation", "reason": "C3-06", "version": 1}
    made = li.post("/cases/1/decide", forged).json()
    assert made["awaits_second"]
    assert "C3-06" not in json.dumps(zhao.get("/cases/1")["decisions"])
    assert zhao.get("/cases/1")["can"] == "second"
    said = {**forged, "version": made["version"]}
    assert li.post("/cases/1/second", said).status_code == 409, "nobody confirms their own"
    assert wang.post("/cases/1/second", said).status_code == 403, "nor somebody without the role"
    assert zhao.post("/cases/1/second", said).json()["upheld"] is True
    assert get_case(desk.engine, 1).status is CaseStatus.APPROVED


def test_second_persons_are_given_different_cases_and_never_their_own(desk) -> None:
    some_cases(desk.engine, 2)
    wang, li, zhao = (Program(desk, login) for login in ("wang", "li", "zhao"))
    for one, number in ((li, 1), (wang, 2)):
        said = {"verdict": "violation", "reason": "C3-06", "version": 1}
        assert one.post(f"/cases/{number}/decide", said).json()["awaits_second"]
    assert li.post("/queue/second").json() == {"case": 2}
    assert zhao.post("/queue/second").json() == {"case": 1}
    assert wang.post("/queue/second").status_code == 403
    assert Program(desk, "zhao", ["read"]).post("/queue/second").status_code == 403


def test_the_queue_names_what_stands_and_no_opinion_of_an_open_round(desk) -> None:
    some_cases(desk.engine, 2)
    wang, zhao = Program(desk, "wang"), Program(desk, "zhao")
    for number, reason in ((1, "B4-02"), (2, "C3-06")):
        said = {"verdict": "violation", "reason": reason, "version": 1}
        wang.post(f"/cases/{number}/decide", said)

    def told() -> dict[int, Any]:
        views = [zhao.get(f"/queue?view={view}")["cases"] for view in ("open", "second", "decided")]
        return {one["id"]: one["decision"] for some in views for one in some}

    assert (told()[1]["reason"], told()[1]["by"], told()[2]) == ("B4-02", "wang", None)
    look = {"verdict": "clean", "reason": "NEWS", "version": zhao.get("/cases/2")["version"]}
    assert zhao.post("/cases/2/second", look).json()["upheld"] is False
    assert told()[2] is None, "refused, it is open still"


def test_a_token_reaches_no_further_than_its_scopes_nor_than_the_roles(desk) -> None:
    some_cases(desk.engine, 1)
    narrow, auditor = Program(desk, "wang", ["read"]), Program(desk, "sun")
    assert narrow.get("/session")["may"] == ["read"]
    for one in (narrow, auditor):
        assert one.get("/cases/1")["id"] == 1
        for path, body in (
            ("/queue/next", {}),
            ("/cases/1/claim", None),
            ("/cases/1/decide", {"verdict": "clean", "reason": "NEWS", "version": 1}),
            ("/cases/1/contacts", {"why": "核对"}),
        ):
            answer = one.post(path, body)
            assert answer.status_code == 403, path
            assert set(answer.json()["error"]) == {"zh", "en", "fields"}
    assert narrow.ask("GET", "/queue?words=13800000000").status_code == 403
    assert get_case(desk.engine, 1).status is CaseStatus.WAITING


def test_contacts_are_told_for_a_reason_that_is_written_down(desk) -> None:
    some_cases(desk.engine, 1)
    wang = Program(desk, "wang")
    assert wang.post("/cases/1/contacts", {"why": ""}).status_code == 422
    told = wang.post("/cases/1/contacts", {"why": "核对电话"}).json()
    assert told[0]["phones"] == ["13800000000"]
    (line,) = [line for line in lines(desk.engine) if line.act == "contacts.seen"]
    assert json.loads(line.detail)["why"] == "核对电话"


def test_a_cookie_alone_opens_nothing_and_with_the_forms_token_everything(desk) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    cookie = browser.cookies["desk"]
    assert browser.get("/api/v1/queue").status_code == 401
    assert browser.send("POST", "/api/v1/cases/1/claim").status_code == 401
    for wrong in ("x", csrf_of("other"), cookie):
        refused = browser.send("GET", "/api/v1/queue", headers={"x-csrf-token": wrong})
        assert refused.status_code == 401
    right = {"x-csrf-token": csrf_of(cookie)}
    assert browser.send("GET", "/api/v1/queue", headers=right).status_code == 200
    assert browser.send("POST", "/api/v1/cases/1/claim", headers=right).status_code == 200
    elsewhere = {**right, "sec-fetch-site": "cross-site"}
    assert browser.send("POST", "/api/v1/cases/1/claim", headers=elsewhere).status_code == 403


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x", "Basic d2FuZzp4", "Bearer cs_x", "x"])
def test_whoever_is_not_known_is_told_how_to_be(desk, sent: str) -> None:
    answer = Browser(desk).send("GET", "/api/v1/queue", headers={"authorization": sent})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "certsweep token create" in answer.json()["error"]["zh"]


def test_a_token_ends_when_it_is_over_revoked_or_its_account_is_closed(desk) -> None:
    held = [Program(desk, login) for login in ("wang", "li", "zhao")]
    assert [one.ask("GET", "/session").status_code for one in held] == [200] * 3
    revoke_token(desk.engine, 1, "test")
    disable_user(desk.engine, "li", "test")
    with write(desk.engine) as connection:
        over = utc_now() - timedelta(seconds=1)
        connection.execute(update(api_tokens).where(api_tokens.c.id == 3).values(expires_at=over))
    assert [one.ask("GET", "/session").status_code for one in held] == [401] * 3
    with pytest.raises(Problem, match="no token 1"):
        revoke_token(desk.engine, 1, "test")


def test_the_database_holds_no_token(desk) -> None:
    one = Program(desk, "wang")
    with read(desk.engine) as connection:
        row = connection.execute(select(api_tokens)).one()
    assert one.token not in str(row)
    assert one.token not in "".join(line.detail for line in lines(desk.engine))
    (kept,) = all_tokens(desk.engine)
    assert kept.scopes == set(EVERY)
    assert made_token(desk.engine, one.token) == get_token(desk.engine, kept.id) == kept
    assert (tokens_of(desk.engine, " WANG"), tokens_of(desk.engine, "li")) == ([kept], [])


def test_a_persons_keys_are_found_without_a_session(desk) -> None:
    wang = get_user(desk.engine, "wang")
    assert keymap_of(desk.engine, wang) == USUAL
    keep_keys(desk.engine, wang, {"down": "w"})
    assert keymap_of(desk.engine, wang) == {**USUAL, "down": "w"}


@pytest.mark.parametrize(
    ("login", "name", "scopes", "days"),
    [("nobody", "x", ["read"], 9), ("wang", "", ["read"], 9), ("wang", "x", [], 9),
     ("wang", "x", ["read"], 400), ("wang", "x" * 61, ["read"], 9)],
)  # fmt: skip
def test_a_token_without_owner_purpose_scope_or_end_is_not_made(
    desk, login: str, name: str, scopes: list[str], days: int
) -> None:
    with pytest.raises(Problem):
        create_token(desk.engine, login, name, scopes, "test", days)
    assert all_tokens(desk.engine) == []


# --- what it says ---------------------------------------------------------------------------------


def test_every_endpoint_asks_who_is_there(desk) -> None:
    found = [one for one in routes(create_app(desk)) if one.path.startswith("/api/")]
    assert len(found) > 15
    for route in found:
        assert caller in calls(route.dependant) or route.path.endswith("/openapi.json"), route.path


def test_the_document_in_the_folder_is_the_one_that_is_served(desk) -> None:
    app = create_app(desk)
    kept = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert kept == printed(app), "write it anew: certsweep openapi"
    served = Browser(desk).get("/api/v1/openapi.json").json()
    assert served == json.loads(kept)
    documented = set(served["paths"])
    assert documented == {
        one.path for one in routes(app) if isinstance(one, APIRoute) and one.include_in_schema
    }


def test_what_is_wrong_is_said_in_two_languages_and_where(desk) -> None:
    some_cases(desk.engine, 1)
    wang = Program(desk, "wang")
    for method, path, body, status in (
        ("GET", "/nothing", None, 404),
        ("GET", "/cases/99", None, 404),
        ("GET", "/cases/x", None, 422),
        ("DELETE", "/cases/1", None, 405),
        ("GET", "/queue?days=0", None, 422),
        ("POST", "/cases/1/decide", {"verdict": "皇帝"}, 422),
        ("POST", "/cases/1/decide", {"verdict": "clean", "reason": "B4-02", "version": 1}, 409),
        ("POST", "/cases/1/split", {"posts": [1], "version": 1}, 409),
        ("POST", "/cases/1/claim?x=1", "字" * 400_000, 413),
    ):
        answer = wang.ask(method, path, body)
        assert answer.status_code == status, (path, answer.text)
        error = answer.json()["error"]
        assert error["zh"], error
        assert re.fullmatch(r"[\x20-\x7e“”…→—]+", error["en"].split("Valid codes")[0]), error["en"]
    wrong = wang.post(
        "/cases/1/decide", {"verdict": "皇帝", "reason": "x", "wrong": 1, "version": 1}
    )
    assert set(wrong.json()["error"]["fields"]) == {"body.verdict", "body.wrong"}
    assert "allow" in wang.ask("DELETE", "/cases/1").headers


def test_lists_of_the_desk_are_there_too(desk) -> None:
    some_cases(desk.engine, 2)
    wang = Program(desk, "wang")
    kept = wang.post("/filters", {"name": "二类", "filters": {"clause": "二"}}).json()
    assert [one["name"] for one in kept] == ["二类"]
    assert wang.ask("DELETE", f"/filters/{kept[0]['id']}").json() == []
    assert {"B4-02"} <= {one["code"] for one in wang.get("/reasons")["reasons"]["violation"]}
    assert wang.get("/counts?words=包过")["total"] == 2
    assert [one["case"] for one in wang.get("/cases/1/kin")] == [2]
    assert wang.get("/cases/1/evidence") == []
    assert wang.ask("GET", f"/cases/1/pictures/{'0' * 64}").status_code == 404
    decided = {"verdict": Verdict.CLEAN, "reason": "NEWS", "version": 1}
    assert wang.post("/cases/1/decide", {**decided, "leaving": [99]}).status_code == 409


# --- the command ----------------------------------------------------------------------------------


def test_tokens_are_made_listed_and_revoked_at_the_machine(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    typist,  # noqa: F811
) -> None:
    staff(engine)
    at_home = typist(database_url, tmp_path)
    made = at_home(
        "token", "create", "wang", "--name", "报表", "--scope", "read", "--scope", "判定案件"
    )
    token = re.search(r"cs_[\w-]{43}", made.stdout)
    assert token, made.stdout + made.stderr
    listed = at_home("token", "list").stdout
    assert "报表" in listed
    assert token[0] not in listed
    browser = Browser(make_desk(engine, tmp_path))
    headers = {"authorization": f"Bearer {token[0]}"}
    assert browser.send("GET", "/api/v1/session", headers=headers).json()["may"] == [
        "read",
        "decide",
    ]
    assert at_home("token", "create", "wang", "--name", "x", "--scope", "皇帝").returncode == 1
    assert at_home("token", "revoke", "1").returncode == 0
    assert at_home("token", "revoke", "1").returncode == 1
    assert browser.send("GET", "/api/v1/session", headers=headers).status_code == 401
