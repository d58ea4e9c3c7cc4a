"""What a request rests on: the post and the decision of each item, and the files made for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import Engine

from console.shapes import shaped
from console.takedown_masks import Hider
from storage.records import Clause, Decision, Verdict
from storage.takedown_grounds import Grounds
from storage.takedown_made import made_for
from storage.takedowns import Item, Request


class GroundClaim(BaseModel):
    code: str
    clause: Clause
    quotes: list[str]


class Judged(BaseModel):
    verdict: Verdict
    reason: str
    by: str
    at: datetime
    note: str


class Ground(BaseModel):
    """The version of the post and the decision that the item was drafted upon; neither changes."""

    title: str
    author: str
    findings: list[GroundClaim]
    decision: Judged | None = Field(
        description="null while two must still agree and whoever is asked next must not know it"
    )
    since: Judged | None = Field(description="what stands in its place now, where that is settled")


class MadeFile(BaseModel):
    """A list or letter that was made for the request: what may be sent."""

    batch: str = Field(description="its number, as `batch` of …/sent takes it")
    format: str
    rows: int
    made_at: datetime
    file_name: str
    sha256: str
    job: int | None = Field(description="GET /exports/{job}; null: made elsewhere")


def ground_of(item: Item, found: Grounds, hide: Hider) -> Ground:
    def judged(said: Decision | None) -> Judged | None:
        return None if said is None else shaped(Judged, said, note=hide(item, said.note))

    return Ground(
        title=hide(item, found.title),
        author=hide(item, found.author),
        findings=[
            GroundClaim(
                code=one.code,
                clause=one.clause,
                quotes=[hide(item, part.quote) for part in one.evidence],
            )
            for one in found.findings
        ],
        decision=judged(found.decision),
        since=judged(found.since),
    )


def made_files(engine: Engine, asked: Request) -> Sequence[MadeFile]:
    made = made_for(engine, asked)
    return [shaped(MadeFile, one, batch=number, job=one.job_id) for number, one in made]
