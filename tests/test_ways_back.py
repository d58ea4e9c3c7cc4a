"""From whatever was refused a link leads back to a page, never to where only forms are taken."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from console.app import ways_of_pages
from storage.cases import decide
from storage.columns import utc_now
from storage.takedown_drafting import Wanted, draft_all
from tests.desk_lookups import tooled_desk
from tests.desk_site import Browser, field, staff
from tests.makers import decision, flagged, sight

PARAMETERS = {"number:int": "1", "case_id:int": "1", "item:int": "1", "login": "wang"}
TO_THE_QUEUE = {"/bulk", "/logout"}  # forms of the queue and of every page
BACK = re.compile(r'href="([^"]*)">回到刚才的页面')


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    desk = tooled_desk(engine, tmp_path)
    sight(engine, flagged())
    decide(engine, decision(1, by="wang"))
    draft_all(engine, Wanted(by="wang", at=utc_now()), desk.recipient_of)
    return desk


def forms() -> list[str]:
    """But for those that ask nobody who they are."""
    found = {way.path for way in ways_of_pages() if "POST" in way.methods}
    return sorted(found - {"/login", "/lang"})


def filled(path: str) -> str:
    return re.sub(r"\{([^}]*)\}", lambda found: PARAMETERS.get(found[1], "abc"), path)


def test_every_form_has_a_page_to_go_back_to(desk: Any) -> None:
    browser = Browser(desk)
    assert len(forms()) > 40
    for path in map(filled, forms()):
        answer = browser.post(path, {"x": "1"})
        assert answer.status_code == 401
        back = field(answer.text.split('action="/login"')[-1], "back")
        assert (back == "/queue") is (path in TO_THE_QUEUE or path.startswith("/queue")), path
        assert Browser(desk).get(back).status_code == 303, f"{path}: to the login, as a page"


@pytest.mark.parametrize("path", sorted({filled(one) for one in forms()}))
def test_a_refused_form_leads_back_to_a_page_and_so_does_a_change_of_language(
    desk: Any, path: str
) -> None:
    browser = Browser(desk).log_in("wang")
    came = {"referer": desk.origin + path}  # a form that was refused before stands at its address
    answer = browser.post(path, {"csrf": "0" * 64}, headers=came)
    assert answer.status_code == 403
    stay = field(answer, "back")
    for back in {stay, *BACK.findall(answer.text)}:
        assert "没有这个页面" not in browser.get(back).text, back


@pytest.mark.parametrize("path", sorted({filled(one) for one in forms()}))
def test_the_address_of_a_form_asked_for_again_is_a_page_or_leads_to_one(
    desk: Any, path: str
) -> None:
    answer = Browser(desk).log_in("wang").get(path)
    assert answer.status_code != 405
    if answer.status_code == 303 and path.startswith("/takedowns/"):
        assert answer.headers["location"].startswith("/takedowns")


def test_what_was_refused_of_one_item_leads_back_to_its_request(desk: Any) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns/1")
    refused = browser.post("/takedowns/items/1/answer", {"answer": "x"})
    assert refused.status_code == 409
    browser.page = refused
    moved = browser.post("/lang", {"lang": "en", "back": field(refused, "back")})
    item = browser.get(moved.headers["location"])
    assert (item.status_code, item.headers["location"]) == (303, "/takedowns/1#item-1")
    assert browser.get("/takedowns/items/99").status_code == 404
