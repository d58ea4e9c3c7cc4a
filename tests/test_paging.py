"""How far a list is read: never past a post that was not read through before."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.paging import Paging
from crawler.reading import Reading
from storage.records import PageState
from tests.makers import NOON, post

LIST = "https://luntan.example/search?q=a"
NEXT = "https://luntan.example/search?q=a&page=2"
THREAD = "https://luntan.example/t/1"
HOURS = st.lists(st.integers(0, 48), min_size=1, max_size=8)


def at(hour: int):
    return NOON - timedelta(hours=hour)


def listed(hours, *, undated: bool = False) -> Reading:
    posts = [post(f"http://luntan.example/{n}", published_at=at(h)) for n, h in enumerate(hours)]
    if undated:
        posts.append(post("http://luntan.example/undated"))
    return Reading(state=PageState.ALIVE, posts=tuple(posts), links=(THREAD, NEXT))


def test_a_list_read_through_before_is_left_and_its_posts_are_still_followed():
    paging = Paging({1: [(at(10), at(0))]})
    assert paging.onward(1, LIST, listed([1, 2, 3])) == (THREAD,)
    assert paging.left_early == {1}


@given(HOURS, st.integers(0, 48), st.integers(0, 48))
def test_no_list_is_left_while_one_of_its_posts_is_new(hours, one, other):
    first, last = max(one, other), min(one, other)
    paging = Paging({1: [(at(first), at(last))]})
    onward = paging.onward(1, LIST, listed(sorted(hours)))
    if any(not last <= hour <= first for hour in hours):
        assert NEXT in onward


@given(HOURS)
def test_a_list_out_of_order_is_read_to_its_end(hours):
    paging = Paging({1: [(at(1000), at(-1000))]})
    onward = paging.onward(1, LIST, listed(hours))
    if hours != sorted(hours):
        assert NEXT in onward
        assert paging.read_through() == {}


def test_a_post_without_a_date_keeps_the_list_open():
    paging = Paging({1: [(at(10), at(0))]})
    assert NEXT in paging.onward(1, LIST, listed([1, 2, 3], undated=True))


def test_what_was_read_through_is_the_whole_way_and_each_targets_own():
    paging = Paging()
    paging.onward(1, LIST, listed([1, 2, 3]))
    paging.onward(1, NEXT, listed([4, 5, 6]))
    paging.onward(2, LIST, listed([7, 8, 9]))
    assert paging.read_through() == {1: (at(6), at(1)), 2: (at(9), at(7))}
