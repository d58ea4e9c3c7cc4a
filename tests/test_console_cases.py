"""The queue and the case page as a person meets them, without JavaScript."""

from __future__ import annotations

import itertools
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from console.replay import file_of
from storage.audit import lines
from storage.cases import claim, decide, get_case
from storage.database import read, write
from storage.logins import desk_sessions
from storage.models import cases
from storage.models_desk import case_tally
from storage.queue import (
    Filters,
    queue_counts,
    queue_page,
    tally_at_once,
    tally_one_by_one,
)
from storage.records import CaseStatus, Clause, Contacts, Evidence, Verdict
from tests.desk_site import PASSWORD, Browser, field, make_desk, staff
from tests.makers import NOON, decision, finding, flagged, judged, post, sight

FORGED = {"verdict": "violation", "reason": "C3-06"}
PASS = {"verdict": "violation", "reason": "B4-02"}


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def some_cases(engine: Engine, count: int = 3) -> None:
    for n in range(1, count + 1):
        severity = 1 + n % 5
        said = judged(score=0.5 + n / 100, findings=(finding(severity=severity),))
        place = f"http://school{n}.example/a"
        contacts = Contacts(phones=(f"1380000{n:04d}",))
        sight(engine, flagged(post(place, contacts=contacts), seed=n, judgement=said))


def form_of(page, **typed: str) -> dict[str, str]:
    return {"version": field(page, "version"), "filters": field(page, "filters"), **typed}


