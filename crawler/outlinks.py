"""Which links of a page the sweep has not seen yet: known ones are dropped before a Request exists.

A yielded Request costs about 170 µs in Scrapy (measured 2026-11 on two cores), a look into a set
0.1 µs; on pages with 31 links that is the difference between 118 and 379 pages a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.canon import BadUrl, canonical
from crawler.traps import TrapMeter
from storage.frontier import fingerprint
from storage.records import Link, Target, TargetKind


class Outlinks:
    """Remembers every URL of the sweep; bounded by what the frontier holds.

    `known` are fingerprints already in the frontier, loaded when a sweep is resumed.
    """

    def __init__(self, known: set[bytes]) -> None:
        self._known = known
        self._seen_as_found: set[tuple[int, str]] = set()
        self._meters: dict[int, TrapMeter] = {}
        self._spent: set[int] = set()
        self.refused: dict[str, int] = {}  # reason -> links not followed

    def meter(self, target_id: int, target: Target) -> TrapMeter:
        if target_id not in self._meters:
            self._meters[target_id] = TrapMeter(budget=target.budget, max_depth=target.depth)
        return self._meters[target_id]

    def rebuild(self, target_id: int, target: Target, urls: Iterable[tuple[str, int]]) -> None:
        """Count what a resumed sweep asked for already: canonical URLs and their depths."""
        for canon, depth in urls:
            self.meter(target_id, target).admit(canon, depth)

    def spent(self, target_id: int) -> bool:
        """Whether links of this target were left unread because its budget was used up."""
        return target_id in self._spent

    def fresh(
        self, target_id: int, target: Target, links: Iterable[str], depth: int
    ) -> tuple[Link, ...]:
        """Links within the target's scope that nobody has asked for in this sweep.

        `depth` is that of the links, one more than their page's.
        """
        found = []
        for url in links:
            if (target_id, url) in self._seen_as_found:
                continue
            self._seen_as_found.add((target_id, url))
            link = self._admit(target_id, target, url, depth)
            if link is not None:
                found.append(link)
        return tuple(found)

    def _admit(self, target_id: int, target: Target, url: str, depth: int) -> Link | None:
        try:
            canon = canonical(url)
        except BadUrl:
            self._refuse("bad_url")
            return None
        if not in_scope(target, canon):
            return None
        mark = fingerprint(canon)
        if mark in self._known:
            return None
        reason = self.meter(target_id, target).admit(canon, depth)
        if reason is not None:
            if reason == "budget":
                self._spent.add(target_id)
            self._refuse(reason)
            return None
        self._known.add(mark)
        return Link(url=url, canonical=canon)

    def _refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


def in_scope(target: Target, url: str) -> bool:
    """A site's own host and its subdomains; a single URL has no links to follow."""
    if target.kind is not TargetKind.SITE:
        return False
    home = (urlsplit(target.value).hostname or "").removeprefix("www.")
    host = urlsplit(url).hostname or ""
    return bool(home) and (host == home or host.endswith("." + home))
