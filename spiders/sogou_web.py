"""搜狗网页搜索: hits stand behind redirects that only a request resolves."""

from __future__ import annotations

from urllib.parse import quote

from crawler.markers import markers_of
from crawler.reading import Reading
from crawler.search_page import read_search
from crawler.source_spider import SourceSpider
from storage.records import Page, Target, TargetKind


class SogouWebSpider(SourceSpider):
    name = "sogou_web"
    zh = "搜狗搜索"
    hosts = ("www.sogou.com", "sogou.com", "m.sogou.com")
    searches_web = True

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.KEYWORD:
            return (f"https://www.sogou.com/web?query={quote(target.value)}&ie=utf8",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        return read_search(markers_of(self.name), page)
