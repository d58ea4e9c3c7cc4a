"""清单与函件: lists, letters and briefs ordered as jobs, watched, kept and fetched again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import Engine
from starlette.datastructures import FormData
from starlette.responses import Response

from console.desk import desk_of
from console.file_words import FORM_WORDS, KIND_WORDS, scope_of
from console.forms import Exporter, Number, Whole, day_of, today, whole_number
from console.handing import hand_out
from console.names import platform_name
from console.numbers import LARGEST_ID, digits
from console.ordering import (
    AGAIN,
    LONGEST_SITE,
    LONGEST_TO,
    again,
    brief_order,
    list_order,
    may_cancel,
    ordered,
    take_back,
    unknown,
)
from console.page import go, page, query_of
from console.people import Missing, Reader
from console.reasons import LONGEST_WHY
from console.roles import Caller, Forbidden
from exports.letter_docx import FORMAT as LETTER
from exports.letter_docx import HOST, OWNER
from exports.registry import formats
from exports.routing import OFFICES
from storage.bilingual import Bilingual, Problem
from storage.export_cancel import void_numbers
from storage.export_jobs import EACH, JOB_WORDS, Job, Order, ahead_of, get_job, list_jobs
from storage.made_elsewhere import made_elsewhere
from storage.numbers_given import PAGE, numbers_given
from storage.platform_words import PLATFORMS
from storage.takedown_lists import request_numbers

router = APIRouter(include_in_schema=False)
MOST_DAYS = 366
STOPPING = Bilingual("正在取消", "being cancelled")


@router.get("/exports")
def exports_page(request: Request, _user: Reader) -> Response:
    return listed(request)


def listed(
    request: Request, why: Bilingual | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    """`typed`: the fields of a form that was not followed, for `why`."""
    before = query_of(request).get("before", "")
    engine = desk_of(request).engine
    jobs = list_jobs(engine, digits(before))
    return page(
        request,
        "exports.html",
        409 if why else 200,
        why=why,
        typed=typed or {},
        jobs=jobs,
        forms={name: FORM_WORDS.get(name, Bilingual(name, name)) for name in formats()},
        platforms=PLATFORMS,
        each=EACH,
        offices=tuple(OFFICES),
        receivers=(OWNER, HOST),
        today=today(),
        further=jobs[-1].id if len(jobs) >= 50 else None,
        elsewhere=[] if before else made_elsewhere(engine),
        **words(engine, jobs),
    )


def words(engine: Engine, jobs: Sequence[Job]) -> dict[str, object]:
    """What the list and the job's page both say."""
    return {
        "request_no": request_numbers(engine, [job.order.request for job in jobs]),
        "stopping": STOPPING,
        "may_cancel": may_cancel,
        "void": void_numbers(engine, [job.id for job in jobs]),
        "job_words": JOB_WORDS,
        "form_words": FORM_WORDS,
        "kind_words": KIND_WORDS,
        "again": AGAIN,
        "platform_name": platform_name,
    }


@router.get("/exports/numbers")
def numbers_page(request: Request, _user: Reader) -> Response:
    """Every number that was given, whoever made its file: none is missing among them."""
    given = numbers_given(desk_of(request).engine, digits(query_of(request).get("before", "")))
    return page(
        request,
        "export_numbers.html",
        given=given,
        further=given[-1].id if len(given) >= PAGE else None,
        form_words=FORM_WORDS,
        scope_of=scope_of,
    )


@router.post("/exports")
def order(request: Request, user: Exporter, form: Whole) -> Response:
    one = Caller(user)
    try:
        number = ordered(desk_of(request), order_of(form, one), one)
    except Problem as problem:
        elsewhere = form.get("request") or form.get("kind") not in {"list", "brief"}
        if problem.__cause__ is not None or isinstance(problem, Forbidden) or elsewhere:
            raise  # the form is none of this page's
        typed = {name: str(value) for name, value in form.multi_items()}
        return listed(request, problem.text, typed)
    return go(f"/exports/{number}")


def order_of(form: FormData, one: Caller) -> Order:
    """Raises Problem for what no file could be made of, before it takes a place in line."""
    kind = str(form.get("kind", "list"))
    if kind == "brief":
        days = whole_number(str(form.get("days") or "1"), 1, MOST_DAYS, ("天数", "Days"))
        return brief_order(day_of(str(form.get("day", ""))), days)
    if kind != "list":
        raise unknown()
    since = day_of(str(form.get("since", "")))
    asked = Order(
        kind="list",
        form=str(form.get("form", "")),
        platform=str(form.get("platform", "")),
        site=str(form.get("site", "")).strip()[:LONGEST_SITE],
        request=asked_for(str(form.get("request", ""))),
        since=since.isoformat() if since is not None else "",
        to=told_to(form),
        masked=form.get("contacts") != "1",
        why=str(form.get("why", "")).strip()[:LONGEST_WHY],
    )
    return list_order(asked, one)


def told_to(form: FormData) -> str:
    """Beside a request's buttons it is for its letter alone, whichever of them is pressed."""
    to = str(form.get("to", "")).strip()[:LONGEST_TO]
    return "" if form.get("request") and form.get("form") != LETTER else to


def asked_for(typed: str) -> int:
    return whole_number(typed, 1, LARGEST_ID, ("处置请求", "The takedown request")) if typed else 0


def found(request: Request, number: int) -> Job:
    try:
        return get_job(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None


@router.get("/exports/{number:int}")
def job_page(request: Request, _user: Reader, number: Number) -> Response:
    return job_shown(request, "export.html", number)


def job_shown(request: Request, template: str, number: int) -> Response:
    job = found(request, number)
    engine = desk_of(request).engine
    ahead = ahead_of(engine, number) if job.under_way else 0
    return page(request, template, job=job, ahead=ahead, **words(engine, [job]))


@router.get("/exports/{number:int}/state")
def job_state(request: Request, _user: Reader, number: Number) -> Response:
    """The part of the page that is asked for again and again while the job runs."""
    return job_shown(request, "_job.html", number)


@router.post("/exports/{number:int}/cancel")
def cancel_job(request: Request, user: Reader, number: Number) -> Response:
    """By whoever ordered it, or an administrator."""
    take_back(desk_of(request), found(request, number), Caller(user))
    return go(f"/exports/{number}")


@router.post("/exports/{number:int}/again")
def once_more(
    request: Request, user: Exporter, number: Number, why: Annotated[str, Form()] = ""
) -> Response:
    """The same order once more, as a job of its own and in one's own name."""
    desk, one = desk_of(request), Caller(user)
    order = again(desk.engine, found(request, number), one, why)
    return go(f"/exports/{ordered(desk, order, one)}")


@router.get("/exports/files/{number:int}")
def download(request: Request, user: Exporter, number: Number) -> Response:
    """A finished file, compared with its hash first. Who fetched it is in audit and custody."""
    return hand_out(desk_of(request), Caller(user), number)
