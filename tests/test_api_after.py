"""After the decision, by programs: requests, files as jobs, packages, over a real server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.desk import Desk
from door.export_jobs import run_waiting
from storage.audit import lines, verify
from storage.cases import decide, get_case
from storage.columns import utc_now
from storage.custody import every_line
from storage.database import read
from storage.records import Verdict
from storage.second import look
from storage.takedowns import get_request
from tests.api_program import Program
from tests.desk_after import requests, shop, some_days
from tests.desk_server import served
from tests.desk_site import staff
from tests.makers import decision, flagged, post, sight
from tests.takedown_makers import decided, listed


@pytest.fixture
def kind() -> str:
    """The API asks storage, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    staff(engine)
    with served(engine, tmp_path) as running:
        yield running


def acts(engine: Engine) -> list[str]:
    return [line.act for line in lines(engine)]


# --- requests -------------------------------------------------------------------------------------


def test_a_request_goes_its_whole_way_by_programs_alone(desk: Desk) -> None:
    decided(desk.engine)
    wang, qian, zhao = (Program(desk, login) for login in ("wang", "qian", "zhao"))
    assert wang.refused("POST", "/takedowns", {"platform": "无此平台"}) == 409
    made = wang.post("/takedowns", {"note": "第一批", "platform": "网站"})
    assert (made["requests"], made["more"]) == ([1], False)
    assert wang.refused("POST", "/takedowns", {}) == 409, "all is asked for already"
    assert wang.refused("POST", "/takedowns/1/approve") == 403, "a reviewer does not sign"
    assert qian.post("/takedowns/1/approve")["approved_by"] == "qian"
    assert wang.refused("POST", "/takedowns/1/sent", {"days": 3}) == 409, "what was sent?"
    sent = wang.post("/takedowns/1/sent", {"letter": "某网信函〔2026〕7号", "days": 3})
    assert (sent["days"], sent["items"][0]["state"]) == (3, "sent")
    got = wang.post("/takedowns/1/acknowledged", {"receipt": "R-7"})
    assert (got["receipt_no"], got["items"][0]["state"]) == ("R-7", "acknowledged")
    item = got["items"][0]["id"]
    said = {"answer": "partial", "note": "删了一半"}
    told = wang.post(f"/takedowns/items/{item}/answer", said)["items"][0]
    assert (told["answer"], told["answered_by"]) == ("partial", "wang")
    look = {"seen": "gone", "note": "打开是 404"}
    assert wang.refused("POST", f"/takedowns/items/{item}/look", look) == 409, "the drafter's word"
    seen = zhao.post(f"/takedowns/items/{item}/look", look)["items"][0]
    assert (seen["state"], seen["looks"][0]["who"]) == ("removed", "zhao")
    assert [one["act"] for one in seen["history"]][:3] == ["drafted", "approved", "sent"]
    back = wang.post("/takedowns/1/withdraw", {"why": "改判"})
    assert back["items"][0]["state"] == "withdrawn"
    assert wang.get("/takedowns?state=withdrawn")["requests"][0]["id"] == 1
    assert wang.get("/takedowns?state=draft")["requests"] == []
    assert verify(desk.engine).broken is None


def test_a_draft_is_planned_first_and_planning_writes_nothing(desk: Desk) -> None:
    decided(desk.engine)
    wang = Program(desk, "wang")
    before = acts(desk.engine)
    plan = wang.post("/takedowns/plan", {"platform": "网站"})
    assert plan == {"requests": 1, "items": plan["items"], "more": False}
    assert plan["items"] >= 1
    assert wang.get("/takedowns")["requests"] == []
    assert acts(desk.engine) == before
    made = wang.post("/takedowns", {"platform": "网站"})
    assert len(wang.get(f"/takedowns/{made['requests'][0]}")["items"]) == plan["items"]
    assert wang.refused("POST", "/takedowns/plan", {"platform": "网站"}) == 409
    assert Program(desk, "sun").refused("POST", "/takedowns/plan", {}) == 403


