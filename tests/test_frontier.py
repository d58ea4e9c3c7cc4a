"""Leases: every URL to one holder at a time, and none is ever lost."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

import storage.frontier
from storage.database import open_database, read
from storage.frontier import Frontier, fingerprint, host_of
from storage.models import sweep_targets, urls
from storage.records import Lease, Link, PageState
from storage.visits import commit_visits
from tests.makers import NOON, link, start, visit


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def at_noon(
    engine: Engine, addresses: list[str], lease_seconds: float = 600
) -> tuple[Frontier, Clock]:
    """A frontier whose clock the test turns."""
    frontier = start(engine)
    clock = Clock()
    told = Frontier(engine, frontier._sweep_id, lease_seconds, clock)
    told.seed(1, "web", [link(address) for address in addresses])
    return told, clock


def test_a_fingerprint_is_16_bytes_of_the_canonical_url() -> None:
    whole = hashlib.sha256(b"http://a.example/").digest()
    assert fingerprint("http://a.example/") == whole[:16]
    assert len(fingerprint("\ud800")) == 16


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://A.Example:8080/x", "a.example"),
        ("http://[::1]/x", "::1"),
        ("mailto:someone@a.example", ""),
        ("http://[broken", ""),
        ("http://" + "x" * 300 + ".example/", "x" * 255),
    ],
)
def test_hosts_are_compared_in_one_spelling(url: str, host: str) -> None:
    assert host_of(url) == host


def test_seeding_twice_adds_nothing(engine: Engine) -> None:
    frontier = start(engine)
    links = [link("http://a.example/1"), link("http://a.example/2"), link("http://a.example/1")]
    assert frontier.seed(1, "web", links) == 2
    assert frontier.seed(1, "web", links) == 0
    assert frontier.known() == {fingerprint(one.canonical) for one in links}


def test_seeding_names_the_target_as_running(engine: Engine) -> None:
    frontier = start(engine)
    frontier.seed(1, "web", [])
    with read(engine) as connection:
        assert connection.execute(select(sweep_targets.c.outcome)).scalars().all() == ["running"]


def test_a_lease_carries_what_the_crawler_needs(engine: Engine) -> None:
    frontier = start(engine)
    found = Link(url="http://A.example/1#top", canonical="http://a.example/1")
    frontier.seed(1, "web", [found], depth=2, render=True)
    (lease,) = frontier.lease(5)
    assert lease == Lease(
        url_id=lease.url_id,
        sweep_id=1,
        token=lease.token,
        target_id=1,
        source="web",
        url="http://A.example/1#top",
        canonical="http://a.example/1",
        depth=2,
        render=True,
        attempts=0,
    )


def test_higher_priority_is_leased_first_then_what_was_found_first(engine: Engine) -> None:
    frontier = start(engine)
    frontier.seed(1, "web", [link("http://a.example/1"), link("http://a.example/2", 5)])
    frontier.seed(1, "web", [link("http://a.example/3", 5), link("http://a.example/4", -1)])
    order = [lease.canonical[-1] for lease in frontier.lease(10)]
    assert order == ["2", "3", "1", "4"]


def test_hosts_take_turns_within_one_priority(engine: Engine) -> None:
    frontier = start(engine, [f"http://{host}.example/{n}" for host in "abc" for n in range(3)])
    assert [host_of(lease.url)[0] for lease in frontier.lease(6)] == ["a", "b", "c"] * 2


def test_excluded_hosts_wait(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1", "http://b.example/1"])
    assert [lease.url for lease in frontier.lease(5, {"a.example"})] == ["http://b.example/1"]
    assert [lease.url for lease in frontier.lease(5)] == ["http://a.example/1"]


def test_a_long_queue_of_busy_hosts_hides_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.frontier, "HEAD", 3)
    frontier = start(engine, [f"http://busy.example/{n}" for n in range(9)])
    frontier.seed(1, "web", [link("http://a.example/1"), link("http://c.example/1", 2)])
    frontier.seed(1, "web", [link("http://c.example/2"), link("http://a.example/2", -9)])
    given = []
    while leases := frontier.lease(9, {"busy.example"}):
        given.append([lease.url[7:] for lease in leases])
    assert given == [["c.example/1"], ["a.example/1", "c.example/2"], ["a.example/2"]]
    assert frontier.lease(9, {"busy.example", "a.example"}) == []
    assert len(frontier.lease(9)) == 3


def test_nothing_asked_nothing_leased(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1"])
    assert frontier.lease(0) == []
    assert frontier.lease(-1) == []
    assert frontier.waiting() == 1


def test_what_is_leased_is_not_leased_again(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1"])
    assert len(frontier.lease(5)) == 1
    assert frontier.lease(5) == []


def test_a_lease_that_expired_is_given_out_again(engine: Engine) -> None:
    frontier, clock = at_noon(engine, ["http://a.example/1"], lease_seconds=60)
    (first,) = frontier.lease(1)
    clock.later(59)
    assert frontier.lease(1) == []
    clock.later(1)
    (second,) = frontier.lease(1)
    assert second.url_id == first.url_id
    assert second.token != first.token
    assert not frontier.retry(first, clock.now, "timeout")
    assert commit_visits(engine, [visit(first)], clock.now)[0].stale
    assert not commit_visits(engine, [visit(second)], clock.now)[0].stale


def test_a_retry_waits_until_it_is_due_and_counts_the_attempt(engine: Engine) -> None:
    frontier, clock = at_noon(engine, ["http://a.example/1"])
    (lease,) = frontier.lease(1)
    assert frontier.retry(lease, clock.now + timedelta(seconds=30), "http_503", render=True)
    assert frontier.lease(1) == []
    assert frontier.next_due() == NOON + timedelta(seconds=30)
    clock.later(30)
    (again,) = frontier.lease(1)
    assert (again.attempts, again.render) == (1, True)
    assert frontier.retry(again, clock.now, "http_503")
    assert frontier.lease(1)[0].render


def test_a_stale_token_retries_nothing(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1"])
    (lease,) = frontier.lease(1)
    assert frontier.retry(lease, NOON, "timeout")
    assert not frontier.retry(lease, NOON, "timeout")


def test_reclaim_takes_back_the_leases_of_this_sweep_only(engine: Engine) -> None:
    older = start(engine, ["http://a.example/1"])
    older.lease(1)
    frontier = start(engine, ["http://a.example/1", "http://a.example/2"])
    (lease, _) = frontier.lease(2)
    assert frontier.retry(lease, NOON, "timeout")
    frontier.lease(2)
    assert frontier.reclaim() == 2
    assert frontier.reclaim() == 0
    assert sorted(lease.attempts for lease in frontier.lease(5)) == [0, 1]
    assert older.lease(5) == []


def test_pages_and_waiting_are_counted_of_finished_and_unfinished_urls(engine: Engine) -> None:
    frontier = start(engine, [f"http://a.example/{n}" for n in range(4)])
    leases = frontier.lease(2)
    commit_visits(engine, [visit(leases[0])], NOON)
    assert frontier.pages_of(1) == 1
    assert frontier.pages_of(2) == 0
    assert frontier.waiting() == 3


def test_nothing_waiting_is_never_due(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1"])
    frontier.lease(1)
    assert frontier.next_due() is None


def test_dropped_urls_keep_their_reason_and_are_not_leased(engine: Engine) -> None:
    frontier = start(engine, ["http://a.example/1", "http://b.example/1", "http://b.example/2"])
    assert frontier.drop_host("b.example", "captcha") == 2
    assert frontier.drop_target(1, "budget") == 1
    assert frontier.lease(5) == []
    assert len(frontier.known()) == 3
    with read(engine) as connection:
        found = connection.execute(select(urls.c.state, urls.c.reason).order_by(urls.c.id)).all()
    assert [tuple(row) for row in found] == [
        ("dropped", "budget"),
        ("dropped", "captcha"),
        ("dropped", "captcha"),
    ]


def test_a_hostile_url_is_stored_and_leased(engine: Engine) -> None:
    awkward = "http://a.example/\x00\ud800" + "长" * 20_000
    frontier = start(engine, [awkward])
    (lease,) = frontier.lease(1)
    assert len(lease.url) == len(awkward)
    assert frontier.known() == {fingerprint(awkward)}


def test_many_holders_at_once_never_share_a_url(engine: Engine) -> None:
    frontier = start(engine, [f"http://h{n % 7}.example/{n}" for n in range(300)])
    given: list[int] = []

    def work() -> None:
        while leases := frontier.lease(16):
            given.extend(lease.url_id for lease in leases)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while leases := frontier.lease(16):  # what one passed over because another was looking at it
        given.extend(lease.url_id for lease in leases)
    assert max(Counter(given).values()) == 1
    assert len(given) == 300


class Leases(RuleBasedStateMachine):
    """Two holders, a clock that jumps, retries and commits in any order, beside a simple model."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        (Path(self.folder.name) / "certsweep.db").write_bytes(self.template.read_bytes())
        self.engine = open_database("", Path(self.folder.name))
        self.frontier, self.clock = at_noon(self.engine, [], lease_seconds=100)
        self.valid: dict[int, tuple[Lease, datetime]] = {}
        self.stale: list[Lease] = []
        self.seeded: set[str] = set()
        self.done: set[str] = set()

    @rule(numbers=st.lists(st.integers(0, 12), max_size=6))
    def seed(self, numbers: list[int]) -> None:
        addresses = [f"http://h{n % 3}.example/{n}" for n in numbers]
        new = self.frontier.seed(1, "web", [link(address) for address in addresses])
        assert new == len(set(addresses) - self.seeded)
        self.seeded |= set(addresses)

    @rule(count=st.integers(1, 5))
    def lease(self, count: int) -> None:
        for lease in self.frontier.lease(count):
            assert lease.canonical not in self.done
            held = self.valid.get(lease.url_id)
            if held is not None:
                assert held[1] <= self.clock.now, "given to two holders at once"
                self.stale.append(held[0])
            self.valid[lease.url_id] = (lease, self.clock.now + timedelta(seconds=100))

    @rule(seconds=st.sampled_from([1, 50, 100, 150]))
    def wait(self, seconds: int) -> None:
        self.clock.later(seconds)

    @rule(data=st.data(), delay=st.sampled_from([0, 60]))
    def retry(self, data: st.DataObject, delay: int) -> None:
        if self.valid:
            lease, _ = self.valid.pop(data.draw(st.sampled_from(sorted(self.valid))))
            due_at = self.clock.now + timedelta(seconds=delay)
            assert self.frontier.retry(lease, due_at, "timeout")
            self.stale.append(lease)

    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sets(st.sampled_from(sorted(self.valid)))) if self.valid else set()
        visits = [visit(self.valid.pop(number)[0]) for number in sorted(chosen)]
        visits += [visit(lease) for lease in self.stale[-2:]]
        results = commit_visits(self.engine, visits, self.clock.now)
        assert [one.stale for one in results] == [False] * len(chosen) + [True] * len(
            self.stale[-2:]
        )
        self.done |= {one.lease.canonical for one in visits[: len(chosen)]}
        self.stale += [one.lease for one in visits[: len(chosen)]]

    @rule()
    def crash(self) -> None:
        """The process is killed; the next one reclaims what it held."""
        assert self.frontier.reclaim() == len(self.valid)
        self.stale += [lease for lease, _ in self.valid.values()]
        self.valid.clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.frontier.waiting() == len(self.seeded) - len(self.done)
        assert len(self.frontier.known()) == len(self.seeded)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()


def test_leases_keep_their_promises_in_any_order(sqlite_template: Path) -> None:
    Leases.template = sqlite_template
    run_state_machine_as_test(
        Leases,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_failed_in_passing_is_tried_anew_by_a_resumed_sweep(engine: Engine) -> None:
    frontier = start(engine, [f"http://a.example/{n}" for n in range(3)])
    leases = frontier.lease(3)
    reasons = ["browser", "http_404", "timeout"]
    visits = [
        replace(visit(lease), state=PageState.ERROR, reason=reason)
        for lease, reason in zip(leases, reasons, strict=True)
    ]
    commit_visits(engine, visits, NOON)
    assert frontier.revive({"browser", "timeout"}) == 2
    again = frontier.lease(5)
    assert [lease.url for lease in again] == ["http://a.example/0", "http://a.example/2"]
    assert frontier.revive({"browser", "timeout"}) == 0
