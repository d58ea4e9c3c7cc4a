"""Contacts at the desk: masked alike wherever they stand, shown for a reason only, never probed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from console.caseview import view_case
from console.marks import Quote, cut, cut_shown
from console.ordering import again
from console.reasons import reason_given
from console.roles import Caller
from exports.masking import masked, masked_address
from storage.audit import lines
from storage.bilingual import Problem
from storage.cases import decide, get_case
from storage.columns import utc_now
from storage.export_jobs import JobState, Order, get_job, place_order
from storage.grams import without_contacts
from storage.records import Clause, Contacts, Decision, Verdict
from storage.tokens import create_token
from storage.users import get_user
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, post, sight

PHONE, WECHAT = "13900000000", "kzqxvbnm"
OWN = Contacts(phones=(PHONE,), wechat=(WECHAT,))
ADDRESS = f"http://evil.example/?a={PHONE}&n={WECHAT}"


def api(desk, login: str, *scopes: str):
    """Requests of a program with a token of this account."""
    token = create_token(desk.engine, login, "试", scopes, "admin")
    browser = Browser(desk)

    def ask(method: str, path: str, **more):
        headers = {"authorization": f"Bearer {token}"}
        return browser.send(method, f"/api/v1{path}", headers=headers, **more)

    return ask


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    desk = make_desk(engine, tmp_path)
    seen = post(ADDRESS, url_found=ADDRESS, title=f"找 {WECHAT} 办证", contacts=OWN)
    sight(engine, flagged(seen))
    note = f"打电话 {PHONE} 加 {WECHAT} 核实"
    said = Decision(
        case_id=1, verdict=Verdict.VIOLATION, reason="B4-02", by="wang", at=utc_now(), note=note
    )
    decide(engine, said, get_case(engine, 1).version)
    return desk


def in_sight(text: str) -> list[str]:
    return [one for one in (PHONE, WECHAT) if one in text]


# --- masked wherever they stand -------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/cases/1", "/cases/1?way=facts", "/cases/1/leave/1", "/queue?view=decided"]
)
def test_no_page_shows_a_contact_of_the_post_in_notes_addresses_and_titles(desk, path) -> None:
    for login in ("sun", "wang"):
        answer = Browser(desk).log_in(login).get(path)
        assert answer.status_code == 200
        assert in_sight(answer.text) == []


def test_the_api_masks_notes_and_addresses_like_the_page(desk) -> None:
    program = api(desk, "sun", "read")
    for path in ("/cases/1", "/cases/1/kin", "/queue?view=decided"):
        answer = program("GET", path)
        assert answer.status_code == 200
        assert in_sight(answer.text) == []


def test_a_related_case_hides_what_its_own_posts_show(desk) -> None:
    own = Contacts(wechat=("qwplmzxk",))
    sight(desk.engine, flagged(post("http://evil.example/b", title="找 qwplmzxk", contacts=own), 9))
    for path in ("/cases/1", "/cases/2"):
        assert "qwplmzxk" not in Browser(desk).log_in("sun").get(path).text


def test_a_takedown_shows_no_contact_in_addresses_and_notes(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/takedowns/draft", {"cases": "1", "note": f"先打 {PHONE}"})
    for path in ("/takedowns/1", "/takedowns"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert in_sight(answer.text) == []
    assert in_sight(api(desk, "sun", "read")("GET", "/takedowns/1").text) == []


def test_a_masked_address_hides_contacts_and_keeps_what_names_the_page() -> None:
    kept = "https://weibo.example/13812345678/6222020200112230123"
    assert masked_address(kept, OWN) == kept
    assert in_sight(masked_address(ADDRESS, OWN)) == []


# --- for a reason ---------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["", " ", "   ", "\u3000\u3000", "\u200b\u200b\u200b", "...", "核"])
def test_a_reason_of_blanks_shows_nothing_on_the_page_and_in_the_api(desk, why) -> None:
    with pytest.raises(Problem):
        reason_given(why)
    browser = Browser(desk).log_in("wang")
    browser.get("/cases/1")
    assert browser.post("/cases/1/contacts", {"why": why}).status_code == 409
    answer = api(desk, "wang", "read", "unmask")("POST", "/cases/1/contacts", json={"why": why})
    assert answer.status_code in {409, 422}
    assert in_sight(answer.text) == []
    assert "contacts.seen" not in {line.act for line in lines(desk.engine)}


def test_contacts_are_shown_for_a_reason_and_the_address_whole_with_them(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/cases/1")
    answer = browser.post("/cases/1/contacts", {"why": "核对本人来电"})
    assert in_sight(answer.text) == [PHONE, WECHAT]
    (line,) = [line for line in lines(desk.engine) if line.act == "contacts.seen"]
    assert "核对本人来电" in line.detail


def test_making_an_order_with_contacts_again_takes_a_reason_of_ones_own(desk) -> None:
    order = Order(kind="list", form="csv", masked=False, why="王的理由")
    number = place_order(desk.engine, order, "wang")
    job = replace(get_job(desk.engine, number), state=JobState.FAILED)
    li = Caller(get_user(desk.engine, "li"))
    with pytest.raises(Problem):
        again(desk.engine, job, li)
    with pytest.raises(Problem):
        again(desk.engine, job, li, "  ")
    assert again(desk.engine, job, li, "李另有理由").why == "李另有理由"


# --- searching ------------------------------------------------------------------------------------


def test_whoever_may_not_see_contacts_cannot_find_them_out_piece_by_piece(desk) -> None:
    sun = Browser(desk).log_in("sun")
    for length in (2, 3, 4, 5):
        for value in (WECHAT, PHONE):
            for start in range(len(value) - length + 1):
                piece = value[start : start + length]
                answer = sun.get("/queue", params={"view": "decided", "words": f"办证 {piece}"})
                assert "/cases/1" not in answer.text, piece
    assert "/cases/1" in sun.get("/queue", params={"view": "decided", "words": "办证"}).text


def test_a_short_word_outside_of_contacts_is_found_by_everybody(desk) -> None:
    sight(desk.engine, flagged(post("http://b.example/c", title="包过 PMP 证书"), 7))
    for login in ("sun", "wang"):
        browser = Browser(desk).log_in(login)
        assert "/cases/2" in browser.get("/queue", params={"words": "pmp 包过"}).text


def test_a_search_for_a_part_of_a_number_is_in_the_audit_whoever_makes_it(desk) -> None:
    for login in ("sun", "wang"):
        Browser(desk).log_in(login).get("/queue", params={"words": "办证 917"})
    told = [line for line in lines(desk.engine) if line.act == "contacts.searched"]
    assert [line.actor for line in told] == ["sun", "wang"]


@given(st.text(alphabet="abc1390一", min_size=2, max_size=5))
def test_nothing_within_a_long_run_of_letters_and_figures_is_left_to_be_found(word: str) -> None:
    assert word not in without_contacts(f"办证{word}{word}{word}加", ()) or len(word) * 3 < 6


# --- what it costs --------------------------------------------------------------------------------


def test_a_page_with_thousands_of_numbers_opens(desk) -> None:
    many = Contacts(phones=tuple(str(13900000000 + 7919 * n) for n in range(2000)))
    text = "联系 13900007919。" + "138 " * 100_000
    row = flagged(post("http://many.example/", text=text, contacts=many), 5)
    sight(desk.engine, row)
    begun = time.process_time()
    case = get_case(desk.engine, 2)
    view = view_case(case, get_user(desk.engine, "sun"), unmasked=False)
    assert time.process_time() - begun < 5
    assert "13900007919" not in "".join(piece.text for piece in view.mark.pieces["text"])
    answer = api(desk, "sun", "read")("GET", "/cases/2")
    assert len(answer.text) < 200_000
    assert answer.json()["posts"][0]["text_left_out"] > 0


@given(st.integers(0, 30_000), st.integers(0, 300))
def test_a_long_text_is_masked_where_it_is_shown_and_nowhere_else(at: int, length: int) -> None:
    text = "".join(f"甲{n:05d}乙" for n in range(5_000))[:at] + PHONE + "丙" * 20_000
    quote = Quote(
        number=1, field="text", start=at, end=at + length, clause=Clause.ONE, rule="r", finding=0
    )
    whole = cut(masked(text, OWN), [quote])
    assert cut_shown(text, [quote], lambda part: masked(part, OWN)) == whole