def order(text: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-row href="/cases/(\d+)', text)]


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_shows_what_is_most_urgent_first_and_why(desk) -> None:
    some_cases(desk.engine)
    page = Browser(desk).log_in("wang").page.text
    rows, _ = queue_page(desk.engine, Filters())
    assert order(page) == [row.id for row in rows]
    assert [row.priority for row in rows] == sorted((row.priority for row in rows), reverse=True)
    assert "得分 0.53" in page
    assert "包过" in page


def test_pages_by_key_show_every_case_once_even_while_others_decide(engine: Engine) -> None:
    some_cases(engine, 23)
    seen: list[int] = []
    page, end = queue_page(engine, Filters(), limit=5)
    while page:
        seen += [row.id for row in page]
        decide(engine, decision(page[0].id))
        if end is None:
            break
        page, end = queue_page(engine, Filters(), end, limit=5)
    assert sorted(seen) == list(range(1, 24))


def test_each_count_is_what_its_filter_shows(engine: Engine) -> None:
    some_cases(engine, 7)
    two = (finding(), finding(rule="x", clause=Clause.THREE, code="C4-02"))
    sight(
        engine,
        flagged(
            post("w1", platform="weibo", region="河南"), seed=50, judgement=judged(findings=two)
        ),
    )
    decide(engine, decision(1))
    for filters in (
        Filters(),
        Filters(clause="三"),
        Filters(platform="weibo"),
        Filters(region="河南"),
        Filters(region="河南", clause="二"),
        Filters(region="河南", platform="weibo", clause="一"),
        Filters(view="decided"),
        Filters(view="second"),
        Filters(score=0.54),
        Filters(days=3650),
    ):
        counts = queue_counts(engine, filters)
        shown, _ = queue_page(engine, filters, limit=100)
        assert counts.exact
        assert counts.total == len(shown), filters
    assert queue_counts(engine, Filters()).by_clause == {"二": 7, "三": 1}
    assert queue_counts(engine, Filters()).by_platform == {"web": 6, "weibo": 1}


def test_the_tally_walked_once_says_what_it_says_column_by_column(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("grouping sets are PostgreSQL's")
    two = (finding(), finding(rule="x", clause=Clause.THREE, code="C4-02"))
    for n, (where, of) in enumerate([("web", "河南"), ("weibo", "河南"), ("weibo", "")]):
        place = post(f"w{n}", platform=where, region=of)
        sight(engine, flagged(place, seed=n, judgement=judged(findings=two[: n + 1])))
    asked = itertools.product(("", "二", "三"), ("", "weibo"), ("", "河南", "河北"))
    with read(engine) as connection:
        for clause, platform, region in asked:
            filters = Filters(clause=clause, platform=platform, region=region)
            at_once = tally_at_once(connection, filters)
            one_by_one = tally_one_by_one(connection, filters)
            assert [dict(column) for column in at_once] == [dict(one) for one in one_by_one]
            for column in at_once:
                assert column == sorted(column, key=lambda pair: -pair[1])


def test_filters_are_the_address_and_are_kept_under_a_name(desk) -> None:
    some_cases(desk.engine)
    browser, other = Browser(desk).log_in("wang"), Browser(desk).log_in("li")
    page = browser.get("/queue?clause=三&score=0.5").text
    assert order(page) == []
    query = field(page, "filters").replace("&amp;", "&")
    browser.post("/queue/filters", {"name": "<b>我的", "filters": query})
    browser.post("/queue/filters", {"name": "共用", "filters": query, "shared": "1"})
    own, others = browser.get("/queue").text, other.get("/queue").text
    assert "&lt;b&gt;我的" in own
    assert "我的</a>" not in others
    assert "共用" in others


def test_two_people_taking_the_next_case_never_get_the_same(desk) -> None:
    some_cases(desk.engine, 4)
    taken = []
    for login in ("wang", "li", "wang", "li"):
        browser = Browser(desk).log_in(login)
        taken.append(browser.post("/queue/next").headers["location"])
    # Who holds one already is given their own again: it is still the most urgent that is theirs.
    assert len({taken[0], taken[1]}) == 2
    assert (taken[0], taken[1]) == (taken[2], taken[3])


def test_a_case_in_other_hands_says_whose_and_until_when(desk) -> None:
    some_cases(desk.engine, 1)
    claim(desk.engine, 1, "li")
    browser = Browser(desk).log_in("wang")
    assert "李复核 在审" in browser.page.text
    page = browser.get("/cases/1").text
    assert "正在处理本案" in page
    assert 'id="decision"' not in page


# --- the case -------------------------------------------------------------------------------------


def test_every_quote_is_marked_with_its_clause_and_overlaps_keep_their_place(desk) -> None:
    said = (
        finding(evidence=(Evidence(field="text", start=3, end=7, quote="免考包过"),)),
        finding(
            rule="b",
            clause=Clause.THREE,
            code="C4-02",
            evidence=(
                Evidence(field="text", start=5, end=7, quote="包过"),
                Evidence(field="text", start=0, end=2, quote="不在"),
                Evidence(field="image", start=0, end=2, quote="红章"),
            ),
        ),
    )
    sight(desk.engine, flagged(judgement=judged(findings=said)))
    page = Browser(desk).log_in("wang").get("/cases/1").text
    body = page[page.index('class="body"') :]
    assert '<mark class="q k2 d1" id="q1" tabindex="-1" data-quote>' in body
    assert ">二</span>免考</mark>" in body
    assert '<mark class="q k2 d2" id="q2" tabindex="-1" data-quote>' in body
    assert ">三</span>包过</mark>" in body
    assert "不在正文中的证据：不在" in page
    assert "不在正文中的证据：红章" in page
    words = re.sub(r"<span[^>]*>.?</span>|<[^>]*>", "", body[: body.index("</article>")])
    assert "月嫂证免考包过，协议保障，七天拿证。" in words


def test_what_a_page_says_is_text_and_nothing_else(desk) -> None:
    evil = "</mark><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
    sight(
        desk.engine,
        flagged(
            post(title=evil, text=evil + "包过", author=evil),
            judgement=judged(
                findings=(
                    finding(
                        why=evil,
                        evidence=(Evidence(field="text", start=0, end=len(evil), quote=evil),),
                    ),
                )
            ),
        ),
    )
    browser = Browser(desk).log_in("wang")
    for path in ("/queue", "/cases/1", "/cases/1/brief", "/cases/1/leave/1", "/cases/1?way=facts"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_contacts_are_masked_until_asked_for_with_a_reason_that_is_kept(desk) -> None:
    text = "包过，电话13812345678，微信 sample_wx_9"
    contacts = Contacts(phones=("13812345678",), wechat=("sample_wx_9",))
    said = (finding(evidence=(Evidence(field="text", start=0, end=2, quote="包过"),)),)
    sight(
        desk.engine,
        flagged(post(title=text, text=text, contacts=contacts), judgement=judged(findings=said)),
    )
    browser = Browser(desk).log_in("wang")
    for path in ("/queue", "/cases/1", "/cases/1/brief"):
        page = browser.get(path).text
        assert "13812345678" not in page, path
        assert "sample_wx_9" not in page, path
    browser.get("/cases/1")
    refused = browser.post("/cases/1/contacts", {"why": " "})
    assert refused.status_code == 409
    assert "13812345678" not in refused.text
    shown = browser.post("/cases/1/contacts", {"why": "联系平台核实"})
    assert "13812345678" in shown.text
    assert "sample_wx_9" in shown.text
    last = list(lines(desk.engine))[-1]
    assert (last.actor, last.act, last.about) == ("wang", "contacts.seen", "case:1")
    assert "联系平台核实" in last.detail
    assert "13812345678" not in last.detail
    auditor = Browser(desk).log_in("sun")
    auditor.get("/cases/1")
    assert (
        auditor.post("/cases/1/contacts", {"csrf": auditor.csrf, "why": "想看"}).status_code == 403
    )


def test_every_read_of_a_case_and_of_its_pictures_is_in_the_audit(desk) -> None:
    picture = desk.store.put(b"\x89PNG\r\n\x1a\n...", "screenshot", "http://a.example/", NOON)
    html = desk.store.put(b"<p>x", "raw", "http://a.example/", NOON)
    sight(desk.engine, flagged(snapshots=(picture, html)))
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1?way=replay").text
    address = re.search(r'<iframe[^>]*sandbox=""[^>]*src="([^"]+)"', page)
    assert address
    assert address[1].startswith(desk.replay_origin + "/r/")
    assert file_of(desk, address[1].rpartition("/")[2]) == html.sha256
    answer = browser.get(f"/cases/1/pictures/{picture.sha256}")
    assert "no-store" in answer.headers["cache-control"], "each look asks and is a line"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    acts = [line.act for line in lines(desk.engine)][-3:]
    assert acts == ["case.read", "snapshot.replay", "snapshot.picture"]
    assert browser.get(f"/cases/1/pictures/{html.sha256}").status_code == 404
    assert browser.get("/cases/1/pictures/" + "0" * 64).status_code == 404


def test_a_picture_that_is_gone_from_the_store_is_told_and_the_case_still_shows(desk) -> None:
    picture = desk.store.put(b"\x89PNG\r\n\x1a\n...", "screenshot", "http://a.example/", NOON)
    sight(desk.engine, flagged(snapshots=(picture,)))
    desk.store._files.rm_file(desk.store._path(picture.sha256))
    browser = Browser(desk).log_in("wang")
    assert browser.get("/cases/1").status_code == 200
    assert "不在存储中" in browser.get(f"/cases/1/pictures/{picture.sha256}").text


# --- deciding -------------------------------------------------------------------------------------


def test_a_decision_leads_to_the_next_case_under_the_same_filters(desk) -> None:
    some_cases(desk.engine, 3)
    browser = Browser(desk).log_in("wang")
    first = int(
        browser.post("/queue/next", {"filters": "clause=二"})
        .headers["location"]
        .split("/")[2]
        .partition("?")[0]
    )
    page = browser.get(f"/cases/{first}?filters=clause%3D%E4%BA%8C")
    answer = browser.post(f"/cases/{first}/decide", form_of(page, **PASS, note="页面写明"))
    assert answer.status_code == 303
    case = get_case(desk.engine, first)
    assert (case.status, case.decisions[-1][1].note) == (CaseStatus.DECIDED, "页面写明")
    follow = browser.get(answer.headers["location"])
    assert f"done={first}" in answer.headers["location"]
    assert f"案件 {first}：违规" in follow.text
    assert field(follow, "filters") == "clause=%E4%BA%8C"
    undone = browser.post(f"/cases/{first}/undo", {"decision": field(follow, "decision")})
    assert undone.headers["location"] == f"/cases/{first}?done={first}"
    assert f"案件 {first}：已撤销判定" in browser.get(undone.headers["location"]).text
    assert get_case(desk.engine, first).status is CaseStatus.CLAIMED


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "选择结论"),
        ({"verdict": "guilty", "reason": "B4-02"}, "选择结论"),
        ({"verdict": "violation"}, "选择理由"),
        ({"verdict": "violation", "reason": "NEWS"}, "可用的代码"),
        ({"verdict": "clean", "reason": "OTHER"}, "里写清楚"),
        ({"verdict": "violation", "reason": "B4-02", "note": "字" * 4001}, "太长"),
        ({"verdict": "violation", "reason": "B4-02", "version": "x"}, "格式不对"),
        ({"verdict": "violation", "reason": "B4-02", "shown": "x"}, "格式不对"),
        ({"verdict": "violation", "reason": "B4-02", "supersedes": "7"}, "最新决定"),
    ],
)
def test_a_wrong_form_is_told_what_is_wrong_and_writes_nothing(desk, typed, words) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1")
    answer = browser.post("/cases/1/decide", {**form_of(page), **typed})
    assert answer.status_code == 409
    assert words in answer.text
    assert "没有写入" in answer.text
    assert get_case(desk.engine, 1).decisions == ()


