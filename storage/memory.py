"""What is known of a post, asked once for every post that is sighted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, select

from storage.columns import AnyRow
from storage.database import explained
from storage.models import posts
from storage.rows import identity

# One sweep sees a post in two forms: cut short in a list, whole on its own page. What was last seen
# this long before the newest form is an earlier text: should it come back, that is news.
SAME_SWEEP = timedelta(hours=12)
MOST_VERSIONS = 8
NEWEST = (
    select(posts.c.content_sha256, posts.c.engine, posts.c.last_seen)
    .where(posts.c.identity == bindparam("key"))
    .order_by(posts.c.last_seen.desc(), posts.c.id.desc())
    .limit(MOST_VERSIONS)
)

PICTURES = select(posts.c.images).where(
    posts.c.identity == bindparam("key"),
    posts.c.content_sha256 == bindparam("sha"),
    posts.c.flagged,
)


class PostMemory:
    """Reads over one connection that it keeps until `close`; for use in one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def known(self, platform: str, post_id: str) -> tuple[str, str] | None:
        """(content_sha256, engine) of the version seen last; None if it was never committed."""
        return next(iter(self.current(platform, post_id).items()), None)

    def current(self, platform: str, post_id: str) -> dict[str, str]:
        """content_sha256 -> engine of the forms the post was last seen in, the newest first."""
        rows = self._ask(NEWEST, {"key": identity(platform, post_id)})
        return {
            row.content_sha256: row.engine
            for row in rows
            if rows[0].last_seen - row.last_seen < SAME_SWEEP
        }

    def bare(self, platform: str, post_id: str, content_sha256: str) -> bool:
        """Whether this version was flagged where no picture of it was to be seen, as in a list."""
        key = {"key": identity(platform, post_id), "sha": content_sha256}
        return any(not row.images for row in self._ask(PICTURES, key))

    def _ask(self, statement: Select[Any], values: dict[str, Any]) -> Sequence[AnyRow]:
        with explained():
            if self._connection is None:
                # Autocommit: every question sees what was committed before it was asked.
                self._connection = self._engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                )
            return self._connection.execute(statement, values).all()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
