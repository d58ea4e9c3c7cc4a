"""Files ordered as jobs: lists, letters, briefs; how far each has come; fetching them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from console.bearer import Exports, Given, Reads, Words, api_router
from console.desk import desk_of
from console.file_words import scope_of
from console.handing import hand_out
from console.numbers import LARGEST_ID
from console.ordering import (
    LONGEST_SITE,
    LONGEST_TO,
    again,
    brief_order,
    list_order,
    ordered,
    take_back,
)
from console.pages.exports import MOST_DAYS, found
from console.reasons import LONGEST_WHY
from console.shapes import FILE, Before, Day, Number, shaped
from storage.export_cancel import void_numbers
from storage.export_jobs import PAGE, Job, JobState, Order, list_jobs
from storage.made_elsewhere import made_elsewhere
from storage.numbers_given import PAGE as NUMBERS
from storage.numbers_given import numbers_given

router = api_router("exports")


class ListWanted(Given):
    """A list or a letter of what was decided."""

    kind: Literal["list"] = "list"
    form: str = Field(max_length=40, description="xlsx, csv, letter, transfer, 12377")
    platform: str = Field(
        default="each", max_length=60, description="each: one file for each; empty: all in one"
    )
    site: str = Field(
        default="", max_length=LONGEST_SITE, description="one site of the open web, by its host"
    )
    request: int = Field(
        default=0, ge=0, le=LARGEST_ID, description="what this takedown request asks for"
    )
    since: Day | None = Field(default=None, description="decided on this day or later")
    to: str = Field(
        default="",
        max_length=LONGEST_TO,
        description="department of a transfer; of one site's letter: 主办者 or 接入服务单位",
    )
    masked: bool = Field(default=True, description="false takes the scope unmask and a reason")
    why: str = Field(default="", max_length=LONGEST_WHY, description="goes into the audit")


class BriefWanted(Given):
    kind: Literal["brief"]
    day: Day | None = Field(default=None, description="the last one; null: yesterday")
    days: int = Field(default=1, ge=1, le=MOST_DAYS)


class ExportOrder(BaseModel):
    """What was ordered; which fields matter depends on the kind."""

    kind: str = Field(description="list, brief, evidence")
    form: str
    platform: str
    site: str
    request: int = Field(description="of a takedown request; 0 for none")
    since: str
    to: str
    masked: bool
    day: str
    days: int
    case_id: int


class ExportFile(BaseModel):
    id: int = Field(description="GET /exports/files/{id} hands it out")
    number: str
    name: str
    sha256: str
    size: int
    rows: int
    made_at: datetime


class ExportJob(BaseModel):
    id: int
    order: ExportOrder
    asked_by: str
    asked_at: datetime
    state: JobState
    done: int
    total: int
    started_at: datetime | None
    ended_at: datetime | None
    why: Words = Field(description="why it failed, or what is to be said of it")
    stopping: bool = Field(description="somebody has cancelled it; it is not over yet")
    cancelled_by: str
    cancelled_at: datetime | None
    files: list[ExportFile]
    void: list[str] = Field(description="numbers it took without leaving a file")


class ElsewhereFile(BaseModel):
    batch_no: str
    format: str
    made_at: datetime
    rows: int
    sha256: str
    file_name: str


class NumberGiven(BaseModel):
    batch_no: str
    format: str = Field(description="as of an order, or brief-docx, brief-html")
    scope: Words = Field(description="what it is about")
    made_at: datetime
    rows: int
    sha256: str
    file_name: str
    job_id: int | None = Field(description="of the desk; null: made elsewhere")
    void: bool = Field(description="its job left no file")


class NumberPage(BaseModel):
    numbers: list[NumberGiven]
    next: int | None = Field(description="`before` of the next page; null after the last")


class ExportPage(BaseModel):
    jobs: list[ExportJob]
    next: int | None = Field(description="`before` of the next page; null after the last")


def told(request: Request, job: Job) -> ExportJob:
    void = void_numbers(desk_of(request).engine, [job.id])
    return shaped(ExportJob, job, void=void.get(job.id, []))


@router.get("/exports")
def export_jobs(request: Request, _one: Reads, before: Before = None) -> ExportPage:
    """The newest first."""
    engine = desk_of(request).engine
    jobs = list_jobs(engine, before)
    void = void_numbers(engine, [job.id for job in jobs])
    return ExportPage(
        jobs=[shaped(ExportJob, job, void=void.get(job.id, [])) for job in jobs],
        next=jobs[-1].id if len(jobs) >= PAGE else None,
    )


@router.post("/exports")
def order_export(request: Request, one: Exports, said: ListWanted | BriefWanted) -> ExportJob:
    """Put it in line; the answer is the job, to be asked for until it is done."""
    number = ordered(desk_of(request), order_of(said, one), one)
    return told(request, found(request, number))


class AgainWanted(Given):
    why: str = Field(default="", max_length=LONGEST_WHY, description="where contacts are shown")


def order_of(said: ListWanted | BriefWanted, one: Exports) -> Order:
    if isinstance(said, BriefWanted):
        return brief_order(said.day, said.days)
    asked = Order(
        kind="list",
        form=said.form,
        platform=said.platform,
        site=said.site.strip(),
        request=said.request,
        since=said.since.isoformat() if said.since is not None else "",
        to=said.to.strip(),
        masked=said.masked,
        why=said.why.strip(),
    )
    return list_order(asked, one)


@router.get("/exports/elsewhere")
def exports_elsewhere(request: Request, _one: Reads) -> list[ElsewhereFile]:
    """The newest 50 that no job of the desk made; their files lie where they were made."""
    return [shaped(ElsewhereFile, one) for one in made_elsewhere(desk_of(request).engine)]


@router.get("/exports/numbers")
def export_numbers(request: Request, _one: Reads, before: Before = None) -> NumberPage:
    """Every number that was given to a list, a letter or a brief, the newest first."""
    given = numbers_given(desk_of(request).engine, before)
    return NumberPage(
        numbers=[
            shaped(NumberGiven, one, scope=shaped(Words, scope_of(one.filters))) for one in given
        ],
        next=given[-1].id if len(given) >= NUMBERS else None,
    )


@router.get("/exports/{number}")
def export_job(request: Request, _one: Reads, number: Number) -> ExportJob:
    """How far it has come, and its files once they lie whole on the disk."""
    return told(request, found(request, number))


@router.post("/exports/{number}/again")
def order_again(
    request: Request, one: Exports, number: Number, said: AgainWanted | None = None
) -> ExportJob:
    """The same order once more, where it failed or was interrupted or cancelled.

    One that shows contacts takes a reason of the caller's own (`why`).
    """
    desk, why = desk_of(request), said.why if said is not None else ""
    new = ordered(desk, again(desk.engine, found(request, number), one, why), one)
    return told(request, found(request, new))


@router.post("/exports/{number}/cancel")
def cancel_export(request: Request, one: Reads, number: Number) -> ExportJob:
    """By whoever ordered it (scope export) or an administrator (scope cancel); 409 when it is over.

    One that runs is `stopping` for a moment; nothing of it is ever offered.
    """
    take_back(desk_of(request), found(request, number), one)
    return told(request, found(request, number))


@router.get("/exports/files/{number}", response_class=Response, responses=FILE)
def export_file(request: Request, one: Exports, number: Number) -> Response:
    """A finished file, compared with its hash first. Who fetched it is in audit and custody."""
    return hand_out(desk_of(request), one, number)
