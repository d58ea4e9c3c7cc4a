"""证据包: which there are, whether they are sealed, made and fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.desk import desk_of
from console.forms import Exporter, today, whole_number
from console.handing import hand_out_package
from console.numbers import LARGEST_ID, digits, written
from console.ordering import evidence_order, ordered
from console.page import go, page, query_of
from console.people import Reader
from console.roles import Caller
from storage.bilingual import Bilingual, Problem
from storage.package_lists import find_packages, never_stamped, stamps_waiting

router = APIRouter(include_in_schema=False)
STATES = {
    "sealed": Bilingual("已封存", "sealed"),
    "pending": Bilingual("尚未封存（时间戳待补）", "not sealed yet (timestamps pending)"),
    "failed": Bilingual("没有封存（失败）", "not sealed (failed)"),
    "never": Bilingual(
        "没有封存，须重新制作（制作时没有设时间戳机构）",
        "not sealed, to be made anew (no timestamp authority was set)",
    ),
}


@router.get("/packages")
def packages(request: Request, _user: Reader) -> Response:
    return listed(request, query_of(request))


def listed(request: Request, query: Mapping[str, str], why: Bilingual | None = None) -> Response:
    """`query`: of the address, or the fields of a form that was not followed, for `why`."""
    engine = desk_of(request).engine
    case, before = query.get("case", ""), query.get("before", "")
    rows, end = find_packages(
        engine,
        case_id=None if why else written(case),
        before=digits(before),
    )
    return page(
        request,
        "packages.html",
        409 if why else 200,
        why=why,
        rows=rows,
        further=end,
        case=case,
        first_capture=query.get("capture") == "1",
        reason=query.get("why", "") if why else "",
        states=STATES,
        never=never_stamped(engine, [one for one in rows if one.state == "pending"]),
        waiting=stamps_waiting(engine),
        today=today(),
    )


@router.post("/packages")
def make(
    request: Request,
    user: Exporter,
    case: Annotated[str, Form()] = "",
    capture: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    desk, one = desk_of(request), Caller(user)
    try:
        number = whole_number(case, 1, LARGEST_ID, ("案件编号", "The number of the case"))
        order = evidence_order(desk.engine, number, one, why, capture=capture == "1")
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        return listed(
            request, {"case": case[:9], "capture": capture, "why": why[:500]}, problem.text
        )
    return go(f"/exports/{ordered(desk, order, one)}")


@router.get("/packages/{name}")
def fetch(request: Request, user: Exporter, name: str) -> Response:
    return hand_out_package(desk_of(request), Caller(user), name)
