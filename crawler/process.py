"""One process, one reactor: all sources of a sweep crawl side by side until nothing is left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawler.source_spider import SourceSpider
from crawler.sweep_plan import SweepPlan
from crawler.sweep_spider import SweepSpider
from storage.bilingual import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the crawl came to its end: finished, interrupted (Ctrl-C), or a problem to be told."""

    interrupted: bool
    problem: Problem | None
    stats: Mapping[str, int]  # Scrapy's counters


def crawl(
    sources: Mapping[str, type[SourceSpider]], plan: SweepPlan, settings: Mapping[str, Any]
) -> Ending:
    """Run to the end; blocks. Scrapy's reactor can run once in a process, so can this."""
    process = AsyncCrawlerProcess(dict(settings))
    # We send no Referer on purpose; Scrapy would call that a mistake at every start.
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)
    crawler = process.create_crawler(SweepSpider)
    readers = {name: source() for name, source in sources.items()}
    process.crawl(crawler, plan=plan, readers=readers)
    process.start()
    # Playwright's driver may be cut off by Ctrl-C in the middle of a call; that is no news.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    stats = crawler.stats.get_stats() if crawler.stats is not None else {}
    spider = crawler.spider
    return Ending(
        # Told twice to stop, Scrapy ends without any reason: that is no finished sweep either.
        interrupted=stats.get("finish_reason") != "finished",
        problem=spider.problem if isinstance(spider, SweepSpider) else None,
        stats={name: value for name, value in stats.items() if isinstance(value, int)},
    )
