"""450 discover: what a page leads to beyond its own target becomes a target of its own."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from pipelines.tools import Discovery, give_up, tools_of
from storage.bilingual import Problem
from storage.records import Visit


class Discover:
    def __init__(self, discovery: Discovery | None, crawler: Crawler) -> None:
        self._discovery = discovery
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tools_of(crawler).discovery, crawler)

    def process_item(self, item: Visit) -> Visit:
        if self._discovery is None:
            return item
        try:
            self._discovery.consider(item)
        except Problem as problem:
            give_up(self._crawler, problem)
        return item
