"""What made a new member of staff stumble on another morning, each as what must hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.audit_words import act_of, told
from console.forms import moment_of, numbers_in, today, whole_number
from console.words import plainly
from storage.audit import lines
from storage.brief import brief
from storage.cases import decide, get_case, list_cases
from storage.columns import utc_now
from storage.periods import Period
from storage.records import Contacts, Verdict
from storage.second import look
from storage.statistics import work
from storage.statistics_agreement import agreement
from storage.takedowns import get_request, list_requests
from storage.withdrawals import withdraw
from tests.desk_site import Browser, field, make_desk, staff
from tests.makers import decision, flagged, judged, post, sight
from tests.takedown_makers import decided, listed, sent


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


# --- one count of what was decided (F1) ----------------------------------------------------------


def test_a_decision_that_the_second_person_refused_is_counted_nowhere(desk) -> None:
    engine, now = desk.engine, utc_now()
    for n in range(1, 4):
        sight(engine, flagged(post(f"http://school{n}.example/"), seed=n), now=now)
    decide(engine, decision(1, at=now))
    for case in (2, 3):
        decide(engine, decision(case, reason="C3-06", by="wang", at=now))
    look(engine, decision(2, Verdict.CLEAN, reason="NEWS", by="zhao", at=now))
    day = Period(first=today(), last=today())
    told, agreed, told_above = (
        work(engine, day),
        agreement(engine, day),
        brief(engine, today(), today()),
    )
    assert (told.decided, told.unconfirmed) == (1, 1)
    assert told.verdicts[Verdict.VIOLATION] == agreed.violations == 1
    assert told.decided == sum(told_above.verdicts.values()), "the brief says the same"
    assert told.unconfirmed == told_above.unconfirmed
    page = Browser(desk).log_in("sun").get("/statistics?period=today").text
    assert "另有 1 件待复核，不计在内" in page
    assert "复核不一致的" in page


# --- a case is called by what is in it (F2) ------------------------------------------------------


def two_alike(desk) -> tuple[int, int]:
    """A case of two posts; their rows."""
    contacts = Contacts(phones=("13800000000",))
    for word, score in (("冬季班", 0.7), ("秋季班", 0.9)):
        place = post(f"http://n{ord(word[0])}.example/", title=word, contacts=contacts)
        sight(desk.engine, flagged(place, judgement=judged(score=score)))
    one, other = get_case(desk.engine, 1).posts
    return one.row, other.row


def test_after_a_split_each_case_is_called_by_a_post_that_stands_in_it(desk) -> None:
    winter, _ = two_alike(desk)
    decide(desk.engine, decision(1, by="wang"), leaving=[winter])
    titles = {row.id: row.title for row in list_cases(desk.engine)}
    assert titles == {1: "秋季班", 2: "冬季班"}
    browser = Browser(desk).log_in("wang")
    assert "秋季班" in browser.get("/queue?view=decided").text
    assert "冬季班" not in browser.get("/queue?view=decided").text


def test_a_case_opens_with_the_post_it_is_called_by(desk) -> None:
    two_alike(desk)
    assert get_case(desk.engine, 1).title == "冬季班"
    page = Browser(desk).log_in("wang").get("/cases/1").text
    assert '<span class="t">冬季班</span>' in page
    assert "第 1 篇，共 2 篇" in page


# --- what was asked for stays readable (F3) ------------------------------------------------------


def test_a_sent_item_shows_what_it_was_sent_for_and_what_was_decided_since(desk) -> None:
    item = sent(desk.engine, title="月嫂证免考包过")
    number = get_case(desk.engine, 1).decisions[-1][0]
    other = decision(1, Verdict.CLEAN, by="li", supersedes=number, note="已核对备案")
    decide(desk.engine, other)
    page = Browser(desk).log_in("wang").get(f"/takedowns/{item.request_id}").text
    for word in ("以下是发出时的内容和审核", "月嫂证免考包过", "B4-02", "当时的审核"):
        assert word in page, word
    since = page[page.index("现判定") :]
    for word in ("不违规", "李复核", "已核对备案"):
        assert word in since, word


def test_what_the_second_person_must_not_know_is_not_told_there_either(desk) -> None:
    item = sent(desk.engine)
    number = get_case(desk.engine, 1).decisions[-1][0]
    decide(desk.engine, decision(1, Verdict.TRANSFER, reason="POLICE", by="li", supersedes=number))
    page = Browser(desk).log_in("zhao").get(f"/takedowns/{item.request_id}").text
    assert "以下是发出时的内容和审核" in page
    assert "现判定" not in page
    assert "公安" not in page


# --- numbers in every width (F6) -----------------------------------------------------------------


def test_figures_of_any_width_are_figures() -> None:
    assert numbers_in("１，２２、69") == {1, 22, 69}
    assert whole_number("　９９９", 1, 2**31 - 1, ("案件编号", "The case")) == 999
    assert moment_of("２０２６－１１－２５ 16:30", utc_now()).minute == 30


def test_a_package_is_ordered_by_full_width_figures(desk) -> None:
    decided(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get("/packages")
    asked = browser.post("/packages", {"case": "１", "why": "移交公安机关"})
    assert asked.headers["location"] == "/exports/1"
    refused = browser.post("/packages", {"case": "甲"})
    assert "2147483647" not in refused.text


# --- forms come back as they were typed (F7) -----------------------------------------------------


def test_a_refused_draft_comes_back_with_what_was_typed(desk) -> None:
    decided(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns")
    answer = browser.post("/takedowns/draft", {"cases": "甲", "note": "第一批", "platform": "web"})
    assert answer.status_code == 409
    assert "只填数字" in answer.text
    assert 'value="甲"' in answer.text
    assert 'value="第一批"' in answer.text
    assert '<option value="web" selected>' in answer.text


def approved(desk) -> None:
    decided(desk.engine)
    wang, qian = Browser(desk).log_in("wang"), Browser(desk).log_in("qian")
    wang.post("/takedowns/draft", {"sure": "1"})
    qian.post("/takedowns/1/approve")


@pytest.mark.parametrize(
    "typed", [{"letter": "函7", "days": "-3"}, {"channel": "邮箱"}, {"at": "2999-01-01T00:00"}]
)
def test_a_refused_sending_opens_its_form_again(desk, typed) -> None:
    approved(desk)
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns/1")
    answer = browser.post("/takedowns/1/sent", {"letter": "", **typed, "channel": "某邮箱"})
    assert answer.status_code == 409
    assert re.search(r'<details class="act" open><summary>登记发出', answer.text)
    assert 'value="某邮箱"' in answer.text
    assert 'role="alert"' in answer.text


def test_a_refused_answer_opens_the_form_of_its_item(desk) -> None:
    item = sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    browser.get(f"/takedowns/{item.request_id}")
    answer = browser.post(f"/takedowns/items/{item.id}/answer", {"note": "电话说已删"})
    assert answer.status_code == 409
    assert re.search(r'<details class="act" open><summary>登记平台答复', answer.text)
    assert 'value="电话说已删"' in answer.text


# --- everything is drafted only by somebody who has read how much that is (F12) ------------------


def test_a_draft_of_everything_first_says_how_much_that_is(desk) -> None:
    for n in range(1, 4):
        decided(desk.engine, f"http://school{n}.example/", seed=n)
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns")
    answer = browser.post("/takedowns/draft", {"note": "年底"})
    assert "将起草 3 份请求，共 3 个网址。还没有起草" in answer.text
    assert list_requests(desk.engine) == []
    assert field(answer, "sure") == "1"
    browser.post("/takedowns/draft", {"note": "年底", "sure": "1"})
    assert len(list_requests(desk.engine)) == 3


# --- the number of what was sent is chosen, not remembered (F13) ---------------------------------


def test_what_was_made_for_the_request_is_there_to_be_chosen(desk) -> None:
    approved(desk)
    name = get_request(desk.engine, 1).request_no
    browser = Browser(desk).log_in("wang")
    assert "placeholder" not in browser.get("/takedowns/1").text
    number = listed(desk.engine, request=name)
    listed(desk.engine, form="12377", request=name)
    listed(desk.engine, request="TD-20000101-001")
    page = browser.get("/takedowns/1").text
    chosen = re.search(r'<select class="form-select" id="batch".*?</select>', page, re.DOTALL)
    assert chosen
    assert re.findall(r'value="(CS-[^"]+)"', chosen[0]) == [number]
    form = {"batch": number, "channel": "平台入口"}
    assert browser.post("/takedowns/1/sent", form).status_code == 303
    assert get_request(desk.engine, 1).batch_no == number


# --- the audit says what was done (F9, F10) ------------------------------------------------------


def test_a_decision_taken_back_is_no_decision_of_doubt_in_the_audit(desk) -> None:
    sight(desk.engine, flagged())
    number = decide(desk.engine, decision(1, by="wang"))
    withdraw(desk.engine, 1, number, "wang")
    acts = [line.act for line in lines(desk.engine) if line.about == "case:1"]
    assert acts == ["case.decide", "case.undo"]
    sun = Browser(desk).log_in("sun")
    page = sun.get("/audit?about=case:1").text.split("<tbody>")[1]
    assert "撤销判定" in page
    assert "存疑" not in page
    assert "撤销判定" not in sun.get("/audit?act=case.decide").text.split("<tbody>")[1]


def test_older_lines_of_a_decision_taken_back_read_the_same() -> None:
    detail = {"decision": 7, "verdict": "doubt", "reason": "WITHDRAWN", "supersedes": 6}
    assert act_of("case.decide", detail).zh == "撤销判定"
    assert "存疑" not in str(told(detail))
    assert act_of("case.decide", {"verdict": "doubt", "reason": "OTHER"}).zh == "判定案件"


def test_an_order_of_a_letter_names_no_case_zero_and_no_days(desk) -> None:
    approved(desk)
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns/1")
    browser.post("/exports", {"kind": "list", "form": "letter", "request": "1"})
    browser.post("/exports", {"kind": "brief", "days": "7"})
    page = Browser(desk).log_in("sun").get("/audit?act=export.ask").text.split("<tbody>")[1]
    brief_line, letter_line = page.split("</tr>")[:2]
    shown = {
        name: re.sub(r"<[^>]+>|\s+", " ", text)
        for name, text in (("brief", brief_line), ("letter", letter_line))
    }
    assert "天数 7" in re.sub(r"\s+", " ", shown["brief"])
    assert not re.search(r"天数|案件", shown["letter"])
    assert "处置请求 1" in re.sub(r"\s+", " ", shown["letter"])
    assert "处置请求" not in shown["brief"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"kind": "list", "form": "transfer", "to": "", "site": "a.example"}, 'value="a.example"'),
        ({"kind": "list", "form": "xlsx", "contacts": "1", "why": ""}, 'value="1" checked'),
        ({"kind": "brief", "days": "九"}, 'value="九"'),
    ],
)
def test_a_refused_order_comes_back_on_its_page(desk, typed, kept) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/exports")
    answer = browser.post("/exports", typed)
    assert answer.status_code == 409
    assert "<h1>清单与函件</h1>" in answer.text
    assert kept in answer.text


def test_a_package_of_no_case_comes_back_on_its_page(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/packages")
    answer = browser.post("/packages", {"case": "77", "capture": "1"})
    assert (answer.status_code, 'value="77"' in answer.text) == (409, True)
    assert 'value="1" checked' in answer.text


def test_what_is_refused_as_a_whole_page_leads_back_to_where_it_was_sent(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns")
    form = {"kind": "list", "form": "letter", "request": "九"}
    came = {"referer": f"{desk.origin}/takedowns/7?x=1"}
    answer = browser.post("/exports", form, headers=came)
    assert 'href="/takedowns/7?x=1">回到刚才的页面' in answer.text
    odd = ("http://evil.example/takedowns", f"{desk.origin}//evil.example/", "http://[::1", "")
    for elsewhere in odd:
        answer = browser.post("/exports", form, headers={"referer": elsewhere})
        assert "evil" not in answer.text
        assert "回到刚才的页面" in answer.text


# --- nobody at the desk is told what only a programmer can use (F8, F23, F25, F32) ----------------


def test_no_page_tells_of_a_command_line_or_a_setting(desk) -> None:
    approved(desk)
    browser = Browser(desk).log_in("wang")
    browser.get("/takedowns/1")
    refused = [
        browser.post("/takedowns/1/sent", {}),
        browser.post("/takedowns/1/sent", {"batch": "CS-1"}),
        browser.post("/takedowns/1/withdraw", {}),
        browser.post("/takedowns/draft", {"sure": "1"}),
        browser.post("/exports", {"kind": "list", "form": "transfer"}),
        browser.get("/exports/999"),
        browser.get("/takedowns/999"),
    ]
    for answer in refused:
        assert answer.status_code in {404, 409}
        assert not re.search(r"命令行|--[a-z]|certsweep |“导出”页", answer.text), answer.url


def test_the_sentence_for_the_command_line_stays_for_the_command_line() -> None:
    said = "没有填回执编号，没有写入（页面上打勾；命令行用 --no-receipt）。"
    assert plainly(said) == "没有填回执编号，没有写入。"
    assert plainly("没有配置，请管理员设置 CERTSWEEP_TSA") == "没有配置，请管理员设置"
    assert plainly("Nothing (at the command line: --reason).") == "Nothing."
    assert plainly("案件（共 3 件）已判（见上）。") == "案件（共 3 件）已判（见上）。"


def test_who_may_not_look_is_not_told_that_nothing_was_changed(desk) -> None:
    sun = Browser(desk).log_in("sun")
    assert "没有改动" not in sun.get("/users").text
    assert "没有改动" in sun.post("/sweeps/start").text


def test_of_two_windows_the_later_one_shows_what_stands_and_sends_again(desk) -> None:
    sight(desk.engine, flagged())
    browser, other = Browser(desk).log_in("wang"), Browser(desk).log_in("li")
    version = field(browser.get("/cases/1"), "version")
    other.get("/cases/1")
    decide(desk.engine, decision(1, Verdict.CLEAN, by="li"))
    typed = {"version": version, "verdict": "violation", "reason": "B4-02", "note": "我看是"}
    answer = browser.post("/cases/1/decide", typed)
    assert "确认无误可再提交" in answer.text
    assert "版本" not in answer.text
    again = {
        **typed,
        "version": field(answer, "version"),
        "supersedes": field(answer, "supersedes"),
    }
    assert browser.post("/cases/1/decide", again).status_code == 303


# --- small things ---------------------------------------------------------------------------------


def test_an_advertisers_numbers_can_be_told_apart_and_stand_once(desk) -> None:
    contacts = Contacts(phones=("13800010000", "13900020000"))
    place = post("http://a.example/1", author_id="a.example", contacts=contacts)
    sight(desk.engine, flagged(place))
    page = Browser(desk).log_in("wang").get("/cases/1").text
    table = page[page.index("广告主") :].split("</table>")[0]
    assert "138****0000" in table
    assert "139****0000" in table
    assert table.count("a.example") == 1


def test_a_batch_is_left_undecided_and_its_cases_are_free_again(desk) -> None:
    for n in range(1, 3):
        sight(desk.engine, flagged(post(f"http://a{n}.example/"), seed=n))
    browser = Browser(desk).log_in("wang")
    browser.get("/queue")
    browser.post("/bulk", {"case": ["1", "2"]})
    assert {row.claimed_by for row in list_cases(desk.engine)} == {"wang"}
    browser.get("/bulk/1")
    answer = browser.post("/bulk/1/leave")
    assert "放回队列" in browser.get(answer.headers["location"]).text
    assert {row.claimed_by for row in list_cases(desk.engine)} == {""}


def test_clauses_have_names_in_the_statistics(desk) -> None:
    page = Browser(desk).log_in("sun").get("/statistics").text
    for word in ("一 违规使用字样、标识", "四 混淆、炒作、欺诈、假冒"):
        assert word in page


def test_the_queue_says_that_a_case_stands_high_because_of_the_blacklist(desk) -> None:
    sight(desk.engine, flagged(post("http://a.example/1")))
    admin = Browser(desk).log_in("admin")
    assert "在黑名单上" not in admin.get("/queue").text
    admin.get("/blacklist")
    words = {"reason": "屡次发布", "legal_basis": "通知第五条", "kind": "host"}
    answer = admin.post("/blacklist", {**words, "value": "a.example"})
    assert "已列入黑名单" in admin.get(answer.headers["location"]).text
    assert "在黑名单上" in admin.get("/queue").text


def test_who_waits_for_a_file_is_told_how_many_are_before_it(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/exports")
    for _ in range(3):
        browser.post("/exports", {"kind": "brief", "days": "1"})
    assert "前面还有 2 个任务" in browser.get("/exports/3").text
    assert "前面还有" not in browser.get("/exports/1").text


def test_in_english_platforms_have_names_and_labels_fit(desk) -> None:
    item = sent(desk.engine, "p1", platform="sogou_weixin")
    browser = Browser(desk).log_in("wang")
    browser.cookies["lang"] = "en"
    page = browser.get(f"/takedowns/{item.request_id}").text
    for word in ("Takedown request TD-", "Sogou WeChat search", "Drafted by", "Approved by"):
        assert word in page, word


def test_a_listed_number_is_shown_in_plain_figures_and_an_address_with_its_domain(desk) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/blacklist")
    words = {"reason": "屡次发布", "legal_basis": "通知第五条"}
    admin.post("/blacklist", {**words, "kind": "phone", "value": "１３８０００００００１"})
    admin.post("/blacklist", {**words, "kind": "host", "value": "http://kuai.example/x?y=1"})
    assert "138****0001" in admin.get("/blacklist/1").text
    assert "按域名判断：<b>kuai.example</b>" in admin.get("/blacklist/2").text
