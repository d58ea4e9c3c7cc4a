"""What changed from one edition of a list to another, or to a file that is not yet one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.directory import Edition, editions, filings
from storage.records import Filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    added: tuple[str, ...]  # bodies
    removed: tuple[str, ...]
    gained: tuple[Filing, ...]  # of bodies in both
    lost: tuple[Filing, ...]


def pair(engine: Engine, older: int | None, newer: int | None) -> tuple[Edition, Edition]:
    """The two editions meant; the two newest of a list where none is named.

    Raises Problem where they are not there.
    """
    known = {one.id: one for one in editions(engine)}
    if older is not None and newer is not None:
        return wanted(known, older), wanted(known, newer)
    last = wanted(known, older) if older is not None else newest(known)
    before = [one for one in known.values() if one.name == last.name and stands_before(one, last)]
    if not before:
        raise Problem(
            f"名册“{last.name}”没有更早的版本可比。",
            f"There is no earlier edition of {last.name!r}.",
        )
    return max(before, key=lambda one: (one.as_of, one.id)), last


def stands_before(one: Edition, other: Edition) -> bool:
    return (one.as_of, one.id) < (other.as_of, other.id)


def newest(known: dict[int, Edition]) -> Edition:
    """The edition imported last of all."""
    if not known:
        raise Problem(
            "还没有导入过目录；请先到“备案目录”页导入（命令行：certsweep directory import）。",
            "No directory was imported yet; import one on the directory's page (command line: "
            "certsweep directory import).",
        )
    return known[max(known)]


def wanted(known: dict[int, Edition], number: int) -> Edition:
    if number not in known:
        there = "、".join(map(str, sorted(known))) or "（无）"
        raise Problem(f"没有编号 {number} 的版本；有：{there}。", f"No edition {number}: {there}.")
    return known[number]


def changes(engine: Engine, older: Edition, newer: Edition) -> Changes:
    return between(filings(engine, older.id), filings(engine, newer.id))


def between(before: Iterable[Filing], after: Iterable[Filing]) -> Changes:
    """Bodies that came and went, and rows that changed of those in both."""
    earlier, later = set(before), set(after)
    old_names, new_names = ({row.body for row in rows} for rows in (earlier, later))
    both = old_names & new_names
    return Changes(
        added=tuple(sorted(new_names - old_names)),
        removed=tuple(sorted(old_names - new_names)),
        gained=ordered(row for row in later - earlier if row.body in both),
        lost=ordered(row for row in earlier - later if row.body in both),
    )


def ordered(rows: Iterable[Filing]) -> tuple[Filing, ...]:
    return tuple(sorted(rows, key=lambda row: (row.body, row.occupation, row.trade, row.level)))
