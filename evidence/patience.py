"""How long a page is waited for: what our own pace holds up does not count against it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from crawler.tally import Tally

STEP = 0.25  # seconds between two looks at whether the pace holds something up


class Patience:
    """Gives back the time in which the pace held parts of the page, `most` seconds in all."""

    def __init__(self, tally: Tally, most: float) -> None:
        self._tally = tally
        self.left = most

    async def until(self, come: Callable[[float], Awaitable[bool]], seconds: float) -> bool:
        """Whether it came in time; `come` waits no longer than the seconds it is given."""
        clock = asyncio.get_running_loop().time
        while seconds > 0:
            began = clock()
            if await come(min(STEP, seconds)):
                return True
            took = clock() - began
            if self._tally.paced and self.left > 0:
                self.left -= took
            else:
                seconds -= took
        return False
