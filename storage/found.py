"""What the judge said of every post that was seen, by URL: for measuring it against a truth."""

from __future__ import annotations

from sqlalchemy import Engine, select

from storage.database import read
from storage.models import findings, posts


def clauses_by_url(engine: Engine) -> dict[str, frozenset[str]]:
    """Canonical URL to the clauses of its newest version's findings; empty where none is flagged.

    Holds every URL seen: for the sample and for tests, not for a year's database.
    """
    found: dict[str, set[str]] = {}
    newest: dict[str, int] = {}
    with read(engine) as connection:
        for row in connection.execute(select(posts.c.url, posts.c.id).order_by(posts.c.id)):
            newest[row.url] = row.id
            found[row.url] = set()
        urls = {row_id: url for url, row_id in newest.items()}
        statement = (
            select(findings.c.post_row, findings.c.clause)
            .join(posts, posts.c.id == findings.c.post_row)
            .where(posts.c.flagged)
        )
        for row in connection.execute(statement):
            if row.post_row in urls:
                found[urls[row.post_row]].add(row.clause)
    return {url: frozenset(clauses) for url, clauses in found.items()}
