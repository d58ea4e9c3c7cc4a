"""A new edition of the directory by programs: sent, looked at, confirmed or forgotten."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi import Path as InPath
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from console.api.directory import EditionTold, Filing, Shown, filings
from console.bearer import Keeps, api_router
from console.desk import tools_of
from console.forms import known_day
from console.guard import LARGE
from console.shapes import Day, or_missing, shaped
from console.tools import Preview, Upload
from storage.bilingual import Problem
from storage.columns import storable
from storage.directory_changes import Changes
from storage.records import FiledKind

router = api_router("directory")
PATH = "/directory/import"
MOST = LARGE[PATH]
Token = Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]
# Not a form: who sends it must be known before a long body is read.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "the file itself, .xlsx or .csv, at most 32 MB",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ImportChanges(BaseModel):
    """Against the edition that counts now; lists are cut at `limit`, `counts` are whole."""

    counts: dict[str, int]
    added: list[str] = Field(description="bodies")
    removed: list[str]
    gained: list[Filing] = Field(description="of bodies in both")
    lost: list[Filing]


class ImportPreview(BaseModel):
    """What an upload would change. It does not count before it is confirmed."""

    token: str
    name: str
    as_of: date
    file: str
    rows: int
    bodies: int
    current: EditionTold | None = Field(description="the edition it is held against")
    becomes_current: bool = Field(description="false: a later one is there already")
    changes: ImportChanges | None = Field(description="null for the first edition of a list")
    repeated: int = Field(description="rows that stood twice and were put together")
    unknown: list[str] = Field(description="headings that are not used")
    unread: list[str] = Field(description="sheets without a header, which are not imported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a person says of the file that is sent."""

    file: str
    name: str
    kind: FiledKind | None
    as_of: date | None


def named(
    file: Annotated[str, Query(min_length=1, max_length=200, description="its name, as 2026.xlsx")],
    name: Annotated[str, Query(max_length=40, description="of the list; empty: the kind's")] = "",
    kind: FiledKind | None = None,
    as_of: Annotated[Day | None, Query(description="null: today")] = None,
) -> Named:
    day = None if as_of is None else some_day(as_of)
    return Named(file=storable(file.strip()), name=storable(name.strip()), kind=kind, as_of=day)


@router.post(PATH, openapi_extra=BODY)
async def send_directory(
    request: Request, one: Keeps, said: Annotated[Named, Depends(named)], limit: Shown = 200
) -> ImportPreview:
    """Take a file in and tell what it would change."""
    with tempfile.NamedTemporaryFile(prefix="certsweep-upload-") as kept:
        try:
            async for chunk in request.stream():
                kept.write(chunk)
        except ClientDisconnect:
            raise cut_off() from None
        kept.flush()
        sent = Upload(
            path=Path(kept.name), file=said.file, name=said.name, kind=said.kind, as_of=said.as_of
        )
        return await run_in_threadpool(staged, request, sent, one.user.login, limit)


def some_day(day: date) -> date:
    try:
        return known_day(day)
    except ValueError:
        raise Problem(
            f"截至日期 {day} 不对，没有导入；请改正日期。",
            f"{day} is no day of an edition; not imported: correct it.",
        ) from None


def cut_off() -> Problem:
    return Problem(
        f"文件没有传完，或超过 {MOST >> 20} MB，没有导入。请重新上传。",
        f"The file was not sent to its end, or is larger than {MOST >> 20} MB; not imported. Send "
        "it again.",
    )


def staged(request: Request, sent: Upload, by: str, limit: int) -> ImportPreview:
    tools = tools_of(request)
    return told(tools.staged(tools.stage(sent, by), by), limit)


@router.get(f"{PATH}/{{token}}")
def directory_preview(
    request: Request, one: Keeps, token: Token, limit: Shown = 200
) -> ImportPreview:
    """One's own, until it is confirmed, forgotten or a day old."""
    return told(waiting(request, token, one.user.login), limit)


def waiting(request: Request, token: str, by: str) -> Preview:
    return or_missing(tools_of(request).staged, token, by)


def told(found: Preview, limit: int) -> ImportPreview:
    return shaped(
        ImportPreview,
        found,
        current=None if found.current is None else shaped(EditionTold, found.current),
        changes=None if found.changes is None else changed(found.changes, limit),
    )


def changed(found: Changes, limit: int) -> ImportChanges:
    lists = {name: getattr(found, name) for name in ("added", "removed", "gained", "lost")}
    return ImportChanges(
        counts={name: len(rows) for name, rows in lists.items()},
        added=list(found.added[:limit]),
        removed=list(found.removed[:limit]),
        gained=filings(found.gained[:limit]),
        lost=filings(found.lost[:limit]),
    )


@router.post(f"{PATH}/{{token}}/confirm")
def confirm_directory(request: Request, one: Keeps, token: Token) -> EditionTold:
    """From now on it counts; 409 where the list has changed since the differences were told."""
    waiting(request, token, one.user.login)
    return shaped(EditionTold, tools_of(request).import_staged(token, one.user.login))


@router.post(f"{PATH}/{{token}}/forget", status_code=204)
def forget_directory(request: Request, one: Keeps, token: Token) -> None:
    """Throw it away; nothing is imported."""
    or_missing(tools_of(request).forget, token, one.user.login)
