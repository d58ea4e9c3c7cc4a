"""Playwright's driver: a process between us and the browser, which a page can bring down too.

What a page makes the browser say goes through it whole: a string of half a gigabyte was the end of
it (2026-11). Whoever was connected hears nothing of its end; a pulse tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Playwright,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError

LAUNCH_SECONDS = 90.0
STOP_SECONDS = 15.0
PULSE_SECONDS = 30.0  # for an answer that takes a moment; a busy machine is not a dead one


class Driver:
    """`launch` starts it where it does not run; `stop` is for whoever launched."""

    def __init__(self) -> None:
        self._manager = async_playwright()
        self._playwright: Playwright | None = None
        self.restarted = 0

    async def launch(self, executable: str, args: Sequence[str]) -> Browser:
        """Raises PlaywrightError where the browser does not start, with a new driver either."""
        if self._playwright is not None:
            with suppress(PlaywrightError, TimeoutError):
                return await started(self._playwright, executable, args)
            await self.stop()
            self.restarted += 1
        self._manager = async_playwright()
        try:
            self._playwright = await asyncio.wait_for(self._manager.start(), LAUNCH_SECONDS)
            return await started(self._playwright, executable, args)
        except TimeoutError:
            raise PlaywrightError("the browser did not start in time") from None

    async def stop(self) -> None:
        manager, playwright = self._manager, self._playwright
        self._playwright = None
        if playwright is None:
            return
        with suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(manager.__aexit__(), STOP_SECONDS)
        hear_out(manager)


async def started(playwright: Playwright, executable: str, args: Sequence[str]) -> Browser:
    launching = playwright.chromium.launch(executable_path=executable, args=list(args))
    return await asyncio.wait_for(launching, LAUNCH_SECONDS)


class Pulse:
    """Of one browser, through its driver."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def of(cls, browser: Browser) -> Pulse:
        return cls(await browser.new_browser_cdp_session())

    async def beats(self) -> bool:
        try:
            await asyncio.wait_for(self._session.send("Browser.getVersion"), PULSE_SECONDS)
        except (PlaywrightError, TimeoutError):
            return False
        return True


async def leave(context: BrowserContext) -> None:
    with suppress(PlaywrightError, TimeoutError):
        await asyncio.wait_for(context.close(), STOP_SECONDS)


def hear_out(manager: object) -> None:
    """Take the error a dead driver left for nobody: unheard, asyncio would print it at the end."""
    transport = getattr(getattr(manager, "_client", None), "_transport", None)
    left = getattr(transport, "on_error_future", None)
    if left is not None and left.done() and not left.cancelled():
        left.exception()
