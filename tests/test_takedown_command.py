"""`certsweep takedown …` as people type it: the whole way, and every wrong turn told plainly."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import Engine

from door.revisit import Tally
from door.takedown_looks import show_tally
from door.takedown_report import requests_table
from storage.captures import keep
from storage.cases import decide
from storage.database import write
from storage.records import Verdict
from storage.snapshots import SnapshotStore
from storage.takedown_looks import Moved, add_round
from storage.takedown_states import ItemState
from storage.takedown_verdict import Outcome, Seen, Way
from storage.takedowns import get_item, get_request, list_requests
from tests.evidence_case import capture, told
from tests.makers import decision, flagged, post, sight
from tests.takedown_makers import AD, listed, look
from tests.test_case_commands import Typist

pytestmark = pytest.mark.timeout(120)
OTHER = "http://www.other.example/ad"


@pytest.fixture
def typed(engine: Engine, database_url: str, tmp_path, monkeypatch, capsys) -> Typist:
    typist = Typist(monkeypatch, capsys)
    typist.url, typist.home = database_url, tmp_path
    return typist


def decided(engine: Engine) -> None:
    """Two sites and one platform, decided."""
    sight(engine, flagged(post(AD)))
    sight(engine, flagged(post(OTHER, author="别家"), seed=2))
    sight(engine, flagged(post("9", platform="weibo", url="https://weibo.example/9"), seed=3))
    for case in (1, 2, 3):
        decide(engine, decision(case))


def said(done, *words: str) -> None:
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in words), done.stdout


def refused(done, *words: str, code: int = 1) -> None:
    assert done.returncode == code, done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def approved(typed: Typist, engine: Engine) -> None:
    decided(engine)
    said(typed("takedown", "draft", "--by", "王起草"))
    for number in ("1", "2", "3"):
        said(typed("takedown", "approve", number, "--by", "赵批准"))


def sent(typed: Typist, engine: Engine) -> None:
    approved(typed, engine)
    said(typed("takedown", "sent", "1", "--by", "钱收发", "--letter", "网信函〔2026〕7号"))


def test_one_draft_for_each_platform_and_each_site(typed, engine):
    decided(engine)
    done = typed("takedown", "draft", "--by", "王起草", "--json")
    requests = json.loads(done.stdout)
    assert [(one["platform"], one["recipient"]) for one in requests] == [
        ("web", "school.example"),
        ("web", "other.example"),
        ("weibo", "weibo"),
    ]
    assert [len(one["items"]) for one in requests] == [1, 1, 1]
    refused(typed("takedown", "draft", "--by", "王起草"), "都已在办理中的请求里")


def test_a_draft_of_single_cases_names_those_that_are_not_decided(typed, engine):
    decided(engine)
    sight(engine, flagged(post("http://third.example/x"), seed=9))
    refused(typed("takedown", "draft", "--by", "王某", "--case", "1", "--case", "4"), "案件 4")
    said(typed("takedown", "draft", "--by", "王某", "--case", "2"), "other.example")


def test_more_than_fits_in_one_draft_is_told_and_drafted_the_next_time(typed, engine, monkeypatch):
    decided(engine)
    for module in ("draft", "drafting"):
        monkeypatch.setattr(f"storage.takedown_{module}.MOST", 2)
    assert "再起草一次" in typed("takedown", "draft", "--by", "王起草").stderr
    assert "再起草一次" not in typed("takedown", "draft", "--by", "王起草").stderr
    assert {item.post_row for n in (1, 2, 3) for item in get_request(engine, n).items} == {1, 2, 3}


def test_with_nothing_decided_there_is_nothing_to_draft(typed):
    refused(typed("takedown", "draft", "--by", "王某"), "请先到“今日待审”审核")


def test_the_whole_way_from_draft_to_answer(typed, engine):
    sent(typed, engine)
    done = typed("takedown", "ack", "1", "--by", "钱收发", "--receipt", "HZ-1")
    said(done, "已受理")
    said(typed("takedown", "answer", "1", "是", "--by", "孙登记", "--note", "已删"), "已受理")
    shown = typed("takedown", "show", "1")
    said(shown, "HZ-1", "王起草", "赵批准", "钱收发", "孙登记", "网信函〔2026〕7号")
    facts = json.loads(typed("takedown", "show", "1", "--json").stdout)
    assert [act["act"] for act in facts["items"][0]["history"]] == [
        "drafted",
        "approved",
        "sent",
        "unread_before",  # no sweep of these tests ever opened the address
        "acknowledged",
        "answered",
    ]
    listed_now = typed("takedown", "list", "--state", "已受理")
    said(listed_now, "TD-", "school.example")
    assert "other.example" not in listed_now.stdout


def test_two_people_are_needed_and_an_approval_counts_once(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    refused(typed("takedown", "approve", "1", "--by", "王 起草"), "须由另一人批准")
    said(typed("takedown", "approve", "1", "--by", "赵批准"))
    refused(typed("takedown", "approve", "1", "--by", "孙某"), "已批准", "没有写入")


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "9", "--by", "某"),
        ("sent", "9", "--by", "某", "--letter", "x"),
        ("ack", "9", "--by", "某"),
        ("show", "9"),
        ("withdraw", "9", "--by", "某", "--reason", "x"),
        ("revisit", "--request", "9"),
    ],
)
def test_an_unknown_request_is_told_by_its_number(typed, words):
    done = typed("takedown", *words)
    refused(done, "没有编号为 9 的处置请求")
    assert "没有写入" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("answer", "9", "是", "--by", "某"),
        ("look", "9", "已删除", "--by", "某", "--note", "x"),
        ("withdraw", "--item", "9", "--by", "某", "--reason", "x"),
    ],
)
def test_an_unknown_item_is_told_by_its_number(typed, words):
    refused(typed("takedown", *words), "没有编号为 9 的处置条目")


def test_sending_needs_an_approval_a_name_of_what_was_sent_and_a_time_that_has_come(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    letter = ("--letter", "网信函〔2026〕7号")
    refused(typed("takedown", "sent", "1", "--by", "钱某", *letter), "草稿")
    typed("takedown", "approve", "1", "--by", "赵批准")
    refused(typed("takedown", "sent", "1", "--by", "钱某"), "没有写明发出的是什么")
    refused(typed("takedown", "sent", "1", "--by", "钱某", "--list", "CS-1"), "请先生成")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    refused(typed("takedown", "sent", "1", "--by", "钱某", *letter, "--at", tomorrow), "还没有到")
    refused(
        typed("takedown", "sent", "1", "--by", "钱某", *letter, "--at", "2020-01-01"), "早于上一步"
    )
    refused(
        typed("takedown", "sent", "1", "--by", "钱某", *letter, "--at", "昨天"), "不是时间", code=2
    )


def test_a_list_and_a_file_are_kept_by_their_hash(typed, engine, tmp_path):
    approved(typed, engine)
    batch = listed(engine, rows=(1,))
    said(typed("takedown", "sent", "1", "--by", "钱某", "--list", batch, "--days", "3"))
    assert len(get_request(engine, 1).file_sha256) == 64
    letter = tmp_path / "函.docx"
    letter.write_bytes(b"PK")
    said(typed("takedown", "sent", "2", "--by", "钱某", "--file", str(letter)))
    request = get_request(engine, 2)
    assert request.file_name == "函.docx"
    refused(
        typed("takedown", "sent", "3", "--by", "钱某", "--file", str(tmp_path / "没有.docx")),
        "没有.docx",
    )


def test_a_withdrawal_takes_a_request_or_items_never_both(typed, engine):
    sent(typed, engine)
    refused(typed("takedown", "withdraw", "--by", "某", "--reason", "x"), "二者选一", code=2)
    refused(
        typed("takedown", "withdraw", "1", "--item", "1", "--by", "某", "--reason", "x"),
        "二者选一",
        code=2,
    )
    said(typed("takedown", "withdraw", "1", "--by", "某", "--reason", "发错"), "已撤回 1 条")
    refused(typed("takedown", "withdraw", "1", "--by", "某", "--reason", "发错"), "已撤回")


def test_a_word_that_is_no_answer_lists_those_there_are(typed, engine):
    sent(typed, engine)
    refused(typed("takedown", "answer", "1", "也许", "--by", "某"), "部分处置（partial）")
    refused(typed("takedown", "answer", "1", "未答复", "--by", "某"), "还没有过")


def test_what_waits_for_somebody_is_told_though_nothing_is_due(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    told = typed("takedown", "due").stderr
    assert "没有到期的事" in told
    assert "草稿 3 份待批准、已批准未登记发出 0 份" in told
    typed("takedown", "approve", "1", "--by", "赵批准")
    assert "草稿 2 份待批准、已批准未登记发出 1 份" in typed("takedown", "due").stderr


def test_a_number_or_a_day_is_not_broken_and_an_empty_column_is_none(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    narrow = requests_table(list_requests(engine))
    page = StringIO()
    Console(width=50, file=page).print(narrow)
    told = page.getvalue()
    assert list_requests(engine)[0].request_no in told
    assert "发出" not in told


def test_due_tells_what_is_to_be_done(typed, engine):
    told = typed("takedown", "due").stderr
    assert "没有到期的事" in told
    assert "草稿" not in told
    sent(typed, engine)
    said(typed("takedown", "answer", "1", "是", "--by", "某"))
    done = typed("takedown", "due")
    said(done, "尚未复查", AD)
    facts = json.loads(typed("takedown", "due", "--json").stdout)
    assert [item["id"] for item in facts["unchecked"]] == [1]
    assert facts["claimed"] == []
    assert facts["looks"] == []


def test_due_names_what_came_back_and_what_nobody_can_tell(typed, engine):
    sent(typed, engine)
    start = get_request(engine, 1).sent_at
    assert start is not None
    add_round(engine, 1, [look(Seen.UNCLEAR)], start + timedelta(days=1))
    said(typed("takedown", "due"), "看不准，需人工查看")
    for day in range(40, 44):
        both = [look(), look(way=Way.BROWSER)]
        add_round(engine, 1, both, start + timedelta(days=day))
    add_round(engine, 1, [look(Seen.OFFENDING)], start + timedelta(days=45))
    assert get_item(engine, 1).state is ItemState.REAPPEARED
    said(typed("takedown", "due"), "核实删除后再次出现")


def test_due_names_what_was_decided_otherwise_since(typed, engine):
    sent(typed, engine)
    decide(engine, decision(1, Verdict.CLEAN, supersedes=1))
    said(typed("takedown", "due"), "案件已改判，宜撤回", AD)
    typed("takedown", "withdraw", "1", "--by", "某", "--reason", "改判")
    assert "改判" not in typed("takedown", "due").stdout


def test_a_persons_look_is_written_down_with_the_name(typed, engine):
    sent(typed, engine)
    refused(
        typed("takedown", "look", "1", "没了", "--by", "某", "--note", "x"),
        "已删除、已改、仍在",
        code=2,
    )
    done = typed("takedown", "look", "1", "已删除", "--by", "孙某", "--note", "提示内容已删除")
    said(done, "待核实")
    said(typed("takedown", "show", "1"), "人工", "提示内容已删除")


def test_a_day_alone_is_no_moment_of_looking(typed, engine):
    sent(typed, engine)
    words = ("已删除", "--by", "孙某", "--note", "x")
    refused(typed("takedown", "look", "1", *words, "--at", "2026-11-20"), "几点几分", code=2)
    refused(typed("takedown", "look", "1", *words, "--at", "2020-01-01 08:00"), "早于上一步（发出")


def test_a_claim_nobody_has_looked_at_is_not_called_seen(typed, engine):
    sent(typed, engine)
    said(typed("takedown", "answer", "1", "是", "--by", "钱某"))
    due = typed("takedown", "due").stdout
    assert "尚未复查" in due
    assert "复查仍未见删除" not in due
    add_round(engine, 1, [look(Seen.NOTHING)], datetime.now(UTC))
    assert "尚未复查" in typed("takedown", "due").stdout
    assert "没有读到，不作数" in typed("takedown", "show", "1").stdout
    add_round(engine, 1, [look(Seen.OFFENDING)], datetime.now(UTC))
    due = typed("takedown", "due").stdout
    assert "复查仍未见删除" in due
    assert "尚未复查" not in due


def test_a_receipt_number_that_came_later_is_added(typed, engine):
    sent(typed, engine)
    said(typed("takedown", "ack", "1", "--by", "钱某", "--no-receipt"))
    said(typed("takedown", "ack", "1", "--by", "钱某", "--receipt", "R-1"), "状态不变")
    assert "R-1" in typed("takedown", "show", "1").stdout
    refused(typed("takedown", "ack", "1", "--by", "钱某", "--receipt", "R-2"), "R-1", "钱某")
    right = ("takedown", "ack", "1", "--by", "钱某", "--receipt", "R-2", "--correct", "看错")
    said(typed(*right), "已更正")
    shown = typed("takedown", "show", "1").stdout
    assert "R-1" in shown, "what was recorded first stays in the history"
    assert "R-2" in shown


def test_a_receipt_without_a_number_must_be_said_to_be_one(typed, engine):
    sent(typed, engine)
    refused(typed("takedown", "ack", "1", "--by", "钱某"), "--no-receipt")


def test_with_nothing_due_a_revisit_fetches_nothing(typed, engine):
    sent(typed, engine)
    done = typed("takedown", "revisit")
    assert done.returncode == 0
    assert "没有到期的复查" in done.stderr
    assert json.loads(typed("takedown", "revisit", "--json").stdout)["items"] == 0


def test_everything_is_told_in_english_too(typed, engine):
    decided(engine)
    done = typed("takedown", "draft", "--by", "Wang", lang="en")
    assert "Takedown requests" in done.stdout
    assert "somebody else must approve" in done.stderr
    said(typed("takedown", "approve", "1", "--by", "Zhao", lang="en"), "is approved")
    assert "draft" in typed("takedown", "list", lang="en").stdout


def test_a_strangers_words_do_not_drive_the_terminal(typed, engine):
    sight(engine, flagged(post("http://x.example/\x1b[31m", url="http://x.example/\x1b[31mred")))
    decide(engine, decision(1))
    typed("takedown", "draft", "--by", "王起草")
    for words in (("list",), ("show", "1"), ("due",)):
        assert "\x1b[31m" not in typed("takedown", *words).stdout


def test_a_case_tells_its_takedowns_and_why_it_is_urgent(typed, engine):
    sent(typed, engine)
    said(typed("case", "1"), "处置：请求 1　已发出")
    words = ("--reason", "多次承诺包过", "--basis", "广告法", "--by", "某")
    sight(engine, flagged(post("http://new.example/1", author="甲校"), seed=7))
    said(typed("blacklist", "add", "名称", "甲校教育咨询", *words))
    said(typed("blacklist", "add", "网站", "new.example", *words))
    said(typed("case", "4"), "优先度提高", "黑名单")
    facts = json.loads(typed("case", "1", "--json").stdout)
    assert [item["state"] for item in facts["takedowns"]] == ["sent"]
    assert json.loads(typed("case", "4", "--json").stdout)["raises"][0]["kind"] == "blacklist"


def test_deciding_otherwise_names_the_requests_that_should_be_withdrawn(typed, engine):
    sent(typed, engine)
    number = get_request(engine, 1).request_no
    words = ("--reason", "NEWS", "--by", "王审核", "--replace")
    done = typed("decide", "1", "不违规", *words)
    assert done.returncode == 0, done.stderr
    assert number in done.stderr
    assert "takedown withdraw --item 1" in done.stderr
    assert get_request(engine, 1).items[0].state == "sent", "nothing withdraws by itself"


def test_several_drafts_are_taken_back_in_one_act_and_each_that_stays_is_told(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    typed("takedown", "approve", "2", "--by", "赵批准")
    done = typed("takedown", "withdraw", "1", "2", "3", "9", "--by", "王起草", "--why", "重起草")
    assert done.returncode == 1, "a script must see that something stayed"
    assert done.stdout.count("已撤回请求") == 2
    assert "现为“已批准”，不再是草稿" in done.stderr
    assert "没有编号为 9 的处置请求" in done.stderr
    states = [get_request(engine, number).items[0].state for number in (1, 2, 3)]
    assert states == [ItemState.WITHDRAWN, ItemState.APPROVED, ItemState.WITHDRAWN]
    refused(typed("takedown", "withdraw", "1", "3", "--by", "王起草", "--reason", " "), "原因")
    said(typed("takedown", "withdraw", "2", "--by", "王起草", "--reason", "误列"), "已撤回 1 条")


def test_what_was_taken_back_together_is_told_to_programs(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    words = ("withdraw", "3", "1", "--by", "王起草", "--reason", "x", "--json")
    facts = json.loads(typed("takedown", *words).stdout)
    assert [(one["number"], one["items"]) for one in facts["withdrawn"]] == [(3, 1), (1, 1)]
    assert facts["kept"] == []


def test_with_nothing_due_the_way_to_look_at_once_is_named(typed, engine):
    decided(engine)
    typed("takedown", "draft", "--by", "王起草")
    assert "--request" in typed("takedown", "revisit").stderr
    told = typed("takedown", "revisit", "--request", "1").stderr
    assert "尚未登记发出" in told
    assert "到期" not in told


def test_what_was_gone_before_the_sending_is_told_at_every_step(typed, engine):
    store = SnapshotStore("", typed.home)
    decided(engine)
    with write(engine) as connection:
        gone = {"page": {"state": "removed"}, "documents": [{"status": 404}]}
        keep(connection, told(store, capture(store, 1, url=AD), gone))
    done = typed("takedown", "draft", "--by", "王起草")
    said(
        done,
        "注意：3 条在发出前已打不开，或者没有在该网址读到过原文",
        "答复 404",
        "没有打开这个网址",
    )
    said(typed("takedown", "approve", "1", "--by", "赵批准"), "注意：1 条在发出前已打不开", AD)
    said(typed("takedown", "sent", "1", "--by", "钱收发", "--letter", "某网信函〔2026〕7号"))
    assert (
        "注意：发出前已打不开，其后看到的删除不计作处置成效"
        in typed("takedown", "show", "1").stdout
    )
    start = get_request(engine, 1).sent_at
    assert start is not None
    add_round(engine, 1, [look()], start + timedelta(days=1))
    shown = typed("takedown", "show", "1").stdout
    assert "看到删除（plain）；发出前已打不开" in shown
    add_round(engine, 1, [look(Seen.OFFENDING)], start + timedelta(days=2))
    assert "　注意：" not in typed("takedown", "show", "1").stdout


def test_a_revisit_says_of_a_removal_that_it_was_so_before(engine, capsys):
    moved = Moved(item_id=1, before=ItemState.SENT, after=ItemState.REMOVED, outcome=Outcome())
    show_tally(Tally(asked=1, moved=[moved]), {1: "gone_before"})
    assert "（发出前已打不开，其后看到的删除不计作处置成效）" in capsys.readouterr().out
    show_tally(Tally(asked=1, moved=[moved]), {})
    assert "发出前" not in capsys.readouterr().out
