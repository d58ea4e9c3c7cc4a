"""Our own scripts in a page, in a world of their own.

They see the page's document, but not its JavaScript: whatever a page has made of `scrollTo` or
`innerText`, ours are the browser's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError


class World:
    """Of a frame, the main one unless named; gone with every navigation, made anew by `enter`."""

    def __init__(self, session: CDPSession, frame: str = "") -> None:
        self._session = session
        self._frame = frame
        self._context = 0

    async def enter(self, seconds: float) -> bool:
        """Whether the page let us in by itself; a script that never ends is ended first."""
        try:
            await asyncio.wait_for(self._make(), seconds)
        except TimeoutError:
            await asyncio.wait_for(self._session.send("Runtime.terminateExecution"), seconds)
            await asyncio.wait_for(self._make(), seconds)
            return False
        return True

    async def _make(self) -> None:
        frame = self._frame
        if not frame:
            tree = await self._session.send("Page.getFrameTree")
            frame = tree["frameTree"]["frame"]["id"]
        world = {"frameId": frame, "worldName": "certsweep"}
        made = await self._session.send("Page.createIsolatedWorld", world)
        self._context = int(made["executionContextId"])

    async def ask(self, expression: str, seconds: float) -> Any:  # noqa: ANN401 (JSON of a page)
        """The expression's value, promises awaited; PlaywrightError or TimeoutError."""
        call = {
            "expression": expression,
            "contextId": self._context,
            "awaitPromise": True,
            "returnByValue": True,
        }
        answer = await asyncio.wait_for(self._session.send("Runtime.evaluate", call), seconds)
        if "exceptionDetails" in answer:
            raise PlaywrightError(str(answer["exceptionDetails"].get("text", "script failed")))
        return answer["result"].get("value")


async def frames_of(
    page: Page, session: CDPSession, most: int, seconds: float
) -> list[tuple[str, World]]:
    """URL and world of each frame within the page, entered; one that does not answer is left out.

    Frames of other sites live in processes of their own, and each of those has its own session.
    """
    found: list[tuple[str, World]] = []
    for talk in await sessions_of(page, session, most):
        try:
            tree = await asyncio.wait_for(talk.send("Page.getFrameTree"), seconds)
        except (PlaywrightError, TimeoutError):
            continue
        for frame in frames_in(tree["frameTree"]):
            outermost = talk is session and frame == tree["frameTree"]["frame"]
            if not outermost and len(found) < most:
                world = World(talk, str(frame["id"]))
                if await entered(world, seconds):
                    found.append((str(frame["url"]), world))
    return found


async def sessions_of(page: Page, session: CDPSession, most: int) -> list[CDPSession]:
    sessions = [session]
    if len(page.frames) == 1:
        return []
    for frame in page.frames[: most + 1]:
        if frame != page.main_frame:
            try:
                sessions.append(await page.context.new_cdp_session(frame))
            except PlaywrightError:
                continue  # it lives with the frame around it
    return sessions


def frames_in(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        one = waiting.pop(0)
        yield one["frame"]
        waiting.extend(one.get("childFrames", ()))


async def entered(world: World, seconds: float) -> bool:
    try:
        await world.enter(seconds)
    except (PlaywrightError, TimeoutError):
        return False
    return True
