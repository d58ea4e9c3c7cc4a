"""Logins in threads of their own: a crowd of them in line must not hold up whoever works."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from storage.bilingual import Problem
from storage.hashing import AT_ONCE

P = ParamSpec("P")
T = TypeVar("T")
IN_LINE = 200  # waiting logins: at 20 a second the last one waits ten seconds
limiters: RunVar[CapacityLimiter] = RunVar("logins")  # one for each event loop


class Crowded(Problem):
    """Too many want to log in at the same moment."""


async def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Raises Crowded, without having begun, where the line is too long."""
    limiter = limiters.get(None)
    if limiter is None:
        limiter = CapacityLimiter(AT_ONCE)
        limiters.set(limiter)
    if limiter.statistics().tasks_waiting >= IN_LINE:
        raise Crowded(
            "登录的人太多，请稍等几秒再试；没有改动。",
            "Too many are logging in; wait some seconds and try again. Nothing was changed.",
        )
    return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=limiter)
