"""Decide, undo, split, and the second person's look; the rules are storage's, as for the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from console.api.cases import Number, Standing, standing
from console.bearer import Decides, Given, Reads, Seconds, api_router
from console.desk import desk_of
from console.numbers import LARGEST_ID
from console.pages.cases import found
from console.roles import Caller
from storage.cases import decide, split
from storage.columns import utc_now
from storage.reasons import LONGEST_NOTE, POLICY, REASONS
from storage.records import Decision, Verdict
from storage.second import confirmed_codes, look
from storage.withdrawals import withdraw

router = api_router("deciding")
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Row = Annotated[int, Field(ge=1, le=2**53)]  # JSON's numbers are exact up to there


class Said(Given):
    """What a person says of a case."""

    verdict: Verdict
    reason: str = Field(min_length=1, max_length=20, description="a code of GET /reasons")
    note: str = Field(default="", max_length=LONGEST_NOTE)
    version: int = Field(ge=0, le=LARGEST_ID, description="of the case as it was seen")

    def decision(self, case_id: int, one: Caller, supersedes: int | None = None) -> Decision:
        return Decision(
            case_id=case_id,
            verdict=self.verdict,
            reason=self.reason,
            by=one.user.login,
            at=utc_now(),
            note=self.note.replace("\r\n", "\n").strip(),
            supersedes=supersedes,
        )


class Decide(Said):
    supersedes: Id | None = Field(default=None, description="the newest decision, to replace it")
    leaving: list[Row] = Field(
        default=[], max_length=1000, description="rows of posts that do not belong to the case"
    )


class Undo(Given):
    decision: Id


class Split(Given):
    posts: list[Row] = Field(min_length=1, max_length=1000, description="rows of the case's posts")
    version: int = Field(ge=0, le=LARGEST_ID, description="of the case as it was seen")


class Decided(Standing):
    decision: int
    awaits_second: bool


class Looked(Standing):
    upheld: bool


class Parted(BaseModel):
    case: int = Field(description="the new case")


class Reason(BaseModel):
    code: str
    zh: str
    en: str
    second_person: bool = Field(description="whether such a decision waits for a second person")


class Policy(BaseModel):
    version: str
    reasons: dict[Verdict, list[Reason]]


@router.get("/reasons")
def reasons(request: Request, _one: Reads) -> Policy:
    """The tree of reasons, of which every decision names one."""
    confirmed = set(confirmed_codes(desk_of(request).engine))
    return Policy(
        version=POLICY,
        reasons={
            verdict: [
                Reason(
                    code=reason.code,
                    zh=reason.text.zh,
                    en=reason.text.en,
                    second_person=(verdict, reason.code) in confirmed,
                )
                for reason in listed
            ]
            for verdict, listed in REASONS.items()
        },
    )


@router.post("/cases/{case_id}/decide")
def decide_case(request: Request, one: Decides, case_id: Number, said: Decide) -> Decided:
    """409 where the case has changed since `version`, is in other hands, or the reason is wrong."""
    found(request, case_id)
    decision = said.decision(case_id, one, said.supersedes)
    number = decide(desk_of(request).engine, decision, said.version, said.leaving)
    return decided(request, case_id, number)


def decided(request: Request, case_id: int, number: int) -> Decided:
    now = standing(request, case_id)
    waits = found(request, case_id).awaits_second
    return Decided(**now.model_dump(), decision=number, awaits_second=waits)


@router.post("/cases/{case_id}/undo")
def undo(request: Request, one: Decides, case_id: Number, said: Undo) -> Decided:
    """Take one's own newest decision back: a superseding one; the case is one's own again."""
    found(request, case_id)
    number = withdraw(desk_of(request).engine, case_id, said.decision, one.user.login)
    return decided(request, case_id, number)


@router.post("/cases/{case_id}/second")
def second(request: Request, one: Seconds, case_id: Number, said: Said) -> Looked:
    """What the second person says, not knowing the first; nobody of their own decision."""
    found(request, case_id)
    upheld = look(desk_of(request).engine, said.decision(case_id, one), said.version)
    return Looked(**standing(request, case_id).model_dump(), upheld=upheld)


@router.post("/cases/{case_id}/split")
def split_case(request: Request, one: Decides, case_id: Number, said: Split) -> Parted:
    """Take posts into a case of their own, where they stay.

    409 where the case has changed since `version`, is in other hands, or two people settled it.
    """
    found(request, case_id)
    engine = desk_of(request).engine
    return Parted(case=split(engine, case_id, said.posts, one.user.login, said.version))
