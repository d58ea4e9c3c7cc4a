"""Times that were read through: merged without gaps or overlaps."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.coverage import cover, coverage, covers, merged
from storage.database import write
from storage.targets import ensure_target
from tests.makers import NOON, target

HOURS = st.integers(0, 50)
SPANS = st.lists(st.tuples(HOURS, HOURS).map(sorted), max_size=8)


def at(hour: int):
    return NOON + timedelta(hours=hour)


def spans(pairs):
    return [(at(first), at(last)) for first, last in pairs]


@given(SPANS, HOURS)
def test_merging_keeps_every_moment_and_adds_none(pairs, hour):
    assert covers(merged(spans(pairs)), at(hour)) == covers(spans(pairs), at(hour))


@given(SPANS)
def test_merged_times_are_in_order_and_apart(pairs):
    found = merged(spans(pairs))
    assert all(one[1] < two[0] for one, two in itertools.pairwise(found))
    assert merged(found) == found


def test_what_was_read_through_is_remembered_for_its_target(engine):
    with write(engine) as connection:
        ours = ensure_target(connection, target("月嫂证"))
        other = ensure_target(connection, target("催乳师证"))
    cover(engine, ours, (at(0), at(5)))
    cover(engine, ours, (at(9), at(12)))
    assert cover(engine, ours, (at(4), at(10))) == ((at(0), at(12)),)
    assert coverage(engine, ours) == ((at(0), at(12)),)
    assert coverage(engine, other) == ()


def test_times_that_run_backwards_are_refused(engine):
    with write(engine) as connection:
        ours = ensure_target(connection, target("月嫂证"))
    with pytest.raises(ValueError, match="ends before"):
        cover(engine, ours, (at(5), at(1)))
