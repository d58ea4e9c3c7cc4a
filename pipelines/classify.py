"""300 classify: findings with their quotes and reasons; never a decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from classifiers.judge import Judge
from classifiers.subject import Subject
from pipelines.tools import tools_of
from storage.records import Post, Sighting, Visit


class Classify:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tools_of(crawler).judge)

    def process_item(self, item: Visit) -> Visit:
        if not item.sightings:
            return item
        return replace(item, sightings=tuple(self._judged(each) for each in item.sightings))

    def _judged(self, sighting: Sighting) -> Sighting:
        if sighting.unchanged:
            return sighting
        return replace(sighting, judgement=self._judge.judge(subject_of(sighting.post)))


def subject_of(post: Post) -> Subject:
    return Subject(
        title=post.title,
        text=post.text,
        account=post.author,
        url=post.url,
        platform=post.platform,
        published_at=post.published_at,
    )
