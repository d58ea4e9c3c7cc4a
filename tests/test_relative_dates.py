"""Times of publication, in every way that platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import CHINA
from crawler.relative_dates import first_moment, moment_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in China


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        (1_762_338_600, "2025-11-05 18:30:00"),
        ("1762338600", "2025-11-05 18:30:00"),
        (1_762_338_600_000, "2025-11-05 18:30:00"),
        (1_762_338_600.0, "2025-11-05 18:30:00"),
        ("Sat Jun 15 11:44:46 +0800 2019", "2019-06-15 11:44:46"),
        ("2025-11-05 18:30", "2025-11-05 18:30:00"),
        ("2025-11-05T10:30:00Z", "2025-11-05 18:30:00"),
        ("刚刚", "2026-11-23 12:00:00"),
        ("3分钟前", "2026-11-23 11:57:00"),
        ("3 小时前", "2026-11-23 09:00:00"),
        ("2天前", "2026-11-21 12:00:00"),
        ("昨天 12:30", "2026-11-22 12:30:00"),
        ("昨天", "2026-11-22 00:00:00"),
        ("今天08:30", "2026-11-23 08:30:00"),
        ("前天 07:05", "2026-11-21 07:05:00"),
        ("大前天 07:05", "2026-11-20 07:05:00"),
        ("06月21日 12:32", "2026-06-21 12:32:00"),
        ("06-14", "2026-06-14 00:00:00"),
        ("12-01", "2025-12-01 00:00:00"),
        ("编辑于 昨天 12:30 河南", "2026-11-22 12:30:00"),
        ("发布于 2025-11-05 18:30 上海", "2025-11-05 18:30:00"),
        ("05-10 上海", "2026-05-10 00:00:00"),
        ("08:15", "2026-11-23 08:15:00"),
        ("2年前", "2024-11-23 12:00:00"),
    ],
)
def test_a_time_is_read_in_every_spelling(told, moment):
    read, raw = moment_of(told, NOW)
    assert read is not None
    assert f"{read.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" == moment
    assert read.tzinfo is UTC
    assert raw


@pytest.mark.parametrize(
    "told", [None, "", 0, True, "0", [], {}, "很久以前", "2026-02-30", 9_999_999_999, "13-40"]
)
def test_what_names_no_moment_that_can_be_true_gives_none(told):
    assert moment_of(told, NOW)[0] is None


def test_words_without_a_moment_are_kept_as_they_stand():
    assert moment_of("很久  以前", NOW) == (None, "很久 以前")


def test_the_first_telling_that_names_a_moment_is_taken():
    assert first_moment([None, 0, "从前", 1_762_338_600], NOW)[1] == "1762338600"
    assert first_moment([None, 0, "从前"], NOW) == (None, "从前")
    assert first_moment([], NOW) == (None, "")


@given(st.integers(1_000_000_000, 1_790_000_000))
def test_an_epoch_is_the_same_moment_in_seconds_and_milliseconds(seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert moment_of(seconds, NOW)[0] == moment
    assert moment_of(f"{seconds * 1000}", NOW)[0] == moment


@given(st.integers(1, 59), st.sampled_from([("分钟", 60), ("小时", 3600), ("天", 86400)]))
def test_a_distance_is_counted_back_from_the_capture(count, unit):
    word, seconds = unit
    assert moment_of(f"{count}{word}前", NOW)[0] == NOW - timedelta(seconds=count * seconds)


@given(st.datetimes(datetime.fromisoformat("1996-01-01"), datetime.fromisoformat("2026-11-22")))
def test_a_full_date_is_china_s_whatever_the_capture(day):
    told = f"{day:%Y-%m-%d %H:%M}"
    read, raw = moment_of(told, NOW)
    assert raw == told
    assert read == day.replace(second=0, microsecond=0, tzinfo=CHINA)


@given(st.text(max_size=90) | st.integers() | st.floats())
def test_no_telling_raises_and_no_moment_lies_in_the_future(told):
    read, _ = moment_of(told, NOW)
    assert read is None or read <= NOW + timedelta(days=1)
