"""Looking again at single URLs, one way at a time: plain HTTP, and through the browser.

Requests of one platform (of one host, where a source reads many owners' sites) go one after
another, so that a wall stops the rest of them: nothing is sent to get past it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import Wanted
from crawler.camera import take_picture
from crawler.failures import outcome_of
from crawler.readers import ANY_SITE, Readers, host_of
from crawler.reading import Reading
from crawler.render import RenderOrder, render_meta
from crawler.source_spider import SourceSpider
from crawler.sweep_plan import Limits, Picture
from crawler.sweep_spider import page_from, read_safely
from storage.bilingual import Problem
from storage.records import Page, PageState

WALLS = frozenset({"captcha", "login", "rate_limit", "risk", "session_expired"})
PAUSED = Reading(state=PageState.BLOCKED, reason="source_paused")
NO_BROWSER = Reading(state=PageState.ERROR, reason="no_browser")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One URL to be looked at, one way."""

    key: int  # whose look it is
    url: str
    browser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of one asking; `page` is None where nothing came over the wire."""

    ask: Ask
    source: str  # who read it
    reading: Reading
    at_home: bool = False  # read by the very platform that was asked, on whichever of its hosts
    page: Page | None = None
    picture: Picture = field(default_factory=Picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """What the looks of one run share. `hand` is told each as it comes and may raise Problem."""

    asks: Sequence[Ask]
    hand: Callable[[Looked], None]
    limits: Limits = field(default_factory=Limits)
    sessions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # logins by source
    browser: bool = True  # whether the machine has one


class LookSpider(scrapy.Spider):
    name = "look"

    def __init__(self, plan: LookPlan, readers: Mapping[str, SourceSpider]) -> None:
        super().__init__()
        self.plan = plan
        self.problem: Problem | None = None
        self._readers = readers
        self._hosts = Readers(readers)
        self._lines: dict[str, deque[Ask]] = {}
        for ask in plan.asks:
            self._lines.setdefault(self._line_of(ask), deque()).append(ask)

    async def start(self) -> AsyncIterator[Request]:
        for line in list(self._lines):
            for request in self._onward(line):
                yield request

    async def landed(self, response: Response) -> list[Request]:
        ask: Ask = response.meta["ask"]
        page = page_from(response, ask.url)
        source = self._hosts.landed(self._source_of(ask), page.final_url)
        reading = read_safely(self._readers[source], page)
        picture = await self._picture(page) if ask.browser else Picture()
        self._hand(
            Looked(
                ask=ask,
                source=source,
                reading=shown(reading),
                at_home=source == self._source_of(ask) != ANY_SITE,
                page=page,
                picture=picture,
            )
        )
        if walled(reading):
            self._pause(self._line_of(ask), ask)
        return list(self._onward(self._line_of(ask)))

    def failed(self, failure: Failure) -> Iterator[Request]:
        ask: Ask = failure.request.meta["ask"]  # type: ignore[attr-defined]
        outcome = outcome_of(failure)
        self._tell(ask, Reading(state=outcome.state, reason=outcome.reason))
        return self._onward(self._line_of(ask))

    async def _picture(self, page: Page) -> Picture:
        return await take_picture(self.crawler.engine, page, self.plan.limits.picture_timeout)

    def _onward(self, line: str) -> Iterator[Request]:
        """The next of a line, if there is one; those that cannot be asked are told at once."""
        waiting = self._lines[line]
        while waiting and self.problem is None:
            ask = waiting.popleft()
            if ask.browser and not self.plan.browser:
                self._tell(ask, NO_BROWSER)
                continue
            yield self._request(ask)
            return

    def _request(self, ask: Ask) -> Request:
        meta = render_meta(self._order(ask)) if ask.browser else {}
        return Request(
            ask.url,
            self.landed,
            errback=self.failed,
            meta={"ask": ask, **meta},
            dont_filter=True,
        )

    def _order(self, ask: Ask) -> RenderOrder:
        name = self._source_of(ask)
        source, state = self._readers[name], self.plan.sessions.get(name)
        return RenderOrder(
            timeout=self.plan.limits.timeout,
            wanted=Wanted(hosts=source.answer_hosts, awaits=source.awaits),
            session=name if state is not None else "",
            storage_state=state,
        )

    def _pause(self, line: str, stopped: Ask) -> None:
        """A wall says nothing of the way not yet tried: only what asks as the stopped one did
        is left out."""
        waiting = self._lines[line]
        left = deque(ask for ask in waiting if ask.browser is not stopped.browser)
        for ask in waiting:
            if ask.browser is stopped.browser:
                self._tell(ask, PAUSED)
        self._lines[line] = left

    def _tell(self, ask: Ask, reading: Reading) -> None:
        self._hand(Looked(ask=ask, source=self._source_of(ask), reading=reading))

    def _hand(self, looked: Looked) -> None:
        if self.problem is not None:
            return
        try:
            self.plan.hand(looked)
        except Problem as problem:
            # No request follows this one, so the crawl ends by itself.
            self.problem = problem

    def _source_of(self, ask: Ask) -> str:
        return self._hosts.of(ask.url) or ANY_SITE

    def _line_of(self, ask: Ask) -> str:
        name = self._source_of(ask)
        return host_of(ask.url) if self._readers[name].many_sites else name


def shown(reading: Reading) -> Reading:
    """An empty shell is a wall for the way that met it; the other way is asked anyway."""
    if not reading.wants_browser:
        return reading
    return Reading(state=PageState.BLOCKED, reason=reading.reason or "shell")


def walled(reading: Reading) -> bool:
    return reading.state is PageState.BLOCKED and reading.reason in WALLS
