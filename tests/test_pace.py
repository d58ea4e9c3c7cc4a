from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pace import Manners, Pace, crawl_delay, pause, retry_after
from crawler.pace_middleware import pace_of
from tests.loopback import Answer, Site
from tests.small_crawl import crawl

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MANNERS = Manners()


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def pass_seconds(self, seconds: float):
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("000000000000000000030", 30),
        ("9" * 5000, float("inf")),
        ("Mon, 02 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 02 Nov 2026 12:01:30 -0000", 90),
        ("Monday, 02-Nov-26 12:01:30 GMT", 90),
        ("Sun, 01 Nov 2026 12:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("１２０", None),
        ("Mon, 99 Nov 2026 12:01:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOON) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_a_wait_or_nothing(value):
    seconds = retry_after(value, NOON)
    assert seconds is None or seconds >= 0


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_date_that_was_written_is_read_back(moment):
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    expected = max(0.0, (moment - NOON).total_seconds())
    assert retry_after(format_datetime(moment, usegmt=True), NOON) == expected


def test_the_pause_doubles_up_to_an_hour():
    assert [pause(n, None, MANNERS) for n in range(1, 10)] == [
        30,
        60,
        120,
        240,
        480,
        960,
        1920,
        3600,
        3600,
    ]


wishes = st.none() | st.floats(min_value=0, allow_nan=False)


@given(st.integers(1, 10**9), wishes)
def test_a_pause_is_never_shorter_than_the_delay_nor_longer_than_the_longest(strikes, asked):
    assert MANNERS.delay <= pause(strikes, asked, MANNERS) <= MANNERS.longest_pause


@given(st.integers(1, 10**6), wishes)
def test_one_more_refusal_never_shortens_the_pause(strikes, asked):
    assert pause(strikes, asked, MANNERS) <= pause(strikes + 1, asked, MANNERS)


@given(st.floats(min_value=0, allow_nan=False), st.floats(min_value=0, max_value=60))
def test_a_crawl_delay_is_kept_between_our_own_and_thirty_seconds(asked, own):
    given_delay = crawl_delay(asked, Manners(delay=own))
    assert given_delay >= own
    assert given_delay <= max(own, 30)
    assert given_delay >= min(asked, 30)


def test_a_host_that_asked_for_time_is_left_alone_until_then():
    clock = Clock()
    pace = Pace(clock=clock)
    assert pace.paused_until("a.example") is None
    assert pace.throttled("a.example", "90") == NOON + timedelta(seconds=90)
    assert pace.paused_until("a.example") == NOON + timedelta(seconds=90)
    assert pace.paused_until("b.example") is None, "its neighbours are not silenced"
    clock.pass_seconds(89)
    assert pace.paused_until("a.example") is not None
    clock.pass_seconds(1)
    assert pace.paused_until("a.example") is None


def test_refusals_in_a_row_make_longer_pauses_and_an_answer_ends_the_row():
    clock = Clock()
    pace = Pace(clock=clock)
    waits = []
    for _ in range(3):
        waits.append((pace.throttled("a.example") - clock.now).total_seconds())
        clock.pass_seconds(waits[-1])
    assert waits == [30, 60, 120]
    pace.answered("a.example")
    assert pace.throttled("a.example") == clock.now + timedelta(seconds=30)


def test_answers_already_on_their_way_are_no_new_refusal_and_do_not_end_the_pause():
    clock = Clock()
    pace = Pace(clock=clock)
    first = pace.throttled("a.example")
    assert [pace.throttled("a.example") for _ in range(5)] == [first] * 5
    pace.answered("a.example")
    clock.pass_seconds(30)
    assert pace.throttled("a.example") == clock.now + timedelta(seconds=60)


@given(st.lists(st.sampled_from(["", "5", "100", "9999999", "x"]), min_size=1, max_size=8))
def test_a_later_refusal_never_shortens_a_pause_that_runs(headers):
    pace = Pace(clock=Clock())
    moments = [pace.throttled("a.example", header) for header in headers]
    assert moments == sorted(moments)
    assert moments[-1] <= NOON + timedelta(hours=1)


def test_hosts_on_one_address_share_the_longest_delay_any_of_them_asked_for():
    pace = Pace(Manners(delay=1))
    pace.crawl_delay("slow.example", 12)
    pace.crawl_delay("patient.example", 600)
    for host in ("slow.example", "quick.example"):
        pace.enter(host, "8.8.8.8")
    pace.enter("other.example", "8.8.4.4")
    assert pace.delay("8.8.8.8") == 12
    assert pace.delay("8.8.4.4") == 1
    pace.enter("patient.example", "8.8.8.8")
    assert pace.delay("8.8.8.8") == 30


def test_the_pace_of_the_plan_is_used_where_there_is_a_plan():
    planned = Pace()
    spider = SimpleNamespace(plan=SimpleNamespace(pace=planned))
    assert pace_of(SimpleNamespace(spider=spider)) is planned


def settings(site: Site, **more) -> dict:
    return {"GUARD_ROUTES": f"*.example=127.0.0.1:{site.port}"} | more


def test_a_host_that_says_later_is_not_asked_again_and_every_page_is_told_when():
    pages = {"busy.example/1": Answer(b"", 429, {"Retry-After": "120"})}
    urls = [f"http://busy.example/{n}" for n in range(1, 6)]
    with Site(pages) as site:
        outcomes, stats = crawl(urls, settings(site, CONCURRENT_REQUESTS=1))
    assert site.asked == ["busy.example/robots.txt", "busy.example/1"]
    assert [found["error"] for found in outcomes] == ["Throttled"] * 5
    assert len({found["retry_at"] for found in outcomes}) == 1
    wait = datetime.fromisoformat(outcomes[0]["retry_at"]).timestamp() - outcomes[0]["at"]
    assert 110 < wait <= 120
    assert stats["pace/later/429"] == 1


def test_a_503_without_a_time_pauses_for_half_a_minute():
    pages = {"busy.example/": Answer(b"", 503), "calm.example/": Answer()}
    with Site(pages) as site:
        outcomes, _ = crawl(["http://busy.example/", "http://calm.example/"], settings(site))
    by_host = {found["asked"]: found for found in outcomes}
    busy = by_host["http://busy.example/"]
    assert 25 < datetime.fromisoformat(busy["retry_at"]).timestamp() - busy["at"] <= 30
    assert by_host["http://calm.example/"]["status"] == 200


def test_a_crawl_delay_in_robots_txt_is_the_least_time_between_two_pages():
    pages = {"slow.example/robots.txt": Answer(b"User-agent: *\nCrawl-delay: 0.6\n")}
    pages |= {f"slow.example/{n}": Answer() for n in range(4)}
    with Site(pages) as site:
        outcomes, _ = crawl([f"http://slow.example/{n}" for n in range(4)], settings(site))
    moments = sorted(found["at"] for found in outcomes)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) == 3
    assert min(gaps) > 0.45, "an average that dips below what was asked is not obeyed"


def test_routed_hosts_keep_their_own_pace_unless_told_to_share():
    pages = {f"{name}.example/": Answer() for name in "ab"}
    urls = [f"http://{name}.example/" for name in "ab"]
    with Site(pages) as site:
        apart, _ = crawl(urls, settings(site))
        shared, _ = crawl(urls, settings(site, PACE_SHARE_ROUTED=True))
    assert {found["slot"] for found in apart} == {"a.example", "b.example"}
    assert {found["slot"] for found in shared} == {f"127.0.0.1:{site.port}"}


def test_unrouted_hosts_on_one_address_share_its_slot():
    # Nothing listens there: the slot is decided before a connection is tried.
    names = {"a.test": [["127.0.0.9", "127.0.0.8"]], "b.test": [["127.0.0.8"]]}
    opened = {"GUARD_ALLOW": ["127.0.0.8/31"], "ROBOTSTXT_OBEY": False, "GUARD_PORTS": [80, 9]}
    outcomes, _ = crawl(["http://a.test:9/", "http://b.test:9/"], opened, names)
    assert {found["slot"] for found in outcomes} == {"127.0.0.8"}
    assert all("error" in found for found in outcomes)
