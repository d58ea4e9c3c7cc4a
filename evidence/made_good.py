"""What one capture lacks and a later one of the same page has: whether that is so can be read from
the records of both, and from the facts of the later one, which say what it showed.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

from evidence.layout import MANIFEST
from evidence.naming import artefact_path
from evidence.openssl_checks import DISPROVED
from evidence.report import Check

Healed = list[tuple[str, str, str, str]]  # what was missing, of what, why, the capture that has it
WALL_PART = "page"  # of a capture's parts: something else stood in the page's place
OF_THE_PAGE = ("full_page", "first_screen", "dom", "text")
HEALABLE = frozenset({"part", "limited"})  # a stored file that is gone is no such lack
# States of a page that is not what it was: nothing taken of it brings that back.
NOT_THE_PAGE = frozenset({"removed", "moved", "swapped", "error", "blocked"})
HOLDER = "capture:"  # how a lack names the capture that has it


def makes_good(first: Any, later: Any, part: str, kept: Container[str]) -> bool:  # noqa: ANN401
    """Whether `later` has whole what `first` lacks of `part`: they are of the same page, the page
    itself came, and of that part nothing is left open. Of records of captures; `kept`: kinds of the
    later one's files that the package holds."""
    came = later["final_url"] and WALL_PART not in later["parts"]
    if not (same_page(first, later) and came and later["started_at"] >= first["started_at"]):
        return False
    wanted = OF_THE_PAGE if part == WALL_PART else (part,)
    return any(one in kept and is_whole(later, one) for one in wanted)


def same_page(one: Any, other: Any) -> bool:  # noqa: ANN401
    """The same URL, or one is another try of the other."""
    return bool(one["url"] == other["url"] or tried(one) == tried(other))


def tried(capture: Any) -> str:  # noqa: ANN401
    """The first of the captures that this one is a further try of."""
    return str(capture["again_of"] or capture["id"])


def is_whole(capture: Any, part: str) -> bool:  # noqa: ANN401
    there = any(one["kind"] == part for one in capture["artefacts"])
    return there and capture["parts"].get(part) == "ok"


def shows_page(capture: Any, facts: bytes) -> bool:  # noqa: ANN401
    """Whether it came and its own facts say that it is the page. They say so by a state; of an
    empty shell they say none, though its DOM was looked at. `facts`: b"" where there are none."""
    known = facts_told(facts)
    if not capture["final_url"] or WALL_PART in capture["parts"] or known is None:
        return False
    looked = any(one["kind"] == "dom" for one in capture["artefacts"])
    return not instead(facts) and bool(known[0] or looked)


def instead(facts: bytes) -> str:
    """What stood in the page's place, as the facts say: "http_404", "removed"; "" for nothing."""
    state, status = facts_told(facts) or ("", 0)
    if status >= 400:
        return f"http_{status}"
    return state if state in NOT_THE_PAGE else ""


def facts_told(facts: bytes) -> tuple[str, int] | None:
    """State of the page and status of its document; None where that cannot be read."""
    try:
        told = json.loads(facts)
        state, status = told["page"]["state"], told["documents"][-1]["status"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return str(state), status if isinstance(status, int) else 0


def healed_of(manifest: Any) -> Healed:  # noqa: ANN401
    """Raises TypeError where it is no text."""
    found = [
        (row["what"], row["of"], row["why"], row["made_good_by"])
        for row in manifest["missing"]
        if "made_good_by" in row
    ]
    if not all(isinstance(word, str) for row in found for word in row):
        raise TypeError("no text")
    return found


def untrue(
    manifest: Any,  # noqa: ANN401
    rows: dict[str, Any],
    kept: Mapping[str, bytes],
) -> Iterator[Check]:
    """Every lack that is said to be made good and is not. `rows`: the list of files by path;
    `kept`: the bytes of facts by path."""
    records = {one["id"]: one for one in manifest["captures"]}
    numbers = {code: number for number, code in enumerate(records)}
    for what, of, _, by in healed_of(manifest):
        holder, _, part = of.partition(" ")
        code = holder[len(HOLDER) :]
        known = what in HEALABLE and holder.startswith(HOLDER) and {code, by} <= numbers.keys()
        shown = known and shows_page(records[by], kept.get(artefact_path(by, "facts"), b""))
        there = {one for one in {*OF_THE_PAGE, part} if artefact_path(by, one) in rows}
        later = shown and numbers[by] > numbers[code]
        if not (later and makes_good(records[code], records[by], part, there)):
            zh, en = f"没有这样补齐：{of}（{by}）", f"it was not made good so: {of} ({by})"
            yield Check(MANIFEST, DISPROVED, zh, en)
