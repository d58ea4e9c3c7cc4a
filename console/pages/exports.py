"""清单与函件: lists, letters and briefs ordered as jobs, watched, kept and fetched again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response, StreamingResponse

from console.desk import Desk, desk_of
from console.forms import Exporter, Number, Whole, day_of, today, whole_number
from console.names import platform_name
from console.page import go, page, query_of
from console.people import Missing, Reader
from console.roles import Act, demand
from exports.registry import exporter, formats
from exports.takedown_rows import PLATFORMS, ListHead
from storage.bilingual import Bilingual, Problem
from storage.columns import utc_now
from storage.database import explained
from storage.export_jobs import (
    EACH,
    JOB_WORDS,
    Job,
    JobState,
    Order,
    get_file,
    get_job,
    list_jobs,
    place_order,
)
from storage.handed_out import HandedOut, note_handed_out
from storage.users import User

router = APIRouter(include_in_schema=False)
BLOCK = 1 << 20
MOST_DAYS = 366
WORTH = 2  # characters of a reason to show contacts, at least
FORM_WORDS = {
    "xlsx": Bilingual("处置清单（XLSX）", "takedown list (XLSX)"),
    "csv": Bilingual("处置清单（CSV）", "takedown list (CSV)"),
    "letter": Bilingual("协助处置函（DOCX）", "letter to a platform (DOCX)"),
    "transfer": Bilingual("转办函（DOCX）", "transfer letter (DOCX)"),
    "12377": Bilingual("12377 举报表（XLSX）", "12377 report (XLSX)"),
}
KIND_WORDS = {
    "brief": Bilingual("巡查日报、简报", "daily brief"),
    "evidence": Bilingual("证据包", "evidence package"),
}
AGAIN = frozenset({JobState.FAILED, JobState.INTERRUPTED})
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv; charset=utf-8",
    ".wacz": "application/zip",
}


@router.get("/exports")
def exports_page(request: Request, _user: Reader) -> Response:
    before = query_of(request).get("before", "")
    jobs = list_jobs(
        desk_of(request).engine, int(before) if before.isdecimal() and len(before) < 10 else None
    )
    return page(
        request,
        "exports.html",
        jobs=jobs,
        forms={name: FORM_WORDS.get(name, Bilingual(name, name)) for name in formats()},
        platforms=PLATFORMS,
        each=EACH,
        today=today(),
        further=jobs[-1].id if len(jobs) >= 50 else None,
        **words(),
    )


def words() -> dict[str, object]:
    """What the list and the job's page both say."""
    return {
        "job_words": JOB_WORDS,
        "form_words": FORM_WORDS,
        "kind_words": KIND_WORDS,
        "again": AGAIN,
        "platform_name": platform_name,
    }


@router.post("/exports")
def order(request: Request, user: Exporter, form: Whole) -> Response:
    asked = order_of(form, user)
    return go(f"/exports/{ordered(desk_of(request), asked, user)}")


def ordered(desk: Desk, asked: Order, user: User) -> int:
    number = place_order(desk.engine, asked, user.login)
    desk.wake()
    return number


def order_of(form: FormData, user: User) -> Order:
    """Raises Problem for what no file could be made of, before it takes a place in line."""
    kind = str(form.get("kind", "list"))
    if kind == "brief":
        return brief_order(form)
    if kind != "list":
        raise unknown()
    asked = Order(
        kind="list",
        form=exporter(str(form.get("form", ""))).format,
        platform=platform_of(str(form.get("platform", ""))),
        since=since_of(str(form.get("since", ""))),
        to=str(form.get("to", "")).strip()[:60],
        masked=form.get("contacts") != "1",
        why=str(form.get("why", "")).strip()[:500],
    )
    if not asked.masked:
        demand(user, Act.UNMASK)
        if len(asked.why) < WORTH:
            raise Problem(
                "不遮盖联系方式须写明为什么（记入审计），没有生成。",
                "Contacts are shown for a reason only, which the audit keeps; nothing was made.",
            )
    refuse = exporter(asked.form).refuse
    if refuse is not None:
        # Of a letter to each platform every one has its platform.
        platform = "weibo" if asked.platform == EACH else asked.platform
        refuse(ListHead(batch_no="", made_at=utc_now(), platform=platform, to=asked.to))
    return asked


