"""Which decisions need a second person is the administrator's, at the desk and at the machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.audit import lines
from storage.bilingual import Problem
from storage.cases import decide, get_case
from storage.records import Verdict
from storage.second import CONFIRMED, confirmed_codes, set_confirmed_codes, spelled
from tests.desk_site import Browser, make_desk, staff
from tests.makers import decision, flagged, sight
from tests.test_case_commands import typist  # noqa: F401 (a fixture)

pytestmark = pytest.mark.timeout(120)
USUAL = sorted(f"{verdict}:{code}" for verdict, code in CONFIRMED)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def test_an_administrator_ticks_what_needs_two_and_the_audit_tells_it(desk) -> None:
    admin = Browser(desk).log_in("admin")
    shown = admin.get("/policy").text
    assert sorted(re.findall(r'name="seen" value="([^"]+)"', shown)) == USUAL
    assert sorted(re.findall(r'value="([^"]+)" checked', shown)) == USUAL
    answer = admin.post("/policy", {"seen": USUAL, "code": [*USUAL[1:], "violation:B4-02"]})
    assert answer.status_code == 303
    assert "已保存" in admin.get("/policy?saved=1").text
    (line,) = [one for one in lines(desk.engine) if one.act == "policy.second"]
    told = json.loads(line.detail)
    assert (line.actor, told["added"], told["removed"]) == (
        "admin",
        ["violation:B4-02"],
        USUAL[:1],
    )
    sight(desk.engine, flagged())
    decide(desk.engine, decision(1))
    assert get_case(desk.engine, 1).awaits_second


@pytest.mark.parametrize("login", ["wang", "zhao", "qian", "sun"])
def test_nobody_else_sees_or_changes_it(desk, login: str) -> None:
    person = Browser(desk).log_in(login)
    assert person.get("/policy").status_code == 403
    person.get("/queue")
    assert person.post("/policy", {"seen": USUAL, "code": []}).status_code == 403
    assert spelled(confirmed_codes(desk.engine)) == USUAL


@pytest.mark.parametrize("code", ["emperor:B4-02", "violation:NEWS", "violation", ""])
def test_what_is_no_code_changes_nothing_and_is_said(desk, code: str) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/policy")
    answer = admin.post("/policy", {"seen": USUAL, "code": [code]})
    assert answer.status_code == 409
    assert "没有写入" in answer.text
    assert spelled(confirmed_codes(desk.engine)) == USUAL


def test_what_another_administrator_changed_meanwhile_is_not_overwritten(desk) -> None:
    seen = confirmed_codes(desk.engine)
    set_confirmed_codes(desk.engine, seen[1:], "admin", seen)
    with pytest.raises(Problem, match="since you saw it"):
        set_confirmed_codes(desk.engine, [], "other", seen)
    assert confirmed_codes(desk.engine) == seen[1:]


def test_saving_what_stands_already_leaves_no_line(desk) -> None:
    set_confirmed_codes(desk.engine, confirmed_codes(desk.engine), "admin")
    assert [one for one in lines(desk.engine) if one.act == "policy.second"] == []


def test_the_command_lists_adds_and_removes(
    typist,  # noqa: F811
    engine: Engine,
    database_url: str,
    tmp_path: Path,
) -> None:
    run = typist(database_url, tmp_path)
    assert "C3-06" in run("second-person", "list").stdout
    assert run("second-person", "add", "违规", "B4-02").returncode == 0
    assert (Verdict.VIOLATION, "B4-02") in confirmed_codes(engine)
    again = run("second-person", "add", "violation", "B4-02")
    assert again.returncode == 1
    assert "没有改动" in again.stderr
    assert run("second-person", "remove", "违规", "B4-02").returncode == 0
    assert (Verdict.VIOLATION, "B4-02") not in confirmed_codes(engine)
    assert "没有理由代码" in run("second-person", "add", "不违规", "B4-02").stderr
    acts = [(one.act, one.actor[:4]) for one in lines(engine)]
    assert acts == [("policy.second", "cli:")] * 2
