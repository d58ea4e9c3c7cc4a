"""审计: who did what, a page at a time, and whether the chain holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.audit_words import ACTS, KINDS, about_code, about_name, act_of, plain, told
from console.desk import desk_of, tools_of
from console.forms import known_day
from console.numbers import LARGEST_ROW, digits
from console.page import Nav, page, query_of
from console.people import Auditor
from console.roles import Act
from console.words import OFFICE_TIME
from storage.audit import WHY, Walk, note
from storage.audit_pages import Wanted, audit_page, how_many
from storage.bilingual import Bilingual, Problem
from storage.users import User

router = APIRouter(include_in_schema=False)
NAV = (
    Nav(path="/audit", word=Bilingual("审计", "Audit"), act=Act.AUDIT, order=95, also=("/audit",)),
)
NAMES = ("actor", "act", "about", "since", "until")


@router.get("/audit")
def audit(request: Request, user: Auditor) -> Response:
    typed, below = typed_filters(request), number(query_of(request).get("below", ""))
    wanted = wanted_of(typed)
    note_look(request, user, typed, below)
    return shown(request, wanted, typed, below)


def note_look(request: Request, user: User, typed: dict[str, str], below: int) -> None:
    """One line for each look, not for each page of it: no page but the first begins at the end."""
    if not 0 < below <= how_many(desk_of(request).engine):
        told = {"filters": typed} if typed else {}
        note(desk_of(request).engine, user.login, "audit.read", "", told)


def shown(
    request: Request,
    wanted: Wanted,
    typed: dict[str, str],
    below: int = 0,
    walk: Walk | None = None,
    head: str = "",
) -> Response:
    engine = desk_of(request).engine
    found = audit_page(engine, wanted, below)
    further = urlencode({**typed, "below": found.further}) if found.further else ""
    return page(
        request,
        "audit.html",
        found=found,
        further=further,
        first=not below,
        typed={name: typed.get(name, "") for name in NAMES},
        query=urlencode(typed),
        total=how_many(engine),
        acts=ACTS,
        kinds=KINDS,
        act_of=act_of,
        about_name=about_name,
        told=told,
        plain=plain,
        walk=walk,
        head=head,
        why=WHY,
    )


def typed_filters(request: Request) -> dict[str, str]:
    query = query_of(request)
    return {name: query[name].strip()[:80] for name in NAMES if query.get(name, "").strip()}


def wanted_of(typed: dict[str, str]) -> Wanted:
    until = day(typed.get("until", ""))
    return Wanted(
        actor=typed.get("actor", ""),
        act=typed.get("act", ""),
        about=about_code(typed.get("about", "")),
        since=day(typed.get("since", "")),
        until=until + timedelta(days=1) if until else None,
    )


def day(text: str) -> datetime | None:
    """Its first moment by the office's clock."""
    if not text:
        return None
    try:
        found = known_day(date.fromisoformat(text))
        return datetime.combine(found, time(), OFFICE_TIME)
    except ValueError:
        raise wrong() from None


def number(text: str) -> int:
    if not text:
        return 0
    found = digits(text, LARGEST_ROW)
    if found is None:
        raise wrong()
    return found


def wrong() -> Problem:
    return Problem(
        "筛选条件看不懂（日期须如 2026-03-01），没有筛选。请从审计页重新选择。",
        "A filter is not understood (days are written 2026-03-01). Choose again on the audit's "
        "page.",
    )


@router.post("/audit/verify")
def verify(request: Request, user: Auditor, head: Annotated[str, Form()] = "") -> Response:
    """Walk the whole chain; that it was walked is itself a line."""
    wanted = head.strip().lower()[:64]
    return shown(request, Wanted(), {}, walk=walked(request, user, wanted), head=wanted)


def walked(request: Request, user: User, head: str) -> Walk:
    engine = desk_of(request).engine
    # First, so that the newest hash, which is shown, is never that of a decision still withheld.
    note(engine, user.login, "audit.verify")
    walk = tools_of(request).verify(head)
    if walk.broken is not None:
        note(engine, user.login, "audit.broken", "", {"broken": walk.broken, "why": walk.why})
    return walk
