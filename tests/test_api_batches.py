"""Batches by programs, over a real server: frozen, a tick per member, undone, blind, warned of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from storage.audit import lines, verify
from storage.bulk_shown import get_bulk
from storage.cases import get_case
from storage.columns import utc_now
from storage.records import CaseStatus, Contacts
from storage.takedown_drafting import Wanted, draft_all
from tests.api_program import Program
from tests.desk_server import served
from tests.desk_site import Browser, staff
from tests.makers import flagged, judged, post, sight

PASS = {"verdict": "violation", "reason": "B4-02"}
CLEAN = {"verdict": "clean", "reason": "NEWS"}
FORGED = {"verdict": "violation", "reason": "C3-06"}


@pytest.fixture
def kind() -> str:
    """The rules are storage's, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    for n in range(1, 4):
        contacts = Contacts(phones=(f"1380000{n:04d}",))
        place = post(f"http://school{n}.example/a", title=f"第{n}家13800000001", contacts=contacts)
        sight(engine, flagged(place, seed=n, judgement=judged(score=0.9 - n / 100)))
    with served(engine, tmp_path) as running:
        yield running


def rows(batch: dict) -> list[int]:
    return [post["row"] for case in batch["cases"] for post in case["posts"]]


def statuses(desk: Desk) -> list[str]:
    return [get_case(desk.engine, n).status.value for n in (1, 2, 3)]


def test_a_batch_is_frozen_decided_by_ticks_and_undone_as_one(desk: Desk) -> None:
    wang = Program(desk, "wang")
    shown = wang.post("/batches", {"cases": [1, 2, 3]})
    assert (shown["state"], shown["owner"], len(rows(shown))) == ("shown", "wang", 3)
    assert "1380000" not in json.dumps(shown)
    assert statuses(desk) == ["claimed"] * 3
    first, _, third = rows(shown)
    path = f"/batches/{shown['id']}"
    done = wang.post(f"{path}/decide", {**PASS, "ticked": [first, third]})
    assert statuses(desk) == ["decided", "claimed", "decided"]
    came = {one["case"]: one for one in done["outcomes"]}
    assert came[2]["decision"] is None
    assert "去掉了勾" in came[2]["why"]["zh"]
    again = wang.post(f"{path}/decide", {**CLEAN, "ticked": [first]})
    assert (again["verdict"], len(get_case(desk.engine, 1).decisions)) == ("violation", 1)
    back = wang.post(f"{path}/undo")
    assert back["state"] == "undone"
    assert all(one["undone"] for one in back["outcomes"] if one["decision"])
    assert statuses(desk) == ["claimed"] * 3
    assert wang.get(path) == back
    assert wang.refused("POST", f"{path}/decide", {**PASS, "ticked": [first]}) == 409
    said = [line.act for line in lines(desk.engine) if line.act.startswith("bulk.")]
    assert said == ["bulk.show", "bulk.decide", "bulk.undo"]
    assert verify(desk.engine).broken is None


def test_a_batch_is_left_undecided_by_its_owner_alone_and_never_after_it_was_decided(
    desk: Desk,
) -> None:
    wang, li = Program(desk, "wang"), Program(desk, "li")
    path = f"/batches/{wang.post('/batches', {'cases': [1, 2]})['id']}"
    assert li.refused("POST", f"{path}/leave") == 409
    assert statuses(desk) == ["claimed", "claimed", "waiting"]
    left = wang.post(f"{path}/leave")
    assert (left["state"], statuses(desk)) == ("shown", ["waiting"] * 3)
    other = wang.post("/batches", {"cases": [1, 2]})
    wang.post(f"/batches/{other['id']}/decide", {**PASS, "ticked": rows(other)[:1]})
    assert wang.refused("POST", f"/batches/{other['id']}/leave") == 409
    assert statuses(desk) == ["decided", "claimed", "waiting"]


def test_the_pages_and_the_api_work_on_the_same_batch(desk: Desk) -> None:
    wang = Program(desk, "wang")
    shown = wang.post("/batches", {"kin_of": 1})
    assert len(shown["cases"]) >= 1
    page = Browser(desk).log_in("wang").get(f"/bulk/{shown['id']}").text
    assert page.count('name="member"') == len(rows(shown))
    assert wang.post(f"/batches/{shown['id']}/claim")["state"] == "shown"
    assert wang.post(f"/batches/{shown['id']}/on")["state"] == "shown", "nothing was said yet"


def test_a_case_that_changed_is_left_alone_and_others_are_decided(desk: Desk) -> None:
    wang = Program(desk, "wang")
    shown = wang.post("/batches", {"cases": [1, 2]})
    more = post("http://school1.example/b", contacts=Contacts(phones=("13800000001",)))
    sight(desk.engine, flagged(more, seed=1))
    assert [one["changed"] for one in wang.get("/batches/1")["cases"]] == [True, False]
    done = wang.post("/batches/1/decide", {**PASS, "ticked": rows(shown)})
    assert [bool(one["decision"]) for one in done["outcomes"]] == [False, True]


