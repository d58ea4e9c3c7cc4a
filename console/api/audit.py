"""The audit: who did what, a page at a time, and whether the chain holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field, JsonValue

from console.audit_words import about_name, act_of, plain, plain_tree
from console.bearer import Audits, Given, Words, api_router
from console.desk import desk_of
from console.numbers import LARGEST_ROW
from console.pages.audit import note_look, walked, wanted_of
from console.shapes import Day, shaped
from storage.audit import WHY
from storage.audit_pages import ShownLine, audit_page, how_many

router = api_router("audit")


class AuditLine(BaseModel):
    """Contacts and addresses are masked. While a case waits for a second person, of what was done
    to it there is only that it was done."""

    number: int
    at: datetime
    actor: str
    act: str
    act_word: Words
    about: str
    about_word: Words
    detail: dict[str, JsonValue] = Field(description="{} where it is withheld")
    hash: str = Field(description="empty where the detail is withheld")
    withheld: bool


class AuditPage(BaseModel):
    lines: list[AuditLine] = Field(description="the newest first")
    total: int = Field(description="of the whole audit, whatever is filtered")
    next: int | None = Field(description="`below` of the next page; null after the last")


class Verify(Given):
    head: str = Field(
        default="",
        pattern="^([0-9a-fA-F]{64})?$",
        description="a hash that was kept elsewhere; empty: none",
    )


class Walked(BaseModel):
    """What a walk along the whole chain found."""

    holds: bool = Field(description="no line is broken, and the hash that was given is among them")
    lines: int = Field(description="that hold")
    head: str = Field(description="hash of the last of these: keep it elsewhere")
    met: bool = Field(description="whether the hash that was given is among them")
    broken: int | None = Field(description="the first line that does not hold")
    why: Words | None


def asked(
    actor: Annotated[str, Query(max_length=80, description="a login or a name")] = "",
    act: Annotated[str, Query(max_length=80, description="one, or a group: case for case.…")] = "",
    about: Annotated[str, Query(max_length=80, description="as case:12, or case for all")] = "",
    since: Annotated[Day | None, Query(description="by the office's clock")] = None,
    until: Annotated[Day | None, Query(description="this day still counts")] = None,
) -> dict[str, str]:
    """What is filtered, as the page's form would say it."""
    said = {"actor": actor, "act": act, "about": about}
    days = {"since": str(since or ""), "until": str(until or "")}
    return {name: text for name, typed in {**said, **days}.items() if (text := typed.strip())}


@router.get("/audit")
def audit(
    request: Request,
    one: Audits,
    typed: Annotated[dict[str, str], Depends(asked)],
    below: Annotated[int | None, Query(ge=1, le=LARGEST_ROW, description="`next`")] = None,
) -> AuditPage:
    """Reading its first page is itself a line of it."""
    wanted, engine = wanted_of(typed), desk_of(request).engine
    note_look(request, one.user, typed, below or 0)
    found = audit_page(engine, wanted, below or 0)
    return AuditPage(
        lines=[told(line) for line in found.lines],
        total=how_many(engine),
        next=found.further or None,
    )


def told(line: ShownLine) -> AuditLine:
    return shaped(
        AuditLine,
        line,
        actor=plain(line.actor),
        act_word=shaped(Words, act_of(line.act, line.detail)),
        about=plain(line.about),
        about_word=shaped(Words, about_name(line.about)),
        detail=plain_tree(line.detail),
    )


@router.post("/audit/verify")
def verify_audit(request: Request, one: Audits, said: Verify) -> Walked:
    """Walk the whole chain; that it was walked is itself a line."""
    head = said.head.lower()
    walk = walked(request, one.user, head)
    return shaped(
        Walked,
        walk,
        holds=walk.broken is None and (walk.met or not head),
        why=shaped(Words, WHY[walk.why]) if walk.why else None,
    )
