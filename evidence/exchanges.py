"""What a page asked for and was answered, as the browser saw it, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response

from crawler.proxy_wire import FAILED, PER_HOP, REFUSED
from crawler.tally import Tally
from evidence.bounds import Bounds

Headers = tuple[tuple[str, str], ...]
BODILESS = frozenset({204, 205, 304})
GIVEN_UP = frozenset(
    {"net::ERR_ABORTED", "net::ERR_BLOCKED_BY_ORB", "net::ERR_BLOCKED_BY_RESPONSE"}
)
SILENT_SECONDS = 25.0  # somewhat less than the proxy lets a server be silent


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer; `status` 0 and a `failure` where there was none."""

    method: str
    url: str
    kind: str  # "document", "image", "xhr", …
    asked_at: datetime
    main: bool = False  # a document of the main frame
    here: bool = False  # asked by the page itself and not by a window it opened
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int = 0
    status_text: str = ""
    headers: Headers = ()
    protocol: str = ""  # "HTTP/1.1", "HTTP/2.0", …
    tls: Mapping[str, object] = field(default_factory=dict)
    body: bytes = b""  # decoded
    truncated: str = ""  # as WARC-Truncated: "length", "time", "disconnect", "unspecified"
    failure: str = ""  # a reason of the guard or its proxy, or the browser's own word
    late: bool = False  # still open when the parts of the page were taken
    unused: bool = False  # an error's body in place of a part, which the browser did not read

    def header(self, name: str) -> str:
        """First value of an answer's header, any case; "" if absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Recorder:
    """Listens to a page and its windows until `finish`; `exchanges` are in the order of asking."""

    def __init__(self, page: Page, tally: Tally, bounds: Bounds) -> None:
        self._page = page
        self._tally = tally
        self._bounds = bounds
        self._open: dict[Request, Exchange] = {}
        self._documents = 0
        self._work: set[asyncio.Task[None]] = set()
        self._tls: dict[str, Mapping[str, object]] = {}
        self._held = 0
        self.exchanges: list[Exchange] = []
        self.refused: set[str] = set()  # URLs that our own proxy answered
        self.left_out = 0  # requests beyond the limit, not recorded
        self.sockets: list[str] = []  # WebSockets: opened, their messages not recorded
        self.restless = asyncio.Event()  # it went on from document to document, beyond the limit
        page.context.on("request", self._asked)
        page.on("request", self._asked_here)  # told after the other
        page.context.on("requestfinished", self._finished)
        page.context.on("requestfailed", self._failed)
        page.on("websocket", lambda socket: self.sockets.append(socket.url[:2000]))

    @property
    def unfinished(self) -> int:
        return len(self._open)

    def note_late(self) -> None:
        """What is open now will be lacking from what is taken now, answered later or not."""
        for exchange in self._open.values():
            exchange.late = True

    @property
    def navigations(self) -> list[Exchange]:
        return [one for one in self.exchanges if one.main]

    def _asked(self, request: Request) -> None:
        made = request.url.startswith("blob:") and request.is_navigation_request()
        if not made and not request.url.startswith(("http://", "https://")):
            return
        if len(self.exchanges) >= self._bounds.requests:
            self.left_out += 1
            return
        exchange = Exchange(
            method=request.method,
            url=request.url.partition("#")[0],
            kind=request.resource_type,
            asked_at=datetime.now(UTC),
        )
        self._open[request] = exchange
        self.exchanges.append(exchange)

    def _asked_here(self, request: Request) -> None:
        """By the page itself and not by a window it opened."""
        if request in self._open:
            self._open[request].here = True
        if not is_main(request, self._page):
            return
        if request in self._open:
            self._open[request].main = True
        if request.redirected_from is None:
            self._documents += 1
        if self._documents > self._bounds.documents:
            self.restless.set()

    def _finished(self, request: Request) -> None:
        self._start(request, "")

    def _failed(self, request: Request) -> None:
        # What is known of the host is no reason where the server has begun to answer.
        silent = request.existing_response is None
        why = self._tally.failures.get(host_of(request.url)) if silent else ""
        if silent and not why and self._waited_long(request):
            why = "timeout"
        self._start(request, why or request.failure or "failed")

    def _waited_long(self, request: Request) -> bool:
        """Cut off by our own proxy, it seems, because the server said nothing."""
        exchange = self._open.get(request)
        if exchange is None or request.failure in GIVEN_UP:
            return False
        return (datetime.now(UTC) - exchange.asked_at).total_seconds() >= SILENT_SECONDS

    def _start(self, request: Request, failure: str) -> None:
        exchange = self._open.pop(request, None)
        if exchange is None:
            return
        exchange.failure = failure
        task = asyncio.ensure_future(self._keep(exchange, request))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _keep(self, exchange: Exchange, request: Request) -> None:
        response = request.existing_response
        try:
            # The body first: it is lost as soon as the page goes on.
            if response is not None:
                await self._keep_answer(exchange, response)
            headers = pairs(await request.headers_array())
            exchange.request_headers = end_to_end(exchange.url, headers)
            exchange.request_body = request.post_data_buffer or b""
        except PlaywrightError:
            return  # the browser is gone: what is there stays

    async def _keep_answer(self, exchange: Exchange, response: Response) -> None:
        exchange.headers = tuple(response.headers.items())
        ours = word_of_proxy(exchange)
        if ours:
            exchange.failure, exchange.headers = ours, ()
            self.refused.add(exchange.url)
            return
        exchange.status, exchange.status_text = response.status, response.status_text
        try:
            await self._keep_body(exchange, response)
        except PlaywrightError:
            exchange.truncated = "unspecified"
        exchange.headers = end_to_end(exchange.url, pairs(await response.headers_array()))
        exchange.protocol = await response.http_version()
        if exchange.url.startswith("https://"):
            exchange.tls = await self._tls_of(response)

    async def _tls_of(self, response: Response) -> Mapping[str, object]:
        origin = "/".join(response.url.split("/", 3)[:3])
        if origin not in self._tls:
            self._tls[origin] = dict(await response.security_details() or {})
        return self._tls[origin]

    async def _keep_body(self, exchange: Exchange, response: Response) -> None:
        if not has_body(exchange):
            return
        if exchange.failure:
            exchange.unused = not exchange.main and given_up(exchange) and exchange.status >= 400
            why = "unspecified" if given_up(exchange) else "disconnect"
            exchange.truncated = exchange.truncated or why
            return
        room = min(self._bounds.body_bytes, self._bounds.bodies_bytes - self._held)
        if length_of(exchange) > room:
            exchange.truncated = "length"
            return
        body = await response.body()
        if len(body) > room:
            exchange.truncated = "length"
            return
        self._held += len(body)
        exchange.body = body
        if len(body) < length_of(exchange) and not exchange.header("content-encoding"):
            exchange.truncated = "disconnect"

    async def finish(self, seconds: float) -> None:
        """Take what is still coming, no longer than `seconds`; what is not there by then is cut."""
        for request, exchange in tuple(self._open.items()):
            exchange.failure, exchange.truncated = "unfinished", "time"
            if request.existing_response is not None:
                self._start(request, "unfinished")
        self._open.clear()
        if self._work:
            await asyncio.wait(set(self._work), timeout=seconds)
        for task in tuple(self._work):
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def given_up(exchange: Exchange) -> bool:
    """By the browser: an answer of a kind it has no use for, as a page for a style sheet."""
    return exchange.failure in GIVEN_UP


def is_main(request: Request, page: Page) -> bool:
    with suppress(PlaywrightError):  # the frame of a page that is being replaced is not there yet
        return request.is_navigation_request() and request.frame == page.main_frame
    return request.is_navigation_request()


def pairs(headers: Iterable[Any]) -> Headers:
    """One pair a value: the browser joins repeated headers with line ends."""
    return tuple(
        (str(header["name"]), value)
        for header in headers
        for value in str(header["value"]).split("\n")
    )


def end_to_end(url: str, headers: Headers) -> Headers:
    """Without what was said between the browser and our own proxy, over plain HTTP."""
    if not url.startswith("http://"):
        return headers
    return tuple(pair for pair in headers if pair[0].lower().encode() not in PER_HOP)


def word_of_proxy(exchange: Exchange) -> str:
    """What our own proxy said instead of the server, "" where it was the server.

    Only over plain HTTP can it say so: it takes its own headers off what servers send there, and
    over TLS it says nothing at all.
    """
    if not exchange.url.startswith("http://"):
        return ""
    return exchange.header(REFUSED) or exchange.header(FAILED)


def has_body(exchange: Exchange) -> bool:
    redirect = 300 <= exchange.status < 400
    return exchange.method != "HEAD" and not redirect and exchange.status not in BODILESS


def length_of(exchange: Exchange) -> int:
    text = exchange.header("content-length")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