def test_wrong_requests_decide_nothing_and_say_why(desk: Desk) -> None:
    wang, li = Program(desk, "wang"), Program(desk, "li")
    for body, status in (
        ({}, 409),
        ({"cases": [1], "kin_of": 1}, 409),
        ({"cases": [99]}, 409),
        ({"cases": list(range(1, 300))}, 422),
    ):
        assert wang.refused("POST", "/batches", body) == status, body
    ticked = rows(wang.post("/batches", {"cases": [1, 2]}))
    assert li.refused("POST", "/batches", {"cases": [1]}) == 409, "in other hands"
    for body, status in (
        ({**PASS, "ticked": []}, 422),
        (PASS, 422),
        ({**PASS, "ticked": [999]}, 409),
        ({"verdict": "violation", "reason": "NEWS", "ticked": ticked}, 409),
        ({**PASS, "ticked": ticked, "note": "字" * 4001}, 422),
    ):
        assert wang.refused("POST", "/batches/1/decide", body) == status, body
    good = {**PASS, "ticked": ticked}
    for act, body in (("decide", good), ("undo", None), ("on", None), ("claim", None)):
        assert li.refused("POST", f"/batches/1/{act}", body) == 409, act
        assert Program(desk, "sun").refused("POST", f"/batches/1/{act}", body) == 403
        assert Program(desk, "wang", ["read"]).refused("POST", f"/batches/1/{act}", body) == 403
        assert wang.refused("POST", f"/batches/9/{act}", body) == 404
    assert wang.refused("POST", "/batches/1/undo") == 409, "nothing was decided"
    assert get_bulk(desk.engine, 1).state == "shown"


def test_whoever_may_become_the_second_person_learns_no_verdict_of_a_batch(desk: Desk) -> None:
    wang, zhao = Program(desk, "wang"), Program(desk, "zhao")
    ticked = rows(wang.post("/batches", {"cases": [1, 2]}))
    wang.post("/batches/1/decide", {**FORGED, "ticked": ticked, "note": "伪造印章"})
    assert wang.get("/batches/1")["reason"] == "C3-06"
    seen = zhao.get("/batches/1")
    assert (seen["blind"], seen["verdict"], seen["reason"], seen["note"]) == (
        True, None, None, None,
    )  # fmt: skip
    assert "C3-06" not in json.dumps(seen)


# --- open requests --------------------------------------------------------------------------------


def requested_and_open_again(desk: Desk, wang: Program) -> list[int]:
    """Case 1 was a violation, a platform is asked, and then its decision was taken back."""
    ticked = rows(wang.post("/batches", {"cases": [1]}))
    wang.post("/batches/1/decide", {**PASS, "ticked": ticked})
    draft_all(desk.engine, Wanted(by="wang", at=utc_now()), desk.recipient_of)
    return ticked


def test_a_batch_about_to_reverse_what_a_platform_was_asked_for_warns_of_it(desk: Desk) -> None:
    wang = Program(desk, "wang")
    requested_and_open_again(desk, wang)
    browser = Browser(desk).log_in("wang")
    number = wang.get("/batches/1")["cases"][0]["asked"][0]["request_no"]
    done = browser.get("/bulk/1").text
    assert "撤销整批后宜撤回" in done
    assert number in done
    undone = wang.post("/batches/1/undo")
    assert undone["cases"][0]["asked"][0]["state"] == "draft"
    again = browser.get("/bulk/1").text
    assert "其中在处置请求中的：" in again, "open again: nothing is said of it yet"
    assert "现在不是" not in again
    assert get_case(desk.engine, 1).status is CaseStatus.CLAIMED
    shown = wang.post("/batches", {"cases": [1, 2]})
    assert [len(one["asked"]) for one in shown["cases"]] == [1, 0]
    assert wang.get("/cases/1")["asked"][0]["open"] is True
    page = browser.get("/bulk/2").text
    assert "其中 1 件在处置请求中" in page
    assert page.count("本案在处置请求中：") == 1
    assert number in page
    wang.post("/batches/2/decide", {**CLEAN, "ticked": rows(shown)})
    assert "现在不是“违规”，宜撤回" in browser.get("/bulk/2").text
    request = shown["cases"][0]["asked"][0]["request"]
    wang.post(f"/takedowns/{request}/withdraw", {"why": "改判"})
    assert "处置请求中" not in browser.get("/bulk/2").text
    assert wang.get("/batches/2")["cases"][0]["asked"] == []


def test_a_warning_tells_no_second_person_what_was_said_of_the_batch(desk: Desk) -> None:
    """Case 1 is in a request and then clean; case 2 of the same batch waits for a second person."""
    wang = Program(desk, "wang")
    requested_and_open_again(desk, wang)
    wang.post("/batches/1/undo")
    police = {"verdict": "transfer", "reason": "POLICE"}
    ticked = rows(wang.post("/batches", {"cases": [1, 2]}))
    wang.post("/batches/2/decide", {**police, "ticked": ticked})
    seen = Browser(desk).log_in("zhao").get("/bulk/2").text
    assert "现在不是" not in seen
    assert "其中在处置请求中的：" in seen


def test_a_batch_without_requests_warns_of_nothing(desk: Desk) -> None:
    wang = Program(desk, "wang")
    wang.post("/batches", {"cases": [1, 2]})
    assert 'id="asked"' not in Browser(desk).log_in("wang").get("/bulk/1").text
