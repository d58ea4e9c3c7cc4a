"""The base of every source: it says where a sweep starts and what a page says, nothing else."""

from __future__ import annotations

from typing import ClassVar

import scrapy

from crawler.markers import FOLDER, markers_of
from crawler.reading import Reading
from storage.records import Page, Target, TargetKind


class SourceSpider(scrapy.Spider):
    """A source overrides `read`, and `seeds` where the start is more than one URL.

    Fetching is the same for all of them and stands in crawler/sweep_spider.py.
    """

    name = "source"
    zh: ClassVar[str] = ""  # what people call it
    # Every page of it through the browser, because its own script fetches what it shows.
    rendered: ClassVar[bool] = False
    # Pieces of the URLs of those answers: the browser waits for one of them, then is done.
    awaits: ClassVar[tuple[str, ...]] = ()
    # Hosts, with all below them, whose JSON answers are kept besides those of the page's own site.
    answer_hosts: ClassVar[tuple[str, ...]] = ()
    # Hosts whose pages this source reads when another source links to them (a search engine's
    # hits); ".58.com" takes all below it. Empty: nobody hands it links.
    hosts: ClassVar[tuple[str, ...]] = ()
    # A search engine: its hits lie anywhere on the web.
    searches_web: ClassVar[bool] = False
    # Many owners' sites under one name: a wall on one of them says nothing of the others.
    many_sites: ClassVar[bool] = False
    # Words that always have results here: no result for them means that we no longer read.
    canary: ClassVar[str] = "职业资格证书"

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        """URLs a sweep of this target starts from; none: this source has no such thing."""
        return (target.value,) if target.kind in {TargetKind.SITE, TargetKind.URL} else ()

    @classmethod
    def is_wall(cls, url: str) -> bool:
        """Whether this is one of the addresses the platform sends strangers to, by its markers."""
        marked = (FOLDER / f"{cls.name}.yaml").exists()
        return marked and markers_of(cls.name).address(url) is not None

    def read(self, page: Page) -> Reading:
        """What the page says: a pure function, no network, no clock, no database."""
        raise NotImplementedError(f"{type(self).__name__}.read")