def test_a_request_tells_what_it_rests_on_and_what_was_made_for_it(desk: Desk) -> None:
    decided(desk.engine)
    wang = Program(desk, "wang")
    wang.post("/takedowns", {})
    asked = wang.get("/takedowns/1")
    ground = asked["items"][0]["ground"]
    assert (ground["decision"]["verdict"], ground["decision"]["by"]) == ("violation", "李审核")
    assert (ground["since"], asked["made"]) == (None, [])
    assert ground["findings"][0]["quotes"] == ["包过"]
    order = {"kind": "list", "form": "csv", "request": 1}
    wang.post("/exports", order)
    run_waiting(shop(desk), "test")
    (file,) = wang.get("/takedowns/1")["made"]
    assert file["batch"].startswith("CS-")
    assert (file["format"], file["job"], len(file["sha256"])) == ("csv", 1, 64)
    case = asked["items"][0]["case_id"]
    seen = wang.get(f"/cases/{case}")
    stands = {"version": seen["version"], "supersedes": seen["decisions"][-1]["id"]}
    other = {"verdict": "violation", "reason": "C3-06", "note": "二次意见"}
    wang.post(f"/cases/{case}/decide", {**other, **stands})
    item = Program(desk, "zhao").get("/takedowns/1")["items"][0]
    assert (item["ground"]["decision"], item["ground"]["since"]) == (None, None), "an open round"
    assert "二次意见" not in json.dumps(item, ensure_ascii=False)


def test_nobody_approves_their_own_request_and_no_time_to_come_is_taken(desk: Desk) -> None:
    decided(desk.engine)
    wang, qian = Program(desk, "wang"), Program(desk, "qian")
    qian.post("/takedowns", {})
    assert qian.refused("POST", "/takedowns/1/approve") == 409
    assert get_request(desk.engine, 1).approved_by is None
    qian.post("/takedowns/1/withdraw", {"why": "重起"})
    number = wang.post("/takedowns", {})["requests"][0]
    qian.post(f"/takedowns/{number}/approve")
    later = (utc_now() + timedelta(days=1)).isoformat()
    for at in (later, "0001-01-01T00:00:00"):
        body = {"letter": "7号", "at": at}
        assert wang.refused("POST", f"/takedowns/{number}/sent", body) == 409
    body = {"letter": "7号", "at": "昨天"}
    assert wang.refused("POST", f"/takedowns/{number}/sent", body) == 422


