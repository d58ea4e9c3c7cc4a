"""黑名单: who is on it, every version of an entry, listing, appeals and removal."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.desk import desk_of
from console.forms import day_of, page_number, today
from console.just_done import telling
from console.numbers import narrow
from console.page import go, lang_of, page, query_of
from console.people import CaseId, Keeper, Missing, Reader, Unmasker
from console.reasons import reason_given
from console.roles import Caller
from console.searching import seeking
from console.tabs import LISTS
from console.words import plainly
from exports.masking import PERSONAL, masked, shown_value
from storage.audit import note
from storage.bilingual import Problem
from storage.blacklist import Entry, Listing, add_act, get_entry, list_subjects
from storage.blacklist_pages import ACTS, STANDING, STATES, Found, Wanted, entries_page, standing
from storage.blacklist_values import KINDS
from storage.columns import storable, utc_now
from storage.records import Contacts
from storage.users import User

NUMBERS = frozenset({"phone", "qq", "wechat", "icp", "host"})  # kept as the keyboard has them
router = APIRouter(include_in_schema=False)
LONGEST = 4000  # characters of a reason or a note
FIELDS = {
    "kind": 20,
    "value": 200,
    "reason": LONGEST,
    "legal_basis": LONGEST,
    "starts": 20,
    "ends": 20,
    "source": 500,
}
STARRED = re.compile(r"[0-9A-Za-z_-]*\*[0-9A-Za-z_*-]*")  # what is left of a contact
DOING = {"appealed", "upheld", "removed"}


@router.get("/blacklist")
def blacklist(request: Request, user: Reader) -> Response:
    return listed(request, user)


def listed(
    request: Request, user: User, problem: str = "", typed: dict[str, str] | None = None
) -> Response:
    query, day = query_of(request), today()
    wanted = Wanted(
        text=query.get("q", "").strip()[:80],
        kind=query.get("kind", "") if query.get("kind", "") in KINDS else "",
        state=query.get("state", "listed") if query.get("state", "") in {*STATES, ""} else "listed",
    )
    found = looked_through(request, Caller(user), wanted, page_number(query.get("below", "")))
    filters = {"q": wanted.text, "kind": wanted.kind, "state": wanted.state}
    return page(
        request,
        "blacklist.html",
        409 if problem else 200,
        tabs=LISTS,
        found=found,
        wanted=wanted,
        first="below" not in query,
        link=lambda **more: "/blacklist?" + urlencode({**filters, **more}),
        states=STATES,
        standing=lambda entry: standing(entry, day),
        standings=STANDING,
        kinds=KINDS,
        subject=lambda entry: shown_value(entry.kind, entry.shown, show_contacts=False),
        plain=lambda entry, text: masked(text, own_contacts(entry)),
        problem=problem,
        typed=typed or {},
        today=day,
    )


def looked_through(request: Request, one: Caller, wanted: Wanted, below: int) -> Found:
    engine = desk_of(request).engine
    sees = seeking(engine, one, wanted.text)
    return entries_page(engine, wanted, today(), below, None if sees else seen_texts)


def seen_texts(entry: Entry) -> list[str]:
    """What whoever may not see contacts reads of an entry, without even a contact's ends."""
    contacts, now = own_contacts(entry), entry.now
    subject = "" if entry.kind in PERSONAL else entry.value
    shown = shown_value(entry.kind, entry.shown, show_contacts=False) if subject else ""
    texts = (subject, shown, now.reason, now.source)
    return [STARRED.sub("\n", masked(text, contacts)) for text in texts]


def own_contacts(entry: Entry) -> Contacts:
    """The subject's own number is masked in what is said of it, too."""
    return (
        Contacts(phones=(entry.shown,)) if entry.kind in {"phone", "wechat", "qq"} else Contacts()
    )


async def typed_fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: storable(str(form.get(name, "")))[:most] for name, most in FIELDS.items()}


@router.post("/blacklist")
def add(
    request: Request, user: Keeper, typed: Annotated[dict[str, str], Depends(typed_fields)]
) -> Response:
    """List one subject. What was typed is still there where it will not do."""
    words = {name: typed[name] for name in ("kind", "value", "reason", "legal_basis", "source")}
    if typed["kind"] in NUMBERS:
        words["value"] = narrow(words["value"])
    try:
        starts = day_of(typed["starts"], "开始", "from") or today()
        listing = Listing(**words, starts=starts, ends=day_of(typed["ends"], "结束", "to"))
        (number,) = list_subjects(desk_of(request).engine, [listing], user.login, utc_now())
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        return listed(request, user, plainly(problem.text.said(lang_of(request))), typed)
    return go(telling(f"/blacklist/{number}", "listed"))


def found(request: Request, number: int) -> Entry:
    try:
        return get_entry(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(
            f"黑名单没有第 {number} 条。请回到黑名单查看。",
            f"The blacklist has no entry {number}. See the list.",
        ) from None


@router.get("/blacklist/{number:int}")
def entry(request: Request, _user: Reader, number: CaseId) -> Response:
    return shown(request, found(request, number))


def shown(
    request: Request, one: Entry, problem: str = "", said: str = "", *, unmasked: bool = False
) -> Response:
    contacts = own_contacts(one)
    return page(
        request,
        "blacklist_entry.html",
        409 if problem else 200,
        tabs=LISTS,
        entry=one,
        subject=shown_value(one.kind, one.shown, show_contacts=unmasked),
        personal=shown_value(one.kind, one.shown, show_contacts=False) != one.shown,
        unmasked=unmasked,
        plain=(lambda text: text) if unmasked else (lambda text: masked(text, contacts)),
        state=standing(one, today()),
        standings=STANDING,
        acts=ACTS,
        kinds=KINDS,
        problem=problem,
        note=said,
    )


@router.post("/blacklist/{number:int}/act")
def act(
    request: Request,
    user: Keeper,
    number: CaseId,
    act: Annotated[str, Form()] = "",
    said: Annotated[str, Form(alias="note")] = "",
) -> Response:
    """An appeal, its end, or removal: one version more."""
    one, words = found(request, number), storable(said[:LONGEST])
    try:
        demand_choice(act)
        add_act(desk_of(request).engine, number, act, user.login, words, utc_now())
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        return shown(request, one, plainly(problem.text.said(lang_of(request))), words)
    return go(f"/blacklist/{number}")


def demand_choice(act: str) -> None:
    if act not in DOING:
        raise Problem("没有选定要登记什么，没有写入。", "Nothing was chosen; nothing written.")


@router.post("/blacklist/{number:int}/contacts")
def contacts(
    request: Request, user: Unmasker, number: CaseId, why: Annotated[str, Form()] = ""
) -> Response:
    """The entry in full, once; the reason is in the audit before it shows."""
    one = found(request, number)
    try:
        told = {"why": reason_given(why)}
    except Problem as problem:
        return shown(request, one, plainly(problem.text.said(lang_of(request))))
    note(desk_of(request).engine, user.login, "blacklist.seen", f"blacklist:{number}", told)
    return shown(request, one, unmasked=True)
