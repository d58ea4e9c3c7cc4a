"""When a mark of an item goes away, what is its page, and that SQL and Python say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from storage.bilingual import Bilingual
from storage.cases import decide, list_cases
from storage.database import read, write
from storage.models import posts
from storage.periods import Period
from storage.raises import raises_of
from storage.records import Contacts, PageState, Snapshot
from storage.snapshots import SnapshotStore
from storage.statistics_takedown import Recurrence, recurrence, takedowns
from storage.sweeps import finish
from storage.takedown_acts import approve, record_sent
from storage.takedown_before import before_sending
from storage.takedown_looks import add_round
from storage.takedown_marks import Before, Mark, mark_in, marks_of
from storage.takedown_states import SEEN_GONE, ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import Item, get_item, get_request, history_of, looks_of
from storage.visits import commit_visits
from tests.makers import NOON, decision, flagged, link, post, sha, sight, start, visit
from tests.takedown_makers import (
    AD,
    APPROVER,
    LATER,
    SENT,
    decided,
    drafted,
    look,
    round_at,
    sending,
    taken_down,
)

YEAR = Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
EARLY = NOON - timedelta(days=1)
GONE = Before(mark=Mark.GONE, note=Bilingual("见过 404", "404 was seen"))
PHONE = {"contacts": Contacts(phones=("13800000000",))}
LIST, SHORT = "http://mp.school.example/list?page=1", "http://mp.school.example/s/Short01"
LONG = "http://mp.school.example/s?mid=1&sn=0a0a"


def gone_before(engine: Engine, count: int = 1, **changes: object) -> Sequence[Item]:
    """Items of one request whose addresses showed nothing when it was sent."""
    for n in range(count):
        decided(engine, f"{AD}/{n}", seed=n + 1, **changes)
    items = get_request(engine, drafted(engine)).items
    approve(engine, items[0].request_id, APPROVER, NOON + timedelta(hours=1))
    record_sent(engine, items[0].request_id, sending(before={item.id: GONE for item in items}))
    return items


def mark_of(engine: Engine, item_id: int) -> str:
    history, looks = history_of(engine, [item_id]), looks_of(engine, [item_id])
    return mark_in(get_item(engine, item_id), history.get(item_id, ()), looks.get(item_id, ()))


# --- when it goes away ----------------------------------------------------------------------------


def test_what_comes_back_after_a_removal_nobody_made_does_not_make_it_a_success(
    engine: Engine,
) -> None:
    (item,) = gone_before(engine)
    taken_down(engine, item.id)
    round_at(engine, item.id, 24 * 30, Seen.OFFENDING)
    assert get_item(engine, item.id).state is ItemState.REAPPEARED
    assert mark_of(engine, item.id) == Mark.GONE
    (told,) = takedowns(engine, YEAR)
    assert (told.before, told.gone, told.returned, told.rate) == (1, 0, 0, None)
    with read(engine) as connection:
        (why,) = [one.why.zh for one in raises_of(connection, item.case_id)]
    assert "核实删除" not in why


def test_sql_and_python_agree_after_every_look_and_only_an_earlier_sight_takes_it_away(
    engine: Engine,
) -> None:
    told = [Seen.GONE, Seen.OFFENDING, Seen.UNCLEAR, None]  # None: the two ways disagree
    courses = list(product(told, told, [Seen.GONE, Seen.OFFENDING]))
    items = gone_before(engine, len(courses))
    for item, (first, second, last) in zip(items, courses, strict=True):
        for day, seen in enumerate([first, second, *[Seen.GONE] * 4, last], 1):
            plain, other = (Seen.GONE, Seen.OFFENDING) if seen is None else (seen, seen)
            both = [look(plain, Way.PLAIN), look(other, Way.BROWSER)]
            add_round(engine, item.id, both, SENT + timedelta(days=day))
            agree(engine, item.id)


def agree(engine: Engine, item_id: int) -> None:
    shown, item = mark_of(engine, item_id), get_item(engine, item_id)
    with read(engine) as connection:
        assert marks_of(connection, [item_id]).get(item_id, "") == shown
    there = [one.at for one in looks_of(engine, [item_id])[item_id] if one.seen == Seen.OFFENDING]
    freed = bool(there) and (item.removed_at is None or min(there) < item.removed_at)
    assert bool(shown) != freed
    notes = [act.note for act in history_of(engine, [item_id])[item_id] if act.after in SEEN_GONE]
    if item.state in SEEN_GONE:
        told = [note for note in notes if "核实" in note][-1:]
        assert all(bool(shown) == ("不计作处置成效" in note) for note in told)


# --- what statistics and other cases are told -----------------------------------------------------


def test_no_other_case_and_no_figure_calls_it_a_verified_removal(engine: Engine) -> None:
    (item,) = gone_before(engine, 1, **PHONE)
    taken_down(engine, item.id)
    sight(engine, flagged(post("http://new.example/2", author="换", **PHONE), seed=9), now=LATER)
    new = max(row.id for row in list_cases(engine))
    with read(engine) as connection:
        assert raises_of(connection, new) == []
    round_at(engine, item.id, 24 * 30, Seen.OFFENDING)
    assert recurrence(engine, YEAR) == Recurrence(verified=0, returned=0, advertisers=0)


# --- what is its page -----------------------------------------------------------------------------


def opened(engine: Engine, found: str, *, shown: int = 1, kinds: Sequence[str] = ("raw",)) -> None:
    """A sweep that followed a link from a list, and found so many posts behind it."""
    kept = tuple(
        Snapshot(sha256=sha(kind), kind=kind, size=1, captured_at=EARLY, url=found)
        for kind in kinds
    )
    first = flagged(post(LONG, url_found=found), snapshots=kept)
    others = [flagged(post(f"{AD}/{n}"), seed=50 + n) for n in range(1, shown)]
    frontier = start(engine, ["http://mp.school.example/"])
    (seed,) = frontier.lease(1)
    commit_visits(engine, [visit(seed, links=[link(found)])], EARLY)
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lease, first, *others)], EARLY)
    finish(engine, lease.sweep_id, "finished")


def item_of_long(engine: Engine) -> Item:
    for case in list_cases(engine):
        decide(engine, decision(case.id))
    items = get_request(engine, drafted(engine)).items
    return next(item for item in items if item.url == LONG)


@pytest.mark.parametrize(
    ("found", "shown", "kinds", "mark"),
    [
        (SHORT, 1, ("raw",), ""),  # the article itself, by its short link
        (SHORT, 1, ("raw", "answers"), Mark.UNREAD),  # told by a script, as lists are
        (SHORT, 1, ("picture",), Mark.UNREAD),
        (LIST, 3, ("raw",), Mark.UNREAD),  # a list with three posts on it
        ("http://other.example/s/1", 1, ("raw",), Mark.UNREAD),  # somebody else's site
    ],
)
def test_its_own_page_under_another_address_was_read_and_a_list_was_not(
    engine: Engine, tmp_path: Path, found: str, shown: int, kinds: tuple[str, ...], mark: str
) -> None:
    opened(engine, found, shown=shown, kinds=kinds)
    item = item_of_long(engine)
    told = before_sending(engine, SnapshotStore("", tmp_path), [item], SENT)
    assert (told[item.id].mark if told else "") == mark


def test_its_own_page_that_a_later_sweep_saw_removed_is_gone_before(
    engine: Engine, tmp_path: Path
) -> None:
    opened(engine, SHORT)
    item = item_of_long(engine)
    frontier = start(engine, [SHORT])
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lease, state=PageState.REMOVED)], NOON)
    told = before_sending(engine, SnapshotStore("", tmp_path), [item], SENT)
    assert told[item.id].mark is Mark.GONE


def test_a_page_whose_words_change_daily_asks_no_question_too_long_for_the_database(
    engine: Engine, tmp_path: Path
) -> None:
    decided(engine)
    item = get_request(engine, drafted(engine)).items[0]
    with write(engine) as connection:
        row = dict(connection.execute(select(posts)).mappings().one())
        del row["id"]
        many = [
            {**row, "content_sha256": f"{k:064}", "url_found": f"{AD}?v={k}"} for k in range(66_000)
        ]
        connection.execute(insert(posts), many)
    told = before_sending(engine, SnapshotStore("", tmp_path), [item], SENT)
    assert told[item.id].mark is Mark.UNREAD
