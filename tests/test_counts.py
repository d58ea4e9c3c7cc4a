"""Counts as platforms show them: the words kept, the number read where there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.counts import count_of, counts_of


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        (0, ("0", 0)),
        (1234, ("1234", 1234)),
        ("1.5万", ("1.5万", 15_000)),
        ("100万+", ("100万+", 1_000_000)),
        ("2.3亿", ("2.3亿", 230_000_000)),
        ("1,234", ("1,234", 1234)),
        (" 转发 5 ", ("转发 5", 5)),
        ("赞1.2w", ("赞1.2w", 12_000)),
        ("1.5万次播放", ("1.5万次播放", 15_000)),
        ("3播放", ("3播放", 3)),
        ("赞", ("赞", None)),
        ("--", ("--", None)),
        ("-1", ("-1", None)),
        (-1, ("-1", None)),
        ("10+", ("10+", 10)),
    ],
)
def test_a_count_keeps_its_words_and_gives_its_number(shown, count):
    assert count_of(shown) == count


@pytest.mark.parametrize("shown", [None, "", " ", True, [1], {"a": 1}, "null", "x" * 50])
def test_what_shows_no_count_is_none_and_never_zero(shown):
    assert count_of(shown) is None


def test_only_what_is_shown_is_kept():
    assert counts_of({"like": "1.5万", "share": None, "comment": 0}) == {
        "like": ("1.5万", 15_000),
        "comment": ("0", 0),
    }


@given(st.integers(0, 10**12))
def test_a_number_is_read_alike_as_number_as_text_and_behind_a_label(number):
    assert (
        count_of(number)[1] == count_of(str(number))[1] == count_of(f"点赞 {number:,}")[1] == number
    )


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_no_count_raises_and_none_is_negative(shown):
    count = count_of(shown)
    assert count is None or count[1] is None or count[1] >= 0
