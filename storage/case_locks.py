"""Cases whose posts are about to be judged anew: nobody decides them meanwhile.

A post that joins a case locks it by its foreign key. One that stands there already touches its case
only when that is refreshed, at the end of the batch: on PostgreSQL a person could until then decide
without seeing what was found.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from storage.models import case_posts, cases
from storage.parts import in_parts

CHUNK = 5_000  # parameters in one IN; SQLite takes 32,766, PostgreSQL 65,535


def lock_cases_of(connection: Connection, post_rows: Iterable[int]) -> None:
    """Lock the cases these posts stand in until the transaction is over.

    In the order of their numbers, so that two sweeps wait for each other and not in a circle.
    """
    rows = sorted(post_rows)
    held: set[int] = set()
    # Who held a case may have split the post out of it, into another.
    while lacking := standing_cases(connection, rows) - held:
        lock(connection, sorted(lacking))
        held |= lacking


def standing_cases(connection: Connection, rows: list[int]) -> set[int]:
    found: set[int] = set()
    for part in in_parts(rows, CHUNK):
        statement = select(case_posts.c.case_id).where(
            case_posts.c.post_row.in_(part), ~case_posts.c.split
        )
        found |= set(connection.execute(statement).scalars())
    return found


def lock(connection: Connection, case_ids: list[int]) -> None:
    """As an update of them would: other posts may still join. SQLite has one writer anyway."""
    for part in in_parts(case_ids, CHUNK):
        statement = (
            select(cases.c.id)
            .where(cases.c.id.in_(part))
            .order_by(cases.c.id)
            .with_for_update(key_share=True)
        )
        connection.execute(statement).all()
