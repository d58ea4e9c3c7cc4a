"""What was decided about a post: the words a later look is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from storage.casefiles import findings_by_post
from storage.database import read
from storage.models import case_posts, posts
from storage.parts import in_parts
from storage.records import Post
from storage.rows import post_of
from storage.takedowns import Item

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A post as people decided about it."""

    post: Post
    hashes: frozenset[str]  # of every version of it that stands in its case
    quotes: tuple[str, ...]  # what the findings stumbled over, of every version


def known_posts(engine: Engine, items: Sequence[Item]) -> dict[int, Known]:
    """By the item's number."""
    found: dict[int, Known] = {}
    for part in in_parts(items, CHUNK):
        with read(engine) as connection:
            found |= known_in(connection, part)
    return found


def known_in(connection: Connection, items: Sequence[Item]) -> dict[int, Known]:
    asked = connection.execute(
        select(posts).where(posts.c.id.in_([item.post_row for item in items]))
    ).all()
    by_row = {row.id: row for row in asked}
    versions = (
        connection.execute(
            select(posts.c.id, posts.c.identity, posts.c.content_sha256)
            .join(case_posts, case_posts.c.post_row == posts.c.id)
            .where(posts.c.identity.in_({row.identity for row in asked}), posts.c.flagged)
        )
    ).all()
    said = findings_by_post(connection, [row.id for row in versions])
    found = {}
    for item in items:
        row = by_row[item.post_row]
        own = [one for one in versions if one.identity == row.identity]
        found[item.id] = Known(
            post=post_of(row),
            hashes=frozenset({row.content_sha256, *(one.content_sha256 for one in own)}),
            quotes=tuple(
                dict.fromkeys(
                    quote
                    for one in own
                    for finding in said[one.id]
                    for quote in (evidence.quote for evidence in finding.evidence)
                )
            ),
        )
    return found
