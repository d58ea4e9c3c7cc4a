"""Handing a finished file out: compared with its hash first, and written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from console.desk import Desk
from console.people import Missing
from console.roles import Act, Caller
from storage.bilingual import Problem
from storage.blindness import shut_to_packages
from storage.cases import get_case
from storage.columns import utc_now
from storage.database import explained, read
from storage.export_jobs import get_file, get_job
from storage.handed_out import HandedOut, note_handed_out
from storage.package_lists import named_package

BLOCK = 1 << 20
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv; charset=utf-8",
    ".wacz": "application/zip",
}
OTHER = "application/octet-stream"


def hand_out(desk: Desk, one: Caller, number: int) -> Response:
    """A file that a job made. Who fetched it is in audit and custody."""
    try:
        file = get_file(desk.engine, number)
        job = get_job(desk.engine, file.job_id)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None
    if not job.order.masked:
        one.demand(Act.UNMASK)
    out = HandedOut(
        number=file.number,
        name=file.name,
        sha256=file.sha256,
        by=one.user.login,
        at=utc_now(),
        rows=file.rows,
        masked=job.order.masked,
    )
    return sent(desk, desk.exports / file.path, out)


def hand_out_package(desk: Desk, one: Caller, name: str) -> Response:
    """With originals as they were: it takes the right to see contacts, too.

    None of a case of which two must still agree, or out of which such a one was split: one made
    earlier may tell what the next person asked must not know.
    """
    one.demand(Act.UNMASK)
    with read(desk.engine) as connection:
        package = named_package(connection, name)
    if package is None or not package.sha256:
        raise Missing(
            "没有这个证据包，或还没有写出。请到“证据包”页查看。",
            "There is no such package, or it is not written yet. See the page of packages.",
        )
    if shut_to_packages(get_case(desk.engine, package.case_id)):
        raise Problem(
            f"案件 {package.case_id}（或从中拆分出的案件）须由另一人独立复核，复核后才能下载"
            "证据包；没有给出。",
            f"Case {package.case_id}, or one split out of it, needs a second person, who must not "
            "see the first opinion; the package was not handed out. Fetch it after that.",
        )
    out = HandedOut(
        number=package.name,
        name=package.name,
        sha256=package.sha256,
        by=one.user.login,
        at=utc_now(),
        masked=False,
    )
    return sent(desk, Path(package.folder) / package.name, out)


def sent(desk: Desk, path: Path, out: HandedOut) -> Response:
    """Raises Problem where the file is gone or no longer what was made."""
    size = checked(path, out.sha256)
    note_handed_out(desk.engine, out, "export.download")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(out.name, safe='')}",
        "content-length": str(size),
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(
        blocks(path), media_type=TYPES.get(path.suffix, OTHER), headers=headers
    )


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
