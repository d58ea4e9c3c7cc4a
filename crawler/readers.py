"""Which source reads a URL: that of the platform it is on, else the reader of any site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from crawler.registrable import registrable
from crawler.source_spider import SourceSpider

ANY_SITE = "institution"  # reads pages of the open web


class Readers:
    """`by_name` holds the sources of a sweep; made once, asked for every link."""

    def __init__(self, by_name: Mapping[str, SourceSpider | type[SourceSpider]]) -> None:
        self._by_name = by_name
        self._hosts: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        for name, source in sorted(by_name.items()):
            for host in source.hosts:
                (self._suffixes if host.startswith(".") else self._hosts).setdefault(host, name)

    def of(self, url: str) -> str:
        """Name of the platform's source that reads this URL; "" for the open web."""
        host = host_of(url)
        found = self._hosts.get(host)
        if found is None and self._suffixes:
            found = next((name for end, name in self._suffixes.items() if host.endswith(end)), None)
        return found or ""

    def is_wall(self, url: str) -> bool:
        """Whether nothing is there but a platform's wall: a link to one is somebody's joke."""
        found = self.of(url)
        return bool(found) and self._by_name[found].is_wall(url)

    def landed(self, source: str, url: str) -> str:
        """Who reads what a request of `source` ended at, perhaps on another host.

        A platform's own login and captcha hosts stay with it: its reader knows what they mean.
        """
        found = self.of(url)
        if found or ANY_SITE not in self._by_name or self._by_name[source].is_wall(url):
            return found or source
        if self.takes_any(source):
            return ANY_SITE  # zhidao.baidu.com is a hit of Baidu's, not its search
        return source if self.at_home(source, url) or not self._by_name[source].hosts else ANY_SITE

    def at_home(self, source: str, url: str) -> bool:
        """Whether the URL lies under a name that the platform of this source registered."""
        home = {registrable(host.removeprefix(".")) for host in self._by_name[source].hosts}
        return registrable(host_of(url)) in home

    def takes_any(self, source: str) -> bool:
        """Whether hits of this source lie anywhere on the web: it is a search engine."""
        return self._by_name[source].searches_web


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
