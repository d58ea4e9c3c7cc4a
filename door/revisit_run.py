"""Due looks worked off in one process: the guard, the pace, the browser, the judge."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine

from crawler.browser_args import browser_args
from crawler.chromium import find_chromium
from crawler.guard import Guard
from crawler.look_process import crawl_looks
from crawler.look_spider import Ask, Looked, LookPlan
from crawler.proxy_thread import ProxyThread
from crawler.settings import scrapy_settings
from crawler.source_spider import SourceSpider
from crawler.sweep_plan import Limits
from door.directory_load import load_directory
from door.logins import states_for
from door.office_judge import office_judge
from door.revisit import Desk, Fetch, Tally, look_again
from door.secret import sessions_of
from door.settings import Settings
from door.sweep_run import holder
from storage.locks import hold
from storage.snapshots import SnapshotStore
from storage.takedowns import Item

MOST = 2_000  # items in one run; the others are due again the next night


@dataclass(frozen=True, slots=True, kw_only=True)
class Visiting:
    """How pages are asked for; `routes` and `pins` lead tests to their own servers."""

    delay: float = 1.0  # seconds between requests to one address
    timeout: float = 30.0
    routes: Mapping[str, str] = field(default_factory=dict)
    pins: tuple[str, ...] = ()


DEFAULT = Visiting()


def utc_now() -> datetime:
    return datetime.now(UTC)


def run_looks(
    engine: Engine,
    settings: Settings,
    sources: Mapping[str, type[SourceSpider]],
    items: Sequence[Item],
    visiting: Visiting = DEFAULT,
) -> Tally:
    """Look at these items now, both ways. Raises Problem; rounds that were finished are kept.

    Nothing is fetched, and no lock taken, where there is nothing to look at. A sweep and looks
    never run at once: they would not share one pace to an address.
    """
    if not items:
        return Tally()
    judge = office_judge(settings, load_directory(engine))
    store = SnapshotStore(settings.snapshot_url, settings.home)
    desk = Desk(engine=engine, store=store, judge=judge, clock=utc_now)
    with hold(engine, settings.home, "sweep", holder("revisit")):
        fetch = partial(fetched, engine, settings, sources, visiting)
        return work_off(desk, items, fetch)


def work_off(desk: Desk, items: Sequence[Item], fetch: Fetch) -> Tally:
    """The first of them; the others are left for the next time, and counted as left."""
    tally = look_again(desk, items[:MOST], fetch)
    tally.left += max(0, len(items) - MOST)
    return tally


def fetched(
    engine: Engine,
    settings: Settings,
    sources: Mapping[str, type[SourceSpider]],
    visiting: Visiting,
    asks: Sequence[Ask],
    hand: Callable[[Looked], None],
) -> None:
    logins = states_for(sessions_of(settings), set(sources), engine)
    with scrapy_for(settings, visiting) as (scrapy, browser):
        plan = LookPlan(
            asks=asks,
            hand=hand,
            limits=Limits(timeout=visiting.timeout),
            sessions=logins,
            browser=browser,
        )
        crawl_looks(sources, plan, scrapy)


@contextlib.contextmanager
def scrapy_for(settings: Settings, visiting: Visiting) -> Iterator[tuple[dict[str, Any], bool]]:
    """Scrapy's settings, and whether the machine has a browser."""
    common = partial(
        scrapy_settings,
        contact=settings.contact,
        delay=visiting.delay,
        timeout=visiting.timeout,
        routes=",".join(f"{host}={place}" for host, place in visiting.routes.items()),
    )
    chromium = find_chromium(settings.chromium)
    if chromium is None:
        yield common(), False
        return
    with ProxyThread(Guard(routes=visiting.routes)) as proxy:
        launch = {
            "executable_path": chromium,
            "args": browser_args(proxy.port, root=os.geteuid() == 0, pins=visiting.pins),
        }
        yield common(browser=launch), True
