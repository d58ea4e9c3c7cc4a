"""百度网页搜索: each hit is a post of the engine, its target a link for the other sources."""

from __future__ import annotations

from urllib.parse import quote

from crawler.markers import markers_of
from crawler.reading import Reading
from crawler.search_page import read_search
from crawler.source_spider import SourceSpider
from storage.records import Page, Target, TargetKind


class BaiduSearchSpider(SourceSpider):
    name = "baidu_search"
    zh = "百度搜索"
    hosts = ("www.baidu.com", "baidu.com", "m.baidu.com")
    searches_web = True

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.KEYWORD:
            return (f"https://www.baidu.com/s?wd={quote(target.value)}&rn=10",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        return read_search(markers_of(self.name), page)
