"""500 enqueue: post, findings, case, links and the ack of the lease, in one transaction."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from pipelines.tools import Tools, give_up, tools_of
from storage.bilingual import Problem
from storage.records import Visit


class Enqueue:
    def __init__(self, tools: Tools, crawler: Crawler) -> None:
        self._ledger = tools.ledger
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tools_of(crawler), crawler)

    def process_item(self, item: Visit) -> Visit:
        try:
            self._ledger.add(item)
        except Problem as problem:
            give_up(self._crawler, problem)
        return item
