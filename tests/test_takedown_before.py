"""An address that showed nothing already before the request was sent is no success of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from exports.brief_words import takedown_sentence
from exports.takedown_case import takedown_row
from storage.bilingual import Bilingual
from storage.brief import brief, day_of
from storage.captures import keep
from storage.cases import decide
from storage.database import read, write
from storage.exports import decided_rows
from storage.periods import Period
from storage.records import PageState, Snapshot
from storage.snapshots import SnapshotStore
from storage.statistics_takedown import takedowns
from storage.sweeps import finish
from storage.takedown_acts import approve, record_sent
from storage.takedown_before import Glimpse, before_sending, judged
from storage.takedown_marks import Mark, mark_in, marks_of
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import Item, get_item, get_request, history_of, looks_of
from storage.visits import commit_visits
from tests.evidence_case import capture, told
from tests.makers import NOON, decision, flagged, post, sha, sight, start, visit
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

BEFORE = SENT - timedelta(minutes=30)
EARLY = NOON - timedelta(days=1)
YEAR = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
GONE_FACTS = {"page": {"state": "removed"}, "documents": [{"status": 404}]}
ALIVE_FACTS = {"page": {"state": "alive"}, "documents": [{"status": 200}]}


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


def swept(engine: Engine, state: PageState, at: datetime, url: str = AD) -> None:
    """A sweep that asked for the address itself."""
    frontier = start(engine, [url])
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lease, state=state)], at)
    finish(engine, lease.sweep_id, "finished")


def captured(engine: Engine, store: SnapshotStore, facts: Any, at: datetime, url: str = AD) -> None:
    made = capture(store, round(at.timestamp()), url=url, started_at=at, ended_at=at, case_id=None)
    with write(engine) as connection:
        keep(connection, told(store, made, facts))


def asked(engine: Engine) -> Item:
    decided(engine)
    return get_request(engine, drafted(engine)).items[0]


def seen(engine: Engine, store: SnapshotStore, item: Item, until: datetime = SENT) -> str:
    found = before_sending(engine, store, [item], until)
    return found[item.id].mark if item.id in found else ""


def dispatched(engine: Engine, store: SnapshotStore, item: Item) -> Item:
    """The request sent with what is noted of its items."""
    approve(engine, item.request_id, APPROVER, NOON + timedelta(hours=1))
    before = before_sending(engine, store, [item], SENT)
    record_sent(engine, item.request_id, sending(before=before))
    return get_item(engine, item.id)


def mark_of(engine: Engine, item: Item) -> str:
    history, looks = history_of(engine, [item.id]), looks_of(engine, [item.id])
    now = get_item(engine, item.id)
    shown = mark_in(now, history.get(item.id, ()), looks.get(item.id, ()))
    with read(engine) as connection:
        assert marks_of(connection, [item.id]).get(item.id, "") == shown, "SQL and Python alike"
    return shown


# --- what was seen --------------------------------------------------------------------------------


def test_an_address_that_a_capture_found_gone_is_told_with_the_moment_and_the_answer(
    engine: Engine, store: SnapshotStore
) -> None:
    item = asked(engine)
    swept(engine, PageState.ALIVE, EARLY)
    assert seen(engine, store, item) == ""
    captured(engine, store, GONE_FACTS, BEFORE)
    (found,) = before_sending(engine, store, [item], SENT).values()
    assert found.mark is Mark.GONE
    assert found.note.zh == "2026-11-23 13:30 取证时该网址答复 404"


def test_a_removal_notice_seen_by_a_sweep_counts_as_gone(
    engine: Engine, store: SnapshotStore
) -> None:
    item = asked(engine)
    swept(engine, PageState.ALIVE, EARLY)
    swept(engine, PageState.REMOVED, BEFORE)
    assert seen(engine, store, item) == Mark.GONE


def test_what_was_there_again_after_it_was_gone_is_not_gone(
    engine: Engine, store: SnapshotStore
) -> None:
    item = asked(engine)
    captured(engine, store, GONE_FACTS, BEFORE)
    swept(engine, PageState.ALIVE, BEFORE + timedelta(minutes=1))
    assert seen(engine, store, item) == ""


def test_what_was_seen_after_the_sending_tells_nothing_of_before(
    engine: Engine, store: SnapshotStore
) -> None:
    item = asked(engine)
    swept(engine, PageState.ALIVE, EARLY)
    captured(engine, store, GONE_FACTS, SENT + timedelta(minutes=1))
    assert seen(engine, store, item) == ""
    assert seen(engine, store, item, LATER) == Mark.GONE


@pytest.mark.parametrize(
    "facts",
    [
        {"page": {"state": "blocked"}, "documents": [{"status": 403}]},
        {"page": {"state": "error"}, "documents": [{"status": 503}]},
        {"page": {"state": ["alive"]}, "documents": [{"status": [404]}]},
        {"page": {}, "documents": []},
        [],
        7,
    ],
)
def test_a_wall_or_facts_that_say_nothing_tell_neither(
    engine: Engine, store: SnapshotStore, facts: Any
) -> None:
    item = asked(engine)
    swept(engine, PageState.ALIVE, EARLY)
    captured(engine, store, facts, BEFORE)
    assert seen(engine, store, item) == ""


def test_a_post_that_was_read_elsewhere_alone_was_never_read_at_its_address(
    engine: Engine, store: SnapshotStore
) -> None:
    item = asked(engine)
    swept(engine, PageState.BLOCKED, EARLY)
    assert seen(engine, store, item) == Mark.UNREAD
    captured(engine, store, ALIVE_FACTS, BEFORE)
    assert seen(engine, store, item) == ""


@pytest.mark.parametrize(
    ("address", "kind", "mark"),
    [
        (AD, "dom", ""),
        (AD + "?from=home", "raw", ""),  # as it was found, with what the link carries along
        ("http://search.example/?q=x", "raw", Mark.UNREAD),
        (AD, "picture", Mark.UNREAD),
    ],
)
def test_what_was_kept_of_the_very_address_says_that_it_was_read(
    engine: Engine, store: SnapshotStore, address: str, kind: str, mark: str
) -> None:
    kept = Snapshot(sha256=sha("x"), kind=kind, size=1, captured_at=EARLY, url=address)
    sight(engine, flagged(post(AD), snapshots=(kept,)))
    assert seen(engine, store, asked(engine)) == mark


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.booleans()).map(
            lambda one: Glimpse(
                at=NOON + timedelta(hours=one[0]), gone=one[1], by=Bilingual("", "")
            )
        )
    )
)
def test_the_newest_that_was_seen_decides_and_nothing_seen_is_never_read(
    glimpses: list[Glimpse],
) -> None:
    found = judged(glimpses)
    if not glimpses:
        assert found is not None
        assert found.mark is Mark.UNREAD
        return
    last = max(one.at for one in glimpses)
    there = any(one.at == last and not one.gone for one in glimpses)
    assert (found is None) == there
    assert found is None or found.mark is Mark.GONE


# --- what it is worth -----------------------------------------------------------------------------


@pytest.fixture(params=["gone", "unread"])
def marked(request: pytest.FixtureRequest, engine: Engine, store: SnapshotStore) -> Item:
    item = asked(engine)
    if request.param == "gone":
        captured(engine, store, GONE_FACTS, BEFORE)
    return dispatched(engine, store, item)


def test_a_verification_says_that_it_was_gone_before_and_the_states_stay_as_they_are(
    engine: Engine, marked: Item
) -> None:
    taken_down(engine, marked.id)
    assert mark_of(engine, marked)
    acts = history_of(engine, [marked.id])[marked.id]
    (first,) = [act for act in acts if act.after == ItemState.VERIFIED]
    assert "不计作处置成效" in first.note


def test_the_rate_counts_only_what_could_be_taken_down(engine: Engine, marked: Item) -> None:
    taken_down(engine, marked.id)
    (figures,) = takedowns(engine, YEAR)
    assert (figures.asked, figures.before, figures.gone, figures.verified) == (1, 1, 0, 0)
    assert (figures.rate, figures.p50, sum(figures.within)) == (None, None, 0)


def test_a_look_that_still_sees_it_takes_the_mark_away(engine: Engine, marked: Item) -> None:
    round_at(engine, marked.id, 1, Seen.OFFENDING)
    taken_down(engine, marked.id)
    assert mark_of(engine, marked) == ""
    (figures,) = takedowns(engine, YEAR)
    assert (figures.before, figures.gone, figures.rate) == (0, 1, 1.0)


def test_the_brief_says_how_many_of_the_verified_were_gone_before(
    engine: Engine, marked: Item
) -> None:
    item = taken_down(engine, marked.id)
    assert item.verified_at is not None
    day = day_of(item.verified_at)
    said = takedown_sentence(brief(engine, day, day))
    assert "核实删除的 1 条中，1 条在发出前已打不开" in said


def test_the_internal_list_says_it_beside_the_day_of_the_removal(
    engine: Engine, marked: Item
) -> None:
    taken_down(engine, marked.id)
    (case,) = decided_rows(engine)
    told = takedown_row(case, HEAD).verified_removed_time
    assert told.startswith("2026-11-27 14:00:00（")
    assert "不计作处置成效" in told
    round_at(engine, marked.id, 24 * 30, Seen.OFFENDING)
    decide(engine, decision(case.case_no))
    (case,) = decided_rows(engine)
    assert takedown_row(case, HEAD).verified_removed_time == told, "coming back proves nothing"


def test_what_was_read_before_it_was_sent_bears_no_mark(
    engine: Engine, store: SnapshotStore
) -> None:
    swept(engine, PageState.ALIVE, EARLY)
    item = dispatched(engine, store, asked(engine))
    taken_down(engine, item.id)
    assert mark_of(engine, item) == ""
    (figures,) = takedowns(engine, YEAR)
    assert (figures.before, figures.gone, figures.rate) == (0, 1, 1.0)
