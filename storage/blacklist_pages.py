"""The blacklist looked through a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select

from storage.bilingual import Bilingual
from storage.blacklist import Entry, entry_of, versions_of
from storage.blacklist_active import REMOVED, newest
from storage.blacklist_models import blacklist_entries, blacklist_versions
from storage.blacklist_values import NORMAL
from storage.database import read

ROWS = 50
SHORTEST = 4  # signs of a search that is also tried in the shape of a key
STATES = ("listed", "appealed", "later", "ended", "removed")
STANDING = {
    "listed": Bilingual("在列", "listed"),
    "appealed": Bilingual("在列（申诉中）", "listed, under appeal"),
    "later": Bilingual("尚未开始", "not begun"),
    "ended": Bilingual("已到期", "ended"),
    "removed": Bilingual("已移出", "removed"),
}
ACTS = {
    "added": Bilingual("列入", "added"),
    "changed": Bilingual("改动", "changed"),
    "appealed": Bilingual("申诉", "appealed"),
    "upheld": Bilingual("申诉不成立", "upheld"),
    "removed": Bilingual("移出", "removed"),
    "relisted": Bilingual("再次列入", "listed again"),
}
entries_, versions = blacklist_entries.c, blacklist_versions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    text: str = ""  # in the subject, the reason or the source
    kind: str = ""
    state: str = "listed"  # one of STATES, "" for all; "listed" is with those under appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    entries: tuple[Entry, ...]  # the newest first
    total: int
    further: int  # the number below which the next page begins, 0 at the end


def standing(entry: Entry, today: date) -> str:
    """What it is on that day: one of STATES."""
    if entry.counts_on(today):
        return "appealed" if entry.now.act == "appealed" else "listed"
    if entry.now.act == REMOVED:
        return "removed"
    return "later" if entry.now.starts > today else "ended"


Seen = Callable[[Entry], Iterable[str]]


def entries_page(
    engine: Engine, wanted: Wanted, today: date, below: int = 0, seen: Seen | None = None
) -> Found:
    """`seen`: for somebody who may not see contacts, all of an entry that their words are looked
    for in; or whoever tries digit by digit would read a number out of what is found."""
    matching = filtered(wanted, today)
    if seen is not None and wanted.text:
        return page_of_seen(engine, matching, wanted, below, seen)
    page = matching.order_by(entries_.id.desc()).limit(ROWS + 1)
    if below:
        page = page.where(entries_.id < below)
    with read(engine) as connection:
        total = connection.execute(select(func.count()).select_from(matching.subquery()))
        count = int(total.scalar_one())
        rows = connection.execute(page).all()
        said = versions_of(connection, [row.id for row in rows[:ROWS]])
    return Found(
        entries=tuple(entry_of(row, said[row.id]) for row in rows[:ROWS]),
        total=count,
        further=rows[ROWS - 1].id if len(rows) > ROWS else 0,
    )


def page_of_seen(
    engine: Engine,
    matching: Any,  # noqa: ANN401 (a SQL statement)
    wanted: Wanted,
    below: int,
    seen: Seen,
) -> Found:
    with read(engine) as connection:
        rows = connection.execute(matching.order_by(entries_.id.desc())).all()
        said = versions_of(connection, [row.id for row in rows])
    every = [entry_of(row, said[row.id]) for row in rows]
    found = [one for one in every if tells(seen(one), wanted.text)]
    rest = [one for one in found if not below or one.id < below]
    return Found(
        entries=tuple(rest[:ROWS]),
        total=len(found),
        further=rest[ROWS - 1].id if len(rest) > ROWS else 0,
    )


def tells(texts: Iterable[str], wanted: str) -> bool:
    shapes = shapes_of(wanted)
    return any(one.casefold() in text.casefold() for text in texts for one in shapes)


def shapes_of(wanted: str) -> set[str]:
    """As keys are compared; two or three figures out of a sentence would find everybody."""
    shapes = {norm(wanted) for norm in NORMAL.values()}
    return {wanted, *(one for one in shapes if len(one) >= SHORTEST)}


def filtered(wanted: Wanted, today: date) -> Any:  # noqa: ANN401 (a SQL statement)
    statement = (
        select(blacklist_entries)
        .join(blacklist_versions, versions.entry_id == entries_.id)
        .where(versions.id.in_(newest()))
    )
    if wanted.text:
        shapes = sorted(shapes_of(wanted.text))
        places = [entries_.value.contains(one, autoescape=True) for one in shapes]
        places += [
            place.icontains(wanted.text, autoescape=True)
            for place in (entries_.shown, versions.reason, versions.source)
        ]
        statement = statement.where(or_(*places))
    if wanted.kind:
        statement = statement.where(entries_.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(in_state(wanted.state, today))
    return statement


def in_state(state: str, today: date) -> Any:  # noqa: ANN401 (a SQL condition)
    there = versions.act != REMOVED
    counts = and_(
        there, versions.starts <= today, or_(versions.ends.is_(None), versions.ends >= today)
    )
    return {
        "listed": counts,
        "appealed": and_(counts, versions.act == "appealed"),
        "later": and_(there, versions.starts > today),
        "ended": and_(there, versions.starts <= today, versions.ends < today),
        "removed": versions.act == REMOVED,
    }[state]
