"""Lists and letters that no job of the desk made: the command line's, a nightly run's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from storage.database import read
from storage.models import export_batches
from storage.models_exports import export_files

NEWEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeElsewhere:
    batch_no: str
    format: str
    made_at: datetime
    rows: int
    sha256: str
    file_name: str


def made_elsewhere(engine: Engine) -> list[MadeElsewhere]:
    """The newest 50. Their files lie where whoever made them put them; the desk holds none."""
    columns = export_batches.c
    statement = (
        select(*(columns[name] for name in MadeElsewhere.__dataclass_fields__))
        .where(columns.job_id.is_(None), columns.batch_no.not_in(select(export_files.c.number)))
        .order_by(columns.id.desc())
        .limit(NEWEST)
    )
    with read(engine) as connection:
        rows = connection.execute(statement).all()
    return [MadeElsewhere(**row._mapping) for row in rows]
