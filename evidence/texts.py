"""The finished page in words: its DOM, the text a reader sees, the whole as MHTML."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from evidence.bounds import Bounds
from evidence.isolated import World

LENGTH = "document.documentElement ? document.documentElement.outerHTML.length : 0"
TEXT = "document.body ? document.body.innerText : ''"
MOST_FRAMES = 30
FRAME_MS = 2_000.0


class TooLarge(Exception):
    """More of it than one page is allowed."""


async def dom_of(page: Page, world: World, bounds: Bounds) -> bytes:
    """HTML of the finished document as UTF-8; TooLarge before anything is fetched."""
    if int(await world.ask(LENGTH, bounds.part_seconds)) > bounds.dom_chars:
        raise TooLarge
    html = await asyncio.wait_for(page.content(), bounds.part_seconds)
    return html.encode("utf-8", "replace")


async def text_of(
    page: Page, world: World, bounds: Bounds, refused: Collection[str]
) -> tuple[bytes, bool]:
    """What a reader sees, frames within the page after it; and whether it was cut.

    `refused`: URLs of frames that hold our own proxy's words and none of the page's.
    """
    parts = [str(await world.ask(TEXT, bounds.part_seconds) or "")]
    frames = [one for one in page.frames if one != page.main_frame and one.url not in refused]
    for frame in frames[:MOST_FRAMES]:
        try:
            parts.append(await frame.locator("body").inner_text(timeout=FRAME_MS))
        except PlaywrightError:
            continue  # a frame that went away or never came has no words
    text = "\n\n".join(part for part in parts if part.strip())
    cut = len(text) > bounds.text_chars
    return text[: bounds.text_chars].encode("utf-8", "replace"), cut


async def mhtml_of(session: CDPSession, bounds: Bounds) -> bytes:
    asked = session.send("Page.captureSnapshot", {"format": "mhtml"})
    told = await asyncio.wait_for(asked, bounds.part_seconds)
    if len(told["data"]) > bounds.mhtml_chars:
        raise TooLarge
    return str(told["data"]).encode("utf-8", "replace")
