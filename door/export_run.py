"""One takedown list from the database to a file, registered as a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import Engine

from classifiers.laws import for_code, for_platform
from door.settings import SETTINGS
from exports.registry import exporter
from exports.takedown_case import takedown_rows
from exports.takedown_rows import CHINA, PLATFORMS, ListHead, TakedownRow
from exports.writing import made_folder, refuse_overwriting
from storage.batch_rows import Listed
from storage.bilingual import Problem
from storage.exports import close_batch, decided_rows, open_batch
from storage.handed_out import MACHINE, HandedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which cases go on the list, and how."""

    platform: str = ""  # "" for all
    since: str = ""  # decided on this Chinese day or later, as 2026-03-01; "" for all
    masked: bool = True
    lang: str = SETTINGS.lang
    to: str = ""  # the department of a transfer letter
    office: str = SETTINGS.office
    by: str = MACHINE  # who is answerable for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    path: Path
    rows: int
    batch_no: str
    sha256: str


EVERYTHING = Asked()
Progress = Callable[[int], None]  # told how many rows are written


def silent(_rows: int) -> None:
    """Nobody watches."""


def export_list(
    engine: Engine,
    form: str,
    folder: Path,
    asked: Asked = EVERYTHING,
    progress: Progress = silent,
) -> Exported:
    """Write the list in the export format `form` into `folder`, which is made where it is not.

    Raises Problem for a format that is not there, a date that is none, and trouble with files; the
    batch number taken by then stays in the register with 0 rows, and no file is left half written.
    """
    chosen, start = exporter(form), first_moment(asked.since)
    platform = platform_key(asked.platform)
    asked = replace(asked, platform=platform)
    if chosen.refuse is not None:
        chosen.refuse(
            ListHead(batch_no="", made_at=datetime.now(UTC), platform=platform, to=asked.to)
        )
    made_folder(folder)
    head = opened(engine, chosen.format, asked)
    path = folder.absolute() / head.file_name(chosen.suffix, chosen.title)
    refuse_overwriting(path)
    decided = chain.from_iterable(
        decided_rows(engine, platform=asked.platform or None, since=start, verdict=verdict)
        for verdict in chosen.verdicts
    )
    listed = Listed()
    told = counted(takedown_rows(listed.passing(decided), head, for_code), progress)
    rows = chosen.write(told, path, head)
    made = HandedOut(
        number=head.batch_no,
        name=path.name,
        sha256=digest(path),
        by=asked.by,
        at=head.made_at,
        rows=rows,
        masked=asked.masked,
    )
    close_batch(engine, made)
    listed.keep(engine, head.batch_no)
    return Exported(path=path, rows=rows, batch_no=head.batch_no, sha256=made.sha256)


def counted(rows: Iterable[TakedownRow], progress: Progress) -> Iterator[TakedownRow]:
    for written, row in enumerate(rows, 1):
        yield row
        progress(written)


def opened(engine: Engine, form: str, asked: Asked) -> ListHead:
    """Take a batch number: it is printed on the list, so it must be there first."""
    made_at = datetime.now(UTC)
    filters = {"platform": asked.platform, "since": asked.since, "masked": asked.masked}
    if asked.to:
        filters["to"] = asked.to
    return ListHead(
        batch_no=open_batch(engine, form, filters, made_at),
        made_at=made_at,
        platform=asked.platform,
        since=asked.since,
        lang=asked.lang,
        masked=asked.masked,
        to=asked.to,
        office=asked.office,
        duties=for_platform(made_at.astimezone(CHINA).date()),
    )


def platform_key(name: str) -> str:
    """A platform by its key or its Chinese name.

    Raises Problem: a misspelt one would make an empty list that takes a number.
    """
    for key, chinese in PLATFORMS.items():
        if name in {"", key, chinese}:
            return name and key
    known = "、".join(f"{chinese}（{key}）" for key, chinese in PLATFORMS.items())
    raise Problem(
        f"没有“{name}”这个平台，没有生成文件。可用：{known}。",
        f"There is no platform “{name}”; no file was made. Known are: {', '.join(PLATFORMS)}.",
    )


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
