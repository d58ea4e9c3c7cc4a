"""The pace in Scrapy's chain: one downloader slot an address, pauses kept, "later" heard."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.guard import Refused, port_of
from crawler.guard_resolver import installed
from crawler.pace import Manners, Pace
from crawler.resolve import Unresolved
from crawler.unfetched import CAPTURED, Throttled

LATER = frozenset({429, 503})

_paces: WeakKeyDictionary[Crawler, Pace] = WeakKeyDictionary()


def pace_of(crawler: Crawler) -> Pace:
    """The pace of a sweep: the one in the spider's plan, else one of the crawler's own.

    It cannot travel in the settings: Scrapy copies those deeply, and the scheduler would ask
    another pace than the one that was told.
    """
    planned = getattr(getattr(crawler.spider, "plan", None), "pace", None)
    if isinstance(planned, Pace):
        return planned
    if crawler not in _paces:
        _paces[crawler] = Pace(Manners(delay=crawler.settings.getfloat("DOWNLOAD_DELAY")))
    return _paces[crawler]


class PaceMiddleware:
    """PACE_SHARE_ROUTED: routed hosts share the pace of the address they are routed to; by default
    each goes by its own, as the hosts of a sample web stand for separate machines."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._share_routed = crawler.settings.getbool("PACE_SHARE_ROUTED")
        crawler.signals.connect(self._set_delay, signal=signals.request_reached_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PaceMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(CAPTURED):
            return
        host = host_of(request)
        pace = pace_of(self._crawler)
        until = pace.paused_until(host)
        if until is not None:
            raise Throttled(host, until)
        slot = await self._slot(request, host)
        pace.enter(host, slot)
        # Always set anew: a redirect carries its meta, and so the slot of the host it came from.
        request.meta["download_slot"] = slot

    async def _slot(self, request: Request, host: str) -> str:
        """The lowest vetted address of the host, so that the order of answers does not matter."""
        resolver = installed().resolver
        port = port_of(urlparse_cached(request))
        try:
            routed = resolver.guard.route(host, port)
            if routed is not None:
                return f"{routed[0]}:{routed[1]}" if self._share_routed else host
            return min(address for address, _ in await resolver.resolve(host, port))
        except (Refused, Unresolved):
            return host  # goes no further: the guard says so before a connection is made

    def _set_delay(self, request: Request) -> None:
        """Slots are made and forgotten by the downloader; the signal comes when one exists and
        before it hands anything out."""
        engine = self._crawler.engine
        slot = str(request.meta.get("download_slot", ""))
        found = engine.downloader.slots.get(slot) if engine is not None else None
        if found is None or request.meta.get(CAPTURED):
            return
        pace = pace_of(self._crawler)
        found.delay = pace.delay(slot)
        if found.delay > pace.manners.delay:
            found.jitter = 0.0  # what robots.txt asks for is a least, not an average

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get(CAPTURED):
            return response
        host = urlparse_cached(response).hostname or host_of(request)
        pace = pace_of(self._crawler)
        if response.status not in LATER:
            pace.answered(host)
            return response
        asked = (response.headers.get("Retry-After") or b"").decode("latin-1")
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"pace/later/{response.status}")
        raise Throttled(host, pace.throttled(host, asked), response.status)


def host_of(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
