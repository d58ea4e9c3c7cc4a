"""360 mark: what tells an advertiser's pages from others besides words: structure and pictures.

Of flagged posts on the open web alone: a platform's pages are the platform's.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Protocol, Self

from scrapy.crawler import Crawler

from storage.records import Page, Sighting, Visit

OPEN_WEB = "web"


class Marker(Protocol):
    """The spider's part in this: it knows pages."""

    def marks(self, page: Page) -> Awaitable[tuple[tuple[str, str], ...]]: ...


class Mark:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Visit) -> Visit:
        # Where a page shows several posts nobody can tell whose template or picture it is.
        if item.page is None or len(item.sightings) != 1 or not wanted(item.sightings[0]):
            return item
        marker: Marker = self._crawler.spider  # type: ignore[assignment]
        marks = await marker.marks(item.page)
        return replace(item, sightings=(replace(item.sightings[0], marks=marks),))


def wanted(sighting: Sighting) -> bool:
    flagged = sighting.judgement is not None and sighting.judgement.flagged
    return flagged and sighting.post.platform == OPEN_WEB
