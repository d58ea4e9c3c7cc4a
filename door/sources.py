"""The sources there are: every spider in spiders/, by its name."""

from __future__ import annotations

from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from crawler.source_spider import SourceSpider


def all_sources() -> dict[str, type[SourceSpider]]:
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": ["spiders"]}))
    found = {name: loader.load(name) for name in loader.list()}
    return {name: spider for name, spider in found.items() if issubclass(spider, SourceSpider)}
