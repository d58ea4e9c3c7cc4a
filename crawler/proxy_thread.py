"""The guard's proxy in a loop of its own, so that its port is known before the browser starts."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from crawler.burst import Burst
from crawler.guard import Guard
from crawler.guard_proxy import GuardProxy

START_SECONDS = 10.0


class ProxyThread:
    """`with ProxyThread(guard) as proxy: proxy.port`; closed with everything it holds open."""

    def __init__(self, guard: Guard, burst: Burst | None = None) -> None:
        self._guard = guard
        self._burst = burst
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="guard-proxy", daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("the guard's proxy did not start")
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(START_SECONDS)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        try:
            async with GuardProxy(self._guard, burst=self._burst) as proxy:
                self.port = proxy.port
                self._ready.set()
                await self._ended.wait()
        except OSError as error:
            self._error = error
            self._ready.set()
