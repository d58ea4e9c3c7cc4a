"""Drafts at the desk: how many there would be, several taken back at once, whom letters go to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine

from door.export_jobs import run_waiting
from storage.audit import lines
from storage.bilingual import Problem
from storage.export_jobs import JobState, get_job
from storage.takedown_states import ItemState
from storage.takedowns import get_request
from tests.desk_after import shop
from tests.desk_site import Browser, make_desk, staff
from tests.takedown_makers import decided


@pytest.fixture
def kind() -> str:
    """Pages ask storage, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


# --- several drafts taken back at once ------------------------------------------------------------


def three_drafts(desk) -> Browser:
    """Two on the open web, one on a platform; the page has no script to help it."""
    decided(desk.engine)
    decided(desk.engine, "http://other.example/ad", seed=2)
    decided(desk.engine, "w1", platform="weibo", seed=3)
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"sure": "1"})
    return browser


def ticks(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="request" value="(\d+)" form="withdraw-ticked"', page)


def test_a_draft_of_everything_says_first_how_many_and_writes_nothing(desk) -> None:
    decided(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    page = Browser(desk).log_in("wang").post("/takedowns/draft", {}).text
    assert "将起草 2 份请求，共 2 个网址。还没有起草。" in page
    assert "一份份撤回" not in page
    assert 'name="sure" value="1"' in page
    with pytest.raises(Problem):
        get_request(desk.engine, 1)


def test_ticked_drafts_are_withdrawn_at_once_with_one_reason(desk) -> None:
    browser = three_drafts(desk)
    assert ticks(browser.get("/takedowns").text) == ["3", "2", "1"]
    page = browser.post("/takedowns/withdraw", {"request": ["1", "3"], "why": "重新起草"}).text
    assert "已撤回 2 份草稿，共 2 条。" in page
    assert ticks(page) == ["2"]
    states = [get_request(desk.engine, number).items[0].state for number in (1, 2, 3)]
    assert states == [ItemState.WITHDRAWN, ItemState.DRAFT, ItemState.WITHDRAWN]
    told = [line for line in lines(desk.engine) if line.act == "takedown.withdrawn"]
    assert [(line.about, line.actor) for line in told] == [
        ("takedown:1", "wang"),
        ("takedown:3", "wang"),
    ]


def test_what_somebody_approved_meanwhile_is_told_and_the_others_are_withdrawn(desk) -> None:
    browser = three_drafts(desk)
    qian = Browser(desk).log_in("qian")
    qian.get("/takedowns/2")
    qian.post("/takedowns/2/approve")
    form = {"request": ["1", "2", "77"], "why": "重新起草"}
    page = browser.post("/takedowns/withdraw", form).text
    assert "已撤回 1 份草稿" in page
    assert "现为“已批准”，不再是草稿" in page
    assert "没有编号为 77 的处置请求" in page
    assert get_request(desk.engine, 2).items[0].state is ItemState.APPROVED


def test_without_a_reason_the_ticks_come_back_and_nothing_is_withdrawn(desk) -> None:
    browser = three_drafts(desk)
    answer = browser.post("/takedowns/withdraw", {"request": ["1", "3"], "why": " "})
    assert (answer.status_code, "撤回须写明原因" in answer.text) == (409, True)
    boxes = re.findall(r'<input type="checkbox" name="request"[^>]*>', answer.text)
    ticked = [box for box in boxes if "checked" in box]
    assert [re.findall(r'value="(\d+)"', box)[0] for box in ticked] == ["3", "1"]
    assert "没有选定请求" in browser.post("/takedowns/withdraw", {"why": "重新起草"}).text
    assert all(get_request(desk.engine, n).items[0].state is ItemState.DRAFT for n in (1, 2, 3))


def test_what_was_approved_before_a_refused_withdrawal_is_not_forgotten(desk) -> None:
    browser = three_drafts(desk)
    qian = Browser(desk).log_in("qian")
    qian.get("/takedowns/2")
    qian.post("/takedowns/2/approve")
    refused = browser.post("/takedowns/withdraw", {"request": ["1", "2"], "why": " "}).text
    assert "勾选过的还有 1 份" in refused
    kept = re.findall(r'<input type="hidden" name="request" value="(\d+)">', refused)
    assert kept == ["2"]
    page = browser.post("/takedowns/withdraw", {"request": ["1", *kept], "why": "重新起草"}).text
    assert "已撤回 1 份草稿" in page
    assert "现为“已批准”，不再是草稿" in page


def test_all_drafts_of_a_page_are_ticked_by_a_link(desk) -> None:
    browser = three_drafts(desk)
    page = browser.get("/takedowns").text
    link = re.search(r'href="([^"]*tick=all[^"]*)#withdraw-ticked"', page)
    assert link, page
    every = browser.get(link[1].replace("&amp;", "&")).text
    assert len(re.findall(r'name="request"[^>]* checked', every)) == 3


def test_whoever_may_only_read_sees_no_ticks(desk) -> None:
    three_drafts(desk)
    sun = Browser(desk).log_in("sun")
    assert ticks(sun.get("/takedowns").text) == []
    assert sun.post("/takedowns/withdraw", {"request": "1", "why": "x"}).status_code == 403


def test_whoever_makes_a_sites_letter_says_whom_it_goes_to_and_the_letter_has_one_wording(
    desk,
) -> None:
    decided(desk.engine)
    decided(desk.engine, "w1", platform="weibo", seed=2)
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"sure": "1"})
    assert 'name="to"' in browser.get("/takedowns/1").text
    assert 'name="to"' not in browser.get("/takedowns/2").text, "a platform runs itself"
    orders = (
        {"form": "letter", "request": "1", "to": "接入服务单位", "kind": "list"},
        {"form": "letter", "request": "1", "to": "主办者", "kind": "list"},
        {"form": "letter", "site": "school.example", "to": "接入服务单位", "kind": "list"},
        {"form": "xlsx", "request": "1", "to": "主办者", "kind": "list"},
    )
    for order in orders:
        assert browser.post("/exports", order).status_code == 303, order
    run_waiting(shop(desk), "test")
    made = [get_job(desk.engine, number).files[0] for number in (1, 2, 3, 4)]
    host, owner, host_too = (whole_text(desk.exports / one.path) for one in made[:3])
    for said in (host, host_too):
        assert "贵单位接入的网站（school.example）" in said
        assert "接入服务单位全称" in said
        assert "主办者全称" not in said
    assert "贵单位主办的网站（school.example）" in owner
    assert "接入" not in owner
    assert made[3].name.startswith("处置清单_school_example"), "for the letter alone"


