"""A batch of hundreds of posts: pages that stay small, and ticks that no turning loses."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from console.batchpages import PER, places_in, ranges, sheets, ticked_of
from storage.bilingual import Problem
from storage.bulk_shown import Bulk, get_bulk, show_together
from storage.cases import list_cases
from storage.columns import utc_now
from storage.database import write
from storage.logins import desk_sessions
from storage.records import Contacts, Evidence
from tests.desk_site import PASSWORD, Browser, field, make_desk, staff
from tests.makers import finding, flagged, judged, post, sight

CASES, POSTS = 100, 500
FEW = 5 * PER - 10  # posts of a batch of five pages
PASS = {"verdict": "violation", "reason": "B4-02"}
WORST = '"&<字😀' * 400  # every sign of it is four or five bytes on a page


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def a_batch(engine: Engine, cases: int, posts: int) -> None:
    """Cases of one post with the longest words there are, and one case of all other posts."""
    quotes = [
        Evidence(field="text", start=n, end=n + 60, quote=WORST[n : n + 60]) for n in range(4)
    ]
    proof = judged(findings=tuple(finding(evidence=(quote,)) for quote in quotes))
    for n in range(cases):
        place = post(
            f"http://{n}.example/{WORST[:300]}",
            title=WORST,
            text=WORST,
            author=WORST,
            contacts=Contacts(phones=(f"138{n:04d}0000",)),
        )
        sight(engine, flagged(place, seed=n + 2, judgement=proof))
    for n in range(posts - cases):
        sight(engine, flagged(post(f"http://one.example/{n}", title=f"第{n}篇", text=WORST)))
    show_together(engine, sorted(row.id for row in list_cases(engine, limit=500)), "wang")


def bulk(desk) -> Bulk:
    return get_bulk(desk.engine, 1)


def ticks(page: str) -> dict[int, bool]:
    boxes = re.findall(r'name="member" value="(\d+)" form="decision" data-step( checked)?', page)
    return {int(place): bool(checked) for place, checked in boxes}


def hidden(page: str) -> dict[str, str]:
    return {name: field(page, name) for name in ("places", "off", "seen")}


def turned(browser: Browser, page: str, to: int, without: set[int] = frozenset(), **typed) -> str:
    """The page after pressing a page's button, ticks taken away from `without`."""
    members = [str(place) for place, on in ticks(page).items() if on and place not in without]
    form = {**hidden(page), **typed, "to": str(to), "member": members}
    answer = browser.post("/bulk/1/turn", form)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["location"]).text


def test_no_page_of_five_hundred_posts_is_larger_than_100_kb_and_each_post_has_its_tick(
    desk,
) -> None:
    a_batch(desk.engine, CASES, POSTS)
    assert len(bulk(desk).rows) == POSTS
    pages = -(-POSTS // PER)
    browser = Browser(desk).log_in("wang")
    page = browser.get("/bulk/1").text
    seen: list[int] = []
    for number in range(1, pages + 1):
        assert len(page.encode()) < 100_000, f"page {number}: {len(page.encode())}"
        assert f"分 {pages} 页" in page
        assert f"全部 {POSTS} 篇" in page
        here = ticks(page)
        assert all(here.values())
        seen += here
        unread = re.search(r"还没有翻到的页：([\d、]+)", page)
        left = [int(n) for n in unread[1].split("、")] if unread else []
        assert left == list(range(number + 1, pages + 1)), "what was not seen is said"
        if number < pages:
            page = turned(browser, page, number + 1)
    assert seen == list(range(POSTS)), "every post once, in its order"


def test_ticks_and_words_stay_through_all_turning_and_everything_is_decided(desk) -> None:
    a_batch(desk.engine, 20, FEW)
    browser = Browser(desk).log_in("wang")
    page = browser.get("/bulk/1").text
    gone = {3, PER + 1, FEW - 1}
    page = turned(browser, page, 5, gone, note="整批核对过", **PASS)
    assert "<small>−1</small>" in page
    page = turned(browser, page, 2, gone)
    page = turned(browser, page, 1, gone)
    assert [place for place, on in ticks(page).items() if not on] == [3]
    assert "已恢复" not in page
    page = turned(browser, page, 1, note="整批核对过", **PASS)
    assert 'value="violation" required checked' in page
    assert html.unescape(field(page, "off")) == f"{PER + 1} {FEW - 1}"
    members = [str(place) for place, on in ticks(page).items() if on]
    form = {**PASS, **hidden(page), "member": members}
    assert browser.post("/bulk/1/decide", form).status_code == 303
    rows = bulk(desk).rows
    done = bulk(desk)
    assert done.state == "decided"
    decided = [case for case, out in done.outcomes.items() if out.decision_id is not None]
    assert len(decided) == len(done.shown) - 1, "a case of which every tick was taken stays open"
    assert done.leaving == {rows[place] for place in gone}


def test_a_session_that_ends_on_the_fifth_page_loses_no_tick_of_any(desk) -> None:
    a_batch(desk.engine, 20, FEW)
    browser = Browser(desk).log_in("wang")
    page = turned(browser, browser.get("/bulk/1").text, 5, {7})
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=utc_now()))
    members = [str(place) for place in ticks(page) if place != 4 * PER]
    answer = browser.post("/bulk/1/decide", {**PASS, **hidden(page), "member": members})
    assert answer.status_code == 401
    typed = html.unescape(field(answer, "typed"))
    form = {"login": "wang", "password": PASSWORD, "back": "/bulk/1", "typed": typed}
    page = browser.get(browser.post("/login", form).headers["location"]).text
    assert "已恢复" in page
    here = ticks(page)
    assert min(here) == 4 * PER
    assert [place for place, on in here.items() if not on] == [4 * PER]
    assert field(page, "off") == "7"
    assert bulk(desk).state == "shown"