def unknown() -> Problem:
    return Problem(
        "看不懂要生成什么，没有生成。请从“清单与函件”页重新选择。",
        "What is to be made is not understood; nothing was made. Choose again.",
    )


def platform_of(typed: str) -> str:
    if typed and typed != EACH and typed not in PLATFORMS:
        raise unknown()
    return typed


def since_of(typed: str) -> str:
    day = day_of(typed)
    return day.isoformat() if day is not None else ""


def brief_order(form: FormData) -> Order:
    day = day_of(str(form.get("day", "")))
    days = whole_number(str(form.get("days") or "1"), 1, MOST_DAYS, ("天数", "Days"))
    if day is not None and day > today():
        raise Problem(
            "日期不能晚于今天，没有生成。", "The day cannot be after today; nothing was made."
        )
    return Order(kind="brief", day=day.isoformat() if day else "", days=days)


def found(request: Request, number: int) -> Job:
    try:
        return get_job(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None


@router.get("/exports/{number:int}")
def job_page(request: Request, _user: Reader, number: Number) -> Response:
    return page(request, "export.html", job=found(request, number), **words())


@router.get("/exports/{number:int}/state")
def job_state(request: Request, _user: Reader, number: Number) -> Response:
    """The part of the page that is asked for again and again while the job runs."""
    return page(request, "_job.html", job=found(request, number), **words())


@router.post("/exports/{number:int}/again")
def again(request: Request, user: Exporter, number: Number) -> Response:
    """The same order once more, as a job of its own and in one's own name."""
    job = found(request, number)
    if job.state not in AGAIN:
        raise Problem(
            f"任务 {number} 没有中断或失败，没有再次生成。",
            f"Job {number} neither failed nor was interrupted; nothing was made again.",
        )
    if not job.order.masked:
        demand(user, Act.UNMASK)
    return go(f"/exports/{ordered(desk_of(request), job.order, user)}")


@router.get("/exports/files/{number:int}")
def download(request: Request, user: Exporter, number: Number) -> Response:
    """A finished file, compared with its hash first. Who fetched it is in audit and custody."""
    desk = desk_of(request)
    try:
        file = get_file(desk.engine, number)
        job = get_job(desk.engine, file.job_id)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None
    if not job.order.masked:
        demand(user, Act.UNMASK)
    out = HandedOut(
        number=file.number,
        name=file.name,
        sha256=file.sha256,
        by=user.login,
        at=utc_now(),
        rows=file.rows,
        masked=job.order.masked,
    )
    return sent(desk, desk.exports / file.path, out)


def sent(desk: Desk, path: Path, out: HandedOut) -> Response:
    """Raises Problem where the file is gone or no longer what was made."""
    size = checked(path, out.sha256)
    note_handed_out(desk.engine, out, "export.download")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(out.name, safe='')}",
        "content-length": str(size),
        "content-security-policy": "sandbox; default-src 'none'",
    }
    kind = TYPES.get(path.suffix, "application/octet-stream")
    return StreamingResponse(blocks(path), media_type=kind, headers=headers)


def checked(path: Path, sha256: str) -> int:
    """Its size; a file that was changed is never handed out."""
    if not path.is_file():
        raise Problem(
            f"文件已不在原处：{path.name}。请从备份恢复，或重新生成。",
            f"The file lies where it was no more: {path.name}. Restore it, or make it again.",
        )
    digest, size = hashlib.sha256(), 0
    for block in blocks(path):
        digest.update(block)
        size += len(block)
    if digest.hexdigest() != sha256:
        raise Problem(
            f"文件 {path.name} 与登记的 SHA-256 不一致，没有给出。请从备份恢复，或重新生成。",
            f"{path.name} is not the file whose SHA-256 is registered; it was not handed out. "
            "Restore it, or make it again.",
        )
    return size


def blocks(path: Path) -> Iterator[bytes]:
    with explained(), path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
