"""One sweep from order to summary: the place where all rooms are put together."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Engine

from classifiers.judge import Judge
from crawler.browser_args import browser_args
from crawler.canon import canonical
from crawler.chromium import find_chromium
from crawler.failures import PASSING
from crawler.guard import Guard
from crawler.outlinks import Outlinks
from crawler.pace import Manners, Pace
from crawler.process import Ending, crawl
from crawler.proxy_thread import ProxyThread
from crawler.settings import scrapy_settings
from crawler.source_spider import SourceSpider
from crawler.sweep_plan import Limits, SweepPlan
from door.directory_load import load_directory
from door.office_judge import office_judge
from door.settings import Settings
from pipelines.tools import SETTING, Tools
from storage.database import ready, write
from storage.frontier import Frontier
from storage.ledger import Ledger
from storage.locks import hold
from storage.memory import PostMemory
from storage.records import Link, Target, Visit
from storage.snapshots import SnapshotStore
from storage.sweeps import SweepSummary, TargetSummary, begin, finish, set_target_outcome, summary
from storage.targets import ensure_target


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOrder:
    """What one sweep is asked to do; equal orders resume each other's unfinished work."""

    targets: Sequence[Target]
    name: str  # "targets", "sample", …: part of the plan that is kept
    routes: Mapping[str, str] = field(default_factory=dict)  # never part of the plan
    delay: float = 1.0  # seconds between requests to one address
    per_host: int = 2
    retry_delays: tuple[float, ...] = (5.0, 60.0)
    timeout: float = 30.0
    contact: str = ""

    def plan(self) -> dict[str, Any]:
        return {"name": self.name, "targets": [asdict(target) for target in self.targets]}


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    summary: SweepSummary
    resumed: bool
    ending: Ending
    pictures: bool
    links_refused: Mapping[str, int]


def run_sweep(
    engine: Engine,
    settings: Settings,
    order: SweepOrder,
    sources: Mapping[str, type[SourceSpider]],
    on_visit: Callable[[Visit], None],
) -> SweepResult:
    """Run, or resume, one sweep. Raises Problem; what was fetched by then is kept."""
    ready(engine)
    # A broken rule is told before anything is begun.
    judge = office_judge(settings, load_directory(engine))
    with hold(engine, settings.home, "sweep", holder()):
        sweep_id, resumed = begin(engine, order.plan(), holder())
        frontier, targets = seeded(engine, sweep_id, order, sources)
        if resumed:
            frontier.revive(PASSING)
        ledger = Ledger(engine)
        plan = assemble(ledger, order, frontier, targets, on_visit)
        tools = tools_for(engine, settings, judge, ledger)
        with scrapy_for(plan, tools, order, settings) as (plan_with_browser, scrapy):
            ending = crawl(sources, plan_with_browser, scrapy)
        close_sweep(engine, sweep_id, ending, plan)
        return SweepResult(
            summary=summary(engine, sweep_id),
            resumed=resumed,
            ending=ending,
            pictures=plan_with_browser.pictures,
            links_refused=plan.outlinks.refused,
        )


def holder() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()} pid {os.getpid()}"


def seeded(
    engine: Engine,
    sweep_id: int,
    order: SweepOrder,
    sources: Mapping[str, type[SourceSpider]],
) -> tuple[Frontier, dict[int, Target]]:
    """Targets as rows, their start pages in the frontier, leases of a dead process taken back."""
    with write(engine) as connection:
        ids = [ensure_target(connection, target) for target in order.targets]
    frontier = Frontier(engine, sweep_id)
    frontier.reclaim()
    for target_id, target in zip(ids, order.targets, strict=True):
        links = [Link(url=u, canonical=canonical(u)) for u in sources[target.source].seeds(target)]
        frontier.seed(target_id, target.source, links, render=target.render)
    return frontier, dict(zip(ids, order.targets, strict=True))


def assemble(
    ledger: Ledger,
    order: SweepOrder,
    frontier: Frontier,
    targets: Mapping[int, Target],
    on_visit: Callable[[Visit], None],
) -> SweepPlan:
    outlinks = Outlinks(frontier.known())
    for target_id, target in targets.items():
        outlinks.rebuild(target_id, target, frontier.urls_of(target_id))
    return SweepPlan(
        frontier=frontier,
        ledger=ledger,
        targets=targets,
        outlinks=outlinks,
        guard=Guard(routes=order.routes),
        pace=Pace(Manners(delay=order.delay)),
        limits=Limits(
            per_host=order.per_host, retry_delays=order.retry_delays, timeout=order.timeout
        ),
        on_visit=on_visit,
    )


def tools_for(engine: Engine, settings: Settings, judge: Judge, ledger: Ledger) -> Tools:
    return Tools(
        memory=PostMemory(engine),
        judge=judge,
        store=SnapshotStore(settings.snapshot_url, settings.home),
        ledger=ledger,
    )


@contextlib.contextmanager
def scrapy_for(
    plan: SweepPlan, tools: Tools, order: SweepOrder, settings: Settings
) -> Iterator[tuple[SweepPlan, dict[str, Any]]]:
    """Scrapy's settings, with a browser behind the guard's proxy where the machine has one."""
    common = partial(
        scrapy_settings,
        contact=order.contact,
        delay=order.delay,
        timeout=order.timeout,
        routes=",".join(f"{host}={place}" for host, place in order.routes.items()),
    )
    chromium = find_chromium(settings.chromium)
    if chromium is None:
        without = replace(plan, pictures=False)
        yield without, common() | {SETTING: tools}
        return
    with ProxyThread(plan.guard) as proxy:
        launch = {
            "executable_path": chromium,
            "args": browser_args(proxy.port, root=os.geteuid() == 0),
        }
        yield plan, common(browser=launch) | {SETTING: tools}


def close_sweep(engine: Engine, sweep_id: int, ending: Ending, plan: SweepPlan) -> None:
    """Say how it ended. An interrupted sweep stays open: the same command goes on with it."""
    if ending.problem is not None:
        raise ending.problem
    if ending.interrupted:
        return
    for row in summary(engine, sweep_id).targets:
        target = plan.targets.get(row.target_id)
        if target is not None:
            outcome, note = outcome_of_target(row, plan.outlinks.spent(row.target_id))
            set_target_outcome(engine, sweep_id, row.target_id, outcome, note)
    finish(engine, sweep_id, "finished", "nothing left to read", ending.stats)


def outcome_of_target(row: TargetSummary, budget_spent: bool) -> tuple[str, str]:
    """done, limit (its budget is spent), or error: not one page of it could be read."""
    if row.pages == 0:
        return "error", "not one page could be read"
    return ("limit", "page budget spent") if budget_spent else ("done", "")
