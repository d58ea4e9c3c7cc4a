"""Working days: holidays, worked weekends, and years nobody has announced yet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.workdays import deadline, load_calendar

days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("start", "given_days", "ends"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over the Spring Festival
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over National Day, to a worked Saturday
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday that is worked
    ],
)
def test_a_deadline_is_counted_as_offices_work(start, given_days, ends):
    found = deadline(start, given_days)
    assert (found.day, found.unknown) == (ends, ())


@given(days, st.integers(1, 60))
def test_a_deadline_is_later_for_more_days_and_always_a_working_day(start, count):
    one, more = deadline(start, count), deadline(start, count + 1)
    assert start < one.day < more.day
    assert load_calendar().works(one.day)


@given(days, st.integers(1, 60))
def test_years_without_known_holidays_are_named(start, count):
    found = deadline(start, count)
    passed = set(range((start + timedelta(days=0)).year, found.day.year + 1))
    assert set(found.unknown) == passed - {2026}


@pytest.mark.parametrize("count", [0, -1, 366])
def test_no_deadline_of_no_days_or_of_years(count):
    with pytest.raises(ValueError, match="possible"):
        deadline(date(2026, 11, 23), count)


def test_a_year_that_was_not_compared_with_the_notice_counts_as_unknown(tmp_path: Path):
    file = tmp_path / "holidays.yaml"
    file.write_text(
        "version: 1\nas_of: 2026-11-25\nyears:\n"
        "  2027: {verified: false, days_off: [[2027-01-01, 2027-01-03]], worked: []}\n"
    )
    found = deadline(date(2027, 1, 1), 1, load_calendar(file))
    assert (found.day, found.unknown) == (date(2027, 1, 4), (2027,))


def test_the_calendar_says_its_version_and_its_day():
    calendar = load_calendar()
    assert calendar.version >= 1
    assert calendar.as_of >= date(2026, 1, 1)
    assert len(calendar.years[2026].off) == 33
    assert len(calendar.years[2026].worked) == 6
