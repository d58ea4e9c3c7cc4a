"""What is done for sources around a sweep: a daily look, rest for ended logins, the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from crawler.paging import Paging
from crawler.source_spider import SourceSpider
from storage.coverage import Interval, cover, coverage
from storage.records import CANARY, Target, TargetKind
from storage.sources import (
    EXPIRED,
    EXPIRY,
    SourceHealth,
    SourceRun,
    remember,
)

DAILY = timedelta(hours=20)  # a nightly sweep does not begin at the same second every night
TIMED = {TargetKind.KEYWORD, TargetKind.ACCOUNT}


def canaries(
    targets: Iterable[Target],
    sources: Mapping[str, type[SourceSpider]],
    known: Mapping[str, SourceHealth],
    since: datetime,
) -> list[Target]:
    """One search for each source of a sweep that was not tried since then.

    Its words always have results: that tells a day without news from a page no longer readable.
    """
    wanted = {target.source: target for target in targets}
    asked = {(target.source, target.value) for target in targets}
    found = []
    for name in sorted(wanted):
        looked = known[name].canary_at if name in known else None
        canary = canary_of(name, sources[name])
        due = looked is None or looked <= since
        if due and sources[name].seeds(canary) and (name, canary.value) not in asked:
            found.append(canary)
    return found


def canary_of(name: str, source: type[SourceSpider]) -> Target:
    return Target(
        kind=TargetKind.KEYWORD,
        value=source.canary,
        source=name,
        reason=CANARY,
        added_by="certsweep",
        depth=0,
        budget=1,
    )


def at_rest(known: Mapping[str, SourceHealth]) -> dict[str, str]:
    """Sources that rest until somebody logs in again."""
    return {name: EXPIRY for name, one in known.items() if one.state == EXPIRED}


def read_before(engine: Engine, targets: Mapping[int, Target]) -> dict[int, tuple[Interval, ...]]:
    return {
        target_id: coverage(engine, target_id)
        for target_id, target in targets.items()
        if target.kind in TIMED and target.reason != CANARY
    }


def record(
    engine: Engine, runs: Iterable[SourceRun], paging: Paging, *, sample: bool = False
) -> None:
    """Keep what a finished sweep told of its sources and of the times it read through.

    The sample's platforms are invented: they say nothing of how the real ones can be read.
    """
    if not sample:
        remember(engine, runs, datetime.now(UTC))
    for target_id, interval in paging.read_through().items():
        cover(engine, target_id, interval)
