"""The one spider of a sweep: it fetches for all sources and turns what came into visits.

One engine for all sources, so that they share one pace to an address, one robots.txt memory and one
browser; each page is read by the source that asked for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import Wanted
from crawler.camera import take_picture
from crawler.failures import Outcome, outcome_of
from crawler.outlinks import Found
from crawler.page_marks import page_marks
from crawler.picture_eye import PictureEye
from crawler.picture_scan import Scan, fetched, scan_bytes
from crawler.readers import Readers, host_of
from crawler.reading import Reading
from crawler.registrable import registrable
from crawler.render import RenderOrder
from crawler.source_spider import SourceSpider
from crawler.sweep_plan import Picture, SweepPlan
from storage.bilingual import Problem
from storage.records import Lease, Link, Page, PageState, Sighting, TargetKind, Visit


class SweepSpider(scrapy.Spider):
    name = "sweep"
    # Set by the scheduler: told when a lease has been dealt with.
    landed: Callable[[Lease], None]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.step_failed, signal=signals.item_error)
        crawler.signals.connect(spider.eye.close, signal=signals.spider_closed)
        return spider

    def __init__(self, plan: SweepPlan, readers: Mapping[str, SourceSpider]) -> None:
        super().__init__()
        self.plan = plan
        self.problem: Problem | None = None
        self.eye = PictureEye()
        self._readers = readers
        self._hosts = Readers(readers)

    def landed_page(self, response: Response) -> Iterator[Visit]:
        lease: Lease = response.meta["lease"]
        page = page_from(response)
        reading = self.plan.watch.look(self._reader(lease, page), self._read(lease, page))
        self.landed(lease)
        if reading.wants_browser and not self._rendered(lease):
            self._again(lease, datetime.now(UTC), reading.reason, render=True)
        elif retriable(page.status, reading) and self._may_retry(lease):
            self._again(lease, self._retry_time(lease), reading.reason)
        else:
            yield self._visit(lease, page, reading)

    def render_order(self, lease: Lease) -> RenderOrder | None:
        """How this page goes through the browser; None where plain HTTP does."""
        if not self._rendered(lease):
            return None
        source = self._readers[lease.source]
        state = self.plan.sessions.get(lease.source)
        return RenderOrder(
            timeout=self.plan.limits.timeout,
            wanted=Wanted(hosts=source.answer_hosts, awaits=source.awaits),
            session=lease.source if state is not None else "",
            storage_state=state,
        )

    def _rendered(self, lease: Lease) -> bool:
        """A source with a login is read through the browser alone: there the login lives."""
        source = self._readers[lease.source]
        return lease.render or source.rendered or lease.source in self.plan.sessions

    def _read(self, lease: Lease, page: Page) -> Reading:
        return read_safely(self._readers[self._reader(lease, page)], page)

    def _reader(self, lease: Lease, page: Page) -> str:
        return self._hosts.landed(lease.source, page.final_url)

    def passed_over(self, lease: Lease) -> bool:
        """Whether the lease's source rests; then its page is counted as not read, and why."""
        reason = self.plan.watch.rests(lease.source)
        if reason is None:
            return False
        visit = Visit(lease=lease, state=PageState.BLOCKED, reason=reason)
        self.plan.on_visit(visit)
        self.plan.ledger.add(visit)
        return True

    def step_failed(self, item: Visit, failure: Failure) -> None:
        """A step of the pipeline broke on a visit: the page is counted and named all the same."""
        reason = f"step_{failure.type.__name__.lower()}" if failure.type else "step"
        try:
            self.plan.ledger.add(Visit(lease=item.lease, state=PageState.ERROR, reason=reason))
        except Problem as problem:
            self.give_up(problem)

    def landed_failure(self, failure: Failure) -> Iterator[Visit]:
        lease: Lease = failure.request.meta["lease"]  # type: ignore[attr-defined]
        outcome = outcome_of(failure)
        self.landed(lease)
        if outcome.retry_at is not None and lease.attempts <= MAX_THROTTLED:
            self._again(lease, outcome.retry_at, outcome.reason)
        elif outcome.transient and self._may_retry(lease):
            self._again(lease, self._retry_time(lease), outcome.reason)
        else:
            yield self._failed_visit(lease, outcome)

    async def picture(self, page: Page) -> Picture:
        """A picture of a captured page, or the reason why there is none."""
        if not self.plan.pictures:
            return Picture(reason="no_browser")
        return await take_picture(self.crawler.engine, page, self.plan.limits.picture_timeout)

    async def marks(self, page: Page) -> tuple[tuple[str, str], ...]:
        """Keys of the page's advertiser that stand in no word of it."""
        return await asyncio.to_thread(page_marks, page)

    async def scan(self, url: str, page_url: str, data: bytes = b"") -> Scan:
        """The QR codes of a picture of a page; it is fetched where `data` does not hold it."""
        scan = Scan(body=data)
        if not data:
            seconds = self.plan.limits.picture_timeout
            scan = await fetched(self.crawler.engine, url, seconds)
        return scan if scan.reason else await scan_bytes(self.eye, scan.body, url, page_url)

    def give_up(self, problem: Problem) -> None:
        """End the crawl for a reason a person must hear; open leases stay for the next run."""
        if self.problem is not None:
            return
        self.problem = problem
        if self.crawler.engine is not None:
            # Not awaited: closing waits for the very step that calls this.
            coroutine = self.crawler.engine.close_spider_async(reason="problem")
            self._closing = asyncio.ensure_future(coroutine)

    def _visit(self, lease: Lease, page: Page, reading: Reading) -> Visit:
        visit = Visit(
            lease=lease,
            state=reading.state,
            reason=reading.reason,
            page=page,
            links=self._links(lease, page, reading),
            sightings=tuple(Sighting(post=post) for post in reading.posts),
            leads=self._leads(lease, page, reading),
            read_by=self._reader(lease, page),
        )
        self.plan.on_visit(visit)
        return visit

    def _failed_visit(self, lease: Lease, outcome: Outcome) -> Visit:
        visit = Visit(lease=lease, state=outcome.state, reason=outcome.reason)
        self.plan.on_visit(visit)
        return visit

    def _links(self, lease: Lease, page: Page, reading: Reading) -> tuple[Link, ...]:
        target = self.plan.targets[lease.target_id]
        found_on = Found(self._reader(lease, page), lease.depth + 1)
        urls = reading.links
        if target.kind in {TargetKind.KEYWORD, TargetKind.ACCOUNT}:
            urls = self.plan.paging.onward(lease.target_id, page.final_url, reading)
        return self.plan.outlinks.fresh(lease.target_id, target, urls, found_on)

    def _leads(self, lease: Lease, page: Page, reading: Reading) -> tuple[str, ...]:
        """A search engine's links are its hits: they are read anyway."""
        hits = self._hosts.takes_any(self._reader(lease, page))
        return () if hits else leads_of(page, reading)

    def _may_retry(self, lease: Lease) -> bool:
        return lease.attempts <= len(self.plan.limits.retry_delays)

    def _retry_time(self, lease: Lease) -> datetime:
        delays = self.plan.limits.retry_delays
        wait = delays[min(max(lease.attempts - 1, 0), len(delays) - 1)]
        return datetime.now(UTC) + timedelta(seconds=wait)

    def _again(
        self, lease: Lease, due_at: datetime, reason: str, *, render: bool | None = None
    ) -> None:
        try:
            self.plan.frontier.retry(lease, due_at, reason, render=render)
        except Problem as problem:
            self.give_up(problem)


