"""Sweeps: what was swept, how far the one at work has come, starting and stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from console.bearer import Reads, Sweeps, Words, api_router
from console.desk import desk_of, tools_of
from console.pages.sweeps import TARGETS, UNREAD, found, now
from console.shapes import Before, Number, shaped
from exports.masking import masked
from storage.records import Contacts
from storage.sweep_pages import sweeps_page
from storage.sweeps import SweepSummary

router = api_router("sweeps")
State = Literal["running", "finished", "interrupted", "failed"]
Limit = Annotated[int, Query(ge=1, le=2000, description="targets and unread pages at most")]


class Progress(BaseModel):
    """Of the pages known so far; new links make the share smaller."""

    pages: int
    posts: int
    flagged: int
    cases: int
    blocked: int
    errors: int
    waiting: int
    dropped: int
    share: int = Field(description="per cent of the known pages that were read")
    last: datetime | None


class Running(BaseModel):
    holder: str
    since: datetime
    here: bool = Field(description="on this machine, so that it can be stopped")
    stopping: bool
    revisit: bool = Field(description="looks at takedowns; no sweep can start meanwhile")


class SweepNow(BaseModel):
    running: Running | None
    starting: bool
    can_start: bool = Field(description="whether the desk was given targets to sweep")
    sweep: int | None
    progress: Progress | None
    last_words: str = Field(description="of the last one started here, where it failed")


class SweepEntry(BaseModel):
    id: int
    name: str = Field(description="of its plan: targets, sample, command")
    state: State
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    targets: int
    pages: int
    posts: int
    troubled: int = Field(description="targets that were blocked or could not be read at all")


class SweepPage(BaseModel):
    sweeps: list[SweepEntry]
    next: int | None = Field(description="`before` of the next page; null after the last")


class SweptTarget(BaseModel):
    value: str
    source: str
    outcome: str
    pages: int
    posts: int
    flagged: int
    note: str


class Unread(BaseModel):
    url: str
    state: Words
    why: Words


class Sweep(BaseModel):
    """Contacts in addresses are masked. Both lists are cut at `limit`; the counts are not."""

    sweep_id: int
    state: State
    cause: str
    started_at: datetime
    ended_at: datetime | None
    pages_fetched: int
    posts: int
    flagged: int
    findings: int
    cases_opened: int
    unchanged: int
    blocked: int
    errors: int
    waiting: int
    dropped: int
    all_targets: int
    all_unread: int
    targets: list[SweptTarget]
    unread: list[Unread]


@router.get("/sweeps")
def sweeps(request: Request, _one: Reads, before: Before = None) -> SweepPage:
    """The newest first."""
    rows, further = sweeps_page(desk_of(request).engine, before or 0)
    return SweepPage(sweeps=[shaped(SweepEntry, row) for row in rows], next=further or None)


@router.get("/sweeps/now")
def sweep_now(request: Request, _one: Reads) -> SweepNow:
    """What is at work this moment, wherever it was started."""
    return told(now(request))


def told(words: dict[str, Any]) -> SweepNow:
    state, progress = words["state"], words["progress"]
    return SweepNow(
        running=None if state.running is None else shaped(Running, state.running),
        starting=state.starting,
        can_start=bool(state.command),
        sweep=words["number"],
        progress=None if progress is None else shaped(Progress, progress),
        last_words=hidden(state.last_words),
    )


def hidden(text: str) -> str:
    return masked(text, Contacts())


@router.post("/sweeps/start")
def start_sweep(request: Request, one: Sweeps) -> SweepNow:
    """The command that the desk was started with; 409 where one is at work."""
    tools_of(request).start_sweep(one.user.login)
    return told(now(request))


@router.post("/sweeps/stop")
def stop_sweep(request: Request, one: Sweeps) -> SweepNow:
    """As Ctrl-C: what was read is kept, and the same command goes on with it later."""
    tools_of(request).stop_sweep(one.user.login)
    return told(now(request))


@router.get("/sweeps/{number}")
def sweep(request: Request, _one: Reads, number: Number, limit: Limit = TARGETS) -> Sweep:
    """One sweep: its figures, its targets, and what could not be read."""
    return whole(request, found(request, number), limit)


def whole(request: Request, one: SweepSummary, limit: int = UNREAD) -> Sweep:
    outcome = tools_of(request).outcome
    targets = sorted(one.targets, key=lambda row: (row.outcome == "done", -row.flagged))
    unread = [(url, *outcome(state, why)) for url, state, why in one.unreadable[:limit]]
    return shaped(
        Sweep,
        one,
        cause=hidden(one.cause),
        all_targets=len(one.targets),
        all_unread=len(one.unreadable),
        targets=[
            shaped(SweptTarget, row, value=hidden(row.value), note=hidden(row.note))
            for row in targets[:limit]
        ],
        unread=[
            Unread(url=hidden(url), state=shaped(Words, state), why=shaped(Words, why))
            for url, state, why in unread
        ],
    )
