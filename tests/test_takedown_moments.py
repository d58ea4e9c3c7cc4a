"""Times and days as people type them, on a Chinese clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from door.misuse import WrongUse
from door.moments import day_of, moment_of

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)  # 10:30 in Beijing


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", NOW),
        ("2026-11-25", NOW),  # today: no later than now
        ("2026-11-24", datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)),
        ("2026-11-24 08:00", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
        ("2026-11-24T08:00:00+00:00", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_beijings(typed, meant):
    assert moment_of(typed, "--at", NOW) == meant


def test_a_day_to_come_is_in_the_future():
    assert moment_of("2026-11-26", "--at", NOW) > NOW + timedelta(hours=12)


@pytest.mark.parametrize("typed", ["昨天", "2026-13-01", "25/11/2026", "1"])
def test_what_is_no_time_is_wrong_use(typed):
    with pytest.raises(WrongUse, match="--at"):
        moment_of(typed, "--at", NOW)
    with pytest.raises(WrongUse, match="--end"):
        day_of(typed, "--end")


def test_no_day_is_none():
    assert day_of("", "--end") is None
    assert day_of("2026-11-25", "--end") == date(2026, 11, 25)