def read_safely(reader: SourceSpider, page: Page) -> Reading:
    """A page that breaks its reader is one unreadable page, named, not the end of a sweep."""
    try:
        return reader.read(page)
    except Exception as error:
        reader.logger.exception("reading %s", page.url)
        return Reading(state=PageState.ERROR, reason=f"reader_{type(error).__name__.lower()}")


MOST_LEADS = 30  # of one page; the first are those in its text


def leads_of(page: Page, reading: Reading) -> tuple[str, ...]:
    """Links to other owners' hosts, for when the page turns out to be an advertisement."""
    home = registrable(host_of(page.final_url))
    away = (url for url in reading.links if registrable(host_of(url)) != home)
    return tuple(islice(away, MOST_LEADS))


def retriable(status: int, reading: Reading) -> bool:
    """A server's passing trouble; what broke our own reader would break it again."""
    return reading.state is PageState.ERROR and status >= 500


# A host that answers "later" this often in one sweep is reported, not asked again.
MAX_THROTTLED = 6


def page_from(response: Response, asked: str = "") -> Page:
    """The response as it came, hashed before anyone parses it; `asked` where no lease says it.

    A rendered page keeps the bytes of its main document as the body where the browser gave them;
    the finished document stands in `dom`.
    """
    rendered = "playwright" in response.flags
    raw = response.meta.get("raw_document", response.body) if rendered else response.body
    return Page(
        url=asked or response.meta["lease"].url,
        final_url=response.url,
        status=response.status,
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ),
        body=raw,
        fetched_at=datetime.now(UTC),
        sha256=hashlib.sha256(raw).hexdigest(),
        rendered_by=response.meta.get("rendered_by", "chromium") if rendered else "",
        redirects=tuple(response.meta.get("redirect_urls", ())),
        dom=response.text if rendered else "",
        answers=response.meta.get("answers", ()),
    )
