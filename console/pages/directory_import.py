"""A new edition of the directory: upload, look at the differences, then let it count."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.desk import desk_of, tools_of
from console.forms import day_of, today
from console.guard import LARGE
from console.page import go, lang_of, page
from console.people import Keeper
from console.tabs import LISTS
from console.tools import Upload
from console.words import plainly
from storage.bilingual import Problem
from storage.columns import storable
from storage.directory import KIND_WORDS, editions
from storage.records import FiledKind

router = APIRouter(include_in_schema=False)
SHOWN = 200  # changed rows on a page
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    file: UploadFile | None
    name: str
    kind: str
    as_of: str


async def typed(request: Request, _user: Keeper) -> Typed:
    """Read after it is known who sends it: a file is long."""
    form = await request.form()
    sent = form.get("file")
    return Typed(
        file=sent if isinstance(sent, UploadFile) and sent.filename else None,
        name=storable(str(form.get("name", "")).strip())[:40],
        kind=str(form.get("kind", "")),
        as_of=str(form.get("as_of", ""))[:20],
    )


Sent = Annotated[Typed, Depends(typed)]


@router.get("/directory/import")
def upload_page(request: Request, _user: Keeper) -> Response:
    return form_page(request)


def form_page(request: Request, problem: str = "", sent: Typed | None = None) -> Response:
    return page(
        request,
        "directory_import.html",
        409 if problem else 200,
        tabs=LISTS,
        names=list(dict.fromkeys(one.name for one in editions(desk_of(request).engine))),
        kinds=KIND_WORDS,
        problem=problem,
        typed=sent or Typed(file=None, name="", kind="", as_of=""),
        today=today(),
        most=LARGE["/directory/import"] >> 20,
    )


@router.post("/directory/import")
async def upload(request: Request, user: Keeper, sent: Sent) -> Response:
    """Take a file in and show what it would change; it does not count yet."""
    try:
        with tempfile.NamedTemporaryFile(prefix="certsweep-upload-") as kept:
            file = chosen(sent)
            while chunk := await file.read(CHUNK):
                kept.write(chunk)
            kept.flush()
            token = await run_in_threadpool(staged, request, sent, Path(kept.name), user.login)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        said = plainly(problem.text.said(lang_of(request)))
        return await run_in_threadpool(form_page, request, said, sent)
    finally:
        await request.close()
    return go(f"/directory/import/{token}")


def chosen(sent: Typed) -> UploadFile:
    if sent.file is None:
        raise Problem("没有选文件，没有导入。", "No file was chosen; nothing imported.")
    return sent.file


def staged(request: Request, sent: Typed, path: Path, by: str) -> str:
    if sent.kind and sent.kind not in set(FiledKind):
        raise Problem("没有这样的类别，没有导入。", "There is no such kind; nothing imported.")
    wanted = Upload(
        path=path,
        file=storable((sent.file.filename or "") if sent.file else ""),
        name=sent.name,
        kind=FiledKind(sent.kind) if sent.kind else None,
        as_of=day_of(sent.as_of, "截至", "as of"),
    )
    return tools_of(request).stage(wanted, by)


@router.get("/directory/import/{token}")
def preview(request: Request, user: Keeper, token: str) -> Response:
    return page(
        request,
        "directory_preview.html",
        tabs=LISTS,
        found=tools_of(request).staged(token, user.login),
        shown=SHOWN,
        kinds=KIND_WORDS,
    )


@router.post("/directory/import/{token}/confirm")
def confirm(request: Request, user: Keeper, token: str) -> Response:
    edition = tools_of(request).import_staged(token, user.login)
    return go(f"/directory?imported={edition.id}")


@router.post("/directory/import/{token}/forget")
def forget(request: Request, user: Keeper, token: str) -> Response:
    tools_of(request).forget(token, user.login)
    return go("/directory/import")
