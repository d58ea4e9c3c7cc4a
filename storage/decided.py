"""What people have decided of the texts they saw: for learning from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from storage.database import read
from storage.models import case_posts, cases, decisions, posts
from storage.records import CaseStatus, Verdict

SETTLED = (CaseStatus.DECIDED.value, CaseStatus.APPROVED.value)
SAID = {Verdict.VIOLATION.value: True, Verdict.CLEAN.value: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPost:
    """A post as it was judged, and what a person said of its case last."""

    row: int
    case: int
    title: str
    text: str
    author: str
    url: str
    platform: str
    published_at: datetime | None
    offending: bool
    reason: str


def decided_posts(engine: Engine, not_by: frozenset[str] = frozenset()) -> Iterator[DecidedPost]:
    """Posts of settled cases, oldest first; decisions of `not_by` and doubts teach nothing."""
    statement = (
        select(
            posts,
            cases.c.id.label("case_id"),
            decisions.c.verdict,
            decisions.c.reason.label("because"),
        )
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(cases.c.status.in_(SETTLED), ~cases.c.awaits_second, ~case_posts.c.split)
        .where(decisions.c.verdict.in_(list(SAID)), decisions.c.decided_by.not_in(list(not_by)))
        .order_by(posts.c.id)
    )
    with read(engine) as connection:
        for row in connection.execute(statement):
            if row.text or row.title:
                yield DecidedPost(
                    row=row.id,
                    case=row.case_id,
                    title=row.title,
                    text=row.text,
                    author=row.author,
                    url=row.url,
                    platform=row.platform,
                    published_at=row.published_at,
                    offending=SAID[row.verdict],
                    reason=row.because,
                )
