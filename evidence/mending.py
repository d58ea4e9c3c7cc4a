"""Captures of a case beside each other, when its package is put together: which lacks a later one
made good, and of which page none shows what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from evidence.made_good import HEALABLE, WALL_PART, makes_good, same_page
from evidence.manifest import capture_record
from evidence.pieces import Basket, Lack
from storage.records import Capture, PageState

# What was taken later and is not the page brings nothing back of what it was.
NOT_THE_PAGE = frozenset(
    {PageState.REMOVED, PageState.MOVED, PageState.SWAPPED, PageState.ERROR, PageState.BLOCKED}
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
        for later in range(number + 1, len(captures)):
            code = captures[later].id
            kept = {kind for of, kind in there if of == f"capture:{code}"}
            if shows[later] and makes_good(records[number], records[later], part, kept):
                return replace(lack, made_good_by=code)
        return lack

    basket.lacks = [mended(lack) for lack in basket.lacks]


def miss_originals(basket: Basket, captures: Sequence[Capture]) -> None:
    """A lack for each capture that came and shows something else, where no other of the same page
    shows it. What was a wall is named as one.

    Such a package proves that the page was gone, and its decision rests on the sweep's snapshots.
    """
    records = [capture_record(one) for one in captures]
    showing = [told for told, one in zip(records, captures, strict=True) if shows_page(basket, one)]
    for told, one in zip(records, captures, strict=True):
        why = "" if WALL_PART in one.parts else instead(basket, one)
        if why and not any(same_page(told, other) for other in showing):
            basket.lack("original", f"capture:{one.id}", why)


def shows_page(basket: Basket, capture: Capture) -> bool:
    """Whether it came and its own facts say that it is the page. They say so by a state; of an
    empty shell they say none, though its DOM was looked at."""
    if not capture.final_url or WALL_PART in capture.parts:
        return False
    known = facts_told(basket, capture)
    if known is None or instead(basket, capture):
        return False
    return bool(known[0]) or any(one.kind == "dom" for one in capture.artefacts)


def instead(basket: Basket, capture: Capture) -> str:
    """What stood in the page's place, as the facts say: "http_404", "removed"; "" for nothing."""
    state, status = facts_told(basket, capture) or ("", 0)
    if status >= 400:
        return f"http_{status}"
    return state if state in NOT_THE_PAGE else ""


def facts_told(basket: Basket, capture: Capture) -> tuple[str, int] | None:
    """State of the page and status of its document; None where there are no facts to be read."""
    of = f"capture:{capture.id}"
    facts = next((one for one in basket.pieces if (one.of, one.kind) == (of, "facts")), None)
    if facts is None or facts.entry.size > MOST_FACTS:
        return None
    try:
        told = json.loads(basket.store.get(facts.entry.sha256))
        state, status = told["page"]["state"], told["documents"][-1]["status"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return str(state), status if isinstance(status, int) else 0
