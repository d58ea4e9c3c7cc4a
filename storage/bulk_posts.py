"""The posts of a batch as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from storage.database import read
from storage.models import cases, posts
from storage.records import CaseStatus
from storage.second_turns import round_open

SHOWN = 100  # characters of a text
SPARE = 60  # more are read, so that a number at the cut is whole when it is masked


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPost:
    row: int
    title: str
    text: str  # its beginning, to be cut at SHOWN once it is masked
    author: str
    url: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A case as it stands now, beside what was shown of it."""

    title: str
    platform: str
    priority: int
    status: CaseStatus
    awaits_second: bool
    unsettled: bool  # two must still agree, and one has spoken
    version: int


def bulk_posts(engine: Engine, rows: Sequence[int]) -> dict[int, BulkPost]:
    statement = select(
        posts.c.id, posts.c.title, posts.c.text, posts.c.author, posts.c.url, posts.c.score
    ).where(posts.c.id.in_(rows))
    with read(engine) as connection:
        return {
            row.id: BulkPost(
                row=row.id,
                title=row.title,
                text=row.text[: SHOWN + SPARE],
                author=row.author,
                url=row.url,
                score=row.score,
            )
            for row in connection.execute(statement)
        }


def standings(engine: Engine, case_ids: Sequence[int]) -> dict[int, Standing]:
    statement = select(cases, round_open().label("unsettled")).where(cases.c.id.in_(case_ids))
    with read(engine) as connection:
        return {
            row.id: Standing(
                title=row.title,
                platform=row.platform,
                priority=row.priority,
                status=CaseStatus(row.status),
                awaits_second=row.awaits_second,
                unsettled=row.unsettled,
                version=row.version,
            )
            for row in connection.execute(statement)
        }
