"""Bulk decisions by the pages: ticks, a frozen list, undo, and a login that runs out midway."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from console.kept import FIELDS, LONGEST, packed, unpacked
from storage.bulk_shown import get_bulk
from storage.cases import get_case, list_cases
from storage.columns import utc_now
from storage.database import write
from storage.logins import desk_sessions
from storage.records import CaseStatus, Contacts
from tests.desk_site import PASSWORD, Browser, field, make_desk, staff
from tests.makers import NOON, flagged, judged, post, sight


def form_of(page, **typed: str) -> dict[str, str]:
    return {"version": field(page, "version"), "filters": field(page, "filters"), **typed}


PASS = {"verdict": "violation", "reason": "B4-02"}


@pytest.fixture
def kind() -> str:
    """The rules are storage's, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    for n in range(1, 4):
        contacts = Contacts(phones=(f"1380000{n:04d}",))
        place = post(f"http://school{n}.example/a", title=f"第{n}家", contacts=contacts)
        sight(engine, flagged(place, seed=n, judgement=judged(score=0.9 - n / 100)))
    return make_desk(engine, tmp_path)


def statuses(engine: Engine) -> list[CaseStatus]:
    return [row.status for row in sorted(list_cases(engine), key=lambda row: row.id)]


def test_ticked_cases_are_shown_together_decided_together_and_undone_together(desk) -> None:
    browser = Browser(desk).log_in("wang")
    assert browser.page.text.count('name="case"') == 3
    assert browser.post("/bulk", {"case": ["1", "2", "3"]}).headers["location"] == "/bulk/1"
    page = browser.get("/bulk/1").text
    assert page.count('name="member"') == page.count(" checked>") == 3
    assert "138****0001" in page or "13800000001" not in page
    form = {**PASS, "member": ["0", "2"]}
    assert browser.post("/bulk/1/decide", form).headers["location"] == "/bulk/1"
    assert statuses(desk.engine) == [CaseStatus.DECIDED, CaseStatus.CLAIMED, CaseStatus.DECIDED]
    page = browser.get("/bulk/1").text
    assert "全部成员都去掉了勾" in page
    assert "撤销整批" in page
    assert browser.post("/bulk/1/undo").status_code == 303
    assert statuses(desk.engine) == [CaseStatus.CLAIMED] * 3
    assert "撤销整批" not in browser.get("/bulk/1").text


def test_an_expired_session_in_the_middle_of_a_batch_loses_nothing(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/bulk", {"case": ["1", "2", "3"]})
    browser.get("/bulk/1")
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=utc_now()))
    note = "长说明：“引号”<b>&amp; " + "字" * 3000
    form = {**PASS, "member": ["0", "2"], "note": note}
    answer = browser.post("/bulk/1/decide", form)
    assert answer.status_code == 401
    assert "没有写入" in answer.text
    assert statuses(desk.engine) == [CaseStatus.CLAIMED] * 3
    typed = html.unescape(field(answer, "typed"))
    wrong = {"login": "wang", "password": "falsch", "back": "/bulk/1", "typed": typed}
    again = browser.post("/login", wrong)
    typed = html.unescape(field(again, "typed"))
    back = browser.post("/login", {**wrong, "password": PASSWORD, "typed": typed})
    page = browser.get(back.headers["location"]).text
    assert "已恢复" in page
    ticked = re.findall(r'value="(\d)" form="decision" data-step checked', page)
    assert ticked == ["0", "2"]
    shown = re.search(r'id="note"[^>]*value="([^"]*)"', page)
    assert shown
    assert html.unescape(shown[1]) == note
    assert 'value="violation" required checked' in page
    assert browser.post("/bulk/1/decide", form).status_code == 303
    assert get_case(desk.engine, 1).decisions[-1][1].note == note


