"""The pages of after the decision in a real browser: readable by everybody, without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.batchpages import PER
from storage.bulk_shown import get_bulk, show_together
from storage.cases import list_cases
from storage.records import CaseStatus
from storage.takedowns import list_requests
from tests.desk_after import a_batch, some_days, whole
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import staff
from tests.makers import flagged, post, sight
from tests.test_console_browser import serious

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.timeout(240),
]


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
    with served(engine, tmp_path) as running:
        yield running


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_axe_finds_nothing_serious_after_the_decision(desk, browser, size) -> None:
    batch = whole(desk)
    sent = next(one.id for one in list_requests(desk.engine) if one.sent_at)
    told: list[str] = []
    page = person(browser, desk, "li", viewport={"width": size[0], "height": size[1]})
    page.on("console", lambda said: told.append(said.text))
    for path in (
        "/takedowns",
        f"/takedowns/{sent}",
        "/takedowns/7",
        "/exports",
        "/exports/1",
        "/exports/4",
        "/packages",
        "/statistics",
        "/statistics?period=today",
        f"/bulk/{batch}",
    ):
        page.goto(desk.origin + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert serious(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{path} is wider than the screen"
    page.keyboard.press("1")
    page.select_option("#reason", "B4-02")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=撤销整批")
    assert serious(page) == []
    assert [words for words in told if "Content Security" in words or "Error:" in words] == []


def test_a_batch_is_decided_and_undone_without_javascript(desk, browser) -> None:
    some_days(desk, 6)
    page = person(browser, desk, "li", java_script_enabled=False)
    for box in page.query_selector_all("[name=case]"):
        box.check()
    page.click("#bulk button")
    page.wait_for_url("**/bulk/1")
    page.check("[value=violation]")
    page.select_option("#reason", "B4-02")
    page.uncheck("[name=member] >> nth=0")
    page.click("text=判定这一批")
    page.wait_for_selector("text=撤销整批")
    outcomes = get_bulk(desk.engine, 1).outcomes.values()
    assert sorted(one.decision_id is not None for one in outcomes) == [False, True]
    page.click("text=撤销整批")
    page.wait_for_selector("text=已撤销")
    assert {row.status for row in list_cases(desk.engine) if row.id % 3 == 0} == {
        CaseStatus.CLAIMED
    }


def test_ticks_come_back_after_the_login_that_ran_out(desk, browser) -> None:
    from sqlalchemy import update

    from storage.columns import utc_now
    from storage.database import write
    from storage.models_desk import desk_sessions
    from tests.desk_site import PASSWORD

    some_days(desk, 9)
    batch = a_batch(desk, "li")
    page = person(browser, desk, "li")
    page.goto(f"{desk.origin}/bulk/{batch}")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("1")
    page.select_option("#reason", "B4-02")
    page.fill("#note", "同一批，“核对”过")
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=utc_now()))
    page.press("#note", "Enter")
    page.wait_for_selector("#password")
    page.fill("#login", "li")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"**/bulk/{batch}?kept=*")
    assert page.input_value("#note") == "同一批，“核对”过"
    assert page.input_value("#reason") == "B4-02"
    ticks = [box.is_checked() for box in page.query_selector_all("[name=member]")]
    assert ticks == [False, True, True]
    page.click("text=判定这一批")
    page.wait_for_selector("text=撤销整批")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_batch_of_several_pages_is_turned_and_decided_whole(desk, browser, scripts) -> None:
    for n in range(PER + 5):
        sight(desk.engine, flagged(post(f"http://one.example/{n}", title=f"第{n}篇")))
    show_together(desk.engine, [1], "li")
    page = person(browser, desk, "li", java_script_enabled=scripts)
    page.goto(f"{desk.origin}/bulk/1")
    if scripts:
        assert serious(page) == []
    page.uncheck("input[name=member][value='2']")
    page.check("input[name=verdict][value=violation]")
    page.click("button[name=to][value='2']")
    page.wait_for_url("**/bulk/1?page=2&kept=*")
    assert page.locator("input[name=member]").count() == 5
    assert page.locator("button[name=to][value='1']").inner_text().startswith("1 −1")
    if scripts:
        assert serious(page) == []
    page.select_option("#reason", "B4-02")
    page.fill("#note", "两页都看过")
    page.press("#note", "Enter")  # decides, and turns no page
    page.wait_for_selector("text=撤销整批")
    done = get_bulk(desk.engine, 1)
    assert (done.note, done.leaving) == ("两页都看过", {done.rows[2]})
