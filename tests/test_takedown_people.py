"""Which list a request may have gone with, and what a person's own look counts for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from door.export_run import Asked, export_list
from storage.bilingual import Problem
from storage.takedown_acts import approve, record_sent
from storage.takedown_history import Step
from storage.takedown_looks import Moved, add_persons_look, add_round
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import get_item, get_request, looks_of
from tests.makers import NOON, flagged, post, sight
from tests.takedown_makers import (
    AD,
    APPROVER,
    DRAFTER,
    SENDER,
    SENT,
    decided,
    drafted,
    listed,
    look,
    sending,
    sent,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "http://other.example/ad"


def approved(engine: Engine) -> int:
    decided(engine)
    number = drafted(engine)
    approve(engine, number, APPROVER, NOON + HOUR)
    return number


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"platform": "weibo"}, "made for weibo"),
        ({"platform": ""}, "made for all platforms"),
        ({"form": "transfer", "to": "公安"}, "for an office"),
        ({"form": "12377"}, "for an office"),
        ({"form": "brief-docx"}, "neither a list nor a letter"),
        ({"rows": ()}, "holds no address"),
        ({"rows": (2,)}, "does not hold item 1"),
        ({"rows": (1, 2)}, "other sites"),
    ],
)
def test_a_list_that_is_not_this_requests_is_refused(engine, made, words):
    number = approved(engine)
    sight(engine, flagged(post(OTHER), seed=5))
    batch = listed(engine, **made)
    with pytest.raises(Problem, match=words):
        record_sent(engine, number, sending(batch_no=batch))
    assert get_request(engine, number).sent_at is None
    record_sent(engine, number, sending(batch_no=listed(engine, rows=(1,))))


@pytest.mark.parametrize(
    "made", [{"platform": "weibo"}, {"form": "brief-docx"}, {"rows": ()}, {"rows": (2,)}]
)
def test_a_refused_list_is_made_anew_as_the_refusal_says(engine, tmp_path, made):
    """Nobody is sent from one refusal to the next."""
    number = approved(engine)
    sight(engine, flagged(post(OTHER), seed=5))
    with pytest.raises(Problem) as refused:
        record_sent(engine, number, sending(batch_no=listed(engine, **made)))
    told = refused.value.text.zh
    assert f"certsweep export letter --request {number} --out" in told
    if made.get("platform"):
        assert "是为微博导出的" in told
        assert "是给网站 school.example 的" in told
        assert "web" not in told
    letter = export_list(engine, "letter", tmp_path, Asked(request=number))
    assert record_sent(engine, number, sending(batch_no=letter.batch_no)) == 1


def test_an_exported_list_is_the_one_that_may_be_named(engine, tmp_path):
    number = approved(engine)
    made = export_list(engine, "csv", tmp_path, Asked(platform="web"))
    record_sent(engine, number, sending(batch_no=made.batch_no))
    assert get_request(engine, number).batch_no == made.batch_no


def persons_look(
    engine: Engine,
    hours: float,
    *,
    told: float = 1,
    by: str = SENDER,
    seen: Seen = Seen.GONE,
    note: str = "提示已删除",
) -> Moved:
    """A person's look, `hours` after sending, written down `told` hours later."""
    at = SENT + hours * HOUR
    step = Step(who=by, act="looked", at=at, note=note)
    return add_persons_look(engine, 1, look(seen, Way.PERSON), step, at + told * HOUR)


def test_a_person_may_look_too_with_a_name_and_words(engine):
    sent(engine)
    with pytest.raises(Problem, match="in words"):
        persons_look(engine, 24, note=" ")
    with pytest.raises(Problem, match="future"):
        persons_look(engine, 24, told=-1)
    assert persons_look(engine, 24).after is ItemState.REMOVED
    (row,) = looks_of(engine, [1])[1]
    assert (row.way, row.who, row.at) == ("person", SENDER, SENT + DAY)
    assert row.recorded_at == SENT + 25 * HOUR


def test_nobody_looked_before_the_request_was_sent_nor_days_ago(engine):
    sent(engine)
    with pytest.raises(Problem, match="before the step before it"):
        persons_look(engine, -1)
    with pytest.raises(Problem, match="more than 3 days back"):
        persons_look(engine, 24, told=73)
    assert looks_of(engine, [1]) == {}


def test_whoever_drafted_it_does_not_say_that_it_is_gone(engine):
    sent(engine)
    for name in (DRAFTER, f"{DRAFTER}（组长）"):
        with pytest.raises(Problem, match="somebody else must look"):
            persons_look(engine, 24, by=name)
    assert persons_look(engine, 24, by=DRAFTER, seen=Seen.OFFENDING).after is ItemState.SENT


def test_what_was_seen_since_was_not_gone_before(engine):
    sent(engine)
    sight(engine, flagged(post(AD)), now=SENT + 30 * HOUR)
    with pytest.raises(Problem, match="after this look"):
        persons_look(engine, 24)


def test_looks_typed_in_one_sitting_verify_nothing(engine):
    sent(engine)
    persons_look(engine, 1, told=71)
    persons_look(engine, 8, told=64)
    persons_look(engine, 71.5, told=0.5)
    moved = add_round(
        engine, 1, [look(Seen.GONE), look(Seen.NOTHING, Way.BROWSER)], SENT + 80 * HOUR
    )
    assert moved is not None
    assert moved.after is ItemState.REMOVED
    assert moved.outcome.counted < 3


def test_a_persons_looks_count_from_when_they_were_written_down(engine):
    sent(engine)
    add_round(engine, 1, [look(Seen.GONE)], SENT + 2 * HOUR)
    for hours in (24, 48):
        persons_look(engine, hours)
    assert persons_look(engine, 73.5, told=0.4).after is ItemState.REMOVED
    assert persons_look(engine, 82).after is ItemState.VERIFIED
    assert get_item(engine, 1).verified_at == SENT + 83 * HOUR
