"""A URL that gives a file to keep instead of a page: its bytes for the WARC, within bounds."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from evidence.bounds import Bounds
from evidence.browser import Tab


async def downloaded(tab: Tab, bounds: Bounds) -> bytes | None:
    """The file whole; None where it is too large, too slow or was cut, and then it is given up."""
    try:
        async with asyncio.timeout(bounds.part_seconds):
            return await read(tab, bounds)
    except TimeoutError:
        await give_up(tab)
    except (PlaywrightError, OSError):
        return None
    return None


async def read(tab: Tab, bounds: Bounds) -> bytes | None:
    download = await tab.dropped  # told of a moment after the navigation has failed
    whole = asyncio.ensure_future(download.path())
    try:
        while not whole.done():
            await asyncio.wait({whole}, timeout=0.2)
            # What came to this page is nearly all this file.
            if tab.tally.bytes > bounds.body_bytes:
                await give_up(tab)
                return None
        path = Path(await whole)
        size = (await asyncio.to_thread(path.stat)).st_size
        return await asyncio.to_thread(path.read_bytes) if size <= bounds.body_bytes else None
    finally:
        whole.cancel()
        await asyncio.gather(whole, return_exceptions=True)


async def give_up(tab: Tab) -> None:
    if tab.dropped.done():
        with suppress(PlaywrightError):
            await tab.dropped.result().cancel()
