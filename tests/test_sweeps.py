"""Sweeps are resumed, never half-forgotten, and summed up from their rows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, NoResultFound

from storage.bilingual import Problem
from storage.database import read, write
from storage.models import sweep_targets, sweeps, targets
from storage.records import PageState, Sighting, TargetKind
from storage.sweeps import begin, finish, set_target_outcome, summary
from storage.targets import ensure_target, load, load_all
from storage.visits import commit_visits
from tests.makers import NOON, flagged, innocent, link, post, start, target, visit

PLAN = {"targets": ["http://school.example/"], "limits": {"pages": 5}, "说明": "夜间"}


def states(engine: Engine) -> list[tuple[int, str]]:
    with read(engine) as connection:
        found = connection.execute(select(sweeps.c.id, sweeps.c.state).order_by(sweeps.c.id))
        return [tuple(row) for row in found]  # type: ignore[misc]


def test_a_running_sweep_of_the_same_plan_is_resumed(engine: Engine) -> None:
    assert begin(engine, PLAN, "夜班") == (1, False)
    reordered = dict(reversed(list(PLAN.items())))
    assert begin(engine, reordered, "张工") == (1, True)
    assert states(engine) == [(1, "running")]


def test_another_plan_interrupts_the_running_sweep(engine: Engine) -> None:
    begin(engine, PLAN, "夜班")
    assert begin(engine, {**PLAN, "targets": []}, "张工") == (2, False)
    assert states(engine) == [(1, "interrupted"), (2, "running")]
    assert summary(engine, 1).cause == "another plan was started"
    assert summary(engine, 1).ended_at is not None


@pytest.mark.parametrize("state", ["finished", "interrupted", "failed"])
def test_an_ended_sweep_is_not_resumed(engine: Engine, state: str) -> None:
    begin(engine, PLAN, "夜班")
    finish(engine, 1, state, "why", {"seconds": 3})
    assert begin(engine, PLAN, "夜班") == (2, False)
    said = summary(engine, 1)
    assert (said.state, said.cause) == (state, "why")
    with read(engine) as connection:
        assert connection.execute(select(sweeps.c.stats)).scalars().first() == {"seconds": 3}


@pytest.mark.parametrize("state", ["running", "done", ""])
def test_a_sweep_ends_only_in_ways_that_exist(engine: Engine, state: str) -> None:
    begin(engine, PLAN, "夜班")
    with pytest.raises(ValueError, match="cannot end as"):
        finish(engine, 1, state)


def test_a_plan_that_json_changes_is_still_the_same_plan(engine: Engine) -> None:
    plan: dict[str, Any] = {"pair": (1, 2), "kind": TargetKind.SITE, "hostile": "\x00"}
    begin(engine, plan, "夜班")
    assert begin(engine, plan, "夜班") == (1, True)


def test_an_unknown_sweep_is_a_problem(engine: Engine) -> None:
    with pytest.raises(Problem, match="no sweep 9"):
        summary(engine, 9)


def test_a_sweep_without_targets_sums_up_to_nothing(engine: Engine) -> None:
    begin(engine, PLAN, "夜班")
    said = summary(engine, 1)
    assert (said.pages_fetched, said.posts, said.targets, said.unreadable) == (0, 0, (), ())


def test_a_summary_counts_what_is_on_the_rows(engine: Engine) -> None:
    frontier = start(engine, [f"http://school.example/{n}" for n in range(7)])
    leases = frontier.lease(5)
    seen = flagged(post("http://school.example/ad"))
    same = Sighting(post=post("http://x.test/"), content_sha256="0" * 64, unchanged=True)
    commit_visits(
        engine,
        [
            visit(leases[0], seen, innocent(post("http://school.example/b"))),
            visit(leases[1], same),
            visit(leases[2], state=PageState.BLOCKED, reason="captcha"),
            visit(leases[3], state=PageState.ERROR, reason="timeout"),
            visit(leases[4], state=PageState.AMBIGUOUS, reason="empty"),
        ],
        NOON,
    )
    frontier.seed(1, "web", [link("http://gone.example/")])
    frontier.drop_host("gone.example", "captcha")
    set_target_outcome(engine, 1, 1, "limit", "够了")
    said = summary(engine, 1)
    assert (said.pages_fetched, said.posts, said.flagged, said.findings) == (4, 3, 1, 1)
    assert (said.cases_opened, said.unchanged) == (1, 1)
    assert (said.blocked, said.errors, said.waiting, said.dropped) == (1, 1, 2, 1)
    assert said.unreadable == (
        ("http://school.example/2", "blocked", "captcha"),
        ("http://school.example/3", "error", "timeout"),
        ("http://school.example/4", "ambiguous", "empty"),
    )
    (one,) = said.targets
    assert (one.value, one.source, one.outcome) == ("http://school.example/", "web", "limit")
    assert (one.pages, one.posts, one.flagged, one.note) == (4, 3, 1, "够了")


def test_a_page_fetched_twice_because_of_a_crash_counts_once(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    (lost,) = frontier.lease(1)
    frontier.reclaim()
    (lease,) = frontier.lease(1)
    commit_visits(engine, [visit(lost, flagged()), visit(lease, flagged())], NOON)
    said = summary(engine, 1)
    assert (said.pages_fetched, said.posts, said.cases_opened) == (1, 1, 1)


def test_sweeps_do_not_count_each_other(engine: Engine) -> None:
    for _ in range(2):
        frontier = start(engine, ["http://school.example/"])
        commit_visits(engine, [visit(frontier.lease(1)[0], flagged())], NOON)
        finish(engine, frontier._sweep_id, "finished")
    assert [summary(engine, number).posts for number in (1, 2)] == [1, 1]
    assert [summary(engine, number).cases_opened for number in (1, 2)] == [1, 0]


def test_an_outcome_keeps_the_totals_of_its_target(engine: Engine) -> None:
    frontier = start(engine, ["http://school.example/"])
    commit_visits(engine, [visit(frontier.lease(1)[0], flagged())], NOON)
    set_target_outcome(engine, 1, 1, "done")
    with read(engine) as connection:
        row = connection.execute(select(sweep_targets)).one()
    assert (row.outcome, row.pages, row.posts) == ("done", 1, 1)
    with pytest.raises(IntegrityError):
        set_target_outcome(engine, 1, 1, "somehow")


# --- targets ------------------------------------------------------------------------------------


def test_a_target_is_made_once_and_follows_the_newest_plan(engine: Engine) -> None:
    with write(engine) as connection:
        first = ensure_target(connection, target())
        again = ensure_target(connection, target(budget=9, reason="复查", added_by="别人"))
        other = ensure_target(connection, target(source="weibo"))
        assert first == again != other
        assert load(connection, first) == target(budget=9, reason="复查", added_by="张工")
        assert list(load_all(connection)) == [first, other]
        assert len(connection.execute(select(targets)).all()) == 2
        with pytest.raises(NoResultFound):
            load(connection, 99)
