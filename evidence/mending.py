"""Captures of a case beside each other, when its package is put together: which lacks a later one
made good, and of which page none shows what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.comparing import MOST_FACTS
from evidence.made_good import (
    HEALABLE,
    HOLDER,
    WALL_PART,
    instead,
    makes_good,
    same_page,
    shows_page,
)
from evidence.manifest import capture_record
from evidence.pieces import Basket, Lack
from storage.records import Capture


def mend(basket: Basket, captures: Sequence[Capture]) -> None:
    """Let each lack that a later capture made good name the first that did; the oldest come first
    in `captures`."""
    there = {(piece.of, piece.kind) for piece in basket.pieces}
    records = [capture_record(one) for one in captures]
    shows = [shows_page(*pair) for pair in zip(records, facts_of(basket, captures), strict=True)]
    numbers = {one.id: number for number, one in enumerate(captures)}

    def mended(lack: Lack) -> Lack:
        holder, _, part = lack.of.partition(" ")
        number = numbers.get(holder[len(HOLDER) :]) if holder.startswith(HOLDER) else None
        if lack.what not in HEALABLE or number is None:
            return lack
        for later in range(number + 1, len(captures)):
            code = captures[later].id
            kept = {kind for of, kind in there if of == f"{HOLDER}{code}"}
            if shows[later] and makes_good(records[number], records[later], part, kept):
                return replace(lack, made_good_by=code)
        return lack

    basket.lacks = [mended(lack) for lack in basket.lacks]


def miss_originals(basket: Basket, captures: Sequence[Capture]) -> None:
    """A lack for each capture that came and shows something else, where no other of the same page
    shows it. What was a wall is named as one.

    Such a package proves that the page was gone, and its decision rests on the sweep's snapshots.
    """
    told = [*zip(map(capture_record, captures), facts_of(basket, captures), strict=True)]
    showing = [record for record, facts in told if shows_page(record, facts)]
    for record, facts in told:
        why = "" if WALL_PART in record["parts"] else instead(facts)
        if why and not any(same_page(record, other) for other in showing):
            basket.lack("original", f"{HOLDER}{record['id']}", why)


def facts_of(basket: Basket, captures: Sequence[Capture]) -> list[bytes]:
    """What each capture's facts say, as the package will hold them and its verifier read them; b""
    where there are none, or too many to be read."""
    entries = {piece.of: piece.entry for piece in basket.pieces if piece.kind == "facts"}
    found = [entries.get(f"{HOLDER}{one.id}") for one in captures]
    return [
        basket.store.get(one.sha256) if one is not None and one.size <= MOST_FACTS else b""
        for one in found
    ]
