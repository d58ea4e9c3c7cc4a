"""After the decision at the desk: requests followed, lists ordered and fetched, packages."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.audit_words import ACTS
from console.forms import moment_of, numbers_in
from console.names import platform_code
from door.export_jobs import run_waiting
from storage.audit import lines, verify
from storage.bilingual import Problem
from storage.captures import keep
from storage.cases import decide, get_case
from storage.columns import utc_now
from storage.custody import every_line, first_broken
from storage.database import read, write
from storage.export_jobs import JobState, Order, get_job, list_jobs, place_order, take_waiting
from storage.records import Verdict
from storage.second import set_confirmed_codes
from storage.takedown_marks import Mark
from storage.takedown_states import ItemState
from storage.takedown_words import ACT_WORDS
from storage.takedowns import get_item, get_request
from storage.users import Role, add_user, get_user
from tests.desk_after import shop
from tests.desk_site import Browser, make_desk, staff
from tests.evidence_case import capture, told
from tests.makers import NOON, decision, flagged, post, sight
from tests.takedown_makers import AD, decided, listed, round_at, sent, taken_down
from tests.test_api import Program


@pytest.fixture
def kind() -> str:
    """Pages ask storage, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def acts(engine: Engine) -> list[str]:
    return [line.act for line in lines(engine)]


# --- requests -------------------------------------------------------------------------------------


def test_a_request_goes_its_whole_way_by_the_pages_alone(desk) -> None:
    decided(desk.engine)
    wang, qian = Browser(desk).log_in("wang"), Browser(desk).log_in("qian")
    assert wang.post("/takedowns/draft", {"sure": "1"}).headers["location"] == "/takedowns/1"
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
        "平台答复：部分处置 删了一半",
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
    qian.post("/takedowns/draft", {"sure": "1"})
    assert "须由另一人批准" in qian.get("/takedowns/1").text
    answer = qian.post("/takedowns/1/approve")
    assert (answer.status_code, "没有写入" in answer.text) == (409, True)
    assert get_request(desk.engine, 1).approved_by is None


def test_lists_are_filtered_by_state_platform_and_deadline(desk) -> None:
    sent(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"sure": "1"})

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
    assert browser.post("/packages", {"case": "99", "why": "移送公安"}).status_code == 409
    assert browser.post("/packages", {"case": "1"}).status_code == 409, "without a reason"
    assert browser.post("/packages", {"case": "1", "why": "移送公安"}).status_code == 303
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
    assert sun.post("/takedowns/draft", {"sure": "1"}).status_code == 403


def test_a_job_tells_how_far_it_is(desk) -> None:
    from storage.export_jobs import come_so_far

    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    take_waiting(desk.engine)
    come_so_far(desk.engine, 1, 30, 120)
    page = Browser(desk).log_in("wang").get("/exports/1/state").text
    assert '<progress max="120" value="30"' in page
    assert "hx-get" in page
    assert utc_now() - get_job(desk.engine, 1).started_at < timedelta(minutes=5)


# --- after the sending, told where people look ----------------------------------------------------


def test_every_act_upon_a_request_is_in_the_audit_and_has_words(desk) -> None:
    decided(desk.engine)
    wang, qian, sun = (Browser(desk).log_in(who) for who in ("wang", "qian", "sun"))
    wang.post("/takedowns/draft", {"sure": "1"})
    qian.get("/takedowns/1")
    qian.post("/takedowns/1/approve")
    wang.get("/takedowns/1")
    wang.post("/takedowns/1/sent", {"batch": listed(desk.engine)})
    wang.post("/takedowns/1/ack", {"receipt": "R-7"})
    wang.post("/takedowns/1/receipt", {"receipt": "R-8", "why": "看错一位"})
    wang.post("/takedowns/items/1/answer", {"answer": "no", "note": "不处理"})
    wang.post("/takedowns/items/1/look", {"seen": "offending", "note": "还在"})
    wang.post("/takedowns/items/1/withdraw", {"why": "误列"})
    told = [line for line in lines(desk.engine) if line.act.startswith("takedown.")]
    assert [(line.act.partition(".")[2], line.actor) for line in told] == [
        ("drafted", "wang"),
        ("approved", "qian"),
        ("sent", "wang"),
        ("acknowledged", "wang"),
        ("corrected", "wang"),
        ("answered", "wang"),
        ("looked", "wang"),
        ("withdrawn", "wang"),
    ]
    assert {line.about for line in told} == {"takedown:1"}
    assert all(line.act in ACTS for line in told)
    by_itself = {"superseded", *Mark}  # lines of the history that nobody's act is
    assert {f"takedown.{act}" for act in ACT_WORDS if act not in by_itself} <= set(ACTS)
    page = sun.get("/audit?act=takedown").text
    for words in ("批准处置请求", "登记请求发出", "处置请求 1", "看错一位", "仍在", "R-8"):
        assert words in page, words
    assert "takedown." not in re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)