def test_addresses_are_masked_and_each_look_at_a_picture_is_written_down(desk: Desk) -> None:
    some_days(desk)
    decided(desk.engine, "http://school.example/13800000000", seed=99)
    requests(desk)
    wang = Program(desk, "wang")
    page = wang.get("/takedowns")
    whole = [wang.get(f"/takedowns/{one['id']}") for one in page["requests"]]
    told = json.dumps([page, whole, wang.get("/takedowns/due")])
    assert "13800000000" not in told
    assert "138****0000" in told
    item = next(item for one in whole for item in one["items"] if item["pictures"])
    shot = item["pictures"][0]["sha256"]
    answer = wang.ask("GET", f"/takedowns/items/{item['id']}/pictures/{shot}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert acts(desk.engine).count("snapshot.picture") == 1
    assert wang.refused("GET", f"/takedowns/items/{item['id']}/pictures/{'0' * 64}") == 404
    assert page["counts"] == {
        state: sum(one["states"].get(state, 0) for one in page["requests"])
        for state in page["counts"]
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/takedowns/77", None),
        ("POST", "/takedowns/77/withdraw", {"why": "错"}),
        ("POST", "/takedowns/77/sent", {"letter": "7号"}),
        ("POST", "/takedowns/items/77/answer", {"answer": "yes"}),
        ("POST", "/takedowns/items/77/look", {"seen": "gone", "note": "没了"}),
        ("POST", "/takedowns/items/77/withdraw", {"why": "错"}),
        ("GET", "/exports/77", None),
        ("GET", "/exports/files/77", None),
        ("POST", "/exports/77/again", None),
        ("POST", "/exports/77/cancel", None),
        ("POST", "/packages", {"case": 77}),
        ("GET", "/packages/EV-7.wacz", None),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(
    desk: Desk, method: str, path: str, body: object
) -> None:
    assert Program(desk, "wang").refused(method, path, body) == 404


def test_auditors_and_narrow_tokens_read_and_change_nothing(desk: Desk) -> None:
    decided(desk.engine)
    for one in (Program(desk, "sun"), Program(desk, "wang", ["read"])):
        assert one.get("/takedowns")["requests"] == []
        assert one.get("/exports")["jobs"] == []
        assert one.get("/packages")["packages"] == []
        for path, body in (
            ("/takedowns", {}),
            ("/takedowns/1/approve", None),
            ("/exports", {"form": "csv"}),
            ("/packages", {"case": 1}),
        ):
            assert one.refused("POST", path, body) == 403
        assert one.refused("GET", "/exports/files/1") == 403
    assert not {"export.ask", "takedown.draft"} & set(acts(desk.engine))


# --- files ----------------------------------------------------------------------------------------


def test_a_list_is_ordered_followed_and_fetched_whole(desk: Desk) -> None:
    decided(desk.engine, text="包过，请打13800000000", title="")
    wang = Program(desk, "wang")
    job = wang.post("/exports", {"form": "csv", "platform": ""})
    assert (job["state"], job["files"]) == ("waiting", [])
    run_waiting(shop(desk), "test")
    done = wang.get(f"/exports/{job['id']}")
    assert (done["state"], done["done"], done["total"]) == ("done", 1, 1)
    (file,) = done["files"]
    answer = wang.ask("GET", f"/exports/files/{file['id']}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    assert "13800000000" not in answer.content.decode("utf-8-sig")
    assert acts(desk.engine)[-1] == "export.download"
    with read(desk.engine) as connection:
        kept = [line.what for line in every_line(connection)]
    assert kept.count("exported") == 2, "made and fetched, both in custody"
    assert wang.get("/exports")["jobs"][0] == done
    assert wang.refused("POST", f"/exports/{job['id']}/again") == 409


def test_contacts_leave_for_a_reason_and_with_the_scope_only(desk: Desk) -> None:
    decided(desk.engine, text="包过，请打13800000000", title="")
    wang, narrow = Program(desk, "wang"), Program(desk, "wang", ["read", "export"])
    bare = {"form": "csv", "platform": "", "masked": False}
    assert wang.refused("POST", "/exports", bare) == 409
    assert narrow.refused("POST", "/exports", {**bare, "why": "移送公安"}) == 403
    job = wang.post("/exports", {**bare, "why": "移送公安"})
    (line,) = [one for one in lines(desk.engine) if one.act == "export.ask"]
    assert json.loads(line.detail)["why"] == "移送公安"
    run_waiting(shop(desk), "test")
    number = narrow.get(f"/exports/{job['id']}")["files"][0]["id"]
    assert narrow.refused("GET", f"/exports/files/{number}") == 403
    assert "13800000000" in wang.ask("GET", f"/exports/files/{number}").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"form": "pdf"}, 409),
        ({"form": "csv", "platform": "doyin"}, 409),
        ({"form": "csv", "since": "2999-01-01"}, 409),
        ({"form": "csv", "since": "0001-01-01"}, 409),
        ({"kind": "brief", "day": "2999-01-01"}, 409),
        ({"kind": "brief", "day": "0001-01-01"}, 409),
        ({"kind": "brief", "days": 0}, 422),
        ({"kind": "evidence", "case_id": 1}, 422),
        ({"form": "transfer", "to": "天宫"}, 409),
        ({"form": "csv", "platfrom": "web"}, 422),
    ],
)
def test_what_no_file_can_be_made_of_takes_no_place_in_line(
    desk: Desk, body: object, status: int
) -> None:
    wang = Program(desk, "wang")
    assert wang.refused("POST", "/exports", body) == status
    assert wang.get("/exports")["jobs"] == []


def test_a_package_is_ordered_and_fetched_and_not_while_a_case_waits(desk: Desk) -> None:
    decided(desk.engine)
    wang, li = Program(desk, "wang"), Program(desk, "li")
    assert wang.refused("POST", "/packages", {"case": 1}) == 409, "originals take a reason"
    job = wang.post("/packages", {"case": 1, "why": "移送公安"})
    assert (job["order"]["kind"], job["order"]["masked"]) == ("evidence", False)
    (line,) = [one for one in lines(desk.engine) if one.act == "export.ask"]
    assert json.loads(line.detail)["why"] == "移送公安"
    run_waiting(shop(desk), "test")
    (package,) = wang.get("/packages?case=1")["packages"]
    answer = wang.ask("GET", f"/packages/{package['name']}")
    assert answer.headers["content-type"] == "application/zip"
    assert hashlib.sha256(answer.content).hexdigest() == package["sha256"]
    assert acts(desk.engine)[-1] == "export.download"
    sight(desk.engine, flagged(post("http://b.example/"), seed=9))
    body = {"verdict": "violation", "reason": "C3-06", "version": 1}
    assert li.post("/cases/2/decide", body)["awaits_second"]
    assert wang.refused("POST", "/packages", {"case": 2}) == 409


