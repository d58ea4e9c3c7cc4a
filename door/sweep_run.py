"""One sweep from order to summary: the place where all rooms are put together."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from crawler.failures import PASSING
from crawler.process import Ending, crawl
from crawler.source_spider import SourceSpider
from crawler.sweep_plan import SweepPlan
from door.directory_load import load_directory
from door.office_judge import office_judge
from door.settings import Settings
from door.source_care import record
from door.sweep_parts import SweepOrder, Work, assemble, scrapy_for, seeded
from storage.database import ready
from storage.locks import hold
from storage.records import Visit
from storage.sources import SourceRun, runs_of
from storage.sweeps import SweepSummary, TargetSummary, begin, finish, set_target_outcome, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    summary: SweepSummary
    resumed: bool
    ending: Ending
    pictures: bool
    links_refused: Mapping[str, int]
    sources: tuple[SourceRun, ...]
    unseen: tuple[tuple[str, str], ...] = ()  # pictures not looked at, with the reason


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
    work = Work(
        engine=engine,
        settings=settings,
        order=order,
        judge=judge,
        sources=sources,
        on_visit=on_visit,
    )
    with hold(engine, settings.home, "sweep", holder()):
        sweep_id, resumed = begin(engine, order.plan(), order.by or holder())
        frontier, targets = seeded(work, sweep_id)
        if resumed:
            frontier.revive(PASSING)
        plan, tools = assemble(work, sweep_id, frontier, targets)
        with scrapy_for(work, plan, tools) as (plan_with_browser, scrapy):
            ending = crawl(sources, plan_with_browser, scrapy)
        close_sweep(engine, sweep_id, ending, plan)
        runs = runs_of(engine, sweep_id)
        if not ending.interrupted:
            record(engine, runs, plan.paging, sample=order.sample)
        return SweepResult(
            summary=summary(engine, sweep_id),
            resumed=resumed,
            ending=ending,
            pictures=plan_with_browser.pictures,
            links_refused=plan.outlinks.refused,
            sources=runs,
            unseen=tuple(tools.unseen),
        )


def holder(what: str = "") -> str:
    """Who this process is, as locks and sweeps name it; `what` it does where it is no sweep."""
    return f"{getpass.getuser()}@{socket.gethostname()} pid {os.getpid()} {what}".rstrip()


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
