"""What second readers said: kept with model and prompt, and never more than a hint to the queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, func, insert, select

from storage.columns import AnyRow
from storage.models import case_posts, second_opinions
from storage.records import Evidence, Opinion


def add_opinion(connection: Connection, post_row: int, opinion: Opinion) -> None:
    connection.execute(insert(second_opinions).values(opinion_values(post_row, opinion)))


def opinion_values(post_row: int, opinion: Opinion) -> dict[str, Any]:
    return {
        "post_row": post_row,
        "model": opinion.model,
        "prompt": opinion.prompt,
        "asked_at": opinion.at,
        "outcome": opinion.outcome,
        "view": opinion.view,
        "shift": opinion.shift,
        "quotes": [asdict(quote) for quote in opinion.quotes],
        "reason": opinion.reason,
        "sent_sha256": opinion.sent_sha256,
        "addressed": opinion.addressed,
    }


def opinion_of(row: AnyRow) -> Opinion:
    return Opinion(
        model=row.model,
        prompt=row.prompt,
        at=row.asked_at,
        outcome=row.outcome,
        view=row.view,
        shift=row.shift,
        quotes=tuple(Evidence(**item) for item in row.quotes),
        reason=row.reason,
        sent_sha256=row.sent_sha256,
        addressed=row.addressed,
    )


def shift_of(connection: Connection, case_id: int) -> int:
    """-10..10: the highest of the newest opinions about the posts standing in a case.

    The highest, so that one post written to please the reader cannot push down a case in which
    another was found to offend.
    """
    newest = (
        select(func.max(second_opinions.c.id))
        .join(case_posts, case_posts.c.post_row == second_opinions.c.post_row)
        .where(
            case_posts.c.case_id == case_id,
            ~case_posts.c.split,
            second_opinions.c.outcome == "opinion",
        )
        .group_by(second_opinions.c.post_row)
    )
    statement = select(func.max(second_opinions.c.shift)).where(second_opinions.c.id.in_(newest))
    return int(connection.execute(statement).scalar_one() or 0)


def opinions_by_post(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[Opinion]]:
    """Opinions and failed tries of post rows, the oldest first."""
    found: defaultdict[int, list[Opinion]] = defaultdict(list)
    statement = (
        select(second_opinions)
        .where(second_opinions.c.post_row.in_(ids))
        .order_by(second_opinions.c.id)
    )
    for row in connection.execute(statement):
        found[row.post_row].append(opinion_of(row))
    return found
