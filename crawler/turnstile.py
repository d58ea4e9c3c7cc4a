"""Who may use the browser now: everybody, until it is to be renewed; then first all leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Turnstile:
    """`renew` is called when `due` says so, alone: nobody is inside, nobody gets in meanwhile."""

    def __init__(self, due: Callable[[], bool], renew: Callable[[], Awaitable[None]]) -> None:
        self._due = due
        self._renew = renew
        self._inside = 0
        self._emptying = False
        self._moved = asyncio.Condition()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._moved:
            await self._moved.wait_for(lambda: not self._emptying)
            self._inside += 1
        try:
            yield
        finally:
            await asyncio.shield(self._leave())

    async def _leave(self) -> None:
        async with self._moved:
            self._inside -= 1
            self._emptying = self._emptying or self._due()
            if self._emptying and self._inside == 0:
                try:
                    await self._renew()
                finally:
                    self._emptying = False
            self._moved.notify_all()
