"""From looks at a URL to what may be said of it: a pure function, no clock and no database.

Three removed-looks, at least six hours apart from each other and over at least 72 hours, by two
ways of asking, make *verified*; 14 days of that without a look to the contrary make *final*. A look
that was blocked or failed says nothing: it neither counts nor contradicts. Looks with one and the
same moment are one round, in which all ways of asking must agree.

A person's look has two moments: when they looked, as they say, and when it was written down. The
order is that of the looking; hours and days must have passed on both clocks, so that nothing typed
in one sitting makes three days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from storage.records import aware

LOOKS = 3  # removed-looks needed
APART = timedelta(hours=6)  # looks closer together count as one
SPAN = timedelta(hours=72)  # from the first removed-look to the one that verifies
WATCH = timedelta(days=14)  # from then to final
WAYS = 2  # different ways of asking that must have seen it gone


class Way(StrEnum):
    PLAIN = "plain"  # HTTP without a browser
    BROWSER = "browser"
    PERSON = "person"  # somebody looked and signed for it


class Seen(StrEnum):
    """What one look says of the offence."""

    GONE = "gone"  # 404, 410, or the platform's own word, and none of the post's signs
    CHANGED = "changed"  # the page is there, its words are others and offend no more
    OFFENDING = "offending"
    UNCLEAR = "unclear"  # something of it is there; only a person can say what
    NOTHING = "nothing"  # blocked, failed, swapped: says nothing about the post


REMOVED = frozenset({Seen.GONE, Seen.CHANGED})


class Stage(StrEnum):
    STANDING = "standing"  # nothing says that it is gone
    REMOVED = "removed"  # seen gone, not yet verified
    VERIFIED = "verified"
    WATCHING = "watching"  # verified, and looked at since
    FINAL = "final"
    REAPPEARED = "reappeared"  # verified once, and offending again


HELD = frozenset({Stage.VERIFIED, Stage.WATCHING, Stage.FINAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """As much of one look as the verdict rests on."""

    at: datetime
    way: Way
    seen: Seen
    recorded: datetime | None = None  # when it was written down; None: at once

    def __post_init__(self) -> None:
        aware(self.at)
        if self.recorded is not None:
            aware(self.recorded)

    @property
    def noted(self) -> datetime:
        return self.recorded or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    stage: Stage = Stage.STANDING
    removed_at: datetime | None = None  # first removed-look of the unbroken run
    verified_at: datetime | None = None
    final_at: datetime | None = None
    reappeared_at: datetime | None = None
    unclear_at: datetime | None = None  # the newest unclear look since the last clear one
    counted: int = 0  # removed-looks of the run that count
    counted_at: datetime | None = None  # the last of these
    noted: tuple[datetime, ...] = ()  # when those that count were written down
    ways: frozenset[Way] = frozenset()  # by which the run saw it gone
    calm_since: datetime | None = None  # where the 14 days begin

    @property
    def held(self) -> bool:
        return self.stage in HELD


NOTHING_SEEN = Outcome()


def outcome(glances: Iterable[Glance]) -> Outcome:
    """What all looks together say, in whatever order they are given."""
    found = NOTHING_SEEN
    ordered = sorted(glances, key=lambda one: (one.at, one.way, one.seen))
    for _, moment in groupby(ordered, key=lambda one: one.at):
        found = after(found, telling(list(moment)))
    return found


def telling(moment: list[Glance]) -> list[Glance]:
    """Of the looks of one moment those that decide: a page that one way of asking still shows is
    not gone, whatever the other was told."""
    for word in (Seen.OFFENDING, Seen.UNCLEAR):
        against = [one for one in moment if one.seen is word]
        if against:
            return against[:1]
    return [one for one in moment if one.seen in REMOVED]


def after(before: Outcome, moment: Iterable[Glance]) -> Outcome:
    """One moment later. What has reappeared stays so: it needs a request of its own."""
    found = before
    for glance in moment:
        if found.stage is Stage.REAPPEARED:
            return found
        found = one_later(found, glance)
    return found


def one_later(before: Outcome, glance: Glance) -> Outcome:
    if glance.seen in REMOVED:
        return gone_again(before, glance)
    if glance.seen is Seen.UNCLEAR:
        return unclear(before, glance)
    if before.held:
        return replace(before, stage=Stage.REAPPEARED, reappeared_at=glance.at)
    return NOTHING_SEEN


def unclear(before: Outcome, glance: Glance) -> Outcome:
    """What cannot be told breaks a run that is not verified, and starts the 14 days anew."""
    if not before.held:
        return replace(NOTHING_SEEN, unclear_at=glance.at)
    if before.stage is Stage.FINAL:
        return replace(before, unclear_at=glance.at)
    return replace(before, stage=Stage.WATCHING, unclear_at=glance.at, calm_since=None)


def gone_again(before: Outcome, glance: Glance) -> Outcome:
    counts = before.counted_at is None or glance.at - before.counted_at >= APART
    counts = counts and all(abs(glance.noted - one) >= APART for one in before.noted)
    run = replace(
        before,
        removed_at=before.removed_at or glance.at,
        counted=before.counted + counts,
        counted_at=glance.at if counts else before.counted_at,
        noted=(*before.noted, glance.noted) if counts and not before.held else before.noted,
        ways=before.ways | {glance.way},
        unclear_at=None,
    )
    if not before.held:
        return verified(run, glance)
    return watched(run, glance.noted)


def verified(run: Outcome, glance: Glance) -> Outcome:
    assert run.removed_at is not None  # set by the look that brought us here
    enough = run.counted >= LOOKS and len(run.ways) >= WAYS
    first, last = min(run.noted), max(*run.noted, glance.noted)
    if enough and glance.at - run.removed_at >= SPAN and last - first >= SPAN:
        return replace(run, stage=Stage.VERIFIED, verified_at=last, calm_since=last)
    return replace(run, stage=Stage.REMOVED)


def watched(run: Outcome, now: datetime) -> Outcome:
    if run.stage is Stage.FINAL:
        return run
    calm = run.calm_since or max(now, run.verified_at or now)
    if now - calm >= WATCH:
        return replace(run, stage=Stage.FINAL, final_at=now, calm_since=calm)
    moved = run.verified_at is not None and now > run.verified_at
    return replace(run, stage=Stage.WATCHING if moved else run.stage, calm_since=calm)
