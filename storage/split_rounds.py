"""What was said of posts while they still stood in the case they were split out of (拆分).

Where two people must still agree on the case such posts stand in now, that is said of it, too:
whoever is asked second there must not read it in a package of the case it was said in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from storage.models import case_posts, cases, decisions
from storage.models_desk import audit, second_looks
from storage.second_turns import STILL_OPEN


def said_of_parts(connection: Connection, case_id: int) -> frozenset[int]:
    """Decisions of a case, by id, that are opinions of an open round of a case split out of it.

    Of what was decided before the split that is all since a second person last agreed. The decision
    that takes posts out is about the rest. Which came first is told by the audit, whose lines are
    numbered; a split that stands in no line of it counts as later than every decision.
    """
    open_posts = posts_under_way(connection, case_id)
    if not open_posts:
        return frozenset()
    return frozenset(
        number
        for bound in bounds(connection, case_id, open_posts)
        for number in since_agreed(connection, case_id, bound)
    )


def posts_under_way(connection: Connection, case_id: int) -> set[int]:
    """Posts split out of this case that stand in one two people must still agree on for the first
    time: what was said before they once agreed there belongs to no open round any more."""
    here = case_posts.alias()
    agreed = exists().where(second_looks.c.case_id == cases.c.id, second_looks.c.upheld)
    unsettled = or_(cases.c.awaits_second, cases.c.needs_two & cases.c.status.in_(STILL_OPEN))
    statement = (
        select(case_posts.c.post_row)
        .join(here, (here.c.post_row == case_posts.c.post_row) & ~here.c.split)
        .join(cases, cases.c.id == here.c.case_id)
        .where(case_posts.c.case_id == case_id, case_posts.c.split, unsettled, ~agreed)
    )
    return set(connection.execute(statement).scalars())


def bounds(connection: Connection, case_id: int, open_posts: set[int]) -> Iterator[int | None]:
    """For each time such posts were split out: the first decision taken then or later, None where
    there is none."""
    told = list(lines_of(connection, case_id))
    left = set(open_posts)
    for place, (act, detail) in enumerate(told):
        moved = left & set(detail.get("posts", ())) if act == "case.split" else set()
        if moved:
            left -= moved
            after = (one["decision"] for what, one in told[place:] if what == "case.decide")
            yield next(after, None)
    if left:
        yield None


def lines_of(connection: Connection, case_id: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What was decided and split of a case, in this order."""
    statement = (
        select(audit.c.act, audit.c.detail)
        .where(audit.c.about == f"case:{case_id}", audit.c.act.in_(["case.decide", "case.split"]))
        .order_by(audit.c.id)
    )
    for row in connection.execute(statement):
        yield row.act, json.loads(row.detail)


def since_agreed(connection: Connection, case_id: int, bound: int | None) -> list[int]:
    """Decisions before `bound`, by id, and after the last of them that a second person upheld."""
    before = decisions.c.id < bound if bound is not None else decisions.c.id.is_not(None)
    upheld = exists().where(second_looks.c.decision_id == decisions.c.id, second_looks.c.upheld)
    statement = (
        select(decisions.c.id, upheld.label("agreed"))
        .where(decisions.c.case_id == case_id, before)
        .order_by(decisions.c.id)
    )
    found: list[int] = []
    for row in connection.execute(statement):
        found = [] if row.agreed else [*found, row.id]
    return found
