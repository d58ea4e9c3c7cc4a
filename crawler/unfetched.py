"""Why a request ended before anything was read. Each reaches the spider's errback, so each page is
counted; `reason` is the machine word recorded with the page."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest

from crawler.guard import Refused
from storage.records import aware

# Request.meta key: the document is answered from what we hold, so no host is asked for it.
CAPTURED = "captured"


class Unfetched(IgnoreRequest):
    """Base of all that our own middlewares refuse."""

    reason = "ignored"


class GuardRefused(Unfetched):
    """The guard said no; `problem` says why in both languages."""

    def __init__(self, problem: Refused) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.reason = problem.reason


class RobotsForbidden(Unfetched):
    """robots.txt forbids the URL to us."""

    reason = "robots"


class RobotsUnreachable(Unfetched):
    """robots.txt could not be had: complete disallow (RFC 9309 §2.3.1.4)."""

    reason = "robots_unreachable"


class Throttled(Unfetched):
    """The host asks for time, or is still within the time it asked for. `status` 0: not asked."""

    reason = "rate_limit"

    def __init__(self, host: str, retry_at: datetime, status: int = 0) -> None:
        super().__init__(f"{host} asks to come back at {retry_at.isoformat()}")
        self.host = host
        self.retry_at = aware(retry_at)
        self.status = status
