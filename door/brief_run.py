"""The brief of a day or some days, from the database to files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from door.export_run import digest
from exports import daily_brief_docx, daily_brief_html
from exports.brief_words import title_of
from exports.letter_parts import UNNAMED
from exports.takedown_rows import CHINA
from exports.writing import made_folder, refuse_overwriting
from storage.bilingual import Problem
from storage.brief import brief
from storage.exports import Batch, record_batch
from storage.handed_out import HandedOut, note_handed_out

FORMS = {"docx": daily_brief_docx, "html": daily_brief_html}
MOST = 366  # days


def write_brief(
    engine: Engine, folder: Path, last: date | None, days: int, office: str
) -> list[Path]:
    """Both files; `last` None for yesterday's Chinese day. Raises Problem."""
    today = datetime.now(UTC).astimezone(CHINA).date()
    end = last or today - timedelta(days=1)
    if end > today:
        raise Problem(
            f"日期不能晚于今天（{today}），没有生成文件。",
            f"The day cannot be after today ({today}); no file was made.",
        )
    if not 1 <= days <= MOST:
        raise Problem(
            f"天数为 1 到 {MOST}，没有生成文件。",
            f"The number of days is 1 to {MOST}; no file was made.",
        )
    figures = brief(engine, end - timedelta(days=days - 1), end)
    made_folder(folder)
    paths = [named(folder, title_of(figures), end, days, form) for form in FORMS]
    for path in paths:
        refuse_overwriting(path)
    for path, form in zip(paths, FORMS.values(), strict=True):
        form.write(figures, path, office or UNNAMED)
    return paths


def register_brief(
    engine: Engine, paths: Sequence[Path], by: str, job: int | None = None
) -> list[HandedOut]:
    """Give each file its number, and leave its lines in the audit and in custody.

    `job`: of the desk, which the numbers are noted for.
    """
    made = []
    for path in paths:
        at, sha256 = datetime.now(UTC), digest(path)
        batch = Batch(
            format=f"brief-{path.suffix[1:]}",
            made_at=at,
            rows=0,
            sha256=sha256,
            file_name=path.name,
            filters={},
            job_id=job,
        )
        number = record_batch(engine, batch)
        made.append(HandedOut(number=number, name=path.name, sha256=sha256, by=by, at=at))
        note_handed_out(engine, made[-1])
    return made


def named(folder: Path, title: str, end: date, days: int, form: str) -> Path:
    kind = title[-2:]
    many = f"_{days}天" if days > 1 else ""
    return folder.absolute() / f"巡查{kind}_{end:%Y%m%d}{many}.{form}"
