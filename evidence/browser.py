"""The browser that takes evidence: a fresh context and a proxy of its own for each page.

Nothing of one page is there for the next: no cookie, no cache, no stored thing. The browser is
renewed after so many pages or at such a size, and closed at once when it outgrows the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Dialog,
    Download,
    Page,
)
from playwright.async_api import Error as PlaywrightError

from crawler.browser_args import browser_args
from crawler.burst import Burst
from crawler.guard import Guard, Refused, port_of
from crawler.guard_proxy import GuardProxy, ProxyLimits
from crawler.process_memory import children_mb
from crawler.resolve import Resolver, Unresolved
from crawler.tally import Tally
from crawler.turnstile import Turnstile
from evidence.bounds import Bounds
from evidence.driver import Driver, Pulse, leave
from evidence.isolated import World
from evidence.unfolding import VIEWPORT

LOOK_EVERY = 2.0  # seconds between two looks at the memory
OPEN_SECONDS = 60.0
CLOSE_SECONDS = 15.0
MOST_DIALOGS = 50
# What a shared worker asks for is told to nobody. Browsers of telephones have none, so pages do
# without.
NO_SHARED_WORKERS = "--disable-blink-features=SharedWorker"
NO_BODIES = {"maxTotalBufferSize": 1_000, "maxResourceBufferSize": 1_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOrder:
    executable: str
    guard: Guard
    agent: str  # User-Agent header
    root: bool  # whether we run as root, see crawler/browser_args.py
    pins: Sequence[str] = ()
    pages: int = 100  # captures after which it is renewed
    soft_mb: float = 1_500.0  # size at which it is renewed once its pages are done
    heap_mb: int = 1_024  # of a page's scripts; beyond it the tab dies, and not the machine
    hard_mb: float = 6_000.0  # size at which it is closed, with everything in it
    burst: Burst | None = None  # the pace of all pages' parts at one address; None for none


@dataclass(kw_only=True, eq=False)  # no slots: Playwright leaves a mark on whoever listens
class Tab:
    """One page to be taken, and what it did besides showing itself."""

    page: Page
    session: CDPSession
    world: World
    tally: Tally
    pulse: Pulse  # of the browser it stands in
    decoded: int = 0  # bytes that came to the page, unpacked; frames of other sites are not in it
    dialogs: list[str] = field(default_factory=list)  # words of alert, confirm and prompt
    popups: list[str] = field(default_factory=list)  # windows it wanted to open
    # The first file it gave to keep; others are cancelled.
    dropped: asyncio.Future[Download] = field(default_factory=asyncio.Future)
    crash: asyncio.Event = field(default_factory=asyncio.Event)
    doomed: bool = False  # the browser was closed for what it holds, this tab or another

    @property
    def crashed(self) -> bool:
        return self.crash.is_set()

    async def lost(self) -> bool:
        """Whether the browser or its driver is gone, and this tab with it."""
        return self.doomed or not await self.pulse.beats()

    def listen(self) -> None:
        self.page.on("crash", self._crash)
        self.page.on("dialog", self._dismiss)
        self.page.on("popup", self._close_popup)
        self.page.on("download", self._keep_download)
        self.session.on("Network.dataReceived", self._weigh)

    def _weigh(self, told: dict[str, Any]) -> None:
        self.decoded += int(told["dataLength"])

    def _crash(self, _page: Page) -> None:
        self.crash.set()

    async def _dismiss(self, dialog: Dialog) -> None:
        if len(self.dialogs) < MOST_DIALOGS:
            self.dialogs.append(dialog.message[:500])
        with suppress(PlaywrightError):
            await dialog.dismiss()

    async def _keep_download(self, download: Download) -> None:
        if not self.dropped.done():
            self.dropped.set_result(download)
            return
        with suppress(PlaywrightError):
            await download.cancel()

    async def _close_popup(self, page: Page) -> None:
        if len(self.popups) < MOST_DIALOGS:
            self.popups.append(page.url[:2000])
        with suppress(PlaywrightError):
            await page.close()


class CaptureBrowser:
    """`async with CaptureBrowser(order) as browser:`, then `async with browser.tab(bounds)`.

    Raises PlaywrightError where the browser cannot be started.
    """

    def __init__(self, order: BrowserOrder) -> None:
        self._order = order
        self.guard, self.agent = order.guard, order.agent
        self._resolver = Resolver(order.guard)
        self._turnstile = Turnstile(self._worn, self._renew)
        self._starting = asyncio.Lock()
        self._stack = contextlib.AsyncExitStack()
        self._driver = Driver()
        self._browser: Browser | None = None
        self._pulse: Pulse | None = None
        self._lent = 0
        self._held_mb = 0.0
        self._tabs: set[Tab] = set()
        self.version = ""
        self.renewed = 0
        self.outgrown = 0  # how often it was closed because it outgrew hard_mb

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self._driver.stop)
        # What is not a page of ours has nothing to ask: no context of ours uses this proxy.
        self._spare = await self._stack.enter_async_context(GuardProxy(self._order.guard))
        self._watch = asyncio.ensure_future(self._watch_memory())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        await self._close()
        await self._stack.aclose()

    @property
    def restarts(self) -> int:
        """How often the driver was started anew."""
        return self._driver.restarted

    @asynccontextmanager
    async def tab(self, bounds: Bounds, *, trusting: bool = False) -> AsyncIterator[Tab]:
        """A tab in a context of its own, behind a proxy of its own; both end with it.

        `trusting`: whether a server with a bad certificate is shown.
        """
        async with self._turnstile.turn():
            browser, pulse = await self._running()
            self._lent += 1
            tally = Tally(bounds.wire_bytes)
            limits = ProxyLimits(response_bytes=bounds.answer_bytes)
            guard, burst = self._order.guard, self._order.burst
            async with GuardProxy(guard, self._resolver, limits, burst, tally) as proxy:
                page, session = await self._open(browser, proxy.port, trusting=trusting)
                world = World(session)
                tab = Tab(page=page, session=session, world=world, tally=tally, pulse=pulse)
                tab.listen()
                self._tabs.add(tab)
                try:
                    yield tab
                finally:
                    self._tabs.discard(tab)
                    await leave(tab.page.context)

    async def _open(
        self, browser: Browser, port: int, *, trusting: bool
    ) -> tuple[Page, CDPSession]:
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                context = await self._context(browser, port, trusting=trusting)
                page = await context.new_page()
                session = await context.new_cdp_session(page)
                # For certificates alone: it remembers those of what it saw, and no bodies.
                await session.send("Network.enable", NO_BODIES)
        except TimeoutError:
            # It hangs, and would hang for the next page too.
            await self._close()
            raise PlaywrightError("the browser hung and was closed") from None
        return page, session

    async def _context(self, browser: Browser, port: int, *, trusting: bool) -> BrowserContext:
        return await browser.new_context(
            # Loopback is exempt from a proxy unless taken back by name.
            proxy={"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>"},
            user_agent=self._order.agent,
            viewport=VIEWPORT,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,  # into a folder that goes with the context
            ignore_https_errors=trusting,
            service_workers="block",  # what they answer would not be seen
        )

    async def address_of(self, url: str) -> str:
        """Whose pace the URL goes by: the server's address, the host where it has none."""
        try:
            split = urlsplit(url)
            places = await self._resolver.resolve(split.hostname or "", port_of(split))
        except (Refused, Unresolved, ValueError):
            return url.partition("//")[2].partition("/")[0]
        return places[0][0]

    async def start(self) -> None:
        """Start the browser if it does not run; PlaywrightError where it cannot be."""
        await self._running()

    async def _running(self) -> tuple[Browser, Pulse]:
        async with self._starting:
            browser, pulse = self._browser, self._pulse
            if browser is None or pulse is None or not await pulse.beats():
                await self._close()
                browser, pulse = await self._launched()
                self._browser, self._pulse = browser, pulse
            return browser, pulse

    async def _launched(self) -> tuple[Browser, Pulse]:
        order = self._order
        heap = f"--js-flags=--max-old-space-size={order.heap_mb}"
        args = browser_args(self._spare.port, order.root, order.pins)
        browser = await self._driver.launch(order.executable, [*args, NO_SHARED_WORKERS, heap])
        self.version = browser.version
        return browser, await Pulse.of(browser)

    def _worn(self) -> bool:
        return self._lent >= self._order.pages or self._held_mb > self._order.soft_mb

    async def _renew(self) -> None:
        await self._close()
        self.renewed += 1

    async def _close(self) -> None:
        browser, self._browser, self._pulse = self._browser, None, None
        self._lent, self._held_mb = 0, 0.0
        if browser is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(browser.close(), CLOSE_SECONDS)

    async def _watch_memory(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._browser is None:
                continue
            self._held_mb = await asyncio.to_thread(lambda: children_mb() or 0.0)
            if self._held_mb > self._order.hard_mb:
                self.outgrown += 1
                for tab in self._tabs:
                    tab.doomed = True
                await self._close()
