"""robots.txt obeyed (RFC 9309), and what it asks for handed to the pace.

Our own middleware because Scrapy's allows everything when robots.txt cannot be had, parses
whatever size, and ends without a reason.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.pace_middleware import pace_of
from crawler.unfetched import CAPTURED, RobotsForbidden, RobotsUnreachable, Throttled
from crawler.user_agent import PRODUCT

MOST_READ = 512 * 1024  # bytes parsed; RFC 9309 §2.5 asks for at least 500 KiB
MOST_FETCHED = 4 * 1024 * 1024  # bytes taken; beyond it nobody means to be read
MOST_REDIRECTS = 5  # RFC 9309 §2.3.1.2
KEPT_SECONDS = 24 * 3600.0  # RFC 9309 §2.4
KEPT_HOSTS = 10_000
FETCHING = "robots_fetch"  # Request.meta key of our own requests for robots.txt
PRIORITY = 1000

UNREACHABLE = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,  # refused by the guard, or asked to come later
    OSError,
    ResponseDataLossError,
    ValueError,  # a Location no URL can be made of
)

AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
PRODUCT_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt lets us do; `parser` None: nothing at all."""

    parser: Protego | None

    def allows(self, url: str) -> bool:
        return self.parser is not None and bool(self.parser.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds, None where it asks for none."""
        found = None if self.parser is None else self.parser.crawl_delay(PRODUCT)
        return None if found is None else float(found)


CLOSED = Rules(None)


def read_rules(body: bytes) -> Rules:
    """Rules of a robots.txt; of a long one the first 512 KiB, up to the last whole line."""
    if len(body) > MOST_READ:
        body = body[:MOST_READ].rpartition(b"\n")[0]
    text = body.decode("utf-8-sig", errors="replace")
    return Rules(Protego.parse("\n".join(only_ours(text))))


def only_ours(text: str) -> Iterator[str]:
    """The lines with every group that is not for us under one name.

    Protego keeps a rule set for each agent named, and a hostile file of 20,000 agents before
    20,000 rules would fill the memory; it also takes "cert" for a name of ours.
    """
    for line in text.splitlines():
        found = AGENT_LINE.match(line)
        if found is None:
            yield line
            continue
        name = found[1].partition("#")[0].strip()
        token = PRODUCT_TOKEN.match(name)
        ours = token is not None and token[0].lower() == PRODUCT
        yield f"User-agent: {'*' if name == '*' else PRODUCT if ours else 'others'}"


def rules_of(response: Response) -> Rules:
    """2xx is read, 5xx closes the host, all else means there is no robots.txt."""
    if response.status >= 500:
        return CLOSED
    return read_rules(response.body if 200 <= response.status < 300 else b"")


def failed(task: asyncio.Task[Rules]) -> bool:
    """Ended without rules, as after a 429: to be asked again."""
    return task.done() and (task.cancelled() or task.exception() is not None)


class RobotsMiddleware:
    """One fetch of robots.txt for a scheme, host and port; those who come meanwhile wait for it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._known: OrderedDict[str, tuple[float, asyncio.Task[Rules]]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(FETCHING) or request.meta.get(CAPTURED):
            return
        split = urlparse_cached(request)
        rules = await self._rules(f"{split.scheme}://{split.netloc}")
        if rules.parser is None:
            self._count("unreachable")
            raise RobotsUnreachable(f"no robots.txt to be had from {split.netloc}")
        if rules.crawl_delay is not None:
            pace_of(self._crawler).crawl_delay(split.hostname or "", rules.crawl_delay)
        if not rules.allows(request.url):
            self._count("forbidden")
            raise RobotsForbidden(f"forbidden by robots.txt of {split.netloc}")

    async def _rules(self, origin: str) -> Rules:
        known = self._known.get(origin)
        if known is None or known[0] < time.monotonic() or failed(known[1]):
            known = (time.monotonic() + KEPT_SECONDS, asyncio.ensure_future(self._fetch(origin)))
            self._known[origin] = known
            while len(self._known) > KEPT_HOSTS:
                self._known.popitem(last=False)
        return await asyncio.shield(known[1])

    async def _fetch(self, origin: str) -> Rules:
        """Raises Throttled on 429: the site is there and only asks for time."""
        self._count("fetched")
        try:
            return await self._follow(f"{origin}/robots.txt")
        except Throttled as later:
            if later.status == 503:
                return CLOSED
            raise
        except UNREACHABLE:
            return CLOSED

    async def _follow(self, url: str) -> Rules:
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._download(url)
            location = (response.headers.get("Location") or b"").decode("latin-1").strip()
            if not 300 <= response.status < 400 or not location:
                return rules_of(response)
            url = urljoin(url, location)
        return read_rules(b"")

    async def _download(self, url: str) -> Response:
        engine = self._crawler.engine
        assert engine is not None  # requests reach a middleware through it
        return await engine.download_async(
            Request(
                url,
                priority=PRIORITY,
                callback=NO_CALLBACK,
                headers={"Accept-Encoding": "identity"},
                meta={
                    FETCHING: True,
                    "dont_obey_robotstxt": True,  # Scrapy's own, if on, would wait for us for ever
                    "dont_redirect": True,
                    "download_maxsize": MOST_FETCHED,
                },
            )
        )

    def _count(self, what: str) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"robots/{what}")
