"""Captures of a case beside each other, when its package is put together: which lacks a later one
made good, and of which page none shows what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from evidence.made_good import HEALABLE, OF_THE_PAGE, WALL_PART, makes_good
from evidence.manifest import capture_record
from evidence.pieces import Basket, Lack
from storage.records import Capture, PageState

# What was taken later and is not the page any more brings nothing back of what it was.
NOT_THE_PAGE = frozenset(
    {PageState.REMOVED.value, PageState.MOVED.value, PageState.SWAPPED.value, PageState.ERROR.value}
)
MOST_FACTS = 50_000_000  # bytes; ours are some kilobytes


def mend(basket: Basket, captures: Sequence[Capture]) -> None:
    """Let each lack that a later capture made good name the first that did; the oldest come first
    in `captures`."""
    there = {(piece.of, piece.kind) for piece in basket.pieces}
    records = [capture_record(one) for one in captures]
    shows = [shows_page(basket, one) for one in captures]
    numbers = {one.id: number for number, one in enumerate(captures)}

    def mended(lack: Lack) -> Lack:
        holder, _, part = lack.of.partition(" ")
        number = numbers.get(holder.removeprefix("capture:"))
        if lack.what not in HEALABLE or number is None:
            return lack
        files = OF_THE_PAGE if part == WALL_PART else (part,)
        for later in range(number + 1, len(captures)):
            code = captures[later].id
            kept = any((f"capture:{code}", one) in there for one in files)
            if shows[later] and kept and makes_good(records[number], records[later], part):
                return replace(lack, made_good_by=code)
        return lack

    basket.lacks = [mended(lack) for lack in basket.lacks]


def miss_originals(basket: Basket, captures: Sequence[Capture]) -> None:
    """A lack for each capture of a page that was gone, where no other of its URL shows the page.

    Such a package proves that the page was gone, and its decision rests on the sweep's snapshots.
    """
    gone = {one.id: gone_by(basket, one) for one in captures}
    shown = {url for one in captures if not gone[one.id] for url in (one.url, one.final_url)}
    for one in captures:
        if gone[one.id] and one.url not in shown:
            basket.lack("original", f"capture:{one.id}", gone[one.id])


def shows_page(basket: Basket, capture: Capture) -> bool:
    return not gone_by(basket, capture)


def gone_by(basket: Basket, capture: Capture) -> str:
    """Why the capture does not show the page, as its own facts say: "http_404", "removed"; "" where
    it does. What they do not say is left to the reader, who is told which capture it is."""
    of = f"capture:{capture.id}"
    facts = next((one for one in basket.pieces if (one.of, one.kind) == (of, "facts")), None)
    if facts is None or facts.entry.size > MOST_FACTS:
        return ""
    try:
        told = json.loads(basket.store.get(facts.entry.sha256))
        state = told["page"]["state"]
        status = told["documents"][-1]["status"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    if isinstance(status, int) and status >= 400:
        return f"http_{status}"
    return str(state) if state in NOT_THE_PAGE else ""