def test_what_is_refused_leaves_no_line_in_the_audit(desk) -> None:
    decided(desk.engine)
    qian = Browser(desk).log_in("qian")
    qian.post("/takedowns/draft", {"sure": "1"})
    qian.post("/takedowns/1/approve")
    assert [act for act in acts(desk.engine) if "takedown" in act] == ["takedown.drafted"]


def changed_to(desk, case: int, verdict: Verdict) -> None:
    before = get_case(desk.engine, case).decisions[-1][0]
    reason = "NEWS" if verdict is Verdict.CLEAN else "B4-02"
    decide(desk.engine, decision(case, verdict, reason=reason, by="wang", supersedes=before))


def test_a_case_that_stands_in_a_request_says_so_before_it_is_decided_otherwise(desk) -> None:
    item = sent(desk.engine)
    number = get_request(desk.engine, item.request_id).request_no
    page = Browser(desk).log_in("wang").get(f"/cases/{item.case_id}").text
    assert f'href="/takedowns/{item.request_id}#item-{item.id}">{number}' in page
    assert "改判为其他结论后宜撤回，不会自动撤回" in page


def test_after_another_decision_case_request_and_list_say_that_it_should_be_withdrawn(desk) -> None:
    item = sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    before = browser.get(f"/takedowns/{item.request_id}").text
    assert "判定已变" not in before
    changed_to(desk, item.case_id, Verdict.CLEAN)
    page = browser.get(f"/takedowns/{item.request_id}").text
    assert "这份请求里有案件的判定已变" in page
    assert page.count("现在不是“违规”，宜撤回") == 2, "above, and at the item itself"
    assert "本案现在不是“违规”，但仍在处置请求中" in browser.get(f"/cases/{item.case_id}").text
    assert "案件已改判，宜撤回" in browser.get("/takedowns").text
    assert "该案仍在处置请求中，宜撤回" in browser.get(f"/queue?done={item.case_id}").text
    assert get_item(desk.engine, item.id).state is ItemState.SENT, "nothing withdraws by itself"
    browser.post(f"/takedowns/{item.request_id}/withdraw", {"why": "改判"})
    assert "判定已变" not in browser.get(f"/takedowns/{item.request_id}").text


def test_a_draft_shows_that_it_cannot_be_approved_since_its_case_was_decided_anew(desk) -> None:
    case = decided(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"sure": "1"})
    changed_to(desk, case, Verdict.VIOLATION)
    assert "须撤回后重新起草" in browser.get("/takedowns/1").text


def test_what_the_first_person_changed_it_to_is_not_told_before_the_second(desk) -> None:
    item = sent(desk.engine)
    set_confirmed_codes(desk.engine, [(Verdict.CLEAN, "NEWS")], "admin")
    changed_to(desk, item.case_id, Verdict.CLEAN)
    second = Browser(desk).log_in("li")
    for path in (f"/takedowns/{item.request_id}", f"/cases/{item.case_id}", "/takedowns"):
        page = second.get(path).text
        assert "不是“违规”" not in page, path
        assert "现在不是" not in page, path
    assert "正等另一人复核" in second.get(f"/takedowns/{item.request_id}").text


def test_a_receipt_needs_its_number_or_the_word_that_there_is_none(desk) -> None:
    item = sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    path = f"/takedowns/{item.request_id}"
    browser.get(path)
    refused = browser.post(f"{path}/ack", {"receipt": " "})
    assert (refused.status_code, "无回执编号" in refused.text) == (409, True)
    assert get_request(desk.engine, item.request_id).acknowledged_at is None
    assert browser.post(f"{path}/ack", {"without": "1"}).status_code == 303
    assert "补登回执编号" in browser.get(path).text


