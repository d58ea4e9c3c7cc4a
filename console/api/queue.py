"""The queue: its cases, its counts, and taking the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from console.bearer import Decides, Given, Reads, Seconds, api_router
from console.desk import desk_of
from console.filters import place_of, words_of
from console.queueview import QueueView, view_queue
from console.roles import Caller
from console.searching import looked_for
from console.shapes import shaped
from console.whytop import why_on_top
from storage.cases import CaseRow
from storage.columns import utc_now
from storage.grams import LONGEST
from storage.presence import next_second
from storage.queue import PAGE, Counts, Filters, claim_next, queue_counts
from storage.records import CaseStatus, Clause, Decision, Verdict
from storage.standing import standing_decisions

router = api_router("queue")
View = Literal["open", "mine", "second", "decided"]
PLACE = r"^(\d{1,3}\.\d{1,9})?$"


class Wanted(Given):
    """Filters of the queue; what is left out shows everything."""

    view: View = "open"
    clause: Clause | Literal[""] = ""
    platform: str = Field(default="", max_length=60)
    region: str = Field(default="", max_length=60)
    score: float | None = Field(default=None, ge=0, le=1, description="at least")
    days: int | None = Field(default=None, ge=1, le=3650, description="opened within")
    words: str = Field(default="", max_length=LONGEST, description="all in one post of the case")

    def filters(self, one: Caller) -> Filters:
        values = self.model_dump() | {"words": words_of(self.words)}
        return Filters(person=one.user.login, **values)


class Quote(BaseModel):
    clause: Clause
    words: str


class Stands(BaseModel):
    """A decision that nobody need confirm any more."""

    verdict: Verdict
    reason: str
    by: str
    at: datetime


class QueueCase(BaseModel):
    """A case as the queue lists it; contacts are masked."""

    id: int
    status: CaseStatus
    awaits_second: bool
    priority: int
    why: list[str]
    score: float
    platform: str
    region: str
    title: str
    clauses: list[Clause]
    codes: list[str]
    quotes: list[Quote]
    posts: int
    reopened: int
    opened_at: datetime
    version: int
    claimed_by: str
    claim_until: datetime | None
    decision: Stands | None = Field(description="null while the case is open or waits for a second")


class QueueCounts(BaseModel):
    """How many cases each filter would show, the others staying as they are."""

    total: int
    exact: bool = Field(description="false: at least so many")
    by_clause: dict[str, int]
    by_platform: dict[str, int]
    by_region: dict[str, int]


class QueuePage(BaseModel):
    cases: list[QueueCase]
    counts: QueueCounts
    next: str | None = Field(description="`after` of the next page; null after the last")


class Next(BaseModel):
    case: int | None = Field(description="claimed now; null where no case is free")


class NextSecond(BaseModel):
    case: int | None = Field(description="null where none waits that this person may look at")


def asked(
    view: View = "open",
    clause: Clause | Literal[""] = "",
    platform: Annotated[str, Query(max_length=60)] = "",
    region: Annotated[str, Query(max_length=60)] = "",
    score: Annotated[float | None, Query(ge=0, le=1)] = None,
    days: Annotated[int | None, Query(ge=1, le=3650)] = None,
) -> Wanted:
    return Wanted(
        view=view, clause=clause, platform=platform, region=region, score=score, days=days
    )


def searched(
    wanted: Annotated[Wanted, Depends(asked)],
    words: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Wanted:
    return wanted.model_copy(update={"words": words})


Asked = Annotated[Wanted, Depends(searched)]


@router.get("/queue")
def queue(
    request: Request,
    one: Reads,
    wanted: Asked,
    after: Annotated[str, Query(pattern=PLACE)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> QueuePage:
    """One page, the most urgent first. A page may be short although `next` leads on."""
    filters, engine = wanted.filters(one), desk_of(request).engine
    found = view_queue(engine, one, filters, place_of(after), limit)
    stands = standing_decisions(engine, [row.id for row in found.rows if settled(row)])
    end = found.end
    return QueuePage(
        cases=[listed(found, row, stands.get(row.id)) for row in found.rows],
        counts=counted(found.counts),
        next=None if end is None else f"{end.priority}.{end.id}",
    )


def settled(row: CaseRow) -> bool:
    return row.status in {CaseStatus.DECIDED, CaseStatus.APPROVED} and not row.awaits_second


def listed(view: QueueView, row: CaseRow, stands: Decision | None) -> QueueCase:
    names = set(QueueCase.model_fields) - {"why", "title", "quotes", "decision"}
    now, raised = utc_now(), view.raised.get(row.id, ())
    return QueueCase(
        **{name: getattr(row, name) for name in names},
        title=view.titles[row.id],
        why=[reason.zh for reason in why_on_top(row, now, raised)],
        quotes=[
            Quote(clause=said.clause, words=said.words) for said in view.quotes.get(row.id, [])
        ],
        decision=None if stands is None else shaped(Stands, stands),
    )


def counted(counts: Counts) -> QueueCounts:
    return QueueCounts(**{name: getattr(counts, name) for name in QueueCounts.model_fields})


@router.get("/counts")
def counts(request: Request, one: Reads, wanted: Asked) -> QueueCounts:
    """The counts of the queue without its cases."""
    filters, engine = wanted.filters(one), desk_of(request).engine
    hits = looked_for(engine, one, filters.words)
    return counted(queue_counts(engine, filters, hits))


@router.post("/queue/next")
def take_next(request: Request, one: Decides, wanted: Wanted) -> Next:
    """Claim the topmost case that is free; only open cases are looked at, whatever the view."""
    filters = replace(wanted.filters(one), view="open")
    return Next(case=claim_next(desk_of(request).engine, filters, one.user.login))


@router.post("/queue/second")
def take_second(request: Request, one: Seconds) -> NextSecond:
    """The topmost case that waits for a second person and that this one may look at: of those
    nobody else is looking at, where there is one. For ten minutes others are given another."""
    return NextSecond(case=next_second(desk_of(request).engine, one.user.login))
