"""An office's file becomes an edition of the directory: all of it, or nothing."""

from __future__ import annotations

import getpass
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from door.check_files import check_readable
from door.csv_rows import csv_rows
from door.directory_rows import Notes, Reader
from door.sheet_cells import SheetRow
from door.xlsx_rows import xlsx_rows
from storage.bilingual import Problem
from storage.database import explained
from storage.directory import Edition, Source, add_edition
from storage.records import FiledKind, Filing

OURS = ZoneInfo("Asia/Shanghai")
EVERY_KIND = "备案目录"  # name of a list for which none was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person said about the file."""

    kind: FiledKind | None = None
    as_of: date | None = None  # None: today
    name: str = ""  # of the list; "": by the kind
    by: str = ""  # who imports it; "": whoever runs the program
    file: str = ""  # the name it is known under; "": its own
    base: int | None = None  # the edition it was held against, as `add_edition` wants it


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    edition: Edition
    notes: Notes


def today() -> date:
    return datetime.now(OURS).date()


def import_file(engine: Engine, path: Path, wanted: Wanted) -> Imported:
    """Raises Problem; then nothing was imported.

    The file is read to its end before the database is touched, so that a long file keeps no lock.
    """
    check_readable([str(path)])
    reader = Reader(wanted.kind)
    with explained(), tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        put_aside(reader.filings(rows_of(path)), spool)
        refuse_faults(reader.notes)
        source = source_of(path, wanted)
        edition = add_edition(engine, source, taken_back(spool), wanted.base)
    return Imported(edition=edition, notes=reader.notes)


def rows_of(path: Path) -> Iterator[SheetRow]:
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        return xlsx_rows(path)
    if suffix in {".csv", ".tsv", ".txt"}:
        return csv_rows(path)
    raise Problem(
        f"不支持 {suffix or '没有后缀的'} 文件，没有导入；请另存为 .xlsx 或 .csv 后重试。",
        f"{suffix or 'files without an ending'} cannot be imported: save it as .xlsx or .csv.",
    )


def source_of(path: Path, wanted: Wanted) -> Source:
    as_of = wanted.as_of or today()
    if as_of > today():
        raise Problem(
            f"截至日期 {as_of} 还没到，没有导入；请检查（命令行：--as-of）。",
            f"{as_of} has not come yet; not imported: check it (command line: --as-of).",
        )
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Source(
        name=list_name(wanted),
        as_of=as_of,
        file=wanted.file or path.name,
        sha256=sha256,
        by=wanted.by or getpass.getuser(),
    )


def list_name(wanted: Wanted) -> str:
    by_kind = f"{EVERY_KIND}·{wanted.kind}" if wanted.kind else EVERY_KIND
    return wanted.name.strip() or by_kind


def put_aside(filings: Iterable[Filing], spool: IO[str]) -> None:
    for filing in filings:
        spool.write(json.dumps(asdict(filing), ensure_ascii=True, default=str))
        spool.write("\n")


def taken_back(spool: IO[str]) -> Iterator[Filing]:
    spool.seek(0)
    for line in spool:
        values = json.loads(line)
        for name in ("valid_from", "valid_to"):
            values[name] = date.fromisoformat(values[name]) if values[name] else None
        yield Filing(**values | {"kind": FiledKind(values["kind"])})


def refuse_faults(notes: Notes) -> None:
    if not notes.wrong:
        return
    more = notes.wrong - len(notes.faults)
    zh = "\n".join(f"  {fault.zh}。" for fault in notes.faults)
    en = "\n".join(f"  {fault.en}." for fault in notes.faults)
    raise Problem(
        f"有 {notes.wrong} 行不能用，一行也没有导入；请改正后重试：\n{zh}"
        + (f"\n  另有 {more} 行未列出。" if more else ""),
        f"{notes.wrong} rows will not do and nothing was imported; mend them and try again:\n{en}"
        + (f"\n  {more} more are not shown." if more else ""),
    )
