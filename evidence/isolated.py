"""Our own scripts in a page, in a world of their own.

They see the page's document, but not its JavaScript: whatever a page has made of `scrollTo` or
`innerText`, ours are the browser's.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError


class World:
    """Of the main frame; gone with every navigation, made again by `enter`."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
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
        tree = await self._session.send("Page.getFrameTree")
        world = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "certsweep"}
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
