"""Scrapy's scheduler, served from the frontier's leases.

Nothing is popped: a URL is leased, fetched, and acknowledged in the transaction that stores its
results, so a killed process loses nothing. Redirects and robots.txt stay in memory, covered by the
lease of the URL that caused them.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from typing import cast
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler

from crawler.render import render_meta
from crawler.sweep_spider import SweepSpider
from storage.bilingual import Problem
from storage.records import CANARY, Lease

BATCH = 64  # leases taken at once; one query costs as much as one lease
DRY_SECONDS = 0.25  # after an empty answer, how long the database is left in peace
STALE_SECONDS = 300.0  # a lease held longer than this in memory is given back by expiry


class FrontierScheduler(BaseScheduler):
    def __init__(self) -> None:
        self._local: deque[Request] = deque()
        self._ready: dict[str, deque[tuple[float, Lease]]] = {}
        self._flying: Counter[str] = Counter()
        self._looking: set[str] = set()  # sources whose daily look is under way
        self._dry_until = 0.0
        self._timer: asyncio.Future[None] | None = None

    def open(self, spider: Spider) -> None:
        self._spider = cast(SweepSpider, spider)
        self._spider.landed = self._landed
        self._plan = self._spider.plan

    def close(self, reason: str) -> None:  # noqa: ARG002 (Scrapy's signature)
        """Commit what is finished, also when a person pressed Ctrl-C."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._plan.ledger.flush()
        except Problem as problem:
            self._spider.problem = self._spider.problem or problem

    def enqueue_request(self, request: Request) -> bool:
        self._local.append(request)
        return True

    def has_pending_requests(self) -> bool:
        if self._local or self._ready:
            return True
        # Asked when all else is idle: links still in the ledger must count as pending.
        try:
            self._plan.ledger.flush()
            return self._plan.frontier.waiting() > 0
        except Problem as problem:
            self._spider.give_up(problem)
            return False

    def next_request(self) -> Request | None:
        if self._local:
            return self._local.popleft()
        lease = self._next_lease()
        if lease is None:
            self._wake_later()
            return None
        return self._request(lease)

    def _next_lease(self) -> Lease | None:
        """None also when the database is in trouble: then the spider is told to end."""
        try:
            lease = self._next_ready()
            while lease is not None and self._spider.passed_over(lease):
                lease = self._next_ready()
        except Problem as problem:
            self._spider.give_up(problem)
            return None
        return lease

    def _next_ready(self) -> Lease | None:
        lease = self._take_ready()
        if lease is None and self._refill():
            lease = self._take_ready()
        return lease

    def _wake_later(self) -> None:
        """Come back by ourselves: Scrapy asks again when a page lands, else every five seconds."""
        if self._timer is None or self._timer.done():
            self._timer = asyncio.ensure_future(self._wake())

    async def _wake(self) -> None:
        while self._spider.crawler.engine is not None:
            await asyncio.sleep(DRY_SECONDS)
            lease = self._next_lease()
            if lease is not None:
                self._spider.crawler.engine.crawl(self._request(lease))
                return

    def _take_ready(self) -> Lease | None:
        """The next lease of a host that has room, hosts in turn."""
        for host in list(self._ready):
            if self._flying[host] >= self._plan.limits.per_host or self._paused(host):
                continue
            if self._ready[host][0][1].source in self._looking:
                continue
            queue = self._ready.pop(host)
            taken_at, lease = queue.popleft()
            if queue:
                self._ready[host] = queue  # to the end of the turn
            if time.monotonic() - taken_at < STALE_SECONDS:
                return lease
        return None

    def _paused(self, host: str) -> bool:
        return self._plan.pace.paused_until(host) is not None

    def _refill(self) -> bool:
        now = time.monotonic()
        if now < self._dry_until:
            return False
        leases = self._lease()
        # Links of pages already read may still wait in the ledger for their commit.
        if not leases and not self._ready and self._plan.ledger.flush():
            leases = self._lease()
        for lease in leases:
            self._ready.setdefault(host_of(lease), deque()).append((now, lease))
        if not leases:
            self._dry_until = now + DRY_SECONDS
        return bool(leases)

    def _lease(self) -> list[Lease]:
        return self._plan.frontier.lease(BATCH, self._busy_hosts())

    def _busy_hosts(self) -> set[str]:
        full = {host for host, count in self._flying.items() if count >= self._plan.limits.per_host}
        return full | set(self._ready)

    def _request(self, lease: Lease) -> Request:
        self._flying[host_of(lease)] += 1
        if self._is_look(lease):
            self._looking.add(lease.source)
        meta = {"lease": lease}
        order = self._spider.render_order(lease)
        if order is not None:
            meta |= render_meta(order)
        return Request(
            lease.url,
            callback=self._spider.landed_page,
            errback=self._spider.landed_failure,
            meta=meta,
            dont_filter=True,
        )

    def _is_look(self, lease: Lease) -> bool:
        """Whether what this page says decides if anything else of its source is asked for."""
        return self._plan.targets[lease.target_id].reason == CANARY

    def _landed(self, lease: Lease) -> None:
        """The spider has dealt with a lease: its host has room again."""
        if self._is_look(lease):
            self._looking.discard(lease.source)
        host = host_of(lease)
        self._flying[host] -= 1
        if self._flying[host] <= 0:
            del self._flying[host]
        if host not in self._ready:
            self._dry_until = 0.0  # its URLs were left out of the last look


def host_of(lease: Lease) -> str:
    return urlsplit(lease.canonical).hostname or ""
