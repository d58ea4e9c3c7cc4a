"""What made a new member of staff stumble at the desk, each as what must hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.audit_words import told, word
from console.charts import LONGEST, NAME, SIGNS, Bar, fitting, rows, wide
from spiders.classifieds import region_in
from storage.audit import lines, note
from storage.bilingual import Problem
from storage.cases import claim, decide, get_case
from storage.kin import EACH, kin_of
from storage.periods import Period
from storage.records import Contacts, Verdict
from storage.second import set_confirmed_codes
from storage.statistics import work
from storage.users import Role, get_user
from tests.desk_site import Browser, field, make_desk, staff
from tests.makers import NOON, decision, flagged, post, sight

PHONE = "13812345678"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def pictured(desk) -> tuple[str, str]:
    picture = desk.store.put(b"\x89PNG\r\n\x1a\n...", "screenshot", "http://a.example/", NOON)
    html = desk.store.put(b"<p>x", "raw", "http://a.example/", NOON)
    sight(desk.engine, flagged(snapshots=(picture, html)))
    return picture.sha256, html.sha256


# --- pictures show contacts: who may not see them sees no picture (S5) --------


@pytest.mark.parametrize("login", ["admin", "sun"])
def test_who_may_not_see_contacts_gets_neither_picture_nor_replay(desk, login) -> None:
    picture, _ = pictured(desk)
    browser = Browser(desk).log_in(login)
    for way in ("picture", "replay"):
        page = browser.get(f"/cases/1?way={way}").text
        assert "图片含联系方式，无权查看" in page
        assert "<img" not in page
        assert "<iframe" not in page
    assert browser.get(f"/cases/1/pictures/{picture}").status_code == 403
    assert {line.act for line in lines(desk.engine)} & {
        "snapshot.picture",
        "snapshot.replay",
    } == set()


@pytest.mark.parametrize("login", ["wang", "zhao", "qian"])
def test_who_decides_confirms_or_signs_sees_pictures_as_before_and_is_told(desk, login) -> None:
    picture, _ = pictured(desk)
    browser = Browser(desk).log_in(login)
    page = browser.get("/cases/1").text
    assert "截图未遮盖联系方式，您的查看已记入审计" in page
    assert browser.get(f"/cases/1/pictures/{picture}").status_code == 200
    assert list(lines(desk.engine))[-1].act == "snapshot.picture"
    assert "回放未遮盖联系方式" in browser.get("/cases/1?way=replay").text


# --- what is refused comes back with everything that was typed (S9) -----------


def test_other_without_a_note_comes_back_on_the_case_with_the_draft(desk) -> None:
    sight(desk.engine, flagged())
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1")
    sent = {"version": field(page, "version"), "verdict": "clean", "reason": "OTHER", "note": " "}
    answer = browser.post("/cases/1/decide", {**sent, "filters": "clause=二"})
    assert answer.status_code == 409
    assert "须在“说明”里写清楚" in answer.text
    assert re.search(r'value="clean" required checked', answer.text)
    assert re.search(r'value="OTHER" data-needs-note selected', answer.text)
    assert field(answer, "filters") == "clause=%E4%BA%8C"
    assert get_case(desk.engine, 1).decisions == ()


def test_a_note_to_a_case_that_somebody_else_has_taken_is_not_lost(desk) -> None:
    sight(desk.engine, flagged())
    browser = Browser(desk).log_in("wang")
    version = field(browser.get("/cases/1"), "version")
    claim(desk.engine, 1, "li")
    typed = {"verdict": "violation", "reason": "B4-02", "note": "三年前的旧文<b>"}
    answer = browser.post("/cases/1/decide", {"version": version, **typed})
    assert answer.status_code == 409
    assert "您写的说明：三年前的旧文&lt;b&gt;" in answer.text


def test_a_form_without_a_verdict_comes_back_with_its_note(desk) -> None:
    sight(desk.engine, flagged())
    browser = Browser(desk).log_in("wang")
    version = field(browser.get("/cases/1"), "version")
    answer = browser.post("/cases/1/decide", {"version": version, "note": "已核对备案"})
    assert answer.status_code == 409
    assert "请先选择结论" in answer.text
    assert 'value="已核对备案"' in answer.text


# --- the advertiser's other cases (S12) ---------------------------------------


def test_every_case_of_a_site_is_named_or_counted(engine: Engine) -> None:
    for n in range(1, EACH + 6):
        sight(engine, flagged(post(f"http://school.example/{n}", title=f"第{n}篇招生"), seed=n))
    own = get_case(engine, 1)
    found = kin_of(engine, 1, own.advertiser_keys)
    key = next(one for one in own.advertiser_keys if one[0] == "host")
    assert len(found.of(*key)) == EACH
    assert found.unnamed[key] == 4
    assert not found.at_least


def test_the_case_page_names_the_other_cases_of_each_key_however_many_another_key_has(desk) -> None:
    contacts = Contacts(phones=(PHONE,))
    for n in range(1, 13):
        sight(desk.engine, flagged(post(f"http://a.example/{n}", title=f"第{n}篇"), seed=n))
    sight(desk.engine, flagged(post("http://b.example/1", contacts=contacts), seed=90))
    sight(desk.engine, flagged(post("http://a.example/99", contacts=contacts), seed=91))
    page = Browser(desk).log_in("wang").get("/cases/14").text
    assert "另 4 件" in page
    for n in range(1, 14):
        assert f'href="/cases/{n}"' in page, n


# --- history in order of time (S13) -------------------------------------------


def test_a_cases_history_begins_with_its_opening_and_goes_on_in_time(desk) -> None:
    sight(desk.engine, flagged())
    decide(desk.engine, decision(1, by="wang"))
    browser = Browser(desk).log_in("wang")
    page = browser.get("/cases/1").text
    number = field(page, "decision")
    page = browser.get(browser.post("/cases/1/undo", {"decision": number}).headers["location"]).text
    listed = re.search(r'<ol class="history">(.*?)</ol>', page, re.DOTALL)
    assert listed
    told_lines = [one for one in ("立案", "“包过”宣传", "撤销判定") if one in listed[1]]
    places = [listed[1].index(one) for one in told_lines]
    assert len(places) == 3
    assert places == sorted(places)


# --- what the audit says (S14) ------------------------------------------------


def test_the_audit_says_reasons_and_filters_in_words() -> None:
    assert word("reason", "POLICE").zh == "公安机关"
    assert word("reason", "B4-02").zh == "B4-02 “包过”宣传"
    assert word("reason", "WITHDRAWN").zh == "撤销判定，退回待审"
    said = {name.zh: value.zh for name, value in told({"filters": {"act": "login"}})}
    assert said == {"筛选": "事项 登录"}
    assert "{" not in word("filters", {"about": "case:16", "actor": PHONE}).zh
    assert PHONE not in word("filters", {"about": "case:16", "actor": PHONE}).zh


# --- every form says what it did (S16) ----------------------------------------


def test_an_undone_decision_saved_keys_and_a_saved_filter_are_told(desk) -> None:
    sight(desk.engine, flagged())
    browser = Browser(desk).log_in("wang")
    browser.get("/keys")
    assert (
        "按键已保存" in browser.get(browser.post("/keys", {"undo": "q"}).headers["location"]).text
    )
    kept = browser.post("/queue/filters", {"name": "甲", "filters": "clause=二"})
    page = browser.get(kept.headers["location"]).text
    assert "筛选已保存" in page
    claim(desk.engine, 1, "wang")
    browser.get("/cases/1")
    back = browser.post("/cases/1/release").headers["location"]
    assert "案件已放回队列" in browser.get(back).text


@pytest.mark.parametrize(("verdict", "said"), [("violation", "与前一人一致"), ("clean", "不一致")])
def test_a_second_look_says_what_came_of_it_on_the_next_page(desk, verdict, said) -> None:
    set_confirmed_codes(desk.engine, [(Verdict.VIOLATION, "B4-02")], "admin")
    for n in (1, 2):
        sight(desk.engine, flagged(post(f"http://a{n}.example/"), seed=n))
        decide(desk.engine, decision(n, by="wang"))
    zhao = Browser(desk).log_in("zhao")
    for n in (1, 2):  # with another one to go on to, and without
        version = field(zhao.get(f"/cases/{n}"), "version")
        reason = "B4-02" if verdict == "violation" else "NEWS"
        typed = {"version": version, "verdict": verdict, "reason": reason}
        onward = zhao.post(f"/cases/{n}/second", typed).headers["location"]
        page = zhao.get(onward).text
        assert f'<a href="/cases/{n}">{n}</a>：复核已写入' in page
        assert said in page
    assert "复核已写入" not in Browser(desk).log_in("li").get("/queue?looked=1").text


def test_nobody_puts_words_of_their_own_on_a_page_by_a_link(desk) -> None:
    page = Browser(desk).log_in("wang").get("/queue?said=密码已失效，请到别处登录").text
    assert "请到别处登录" not in page


# --- statistics (S20) ---------------------------------------------------------


def test_a_name_beside_a_bar_has_the_room_it_takes() -> None:
    assert fitting("甲" * SIGNS) == "甲" * SIGNS
    for name in ("快证通职业技能等级认定服务中心", "a" * 60, "甲乙ab" * 20):
        short = fitting(name)
        assert wide(short) <= 2 * SIGNS
        assert short.endswith("…")
        assert name.startswith(short[:-1])
    assert 13 * SIGNS + 6 <= NAME, "a sign is 13 units wide"
    drawn = rows([Bar(name="甲", value=5, said="1000 / 1000")])
    assert NAME + LONGEST + 6 + 11 * 7 <= 401
    assert drawn.rows[0].width == LONGEST


# --- names of accounts (S25) --------------------------------------------------


@pytest.mark.parametrize(
    "name", ["王\u202e核", "王\u200b核", "\u2066王", "王\u3164核", "王😀", "王\ue000"]
)
def test_a_name_that_shows_otherwise_than_it_is_written_is_refused(desk, name) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/users")
    answer = admin.post("/users", {"login": "neu", "name": name, "role": ["reviewer", "signer"]})
    assert answer.status_code == 409
    assert "看不见的字符" in answer.text
    assert 'name="login" value="neu"' in answer.text
    for role in (Role.REVIEWER, Role.SIGNER):
        assert f'value="{role.value}" checked' in answer.text
    with pytest.raises(Problem):
        get_user(desk.engine, "neu")


def test_a_new_account_without_a_role_keeps_what_was_typed(desk) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/users")
    answer = admin.post("/users", {"login": "neu", "name": "新人 甲"})
    assert answer.status_code == 409
    assert "请至少给出一个角色" in answer.text
    assert 'value="新人 甲"' in answer.text


# --- search (S28) -------------------------------------------------------------


@pytest.mark.parametrize("typed", ["催", "包 过", "！！", "一 二 三"])
def test_a_search_for_too_little_is_told_on_the_queue_with_its_cases(desk, typed) -> None:
    sight(desk.engine, flagged())
    answer = Browser(desk).log_in("wang").get(f"/queue?words={typed}")
    assert answer.status_code == 409
    assert "没有检索：检索词至少要有两个字" in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'href="/cases/1"' in answer.text


def test_the_heading_of_a_case_is_the_post_that_is_shown(desk) -> None:
    sight(desk.engine, flagged(post("http://a.example/1", title="冬季班招生"), seed=5))
    sight(desk.engine, flagged(post("http://b.example/1", title="秋季班招生"), seed=5))
    case = get_case(desk.engine, 1)
    assert len(case.posts) == 2
    browser = Browser(desk).log_in("wang")
    for place, one in enumerate(case.posts, 1):
        page = browser.get(f"/cases/1?post={one.row}").text
        heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
        assert heading
        assert one.post.title in heading[1]
        assert f"第 {place} 篇，共 2 篇" in heading[1]


def test_a_look_at_the_audit_by_filter_is_told_in_words(desk) -> None:
    note(desk.engine, "li", "audit.read", "", {"filters": {"actor": "wang", "about": "case:3"}})
    page = Browser(desk).log_in("sun").get("/audit").text
    assert "经办人 wang" in page
    assert "对象 案件 3" in page
    assert "{&#34;" not in page


# --- smaller things -----------------------------------------------------------


def test_a_batch_without_its_note_comes_back_with_ticks_and_reason(desk) -> None:
    for n in (1, 2):
        sight(desk.engine, flagged(post(f"http://a{n}.example/"), seed=n))
    browser = Browser(desk).log_in("wang")
    place = browser.post("/bulk", {"case": ["1", "2"]}).headers["location"]
    browser.get(place)
    typed = {"verdict": "clean", "reason": "OTHER", "note": "", "member": ["1"]}
    answer = browser.post(f"{place}/decide", typed)
    assert answer.status_code == 409
    assert "须在“说明”里写清楚" in answer.text
    assert 'value="OTHER" data-needs-note selected' in answer.text
    assert len(re.findall(r'name="member"[^>]* checked', answer.text)) == 1
    assert get_case(desk.engine, 1).decisions == ()


def test_a_case_that_lost_every_tick_counts_nothing_as_split_off(desk) -> None:
    for n in (1, 2):
        sight(desk.engine, flagged(post(f"http://a{n}.example/"), seed=n))
    browser = Browser(desk).log_in("wang")
    place = browser.post("/bulk", {"case": ["1", "2"]}).headers["location"]
    browser.get(place)
    typed = {"verdict": "violation", "reason": "B4-02", "member": ["0"]}
    page = browser.get(browser.post(f"{place}/decide", typed).headers["location"]).text
    assert "没有判定 <b>1</b> 件" in page
    assert "拆出" not in page


def test_a_period_that_is_none_is_told_on_the_page_with_what_was_typed(desk) -> None:
    browser = Browser(desk).log_in("wang")
    answer = browser.get("/statistics?period=custom&first=2026-11-20&last=2026-11-01")
    assert answer.status_code == 409
    assert "统计的时段看不懂" in answer.text
    assert 'name="first" value="2026-11-20"' in answer.text
    assert 'name="last" value="2026-11-01"' in answer.text


def test_regions_add_up_to_all_and_what_names_none_says_so(desk) -> None:
    sight(desk.engine, flagged(post("http://a1.example/", region="河南"), seed=1))
    sight(desk.engine, flagged(post("http://a2.example/"), seed=2))
    told_regions = work(desk.engine, Period(first=NOON.date(), last=NOON.date())).regions
    assert sum(one.found for one in told_regions) == 2
    page = (
        Browser(desk)
        .log_in("wang")
        .get(f"/statistics?period=custom&first={NOON.date()}&last={NOON.date()}")
    )
    assert "未注明" in page.text


def test_a_street_is_no_region_and_an_address_begins_with_one() -> None:
    assert region_in("样例路1号") == ""
    assert region_in("河南省郑州市金水区样例路1号") == "河南省郑州市金水区"
    assert region_in("样例小区3号楼") == ""
    assert region_in("郑州") == "郑州"


def test_who_may_only_look_is_not_told_that_nothing_was_changed(desk) -> None:
    answer = Browser(desk).log_in("wang").get("/audit")
    assert answer.status_code == 403
    assert "没有改动" not in answer.text
