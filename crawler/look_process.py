"""One process, one reactor: looks again at URLs until none is left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from crawler.look_spider import LookPlan, LookSpider
from crawler.source_spider import SourceSpider

# What a sweep needs of Scrapy and a look does not: leases, and the line a post travels.
WITHOUT: dict[str, Any] = {
    "SCHEDULER": "scrapy.core.scheduler.Scheduler",
    "ITEM_PIPELINES": {},
}


def crawl_looks(
    sources: Mapping[str, type[SourceSpider]], plan: LookPlan, settings: Mapping[str, Any]
) -> bool:
    """Run to the end; blocks. Whether it was interrupted. Raises the Problem that ended it.

    Scrapy's reactor can run once in a process, so can this.
    """
    process = AsyncCrawlerProcess({**settings, **WITHOUT})
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)
    crawler = process.create_crawler(LookSpider)
    process.crawl(crawler, plan=plan, readers={name: source() for name, source in sources.items()})
    process.start()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    spider = crawler.spider
    if isinstance(spider, LookSpider) and spider.problem is not None:
        raise spider.problem
    stats = crawler.stats.get_stats() if crawler.stats is not None else {}
    return bool(stats.get("finish_reason") != "finished")
