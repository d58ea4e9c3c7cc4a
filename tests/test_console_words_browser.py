"""On a telephone nothing that somebody must see hides at the right of a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.desk_lookups import tools_for
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import staff
from tests.takedown_makers import sent

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.timeout(240),
]
TELEPHONE = {"width": 390, "height": 844}
WIDER = (
    "[...document.querySelectorAll('.roll, .scroll, .right')]"
    ".filter((one) => one.scrollWidth > one.clientWidth + 2).map((one) => one.className)"
)
STATE_SHOWN = (
    "(one) => { const box = one.getBoundingClientRect(); return box.right <= innerWidth; }"
)


@pytest.fixture
def kind() -> str:
    """The browser does not know which database stands behind."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    sent(engine)
    with served(engine, tmp_path, tools=tools_for(engine, tmp_path)) as running:
        yield running


def test_on_a_telephone_every_row_is_read_without_moving_to_the_side(desk) -> None:
    with chromium() as browser:
        page = person(browser, desk, "wang", viewport=TELEPHONE)
        for path in ("/takedowns", "/exports", "/packages", "/cases/1?way=facts", "/sweeps"):
            page.goto(f"{desk.origin}{path}")
            if path == "/exports":
                page.click("#list-title ~ form button")
                page.goto(f"{desk.origin}{path}")
            assert page.evaluate(WIDER) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.goto(f"{desk.origin}/takedowns")
        assert page.eval_on_selector(".badge-state", STATE_SHOWN)
        assert page.locator("[data-hint]").count() == 0
        page.goto(f"{desk.origin}/queue")
        page.click(".mine summary")  # one's own filters, which hung out of the left edge
        box = page.locator(".mine .pop").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390


def test_on_a_telephone_the_bar_takes_two_rows_even_for_an_administrator(desk) -> None:
    with chromium() as browser:
        page = person(browser, desk, "admin", viewport=TELEPHONE)
        page.goto(f"{desk.origin}/users")
        assert page.locator(".bar nav a").count() >= 7
        assert page.eval_on_selector(".bar", "(bar) => bar.offsetHeight") <= 70
