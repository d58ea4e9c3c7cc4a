"""The directory of filed bodies: its editions, looking bodies up, what an edition changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from console.bearer import Reads, api_router
from console.desk import desk_of
from console.forms import today
from console.numbers import LARGEST_ID
from console.pages.directory import near
from console.people import Missing
from console.shapes import or_missing, shaped
from storage.columns import storable
from storage.directory import editions
from storage.directory_changes import changes, pair
from storage.directory_search import Wanted, filings_of_body, search
from storage.records import FiledKind

router = api_router("directory")
State = Literal["valid", "soon", "expired", "open"]
Shown = Annotated[int, Query(ge=1, le=2000)]
Edition = Annotated[int, Query(ge=1, le=LARGEST_ID)]


class EditionTold(BaseModel):
    id: int
    name: str
    as_of: date
    source: str
    imported_at: datetime
    imported_by: str
    rows: int
    bodies: int
    current: bool = Field(description="the newest of its list: it counts")


class Filing(BaseModel):
    """One row: what a body may assess, where and until when."""

    body: str
    kind: FiledKind
    occupation: str
    trade: str
    level: str
    audience: str
    region: str
    filing_no: str
    valid_from: date | None
    valid_to: date | None


class Body(BaseModel):
    """All rows of one body together."""

    body: str
    kinds: list[FiledKind]
    regions: list[str]
    numbers: list[str]
    occupations: int
    rows: int
    until: date | None
    state: State = Field(description="soon: ends within 60 days; open: no last day is named")


class Near(BaseModel):
    """What the judge takes the name for, where nothing has these very words."""

    how: str = Field(description="number, near, exact …; empty: nothing")
    rows: list[Filing]
    left: bool = Field(description="stood in an earlier edition only")


class DirectoryPage(BaseModel):
    bodies: list[Body]
    total: int
    imported: bool = Field(description="false: there is no directory, so nothing can be found")
    near: Near | None
    next: str | None = Field(description="`after` of the next page; null after the last")


class InEdition(BaseModel):
    edition: EditionTold
    filings: list[Filing]


class DirectoryChanges(BaseModel):
    """Every list is cut at `limit`; `counts` says how long it is."""

    older: EditionTold
    newer: EditionTold
    counts: dict[str, int]
    added: list[str] = Field(description="bodies")
    removed: list[str]
    gained: list[Filing] = Field(description="of bodies in both")
    lost: list[Filing]


@router.get("/directory/editions")
def directory_editions(request: Request, _one: Reads) -> list[EditionTold]:
    return [shaped(EditionTold, one) for one in editions(desk_of(request).engine)]


def asked(
    q: Annotated[str, Query(max_length=80, description="name, number, occupation, trade")] = "",
    kind: FiledKind | Literal[""] = "",
    region: Annotated[str, Query(max_length=40)] = "",
    state: State | Literal[""] = "",
) -> Wanted:
    return Wanted(text=storable(q.strip()), kind=kind, region=storable(region.strip()), state=state)


@router.get("/directory")
def directory(
    request: Request,
    _one: Reads,
    wanted: Annotated[Wanted, Depends(asked)],
    after: Annotated[str, Query(max_length=100)] = "",
) -> DirectoryPage:
    """Bodies by name, of all editions that count together."""
    engine = desk_of(request).engine
    known = editions(engine)
    found = search(engine, wanted, today(), storable(after))
    looked = near(request, wanted, found) if known else None
    return DirectoryPage(
        bodies=[shaped(Body, one) for one in found.bodies],
        total=found.total,
        imported=bool(known),
        near=None if looked is None else shaped(Near, looked),
        next=found.further or None,
    )


@router.get("/directory/body")
def directory_body(
    request: Request, _one: Reads, name: Annotated[str, Query(min_length=1, max_length=200)]
) -> list[InEdition]:
    """Every edition in which this very name stands, the newest first."""
    found = filings_of_body(desk_of(request).engine, name)
    if not found:
        raise Missing(
            f"各版目录里都没有“{name[:60]}”。", f"No edition of the directory holds {name[:60]!a}."
        )
    return [
        InEdition(edition=shaped(EditionTold, edition), filings=filings(rows))
        for edition, rows in found
    ]


def filings(rows: Sequence[object]) -> list[Filing]:
    return [shaped(Filing, row) for row in rows]


@router.get("/directory/changes")
def directory_changes(
    request: Request,
    _one: Reads,
    newer: Edition,
    older: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="null: the one before")
    ] = None,
    limit: Shown = 200,
) -> DirectoryChanges:
    """One edition against an earlier one of the same list."""
    engine = desk_of(request).engine
    both = (
        or_missing(pair, engine, older, newer) if older else or_missing(pair, engine, newer, None)
    )
    told = changes(engine, *both)
    lists = {name: getattr(told, name) for name in ("added", "removed", "gained", "lost")}
    return DirectoryChanges(
        older=shaped(EditionTold, both[0]),
        newer=shaped(EditionTold, both[1]),
        counts={name: len(rows) for name, rows in lists.items()},
        added=list(told.added[:limit]),
        removed=list(told.removed[:limit]),
        gained=filings(told.gained[:limit]),
        lost=filings(told.lost[:limit]),
    )
