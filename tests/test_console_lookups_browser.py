"""The lookups in a real Chromium: axe, both sizes, with and without scripts, figures that move."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.forms import today
from door.sweep_run import holder
from storage.blacklist import Listing, add_act, list_subjects
from storage.cases import decide
from storage.columns import utc_now
from storage.directory import editions
from storage.locks import hold
from storage.records import Verdict
from storage.sources import SourceRun, remember
from storage.sweep_pages import newest_running
from storage.sweeps import begin, finish
from storage.visits import commit_visits
from tests.desk_lookups import filing, some_edition, tools_for
from tests.desk_server import PATIENCE, chromium, person, served
from tests.desk_site import staff
from tests.makers import decision, flagged, sight, start, visit
from tests.test_console_browser import serious

CSV = "机构名称,职业,等级,类别\n郑州市安居学校,电工,五级,S\n郑州市新学校,焊工,四级,S\n"


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    some_edition(
        engine, [filing("郑州市安居学校"), filing("郑州市旧梦学校")], as_of=date(2025, 1, 1)
    )
    some_edition(engine, [filing("郑州市安居学校", valid_to=today())], as_of=date(2026, 1, 1))
    listing = Listing(
        kind="phone",
        value="13800000001",
        reason="屡次代办",
        legal_basis="《广告法》第二十八条",
        starts=today(),
    )
    (number,) = list_subjects(engine, [listing], "admin", utc_now())
    add_act(engine, number, "appealed", "admin", "当事人来函", utc_now())
    runs = [SourceRun(name="weibo", pages=3, blocked=3, reasons=("captcha",))]
    remember(engine, runs, utc_now())
    sweep, _ = begin(engine, {"name": "targets"}, "admin@box pid 1")
    finish(engine, sweep, "finished")
    sight(engine, flagged())
    decide(engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="wang"))
    tools = tools_for(engine, tmp_path, ("--targets", "targets.yaml"))
    with served(engine, tmp_path, tools=tools) as running:
        yield running


PAGES = (
    "/directory",
    "/directory?q=旧梦",
    "/directory/body?name=郑州市安居学校",
    "/directory/body?name=郑州市旧梦学校",
    "/directory/changes?newer=2",
    "/directory/import",
    "/blacklist",
    "/blacklist?state=removed",
    "/blacklist/1",
    "/channels",
    "/rules?clause=一",
    "/rules/b4_02_guaranteed_pass",
    "/sources",
    "/sweeps",
    "/sweeps/1",
    "/users",
    "/users/wang",
    "/users/admin",
    "/policy",
    "/audit",
    "/audit?actor=nobody",
)


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_its_screen(
    desk, browser, size, lang: str
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    told: list[str] = []
    page = person(browser, desk, "admin", viewport=viewport)
    page.on("console", lambda said: told.append(said.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    if lang == "en":
        page.click("text=English")
    for path in PAGES:
        page.goto(desk.origin + path)
        assert serious(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{path} is wider than the screen"
    page.goto(f"{desk.origin}/rules?clause=一")
    page.fill("#text", "免考包过，三天拿证，加微信sample_wx_105")
    page.press("#text", "Tab")
    page.click("form.fields button")
    page.wait_for_selector("#result")
    page.wait_for_load_state()  # keys are the script's
    assert serious(page) == []
    page.goto(f"{desk.origin}/directory/import")
    page.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    page.fill("#name", "郑州")
    page.click("form.fields button")
    page.wait_for_url("**/directory/import/*")
    assert serious(page) == []
    page.goto(f"{desk.origin}/users/li")
    page.click("form[action$='/reset'] button")
    page.wait_for_selector("#once")
    assert serious(page) == []
    page.goto(f"{desk.origin}/audit")
    page.click("form[action='/audit/verify'] button")
    page.wait_for_selector("#head")
    assert serious(page) == []
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
        page.goto(f"{desk.origin}/sweeps")
        assert serious(page) == []
    assert [words for words in told if "Content Security" in words or "Error:" in words] == []


def test_a_directory_is_imported_without_scripts(desk, browser) -> None:
    page = person(browser, desk, "admin", java_script_enabled=False)
    page.click("nav >> text=名录")
    page.click("text=导入新版")
    page.set_input_files(
        "#file", {"name": "新.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    )
    page.fill("#name", "郑州")
    page.click("text=上传并看差异")
    page.wait_for_url("**/directory/import/*")
    assert "还没有生效" in page.inner_text("main")
    assert "郑州市新学校" in page.inner_text("main")
    assert len(editions(desk.engine)) == 2
    page.click("text=确认导入")
    page.wait_for_url("**/directory?imported=*")
    assert "郑州市新学校" in page.inner_text("table")
    assert len(editions(desk.engine)) == 3


def test_a_text_is_tried_and_its_quotes_are_walked_by_keys(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/rules")
    page.fill("#text", "中级消防证书免考包过，三天拿证，加微信sample_wx_105")
    page.click("text=判读")
    page.wait_for_selector("#result")
    page.wait_for_load_state()  # keys are the script's
    assert "涉嫌违规" in page.inner_text("#result h3")
    page.click("#result h3")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.matches('mark[data-quote]')")
    assert "免考" in page.evaluate("document.activeElement.textContent")


def test_the_figures_of_a_sweep_move_and_the_page_turns_when_it_ends(desk, browser) -> None:
    engine = desk.engine
    page = person(browser, desk, "admin")
    with hold(engine, desk.tools.settings.home, "sweep", holder()):
        frontier = start(engine, [f"http://a.example/{n}" for n in range(3)])
        page.goto(f"{desk.origin}/sweeps")
        assert page.inner_text("#figures dd") == "0"
        page.focus("text=停止")
        commit_visits(engine, [visit(lease) for lease in frontier.lease(3)], utc_now())
        page.wait_for_selector("#figures dd:text-is('3')")
        assert page.evaluate("document.activeElement.textContent") == "停止", "focus stays"
        finish(engine, newest_running(engine) or 0, "finished")
    page.wait_for_selector("text=现在没有巡查", timeout=PATIENCE)
    assert page.is_visible("text=开始巡查")


def test_the_sweeps_page_works_without_scripts(desk, browser) -> None:
    page = person(browser, desk, "admin", java_script_enabled=False)
    with hold(desk.engine, desk.tools.settings.home, "sweep", holder()):
        page.goto(f"{desk.origin}/sweeps")
        page.click("text=刷新")
        assert "已读网页" in page.inner_text("main")
    page.click("text=刷新")
    assert "现在没有巡查" in page.inner_text("main")


def test_an_account_is_made_locked_and_let_in_again_by_clicks(desk, browser) -> None:
    page = person(browser, desk, "admin")
    page.click("nav >> text=账号")
    page.fill("#login", "zhou")
    page.fill("#name", "周审核")
    page.check("[value=reviewer]")
    page.click("text=增加，并给出一次性密码")
    page.wait_for_selector("#once")
    password = page.inner_text("#once")
    page.wait_for_selector("text=复制")  # shown by the script, once it runs
    page.click("text=已记下")
    page.click("text=zhou")
    page.click("text=锁定账号")
    page.wait_for_selector("text=解锁并给出新的一次性密码")
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    other = context.new_page()
    other.goto(f"{desk.origin}/login")
    other.fill("#login", "zhou")
    other.fill("#password", password)
    other.press("#password", "Enter")
    other.wait_for_selector("text=账号已停用")
    page.go_back()
    assert password not in page.content()
