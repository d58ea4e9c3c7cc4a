"""430 codes: QR codes in the pictures of flagged posts, within a budget; never of innocent ones.

Advertisers write their contact into a picture, where no reader of texts finds it. Each code becomes
a key of its advertiser and a lead; the picture it stands in is kept beside the page.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from classifiers.hosts import official
from pipelines.tools import Tools, give_up, tools_of
from storage.bilingual import Problem
from storage.records import Post, QrCode, Sighting, Snapshot, Visit

MOST_OF_POST = 8  # pictures of one post
MOST_OF_SWEEP = 400
MOST_NAMED = 50  # pictures that could not be looked at; of the rest only their number is told
MOST_BYTES = 200_000_000  # fetched for this in one sweep
# A page's furniture has many pictures; those named like a code are looked at first. Of a URL only
# the path and the parameters' values count: 微信 writes ?wx_fmt= behind each of its pictures and
# 微博 serves them from wx1.
LIKELY = re.compile(
    r"(?<![a-z])qr|qr[-_.]?code|ewm|erwei|2wm|weixin|wechat|(?<![a-z0-9])wx[\d_/.-]"
    r"|(?<![a-z])codes?(?![a-z])",
    re.IGNORECASE,
)
STATS = "codes"  # codes/pictures, codes/found, codes/unread/<reason>


class Scanned(Protocol):
    @property
    def body(self) -> bytes: ...
    @property
    def codes(self) -> tuple[QrCode, ...]: ...
    @property
    def size(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def look(self) -> str: ...


class Scanner(Protocol):
    """The spider's part in this: it has the network."""

    def scan(self, url: str, page_url: str, data: bytes = b"") -> Awaitable[Scanned]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    codes: tuple[QrCode, ...] = ()
    kept: tuple[Snapshot, ...] = ()
    look: str = ""  # of a picture of the post's own


class ReadCodes:
    def __init__(self, tools: Tools, crawler: Crawler) -> None:
        self._store = tools.store
        self._unseen = tools.unseen
        self._crawler = crawler
        self._seen: dict[
            str, asyncio.Future[Seen]
        ] = {}  # by URL: a footer's picture is fetched once
        self._bytes = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tools_of(crawler), crawler)

    async def process_item(self, item: Visit) -> Visit:
        if item.page is None or not any(wanted(each) for each in item.sightings):
            return item
        try:
            return replace(
                item, sightings=tuple([await self._read(one, item) for one in item.sightings])
            )
        except Problem as problem:
            # Without its evidence the page is not acknowledged; the next run fetches it again.
            give_up(self._crawler, problem)
            raise DropItem(problem.text.en) from problem

    async def _read(self, sighting: Sighting, visit: Visit) -> Sighting:
        if not wanted(sighting):
            return sighting
        page_url = visit.page.final_url if visit.page is not None else visit.lease.url
        seen = [await self._picture(url, page_url) for url in self._chosen(sighting.post)]
        if len(visit.sightings) == 1:
            # Where a page shows several posts, nobody can tell whose code its picture shows.
            seen += [await self._screen(one) for one in sighting.snapshots if is_screen(one)]
        kept = {one.sha256: one for look in seen for one in look.kept}
        looks = dict.fromkeys(one.look for one in seen if one.look)
        return replace(
            sighting,
            codes=distinct(code for look in seen for code in look.codes),
            snapshots=(*sighting.snapshots, *kept.values()),
            marks=(*sighting.marks, *(("picture", look) for look in looks)),
        )

    def _chosen(self, post: Post) -> list[str]:
        """The pictures to look at; those beyond the budget are counted as not looked at."""
        every = in_order(url for url in (post.video_cover, *post.images) if url)
        self._count("unread/over_budget", len(every[MOST_OF_POST:]))
        return every[:MOST_OF_POST]

    async def _picture(self, url: str, page_url: str) -> Seen:
        if url not in self._seen:
            if len(self._seen) >= MOST_OF_SWEEP or self._bytes >= MOST_BYTES:
                self._count("unread/over_budget")
                return Seen()
            # A task, so that a second post with the same picture waits for the first one's look.
            self._seen[url] = asyncio.ensure_future(self._look(url, page_url))
        return await self._seen[url]

    async def _look(self, url: str, page_url: str) -> Seen:
        scan = await self._scanner.scan(url, page_url)
        self._bytes += scan.size
        if not scan.codes:
            return Seen(self._told(scan, url), look=scan.look)
        kept = self._store.put(scan.body, "picture", url, datetime.now(UTC))
        return Seen(self._told(scan, url), (kept,), scan.look)

    async def _screen(self, snapshot: Snapshot) -> Seen:
        """The page's own screenshot: codes that a script or a style has drawn."""
        png = self._store.get(snapshot.sha256)
        scan = await self._scanner.scan(snapshot.url, snapshot.url, png)
        return Seen(self._told(scan, snapshot.url))

    def _told(self, scan: Scanned, url: str) -> tuple[QrCode, ...]:
        self._count("pictures")
        if scan.reason:
            self._count(f"unread/{scan.reason}")
            if len(self._unseen) < MOST_NAMED:
                self._unseen.append((url, scan.reason))
        self._count("found", len(scan.codes))
        return tuple(telling(code) for code in scan.codes)

    def _count(self, what: str, number: int = 1) -> None:
        if self._crawler.stats is not None and number:
            self._crawler.stats.inc_value(f"{STATS}/{what}", number)

    @property
    def _scanner(self) -> Scanner:
        scanner: Scanner = self._crawler.spider  # type: ignore[assignment]
        return scanner


def in_order(urls: Iterable[str]) -> list[str]:
    """Those named like a code, then from both ends: advertisers put theirs below everything."""
    ends = deque(dict.fromkeys(urls))
    turns = [ends.pop() if turn % 2 == 0 else ends.popleft() for turn in range(len(ends))]
    return sorted(turns, key=lambda url: not likely(url))


def likely(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    values = (value for _, value in parse_qsl(parts.query))
    return any(LIKELY.search(one) for one in (parts.path, *values))


def wanted(sighting: Sighting) -> bool:
    return sighting.judgement is not None and sighting.judgement.flagged


def is_screen(snapshot: Snapshot) -> bool:
    return snapshot.kind == "screenshot"


def telling(code: QrCode) -> QrCode:
    """An authority's page in a code is no advertiser's mark: everybody points to it."""
    host = urlsplit(code.url).hostname or "" if code.url else ""
    return replace(code, key="") if host and official(host) else code


def distinct(codes: Iterable[QrCode]) -> tuple[QrCode, ...]:
    """Each content once, as it was seen first."""
    return tuple({code.content: code for code in reversed(list(codes))}.values())[::-1]
