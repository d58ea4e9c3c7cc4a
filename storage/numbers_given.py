"""Every number that a list, a letter or a brief was given, wherever it was made: none is missing.

Lists and briefs count together, so that of two lists the numbers need not follow one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from storage.database import read
from storage.export_cancel import VOID
from storage.models import export_batches
from storage.models_exports import export_jobs

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One number. `void`: its job left no file, and nobody else gets it."""

    id: int
    batch_no: str
    format: str  # of an exporter, or brief-docx, brief-html
    made_at: datetime
    rows: int
    sha256: str
    file_name: str
    filters: Mapping[str, Any]
    job_id: int | None  # of the desk; None: made elsewhere
    void: bool


def numbers_given(engine: Engine, before: int | None = None, limit: int = PAGE) -> list[Given]:
    """The newest first; `before`: the `id` that the page before ended with."""
    columns = export_batches.c
    names = [name for name in Given.__dataclass_fields__ if name != "void"]
    statement = (
        select(*(columns[name] for name in names), export_jobs.c.state.label("state"))
        .outerjoin(export_jobs, export_jobs.c.id == columns.job_id)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(columns.id < before)
    with read(engine) as connection:
        rows = connection.execute(statement).all()
    return [
        Given(**{name: getattr(row, name) for name in names}, void=row.state in VOID)
        for row in rows
    ]
