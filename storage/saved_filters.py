"""Filters of the queue kept under a name, for oneself or for all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, or_, select

from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import read, write
from storage.models_desk import saved_filters

LONGEST = 30  # characters of a name
MOST = 50  # of one person


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    id: int
    owner: str
    name: str
    query: str  # the URL's part behind the question mark
    shared: bool


def saved_for(engine: Engine, person: str) -> list[SavedFilter]:
    """One's own, then those that others share."""
    own = saved_filters.c.owner == person
    statement = (
        select(saved_filters)
        .where(or_(own, saved_filters.c.shared))
        .order_by(~own, saved_filters.c.name)
    )
    with read(engine) as connection:
        return [
            SavedFilter(
                id=row.id, owner=row.owner, name=row.name, query=row.query, shared=row.shared
            )
            for row in connection.execute(statement)
        ]


def save_filter(engine: Engine, person: str, name: str, query: str, *, shared: bool) -> None:
    """Keep it; one of the same name of the same person is replaced."""
    named = name.strip()
    if not 0 < len(named) <= LONGEST:
        raise Problem(
            f"请给筛选起个名字（最多 {LONGEST} 字），没有保存。",
            f"Give the filter a name of at most {LONGEST} characters; nothing was saved.",
        )
    mine = saved_filters.c.owner == person
    with write(engine) as connection:
        connection.execute(delete(saved_filters).where(mine, saved_filters.c.name == named))
        if len(connection.execute(select(saved_filters.c.id).where(mine)).all()) >= MOST:
            raise Problem(
                f"您已保存 {MOST} 个筛选，没有再保存。请先删除不用的。",
                f"You keep {MOST} filters already; nothing was saved. Delete some first.",
            )
        connection.execute(
            insert(saved_filters).values(
                owner=person, name=named, query=query[:2000], shared=shared, saved_at=utc_now()
            )
        )


def forget_filter(engine: Engine, person: str, number: int) -> None:
    """One's own only; what is not there is forgotten already."""
    with write(engine) as connection:
        connection.execute(
            delete(saved_filters).where(
                saved_filters.c.id == number, saved_filters.c.owner == person
            )
        )
