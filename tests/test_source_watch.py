"""When a source rests: after a wall, and not for what says nothing of it."""

from __future__ import annotations

import pytest

from crawler.reading import Reading
from crawler.source_watch import SourceWatch
from storage.records import PageState

ALIVE = Reading(state=PageState.ALIVE)


def blocked(reason: str, *, wants_browser: bool = False) -> Reading:
    return Reading(state=PageState.BLOCKED, reason=reason, wants_browser=wants_browser)


@pytest.mark.parametrize("reason", ["captcha", "login", "rate_limit", "risk", "http_403"])
def test_one_wall_is_enough(reason):
    watch = SourceWatch()
    assert watch.look("weibo", blocked(reason)) == blocked(reason)
    assert watch.rests("weibo") == "source_paused"
    assert watch.stopped == {"weibo": reason}
    assert watch.rests("douyin") is None


@pytest.mark.parametrize("reason", ["robots", "robots_unreachable"])
def test_robots_close_pages_and_no_source(reason):
    watch = SourceWatch()
    for _ in range(5):
        watch.look("weibo", blocked(reason))
    assert watch.rests("weibo") is None


def test_empty_shells_stop_a_source_only_three_in_a_row():
    watch = SourceWatch()
    for reading in (blocked("shell"), blocked("shell"), ALIVE, blocked("shell"), blocked("shell")):
        watch.look("weibo", reading)
    assert watch.rests("weibo") is None
    watch.look("weibo", blocked("shell"))
    assert watch.rests("weibo") == "source_paused"


def test_a_shell_that_is_asked_again_through_the_browser_counts_for_nothing():
    watch = SourceWatch()
    for _ in range(5):
        watch.look("weibo", blocked("shell", wants_browser=True))
    assert watch.rests("weibo") is None


def test_a_wall_on_one_of_many_sites_stops_none():
    watch = SourceWatch(never=frozenset({"institution"}))
    watch.look("institution", blocked("captcha"))
    assert watch.rests("institution") is None


def test_the_end_of_a_login_is_told_from_a_wall_for_strangers():
    watch = SourceWatch(logins=frozenset({"weibo"}))
    assert watch.look("weibo", blocked("login")).reason == "session_expired"
    assert watch.look("zhihu", blocked("login")).reason == "login"
    assert watch.look("weibo", blocked("captcha")).reason == "captcha"


def test_a_source_that_rested_before_rests_with_its_reason():
    watch = SourceWatch({"weibo": "session_expired"})
    assert watch.rests("weibo") == "session_expired"
