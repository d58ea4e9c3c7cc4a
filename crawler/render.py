"""What one rendered page is asked for, and when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as BrowserPage

from crawler.answers import AnswerBook, Wanted

RENDER = "render"  # Request.meta key of a RenderOrder
# Longest waits after the document is there, as shares of the page's own timeout: for a script to
# put text on it, and for the network to be quiet. A busy machine must not cut a page short.
FILL_SHARE, QUIET_SHARE = 1 / 3, 1 / 6
FILLED = "document.body && document.body.innerText.trim().length > 40"
LATE = 1.0  # seconds an awaited answer may still take once the network is quiet
SETTLED = 0.5  # seconds for what comes with an awaited answer
TICK = 0.02
# The answer is there before the script has put it on the page: give it its turn.
DRAWN = "new Promise(done => setTimeout(done, 20))"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    timeout: float  # seconds
    wanted: Wanted = field(default_factory=Wanted)
    session: str = ""  # whose login is used; "" for nobody's
    storage_state: Mapping[str, Any] | None = None  # that login, as Playwright saves it


def render_meta(order: RenderOrder) -> dict[str, Any]:
    """Request.meta for one rendered page."""
    return {"playwright": True, RENDER: order}


async def settle(page: BrowserPage, book: AnswerBook, seconds: float) -> None:
    """Wait until the page says what it has to say, or as long as is reasonable.

    What is there is then read as it is; an empty shell is reported as such by the reader.
    """
    if book.awaited and await awaited_answer(page, book, seconds):
        return
    with suppress(PlaywrightError):
        await page.wait_for_function(FILLED, timeout=seconds * 1000 * FILL_SHARE)
        await page.wait_for_load_state("networkidle", timeout=seconds * 1000 * QUIET_SHARE)


async def awaited_answer(page: BrowserPage, book: AnswerBook, seconds: float) -> bool:
    """Whether an awaited answer came; a page that falls silent without it is not waited for."""
    idle = asyncio.ensure_future(page.wait_for_load_state("networkidle", timeout=seconds * 1000))
    came = asyncio.ensure_future(book.arrived.wait())
    try:
        await asyncio.wait(
            {idle, came}, timeout=seconds * FILL_SHARE, return_when="FIRST_COMPLETED"
        )
        if not came.done():
            await asyncio.wait({came}, timeout=LATE)
    finally:
        for task in (idle, came):
            task.cancel()
        await asyncio.gather(idle, came, return_exceptions=True)
    if not book.arrived.is_set():
        return False
    with suppress(PlaywrightError):
        await page.evaluate(DRAWN)
    for _ in range(int(SETTLED / TICK)):
        if book.quiet:
            break
        await asyncio.sleep(TICK)
    return True
