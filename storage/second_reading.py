"""Which posts a second reader is asked about, and writing down what it answered.

Only posts of waiting cases whose score is uncertain; an answer moves the case within the queue
and nothing else: findings, flag, status and the case's version stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, update

from storage.casefiles import findings_by_post
from storage.clusters import measured
from storage.database import read, write
from storage.models import case_posts, cases, posts, second_opinions
from storage.opinions import add_opinion
from storage.records import CaseStatus, Evidence, Opinion, Post
from storage.rows import post_of

PASSING = ("timeout", "unreachable")  # tried again by a later run
TRIES = 3  # of these, before a post is left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    row: int
    case_id: int
    post: Post
    evidence: Evidence | None  # the strongest of the rules'


def uncertain(
    engine: Engine, model: str, prompt: str, band: tuple[float, float], limit: int
) -> list[Uncertain]:
    """Flagged posts with low <= score < high this model was not yet asked about with this prompt.

    The most urgent cases first.
    """
    low, high = band
    asked = second_opinions.alias()
    same = (asked.c.post_row == posts.c.id) & (asked.c.model == model) & (asked.c.prompt == prompt)
    settled = select(asked.c.id).where(same, asked.c.outcome.not_in(PASSING)).exists()
    tries = select(func.count()).select_from(asked).where(same).scalar_subquery()
    statement = (
        select(posts, case_posts.c.case_id)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .where(
            cases.c.status == CaseStatus.WAITING.value,
            ~case_posts.c.split,
            posts.c.flagged,
            posts.c.score >= low,
            posts.c.score < high,
            ~settled,
            tries < TRIES,
        )
        .order_by(cases.c.priority.desc(), cases.c.id, posts.c.id)
        .limit(limit)
    )
    with read(engine) as connection:
        rows = connection.execute(statement).all()
        said = findings_by_post(connection, [row.id for row in rows])
    return [
        Uncertain(
            row=row.id,
            case_id=row.case_id,
            post=post_of(row),
            evidence=next((one.evidence[0] for one in said[row.id]), None),
        )
        for row in rows
    ]


def record_opinion(engine: Engine, post_row: int, opinion: Opinion) -> int | None:
    """Write it down and move the waiting case the post stands in; the case's new priority.

    A case that somebody has claimed or decided meanwhile stays where it is: None.
    """
    with write(engine) as connection:
        add_opinion(connection, post_row, opinion)
        standing = (
            select(case_posts.c.case_id)
            .join(cases, cases.c.id == case_posts.c.case_id)
            .where(
                case_posts.c.post_row == post_row,
                ~case_posts.c.split,
                cases.c.status == CaseStatus.WAITING.value,
            )
        )
        case_id = connection.execute(standing).scalar_one_or_none()
        if case_id is None or opinion.outcome != "opinion":
            return None
        points = measured(connection, case_id)
        # The version stays: a reviewer's decision must not bounce off a mere hint.
        connection.execute(update(cases).where(cases.c.id == case_id).values(priority=points))
        return points
