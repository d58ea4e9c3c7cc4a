"""How well each source could be read, and the official channels of enquiry."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import Request
from pydantic import BaseModel, Field

from console.bearer import Reads, Words, api_router
from console.desk import tools_of
from console.pages.sources import rank
from console.shapes import shaped

router = api_router("sources")


class Source(BaseModel):
    """Counts are of its last run. A source that could not be read is not one without offences."""

    name: str
    word: Words
    state: Literal["good", "blocked", "changed", "expired", "failing", "unknown"]
    state_word: Words
    reason: Words
    advice: Words
    since: datetime | None
    last_run: datetime | None
    last_good: datetime | None
    pages: int
    posts: int
    flagged: int
    login: bool = Field(description="whether a login is kept")


class Channel(BaseModel):
    host: str
    what: str
    kind: str = Field(description="query, exam, government, register, report")
    verified: bool = Field(description="whether somebody has looked at the site itself")


class Channels(BaseModel):
    as_of: str
    source: str
    rows: list[Channel]


@router.get("/sources")
def sources(request: Request, _one: Reads) -> list[Source]:
    """What needs somebody first; what was never asked for last."""
    rows = sorted(tools_of(request).sources(), key=lambda row: (rank(row.state), row.name))
    return [shaped(Source, row) for row in rows]


@router.get("/channels")
def channels(request: Request, _one: Reads) -> Channels:
    """The official hosts as the judge knows them."""
    return shaped(Channels, tools_of(request).channels())
