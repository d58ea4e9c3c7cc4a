"""200 dedupe: what was seen with these words and judged by this engine stops here, unchanged."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from pipelines.tools import tools_of
from storage.memory import PostMemory
from storage.records import Post, Sighting, Visit


class Dedupe:
    def __init__(self, memory: PostMemory, engine: str) -> None:
        self._memory = memory
        self._engine = engine

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        tools = tools_of(crawler)
        return cls(tools.memory, tools.judge.engine)

    def process_item(self, item: Visit) -> Visit:
        if not item.sightings:
            return item
        return replace(item, sightings=tuple(self._look(each) for each in item.sightings))

    def _look(self, sighting: Sighting) -> Sighting:
        sha256 = content_hash(sighting.post)
        known = self._memory.current(sighting.post.platform, sighting.post.post_id)
        post = sighting.post
        seen = known.get(sha256) == self._engine
        if seen and post.images:
            # Flagged in a list that had no pictures: now they can be looked at.
            seen = not self._memory.bare(post.platform, post.post_id, sha256)
        return replace(sighting, content_sha256=sha256, unchanged=seen)


def content_hash(post: Post) -> str:
    """SHA-256 of title and text; a new counter or date elsewhere on the page changes nothing."""
    return hashlib.sha256(f"{post.title}\x00{post.text}".encode()).hexdigest()
