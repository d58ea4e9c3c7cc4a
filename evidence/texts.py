"""The finished page in words: its DOM, the text a reader sees, the whole as MHTML."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from playwright.async_api import Error as PlaywrightError

from evidence.bounds import Bounds
from evidence.browser import Tab
from evidence.isolated import World, frames_of
from evidence.shadow import has_closed, html_in, text_in

LENGTH = "document.documentElement ? document.documentElement.outerHTML.length : 0"
MOST_FRAMES = 30
FRAME_SECONDS = 2.0


class TooLarge(Exception):
    """More of it than one page is allowed."""


class Words:
    """Of one tab, in the order text, then MHTML: the frames are looked for once."""

    def __init__(self, tab: Tab, bounds: Bounds) -> None:
        self._tab = tab
        self._bounds = bounds
        self._frames: list[tuple[str, World]] | None = None
        self.closed = False  # the page has shadow trees that no script can read, ours included

    async def dom(self) -> tuple[bytes, bool]:
        """HTML of the finished document as UTF-8, and whether it was cut; TooLarge before anything
        is fetched. Open shadow trees stand in it as templates."""
        bounds, world = self._bounds, self._tab.world
        if await length_in(world, bounds.part_seconds) > bounds.dom_chars:
            raise TooLarge
        deep = await html_in(world, bounds.dom_chars, bounds.part_seconds)
        if deep is None:
            plain = await asyncio.wait_for(self._tab.page.content(), bounds.part_seconds)
            deep = plain, False
        if not deep[0]:
            raise TooLarge
        return deep[0].encode("utf-8", "replace"), deep[1]

    async def text(self, refused: Collection[str]) -> tuple[bytes, bool]:
        """What a reader sees, frames within the page after it; and whether it was cut.

        `refused`: URLs of frames that hold our own proxy's words and none of the page's.
        """
        seconds, room = self._bounds.part_seconds, self._bounds.text_chars
        first, cut = await text_in(self._tab.world, room, seconds)
        parts = [first]
        try:
            async with asyncio.timeout(seconds):
                for url, world in await self._opened():
                    if url in refused:
                        continue
                    left = max(0, room - sum(map(len, parts)))
                    said, more = await text_of_frame(world, left)
                    parts.append(said)
                    cut = cut or more
        except TimeoutError:
            cut = True
        text = "\n\n".join(part for part in parts if part.strip())
        return text[:room].encode("utf-8", "replace"), cut or len(text) > room

    async def mhtml(self) -> bytes:
        """TooLarge before it is asked for, where that can be known: it comes as one string, and
        Playwright's driver dies of one that is too long."""
        tab, bounds = self._tab, self._bounds
        if tab.decoded > bounds.decoded_bytes or await self._length() > bounds.dom_chars:
            raise TooLarge
        asked = tab.session.send("Page.captureSnapshot", {"format": "mhtml"})
        told = str((await asyncio.wait_for(asked, bounds.part_seconds))["data"])
        if len(told) > bounds.mhtml_chars:
            raise TooLarge
        self.closed = has_closed(told)
        return told.encode("utf-8", "replace")

    async def _length(self) -> int:
        """Of the document and of those in its frames; one that does not answer adds nothing."""
        total = await length_in(self._tab.world, self._bounds.part_seconds)
        for _, world in await self._opened():
            try:
                total += await length_in(world, FRAME_SECONDS)
            except (PlaywrightError, TimeoutError):
                continue
        return total

    async def _opened(self) -> list[tuple[str, World]]:
        if self._frames is None:
            found = await frames_of(self._tab.page, self._tab.session, MOST_FRAMES, FRAME_SECONDS)
            self._frames = found
        return self._frames


async def length_in(world: World, seconds: float) -> int:
    return int(await world.ask(LENGTH, seconds))


async def text_of_frame(world: World, room: int) -> tuple[str, bool]:
    try:
        return await text_in(world, room, FRAME_SECONDS)
    except (PlaywrightError, TimeoutError):
        return "", False  # a frame that went away or never came has no words
