"""Earlier takedowns a letter does not name: what does not stand, and what no post there tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from exports.takedown_case import takedown_row
from storage.cases import decide, get_case, list_cases, split
from storage.database import write
from storage.exports import decided_rows
from storage.models import cases
from storage.records import Contacts, Verdict
from storage.takedown_acts import Word, approve, record_sent, withdraw
from storage.takedown_verdict import Seen
from storage.takedowns import Item, get_request
from tests.makers import NOON, decision, flagged, post, sight
from tests.takedown_makers import (
    AD,
    APPROVER,
    LATER,
    SENT,
    decided,
    drafted,
    round_at,
    sending,
    taken_down,
)
from tests.takedown_samples import HEAD

PHONE, WECHAT = Contacts(phones=("13800000000",)), Contacts(wechat=("weixinhao1",))
BOTH = Contacts(phones=PHONE.phones, wechat=WECHAT.wechat)
FIRST, SECOND = "http://first.example/1", "http://second.example/2"


def went(engine: Engine, days: int = 0) -> Item:
    """Asked for and verified as removed, so many days later than usual."""
    number = drafted(engine, at=NOON + timedelta(days=days))
    item = get_request(engine, number).items[0].id
    approve(engine, number, APPROVER, NOON + timedelta(days=days, hours=1))
    record_sent(engine, number, sending(at=SENT + timedelta(days=days)))
    if not days:
        return taken_down(engine, item)
    for hours in (24, 48, 72, 96):
        round_at(engine, item, 24 * days + hours)
    return get_request(engine, number).items[0]


def seen(engine: Engine, address: str, contacts: Contacts, author: str) -> int:
    """Another post of theirs; the newest case."""
    sight(engine, flagged(post(address, contacts=contacts, author=author), seed=9), now=LATER)
    return max(row.id for row in list_cases(engine))


def told(engine: Engine, address: str) -> str:
    (row,) = [one for one in decided_rows(engine) if one.url == address]
    return takedown_row(row, HEAD).earlier


def linked(engine: Engine) -> Item:
    """A takedown, and a case of the same phone decided as going on."""
    decided(engine, AD, contacts=PHONE)
    item = went(engine)
    decide(engine, decision(seen(engine, FIRST, PHONE, "换"), reason="E4-01"))
    assert "请求 TD-20261123-001" in told(engine, FIRST)
    return item


# --- what does not stand --------------------------------------------------------------------------


def test_what_was_withdrawn_after_its_removal_is_not_named(engine: Engine) -> None:
    item = linked(engine)
    withdraw(engine, [item.id], Word(by="钱收发", at=LATER, now=LATER, note="判错了，撤回"))
    assert told(engine, FIRST) == ""


@pytest.mark.parametrize("verdict", [Verdict.CLEAN, Verdict.TRANSFER, Verdict.DOUBT])
def test_what_is_no_longer_decided_a_violation_is_not_named(
    engine: Engine, verdict: Verdict
) -> None:
    item = linked(engine)
    before = get_case(engine, item.case_id).decisions[-1][0]
    decide(engine, decision(item.case_id, verdict, supersedes=before))
    assert told(engine, FIRST) == ""


@pytest.mark.parametrize("values", [{"awaits_second": True}, {"status": "waiting"}])
def test_what_waits_for_anybody_is_not_named(engine: Engine, values: dict[str, object]) -> None:
    item = linked(engine)
    with write(engine) as connection:
        connection.execute(cases.update().where(cases.c.id == item.case_id).values(values))
    assert told(engine, FIRST) == ""


# --- what no post that stands in the case tells of ------------------------------------------------


def two_posts(engine: Engine) -> tuple[int, int]:
    """A case of two posts of which the second alone has the phone; the case and that post."""
    decided(engine, AD, contacts=PHONE)
    went(engine)
    case = seen(engine, FIRST, WECHAT, "甲")
    assert seen(engine, SECOND, BOTH, "乙") == case
    return case, next(one.row for one in get_case(engine, case).posts if one.post.url == SECOND)


def test_where_the_tied_post_stands_in_the_case_its_fellow_is_told_too(engine: Engine) -> None:
    case, _ = two_posts(engine)
    decide(engine, decision(case, reason="E4-01"))
    assert "疑为同一发布者" in told(engine, FIRST)
    assert "疑为同一发布者" in told(engine, SECOND)


def test_when_the_tied_post_is_split_off_the_rest_is_not_told(engine: Engine) -> None:
    case, row = two_posts(engine)
    split(engine, case, [row], "王")
    decide(engine, decision(case, reason="E4-01"))
    assert told(engine, FIRST) == ""


def test_when_the_other_post_is_split_off_the_tied_one_is_told_still(engine: Engine) -> None:
    case, row = two_posts(engine)
    (other,) = [one.row for one in get_case(engine, case).posts if one.row != row]
    split(engine, case, [other], "王")
    decide(engine, decision(case, reason="E4-01"))
    assert "疑为同一发布者" in told(engine, SECOND)


# --- how many there are ---------------------------------------------------------------------------


def test_the_same_post_taken_down_twice_is_no_other_one(engine: Engine) -> None:
    case = decided(engine, AD)
    item = went(engine)
    round_at(engine, item.id, 24 * 30, Seen.OFFENDING)
    decide(engine, decision(case, reason="E4-01"))
    again = went(engine, days=40)
    round_at(engine, again.id, 24 * 80, Seen.OFFENDING)
    decide(engine, decision(case, reason="E4-01"))
    assert "请求 TD-20270102-001" in told(engine, AD)
    assert "此外" not in told(engine, AD)
