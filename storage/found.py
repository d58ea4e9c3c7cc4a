"""What the judge said of every post that was seen, by URL: for measuring it against a truth."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Engine, Row, select

from storage.database import read
from storage.models import findings, posts


def clauses_by_url(engine: Engine) -> dict[str, frozenset[str]]:
    """Canonical URL to the clauses of its newest version's findings; empty where none is flagged.

    Of a page that was read itself and shown among a search's hits, the page counts. Holds every URL
    seen: for the sample and for tests, not for a year's database.
    """
    newest: dict[bytes, Row[int, str, str, bytes]] = {}
    said: dict[int, set[str]] = defaultdict(set)
    with read(engine) as connection:
        columns = posts.c.id, posts.c.url, posts.c.platform, posts.c.identity
        for row in connection.execute(select(*columns).order_by(posts.c.id)):
            newest[row.identity] = row
        statement = (
            select(findings.c.post_row, findings.c.clause)
            .join(posts, posts.c.id == findings.c.post_row)
            .where(posts.c.flagged)
        )
        for finding in connection.execute(statement):
            said[finding.post_row].add(finding.clause)
    found: dict[str, frozenset[str]] = {}
    for row in sorted(newest.values(), key=lambda one: one.platform == "web"):
        others = frozenset() if row.platform == "web" else found.get(row.url, frozenset())
        found[row.url] = others | frozenset(said[row.id])
    return found
