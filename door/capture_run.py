"""Captures from order to database: the browser, the clock and the store put together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.async_api import Error as PlaywrightError
from sqlalchemy import Engine

from crawler.burst import Burst
from crawler.chromium import find_chromium
from crawler.guard import Guard
from crawler.pace import Manners
from crawler.user_agent import user_agent
from door.printable import printable
from door.settings import Settings
from door.speech import say
from evidence.bounds import Bounds
from evidence.browser import BrowserOrder, CaptureBrowser
from evidence.clock import Clock, read_clock
from evidence.keeping import keep_taken
from evidence.many import Manner, capture_all
from evidence.orders import Order, Taken
from evidence.parts import PARTS
from sampleweb.server import SampleWeb
from storage.bilingual import Problem
from storage.captures import (
    MOST_TRIES,
    WALL,
    capture_by_id,
    left_open,
    tries_of,
    uncaptured,
    whole_parts,
)
from storage.database import read
from storage.records import Capture
from storage.snapshots import SnapshotStore

TABS_A_CORE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What of the outside a run may see; the defaults are the real one."""

    routes: Mapping[str, str] = field(default_factory=dict)
    pins: Sequence[str] = ()
    delay: float = Manners().delay
    bounds: Bounds = field(default_factory=Bounds)


@contextmanager
def sample_outside() -> Iterator[Outside]:
    """The sample web, and nothing else: it runs while the block does."""
    with SampleWeb() as web:
        yield Outside(routes=web.routes, pins=(web.pin,), delay=0.0)


def run_captures(
    engine: Engine,
    settings: Settings,
    orders: Iterable[Order],
    on_taken: Callable[[Taken], None],
    outside: Outside | None = None,
) -> None:
    """Capture and keep every order; `on_taken` hears of each once it is kept.

    Raises Problem (no browser, full disk, …); what was kept before stays.
    """
    outside = outside or Outside()
    store = SnapshotStore(settings.snapshot_url, settings.home, lasting=True)
    browser = browser_order(settings, outside)

    def keep(taken: Taken) -> None:
        keep_taken(engine, store, taken)
        on_taken(taken)

    try:
        asyncio.run(capture(browser, orders, keep, settings.ntp, outside))
    except PlaywrightError as error:
        first = error.message.strip().split("\n", maxsplit=1)[0][:200]
        raise Problem(
            f"浏览器启动不了（{first}）。此前取到的都已保存。请运行 certsweep doctor 查看原因。",
            f"the browser cannot be started ({first}). What was captured before is kept. Run "
            "certsweep doctor to see why.",
        ) from error


async def capture(
    order: BrowserOrder,
    orders: Iterable[Order],
    keep: Callable[[Taken], None],
    ntp: str,
    outside: Outside,
) -> None:
    clock = await read_clock(ntp)
    if clock.source and clock.why:
        tell_clock(clock)
    manner = Manner(
        tabs=TABS_A_CORE * (os.cpu_count() or 1),
        delay=outside.delay,
        bounds=outside.bounds,
        clock=clock,
    )
    async with CaptureBrowser(order) as browser:
        await capture_all(browser, orders, keep, manner)


def tell_clock(clock: Clock) -> None:
    say(
        f"时间服务器 {clock.source} 没有给出可用的时间（{clock.why}），本机时钟的偏差记为不明。"
        "请检查 CERTSWEEP_NTP。",
        f"The time server {clock.source} gave no usable time ({clock.why}); how far this clock is "
        "off is recorded as unknown. Check CERTSWEEP_NTP.",
    )


def browser_order(settings: Settings, outside: Outside) -> BrowserOrder:
    executable = find_chromium(settings.chromium)
    if executable is None:
        raise Problem(
            "没有找到浏览器，取证需要它。请运行 certsweep doctor，按提示安装，"
            "或用 CERTSWEEP_CHROMIUM 指定。",
            "no browser was found, and a capture needs one. Run certsweep doctor and install one "
            "as it says, or name it in CERTSWEEP_CHROMIUM.",
        )
    return BrowserOrder(
        executable=executable,
        guard=Guard(routes=outside.routes),
        agent=user_agent(settings.contact),
        root=os.geteuid() == 0,
        pins=outside.pins,
        burst=Burst(longest_wait=outside.bounds.load_seconds) if outside.delay else None,
    )


def flagged_orders(engine: Engine, by: str) -> tuple[list[Order], int]:
    """An order for each flagged page without a whole capture, and how many never came at all and
    were tried too often."""
    with read(engine) as connection:
        missing = uncaptured(connection)
    orders = [
        Order(url=one.url, asked_by=by, reason="flagged", case_id=one.case_id, tried=one.tries)
        for one in missing
        if one.tries < MOST_TRIES
    ]
    return orders, sum(one.tries >= MOST_TRIES and not one.in_part for one in missing)


def order_again(engine: Engine, capture_id: str, by: str) -> Order:
    """An order for what no try of this capture brought; Problem where nothing is missing.

    The facts of the new visit are taken too: they say when and how the rest came.
    """
    with read(engine) as connection:
        found = capture_by_id(connection, capture_id)
        if found is None:
            raise Problem(
                f"没有编号为“{printable(capture_id[:64])}”的取证。请核对编号（32 位十六进制）。",
                f"there is no capture {capture_id[:64]!r}. Check the number (32 hex digits).",
            )
        first = found.again_of or found.id
        tries = tries_of(connection, first)
    parts = missing_parts(tries)
    if not parts:
        raise Problem(
            f"取证 {first} 的各部分都已取到，没有需要补取的。",
            f"every part of capture {first} was taken; nothing is missing.",
        )
    return Order(
        url=found.url,
        asked_by=by,
        reason=found.reason,
        case_id=found.case_id,
        again_of=first,
        # The DOM tells whether it is the page that came, and no wall or notice in its place.
        parts=tuple(dict.fromkeys((*parts, "dom", "facts"))),
    )


def missing_parts(tries: Iterable[Capture]) -> tuple[str, ...]:
    """What to take again: the parts that no try brought; all of them where something of the page
    itself was left open, for what came of it then lacks the same."""
    seen = [one for one in tries if WALL not in one.parts]
    brought = {kind for one in seen for kind in whole_parts(one)}
    missing = tuple(part for part in PARTS if part not in brought)
    left = {part for one in seen for part in left_open(one.parts)}
    return PARTS if left & set(missing) else missing