def test_a_screen_that_a_sweep_overtook_is_told_so(desk) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1")
    contacts = Contacts(phones=("13800000001",))
    sight(desk.engine, flagged(post("http://other.example/b", contacts=contacts), seed=1))
    answer = browser.post("/cases/1/decide", form_of(page, **PASS))
    assert answer.status_code == 409
    assert "在您查看之后有变化" in answer.text
    assert get_case(desk.engine, 1).decisions == ()


def test_a_double_click_decides_once_and_both_go_on(desk) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    form = form_of(browser.get("/cases/1"), **PASS)
    answers = [browser.post("/cases/1/decide", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(get_case(desk.engine, 1).decisions) == 1
    other = Browser(desk).log_in("li")
    other.get("/cases/1")
    assert other.post("/cases/1/decide", form).status_code == 409


def test_a_session_that_ends_in_the_middle_loses_neither_the_place_nor_the_words(desk) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    form = form_of(browser.get("/cases/1"), **PASS, note="页面写明“包过”&more")
    with write(desk.engine) as connection:
        connection.execute(update(desk_sessions).values(closed_at=NOON))
    answer = browser.post("/cases/1/decide", form)
    assert answer.status_code == 401
    assert "没有写入" in answer.text
    assert get_case(desk.engine, 1).decisions == ()
    login = answer.text.split('action="/login"')[1]
    kept = {name: unescape(field(login, name)) for name in ("back", "typed")}
    assert kept["back"] == "/cases/1", "an address stays in the browser's history"
    again = browser.post("/login", {"login": "wang", "password": PASSWORD, **kept})
    page = browser.get(again.headers["location"]).text
    assert 'value="页面写明“包过”&amp;more"' in page
    assert re.search(r'value="violation" required checked', page)
    assert re.search(r'value="B4-02"[^>]* selected', page)


def test_names_and_notes_of_every_script_are_kept_as_they_are(desk) -> None:
    some_cases(desk.engine, 1)
    browser = Browser(desk).log_in("wang")
    note = "𠮷 ភាសា עברית 👩‍👩‍👧 \u202eabc <b> ﷽"
    browser.post("/cases/1/decide", form_of(browser.get("/cases/1"), **PASS, note=note))
    assert get_case(desk.engine, 1).decisions[0][1].note == note


def test_posts_without_a_tick_are_split_off(desk) -> None:
    sight(desk.engine, flagged(post("http://one.example/a")), flagged(post("http://two.example/b")))
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1")
    rows = re.findall(r'name="shown" value="(\d+)"', page.text)
    assert len(rows) == 2
    form = {**form_of(page, **PASS), "shown": rows, "member": rows[:1]}
    assert browser.post("/cases/1/decide", form).status_code == 303
    assert [one.row for one in get_case(desk.engine, 2).posts] == [int(rows[1])]
    assert get_case(desk.engine, 2).claimed_by == "wang", "and it is what comes next"


def test_who_may_not_decide_is_told_and_cannot(desk) -> None:
    some_cases(desk.engine, 1)
    for login in ("zhao", "qian", "admin", "sun"):
        browser = Browser(desk).log_in(login)
        page = browser.get("/cases/1")
        assert 'id="decision"' not in page.text
        answer = browser.post("/cases/1/decide", {"version": "1", **PASS})
        assert answer.status_code == 403
        assert "审核员" in answer.text
    assert get_case(desk.engine, 1).decisions == ()


# --- the second person ----------------------------------------------------------------------------


def test_the_second_person_does_not_see_the_first_ones_words(desk) -> None:
    some_cases(desk.engine, 1)
    first, second = Browser(desk).log_in("wang"), Browser(desk).log_in("li")
    first.post("/cases/1/decide", form_of(first.get("/cases/1"), **FORGED, note="印章是假的"))
    assert "C3-06" in first.get("/cases/1").text.split('class="history"')[1].split("</ol>")[0]
    page = second.get("/cases/1")
    assert "印章是假的" not in page.text
    assert "wang" not in page.text
    assert "独立复核" in page.text
    assert "data-suggested" not in page.text
    history = page.text.split('class="history"')[1].split("</ol>")[0]
    assert "C3-06" not in history
    answer = second.post("/cases/1/second", form_of(page, **FORGED))
    assert answer.status_code == 303
    assert get_case(desk.engine, 1).status is CaseStatus.APPROVED
    assert "一致" in second.get("/cases/1").text


def test_nobody_is_their_own_second_person_and_an_admin_is_nobodys(desk) -> None:
    some_cases(desk.engine, 1)
    both = Browser(desk).log_in("li")
    form = form_of(both.get("/cases/1"), **FORGED)
    both.post("/cases/1/decide", form)
    assert "/cases/1/second" not in both.get("/cases/1").text
    version = str(get_case(desk.engine, 1).version)
    own = both.post("/cases/1/second", {"version": version, **FORGED})
    assert own.status_code == 409
    assert "不能由您复核" in own.text
    admin = Browser(desk).log_in("admin")
    admin.get("/cases/1")
    assert admin.post("/cases/1/second", {"version": version, **FORGED}).status_code == 403
    assert get_case(desk.engine, 1).status is CaseStatus.DECIDED


def test_a_second_look_sent_twice_is_one(desk) -> None:
    some_cases(desk.engine, 1)
    decide(desk.engine, decision(1, Verdict.TRANSFER, by="wang"))
    browser = Browser(desk).log_in("zhao")
    form = form_of(browser.get("/cases/1"), verdict="transfer", reason="POLICE")
    answers = [browser.post("/cases/1/second", form).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert len(get_case(desk.engine, 1).looks) == 1


def test_the_tally_is_never_below_nothing(engine: Engine) -> None:
    some_cases(engine, 3)
    with write(engine) as connection:
        connection.execute(update(cases).values(platform="weibo"))
    with write(engine) as connection:
        rows = connection.execute(case_tally.select()).all()
    assert {row.platform: row.n for row in rows if row.n} == {"weibo": 3}
