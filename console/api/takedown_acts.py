"""What people do with takedown requests; sending is theirs, here it is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field

from console import bearer
from console.api.takedowns import Takedown, whole
from console.bearer import Exports, Given, Signs, api_router
from console.desk import desk_of
from console.names import platform_code
from console.pages.takedowns import found
from console.roles import Caller
from console.shapes import Id, Number, or_missing, shaped, when
from console.takedown_before import noticed
from storage.columns import utc_now
from storage.takedown_acts import (
    Sending,
    Word,
    acknowledge,
    approve,
    record_answer,
    record_sent,
    withdraw,
    withdraw_request,
)
from storage.takedown_drafting import Wanted, draft_all, planned
from storage.takedown_history import Step
from storage.takedown_looks import Look, add_persons_look
from storage.takedown_receipts import correct_receipt
from storage.takedown_states import Answer
from storage.takedown_verdict import Seen, Way
from storage.takedown_withdrawn import MOST, withdraw_drafts
from storage.takedowns import get_item

router = api_router("takedowns")
LONGEST = 1000
Note = Annotated[str, Field(max_length=LONGEST)]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST)]
At = Annotated[
    datetime | None, Field(description="when it happened, Beijing time if no zone; null: now")
]


class DraftWanted(Given):
    platform: str = Field(default="", max_length=60, description="empty: every platform")
    cases: list[Id] = Field(default=[], max_length=1000, description="none: all")
    note: Note = ""


class Plan(BaseModel):
    requests: int = Field(description="one for each recipient")
    items: int
    more: bool = Field(description="others would be left for the next draft")


class Drafted(BaseModel):
    requests: list[int] = Field(description="one for each recipient")
    asked_already: int = Field(description="posts that stand in an open request")
    more: bool = Field(description="others are left for the next draft")


class Sent(Given):
    """What left the house: `batch` or `letter` must name it."""

    batch: str = Field(default="", max_length=40, description="number of the list, CS-…")
    letter: str = Field(default="", max_length=80, description="number of the letter")
    channel: str = Field(default="", max_length=200)
    days: int = Field(default=5, ge=1, le=60, description="working days to answer")
    at: At = None


class Receipt(Given):
    receipt: str = Field(default="", max_length=120)
    without: bool = Field(default=False, description="the other side gave no receipt number")
    at: At = None


class Corrected(Given):
    receipt: str = Field(max_length=120, description="the right number; empty: there is none")
    why: Words


class Replied(Given):
    """The platform's word; it never counts as removal."""

    answer: Answer
    note: Note = ""
    at: At = None


class LookTaken(Given):
    seen: Literal[Seen.GONE, Seen.CHANGED, Seen.OFFENDING]
    note: Words = Field(description="what was seen")


class Withdrawal(Given):
    why: Words


class WithdrawalOfDrafts(Given):
    requests: list[Id] = Field(min_length=1, max_length=MOST, description="drafts")
    why: Words


class WithdrawnDraft(BaseModel):
    number: int
    request_no: str
    items: int


class KeptRequest(BaseModel):
    number: int
    why: bearer.Words = Field(description="why it was left as it is")


class WithdrawnDrafts(BaseModel):
    withdrawn: list[WithdrawnDraft]
    kept: list[KeptRequest] = Field(description="no drafts any more, or none at all")


@router.post("/takedowns/plan")
def plan(request: Request, one: Exports, said: DraftWanted) -> Plan:
    """What POST /takedowns would draft now; nothing is written. 409 for nothing."""
    desk = desk_of(request)
    return shaped(Plan, planned(desk.engine, wanted_of(said, one), desk.recipient_of))


def wanted_of(said: DraftWanted, one: Caller) -> Wanted:
    return Wanted(
        platform=platform_code(said.platform),
        cases=frozenset(said.cases),
        by=one.user.login,
        at=utc_now(),
        note=said.note.strip(),
    )


@router.post("/takedowns")
def draft(request: Request, one: Exports, said: DraftWanted) -> Drafted:
    """One draft for each recipient of what is decided and not asked for yet; 409 for nothing."""
    desk = desk_of(request)
    made = draft_all(desk.engine, wanted_of(said, one), desk.recipient_of)
    numbers = [each.id for each in made.requests]
    return Drafted(requests=numbers, asked_already=made.asked_already, more=made.more)


