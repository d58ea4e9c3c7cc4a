"""A case: what it says, who is behind it, claiming it and giving it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, Field

from console.bearer import Decides, Given, Reads, Unmasks, api_router
from console.caseview import CaseView, view_case
from console.desk import Desk, desk_of
from console.numbers import LARGEST_ID
from console.pages.cases import MEMBERS, found, titles_of
from console.reasons import LONGEST_WHY, WORTH, reason_given
from console.shapes import shaped
from storage.audit import note
from storage.casefiles import CasePost
from storage.cases import claim, release
from storage.kin import kin_of
from storage.presence import lookers, opened
from storage.records import CaseStatus, Clause, Verdict
from storage.takedown_acts import WITHDRAWABLE
from storage.takedown_changed import asked_of_case
from storage.takedown_states import ItemState
from storage.takedowns import Item
from storage.takedowns import Request as TakedownRequest

router = api_router("cases")
Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
LONGEST_TEXT = 30_000  # characters of a post that are sent
BESIDE = 300  # that are masked along, so that no number is cut in two
CONTACTS = frozenset({"phone", "wechat", "qq"})


class Claim(BaseModel):
    """What a rule claims, with the author's own words."""

    rule: str
    version: int
    code: str
    clause: Clause
    score: float
    why: str
    legal_basis: list[str]
    quotes: list[str]


class Post(BaseModel):
    row: int
    url: str
    title: str
    text: str = Field(description="its first 30,000 characters")
    text_left_out: int = Field(description="characters beyond those")
    author: str
    region: str
    published_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    score: float
    stance: str
    content_sha256: str
    findings: list[Claim]


class Key(BaseModel):
    kind: str
    value: str


class Look(BaseModel):
    """Of a second person."""

    by: str
    at: datetime
    verdict: Verdict
    reason: str
    note: str
    upheld: bool


class Opinion(BaseModel):
    """A decision, and what the second person said of it."""

    id: int
    by: str
    at: datetime
    verdict: Verdict
    reason: str
    note: str
    supersedes: int | None
    look: Look | None


class Asked(BaseModel):
    """A request to a platform in which a case stands. Where the case is no violation any more,
    people withdraw what is open: nothing withdraws by itself."""

    request: int
    request_no: str
    item: int
    state: ItemState
    open: bool = Field(description="can still be withdrawn")


class Watcher(BaseModel):
    person: str
    since: datetime


class Case(BaseModel):
    """Contacts are masked; while a second person must not know them, decisions are missing."""

    id: int
    status: CaseStatus
    awaits_second: bool
    priority: int
    platform: str
    title: str
    opened_at: datetime
    updated_at: datetime
    version: int
    reopened: int
    claimed_by: str
    claim_until: datetime | None
    can: str = Field(
        description="decide, change, second; own_waits, looked, waits, taken, reading: none"
    )
    posts: list[Post]
    more_posts: int = Field(description="how many stand in the case beyond those listed")
    advertiser: list[Key]
    decisions: list[Opinion]
    suggested: dict[Verdict, str] = Field(description="reasons the findings speak for")
    asked: list[Asked] = Field(description="takedown requests: look before deciding otherwise")
    lookers: list[Watcher] = Field(description="who else has it open")


class Kin(BaseModel):
    kind: str
    value: str
    case: int
    title: str
    status: CaseStatus
    awaits_second: bool


class Why(Given):
    why: str = Field(
        min_length=WORTH, max_length=LONGEST_WHY, description="goes into the audit; blanks are none"
    )


class Contact(BaseModel):
    post: int
    phones: list[str]
    wechat: list[str]
    qq: list[str]


class Standing(BaseModel):
    id: int
    status: CaseStatus
    version: int
    claimed_by: str
    claim_until: datetime | None


@router.get("/cases/{case_id}")
def case(request: Request, one: Reads, case_id: Number) -> Case:
    """Reading a case is written down in the audit."""
    file, desk = found(request, case_id), desk_of(request)
    opened(desk.engine, case_id, one.user.login, desk.late)
    return told(desk, view_case(file, one.user, unmasked=False), one.user.login)


def told(desk: Desk, view: CaseView, login: str) -> Case:
    file, members = view.case, view.latest[:MEMBERS]
    plain = ("id", "status", "awaits_second", "priority", "platform", "opened_at", "updated_at",
             "version", "reopened", "claimed_by", "claim_until")  # fmt: skip
    return Case(
        **{name: getattr(file, name) for name in plain},
        title=view.show(file.title),
        can=view.mode,
        posts=[post(view, member) for member in members],
        more_posts=len(view.latest) - len(members),
        advertiser=[
            Key(kind=kind, value=shown(view, kind, value)) for kind, value in file.advertiser_keys
        ],
        decisions=[opinion(view, number) for number, _ in file.decisions],
        suggested=view.suggested,
        asked=asked_told(asked_of_case(desk.engine, file.id)),
        lookers=[shaped(Watcher, one) for one in lookers(desk.engine, file.id, login)],
    )


