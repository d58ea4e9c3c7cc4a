"""How far the lists of a keyword or an account are read: to where an earlier sweep began.

Only lists in order of time can be left early: in any other the next page may hold the newest post.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.reading import Reading

Interval = tuple[datetime, datetime]
LEAST = 3  # posts that make a list whose order can be told


class Paging:
    """`covered` holds, by target, the times read through in earlier sweeps."""

    def __init__(self, covered: Mapping[int, Sequence[Interval]] | None = None) -> None:
        self._covered = dict(covered or {})
        self._seen: dict[int, Interval] = {}
        self.left_early: set[int] = set()

    def onward(self, target_id: int, url: str, reading: Reading) -> tuple[str, ...]:
        """The page's links, without those to its next pages where nothing new can stand."""
        moments = [post.published_at for post in reading.posts if post.published_at is not None]
        if len(moments) < max(LEAST, len(reading.posts)) or not newest_first(moments):
            return reading.links
        self._note(target_id, moments)
        known = self._covered.get(target_id, ())
        if not all(any(first <= each <= last for first, last in known) for each in moments):
            return reading.links
        self.left_early.add(target_id)
        return tuple(link for link in reading.links if not same_list(url, link))

    def read_through(self) -> dict[int, Interval]:
        """By target, the times of the lists of this sweep, without gaps: each led to the next."""
        return dict(self._seen)

    def _note(self, target_id: int, moments: Sequence[datetime]) -> None:
        first, last = moments[-1], moments[0]
        seen = self._seen.get(target_id)
        if seen is not None:
            first, last = min(first, seen[0]), max(last, seen[1])
        self._seen[target_id] = (first, last)


def newest_first(moments: Sequence[datetime]) -> bool:
    return all(earlier >= later for earlier, later in pairwise(moments))


def same_list(url: str, link: str) -> bool:
    """Whether a link leads to another page of the same list: the same address, other parameters."""
    here, there = urlsplit(url), urlsplit(link)
    return (here.hostname, here.path) == (there.hostname, there.path)
