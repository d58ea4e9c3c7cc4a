"""The base of every source: it says where a sweep starts and what a page says, nothing else."""

from __future__ import annotations

import scrapy

from crawler.reading import Reading
from storage.records import Page, Target


class SourceSpider(scrapy.Spider):
    """A source overrides `read`, and `seeds` where the start is more than one URL.

    Fetching is the same for all of them and stands in crawler/sweep_spider.py.
    """

    name = "source"

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        """URLs a sweep of this target starts from."""
        return (target.value,)

    def read(self, page: Page) -> Reading:
        """What the page says: a pure function, no network, no clock, no database."""
        raise NotImplementedError(f"{type(self).__name__}.read")
