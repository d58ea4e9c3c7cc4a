"""Looks over the real network stack: guard, robots.txt, pace, plain HTTP and a real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.cases import decide, list_cases
from storage.database import open_database, upgrade
from storage.records import CaseStatus
from storage.snapshots import SnapshotStore
from storage.takedown_acts import approve, record_sent
from storage.takedown_draft import Draft, draft, not_yet_asked
from storage.takedowns import get_request, looks_of
from tests.look_crawl import looked
from tests.makers import decision, flagged, post, sight
from tests.replica_platform import OFFER, Replica
from tests.takedown_makers import APPROVER, DRAFTER, sending

pytestmark = pytest.mark.timeout(280)
WORDS = f"{OFFER}\n首页 课程 关于我们"
NO_BROWSER = "/nonexistent/chromium"


@pytest.fixture
def office(tmp_path: Path):
    engine = open_database("", tmp_path)
    upgrade(engine)
    yield engine
    engine.dispose()


def asked_for(engine: Engine, *urls: str) -> None:
    """One request for these URLs, sent yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for seed, url in enumerate(urls, 1):
        sight(
            engine,
            flagged(post(url, url_found=url, text=WORDS, title="月嫂证免考包过报名"), seed=seed),
        )
    for row in list_cases(engine, CaseStatus.WAITING):
        decide(engine, decision(row.id, at=yesterday))
    rows, _ = not_yet_asked(engine)
    order = Draft(platform="web", recipient="x", rows=rows, by=DRAFTER, at=yesterday)
    approve(engine, draft(engine, order), APPROVER, yesterday)
    record_sent(engine, 1, sending(at=yesterday, now=datetime.now(UTC)))


def test_a_browser_and_plain_http_look_and_both_leave_their_files(office, tmp_path):
    gone, there, wall, cloaked = (
        f"http://{name}.example/ad-1.html" for name in ("gone", "there", "wall", "cloaked")
    )
    asked_for(office, gone, there, wall, cloaked)
    stories = {
        gone: {0: "404"},
        there: {0: "offer"},
        wall: {0: "captcha"},
        cloaked: {0: ("404", "offer")},
    }
    with Replica(stories) as replica:
        tally = looked(tmp_path, 1, replica.port)
    assert tally["items"] == 4
    assert tally["left"] == 0
    items = {item.url: item for item in get_request(office, 1).items}
    seen = {
        url: [(look.way, look.seen) for look in looks_of(office, [item.id])[item.id]]
        for url, item in items.items()
    }
    assert {url: sorted(both) for url, both in seen.items()} == {
        gone: [("browser", "gone"), ("plain", "gone")],
        there: [("browser", "offending"), ("plain", "offending")],
        wall: [("browser", "nothing"), ("plain", "nothing")],
        cloaked: [("browser", "offending"), ("plain", "gone")],
    }
    assert [items[url].state.value for url in (gone, there, wall, cloaked)] == [
        "removed",
        "sent",
        "sent",
        "sent",
    ]
    kept = {
        file["kind"]
        for look in looks_of(office, [items[gone].id])[items[gone].id]
        for file in look.files
    }
    assert {"raw", "headers", "dom", "screenshot"} <= kept
    store = SnapshotStore("", tmp_path)
    files = [
        file
        for item in items.values()
        for look in looks_of(office, [item.id])[item.id]
        for file in look.files
    ]
    assert all(store.check(file["sha256"]) for file in files)


def test_without_a_browser_one_way_is_asked_and_nothing_is_verified_by_it(office, tmp_path):
    url = "http://gone.example/ad-1.html"
    asked_for(office, url)
    with Replica({url: {0: "404"}}) as replica:
        looked(tmp_path, 1, replica.port, chromium=NO_BROWSER)
    looks = {look.way: look for look in looks_of(office, [1])[1]}
    assert looks["plain"].seen == "gone"
    assert (looks["browser"].seen, looks["browser"].reason) == ("nothing", "no_browser")


def test_robots_txt_is_obeyed_and_an_answer_of_later_says_nothing(office, tmp_path):
    closed, later = "http://closed.example/ad-1.html", "http://later.example/ad-1.html"
    asked_for(office, closed, later)
    stories = {
        closed: {0: "404"},
        "http://closed.example/robots.txt": {0: "503"},
        later: {0: "429"},
    }
    with Replica(stories) as replica:
        looked(tmp_path, 1, replica.port, chromium=NO_BROWSER)
        assert "closed.example/ad-1.html" not in replica.asked
    told = {
        look.reason
        for item in get_request(office, 1).items
        for look in looks_of(office, [item.id])[item.id]
        if look.way == "plain"
    }
    assert told == {"robots_unreachable", "rate_limit"}
    assert {item.state.value for item in get_request(office, 1).items} == {"sent"}


def test_a_host_that_has_no_address_says_nothing(office, tmp_path):
    url = "http://nowhere.invalid/ad-1.html"
    asked_for(office, url)
    with Replica({}) as replica:
        looked(tmp_path, 1, replica.port, chromium=NO_BROWSER)
    assert {look.seen for look in looks_of(office, [1])[1]} == {"nothing"}
