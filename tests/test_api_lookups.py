"""Lookups by programs: directory, blacklist, rules, sources, sweeps, statistics, over a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from console.forms import today
from door.sweep_run import holder
from storage.audit import lines
from storage.cases import decide
from storage.columns import utc_now
from storage.database import write
from storage.locks import hold
from storage.records import Contacts, Target, TargetKind
from storage.sources import SourceRun, remember
from storage.sweeps import begin, finish, record_failed_start, set_target_outcome
from storage.targets import ensure_target
from tests.api_program import Program
from tests.desk_after import some_days
from tests.desk_lookups import filing, some_edition, tools_for
from tests.desk_server import served
from tests.desk_site import staff
from tests.makers import decision, flagged, post, sight

SELLING = "中级消防证书免考包过，三天拿证。加微信sample_wx_105咨询，名额有限！"
LISTING = {"kind": "phone", "value": "13800000001", "reason": "假证", "legal_basis": "某法第一条"}


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    tools = tools_for(engine, tmp_path, ("--targets", "targets.yaml"))
    with served(engine, tmp_path, tools=tools) as running:
        yield running


def test_bodies_are_found_by_words_and_an_empty_directory_is_not_none_found(desk: Desk) -> None:
    wang = Program(desk, "wang")
    empty = wang.get("/directory?q=学校")
    assert (empty["imported"], empty["total"], empty["near"]) == (False, 0, None)
    old = some_edition(desk.engine, [filing("郑州甲职业学校"), filing("郑州乙职业学校")])
    last = today() + timedelta(days=30)
    new = some_edition(
        desk.engine,
        [filing("郑州甲职业学校", valid_to=last, filing_no="S41001"), filing("郑州丙职业学校")],
        as_of=date(2026, 6, 1),
    )
    found = wang.get("/directory?q=甲职业&state=soon")
    (body,) = found["bodies"]
    assert (body["body"], body["until"], body["state"]) == ("郑州甲职业学校", str(last), "soon")
    assert wang.get("/directory?q=S41001")["total"] == 1
    assert [one["current"] for one in wang.get("/directory/editions")] == [True, False]
    told = wang.get("/directory/body?name=郑州甲职业学校")
    assert [one["edition"]["id"] for one in told] == [new.id, old.id]
    changed = wang.get(f"/directory/changes?newer={new.id}")
    assert (changed["added"], changed["removed"]) == (["郑州丙职业学校"], ["郑州乙职业学校"])
    assert changed["older"]["id"] == old.id
    assert wang.refused("GET", "/directory/body?name=无此机构") == 404
    assert wang.refused("GET", "/directory/changes?newer=99") == 404
    assert wang.refused("GET", "/directory?kind=皇帝") == 422
    assert wang.get("/directory?q=郑州市甲职业学校")["near"]["how"], "the judge was asked"


def test_an_entry_is_listed_appealed_and_removed_by_whoever_keeps_the_list(desk: Desk) -> None:
    admin, wang = Program(desk, "admin"), Program(desk, "wang")
    assert wang.refused("POST", "/blacklist", LISTING) == 403
    entry = admin.post("/blacklist", LISTING)
    assert (entry["state"], entry["starts"]) == ("listed", str(today()))
    assert admin.refused("POST", "/blacklist", LISTING) == 409
    assert admin.refused("POST", "/blacklist", {**LISTING, "value": "138****0001"}) == 409
    number = entry["id"]
    appeal = {"act": "appealed", "note": "本人来函"}
    assert admin.post(f"/blacklist/{number}/act", appeal)["state"] == "appealed"
    assert wang.get("/blacklist?state=appealed")["total"] == 1
    gone = admin.post(f"/blacklist/{number}/act", {"act": "removed", "note": "申诉成立"})
    assert [one["act"] for one in gone["versions"]] == ["added", "appealed", "removed"]
    assert wang.get("/blacklist")["total"] == 0
    assert wang.refused("POST", f"/blacklist/{number}/act", appeal) == 403
    assert wang.refused("GET", "/blacklist/99") == 404


def test_numbers_on_the_blacklist_are_masked_until_a_reason_is_written_down(desk: Desk) -> None:
    admin, wang = Program(desk, "admin"), Program(desk, "wang")
    reason = {**LISTING, "reason": "以13800000001招揽"}
    number = admin.post("/blacklist", reason)["id"]
    for told in (wang.get("/blacklist?state="), wang.get(f"/blacklist/{number}")):
        assert "13800000001" not in json.dumps(told)
        assert "138****0001" in json.dumps(told)
    path = f"/blacklist/{number}/contacts"
    assert wang.refused("POST", path, {"why": ""}) == 422
    assert admin.refused("POST", path, {"why": "核对"}) == 403
    assert wang.post(path, {"why": "核对电话"})["subject"] == "13800000001"
    (line,) = [one for one in lines(desk.engine) if one.act == "blacklist.seen"]
    assert json.loads(line.detail) == {"why": "核对电话"}


def test_rules_are_shown_and_any_text_is_tried_on_them_and_kept_nowhere(desk: Desk) -> None:
    wang = Program(desk, "wang")
    every = wang.get("/rules")["rules"]
    some = wang.get("/rules?clause=二")["rules"]
    assert 0 < len(some) < len(every)
    one = wang.get(f"/rules/{some[0]['name']}")
    assert one["hits"]
    assert all(example["holds"] for example in (*one["hits"], *one["misses"]))
    before = len(list(lines(desk.engine)))
    tried = wang.post("/rules/try", {"text": SELLING})
    assert tried["flagged"]
    for hit in tried["findings"]:
        for quote in hit["evidence"]:
            assert tried[quote["field"]][quote["start"] : quote["end"]] == quote["quote"]
    assert len(list(lines(desk.engine))) == before
    assert wang.get("/queue")["counts"]["total"] == 0
    assert wang.refused("POST", "/rules/try", {"text": " "}) == 409
    assert wang.refused("POST", "/rules/try", {"text": "字" * 50_001}) == 422
    assert wang.refused("GET", "/rules/no-such-rule") == 404
    assert {one["kind"] for one in wang.get("/channels")["rows"]} >= {"query", "report"}


def test_a_source_that_could_not_be_read_stands_first(desk: Desk) -> None:
    run = SourceRun(name="weibo", pages=3, blocked=3, reasons=("captcha",))
    remember(desk.engine, [run], utc_now())
    rows = Program(desk, "sun").get("/sources")
    assert (rows[0]["name"], rows[0]["state"]) == ("weibo", "blocked")
    assert rows[-1]["state"] == "unknown"
    assert rows[0]["advice"]["zh"]


def test_sweeps_are_listed_and_each_tells_what_it_could_not_read(desk: Desk) -> None:
    engine, wang = desk.engine, Program(desk, "wang")
    first, _ = begin(engine, {"name": "targets", "targets": []}, "wang@box pid 1")
    target = Target(
        kind=TargetKind.SITE,
        value="https://a.example/13800000001",
        source="institution",
        reason="群众举报",
        added_by="王某",
    )
    with write(engine) as connection:
        number = ensure_target(connection, target)
    set_target_outcome(engine, first, number, "error", "not one page could be read")
    finish(engine, first, "finished", "nothing left to read")
    failed = record_failed_start(engine, ["--targets", "x"], utc_now(), "错误：没有文件", "admin")
    page = wang.get("/sweeps")
    assert [one["id"] for one in page["sweeps"]] == [failed, first]
    one = wang.get(f"/sweeps/{first}")
    assert (one["all_targets"], one["targets"][0]["outcome"]) == (1, "error")
    assert one["targets"][0]["value"] == "https://a.example/138****0001"
    assert wang.get(f"/sweeps/{failed}")["cause"] == "错误：没有文件"
    assert wang.refused("GET", "/sweeps/99") == 404


def test_a_sweep_is_started_by_an_administrator_alone_and_never_beside_another(
    desk: Desk, tmp_path: Path
) -> None:
    admin, wang = Program(desk, "admin"), Program(desk, "wang")
    assert wang.get("/sweeps/now")["can_start"] is True
    for act in ("start", "stop"):
        assert wang.refused("POST", f"/sweeps/{act}") == 403
        assert Program(desk, "admin", ["read"]).refused("POST", f"/sweeps/{act}") == 403
    assert admin.refused("POST", "/sweeps/stop") == 409, "none is at work"
    with hold(desk.engine, tmp_path, "sweep", holder()):
        assert wang.get("/sweeps/now")["running"]["holder"]
        assert admin.refused("POST", "/sweeps/start") == 409
    assert "sweep.start" not in [line.act for line in lines(desk.engine)]


def test_what_still_waits_for_a_second_person_is_counted_by_itself(desk: Desk) -> None:
    sight(desk.engine, flagged())
    assert Program(desk, "wang").get("/statistics")["unconfirmed"] == 0
    decide(desk.engine, decision(1, reason="C3-06", by="wang", at=utc_now()))
    told = Program(desk, "wang").get("/statistics")
    assert (told["unconfirmed"], told["decided"]) == (1, 0)


def test_the_queue_says_that_a_case_stands_high_because_of_the_blacklist(desk: Desk) -> None:
    sight(desk.engine, flagged(post(contacts=Contacts(phones=("13800000001",)))))
    wang = Program(desk, "wang")
    assert "在黑名单上" not in wang.get("/queue")["cases"][0]["why"]
    Program(desk, "admin").post("/blacklist", LISTING)
    assert "在黑名单上" in wang.get("/queue")["cases"][0]["why"]


def test_statistics_are_those_of_the_page_and_no_contact_is_in_them(desk: Desk) -> None:
    some_days(desk)
    wang = Program(desk, "wang")
    told = wang.get("/statistics?period=month")
    assert told["found"] == 18
    assert told["decided"] == sum(told["verdicts"].values())
    assert sum(day["found"] for day in told["days"]) == 18
    assert {one["name"] for one in told["platforms"]} >= {"web", "weibo"}
    day = today().isoformat()
    one = wang.get(f"/statistics?period=custom&first={day}&last={day}")
    assert len(one["days"]) == 1
    assert "1380000" not in json.dumps(told)
    assert wang.refused("GET", f"/statistics?period=custom&first={day}&last=2020-01-01") == 409
    assert wang.refused("GET", "/statistics?period=ever") == 422
    assert wang.refused("GET", "/statistics?peroid=week") == 422, "a wrong name is not passed over"
