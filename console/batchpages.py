"""A batch in pages: which posts stand on one, and the ticks of the others, carried along.

A form names the places (in the batch's order) that its page showed, and of all other places those
without a tick; so it says of every post whether it is meant, whatever page it was sent from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from console.forms import unreadable

PER = 45  # posts; with the longest words that are shown a page stays below 100 KB
RANGES = re.compile(r"(?:\d{1,4}(?:-\d{1,4})?(?: \d{1,4}(?:-\d{1,4})?)*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of a batch."""

    number: int  # from 1
    places: range
    ticked: int
    seen: bool


def ranges(places: Collection[int]) -> str:
    """`0-3 7`: short enough for a hidden field, however many there are."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return " ".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def places_in(text: str, total: int) -> frozenset[int]:
    """The places again; Problem for what no page of ours says."""
    if len(text) > 10_000 or not RANGES.fullmatch(text):
        raise unreadable()
    found: set[int] = set()
    for run in text.split():
        low, _, high = run.partition("-")
        if not int(low) <= int(high or low) < total:
            raise unreadable()
        found.update(range(int(low), int(high or low) + 1))
    return frozenset(found)


def ticked_of(members: Sequence[int], shown: str | None, off: str, total: int) -> frozenset[int]:
    """Places with a tick; `shown` None: all of the batch stood on one page."""
    here = frozenset(range(total)) if shown is None else places_in(shown, total)
    if not here >= frozenset(members):
        raise unreadable()
    return (frozenset(range(total)) - here - places_in(off, total)) | frozenset(members)


def sheets(total: int, ticked: Collection[int], seen: Collection[int]) -> list[Sheet]:
    parts = [range(low, min(low + PER, total)) for low in range(0, total, PER)]
    return [
        Sheet(
            number=number,
            places=places,
            ticked=sum(place in ticked for place in places),
            seen=all(place in seen for place in places),
        )
        for number, places in enumerate(parts, 1)
    ]
