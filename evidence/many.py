"""Many pages at once: two tabs a core, each host at its own pace, nothing waited for twice."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from evidence.bounds import Bounds
from evidence.browser import CaptureBrowser
from evidence.capturing import capture_page
from evidence.clock import Clock
from evidence.orders import Order, Taken, new_id

WAITING = 4  # orders a tab's worth that may wait for their host's turn
UNKEPT = 2  # captures, beyond one a tab, that may wait for the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    tabs: int  # pages at once; two a core is best, more give nothing (measured 2026-11)
    delay: float = 1.0  # seconds between two pages of one address
    bounds: Bounds = field(default_factory=Bounds)
    clock: Clock = field(default_factory=Clock)


async def capture_all(
    browser: CaptureBrowser,
    orders: Iterable[Order],
    keep: Callable[[Taken], None],
    manner: Manner,
) -> None:
    """Capture every order; `keep` is called in a thread, one capture at a time.

    What `keep` raises ends it all; captures kept before stay. Pages under which the browser went
    down, perhaps for another's sake, are taken again at the end, one by one.
    """
    run = Run(browser, keep, manner)
    await run.side_by_side(arranged(orders))
    await run.one_by_one()


def arranged(orders: Iterable[Order]) -> Iterator[Order]:
    """What was tried in vain goes last: if it ends the browser again, the others are taken."""
    every = list(orders)
    new, old = ([one for one in every if bool(one.tried) == tried] for tried in (False, True))
    return itertools.chain(interleaved(new), interleaved(old))


def interleaved(orders: Iterable[Order]) -> Iterator[Order]:
    """One of each host in turn, so that a host with many pages does not hold up the others."""
    by_host: defaultdict[str, list[Order]] = defaultdict(list)
    for order in orders:
        by_host[order.url.partition("//")[2].partition("/")[0]].append(order)
    rows = itertools.zip_longest(*by_host.values())
    return (order for row in rows for order in row if order is not None)


class Run:
    def __init__(
        self, browser: CaptureBrowser, keep: Callable[[Taken], None], manner: Manner
    ) -> None:
        self._browser = browser
        self._keep = keep
        self._manner = manner
        self._tabs = asyncio.Semaphore(manner.tabs)
        self._keeping = asyncio.Lock()
        # A capture may be a hundred megabytes: a slow disk must not pile them up.
        self._room = asyncio.Semaphore(manner.tabs + UNKEPT)
        self._free_at: dict[str, float] = {}  # by address, on the loop's clock
        self._disturbed: list[Order] = []

    async def side_by_side(self, orders: Iterator[Order]) -> None:
        """The first error cancels the rest and is raised as it is."""
        workers = [
            asyncio.ensure_future(self._work(orders)) for _ in range(self._manner.tabs * WAITING)
        ]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, orders: Iterator[Order]) -> None:
        for order in orders:
            await self._one(order)

    async def _one(self, order: Order) -> None:
        """In a frame of its own: whoever waits for the next order must not hold the last one."""
        address = await self._browser.address_of(order.url)
        done = False
        while not done:
            await self._due(address)
            async with self._room:
                done = await self._taken(order, address)

    async def _taken(self, order: Order, address: str) -> bool:
        """Whether it was this order's turn: it is taken then, and kept or put off."""
        async with self._tabs:
            if not self._claim(address):
                return False
            manner = self._manner
            taken = await capture_page(self._browser, order, manner.bounds, manner.clock)
        if taken.disturbed and not order.alone:
            self._disturbed.append(order)
        else:
            await self._keep_one(taken)
        return True

    async def _due(self, address: str) -> None:
        wait = self._free_at.get(address, 0.0) - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)

    def _claim(self, address: str) -> bool:
        """Whether it is this address's turn; its next is then a delay later."""
        now = asyncio.get_running_loop().time()
        if self._free_at.get(address, 0.0) > now:
            return False
        self._free_at[address] = now + self._manner.delay
        return True

    async def _keep_one(self, taken: Taken) -> None:
        async with self._keeping:
            await asyncio.to_thread(self._keep, taken)

    async def one_by_one(self) -> None:
        """Alone, it is its own fault if the browser goes down again."""
        for order in self._disturbed:
            await self._one(replace(order, id=new_id(), alone=True))
