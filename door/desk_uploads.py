"""A directory's file between its upload and the word that it counts.

The file lies in `uploads` of the home under a token; what a person said of it lies beside it. What
is imported is that very file, and only while the list is as it was when the differences were shown.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from console.tools import Preview, Upload
from door.directory_import import Wanted, import_file, list_name, refuse_faults, rows_of, today
from door.directory_rows import Reader
from storage.bilingual import Problem
from storage.database import explained
from storage.directory import Edition, editions, filings
from storage.directory_changes import between
from storage.persons import same_person
from storage.records import FiledKind
from storage.whole_files import whole

FOLDER = "uploads"
TOKEN = re.compile(r"[0-9a-f]{32}")
ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}
KEPT_SECONDS = 24 * 3600  # an upload that nobody confirmed is thrown away


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What is known of an upload, as it lies in the file beside it."""

    token: str
    file: str
    ending: str
    name: str
    kind: str
    as_of: str
    by: str
    base: int  # the edition of the list that was the newest then, 0 for none

    def wanted(self) -> Wanted:
        return Wanted(
            kind=FiledKind(self.kind) if self.kind else None,
            as_of=date.fromisoformat(self.as_of),
            name=self.name,
            by=self.by,
            file=self.file,
            base=self.base,
        )


def stage(engine: Engine, home: Path, upload: Upload, by: str) -> Staged:
    """Take the file in; raises Problem, and keeps nothing, where it could not be imported."""
    sweep_out(home)
    ending = Path(upload.file).suffix.lower()
    if ending not in ENDINGS:
        raise Problem(
            f"不支持 {ending[:12] or '没有后缀的'} 文件，没有导入；请另存为 .xlsx 或 .csv 后重试。",
            f"{ending[:12] or 'files without an ending'} cannot be imported: save it as .xlsx or "
            ".csv.",
        )
    wanted = Wanted(kind=upload.kind, name=upload.name, as_of=upload.as_of or today())
    if wanted.as_of is not None and wanted.as_of > today():
        raise Problem(
            f"截至日期 {wanted.as_of} 还没到，没有导入；请改正日期。",
            f"{wanted.as_of} has not come yet; not imported: correct the day.",
        )
    newest = newest_of(engine, list_name(wanted))
    staged = Staged(
        token=secrets.token_hex(16),
        file=Path(upload.file).name[:200],
        ending=ending,
        name=list_name(wanted),
        kind=upload.kind.value if upload.kind else "",
        as_of=str(wanted.as_of),
        by=by,
        base=newest.id if newest else 0,
    )
    path = place(home, staged)
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(upload.path, path)
        path.chmod(0o600)
    try:
        preview(engine, home, staged)
    except Problem:
        path.unlink(missing_ok=True)
        raise
    with whole(path.with_suffix(".json")) as note:
        note.write(json.dumps(asdict(staged), ensure_ascii=False).encode())
    return staged


def newest_of(engine: Engine, name: str) -> Edition | None:
    return next((one for one in editions(engine) if one.name == name and one.current), None)


def place(home: Path, staged: Staged) -> Path:
    return home / FOLDER / f"{staged.token}{staged.ending}"


def find(home: Path, token: str, by: str) -> Staged:
    """The upload of this token, for the one who made it."""
    path = home / FOLDER / f"{token}.json"
    if TOKEN.fullmatch(token) and path.is_file():
        with explained():
            staged = Staged(**json.loads(path.read_bytes()))
        if same_person(staged.by, by):
            return staged
    raise Problem(
        "没有这份待确认的文件（可能已导入、已放弃，或过了一天），没有导入。请重新上传。",
        "There is no such upload (imported already, given up, or older than a day); nothing was "
        "imported. Upload it again.",
    )


def preview(engine: Engine, home: Path, staged: Staged) -> Preview:
    """Read the file to its end and hold it against the list's newest edition."""
    wanted, reader = staged.wanted(), Reader(staged.wanted().kind)
    with explained():
        rows = list(reader.filings(rows_of(place(home, staged))))
    refuse_faults(reader.notes)
    if not rows:
        raise Problem("文件里没有一行机构，没有导入。", "The file holds no body; not imported.")
    newest = newest_of(engine, staged.name)
    as_of = wanted.as_of or today()
    return Preview(
        token=staged.token,
        name=staged.name,
        as_of=as_of,
        file=staged.file,
        rows=len(rows),
        bodies=len({row.body for row in rows}),
        current=newest,
        becomes_current=newest is None or newest.as_of <= as_of,
        changes=between(filings(engine, newest.id), rows) if newest else None,
        repeated=sum(reader.notes.repeated.values()),
        unknown=tuple(reader.notes.unknown),
        unread=tuple(reader.notes.unread),
    )


def import_staged(engine: Engine, home: Path, staged: Staged) -> Edition:
    made = import_file(engine, place(home, staged), staged.wanted())
    forget(home, staged)
    return made.edition


def forget(home: Path, staged: Staged) -> None:
    path = place(home, staged)
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def sweep_out(home: Path) -> None:
    """Throw away what nobody confirmed."""
    folder = home / FOLDER
    for path in folder.glob("*") if folder.is_dir() else ():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
