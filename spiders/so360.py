"""360搜索: the real address of a hit stands beside its redirect."""

from __future__ import annotations

from urllib.parse import quote

from crawler.markers import markers_of
from crawler.reading import Reading
from crawler.search_page import read_search
from crawler.source_spider import SourceSpider
from storage.records import Page, Target, TargetKind


class So360Spider(SourceSpider):
    name = "so360"
    zh = "360搜索"
    hosts = ("www.so.com", "so.com", "m.so.com")
    searches_web = True

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.KEYWORD:
            return (f"https://www.so.com/s?q={quote(target.value)}&pn=1",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        return read_search(markers_of(self.name), page)
