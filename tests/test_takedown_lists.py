"""Requests and packages as the desk lists them, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from storage import takedown_lists
from storage.database import read, write
from storage.package_lists import find_packages, named_package, stamps_waiting
from storage.packages import Package, register
from storage.records import Snapshot
from storage.takedown_lists import (
    DEADLINES,
    Wanted,
    find_requests,
    pictures_of,
    platforms_asked,
    state_counts,
)
from storage.takedown_looks import Look, add_round
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import get_request
from tests.makers import NOON, flagged, post, sha, sight
from tests.takedown_makers import SENT, decided, drafted, sent

BEFORE, AFTER = sha("before"), sha("after")


def ids(engine: Engine, today: date, **wanted: str) -> list[int]:
    return [one.id for one in find_requests(engine, Wanted(**wanted), today)[0]]


def test_every_request_with_a_deadline_is_overdue_soon_or_later_and_never_two(
    engine: Engine,
) -> None:
    item = sent(engine)
    decided(engine, "w1", platform="weibo", seed=2)
    draft = drafted(engine)
    due = get_request(engine, item.request_id).deadline
    assert due is not None
    for days, kind in ((-30, "later"), (-1, "soon"), (0, "soon"), (1, "overdue"), (90, "overdue")):
        today = due + timedelta(days=days)
        found = {one: ids(engine, today, deadline=one) for one in DEADLINES}
        assert found.pop("none") == [draft]
        assert [one for one, some in found.items() if some] == [kind], days


def test_states_and_platforms_are_filters_and_are_counted(engine: Engine) -> None:
    sent(engine)
    decided(engine, "w1", platform="weibo", seed=2)
    drafted(engine)
    today = NOON.date()
    assert ids(engine, today) == [2, 1]
    assert ids(engine, today, state="sent") == [1]
    assert ids(engine, today, platform="weibo", state="draft") == [2]
    assert ids(engine, today, platform="weibo", state="sent") == []
    assert state_counts(engine) == {ItemState.DRAFT: 1, ItemState.SENT: 1}
    assert platforms_asked(engine) == ["web", "weibo"]


def test_pages_by_number_show_every_request_once(engine: Engine, monkeypatch) -> None:
    monkeypatch.setattr(takedown_lists, "PAGE", 2)
    for n in range(5):
        sent(engine, f"http://s{n}.example/", seed=n + 1)
    seen: list[int] = []
    before: int | None = None
    while True:
        rows, before = find_requests(engine, Wanted(), NOON.date(), before)
        seen += [one.id for one in rows]
        if before is None:
            break
    assert seen == [5, 4, 3, 2, 1]


def picture(sha256: str) -> Snapshot:
    return Snapshot(
        sha256=sha256, kind="screenshot", size=1, captured_at=NOON, url="http://a.example/"
    )


def test_pictures_are_what_stood_there_and_what_looks_saw_in_that_order(engine: Engine) -> None:
    sight(engine, flagged(post("http://school.example/ad"), snapshots=(picture(BEFORE),)))
    item = sent(engine)
    look = Look(way=Way.BROWSER, seen=Seen.GONE, why="没有了", files=(picture(AFTER),))
    add_round(engine, item.id, [look], SENT + timedelta(days=1))
    found = pictures_of(engine, [item.id])[item.id]
    assert [(one.sha256, one.way) for one in found] == [(BEFORE, ""), (AFTER, "browser")]
    assert pictures_of(engine, []) == {}


def three_packages(engine: Engine) -> None:
    """EV-1 and EV-3 of case 2, EV-2 of case 1."""
    for n in (1, 2):
        decided(engine, f"http://s{n}.example/", seed=n)
    with write(engine) as connection:
        for n in (1, 2, 3):
            register(
                connection,
                Package(
                    case_id=1 + n % 2,
                    name=f"EV-{n}.wacz",
                    manifest_sha256=sha(str(n)),
                    signature=b"s",
                    key_id="k",
                    made_at=NOON,
                    made_by="wang",
                ),
            )


def test_packages_are_listed_newest_first_by_case_and_by_name(engine: Engine) -> None:
    three_packages(engine)
    assert [one.name for one in find_packages(engine)[0]] == [f"EV-{n}.wacz" for n in (3, 2, 1)]
    assert [one.name for one in find_packages(engine, case_id=1)[0]] == ["EV-2.wacz"]
    with read(engine) as connection:
        named = named_package(connection, "EV-2.wacz")
        assert named is not None
        assert (named.case_id, named.state) == (1, "pending")
        assert named_package(connection, "EV-9.wacz") is None
    assert stamps_waiting(engine) == 0


@pytest.mark.parametrize("limit", [1, 2])
def test_packages_come_in_pages(engine: Engine, monkeypatch, limit: int) -> None:
    monkeypatch.setattr("storage.package_lists.PAGE", limit)
    three_packages(engine)
    seen: list[str] = []
    before: int | None = None
    while True:
        rows, before = find_packages(engine, before=before)
        seen += [one.name for one in rows]
        if before is None:
            break
    assert seen == ["EV-3.wacz", "EV-2.wacz", "EV-1.wacz"]
