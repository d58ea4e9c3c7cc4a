"""What a sweep is put together from: targets as rows, a plan, tools, settings, a browser."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from classifiers.judge import Judge
from crawler.browser_args import browser_args
from crawler.burst import Burst
from crawler.canon import canonical
from crawler.chromium import find_chromium
from crawler.guard import Guard
from crawler.outlinks import Outlinks
from crawler.pace import Manners, Pace
from crawler.paging import Paging
from crawler.proxy_thread import ProxyThread
from crawler.readers import Readers
from crawler.settings import scrapy_settings
from crawler.source_spider import SourceSpider
from crawler.source_watch import SourceWatch
from crawler.sweep_plan import Limits, SweepPlan
from door.discovery import Discovery
from door.logins import states_for
from door.secret import sessions_of
from door.settings import Settings
from door.source_care import DAILY, at_rest, canaries, read_before
from pipelines.tools import SETTING, Tools
from storage.database import write
from storage.frontier import Frontier
from storage.leads import sites_worth_watching
from storage.ledger import Ledger
from storage.memory import PostMemory
from storage.records import CANARY, Link, Target, TargetKind, Visit
from storage.snapshots import SnapshotStore
from storage.sources import health, targets_of_sweep
from storage.targets import ensure_target, load_all

FIRST = 1000  # priority of the daily looks


SAMPLE = "sample"  # the name of a sweep of the web that ships with us


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOrder:
    """What one sweep is asked to do; equal orders resume each other's unfinished work."""

    targets: Sequence[Target]
    name: str  # "targets", SAMPLE, …: part of the plan that is kept
    routes: Mapping[str, str] = field(default_factory=dict)  # never part of the plan
    delay: float = 1.0  # seconds between requests to one address
    per_host: int = 2
    retry_delays: tuple[float, ...] = (5.0, 60.0)
    timeout: float = 30.0
    contact: str = ""
    discover: int = 0  # new targets it may add by itself
    pins: tuple[str, ...] = ()  # keys of the sample's own certificate; never part of the plan
    by: str = ""  # who started it, where a person did at the desk; never part of the plan
    daily: timedelta = DAILY  # between two looks at words that always have results

    @property
    def sample(self) -> bool:
        return self.name == SAMPLE

    def plan(self) -> dict[str, Any]:
        asked = {"name": self.name, "targets": [asdict(target) for target in self.targets]}
        return asked | ({"discover": self.discover} if self.discover else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every part of one sweep is made from."""

    engine: Engine
    settings: Settings
    order: SweepOrder
    judge: Judge
    sources: Mapping[str, type[SourceSpider]]
    on_visit: Callable[[Visit], None]


def seeded(work: Work, sweep_id: int) -> tuple[Frontier, dict[int, Target]]:
    """Targets as rows, their start pages in the frontier, leases of a dead process taken back.

    A resumed sweep has the targets that were found on its way besides those it was asked for.
    """
    found = sites_worth_watching(work.engine) if work.order.discover else []
    asked = {(target.kind, target.value, target.source) for target in work.order.targets}
    found = [one for one in found if (one.kind, one.value, one.source) not in asked]
    wanted = [*daily_looks(work), *work.order.targets, *found]
    with write(work.engine) as connection:
        ids = [ensure_target(connection, target) for target in wanted]
        rows = load_all(connection)
    frontier = Frontier(work.engine, sweep_id)
    frontier.reclaim()
    targets = {row: rows[row] for row in targets_of_sweep(work.engine, sweep_id)}
    for target_id, target in zip(ids, wanted, strict=True):
        seed(frontier, target_id, target, work.sources)
        targets[target_id] = target
    return frontier, targets


def daily_looks(work: Work) -> list[Target]:
    known = health(work.engine)
    since = datetime.now(UTC) - work.order.daily
    return canaries(work.order.targets, work.sources, known, since)


def seed(
    frontier: Frontier,
    target_id: int,
    target: Target,
    sources: Mapping[str, type[SourceSpider]],
) -> None:
    # The daily look first: where it meets a wall, nothing more is asked of that source.
    urgent = FIRST if target.reason == CANARY else 0
    links = [
        Link(url=url, canonical=canonical(url), priority=urgent)
        for url in sources[target.source].seeds(target)
    ]
    frontier.seed(target_id, target.source, links, render=target.render)


def assemble(
    work: Work, sweep_id: int, frontier: Frontier, targets: dict[int, Target]
) -> tuple[SweepPlan, Tools]:
    """`targets` grows while the sweep runs, by what it discovers."""
    order = work.order
    ledger = Ledger(work.engine)
    outlinks = Outlinks(frontier.known(), Readers(work.sources))
    for target_id, target in targets.items():
        outlinks.rebuild(target_id, target, frontier.urls_of(target_id))
    logins = states_for(sessions_of(work.settings), set(work.sources), work.engine)
    plan = SweepPlan(
        frontier=frontier,
        ledger=ledger,
        targets=targets,
        outlinks=outlinks,
        guard=Guard(routes=order.routes),
        pace=Pace(Manners(delay=order.delay)),
        limits=Limits(
            per_host=order.per_host, retry_delays=order.retry_delays, timeout=order.timeout
        ),
        watch=watch_of(work, frozenset(logins)),
        sessions=logins,
        paging=Paging(read_before(work.engine, targets)),
        on_visit=work.on_visit,
    )
    tools = Tools(
        memory=PostMemory(work.engine),
        judge=work.judge,
        store=SnapshotStore(work.settings.snapshot_url, work.settings.home),
        ledger=ledger,
        discovery=discovery_of(work, sweep_id, plan, targets) if order.discover else None,
    )
    return plan, tools


def watch_of(work: Work, logins: frozenset[str]) -> SourceWatch:
    many = frozenset(name for name, source in work.sources.items() if source.many_sites)
    return SourceWatch(at_rest(health(work.engine)), logins, many)


def discovery_of(
    work: Work, sweep_id: int, plan: SweepPlan, targets: dict[int, Target]
) -> Discovery:
    asked = {target.source for target in work.order.targets if target.kind is TargetKind.KEYWORD}
    return Discovery(
        engine=work.engine,
        sweep_id=sweep_id,
        most=work.order.discover,
        sources=work.sources,
        searched=frozenset(asked),
        targets=targets,
        guard=plan.guard,
        seed=lambda target_id, target: seed(plan.frontier, target_id, target, work.sources),
    )


@contextlib.contextmanager
def scrapy_for(
    work: Work, plan: SweepPlan, tools: Tools
) -> Iterator[tuple[SweepPlan, dict[str, Any]]]:
    """Scrapy's settings, with a browser behind the guard's proxy where the machine has one."""
    order = work.order
    common = partial(
        scrapy_settings,
        contact=order.contact,
        delay=order.delay,
        timeout=order.timeout,
        routes=",".join(f"{host}={place}" for host, place in order.routes.items()),
    )
    chromium = find_chromium(work.settings.chromium)
    if chromium is None:
        without = replace(plan, pictures=False)
        yield without, common() | {SETTING: tools}
        return
    # Where a sweep keeps no pace of its own (the sample), its pages' parts keep none either.
    with ProxyThread(plan.guard, Burst() if order.delay else None) as proxy:
        launch = {
            "executable_path": chromium,
            "args": browser_args(proxy.port, root=os.geteuid() == 0, pins=order.pins),
        }
        yield plan, common(browser=launch) | {SETTING: tools}