def asked_told(pairs: Sequence[tuple[TakedownRequest, Item]]) -> list[Asked]:
    return [
        Asked(
            request=request.id,
            request_no=request.request_no,
            item=item.id,
            state=item.state,
            open=item.state in WITHDRAWABLE,
        )
        for request, item in pairs
    ]


def shown(view: CaseView, kind: str, value: str) -> str:
    return f"***{value[-2:]}" if kind in CONTACTS and not view.unmasked else view.show(value)


def post(view: CaseView, member: CasePost) -> Post:
    said = member.post
    return Post(
        row=member.row,
        url=view.show(said.url),
        title=view.show(said.title),
        author=view.show(said.author),
        text=view.show(said.text[: LONGEST_TEXT + BESIDE])[:LONGEST_TEXT],
        text_left_out=max(0, len(said.text) - LONGEST_TEXT),
        region=view.show(said.region),
        published_at=said.published_at,
        findings=[claimed(view, member, at) for at in range(len(member.findings))],
        **{
            name: getattr(member, name)
            for name in ("first_seen", "last_seen", "score", "stance", "content_sha256")
        },
    )


def claimed(view: CaseView, member: CasePost, at: int) -> Claim:
    finding = member.findings[at]
    return Claim(
        rule=finding.rule,
        version=finding.version,
        code=finding.code,
        clause=finding.clause,
        score=finding.score,
        why=finding.why,
        legal_basis=list(finding.legal_basis),
        quotes=[view.show(evidence.quote) for evidence in finding.evidence],
    )


def opinion(view: CaseView, number: int) -> Opinion:
    said = dict(view.case.decisions)[number]
    names = ("by", "at", "verdict", "reason")
    look = next((look for look in view.case.looks if look.decision_id == number), None)
    return Opinion(
        id=number,
        supersedes=said.supersedes,
        look=None
        if look is None
        else Look(
            upheld=look.upheld,
            note=view.show(look.note),
            **{name: getattr(look, name) for name in names},
        ),
        note=view.show(said.note),
        **{name: getattr(said, name) for name in names},
    )


@router.get("/cases/{case_id}/kin")
def kin(request: Request, one: Reads, case_id: Number) -> list[Kin]:
    """Other cases of what looks like the same advertiser, and by what."""
    file = found(request, case_id)
    view = view_case(file, one.user, unmasked=False)
    others = kin_of(desk_of(request).engine, case_id, file.advertiser_keys).named
    titles = titles_of(desk_of(request).engine, others)
    return [
        Kin(
            kind=other.kind,
            value=shown(view, other.kind, other.value),
            case=other.case_id,
            title=titles[other.case_id],
            status=other.status,
            awaits_second=other.awaits_second,
        )
        for other in others
    ]


@router.post("/cases/{case_id}/contacts")
def contacts(request: Request, one: Unmasks, case_id: Number, said: Why) -> list[Contact]:
    """Contacts in full; the reason is in the audit before they are sent."""
    file = found(request, case_id)
    told = {"why": reason_given(said.why), "posts": [member.row for member in file.posts]}
    note(desk_of(request).engine, one.user.login, "contacts.seen", f"case:{case_id}", told)
    return [
        Contact(
            post=member.row,
            phones=list(member.post.contacts.phones),
            wechat=list(member.post.contacts.wechat),
            qq=list(member.post.contacts.qq),
        )
        for member in file.posts
    ]


@router.post("/cases/{case_id}/claim")
def claim_case(request: Request, one: Decides, case_id: Number) -> Standing:
    """Take it for oneself, or renew one's claim; 409 where somebody else has it."""
    found(request, case_id)
    claim(desk_of(request).engine, case_id, one.user.login)
    return standing(request, case_id)


@router.post("/cases/{case_id}/release")
def release_case(request: Request, one: Decides, case_id: Number) -> Standing:
    """Give it back to the queue."""
    found(request, case_id)
    release(desk_of(request).engine, case_id, one.user.login)
    return standing(request, case_id)


def standing(request: Request, case_id: int) -> Standing:
    file = found(request, case_id)
    return Standing(**{name: getattr(file, name) for name in Standing.model_fields})
