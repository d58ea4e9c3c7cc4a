"""400 snapshot: evidence of flagged pages; an innocent page leaves its hash and nothing else."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from typing import Protocol, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.tools import give_up, tools_of
from storage.bilingual import Problem
from storage.records import MANY_SITES, Page, PageState, Sighting, Snapshot, Visit
from storage.snapshots import SnapshotStore

LAYOUT_CHANGED = "layout_changed"
LOGINS = frozenset({"login", "session_expired"})
GONE = frozenset({PageState.REMOVED, PageState.MOVED, PageState.AMBIGUOUS})
MOST_UNREAD = 20  # pages of one source and state kept in a sweep; all others are like them


class Taken(Protocol):
    @property
    def png(self) -> bytes: ...
    @property
    def reason(self) -> str: ...


class Camera(Protocol):
    """The spider's part in this: it has the browser."""

    def picture(self, page: Page) -> Awaitable[Taken]: ...


class TakeSnapshot:
    def __init__(self, store: SnapshotStore, crawler: Crawler) -> None:
        self._store = store
        self._unread: Counter[tuple[str, PageState]] = Counter()
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(tools_of(crawler).store, crawler)

    async def process_item(self, item: Visit) -> Visit:
        if item.page is None:
            return item
        if unread(item):
            return self._keep_unread(item, item.page)
        if not any(wanted(each) for each in item.sightings):
            return item
        camera: Camera = self._crawler.spider  # type: ignore[assignment]
        taken = await camera.picture(item.page)
        try:
            snapshots = self._keep(item.page, taken)
        except Problem as problem:
            # Without its evidence the page is not acknowledged; the next run fetches it again.
            give_up(self._crawler, problem)
            raise DropItem(problem.text.en) from problem
        return replace(
            item,
            sightings=tuple(
                replace(each, snapshots=snapshots) if wanted(each) else each
                for each in item.sightings
            ),
        )

    def _keep_unread(self, item: Visit, page: Page) -> Visit:
        """The bytes of a page we could not make sense of, a few of each source in a sweep."""
        like = item.read_by or item.lease.source, item.state
        if self._unread[like] >= MOST_UNREAD:
            return item
        self._unread[like] += 1
        try:
            return replace(item, kept=self._keep(page, None))
        except Problem as problem:
            give_up(self._crawler, problem)
            raise DropItem(problem.text.en) from problem

    def _keep(self, page: Page, taken: Taken | None) -> tuple[Snapshot, ...]:
        files = [("raw", page.body), ("headers", headers_file(page, taken))]
        if page.dom:
            files.append(("dom", page.dom.encode("utf-8", "replace")))
        if page.answers:
            files.append(("answers", answers_file(page)))
        if taken is not None and taken.png:
            files.append(("screenshot", taken.png))
        return tuple(
            self._store.put(data, kind, page.final_url, page.fetched_at) for kind, data in files
        )


def unread(visit: Visit) -> bool:
    """Whether a page came that a person may have to look at: our reader could not make sense of it
    or of its script's answers, a platform says that the post is gone, or a login has ended.

    Never of another post than was asked for: that is somebody else's.
    """
    platform = (visit.read_by or visit.lease.source) not in MANY_SITES
    if visit.state is PageState.BLOCKED:
        answered = visit.page is not None and bool(visit.page.answers)
        return (visit.reason == "shell" and answered) or (platform and visit.reason in LOGINS)
    if visit.state in GONE:
        return platform
    ours = visit.reason == LAYOUT_CHANGED or visit.reason.startswith("reader_")
    return visit.state is PageState.ERROR and ours


def wanted(sighting: Sighting) -> bool:
    return sighting.judgement is not None and sighting.judgement.flagged


def answers_file(page: Page) -> bytes:
    """UTF-8 JSON: what the page's own script was answered, each body's bytes as base64.

    Where a platform sends its posts this way, they stand nowhere else.
    """
    told = [
        {
            "url": answer.url,
            "status": answer.status,
            "content_type": answer.content_type,
            "sent": answer.sent,
            "body_base64": base64.b64encode(answer.body).decode(),
        }
        for answer in page.answers
    ]
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def headers_file(page: Page, taken: Taken | None) -> bytes:
    """UTF-8 JSON: how the page was asked for and answered, and how its picture came about."""
    facts = {
        "url": page.url,
        "final_url": page.final_url,
        "redirects": page.redirects,
        "status": page.status,
        "headers": page.headers,
        "fetched_at": page.fetched_at.isoformat(),
        "sha256": page.sha256,
        "rendered_by": page.rendered_by,
        "screenshot": picture_words(taken),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def picture_words(taken: Taken | None) -> str:
    if taken is None:
        return "not taken"
    return "whole" if taken.png and not taken.reason else taken.reason or "none"