def test_a_wrong_receipt_number_is_corrected_and_both_stay(desk) -> None:
    item = sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    path = f"/takedowns/{item.request_id}"
    browser.get(path)
    browser.post(f"{path}/ack", {"receipt": "R-7"})
    assert browser.post(f"{path}/receipt", {"receipt": "R-8"}).status_code == 409, "why?"
    assert browser.post(f"{path}/receipt", {"receipt": "R-7", "why": "x"}).status_code == 409
    assert browser.post(f"{path}/receipt", {"receipt": "R-8", "why": "看错一位"}).status_code == 303
    assert get_request(desk.engine, item.request_id).receipt_no == "R-8"
    page = browser.get(path).text
    for words in ("更正为 R-8", "看错一位", "R-7", "更正回执编号"):
        assert words in page, words


def test_people_stand_by_their_names_and_are_found_by_them(desk) -> None:
    decided(desk.engine)
    wang, sun = Browser(desk).log_in("wang"), Browser(desk).log_in("sun")
    wang.post("/takedowns/draft", {"sure": "1"})
    name = get_user(desk.engine, "wang").name
    assert name != "wang"
    page = wang.get("/takedowns/1").text
    assert f"{name} ·" in page
    assert "· wang" not in page
    for query in (f"actor={name}", "actor=wang", "about=案件 1", "about=1", "about=案件1"):
        assert "起草处置请求</td>" in sun.get(f"/audit?{query}").text, query
    add_user(desk.engine, "wang2", name, [Role.REVIEWER], "admin")
    assert f"{name}（wang）" in wang.get("/takedowns/1").text, "two of one name"


# --- files ----------------------------------------------------------------------------------------


def test_lists_that_the_desk_did_not_make_are_named_and_where_they_are(desk) -> None:
    decided(desk.engine)
    number = listed(desk.engine)
    page = Browser(desk).log_in("wang").get("/exports").text
    assert number in page.split("不在审核台生成的")[-1]
    assert "文件在服务器上，不能在此下载" in page
    place_order(desk.engine, Order(kind="list", form="csv"), "wang")
    run_waiting(shop(desk), "test")
    page = Browser(desk).log_in("wang").get("/exports").text
    own = list_jobs(desk.engine)[0].files[0].number
    assert own in page.split("不在审核台生成的")[0]
    assert own not in page.split("不在审核台生成的")[-1]


def test_a_list_with_contacts_is_said_to_be_the_internal_one_at_the_tick(desk) -> None:
    page = Browser(desk).log_in("wang").get("/exports").text
    assert 'name="contacts"' in page
    assert "就是“内部清单”" in page


def test_what_was_gone_before_the_sending_is_marked_on_the_page_in_the_api_and_the_figures(
    desk,
) -> None:
    decided(desk.engine)
    with write(desk.engine) as connection:
        gone = {"page": {"state": "removed"}, "documents": [{"status": 404}]}
        keep(connection, told(desk.store, capture(desk.store, 1, url=AD), gone))
    wang, qian = Browser(desk).log_in("wang"), Browser(desk).log_in("qian")
    wang.post("/takedowns/draft", {"sure": "1"})
    page = qian.get("/takedowns/1").text
    for words in (
        "有条目在发出前已打不开",
        "发出前已打不开，其后看到的删除不计作处置成效：",
        "答复 404",
    ):
        assert words in page, words
    assert qian.post("/takedowns/1/approve").status_code == 303
    wang.get("/takedowns/1")
    assert wang.post("/takedowns/1/sent", {"batch": listed(desk.engine)}).status_code == 303
    round_at(desk.engine, 1, 24 * 30)
    page = wang.get("/takedowns/1").text
    assert "发出前已打不开，其后看到的删除不计作处置成效</p>" in page
    assert "有条目在发出前已打不开" not in page
    assert Program(desk, "wang").get("/takedowns/1")["items"][0]["mark"] == "gone_before"
    figures = wang.get("/statistics?period=month").text
    assert "不计入已见删除和删除率" in figures
    (told_by,) = Program(desk, "wang").get("/statistics?period=month")["takedowns"]
    assert (told_by["asked"], told_by["before"], told_by["gone"], told_by["rate"]) == (
        1,
        1,
        0,
        None,
    )
