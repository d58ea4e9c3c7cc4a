"""Batches: cases shown together, frozen as they were shown, decided and undone as one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from console.api.cases import Asked, asked_told
from console.bearer import Decides, Given, Reads, Words, api_router
from console.desk import desk_of
from console.pages.bulk import (
    NOBODY,
    QUOTES,
    asked_to_withdraw,
    blind,
    found,
    split_off,
)
from console.roles import Caller
from console.shapes import Id, Number, shaped
from exports.masking import masked
from storage.bilingual import Problem
from storage.bulk import (
    Said,
    carry_on,
    decide_together,
    keep_claims,
    leave_together,
    others_batch,
    undo_together,
)
from storage.bulk_posts import SHOWN, BulkPost, bulk_posts, standings
from storage.bulk_shown import MOST_CASES, MOST_POSTS, Bulk, ShownCase, open_kin, show_together
from storage.contacts import contacts_of, together
from storage.persons import same_person
from storage.queue import quotes_of
from storage.reasons import LONGEST_NOTE
from storage.records import CaseStatus, Clause, Contacts, Verdict

router = api_router("batches")
Row = Annotated[int, Field(ge=1, le=2**53)]  # JSON's numbers are exact up to there


class BatchPost(BaseModel):
    """A member as it was shown; contacts are masked."""

    row: int
    title: str
    text: str = Field(description="its beginning")
    author: str
    url: str
    score: float


class BatchQuote(BaseModel):
    clause: Clause
    words: str


class BatchCase(BaseModel):
    """A case as it was shown, and as it stands now."""

    case: int
    version: int = Field(description="as it was shown; what has changed since is not decided")
    changed: bool = Field(description="since it was shown; also by the batch itself")
    title: str
    platform: str
    priority: int
    status: CaseStatus
    awaits_second: bool
    quotes: list[BatchQuote]
    posts: list[BatchPost]
    asked: list[Asked] = Field(description="open takedown requests: look before deciding otherwise")


class Outcome(BaseModel):
    """What came of a case, or why it was left out or left alone."""

    case: int
    decision: int | None
    undone: int | None = Field(description="the decision that took it back")
    why: Words | None


class Batch(BaseModel):
    """While another may become the second person of one of its cases, what was said is missing."""

    id: int
    owner: str
    state: Literal["shown", "decided", "undone"]
    shown_at: datetime
    cases: list[BatchCase]
    outcomes: list[Outcome]
    pending: list[int] = Field(description="cases without an outcome yet")
    blind: bool
    verdict: Verdict | None
    reason: str | None
    note: str | None
    decided_at: datetime | None
    split_off: int = Field(description="posts")
    undone_by: str
    undone_at: datetime | None


class Choose(Given):
    """Either some cases, or one case for all open ones of its advertiser."""

    cases: list[Id] = Field(default=[], max_length=MOST_CASES)
    kin_of: Id | None = None


class DecideBatch(Given):
    verdict: Verdict
    reason: str = Field(min_length=1, max_length=20, description="a code of GET /reasons")
    note: str = Field(default="", max_length=LONGEST_NOTE)
    ticked: list[Row] = Field(
        min_length=1,
        max_length=MOST_POSTS,
        description="rows of the posts that are meant. The others are split off for good; a case "
        "with none is not decided",
    )


@router.post("/batches")
def show_batch(request: Request, one: Decides, said: Choose) -> Batch:
    """Claim them and freeze what they hold. 409 where none is free."""
    engine = desk_of(request).engine
    number = show_together(engine, chosen(engine, said), one.user.login)
    return told(request, one, found(request, number))


def chosen(engine: Engine, said: Choose) -> list[int]:
    if said.kin_of is None:
        return said.cases
    if said.cases:
        raise Problem(
            "cases 和 kin_of 只能给一个，没有领取。",
            "Give either cases or kin_of; none was claimed.",
        )
    return open_kin(engine, said.kin_of)


@router.get("/batches/{number}")
def batch(request: Request, one: Reads, number: Number) -> Batch:
    """As it was shown and what came of it."""
    return told(request, one, found(request, number))


@router.post("/batches/{number}/decide")
def decide_batch(request: Request, one: Decides, number: Number, said: DecideBatch) -> Batch:
    """Each case by the same rules as alone; one that has changed is left alone and says why.

    A second call finds it decided and goes on with what the first did not reach.
    """
    found(request, number)
    words = Said(
        verdict=said.verdict,
        reason=said.reason,
        note=said.note.replace("\r\n", "\n").strip(),
        by=one.user.login,
        kept=frozenset(said.ticked),
    )
    return told(request, one, decide_together(desk_of(request).engine, number, words))


@router.post("/batches/{number}/undo")
def undo_batch(request: Request, one: Decides, number: Number) -> Batch:
    """Take back what can be; what was split off stays apart, what a second person confirmed too."""
    found(request, number)
    return told(request, one, undo_together(desk_of(request).engine, number, one.user.login))


@router.post("/batches/{number}/on")
def go_on_with_batch(request: Request, one: Decides, number: Number) -> Batch:
    """Decide what a broken connection left undecided, as it was said."""
    bulk = own(request, one, number)
    if bulk.state == "decided":
        bulk = carry_on(desk_of(request).engine, number, one.user.login)
    return told(request, one, bulk)


@router.post("/batches/{number}/claim")
def renew_batch(request: Request, one: Decides, number: Number) -> Batch:
    """Renew the claims of what is still to be decided."""
    own(request, one, number)
    keep_claims(desk_of(request).engine, number, one.user.login)
    return told(request, one, found(request, number))


@router.post("/batches/{number}/leave")
def leave_batch(request: Request, one: Decides, number: Number) -> Batch:
    """Give back what one holds of it, undecided; 409 where it was decided."""
    own(request, one, number)
    leave_together(desk_of(request).engine, number, one.user.login)
    return told(request, one, found(request, number))


def own(request: Request, one: Caller, number: int) -> Bulk:
    bulk = found(request, number)
    if not same_person(bulk.owner, one.user.login):
        raise others_batch(bulk)
    return bulk


def told(request: Request, one: Caller, bulk: Bulk) -> Batch:
    engine, ids = desk_of(request).engine, [each.case_id for each in bulk.shown]
    cases, contacts = standings(engine, [*ids, *bulk.outcomes]), contacts_of(engine, ids)
    posts, quotes = bulk_posts(engine, bulk.rows), quotes_of(engine, ids, QUOTES)
    asked = asked_to_withdraw(request, bulk)
    hidden = blind(cases, own=same_person(bulk.owner, one.user.login))

    def case(each: ShownCase) -> BatchCase:
        number, known = each.case_id, contacts.get(each.case_id, NOBODY)
        return shaped(
            BatchCase,
            cases[number],
            case=number,
            version=each.version,
            changed=cases[number].version != each.version,
            title=masked(cases[number].title, known),
            quotes=[
                BatchQuote(clause=quote.clause, words=masked(quote.words, known))
                for quote in quotes.get(number, [])
            ],
            posts=[member(posts[row], known) for row in each.posts],
            asked=asked_told(asked.get(number, [])),
        )

    return shaped(
        Batch,
        bulk,
        cases=[case(each) for each in bulk.shown],
        outcomes=outcomes(bulk),
        pending=[each.case_id for each in bulk.pending],
        blind=hidden,
        verdict=None if hidden else bulk.verdict,
        reason=None if hidden else bulk.reason or None,
        note=None if hidden else masked(bulk.note, together(contacts.values())) or None,
        split_off=split_off(bulk),
    )


def member(post: BulkPost, contacts: Contacts) -> BatchPost:
    texts = {name: masked(getattr(post, name), contacts) for name in ("title", "author", "url")}
    return shaped(BatchPost, post, **texts, text=masked(post.text, contacts)[:SHOWN])


def outcomes(bulk: Bulk) -> list[Outcome]:
    return [
        Outcome(
            case=one.case_id,
            decision=one.decision_id,
            undone=one.undone_id,
            why=shaped(Words, one.why) if one.why.zh else None,
        )
        for one in bulk.outcomes.values()
    ]
