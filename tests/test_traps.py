"""Sites that never end are left in good time; long ones that do end are read."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.traps import QUERY_VARIANTS, TOO_LONG, TrapMeter, months_in, repeats

HOST = "http://school.example"


def meter(budget: int = 500) -> TrapMeter:
    return TrapMeter(budget=budget, max_depth=4, year=2026)


def outcomes(urls: list[str], budget: int = 500) -> Counter[str | None]:
    one = meter(budget)
    return Counter(one.admit(url, 1) for url in urls)


def test_an_ordinary_page_is_admitted():
    one = meter()
    assert one.admit(f"{HOST}/kecheng/1.html", 1) is None
    assert one.admitted == 1


def test_what_is_too_long_or_too_deep_is_refused_and_not_counted():
    one = meter()
    assert one.admit(f"{HOST}/" + "a" * TOO_LONG, 1) == "too_long"
    assert one.admit(f"{HOST}/a", 5) == "too_deep"
    assert one.admit(f"{HOST}/a", 4) is None
    assert one.admitted == 1


@pytest.mark.parametrize(
    "path", ["/a/b/a/b/a/b", "/a/a/a", "/x/a/b/c/a/b/c/a/b/c/y", "/a/1/a/2/a/3/a/4/a/5"]
)
def test_paths_that_go_in_circles_are_refused(path):
    assert repeats(path)
    assert meter().admit(HOST + path, 1) == "repeated_segments"


@pytest.mark.parametrize("path", ["/", "/a/b/a/b", "/2026/03/03/1.html", "/a/a/b", "/a//b"])
def test_ordinary_paths_do_not(path):
    assert not repeats(path)


def test_the_budget_is_the_last_word():
    urls = [f"{HOST}/{chr(97 + number % 26)}/{chr(97 + number // 26)}" for number in range(30)]
    assert outcomes(urls, budget=10) == {None: 10, "budget": 20}


def test_a_path_with_ever_new_queries_is_left_after_forty():
    urls = [f"{HOST}/list?a={number}&sort=x{number}" for number in range(100)]
    assert outcomes(urls) == {None: QUERY_VARIANTS, "query_variants": 60}


def test_a_query_seen_before_is_no_new_variant():
    one = meter()
    for number in range(QUERY_VARIANTS):
        assert one.admit(f"{HOST}/list?q=x{number}", 1) is None
    assert one.admit(f"{HOST}/list?q=x0", 1) is None
    assert one.admit(f"{HOST}/list?q=new", 1) == "query_variants"


def test_articles_told_apart_by_one_number_are_no_variants():
    urls = [f"{HOST}/show.asp?id={number}" for number in range(1, 301)]
    assert outcomes(urls) == {None: 300}


def test_one_numeric_shape_cannot_use_up_the_whole_budget():
    urls = [f"{HOST}/tag/{number}.html" for number in range(600)]
    assert outcomes(urls) == {None: 400, "path_variants": 200}
    urls = [f"{HOST}/s/{number * 7919 + 2**40:x}" for number in range(600)]
    assert outcomes(urls)[None] == 400


def test_a_calendar_is_left_after_two_years_of_months():
    months = [f"{2020 + number // 12}-{number % 12 + 1:02d}" for number in range(60)]
    assert outcomes([f"{HOST}/rili?month={month}" for month in months]) == {
        None: 24,
        "calendar": 36,
    }


def test_dates_far_ahead_are_a_calendar_at_once():
    assert meter().admit(f"{HOST}/rili/2029/01/", 1) == "calendar"
    assert meter().admit(f"{HOST}/rili?y=2031&m=5", 1) == "calendar"
    assert meter().admit(f"{HOST}/rili?m=203105", 1) == "calendar"
    assert meter().admit(f"{HOST}/rili/2028/12/", 1) is None


def test_an_archive_of_many_years_is_no_calendar():
    urls = [f"{HOST}/{2005 + number // 12}/{number % 12 + 1:02d}/a.html" for number in range(240)]
    assert outcomes(urls) == {None: 240}


def test_the_number_of_an_article_is_no_date():
    assert months_in("/news/209912.html", "id=209912") == set()
    assert months_in("/news/2026-03/1.html", "y=2025&m=4&day=20260501") == {
        "2026-03",
        "2025-04",
        "2026-05",
    }


LINKS = st.lists(
    st.tuples(
        st.builds(
            "http://school.example/{}{}".format,
            st.sampled_from(["a", "a/b/a/b/a/b", "rili/2031/1", "x/1", "x/2"]),
            st.sampled_from(["", "?q=1", "?a=2&b=3", "?m=202603"]),
        ),
        st.integers(0, 6),
    ),
    max_size=40,
)


@given(LINKS)
def test_the_same_links_in_the_same_order_are_judged_alike(links):
    first, second = meter(20), meter(20)
    assert [first.admit(*link) for link in links] == [second.admit(*link) for link in links]


@given(LINKS, LINKS)
def test_a_meter_rebuilt_from_what_was_admitted_goes_on_as_before(before, after):
    running, rebuilt = meter(30), meter(30)
    admitted = [link for link in before if running.admit(*link) is None]
    assert all(rebuilt.admit(*link) is None for link in admitted)
    assert [running.admit(*link) for link in after] == [rebuilt.admit(*link) for link in after]
