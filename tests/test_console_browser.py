"""The desk in a real browser: by keyboard alone, without JavaScript, by two people at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from storage.cases import decide, get_case
from storage.records import CaseStatus, Contacts, Evidence, Verdict
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import staff
from tests.makers import NOON, decision, finding, flagged, judged, post, sight

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.timeout(240),
]
TEXT = "月嫂证免考包过，协议保障，七天拿证。电话13800000000。" + "本校师资雄厚。" * 300 + "包过！"
END = TEXT.rindex("包过")


@pytest.fixture
def kind() -> str:
    """The browser does not know which database stands behind."""
    return "sqlite"


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    said = (
        finding(
            evidence=(
                Evidence(field="text", start=5, end=7, quote="包过"),
                Evidence(field="text", start=END, end=END + 2, quote="包过"),
            )
        ),
    )
    for n in range(1, 4):
        place = post(
            f"http://school{n}.example/a",
            title=f"第{n}家",
            text=TEXT,
            contacts=Contacts(phones=(f"1380000{n:04d}",)),
        )
        judgement = judged(score=0.9 - n / 100, findings=said)
        sight(engine, flagged(place, seed=n, judgement=judgement))
    with served(engine, tmp_path) as running:
        yield running


def verdicts(engine: Engine, case_id: int) -> list[str]:
    return [f"{one.verdict} {one.reason}" for _, one in get_case(engine, case_id).decisions]


def ask_for_the_keys(page) -> None:
    page.keyboard.press("?")
    page.wait_for_url("**/keys")


def test_a_mornings_work_by_keyboard_alone(desk, browser) -> None:
    page = person(browser, desk, "wang")
    keys = page.keyboard
    assert page.evaluate("document.activeElement.matches('[data-row]')"), "work begins at once"
    keys.press("j")
    keys.press("j")
    keys.press("k")
    assert "第2家" in page.evaluate("document.activeElement.textContent")
    keys.press("o")
    page.wait_for_url("**/cases/2")
    assert get_case(desk.engine, 2).claimed_by == "wang", "opening claims"
    keys.press("n")
    assert page.evaluate("document.activeElement.id") == "q1"
    keys.press("n")
    assert page.evaluate("document.activeElement.id") == "q2"
    assert page.evaluate(
        "(() => { const b = document.activeElement.getBoundingClientRect();"
        " return b.top > 0 && b.bottom < innerHeight; })()"
    ), "the quote is on the screen"
    keys.press("1")
    assert page.input_value("#reason") == "B4-02", "the gravest finding is proposed"
    keys.press("Enter")
    page.wait_for_url("**/cases/1?done=2")
    assert verdicts(desk.engine, 2) == ["violation B4-02"]
    keys.press("z")
    page.wait_for_url("**/cases/2?done=2")
    assert "案件 2：已撤销判定" in page.inner_text("main")
    assert verdicts(desk.engine, 2) == ["violation B4-02", "doubt WITHDRAWN"]
    keys.press("2")
    assert page.evaluate("document.activeElement.id") == "reason", "nothing is proposed: choose"
    page.select_option("#reason", "WARNING")
    keys.press("Tab")  # a list searches by letters, so m stays with it
    keys.type("1 3 z 是提醒")
    assert page.is_checked("[value=clean]"), "keys in a field are words"
    keys.press("Enter")
    page.wait_for_url("**/cases/1?done=2")
    newest = get_case(desk.engine, 2).decisions[-1][1]
    assert (newest.verdict, newest.note) == (Verdict.CLEAN, "1 3 z 是提醒")
    for following in (3, None):
        keys.press("1")
        keys.press("Enter")
        page.wait_for_url(f"**/cases/{following}?done=*" if following else "**/queue?done=3")
    assert "没有待审案件" in page.inner_text("main")
    ask_for_the_keys(page)


def test_everything_is_decided_without_javascript_too(desk, browser) -> None:
    page = person(browser, desk, "wang", java_script_enabled=False)
    page.click("text=领取下一件")
    page.check("[value=violation]")
    page.select_option("#reason", "B4-02")
    page.fill("#note", "不用脚本")
    page.click("text=确认并下一条")
    page.wait_for_url("**/cases/2?done=1")
    assert verdicts(desk.engine, 1) == ["violation B4-02"]
    page.click("text=撤销")
    page.wait_for_url("**/cases/1?done=1")
    assert get_case(desk.engine, 1).status is CaseStatus.CLAIMED
    page.click("text=显示联系方式")
    page.fill("#why", "核对")
    page.click("details[open] button")
    assert "13800000001" in page.inner_text(".right")
    page.click("text=English")
    assert "Confirm and next" in page.inner_text(".decide")
    page.click("text=Log out")
    page.wait_for_url("**/login")


def test_of_two_people_on_one_case_the_later_one_is_told_and_nothing_is_lost(desk, browser) -> None:
    first, second = (person(browser, desk, login) for login in ("wang", "li"))
    for page in (first, second):
        page.goto(f"{desk.origin}/cases/3")
        page.keyboard.press("1")
    second.fill("#note", "我的说明")
    first.keyboard.press("Enter")
    first.wait_for_url("**/cases/1?done=3")
    second.press("#note", "Enter")
    second.wait_for_selector(".notice.bad")
    assert "没有写入" in second.inner_text("main")
    assert verdicts(desk.engine, 3) == ["violation B4-02"]
    second.go_back()
    assert second.input_value("#note") == "我的说明"


def test_a_double_click_decides_once(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/1")
    page.keyboard.press("1")
    page.dblclick("text=确认并下一条")
    page.wait_for_url("**/cases/2?done=1")
    assert verdicts(desk.engine, 1) == ["violation B4-02"]
    assert get_case(desk.engine, 2).decisions == ()


def test_a_second_person_confirms_blindly(desk, browser) -> None:
    decide(desk.engine, decision(1, Verdict.TRANSFER, by="wang", note="有假章"))
    page = person(browser, desk, "li")
    page.click("text=复核")
    page.click("[data-row]")
    page.wait_for_url("**/cases/1*")
    assert "有假章" not in page.content()
    page.keyboard.press("3")
    page.select_option("#reason", "POLICE")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?view=second&looked=1")
    assert "与前一人一致" in page.inner_text("main")
    assert get_case(desk.engine, 1).status is CaseStatus.APPROVED


def test_the_chosen_case_is_shown_beside_the_list(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.keyboard.press("j")
    page.wait_for_selector("#brief mark")
    assert "第2家" in page.inner_text("#brief")


def serious(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_axe_finds_nothing_serious_and_the_policy_is_never_broken(desk, browser, size) -> None:
    picture = desk.store.put(b"\x89PNG\r\n\x1a\n", "screenshot", "http://a.example/", NOON)
    html = desk.store.put("<h1>包过</h1>".encode(), "dom", "http://a.example/", NOON)
    whole = flagged(post("http://whole.example/"), seed=9, snapshots=(picture, html))
    number = sight(desk.engine, whole) and 4
    viewport = {"width": size[0], "height": size[1]}
    told: list[str] = []
    page = person(browser, desk, "li", viewport=viewport)
    page.on("console", lambda said: told.append(said.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    for path in (
        "/queue",
        "/queue?view=decided",
        "/queue?words=包过",
        f"/cases/{number}",
        f"/cases/{number}?way=replay",
        f"/cases/{number}?way=facts",
        f"/cases/{number}/leave/{number}",
        "/keys",
        "/password",
        "/nothing",
        "/takedowns",
        "/exports",
        "/packages",
        "/statistics",
    ):
        page.goto(desk.origin + path)
        assert serious(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{path} is wider than the screen"
    page.goto(f"{desk.origin}/queue")
    page.click("text=退出")
    page.wait_for_url("**/login")
    assert serious(page) == []
    assert [words for words in told if "Content Security" in words or "Error:" in words] == []


def test_other_asks_for_its_note_before_anything_is_sent(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/1")
    page.keyboard.press("2")
    page.select_option("#reason", "OTHER")
    assert page.eval_on_selector("#note", "note => note.required")
    page.click("#decision button")
    assert page.url == f"{desk.origin}/cases/1"
    assert page.evaluate("document.activeElement.id") == "note"
    page.select_option("#reason", "NEWS")
    assert not page.eval_on_selector("#note", "note => note.required")
    assert verdicts(desk.engine, 1) == []


def test_the_question_mark_of_an_input_method_opens_the_keys_too(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '？', bubbles: true}))"
    )
    page.wait_for_url("**/keys")


def test_deciding_the_ticked_with_nothing_ticked_says_so(desk, browser) -> None:
    page = person(browser, desk, "wang")
    assert not page.is_visible("#bulk-none")
    page.keyboard.press("b")
    page.wait_for_selector("#bulk-none", state="visible")
    assert page.url.endswith("/queue")
    assert "还没有勾选案件" in page.inner_text("#live")


def test_a_table_wider_than_a_telephone_says_that_there_is_more_to_the_side(desk, browser) -> None:
    for number in (1, 2, 3):
        decide(desk.engine, decision(number, by="wang"))
    page = person(browser, desk, "wang", viewport={"width": 390, "height": 844})
    page.goto(f"{desk.origin}/statistics")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_timeout(200)
    boxes = page.evaluate(
        "[...document.querySelectorAll('.roll')].map((one) => "
        "[one.scrollWidth > one.clientWidth + 2, 'hint' in one.dataset])"
    )
    assert boxes
    assert all(wider == hinted for wider, hinted in boxes)
