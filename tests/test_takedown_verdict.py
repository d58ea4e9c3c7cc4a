"""From looks to what may be said: laws that hold for every sequence, and the cases one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.takedown_verdict import (
    APART,
    HELD,
    REMOVED,
    SPAN,
    WATCH,
    Glance,
    Outcome,
    Seen,
    Stage,
    Way,
    outcome,
)

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = {
    "g": Seen.GONE,
    "c": Seen.CHANGED,
    "o": Seen.OFFENDING,
    "u": Seen.UNCLEAR,
    "n": Seen.NOTHING,
}
WAYS = {"p": Way.PLAIN, "b": Way.BROWSER, "w": Way.PERSON}


def look(hours: float, way: Way = Way.PLAIN, seen: Seen = Seen.GONE) -> Glance:
    return Glance(at=START + hours * HOUR, way=way, seen=seen)


def told(*words: str) -> Outcome:
    """`told("0pg", "72bg")`: hour, way, what was seen."""
    return outcome(look(float(word[:-2]), WAYS[word[-2]], KINDS[word[-1]]) for word in words)


GONE_FOR_GOOD = ("0pg", "0bg", "24pg", "24bg", "48pg", "48bg", "72pg")

glances = st.builds(
    look,
    hours=st.integers(0, 24 * 60).map(lambda half: half / 2),
    way=st.sampled_from(Way),
    seen=st.sampled_from(Seen),
)
histories = st.lists(glances, max_size=40)
silent = st.builds(
    look,
    hours=st.integers(0, 24 * 60).map(lambda half: half / 2),
    way=st.sampled_from(Way),
    seen=st.just(Seen.NOTHING),
)
gone = st.builds(
    look,
    hours=st.integers(0, 24 * 60).map(lambda half: half / 2),
    way=st.sampled_from(Way),
    seen=st.sampled_from(sorted(REMOVED)),
)


# ---- laws ---------------------------------------------------------------------------------------


@given(st.lists(silent, max_size=40))
def test_looks_that_were_blocked_or_failed_alone_never_say_anything(looks):
    assert outcome(looks) == Outcome()


@given(histories, st.lists(silent, max_size=20))
def test_blocked_looks_in_between_change_nothing(looks, between):
    assert outcome([*looks, *between]) == outcome(looks)


@given(histories, st.randoms(use_true_random=False))
def test_the_order_in_which_looks_are_given_does_not_matter(looks, chance):
    mixed = list(looks)
    chance.shuffle(mixed)
    one, other = outcome(looks), outcome(mixed)
    assert one.stage is other.stage
    assert one.verified_at == other.verified_at


@given(histories)
def test_whatever_is_verified_was_seen_gone_three_times_over_72_hours_in_two_ways(looks):
    found = outcome(looks)
    if not found.held:
        return
    assert found.removed_at is not None
    assert found.verified_at is not None
    run = [
        one
        for one in looks
        if found.removed_at <= one.at <= found.verified_at and one.seen in REMOVED
    ]
    assert found.verified_at - found.removed_at >= SPAN
    assert len({one.way for one in run}) >= 2
    assert len({one.at for one in run}) >= 3


@given(histories)
def test_between_the_first_removed_look_and_verification_nothing_contradicts(looks):
    found = outcome(looks)
    if found.verified_at is None or found.removed_at is None:
        return
    against = {Seen.OFFENDING, Seen.UNCLEAR}
    assert not [
        one
        for one in looks
        if one.seen in against and found.removed_at <= one.at <= found.verified_at
    ]


@given(histories)
def test_final_stands_14_days_after_verification_at_least(looks):
    found = outcome(looks)
    if found.final_at is None:
        return
    assert found.verified_at is not None
    assert found.final_at - found.verified_at >= WATCH


@given(histories)
def test_the_moments_follow_each_other(looks):
    found = outcome(looks)
    moments = [found.removed_at, found.verified_at, found.final_at, found.reappeared_at]
    known = [one for one in moments if one is not None]
    assert known == sorted(known)


@given(histories)
def test_the_last_offending_look_is_never_followed_by_a_verdict_of_removal_without_new_looks(looks):
    """An offending look at the end always leaves the item standing or reappeared."""
    last = max((one.at for one in looks), default=START)
    end = Glance(at=last + HOUR, way=Way.PLAIN, seen=Seen.OFFENDING)
    assert outcome([*looks, end]).stage in {Stage.STANDING, Stage.REAPPEARED}


@given(histories, histories)
def test_what_has_reappeared_stays_reappeared_whatever_is_seen_later(looks, more):
    before = outcome(looks)
    if before.stage is not Stage.REAPPEARED:
        return
    last = max(one.at for one in looks)
    later = [Glance(at=last + (one.at - START) + HOUR, way=one.way, seen=one.seen) for one in more]
    assert outcome([*looks, *later]) == before


@given(st.lists(gone, min_size=1, max_size=30))
def test_only_one_way_of_asking_never_verifies(looks):
    one_way = [Glance(at=one.at, way=Way.BROWSER, seen=one.seen) for one in looks]
    assert outcome(one_way).stage is Stage.REMOVED


@given(histories)
def test_a_shift_of_all_looks_in_time_shifts_the_verdict_and_nothing_else(looks):
    day = timedelta(days=1)
    moved = outcome(Glance(at=one.at + day, way=one.way, seen=one.seen) for one in looks)
    found = outcome(looks)
    assert moved.stage is found.stage
    assert moved.counted == found.counted
    if found.verified_at is not None:
        assert moved.verified_at == found.verified_at + day


# ---- one by one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ((), Stage.STANDING),
        (("0po", "24bo"), Stage.STANDING),
        (("0pg",), Stage.REMOVED),
        (("0pg", "0bg", "71pg", "71bg"), Stage.REMOVED),  # an hour short, and two times only
        (("0pg", "0bg", "72pg"), Stage.REMOVED),  # two times only: plain and browser together
        (("0pg", "36bg", "72pg"), Stage.VERIFIED),
        (("0pg", "36pg", "72pg"), Stage.REMOVED),  # one way of asking
        (("0pg", "36pc", "72bg"), Stage.VERIFIED),  # changed and gone count alike
        (("0pg", "36bn", "48bn", "72bn"), Stage.REMOVED),  # a wall for the browser
        (("0pg", "36wg", "72pg"), Stage.VERIFIED),  # a person's look is another way
        (("0pg", "5pg", "11bg", "72bg"), Stage.VERIFIED),
        (("0pg", "1bg", "2pg", "3bg", "72pg"), Stage.REMOVED),  # four in a row are one
        (GONE_FOR_GOOD, Stage.VERIFIED),
        ((*GONE_FOR_GOOD, "96pg"), Stage.WATCHING),
        ((*GONE_FOR_GOOD, "96pn"), Stage.VERIFIED),
        ((*GONE_FOR_GOOD, "96pu"), Stage.WATCHING),
        ((*GONE_FOR_GOOD, "96pg", f"{72 + 335}pg"), Stage.WATCHING),
        ((*GONE_FOR_GOOD, "96pg", f"{72 + 336}pg"), Stage.FINAL),
        ((*GONE_FOR_GOOD, f"{72 + 336}bn"), Stage.VERIFIED),  # nothing was seen: no end
        ((*GONE_FOR_GOOD, "96bo"), Stage.REAPPEARED),
        ((*GONE_FOR_GOOD, f"{72 + 400}pg", "900po"), Stage.REAPPEARED),  # after the end, too
        (("0pg", "36bo", "48pg", "60bg", "80pg"), Stage.REMOVED),  # broken: the run began at 48
        (("0pg", "36bo", "48pg", "60bg", "120pg"), Stage.VERIFIED),
        (("0pg", "36bu", "48pg", "60bg", "80pg"), Stage.REMOVED),
        (("0pg", "0bo"), Stage.STANDING),  # cloaked: gone for one, there for the other
        (("0pg", "0bo", "36pg", "36bo", "72pg", "72bo"), Stage.STANDING),
        # The third round would have verified, and one of its two ways still sees the page.
        (("0pg", "0bg", "36pg", "36bg", "72pg", "72bo"), Stage.STANDING),
        (("0pg", "0bg", "36pg", "36bg", "72pg", "72bu"), Stage.STANDING),
    ],
)
def test_each_story_ends_where_it_must(words, stage):
    assert told(*words).stage is stage


def test_an_unclear_look_while_watching_starts_the_fourteen_days_anew():
    days = 24
    before = (*GONE_FOR_GOOD, "96pu", "100pg")
    assert told(*before, f"{99 + 14 * days}pg").stage is Stage.WATCHING
    assert told(*before, f"{100 + 14 * days}pg").stage is Stage.FINAL


def test_an_unclear_look_is_named_until_a_clear_one_follows():
    assert told(*GONE_FOR_GOOD, "96pu").unclear_at == START + 96 * HOUR
    assert told(*GONE_FOR_GOOD, "96pu", "97pg").unclear_at is None
    assert told("0pu").unclear_at == START


def test_a_look_needs_its_time_zone():
    with pytest.raises(ValueError, match="naive"):
        Glance(at=datetime(2026, 11, 23), way=Way.PLAIN, seen=Seen.GONE)  # noqa: DTZ001


def test_held_stages_are_those_after_verification():
    assert {Stage.VERIFIED, Stage.WATCHING, Stage.FINAL} == HELD
    assert timedelta(0) < APART < SPAN