def test_what_was_typed_is_given_to_nobody_else(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/bulk", {"case": ["1"]})
    form = {"login": "wang", "password": PASSWORD, "back": "/bulk/1"}
    back = browser.post("/login", {**form, "typed": packed([("note", "geheim")])})
    other = Browser(desk).log_in("li")
    assert "geheim" not in other.get(back.headers["location"]).text


@pytest.mark.parametrize(
    "typed",
    ["[", "7", "[[1,2]]", '["ab"]', '[["a"]]', '{"a":1}', "[" * 5000, "x" * (LONGEST + 1)],
)
def test_a_forged_kept_form_is_none(typed: str) -> None:
    assert unpacked(typed) in ((), (("a", "b"),))


def test_kept_forms_have_a_limit() -> None:
    pairs = [("member", str(n)) for n in range(FIELDS)]
    assert unpacked(packed(pairs)) == tuple(pairs)
    assert unpacked(packed([*pairs, ("member", "x")])) == ()


def test_a_second_click_on_the_whole_batch_decides_nothing_twice(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/bulk", {"case": ["1", "2"]})
    browser.get("/bulk/1")
    form = {**PASS, "member": ["0", "1"]}
    for _ in range(2):
        assert browser.post("/bulk/1/decide", form).status_code == 303
    assert [len(get_case(desk.engine, n).decisions) for n in (1, 2)] == [1, 1]


def test_wrong_forms_are_told_and_decide_nothing(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/bulk", {"case": ["1", "2"]})
    browser.get("/bulk/1")
    for form in (
        {"member": ["0"]},
        {**PASS},
        {**PASS, "member": ["9"]},
        {**PASS, "member": ["x"]},
        {"verdict": "violation", "reason": "NEWS", "member": ["0"]},
        {**PASS, "member": ["0"], "note": "字" * 4001},
    ):
        answer = browser.post("/bulk/1/decide", form)
        assert (answer.status_code, "没有写入" in answer.text) == (409, True), form
    assert get_bulk(desk.engine, 1).state == "shown"
    assert browser.post("/bulk", {}).status_code == 409
    assert browser.get("/bulk/9").status_code == 404
    assert browser.post("/bulk/9/undo").status_code == 404


def test_an_advertisers_open_cases_are_taken_from_the_case(desk) -> None:
    place = post("http://other.example/x", contacts=Contacts(phones=("13800000001",)), title="别处")
    sight(desk.engine, flagged(place, seed=77))
    browser = Browser(desk).log_in("wang")
    assert "一并判定" in browser.get("/cases/1").text
    assert browser.post("/bulk", {"kin": "1"}).status_code == 303
    assert [one.case_id for one in get_bulk(desk.engine, 1).shown] == [1, 4]


def test_a_batch_decided_in_another_window_is_not_said_to_be_undecided(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/bulk", {"case": ["1", "2"]})
    browser.get("/bulk/1")
    browser.post("/bulk/1/decide", {**PASS, "member": ["0"]})
    answer = browser.post("/bulk/1/leave")
    assert answer.headers["location"] == "/bulk/1"
    assert [get_case(desk.engine, n).claimed_by for n in (1, 2)] == ["", "wang"]


def test_only_who_decides_cases_decides_batches(desk) -> None:
    sun = Browser(desk).log_in("sun")
    assert 'name="case"' not in sun.page.text
    assert sun.post("/bulk", {"case": ["1"]}).status_code == 403
    wang = Browser(desk).log_in("wang")
    wang.post("/bulk", {"case": ["1"]})
    assert "不能判定" in Browser(desk).log_in("li").get("/bulk/1").text


def test_a_cluster_that_meets_the_end_of_a_session_keeps_its_ticks_and_a_long_note(desk) -> None:
    for n in range(1, 4):
        sight(desk.engine, flagged(post(f"http://school.example/{n}"), changed=n))
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/4")
    rows = re.findall(r'name="member" value="(\d+)"', page.text)
    assert len(rows) == 3
    note = "长" * 3000
    form = form_of(page, **PASS, note=note) | {"shown": rows, "member": rows[:2]}
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=NOON))
    answer = browser.post("/cases/4/decide", form)
    kept = {name: html.unescape(field(answer, name)) for name in ("back", "typed")}
    again = browser.post("/login", {"login": "wang", "password": PASSWORD, **kept})
    page = browser.get(again.headers["location"])
    assert note in page.text
    ticked = re.findall(r'name="member" value="(\d+)" form="decision" checked', page.text)
    assert ticked == rows[:2]
    assert browser.post("/cases/4/decide", form).status_code == 303


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/takedowns/3/approve", "/takedowns/3"),
        ("/takedowns/items/3/answer", "/takedowns/items/3"),
        ("/exports", "/exports"),
        ("/packages", "/packages"),
        ("/bulk", "/queue"),
        ("/queue/next", "/queue"),
        ("/keys", "/keys"),
        ("/users/wang/lock", "/users/wang"),
        ("/rules/try", "/rules"),
    ],
)
def test_other_forms_lead_back_to_where_they_stood(desk, path: str, back: str) -> None:
    answer = Browser(desk).post(path, {"x": "1"})
    assert answer.status_code == 401
    assert html.unescape(field(answer.text.split('action="/login"')[1], "back")) == back


def test_a_second_person_learns_nothing_from_the_batch_or_a_package(desk) -> None:
    wang, zhao = Browser(desk).log_in("wang"), Browser(desk).log_in("zhao")
    wang.post("/bulk", {"case": ["1", "2"]})
    wang.get("/bulk/1")
    forged = {"verdict": "violation", "reason": "C3-06", "note": "有假章"}
    wang.post("/bulk/1/decide", {**forged, "member": ["0", "1"]})
    page = zhao.get("/bulk/1").text
    assert "C3-06" not in page
    assert "有假章" not in page
    assert "有假章" in wang.get("/bulk/1").text
    zhao.get("/packages")
    answer = zhao.post("/packages", {"case": "1"})
    assert (answer.status_code, "没有制作" in answer.text) == (409, True)
