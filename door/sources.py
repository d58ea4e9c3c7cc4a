"""The sources there are: every spider in spiders/, by its name."""

from __future__ import annotations

from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from crawler.source_names import listed, source_called
from crawler.source_spider import SourceSpider
from door.speech import t
from storage.bilingual import Problem


def source_name(name: str) -> str:
    """A source as people call it; the name in commands stands beside it."""
    spider = all_sources().get(name)
    return t(f"{spider.zh}（{name}）", name) if spider and spider.zh else name


def source_word(name: str) -> str:
    """The same where there is little room: without the name in commands."""
    spider = all_sources().get(name)
    return t(spider.zh, name) if spider and spider.zh else name


def all_sources() -> dict[str, type[SourceSpider]]:
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": ["spiders"]}))
    found = {name: loader.load(name) for name in loader.list()}
    return {name: spider for name, spider in found.items() if issubclass(spider, SourceSpider)}


def source_of(asked: str) -> str:
    """The name in commands of a source called by either name. Raises Problem for none."""
    sources = all_sources()
    name = source_called(asked, sources)
    if name is None:
        raise Problem(
            f"没有名为“{asked}”的来源；可用的来源：{listed(sources, sources)}。",
            f"no source called “{asked}”; there are: {', '.join(sorted(sources))}.",
        )
    return name
