"""Lists and letters that were made for one takedown request: what may have been sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, or_, select

from storage.batch_rows import ELSEWHERE
from storage.database import read
from storage.exports import Batch
from storage.models import export_batches
from storage.models_exports import export_jobs
from storage.takedowns import Request

MOST = 20  # the newest


def made_for(engine: Engine, asked: Request) -> Sequence[tuple[str, Batch]]:
    """By their numbers, the newest first; none that is void, empty or made for an office."""
    table = export_batches.c
    statement = (
        select(export_batches)
        .outerjoin(export_jobs, export_jobs.c.id == table.job_id)
        .where(
            table.filters["request"].as_string() == asked.request_no,
            table.sha256 != "",
            table.rows > 0,
            table.format.not_in(sorted(ELSEWHERE)),
            or_(table.job_id.is_(None), export_jobs.c.state == "done"),
        )
        .order_by(table.made_at.desc(), table.batch_no.desc())
        .limit(MOST)
    )
    with read(engine) as connection:
        rows = connection.execute(statement).all()
    names = Batch.__dataclass_fields__
    return [(row.batch_no, Batch(**{name: getattr(row, name) for name in names})) for row in rows]
