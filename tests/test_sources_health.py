"""How well a source could be read: nothing new is good news, no longer readable is loud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands import sweep
from crawler.paging import Paging
from door.source_care import record
from door.source_words import what_to_do
from door.sweep_parts import SAMPLE, SweepOrder
from storage.records import CANARY, Link, PageState, TargetKind
from storage.sources import (
    SourceRun,
    health,
    remember,
    runs_of,
    set_expired,
    targets_of_sweep,
    verdict,
)
from storage.visits import commit_visits
from tests.makers import NOON, flagged, post, start, visit


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (SourceRun(name="x", pages=3, alive=3, posts=0), ("good", "")),
        (SourceRun(name="x", pages=3, alive=3, posts=9, canary="good"), ("good", "")),
        (SourceRun(name="x", pages=1, alive=1, canary="empty"), ("changed", "canary_empty")),
        (
            SourceRun(name="x", pages=2, alive=1, blocked=1, reasons=("captcha",)),
            ("blocked", "captcha"),
        ),
        (
            SourceRun(name="x", pages=1, blocked=1, canary="blocked", canary_reason="login"),
            ("blocked", "login"),
        ),
        (
            SourceRun(name="x", pages=4, alive=3, errors=1, reasons=("layout_changed",)),
            ("changed", "layout_changed"),
        ),
        (
            SourceRun(name="x", pages=4, alive=3, errors=1, reasons=("timeout",)),
            ("good", ""),
        ),
        (SourceRun(name="x", pages=2, errors=2, reasons=("dns",)), ("failing", "dns")),
        (
            SourceRun(name="x", pages=2, blocked=2, reasons=("session_expired", "login")),
            ("expired", "session_expired"),
        ),
        (
            SourceRun(name="institution", pages=9, alive=8, blocked=1, reasons=("captcha",)),
            ("good", ""),
        ),
        (SourceRun(name="x"), ("unknown", "not_read")),
    ],
)
def test_what_a_run_says_of_its_source(run, said):
    assert verdict(run) == said


def swept(engine, states):
    """A finished sweep whose pages ended so: [(state, reason, sightings)]."""
    frontier = start(engine, [f"http://luntan.example/{n}" for n in range(len(states))])
    leases = frontier.lease(len(states))
    done = [
        visit(lease, *sightings, state=state, reason=reason)
        for lease, (state, reason, sightings) in zip(leases, states, strict=True)
    ]
    commit_visits(engine, done, NOON)
    return leases[0].sweep_id


def test_a_run_is_counted_from_its_pages(engine):
    sweep_id = swept(
        engine,
        [
            (PageState.ALIVE, "", [flagged(post("http://luntan.example/p"))]),
            (PageState.REMOVED, "notice", []),
            (PageState.BLOCKED, "captcha", []),
            (PageState.ERROR, "layout_changed", []),
            (PageState.ERROR, "layout_changed", []),
        ],
    )
    [run] = runs_of(engine, sweep_id)
    assert (run.name, run.pages, run.alive, run.posts, run.flagged) == ("web", 5, 2, 1, 1)
    assert (run.blocked, run.errors) == (1, 2)
    assert run.reasons == ("layout_changed", "captcha")


@pytest.mark.parametrize(
    ("state", "reason", "posts", "canary"),
    [
        (PageState.ALIVE, "", 1, "good"),
        (PageState.ALIVE, "", 0, "empty"),
        (PageState.BLOCKED, "captcha", 0, "blocked"),
    ],
)
def test_a_canary_tells_an_empty_day_from_an_unreadable_page(engine, state, reason, posts, canary):
    frontier = start(
        engine,
        ["http://luntan.example/s?q=x"],
        kind=TargetKind.KEYWORD,
        value="职业资格证书",
        reason=CANARY,
    )
    [lease] = frontier.lease(1)
    seen = [flagged(post("http://luntan.example/p"))] * posts
    commit_visits(engine, [visit(lease, *seen, state=state, reason=reason)], NOON)
    [run] = runs_of(engine, lease.sweep_id)
    assert run.canary == canary


def test_the_last_good_run_is_remembered_through_bad_ones(engine):
    later = NOON + timedelta(days=1)
    remember(engine, [SourceRun(name="weibo", pages=2, alive=2, posts=7, canary="good")], NOON)
    blocked = SourceRun(name="weibo", pages=1, blocked=1, reasons=("captcha",))
    remember(engine, [blocked], later)
    known = health(engine)["weibo"]
    assert (known.state, known.reason) == ("blocked", "captcha")
    assert (known.last_good, known.last_run, known.since) == (NOON, later, later)
    assert (known.canary_at, known.canary) == (NOON, "good")


def test_a_state_that_lasts_keeps_the_day_it_began(engine):
    for day in range(3):
        run = SourceRun(name="weibo", pages=1, blocked=1, reasons=("captcha",))
        remember(engine, [run], NOON + timedelta(days=day))
    assert health(engine)["weibo"].since == NOON


def test_a_source_that_was_not_asked_keeps_what_was_known(engine):
    remember(engine, [SourceRun(name="weibo", pages=1, alive=1)], NOON)
    remember(engine, [SourceRun(name="weibo")], NOON + timedelta(days=1))
    assert health(engine)["weibo"].last_run == NOON


def test_an_expired_login_stays_so_until_somebody_logs_in_again(engine):
    set_expired(engine, "weibo", expired=True, now=NOON)
    assert health(engine)["weibo"].state == "expired"
    set_expired(engine, "weibo", expired=False, now=NOON)
    assert health(engine)["weibo"].state == "unknown"


def test_a_sweep_knows_all_its_targets(engine):
    frontier = start(engine, ["http://luntan.example/1"])
    [lease] = frontier.lease(1)
    assert targets_of_sweep(engine, lease.sweep_id) == [lease.target_id]
    assert Link(url="a", canonical="b").source == ""


@pytest.mark.parametrize("sample", [True, False])
def test_the_sample_says_nothing_of_how_real_platforms_can_be_read(engine, sample):
    runs = [SourceRun(name="weibo", pages=2, alive=2, posts=7)]
    record(engine, runs, Paging({}), sample=sample)
    assert ("weibo" in health(engine)) is not sample


def test_the_order_of_the_sample_is_known_as_such():
    assert SweepOrder(targets=(), name=SAMPLE).sample
    assert not SweepOrder(targets=(), name="targets").sample


@pytest.mark.parametrize(("contact", "asked"), [("", True), ("https://jubao.example/", False)])
def test_a_sweep_says_that_sites_are_not_told_whom_to_ask(monkeypatch, capsys, contact, asked):
    monkeypatch.setattr(sweep, "SETTINGS", replace(sweep.SETTINGS, contact=contact))
    sweep.ask_for_contact()
    assert ("CERTSWEEP_CONTACT" in capsys.readouterr().err) is asked


LOST = SourceRun(name="institution", pages=2, errors=2, reasons=("dns",))


def test_a_site_that_does_not_exist_makes_no_whole_source_unreachable(engine):
    assert verdict(LOST) == ("unknown", "dns")
    remember(engine, [SourceRun(name="institution", pages=3, alive=3)], NOON)
    remember(engine, [LOST], NOON + timedelta(days=1))
    assert health(engine)["institution"].state == "good"


def test_a_site_that_does_not_exist_is_told_as_such():
    told = what_to_do("institution", *verdict(LOST))
    assert "域名不存在" in told.zh
    assert "核对目标文件里的网址" in told.zh


@pytest.mark.parametrize(
    "run",
    [
        replace(LOST, name="weibo"),
        replace(LOST, reasons=("dns", "timeout")),
        replace(LOST, reasons=("timeout",)),
    ],
)
def test_a_platform_without_a_name_and_a_site_that_does_not_answer_are_unreachable(run):
    assert verdict(run)[0] == "failing"


def test_a_slip_in_one_address_leaves_the_other_sites_good():
    assert verdict(replace(LOST, alive=4, pages=6)) == ("good", "")
