"""What one capture lacks and a later one of the same page has: whether that is so can be read from
the records of both.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from evidence.layout import MANIFEST
from evidence.naming import artefact_path
from evidence.openssl_checks import DISPROVED
from evidence.report import Check

Healed = list[tuple[str, str, str, str]]  # what was missing, of what, why, the capture that has it
WALL_PART = "page"  # of a capture's parts: something else stood in the page's place
OF_THE_PAGE = ("full_page", "first_screen", "dom", "text")
HEALABLE = frozenset({"part", "limited"})  # a stored file that is gone is no such lack


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


def untrue(manifest: Any, rows: dict[str, Any]) -> Iterator[Check]:  # noqa: ANN401
    """Every lack that is said to be made good and is not. `rows`: the list of files by path."""
    records = {one["id"]: one for one in manifest["captures"]}
    numbers = {code: number for number, code in enumerate(records)}
    for what, of, _, by in healed_of(manifest):
        holder, _, part = of.partition(" ")
        code = holder[len("capture:") :]
        known = what in HEALABLE and {code, by} <= numbers.keys()
        later = known and numbers[by] > numbers[code]
        kept = {one for one in {*OF_THE_PAGE, part} if artefact_path(by, one) in rows}
        if not (later and makes_good(records[code], records[by], part, kept)):
            zh, en = f"没有这样补齐：{of}（{by}）", f"it was not made good so: {of} ({by})"
            yield Check(MANIFEST, DISPROVED, zh, en)
