"""What was found, decided and taken down in a period: the figures behind the page's charts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from console.bearer import Reads, api_router
from console.desk import desk_of
from console.pages.statistics import Chosen, chosen_of, hidden
from console.shapes import Day, shaped
from storage.brief import sweeps_between
from storage.database import read
from storage.records import Verdict
from storage.sources import GOOD, health
from storage.statistics import Group, work
from storage.statistics_agreement import agreement
from storage.statistics_takedown import STEPS, recurrence, takedowns

router = api_router("statistics")


class DayFigures(BaseModel):
    day: date
    found: int
    decided: int
    violations: int
    upheld: int = Field(description="second looks that agreed")
    looked: int = Field(description="second looks")


class Share(BaseModel):
    name: str
    found: int
    decided: int
    violations: int


class Handling(BaseModel):
    """Seconds from a case's opening to its first decision."""

    cases: int
    p50: float | None
    p90: float | None


class PlatformFigures(BaseModel):
    """Pages in requests that were sent in the period; gone is what was seen, not what was said."""

    platform: str
    asked: int
    before: int = Field(
        description="of these gone before they were asked for, or never read at their address: in "
        "neither `gone` nor `rate`"
    )
    gone: int
    verified: int
    refused: int
    silent: int
    returned: int
    rate: float | None
    p50: float | None = Field(description="days from sending to the first look that saw it gone")
    p90: float | None
    within: list[int] = Field(description="gone within each of `steps` days, then later")


class Recurrence(BaseModel):
    verified: int
    returned: int
    advertisers: int = Field(description="new cases of an advertiser that was taken down")


class Reviewed(BaseModel):
    person: str
    looked: int
    upheld: int


class Band(BaseModel):
    """Decided cases by the judge's score, from `low` on."""

    low: float
    offending: int
    clean: int
    share: float | None


class Agreement(BaseModel):
    looked: int
    same_verdict: int
    kappa: float | None = Field(description="Cohen's; null where it says nothing")
    people: list[Reviewed]
    bands: list[Band]
    violations: int
    same_code: int = Field(description="of them, whose code the judge had named too")


class SweepFigures(BaseModel):
    id: int
    state: str
    started_at: datetime
    pages: int
    posts: int
    flagged: int


class Trouble(BaseModel):
    """A source that cannot be read now: what it would have shown is in no figure."""

    name: str
    state: str
    reason: str
    since: datetime


class Statistics(BaseModel):
    """Days are Beijing's. Decisions that were withdrawn or replaced do not count."""

    first: date
    last: date
    found: int
    decided: int
    looked: int
    upheld: int
    waiting: int = Field(description="now")
    unconfirmed: int = Field(
        description="decided in the period, waiting for a second person: in no other figure"
    )
    verdicts: dict[Verdict, int]
    days: list[DayFigures]
    clauses: list[Share]
    platforms: list[Share]
    regions: list[Share] = Field(description="`…` is all others, `` what shows no region")
    institutions: list[Share]
    handling: Handling
    steps: list[int]
    takedowns: list[PlatformFigures]
    recurrence: Recurrence
    agreement: Agreement
    sweeps: list[SweepFigures]
    troubled: list[Trouble]


def chosen(
    period: Literal["today", "week", "month", "custom"] = "week",
    first: Day | None = None,
    last: Day | None = None,
) -> Chosen:
    """`first` and `last` are of a custom period: at most 366 days, not after today."""
    days = {"first": first, "last": last}
    typed = {name: day.isoformat() for name, day in days.items() if day is not None}
    return chosen_of({"period": period, **typed})


@router.get("/statistics")
def statistics(
    request: Request, _one: Reads, asked: Annotated[Chosen, Depends(chosen)]
) -> Statistics:
    """409 for a custom period that is none."""
    engine, period = desk_of(request).engine, asked.period
    with read(engine) as connection:
        sweeps = list(sweeps_between(connection, period.low, period.high))
    told = work(engine, period)
    groups = {name: getattr(told, name) for name in ("clauses", "platforms", "regions")}
    return shaped(
        Statistics,
        told,
        first=period.first,
        last=period.last,
        **{name: [share(one) for one in some] for name, some in groups.items()},
        institutions=[share(one) for one in told.institutions],
        steps=STEPS,
        takedowns=takedowns(engine, period),
        recurrence=recurrence(engine, period),
        agreement=agreement(engine, period),
        sweeps=sweeps,
        troubled=[one for one in health(engine).values() if one.state != GOOD],
    )


def share(group: Group) -> Share:
    return shaped(Share, group, name=hidden(group.name))
