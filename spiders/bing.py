"""必应 in its Chinese edition; hits hide behind bing.com/ck/a, which names its target."""

from __future__ import annotations

from urllib.parse import quote

from crawler.markers import markers_of
from crawler.reading import Reading
from crawler.search_page import read_search
from crawler.source_spider import SourceSpider
from storage.records import Page, Target, TargetKind


class BingSpider(SourceSpider):
    name = "bing"
    zh = "必应搜索"
    hosts = ("cn.bing.com", "www.bing.com", "bing.com")
    searches_web = True

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.KEYWORD:
            return (f"https://cn.bing.com/search?q={quote(target.value)}&ensearch=0",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        return read_search(markers_of(self.name), page)
