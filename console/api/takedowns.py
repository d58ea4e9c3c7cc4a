"""Takedown requests as they stand: a list, what is due, one with all that became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from console.bearer import Reads, Unmasks, api_router
from console.desk import desk_of
from console.forms import today
from console.pages.takedowns import found, picture
from console.shapes import PICTURE, Before, Hash, Number, shaped
from console.takedown_masks import Hider, hider
from console.takedown_told import Ground, MadeFile, ground_of, made_files
from storage.columns import utc_now
from storage.takedown_changed import Change, changes_since
from storage.takedown_due import Pairs, due_now
from storage.takedown_grounds import grounds_of
from storage.takedown_lists import SCREENSHOT, Wanted, find_requests, pictures_of, state_counts
from storage.takedown_marks import Mark, mark_in
from storage.takedown_states import Answer, ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import Item, LookRow, history_of, looks_of
from storage.takedowns import Request as Asked

router = api_router("takedowns")


class TakedownEntry(BaseModel):
    """A request as the list shows it."""

    id: int
    request_no: str
    platform: str
    recipient: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    sent_at: datetime | None
    deadline: date | None
    states: dict[ItemState, int] = Field(description="how many items stand in each state")


class TakedownPage(BaseModel):
    requests: list[TakedownEntry]
    counts: dict[ItemState, int] = Field(description="items by state, over all requests")
    next: int | None = Field(description="`before` of the next page; null after the last")


class Told(BaseModel):
    """One line of an item's history."""

    at: datetime
    who: str
    act: str
    before: str
    after: str
    note: str


class TakedownLook(BaseModel):
    """What one look at the page showed."""

    at: datetime
    way: Way
    who: str
    seen: Seen
    why: str
    http_status: int | None
    pictures: list[str] = Field(description="SHA-256 of the pictures it took")


class Shot(BaseModel):
    sha256: str
    at: datetime
    way: str = Field(description="of the look that took it; empty: from before the request")


class TakedownItem(BaseModel):
    """One URL; contacts in it are masked. Moments that have not come are null."""

    id: int
    case_id: int
    url: str
    state: ItemState
    answer: Answer | None
    answered_at: datetime | None
    answered_by: str
    answer_note: str
    removed_at: datetime | None
    verified_at: datetime | None
    final_at: datetime | None
    reappeared_at: datetime | None
    unclear_at: datetime | None
    next_look: datetime | None
    recurrence_of: int | None
    changed: Change | None = Field(
        description="what became of its decision since it was asked; otherwise: to be withdrawn"
    )
    ground: Ground
    mark: Mark | None = Field(
        description="its address showed nothing already before it was sent; a removal seen since "
        "is no success of the request"
    )
    history: list[Told]
    looks: list[TakedownLook]
    pictures: list[Shot]


class Takedown(TakedownEntry):
    note: str
    sent_by: str
    channel: str
    letter_no: str
    batch_no: str
    file_name: str
    file_sha256: str
    days: int | None
    unknown_years: list[int] = Field(description="whose holidays are not known")
    acknowledged_at: datetime | None
    acknowledged_by: str
    receipt_no: str
    made: list[MadeFile] = Field(description="the newest first, at most 20; none that is void")
    items: list[TakedownItem]


class DueItem(BaseModel):
    request: int
    request_no: str
    item: int
    url: str


class Due(BaseModel):
    """What is to be done now."""

    looks: int = Field(description="re-visits that are due; the next sweep makes them")
    overdue: list[DueItem] = Field(description="the deadline has passed without an answer")
    unclear: list[DueItem] = Field(description="a person must look")
    claimed: list[DueItem] = Field(description="the platform says done; not seen gone since")
    unchecked: list[DueItem] = Field(description="the platform says done; nobody looked since")
    returned: list[DueItem] = Field(description="back after it was verified as gone")
    overturned: list[DueItem] = Field(description="decided otherwise since: to be withdrawn")


@router.get("/takedowns")
def takedowns(
    request: Request,
    _one: Reads,
    state: ItemState | Literal[""] = "",
    platform: Annotated[str, Query(max_length=60)] = "",
    deadline: Literal["", "overdue", "soon", "later", "none"] = "",
    before: Before = None,
) -> TakedownPage:
    """A page of requests, the newest first."""
    engine = desk_of(request).engine
    wanted = Wanted(state=state, platform=platform, deadline=deadline)
    rows, end = find_requests(engine, wanted, today(), before)
    return TakedownPage(
        requests=[shaped(TakedownEntry, row) for row in rows], counts=state_counts(engine), next=end
    )


@router.get("/takedowns/due")
def due(request: Request, _one: Reads) -> Due:
    """Told, and done by nobody but people and the next sweep."""
    now = due_now(desk_of(request).engine, utc_now())
    found = {name: getattr(now, name) for name in Due.model_fields if name != "looks"}
    every = [item for some in found.values() for _, item in some]
    hide = hider(desk_of(request).engine, every)
    lists = {name: pairs(some, hide) for name, some in found.items()}
    return Due(looks=len(now.looks), **lists)


def pairs(found: Pairs, hide: Hider) -> list[DueItem]:
    return [
        DueItem(request=one.id, request_no=one.request_no, item=item.id, url=hide(item, item.url))
        for one, item in found
    ]


@router.get("/takedowns/{number}")
def takedown(request: Request, _one: Reads, number: Number) -> Takedown:
    """One request with its items, their history, looks and pictures."""
    return whole(request, found(request, number))


def whole(request: Request, asked: Asked) -> Takedown:
    engine, ids = desk_of(request).engine, [item.id for item in asked.items]
    history, looks = history_of(engine, ids), looks_of(engine, ids)
    pictures, changed = pictures_of(engine, ids), changes_since(engine, asked.items)
    hide, grounds = hider(engine, asked.items), grounds_of(engine, asked.items)

    def item_told(item: Item) -> TakedownItem:
        return shaped(
            TakedownItem,
            item,
            url=hide(item, item.url),
            answer_note=hide(item, item.answer_note),
            answer=item.answer or None,
            changed=changed.get(item.id),
            ground=ground_of(item, grounds[item.id], hide),
            mark=mark_in(item, history.get(item.id, ()), looks.get(item.id, ())) or None,
            history=[
                shaped(Told, one, note=hide(item, one.note)) for one in history.get(item.id, [])
            ],
            looks=[look_told(look, hide(item, look.why)) for look in looks.get(item.id, [])],
            pictures=pictures.get(item.id, []),
        )

    return shaped(
        Takedown,
        asked,
        note=hide(None, asked.note),
        made=made_files(engine, asked),
        items=[item_told(item) for item in asked.items],
    )


def look_told(look: LookRow, why: str) -> TakedownLook:
    shots = [file["sha256"] for file in look.files if file.get("kind") == SCREENSHOT]
    return shaped(TakedownLook, look, pictures=shots, why=why)


@router.get("/takedowns/items/{item}/pictures/{sha256}", response_class=Response, responses=PICTURE)
def takedown_picture(request: Request, one: Unmasks, item: Number, sha256: Hash) -> Response:
    """A picture of this item's page and no other. It may show contacts: it takes the scope
    `unmask`, and each look is in the audit."""
    return picture(request, one.user, item, sha256)
