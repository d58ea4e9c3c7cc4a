"""The blacklist: who is on it and why, listing, appeals and removal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from console.api.cases import Why
from console.bearer import Given, Keeps, Reads, Unmasks, api_router
from console.desk import desk_of
from console.forms import today
from console.pages.blacklist import LONGEST, found, looked_through, own_contacts
from console.shapes import Before, Day, Number, shaped
from exports.masking import masked, shown_value
from storage.audit import note
from storage.blacklist import Entry, Listing, add_act, list_subjects
from storage.blacklist_pages import Wanted, standing
from storage.columns import storable, utc_now

router = api_router("blacklist")
Kind = Literal["name", "host", "account", "phone", "wechat", "qq", "icp", "qr"]
State = Literal["listed", "appealed", "later", "ended", "removed"]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Version(BaseModel):
    """What a person said of an entry at a time; no version is ever changed."""

    version: int
    act: str = Field(description="added, appealed, upheld, removed, relisted")
    at: datetime
    who: str
    reason: str
    legal_basis: str
    starts: date
    ends: date | None = Field(description="null: without end")
    note: str
    source: str


class Listed(BaseModel):
    """An entry as it stands now; contacts are masked."""

    id: int
    kind: Kind
    subject: str
    state: State
    reason: str
    legal_basis: str
    starts: date
    ends: date | None


class BlacklistEntry(Listed):
    versions: list[Version] = Field(description="the oldest first")


class BlacklistPage(BaseModel):
    entries: list[Listed]
    total: int
    next: int | None = Field(description="`before` of the next page; null after the last")


class ToList(Given):
    kind: Kind
    value: str = Field(min_length=1, max_length=200, description="an account as platform:id")
    reason: Reason
    legal_basis: Reason
    starts: Day | None = Field(default=None, description="null: today")
    ends: Day | None = None
    source: str = Field(default="", max_length=500)


class ListingAct(Given):
    act: Literal["appealed", "upheld", "removed"]
    note: Reason


@router.get("/blacklist")
def blacklist(
    request: Request,
    one: Reads,
    q: Annotated[str, Query(max_length=80, description="subject, reason or source")] = "",
    kind: Kind | Literal[""] = "",
    state: State | Literal[""] = "listed",
    before: Before = None,
) -> BlacklistPage:
    """The newest first; it makes a case more urgent and convicts nobody.

    Within contacts only a holder of `unmask` finds anything; to look for one is written down.
    """
    wanted = Wanted(text=storable(q.strip()), kind=kind, state=state)
    page = looked_through(request, one, wanted, before or 0)
    return BlacklistPage(
        entries=[shaped(Listed, found, **plain(found, unmasked=False)) for found in page.entries],
        total=page.total,
        next=page.further or None,
    )


def plain(entry: Entry, *, unmasked: bool) -> dict[str, object]:
    """What differs from the record: masked as on the page, but for whoever gave a reason."""
    now = entry.now
    return {
        "subject": shown_value(entry.kind, entry.shown, show_contacts=unmasked),
        "state": standing(entry, today()),
        "reason": said(entry, now.reason, unmasked=unmasked),
        "legal_basis": said(entry, now.legal_basis, unmasked=unmasked),
        "starts": now.starts,
        "ends": now.ends,
    }


def said(entry: Entry, text: str, *, unmasked: bool) -> str:
    return text if unmasked else masked(text, own_contacts(entry))


def whole(entry: Entry, *, unmasked: bool = False) -> BlacklistEntry:
    texts = ("reason", "legal_basis", "note", "source")
    versions = [
        shaped(
            Version,
            one,
            **{name: said(entry, getattr(one, name), unmasked=unmasked) for name in texts},
        )
        for one in entry.versions
    ]
    return shaped(BlacklistEntry, entry, **plain(entry, unmasked=unmasked), versions=versions)


@router.get("/blacklist/{number}")
def blacklist_entry(request: Request, _one: Reads, number: Number) -> BlacklistEntry:
    return whole(found(request, number))


@router.post("/blacklist")
def to_blacklist(request: Request, one: Keeps, typed: ToList) -> BlacklistEntry:
    """List one subject; 409 for one that is on the list."""
    words = {
        name: storable(getattr(typed, name))
        for name in ("kind", "value", "reason", "legal_basis", "source")
    }
    listing = Listing(**words, starts=typed.starts or today(), ends=typed.ends)
    (number,) = list_subjects(desk_of(request).engine, [listing], one.user.login, utc_now())
    return whole(found(request, number))


@router.post("/blacklist/{number}/act")
def blacklist_act(
    request: Request, one: Keeps, number: Number, typed: ListingAct
) -> BlacklistEntry:
    """An appeal, its end, or removal: one version more."""
    found(request, number)
    words = storable(typed.note)
    add_act(desk_of(request).engine, number, typed.act, one.user.login, words, utc_now())
    return whole(found(request, number))


@router.post("/blacklist/{number}/contacts")
def blacklist_contacts(
    request: Request, one: Unmasks, number: Number, typed: Why
) -> BlacklistEntry:
    """The entry in full; the reason is in the audit before it is sent."""
    entry = found(request, number)
    told = {"why": typed.why.strip()}
    note(desk_of(request).engine, one.user.login, "blacklist.seen", f"blacklist:{number}", told)
    return whole(entry, unmasked=True)
