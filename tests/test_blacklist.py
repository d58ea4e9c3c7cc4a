"""The blacklist: versions are added and kept; it raises a case and never flags or decides one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from storage.bilingual import Problem
from storage.blacklist import (
    Listing,
    add_act,
    entries,
    get_entry,
    list_subjects,
    versions_of,
)
from storage.blacklist_values import normal
from storage.cases import decide, get_case, list_cases
from storage.database import read, write
from storage.raises import raises_of
from storage.records import CaseStatus, Contacts
from tests.makers import NOON, decision, flagged, innocent, judged, post, sight

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
PHONE = "13800000000"
MILD = judged(score=0.5)


def listing(value: str = PHONE, **changes: object) -> Listing:
    values: dict[str, object] = {
        "kind": "phone",
        "value": value,
        "reason": "多次承诺包过",
        "legal_basis": "豫人社函〔2022〕129号 第三部分",
        "starts": TODAY,
        **changes,
    }
    return Listing(**values)  # type: ignore[arg-type]


def listed(engine: Engine, *listings: Listing) -> list[int]:
    return list_subjects(engine, listings or [listing()], "王登记", NOON)


def priority(engine: Engine, case: int = 1) -> int:
    return get_case(engine, case).priority


def raises(engine: Engine, case: int = 1):
    with read(engine) as connection:
        return raises_of(connection, case)


# ---- versions -----------------------------------------------------------------------------------


def test_versions_of_more_entries_than_one_statement_may_name_are_read(engine):
    (number,) = listed(engine)
    with read(engine) as connection:
        assert list(versions_of(connection, range(1, 300_001))) == [number]


def test_every_act_is_a_version_and_none_is_ever_lost(engine):
    (number,) = listed(engine)
    add_act(engine, number, "appealed", "李某", "当事人称号码被盗用", NOON + DAY)
    add_act(engine, number, "upheld", "赵某", "复核属实", NOON + 2 * DAY)
    add_act(engine, number, "removed", "赵某", "整改完毕", NOON + 3 * DAY)
    list_subjects(engine, [listing(starts=TODAY + 9 * DAY)], "王登记", NOON + 9 * DAY)
    entry = get_entry(engine, number)
    assert [(one.version, one.act, one.who) for one in entry.versions] == [
        (1, "added", "王登记"),
        (2, "appealed", "李某"),
        (3, "upheld", "赵某"),
        (4, "removed", "赵某"),
        (5, "relisted", "王登记"),
    ]
    assert len(entries(engine)) == 1


@pytest.mark.parametrize("act", ["UPDATE {} SET id = 9", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["blacklist_versions", "blacklist_entries"])
def test_no_version_is_changed_or_deleted(engine, table, act):
    listed(engine)
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(act.format(table)))


def test_a_subject_is_listed_once_however_it_is_written(engine):
    listed(engine)
    with pytest.raises(Problem, match="already"):
        listed(engine, listing("138-0000 0000"))
    assert len(entries(engine)) == 1


def test_of_several_all_are_listed_or_none(engine):
    with pytest.raises(Problem, match="legal basis"):
        listed(engine, listing(), listing("13900000000", legal_basis=" "))
    assert entries(engine) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "reason"),
        ({"legal_basis": ""}, "legal basis"),
        ({"legal_basis": "x"}, "names no law"),
        ({"ends": TODAY - DAY}, "end"),
        ({"kind": "face"}, "no kind"),
        ({"value": "138"}, "too short"),
        ({"value": "138xxxx0000"}, "masked"),
        ({"value": "138****0000"}, "masked"),
        ({"kind": "wechat", "value": "sam***_x_104"}, "masked"),
        ({"value": "0371-12333"}, "office"),
        ({"kind": "account", "value": "1234567"}, "platform:id"),
    ],
)
def test_a_listing_without_its_words_or_of_nobody_in_particular_is_refused(engine, changes, told):
    with pytest.raises(Problem, match=told):
        listed(engine, listing(**changes))
    assert entries(engine) == []


def test_acts_that_do_not_fit_are_refused_and_name_the_entry(engine):
    (number,) = listed(engine)
    with pytest.raises(Problem, match="no entry 9"):
        add_act(engine, 9, "removed", "赵某", "x", NOON)
    with pytest.raises(Problem, match="under no appeal"):
        add_act(engine, number, "upheld", "赵某", "x", NOON)
    with pytest.raises(Problem, match="what or why"):
        add_act(engine, number, "removed", "赵某", " ", NOON)
    add_act(engine, number, "appealed", "李某", "不服", NOON)
    with pytest.raises(Problem, match="under appeal already"):
        add_act(engine, number, "appealed", "李某", "不服", NOON)
    add_act(engine, number, "removed", "赵某", "申诉成立", NOON)
    with pytest.raises(Problem, match="off the blacklist"):
        add_act(engine, number, "removed", "赵某", "又一次", NOON)


def test_an_entry_counts_from_its_first_day_to_its_last(engine):
    (number,) = listed(engine, listing(starts=TODAY + DAY, ends=TODAY + 3 * DAY))
    entry = get_entry(engine, number)
    days = [entry.counts_on(TODAY + n * DAY) for n in range(5)]
    assert days == [False, True, True, True, False]
    counting = [[one.id for one in entries(engine, TODAY + n * DAY)] for n in range(5)]
    assert counting == [[], [number], [number], [number], []]


def test_an_appeal_alone_ends_nothing(engine):
    (number,) = listed(engine)
    add_act(engine, number, "appealed", "李某", "不服", NOON)
    assert get_entry(engine, number).counts_on(TODAY)


# ---- what it does -------------------------------------------------------------------------------


def test_a_listed_advertiser_makes_a_case_more_urgent_with_the_reason_and_without_the_number(
    engine,
):
    sight(engine, flagged(post("http://one.example/a"), judgement=MILD))
    before = priority(engine)
    listed(engine)
    assert priority(engine) == before + 15
    (why,) = raises(engine)
    assert "黑名单" in why.why.zh
    assert PHONE not in why.why.zh + why.why.en


def test_a_post_seen_later_is_raised_as_well(engine):
    listed(engine)
    sight(engine, flagged(post("http://one.example/a"), judgement=MILD))
    other = post("http://two.example/a", contacts=Contacts(phones=("13911110000",)))
    sight(engine, flagged(other, seed=2, judgement=MILD))
    assert priority(engine, 1) == priority(engine, 2) + 15
    assert raises(engine, 2) == []


def test_it_never_flags_what_the_judge_does_not(engine):
    listed(engine)
    sight(engine, innocent(post("http://one.example/a")))
    assert list_cases(engine) == []


def test_it_never_decides_and_leaves_decisions_alone(engine):
    sight(engine, flagged(post("http://one.example/a"), judgement=MILD))
    decide(engine, decision(1))
    before = priority(engine)
    listed(engine)
    case = get_case(engine, 1)
    assert (case.status, len(case.decisions), case.priority) == (CaseStatus.DECIDED, 1, before)


def test_an_entry_that_is_removed_raises_nothing_any_more(engine):
    (number,) = listed(engine)
    sight(engine, flagged(post("http://one.example/a"), judgement=MILD))
    high = priority(engine)
    add_act(engine, number, "removed", "赵某", "整改完毕", NOON + DAY)
    assert priority(engine) == high - 15
    sight(engine, flagged(post("http://one.example/b"), judgement=MILD), now=NOON + 2 * DAY)
    assert priority(engine) < high


def test_many_entries_raise_no_more_than_one(engine):
    body = post("http://one.example/a", author="某某教育咨询", icp="豫ICP备10000000号-1")
    listed(
        engine,
        listing(),
        listing("某某 教育咨询", kind="name"),
        listing("one.example", kind="host"),
        listing("豫ICP备10000000号", kind="icp"),
    )
    sight(engine, flagged(body, judgement=MILD))
    plain = post("http://two.example/a", contacts=Contacts(), author="别家")
    sight(engine, flagged(plain, seed=2, judgement=MILD))
    assert priority(engine, 1) == priority(engine, 2) + 15
    assert len(raises(engine)) == 4


def test_a_name_raises_the_waiting_cases_of_its_bearer_alone(engine):
    sight(engine, flagged(post("http://one.example/a", author="某某教育咨询"), judgement=MILD))
    other = post("http://two.example/a", author="某某教育咨询分校", contacts=Contacts())
    sight(engine, flagged(other, seed=2, judgement=MILD))
    listed(engine, listing("某某教育咨询", kind="name"))
    assert raises(engine, 1)
    assert raises(engine, 2) == []


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("phone", "+86 138-0000-0000", PHONE),
        ("wechat", " YueSao_Demo01 ", "yuesao_demo01"),
        ("host", "HTTPS://Www.One.Example:443/a", "www.one.example"),
        ("name", "某某　教育（河南）咨询", "某某教育(河南)咨询"),
        ("icp", "豫ICP备10000000号-2", "豫icp备10000000号"),
        ("account", " weibo:123 ", "weibo:123"),
        ("account", "微博：123", "weibo:123"),
        ("account", "小红书: AbC ", "xiaohongshu:AbC"),
        ("phone", "0086 138 0000 0000", PHONE),
        ("host", "http://www.one.example/a?b=1", "www.one.example"),
        ("host", "Ｗww.one。example", "www.one.example"),
    ],
)
def test_values_are_compared_as_posts_keys_are(kind, written, value):
    assert normal(kind, written) == value


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        ("account", "某某平台:123", "没有叫“某某平台”的平台"),
        ("account", ":123", "没有叫“”的平台"),
        ("account", "微博:", "平台:账号ID"),
        ("host", "某某教育网", "请填域名"),
        ("host", "two words.example", "请填域名"),
    ],
)
def test_a_value_that_could_match_nobody_is_refused(kind, written, words):
    with pytest.raises(Problem) as refused:
        normal(kind, written)
    assert words in refused.value.text.zh
