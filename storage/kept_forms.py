"""What somebody had typed when their session was over, kept for after the login."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select

from storage.columns import utc_now
from storage.database import read, write
from storage.models_exports import kept_forms
from storage.persons import folded_name

GOOD_FOR = timedelta(hours=12)
Pairs = tuple[tuple[str, str], ...]


def keep_form(engine: Engine, owner: str, path: str, pairs: Sequence[tuple[str, str]]) -> int:
    """Its number; older ones of anybody are thrown away."""
    now = utc_now()
    statement = insert(kept_forms).values(
        owner=folded_name(owner), path=path, form=[list(pair) for pair in pairs], kept_at=now
    )
    with write(engine) as connection:
        connection.execute(delete(kept_forms).where(kept_forms.c.kept_at < now - GOOD_FOR))
        return int(connection.execute(statement.returning(kept_forms.c.id)).scalar_one())


def kept_form(engine: Engine, number: int, owner: str, path: str) -> Pairs:
    """The pairs of name and value; none where it is not this person's, or of another path."""
    statement = select(kept_forms).where(
        kept_forms.c.id == number,
        kept_forms.c.owner == folded_name(owner),
        kept_forms.c.path == path,
    )
    with read(engine) as connection:
        row = connection.execute(statement).one_or_none()
    return tuple((str(name), str(value)) for name, value in row.form) if row is not None else ()
