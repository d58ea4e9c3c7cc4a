"""What was in the way of the eyes and the fingers, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from storage.bilingual import Bilingual
from storage.cases import get_case
from storage.database import write
from storage.export_jobs import Made, Order, finish, place_order, take_waiting
from storage.models_desk import desk_sessions
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import PASSWORD, staff
from tests.makers import NOON, finding, flagged, judged, post, sha, sight

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.timeout(240),
]
PHONE = {"viewport": {"width": 390, "height": 844}}
ONE_LINE = 40  # px
COUNT = 13  # a figure of two digits is wider than one


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
    for n in range(1, COUNT + 1):
        code = "C3-04" if n == COUNT else "B4-02"
        said = judged(score=0.9 - n / 100, findings=(finding(code=code),))
        place = post(f"http://school{n}.example/a", title=f"第{n}家", region="河南")
        sight(engine, flagged(place, seed=n, judgement=said))
    with served(engine, tmp_path) as running:
        yield running


def test_the_toolbar_of_the_queue_stays_one_line_with_figures_of_two_digits(desk, browser) -> None:
    page = person(browser, desk, "wang")
    for lang in ("zh", "en"):
        assert page.eval_on_selector(".queue-bar", "bar => bar.offsetHeight") < ONE_LINE, lang
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, lang
        last = page.eval_on_selector(".queue-bar", "bar => bar.scrollWidth - bar.clientWidth")
        assert last <= 0, lang
        if lang == "zh":
            page.click("text=English")
            page.wait_for_selector("html[lang=en] .queue-bar")
            page.wait_for_load_state()  # its style sheet came too


def test_the_frame_of_the_chosen_row_lies_inside_of_it(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.keyboard.press("j")
    offset = page.evaluate("getComputedStyle(document.activeElement).outlineOffset")
    assert offset.startswith("-")


def test_there_are_no_hints_of_keys_where_there_are_none(desk, browser) -> None:
    page = person(browser, desk, "wang", **PHONE)
    for path in ("/queue", "/cases/1"):
        page.goto(desk.origin + path)
        assert page.locator("kbd:visible").count() == 0, path
    page.goto(f"{desk.origin}/keys")
    assert page.locator("kbd:visible").count() > 0, "that page is about them"
    bare = person(browser, desk, "li", java_script_enabled=False)
    assert bare.locator("kbd:visible").count() == 0


def test_a_reason_that_the_machine_proposes_says_so_until_somebody_chooses(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/1")
    assert "机器建议" in page.locator("#reason option[data-suggested]").inner_text()
    assert not page.is_visible("#proposed")
    page.keyboard.press("1")
    assert page.is_visible("#proposed")
    assert "B4-02" in page.input_value("#reason")
    page.select_option("#reason", "C4-02")
    assert not page.is_visible("#proposed")
    page.keyboard.press("2")
    assert not page.is_visible("#proposed"), "nothing is proposed for 不违规"


def test_a_grave_reason_that_nobody_chose_is_not_sent_by_the_first_enter(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/{COUNT}")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "reason"
    assert "须由另一人复核" in page.inner_text("#proposed")
    assert get_case(desk.engine, COUNT).decisions == ()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**done={COUNT}")
    assert get_case(desk.engine, COUNT).decisions[0][1].reason == "C3-04"


def test_an_ordinary_reason_still_takes_two_keys(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/1")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=1")


def test_files_and_the_audit_are_read_on_a_telephone_without_pushing(desk, browser) -> None:
    order = Order(kind="list", form="letter", platform="web")
    place_order(desk.engine, order, "wang")
    take_waiting(desk.engine)
    files = [
        Made(
            number=f"CS-20261126-{n:03d}",
            name=f"协助处置函_一个名字很长的网站_school{n}_example_CS-20261126-{n:03d}.docx",
            path=f"{n}.docx",
            sha256=sha(str(n)),
            size=40_000,
            rows=n,
        )
        for n in range(1, 13)
    ]
    finish(desk.engine, 1, files, Bilingual("", ""))
    for login, paths in (("wang", ("/exports", "/exports/1", "/packages")), ("sun", ("/audit",))):
        page = person(browser, desk, login, **PHONE)
        for path in paths:
            page.goto(desk.origin + path)
            over = page.eval_on_selector_all(
                ".roll, .scroll", "all => all.map(one => one.scrollWidth - one.clientWidth)"
            )
            assert over, path
            assert max(over) <= 0, path


def test_what_was_typed_before_a_login_stands_in_no_address(desk, browser) -> None:
    page = person(browser, desk, "wang")
    page.goto(f"{desk.origin}/cases/1")
    page.keyboard.press("1")
    page.fill("#note", "电话里说是亲戚办的")
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=NOON))
    page.click("#decision button.btn-primary")
    page.wait_for_selector("#password")
    page.fill("#login", "wang")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/cases/1?kept=*")
    assert "note" not in page.url
    assert page.input_value("#note") == "电话里说是亲戚办的"
    assert page.is_checked("[name=verdict][value=violation]")