@router.post("/takedowns/withdraw")
def withdraw_several(request: Request, one: Exports, said: WithdrawalOfDrafts) -> WithdrawnDrafts:
    """Whole drafts with one reason, each by itself; what is no draft any more stays, and why."""
    word = word_of(one, None, said.why)
    done = withdraw_drafts(desk_of(request).engine, said.requests, word)
    return WithdrawnDrafts(
        withdrawn=[shaped(WithdrawnDraft, each) for each in done.back],
        kept=[
            KeptRequest(number=each.number, why=shaped(bearer.Words, each.why))
            for each in done.kept
        ],
    )


@router.post("/takedowns/{number}/approve")
def approve_takedown(request: Request, one: Signs, number: Number) -> Takedown:
    """By a signer who did not draft it."""
    found(request, number)
    approve(desk_of(request).engine, number, one.user.login, utc_now())
    return whole(request, found(request, number))


@router.post("/takedowns/{number}/sent")
def takedown_sent(request: Request, one: Exports, number: Number, said: Sent) -> Takedown:
    """That somebody sent it, and what it was."""
    present = utc_now()
    found(request, number)
    sending = Sending(
        by=one.user.login,
        at=when(said.at, present),
        now=present,
        channel=said.channel.strip(),
        batch_no=said.batch.strip(),
        letter_no=said.letter.strip(),
        days=said.days,
    )
    desk = desk_of(request)
    record_sent(desk.engine, number, noticed(desk, number, sending))
    return whole(request, found(request, number))


@router.post("/takedowns/{number}/acknowledged")
def acknowledged(request: Request, one: Exports, number: Number, said: Receipt) -> Takedown:
    """The recipient has it; a receipt's number that came later is added by a second call."""
    found(request, number)
    word = word_of(one, said.at, "")
    acknowledge(desk_of(request).engine, number, word, said.receipt, without=said.without)
    return whole(request, found(request, number))


@router.post("/takedowns/{number}/receipt")
def receipt_corrected(request: Request, one: Exports, number: Number, said: Corrected) -> Takedown:
    """A receipt's number that was written down wrong; the history keeps both."""
    found(request, number)
    word = word_of(one, None, said.why)
    correct_receipt(desk_of(request).engine, number, word, said.receipt)
    return whole(request, found(request, number))


@router.post("/takedowns/{number}/withdraw")
def withdraw_whole(request: Request, one: Exports, number: Number, said: Withdrawal) -> Takedown:
    """Every item of it that can still be withdrawn."""
    found(request, number)
    withdraw_request(desk_of(request).engine, number, word_of(one, None, said.why))
    return whole(request, found(request, number))


@router.post("/takedowns/items/{item}/answer")
def answered(request: Request, one: Exports, item: Number, said: Replied) -> Takedown:
    engine, number = desk_of(request).engine, request_of(request, item)
    record_answer(engine, item, said.answer, word_of(one, said.at, said.note))
    return whole(request, found(request, number))


@router.post("/takedowns/items/{item}/look")
def looked(request: Request, one: Exports, item: Number, said: LookTaken) -> Takedown:
    """What somebody saw with their own eyes, just now."""
    engine, number = desk_of(request).engine, request_of(request, item)
    present, words = utc_now(), said.note.strip()
    step = Step(who=one.user.login, act="looked", at=present, note=words)
    look = Look(way=Way.PERSON, seen=said.seen, why=words)
    add_persons_look(engine, item, look, step, present)
    return whole(request, found(request, number))


@router.post("/takedowns/items/{item}/withdraw")
def withdraw_one(request: Request, one: Exports, item: Number, said: Withdrawal) -> Takedown:
    engine, number = desk_of(request).engine, request_of(request, item)
    withdraw(engine, [item], word_of(one, None, said.why))
    return whole(request, found(request, number))


def request_of(request: Request, item: int) -> int:
    """The number of the request that the item belongs to."""
    return or_missing(get_item, desk_of(request).engine, item).request_id


def word_of(one: Caller, at: datetime | None, note: str) -> Word:
    present = utc_now()
    return Word(by=one.user.login, at=when(at, present), now=present, note=note.strip())
