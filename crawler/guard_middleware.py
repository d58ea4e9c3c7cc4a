"""The guard in Scrapy's chain: refuses early and gives every refusal its reason.

The resolver (crawler/guard_resolver.py) is what keeps connections safe; this tells the page why.
It stands nearest to the downloader, so that it sees requests as they go out, robots.txt and
redirects included.
"""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import DNSLookupError

from crawler.guard import WHY, Refused, port_of
from crawler.guard_resolver import GuardResolver, installed, unguarded
from crawler.proxy_wire import FAILED, REFUSED
from crawler.resolve import Unresolved
from crawler.unfetched import CAPTURED, GuardRefused

LOCATED = frozenset({301, 302, 303, 307, 308})


class GuardMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Refuses to start without the resolver: a chain that only looks guarded is worse."""
        if crawler.settings["TWISTED_DNS_RESOLVER"] != RESOLVER:
            raise unguarded()
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("proxy"):
            raise self._counted(Refused("proxy", request.url))
        resolver = installed().resolver
        split = urlparse_cached(request)
        try:
            resolver.guard.vet_url(request.url)
            if not request.meta.get(CAPTURED):
                await resolver.resolve(split.hostname or "", port_of(split))
        except Refused as refused:
            raise self._counted(refused) from refused
        except Unresolved as unresolved:
            raise CannotResolveHostError(str(unresolved)) from unresolved

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get(CAPTURED):
            return response
        if request.meta.get("playwright"):
            self._heed_proxy(response)
        elif response.status in LOCATED:
            self._vet_location(request, response)
        return response

    def _vet_location(self, request: Request, response: Response) -> None:
        """Before Scrapy follows: it would hand a redirect to file:// on as if it were a page."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        if not location:
            return
        try:
            installed().resolver.guard.vet_url(urljoin(request.url, location.strip()))
        except ValueError:
            raise self._counted(Refused("host", location)) from None
        except Refused as refused:
            raise self._counted(refused) from refused

    def _heed_proxy(self, response: Response) -> None:
        """What the browser's proxy said of the document. Only it can say so: it takes its own
        headers off what servers send over plain HTTP, and over TLS it says nothing at all."""
        if not response.url.startswith("http://"):
            return
        reason = (response.headers.get(REFUSED) or b"").decode("latin-1")
        if reason:
            raise self._counted(Refused(reason if reason in WHY else "host", response.url))
        failed = response.headers.get(FAILED)
        if failed == b"dns":
            raise CannotResolveHostError(response.url)
        if failed:
            raise DownloadFailedError(failed.decode("latin-1"))

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A name that was public when we looked and private when we connected ends up here."""
        if isinstance(exception, (CannotResolveHostError, DNSLookupError)):
            refused = installed().refusal(urlparse_cached(request).hostname or "")
            if refused is not None:
                raise self._counted(refused) from exception

    def _counted(self, refused: Refused) -> GuardRefused:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(f"guard/refused/{refused.reason}")
        return GuardRefused(refused)


RESOLVER = f"{GuardResolver.__module__}.{GuardResolver.__qualname__}"
