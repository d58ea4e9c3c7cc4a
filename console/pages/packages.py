"""证据包: which there are, whether they are sealed, made and fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.desk import desk_of
from console.forms import Exporter, today, whole_number
from console.page import go, page, query_of
from console.pages.exports import ordered, sent
from console.people import LARGEST_ID, Missing, Reader
from storage.bilingual import Bilingual, Problem
from storage.cases import get_case
from storage.columns import utc_now
from storage.database import read
from storage.export_jobs import Order
from storage.handed_out import HandedOut
from storage.package_lists import find_packages, named_package, stamps_waiting

router = APIRouter(include_in_schema=False)
STATES = {
    "sealed": Bilingual("已封存", "sealed"),
    "pending": Bilingual("尚未封存（时间戳待补）", "not sealed yet (timestamps pending)"),
    "failed": Bilingual("没有封存（失败）", "not sealed (failed)"),
}


@router.get("/packages")
def packages(request: Request, _user: Reader) -> Response:
    engine, query = desk_of(request).engine, query_of(request)
    case, before = query.get("case", ""), query.get("before", "")
    rows, end = find_packages(
        engine,
        case_id=int(case) if case.isdecimal() and len(case) < 10 else None,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
    )
    return page(
        request,
        "packages.html",
        rows=rows,
        further=end,
        case=case,
        states=STATES,
        waiting=stamps_waiting(engine),
        today=today(),
    )


@router.post("/packages")
def make(request: Request, user: Exporter, case: Annotated[str, Form()] = "") -> Response:
    desk = desk_of(request)
    number = whole_number(case.strip(), 1, LARGEST_ID, ("案件编号", "The number of the case"))
    if get_case(desk.engine, number).awaits_second:  # a Problem here rather than in a job
        raise Problem(
            f"案件 {number} 正等另一人独立复核，复核后才能制作证据包；没有制作。",
            f"Case {number} waits for a second person, who must not see the first opinion; no "
            "package was made. Make it after that.",
        )
    return go(f"/exports/{ordered(desk, Order(kind='evidence', case_id=number), user)}")


@router.get("/packages/{name}")
def fetch(request: Request, user: Exporter, name: str) -> Response:
    desk = desk_of(request)
    with read(desk.engine) as connection:
        package = named_package(connection, name)
    if package is None or not package.sha256:
        raise Missing(
            "没有这个证据包，或还没有写出。请到“证据包”页查看。",
            "There is no such package, or it is not written yet. See the page of packages.",
        )
    out = HandedOut(
        number=package.name,
        name=package.name,
        sha256=package.sha256,
        by=user.login,
        at=utc_now(),
        masked=False,
    )
    return sent(desk, Path(package.folder) / package.name, out)