def test_an_older_package_is_not_fetched_and_none_made_again_in_an_open_round(desk: Desk) -> None:
    decided(desk.engine)
    wang = Program(desk, "wang")
    why = {"why": "移送公安"}
    wang.post("/packages", {"case": 1, **why})
    run_waiting(shop(desk), "test")
    (package,) = wang.get("/packages?case=1")["packages"]
    job = wang.post("/packages", {"case": 1, **why})
    wang.post(f"/exports/{job['id']}/cancel", {})
    number, _ = get_case(desk.engine, 1).decisions[-1]
    decide(desk.engine, decision(1, reason="C3-02", by="wang", supersedes=number))
    for turn in ("waits", "turned down"):
        assert wang.refused("GET", f"/packages/{package['name']}") == 409, turn
        assert wang.refused("POST", f"/exports/{job['id']}/again", why) == 409, turn
        if turn == "waits":
            assert not look(desk.engine, decision(1, Verdict.CLEAN, by="zhao"))
    assert acts(desk.engine).count("export.download") == 0
    assert len(wang.get("/exports")["jobs"]) == 2
    decide(desk.engine, decision(1, Verdict.CLEAN, by="wang"))
    assert look(desk.engine, decision(1, Verdict.CLEAN, by="li"))
    assert wang.ask("GET", f"/packages/{package['name']}").status_code == 200
    assert wang.post(f"/exports/{job['id']}/again", why)["order"]["kind"] == "evidence"


def test_a_token_that_may_not_see_contacts_gets_no_package(desk: Desk) -> None:
    decided(desk.engine)
    wang, narrow = Program(desk, "wang"), Program(desk, "wang", ["read", "export"])
    assert narrow.refused("POST", "/packages", {"case": 1, "why": "移送公安"}) == 403
    wang.post("/packages", {"case": 1, "why": "移送公安"})
    run_waiting(shop(desk), "test")
    (package,) = narrow.get("/packages?case=1")["packages"]
    assert narrow.refused("GET", f"/packages/{package['name']}") == 403
    assert acts(desk.engine).count("export.download") == 0


def test_pages_of_jobs_hold_each_once(desk: Desk) -> None:
    wang = Program(desk, "wang")
    for _ in range(52):
        wang.post("/exports", {"kind": "brief"})
    first = wang.get("/exports")
    rest = wang.get(f"/exports?before={first['next']}")
    assert [job["id"] for job in (*first["jobs"], *rest["jobs"])] == list(range(52, 0, -1))
    assert rest["next"] is None


def test_a_list_made_at_the_command_line_is_named_here_too(desk: Desk) -> None:
    decided(desk.engine)
    number = listed(desk.engine)
    (one,) = Program(desk, "sun").get("/exports/elsewhere")
    assert (one["batch_no"], one["file_name"], one["rows"]) == (number, "清单.xlsx", 1)
    assert Program(desk, "sun", ["audit"]).refused("GET", "/exports/elsewhere") == 403


def test_several_drafts_are_withdrawn_by_one_call_and_what_stays_is_told(desk: Desk) -> None:
    decided(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    wang, qian = Program(desk, "wang"), Program(desk, "qian")
    made = wang.post("/takedowns", {})["requests"]
    qian.post(f"/takedowns/{made[0]}/approve")
    body = {"requests": [*made, 77], "why": "重新起草"}
    done = wang.post("/takedowns/withdraw", body)
    assert [(one["number"], one["items"]) for one in done["withdrawn"]] == [(made[1], 1)]
    assert [one["number"] for one in done["kept"]] == [made[0], 77]
    assert "已批准" in done["kept"][0]["why"]["zh"]
    assert "approved" in done["kept"][0]["why"]["en"]
    assert wang.refused("POST", "/takedowns/withdraw", {"requests": [], "why": "x"}) == 422
    assert wang.refused("POST", "/takedowns/withdraw", {"requests": made, "why": " "}) == 409
    assert acts(desk.engine).count("takedown.withdrawn") == 1