def whole_text(path: Path) -> str:
    return "\n".join(one.text for one in Document(path).paragraphs)


def test_a_platforms_letter_takes_no_receiver_and_says_why(desk) -> None:
    decided(desk.engine, "w1", platform="weibo")
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"sure": "1"})
    order = {"form": "letter", "platform": "weibo", "to": "主办者", "kind": "list"}
    assert "不是网站函的收件方" in browser.post("/exports", order).text
    browser.post("/exports", {"form": "letter", "request": "1", "to": "主办者", "kind": "list"})
    run_waiting(shop(desk), "test")
    assert get_job(desk.engine, 1).state is JobState.FAILED
    assert "不是网站函的收件方" in browser.get("/exports/1").text


def test_a_transfer_letter_is_one_for_its_department_whatever_the_platforms(desk) -> None:
    decided(desk.engine)
    decided(desk.engine, "https://weibo.com/1/A", seed=2, platform="weibo")
    browser = Browser(desk).log_in("wang")
    form = {"kind": "list", "form": "transfer", "platform": "each", "to": "市场监管"}
    assert browser.post("/exports", form).status_code == 303
    run_waiting(shop(desk), "test")
    job = get_job(desk.engine, 1)
    assert [file.rows for file in job.files] == [2]
    page = browser.get("/exports/1").text
    assert "每个平台一份" not in page
    assert "还没有证据包" in page
    assert "任务会继续" not in page
