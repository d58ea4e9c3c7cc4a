"""After the decision at the desk: requests followed, lists ordered and fetched, packages."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.forms import moment_of, numbers_in
from console.names import platform_code
from door.export_jobs import Shop, run_waiting
from door.settings import read_settings
from storage.audit import lines, verify
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.custody import every_line, first_broken
from storage.database import read
from storage.export_jobs import JobState, Order, get_job, list_jobs, place_order, take_waiting
from storage.takedown_states import ItemState
from storage.takedowns import get_item, get_request
from tests.desk_site import Browser, make_desk, staff
from tests.makers import NOON, flagged, post, sight
from tests.takedown_makers import decided, listed, round_at, sent, taken_down


@pytest.fixture
def kind() -> str:
    """Pages ask storage, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def shop(desk) -> Shop:
    home = {"CERTSWEEP_HOME": str(desk.exports.parent)}
    return Shop(engine=desk.engine, settings=read_settings(home))


def acts(engine: Engine) -> list[str]:
    return [line.act for line in lines(engine)]


# --- requests -------------------------------------------------------------------------------------


def test_a_request_goes_its_whole_way_by_the_pages_alone(desk) -> None:
    decided(desk.engine)
    wang, qian = Browser(desk).log_in("wang"), Browser(desk).log_in("qian")
    assert wang.post("/takedowns/draft").headers["location"] == "/takedowns/1"
    assert get_request(desk.engine, 1).recipient == "school.example"
    page = wang.get("/takedowns/1").text
    assert "批准</button>" not in page, "a reviewer does not sign"
    assert wang.post("/takedowns/1/approve").status_code == 403
    qian.get("/takedowns/1")
    assert qian.post("/takedowns/1/approve").status_code == 303
    number = listed(desk.engine)
    assert wang.post("/takedowns/1/sent", {"days": "3"}).status_code == 409, "what was sent?"
    form = {"batch": number, "channel": "举报入口", "days": "3"}
    assert wang.post("/takedowns/1/sent", form).status_code == 303
    assert wang.post("/takedowns/1/ack", {"receipt": "R-7"}).status_code == 303
    item = get_request(desk.engine, 1).items[0]
    form = {"answer": "partial", "note": "删了一半"}
    assert wang.post(f"/takedowns/items/{item.id}/answer", form).status_code == 303
    page = wang.get("/takedowns/1").text
    for words in (
        "R-7",
        number,
        "举报入口",
        "平台答复：部分 删了一半",
        "已受理",
        "起草",
        "登记发出",
    ):
        assert words in page, words
    assert wang.post("/takedowns/1/withdraw", {"why": "误列"}).status_code == 303
    assert get_item(desk.engine, item.id).state is ItemState.WITHDRAWN


def test_nobody_approves_what_they_drafted_whatever_their_role(desk) -> None:
    decided(desk.engine)
    qian = Browser(desk).log_in("qian")
    qian.post("/takedowns/draft")
    assert "须由另一人批准" in qian.get("/takedowns/1").text
    answer = qian.post("/takedowns/1/approve")
    assert (answer.status_code, "没有写入" in answer.text) == (409, True)
    assert get_request(desk.engine, 1).approved_by is None


