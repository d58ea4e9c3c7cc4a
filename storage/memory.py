"""What is known of a post, asked once for every post that is sighted."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, bindparam, select

from storage.database import explained
from storage.models import posts
from storage.rows import identity

NEWEST = (
    select(posts.c.content_sha256, posts.c.engine)
    .where(posts.c.identity == bindparam("key"))
    .order_by(posts.c.last_seen.desc(), posts.c.id.desc())
    .limit(1)
)


class PostMemory:
    """Reads over one connection that it keeps until `close`; for use in one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def known(self, platform: str, post_id: str) -> tuple[str, str] | None:
        """(content_sha256, engine) of the version seen last; None if it was never committed."""
        with explained():
            if self._connection is None:
                # Autocommit: every question sees what was committed before it was asked.
                self._connection = self._engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                )
            row = self._connection.execute(NEWEST, {"key": identity(platform, post_id)}).first()
        return (row.content_sha256, row.engine) if row else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
