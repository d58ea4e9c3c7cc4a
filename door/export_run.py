"""One takedown list from the database to a file, registered as a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from classifiers.laws import cited_for, for_platform, notices
from door.export_choice import Asked, Choice, choose
from door.export_tally import Tally, several_owners
from exports.registry import Exporter, exporter
from exports.routing import office_of
from exports.takedown_case import takedown_rows
from exports.takedown_rows import CHINA, ListHead, TakedownRow
from exports.writing import made_folder, refuse_overwriting
from storage.batch_rows import Listed
from storage.bilingual import Bilingual, Problem
from storage.database import explained
from storage.exports import Batch, next_number, register
from storage.handed_out import HandedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    path: Path
    rows: int
    batch_no: str
    sha256: str = ""
    cases: int = 0
    remarks: tuple[Bilingual, ...] = ()  # what a signer must be told


EVERYTHING = Asked()


def silent(_rows: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who follows an export, and may stop it by raising Problem."""

    rows: Callable[[int], None] = silent  # told how many are written
    ready: Callable[[int], None] = silent  # the same, once, right before the number is taken
    job: int | None = None  # of the desk, which the number is noted for


UNWATCHED = Watch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be written, for whom, and who is told how far it is."""

    exporter: Exporter
    choice: Choice
    by: str
    watch: Watch


def export_list(
    engine: Engine,
    form: str,
    folder: Path,
    asked: Asked = EVERYTHING,
    watch: Watch = UNWATCHED,
) -> Exported:
    """Write the list in the export format `form` into `folder`, which is made where it is not.

    Raises Problem for a format that is not there, for what does not go together, a date that is
    none, and trouble with files; then no number is taken and no file is left.
    """
    chosen = exporter(form)
    choice = choose(engine, chosen, asked, first_moment(asked.since))
    head = head_of(chosen, choice, asked, datetime.now(UTC))
    if chosen.refuse is not None:
        chosen.refuse(head)
    made_folder(folder)
    work = Work(exporter=chosen, choice=choice, by=asked.by, watch=watch)
    with explained(), TemporaryDirectory(dir=folder.absolute(), prefix=".") as scratch:
        while True:
            made = attempt(engine, work, head, Path(scratch))
            if made is not None:
                return made


def attempt(engine: Engine, work: Work, head: ListHead, scratch: Path) -> Exported | None:
    """Write under the next number and take it; None where another export took it meanwhile."""
    chosen, choice = work.exporter, work.choice
    head = replace(head, batch_no=next_number(engine, head.made_at))
    draft = scratch / head.file_name(chosen.suffix, chosen.title)
    path = scratch.parent / draft.name
    refuse_overwriting(path)
    tally, posts = Tally(), Listed()
    rows = chosen.write(tally.watched(listed(engine, work, head, posts)), draft, head)
    batch = Batch(
        format=chosen.format,
        made_at=head.made_at,
        rows=rows,
        sha256=digest(draft),
        file_name=path.name,
        filters=filters_of(head),
        job_id=work.watch.job,
    )
    work.watch.ready(rows)
    if not register(engine, batch, head.batch_no, leaving(batch, head, work.by)):
        draft.unlink()
        return None
    posts.keep(engine, head.batch_no)
    draft.rename(path)
    remarks = tally.remarks(engine, chosen, choice)
    remarks += several_owners(chosen, choice, rows, internal=head.internal)
    return Exported(
        path=path,
        rows=rows,
        batch_no=head.batch_no,
        sha256=batch.sha256,
        cases=len(tally.cases),
        remarks=tuple(remarks),
    )


def listed(engine: Engine, work: Work, head: ListHead, posts: Listed) -> Iterator[TakedownRow]:
    chosen = work.exporter
    law_of = partial(law, penal=chosen.penal or head.internal)
    decided = posts.passing(work.choice.rows(engine, chosen.verdicts))
    every = takedown_rows(decided, head, law_of)
    return counted((row for row in every if chosen.picks(row, head)), work.watch.rows)


def counted(rows: Iterable[TakedownRow], progress: Callable[[int], None]) -> Iterator[TakedownRow]:
    for written, row in enumerate(rows, 1):
        yield row
        progress(written)


def leaving(batch: Batch, head: ListHead, by: str) -> HandedOut:
    return HandedOut(
        number=head.batch_no,
        name=batch.file_name,
        sha256=batch.sha256,
        by=by,
        at=batch.made_at,
        rows=batch.rows,
        masked=head.masked,
    )


def law(code: str, on: date, recorded: tuple[str, ...], *, penal: bool) -> tuple[str, ...]:
    return cited_for(code, on, recorded, penal=penal)


def head_of(chosen: Exporter, choice: Choice, asked: Asked, made_at: datetime) -> ListHead:
    """Without a number yet. Whoever wants contacts shown gets the list that stays in the house."""
    lists = chosen.format in {"xlsx", "csv"}
    return ListHead(
        batch_no="",
        made_at=made_at,
        platform=choice.platform,
        since=asked.since,
        lang=asked.lang,
        masked=asked.masked,
        to=office_of(asked.to),
        office=asked.office,
        duties=for_platform(made_at.astimezone(CHINA).date(), site=bool(choice.site)),
        titles=notices(),
        site=choice.site,
        request_no=choice.request_no,
        internal=asked.internal or (lists and not asked.masked),
    )


def filters_of(head: ListHead) -> dict[str, str | bool]:
    """What was asked for, as the register keeps it."""
    always: dict[str, str | bool] = {
        "platform": head.platform,
        "since": head.since,
        "masked": head.masked,
    }
    others: dict[str, str | bool] = {
        "to": head.to,
        "site": head.site,
        "request": head.request_no,
        "internal": head.internal,
    }
    return always | {name: value for name, value in others.items() if value}


def first_moment(since: str) -> datetime | None:
    """Midnight of the day on a Chinese clock; None for "". Raises Problem for no date."""
    if not since:
        return None
    try:
        return datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise Problem(
            f"“{since}”不是日期，没有生成文件。请写成 2026-03-01 这样。",
            f"“{since}” is no date; no file was made. Write it as 2026-03-01.",
        ) from None


def digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as written:
        while part := written.read(1 << 20):
            found.update(part)
    return found.hexdigest()