def test_lists_are_filtered_by_state_platform_and_deadline(desk) -> None:
    sent(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft")

    def shown(query: str) -> list[str]:
        return re.findall(
            r'data-row href="/takedowns/(\d+)', browser.get(f"/takedowns{query}").text
        )

    assert shown("") == ["2", "1"]
    assert shown("?state=sent") == ["1"]
    assert shown("?platform=weibo") == ["2"]
    assert shown("?deadline=none") == ["2"]
    late = get_request(desk.engine, 1).deadline
    assert shown("?deadline=overdue") == (["1"] if late < NOON.date() else [])
    assert shown("?deadline=overdue") + shown("?deadline=soon") + shown("?deadline=later") == ["1"]
    assert browser.get("/takedowns?state=x").status_code == 409


def test_looks_stand_with_their_pictures_before_and_after(desk) -> None:
    picture = desk.store.put(b"\x89PNG\r\n\x1a\nbefore", "screenshot", "http://a.example/", NOON)
    other = desk.store.put(b"\x89PNG\r\n\x1a\nother", "screenshot", "http://a.example/", NOON)
    sight(desk.engine, flagged(post("http://school.example/ad"), snapshots=(picture,)))
    item = sent(desk.engine)
    taken_down(desk.engine, item.id)
    browser = Browser(desk).log_in("wang")
    page = browser.get(f"/takedowns/{item.request_id}").text
    assert f"/takedowns/pictures/{item.id}/{picture.sha256}" in page
    assert "处置前" in page
    assert "已核实删除" in page
    assert browser.get(f"/takedowns/pictures/{item.id}/{picture.sha256}").status_code == 200
    assert browser.get(f"/takedowns/pictures/{item.id}/{other.sha256}").status_code == 404
    assert "snapshot.picture" in acts(desk.engine)


def test_what_somebody_saw_is_written_down_and_signed(desk) -> None:
    item = sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get(f"/takedowns/{item.request_id}")
    path = f"/takedowns/items/{item.id}/look"
    assert browser.post(path, {"seen": "gone"}).status_code == 409
    assert browser.post(path, {"seen": "gone", "note": "页面打不开"}).status_code == 303
    assert get_item(desk.engine, item.id).state is ItemState.REMOVED
    assert "页面打不开" in browser.get(f"/takedowns/{item.request_id}").text


def test_what_is_due_stands_on_top(desk) -> None:
    item = sent(desk.engine)
    taken_down(desk.engine, item.id)
    from storage.takedown_verdict import Seen

    round_at(desk.engine, item.id, 300, Seen.OFFENDING)
    page = Browser(desk).log_in("wang").get("/takedowns").text
    assert "核实删除后再次出现" in page


def test_a_request_that_is_not_there_is_a_page(desk) -> None:
    browser = Browser(desk).log_in("wang")
    assert browser.get("/takedowns/7").status_code == 404
    assert browser.get("/takedowns/7" + "0" * 12).status_code == 404
    assert browser.post("/takedowns/items/7/answer", {"answer": "yes"}).status_code == 409


@pytest.mark.parametrize("typed", ["昨天", "2026-13-01", "x" * 5000])
def test_a_moment_that_is_none_is_said(typed: str) -> None:
    with pytest.raises(Problem, match="no time"):
        moment_of(typed, NOON)


def test_case_numbers_are_read_however_people_list_them() -> None:
    assert numbers_in("12 13，15、20；7") == {12, 13, 15, 20, 7}
    assert numbers_in("") == frozenset()
    with pytest.raises(Problem):
        numbers_in("1" * 30)


@pytest.mark.parametrize("typed", ["abc", "12 a 13", "案件12", "-3", "1.5"])
def test_a_list_of_cases_that_is_none_never_stands_for_all_of_them(typed: str) -> None:
    with pytest.raises(Problem, match="nothing was written"):
        numbers_in(typed)


def test_a_platform_is_known_by_its_chinese_name_too() -> None:
    assert [platform_code(typed) for typed in ("微博", "weibo", " 抖音 ", "")] == [
        "weibo",
        "weibo",
        "douyin",
        "",
    ]
    with pytest.raises(Problem, match="weibo"):
        platform_code("未知平台")


# --- lists as jobs --------------------------------------------------------------------------------


def test_a_list_is_ordered_made_numbered_hashed_kept_and_fetched(desk) -> None:
    decided(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    browser = Browser(desk).log_in("wang")
    assert browser.post("/exports", {"form": "xlsx", "platform": "each"}).status_code == 303
    assert "排队中" in browser.get("/exports/1").text
    assert run_waiting(shop(desk), "test") == 1
    job = get_job(desk.engine, 1)
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    assert {file.rows for file in job.files} == {1}
    for file in job.files:
        answer = browser.get(f"/exports/files/{file.id}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == file.sha256
        assert file.sha256 in browser.get("/exports/1").text
        assert file.number in browser.get("/exports").text
    assert acts(desk.engine).count("export.made") == 2
    assert acts(desk.engine).count("export.download") == 2
    with read(desk.engine) as connection:
        chain = list(every_line(connection))
    assert [line.what for line in chain] == ["exported"] * 4
    assert {line.sha256 for line in chain} == {file.sha256 for file in job.files}
    assert first_broken(chain) is None
    assert verify(desk.engine).broken is None


def test_a_changed_file_is_never_handed_out(desk) -> None:
    decided(desk.engine)
    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    run_waiting(shop(desk), "test")
    file = get_job(desk.engine, 1).files[0]
    path = desk.exports / file.path
    path.write_bytes(path.read_bytes() + b"x")
    browser = Browser(desk).log_in("wang")
    assert "SHA-256" in browser.get(f"/exports/files/{file.id}").text
    path.unlink()
    assert browser.get(f"/exports/files/{file.id}").status_code == 409
    assert "export.download" not in acts(desk.engine)


def test_nothing_decided_is_said_and_takes_no_number(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/exports", {"form": "xlsx"})
    run_waiting(shop(desk), "test")
    assert get_job(desk.engine, 1).state is JobState.FAILED
    assert "没有符合条件" in browser.get("/exports/1").text
    assert not list(desk.exports.glob("*"))


def test_a_runner_that_dies_leaves_an_interrupted_job_and_no_file(desk) -> None:
    decided(desk.engine)
    place_order(desk.engine, Order(kind="list", form="xlsx"), "wang")
    assert take_waiting(desk.engine) is not None
    half = desk.exports / ".part-1"
    half.mkdir(parents=True)
    (half / "half.xlsx").write_bytes(b"PK")
    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    assert run_waiting(shop(desk), "test") == 1
    assert [job.state for job in list_jobs(desk.engine)] == [JobState.DONE, JobState.INTERRUPTED]
    assert not half.exists()
    browser = Browser(desk).log_in("wang")
    assert "重新生成" in browser.get("/exports/1").text
    assert browser.post("/exports/1/again").headers["location"] == "/exports/3"
    run_waiting(shop(desk), "test")
    assert get_job(desk.engine, 3).state is JobState.DONE
    assert browser.post("/exports/3/again").status_code == 409


def test_contacts_are_shown_for_a_reason_only(desk) -> None:
    decided(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get("/exports")
    assert browser.post("/exports", {"form": "csv", "contacts": "1"}).status_code == 409
    browser.post("/exports", {"form": "csv", "contacts": "1", "why": "移送公安"})
    browser.post("/exports", {"form": "csv"})
    run_waiting(shop(desk), "test")
    shown, hidden = (
        browser.get(f"/exports/files/{get_job(desk.engine, n).files[0].id}").text for n in (1, 2)
    )
    assert "13800000000" not in hidden
    asked = next(line for line in lines(desk.engine) if line.act == "export.ask")
    assert "移送公安" in asked.detail
    assert shown != hidden


def test_a_letter_without_what_it_needs_is_refused_before_it_stands_in_line(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/exports")
    for form in (
        {"form": "letter"},
        {"form": "transfer"},
        {"form": "pdf"},
        {"form": "xlsx", "platform": "nowhere"},
        {"form": "xlsx", "since": "gestern"},
        {"kind": "brief", "days": "0"},
        {"kind": "brief", "day": "2999-01-01"},
        {"kind": "else"},
    ):
        assert browser.post("/exports", form).status_code == 409, form
    assert list_jobs(desk.engine) == []


def test_a_brief_and_a_package_are_jobs_too(desk) -> None:
    decided(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get("/packages")
    browser.post("/exports", {"kind": "brief", "days": "7"})
    assert browser.post("/packages", {"case": "99"}).status_code == 409
    assert browser.post("/packages", {"case": "1"}).status_code == 303
    assert run_waiting(shop(desk), "test") == 2
    brief, package = get_job(desk.engine, 1), get_job(desk.engine, 2)
    assert {Path(file.name).suffix for file in brief.files} == {".docx", ".html"}
    assert package.state is JobState.DONE, package.why
    page = browser.get("/packages?case=1").text
    name = re.search(r'href="/packages/(EV-1-\w+\.wacz)"', page)
    assert name, page
    assert "封存" in page
    assert browser.get(f"/packages/{name[1]}").content[:2] == b"PK"
    assert browser.get("/packages/EV-1-000000000000.wacz").status_code == 404
    with read(desk.engine) as connection:
        assert "exported" in {one.what for one in every_line(connection)}


def test_whoever_may_only_read_orders_and_fetches_nothing(desk) -> None:
    decided(desk.engine)
    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    run_waiting(shop(desk), "test")
    sun = Browser(desk).log_in("sun")
    assert sun.get("/exports").status_code == 200
    assert sun.post("/exports", {"form": "csv"}).status_code == 403
    assert sun.get("/exports/files/1").status_code == 403
    assert sun.post("/takedowns/draft").status_code == 403


def test_a_job_tells_how_far_it_is(desk) -> None:
    from storage.export_jobs import come_so_far

    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    take_waiting(desk.engine)
    come_so_far(desk.engine, 1, 30, 120)
    page = Browser(desk).log_in("wang").get("/exports/1/state").text
    assert '<progress max="120" value="30"' in page
    assert "hx-get" in page
    assert utc_now() - get_job(desk.engine, 1).started_at < timedelta(minutes=5)