def test_others_look_through_the_pages_by_links_and_turn_nothing(desk) -> None:
    a_batch(desk.engine, 20, FEW)
    li = Browser(desk).log_in("li")
    page = li.get(f"/bulk/1?page={5}").text
    assert f'href="/bulk/1?page={5}" aria-current="page"' in page
    assert "不能判定" in page
    assert ticks(page) == {}
    assert Browser(desk).log_in("sun").post("/bulk/1/turn", {"to": "2"}).status_code == 403


FORGED: list[dict[str, object]] = [
    {"places": "0-9", "off": str(FEW)},
    {"places": "0-9", "off": "9-1"},
    {"places": "0-9", "off": "x"},
    {"places": "0-9", "off": "1,2"},
    {"places": "0-9", "member": ["11"]},
    {"places": "0-9999"},
    {"places": "-1"},
    {"places": "0-9", "off": "1 " * 6000},
]


def test_forged_places_are_told_and_decide_nothing(desk) -> None:
    a_batch(desk.engine, 20, FEW)
    browser = Browser(desk).log_in("wang")
    browser.get("/bulk/1")
    for form in FORGED:
        for path in ("decide", "turn"):
            answer = browser.post(f"/bulk/1/{path}", {**PASS, **form})
            assert (answer.status_code, "没有写入" in answer.text) == (409, True), form
    assert bulk(desk).state == "shown"


@given(st.sets(st.integers(0, 799)))
def test_places_travel_as_ranges_and_come_back(places: set[int]) -> None:
    text = ranges(places)
    assert places_in(text, 800) == places
    assert len(text) < 4000


@given(st.data(), st.integers(1, 800))
def test_whatever_page_a_form_comes_from_it_names_the_same_ticks(data, total: int) -> None:
    ticked = data.draw(st.frozensets(st.integers(0, total - 1)))
    for sheet in sheets(total, ticked, ()):
        here = frozenset(sheet.places)
        off = ranges(frozenset(range(total)) - here - ticked)
        assert ticked_of(sorted(ticked & here), ranges(here), off, total) == ticked
    assert ticked_of(sorted(ticked), None, "", total) == ticked
    assert sum(sheet.ticked for sheet in sheets(total, ticked, ())) == len(ticked)
    if total < 800:
        with pytest.raises(Problem):
            ticked_of([], "0", str(total), total)


def test_a_number_at_the_cut_of_an_excerpt_is_masked_whole(desk) -> None:
    text = "一" * 95 + "电话13800000001，名额有限"
    sight(desk.engine, flagged(post("http://one.example/", title="包过", text=text)))
    show_together(desk.engine, [1], "wang")
    page = Browser(desk).log_in("wang").get("/bulk/1").text
    assert "电话138…" in page
    assert "1380" not in page
