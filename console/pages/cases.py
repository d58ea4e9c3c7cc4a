"""The case page, claiming and giving back, and contacts shown for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from sqlalchemy import Engine
from starlette.responses import Response

from console.caseview import CaseView, view_case
from console.desk import Desk, desk_of
from console.filters import from_string, query_string
from console.flash import flash_of, looked_of
from console.history import history_of
from console.just_done import telling
from console.kept import kept_pairs
from console.names import key_name, key_value, platform_name, snapshot_name, state_name
from console.numbers import LARGEST_ROW, digits
from console.page import go, lang_of, page, query_of
from console.people import CaseId, Decider, Missing, Reader, Unmasker
from console.reasons import reason_given
from console.replay import LARGEST, ticket
from console.roles import Act, may
from console.words import plainly
from exports.masking import masked
from storage.audit import note
from storage.bilingual import Bilingual, Problem
from storage.casefiles import CaseFile
from storage.cases import claim, get_case, release
from storage.contacts import contacts_of
from storage.database import read_together
from storage.kin import Kin, kin_of
from storage.package_lists import find_packages
from storage.presence import lookers, opened
from storage.reasons import REASONS, VERDICT_WORDS
from storage.records import CaseStatus, Contacts, Verdict
from storage.second import confirmed_codes
from storage.takedown_acts import WITHDRAWABLE
from storage.takedown_changed import asked_of_case
from storage.takedown_states import STATE_WORDS
from storage.users import User

router = APIRouter(include_in_schema=False)
MEMBERS = 100  # posts of a cluster listed on the page; the rest stay with the case
WAYS = ("picture", "replay", "facts")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form about a case was not written, and its fields."""

    why: Bilingual
    pairs: tuple[tuple[str, str], ...]


def found(request: Request, case_id: int) -> CaseFile:
    """The case, or a page that says there is none."""
    try:
        return get_case(desk_of(request).engine, case_id)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(
            f"没有编号为 {case_id} 的案件。请回到队列查看。",
            f"There is no case {case_id}. See the queue.",
        ) from None


@router.get("/cases/{case_id:int}")
def case_page(request: Request, user: Reader, case_id: CaseId) -> Response:
    case, desk = found(request, case_id), desk_of(request)
    request.state.late = not opened(desk.engine, case.id, user.login, desk.late)
    row = query_of(request).get("post", "")
    with read_together(desk.engine):
        view = view_case(case, user, digits(row, LARGEST_ROW), unmasked=False)
        return shown(request, user, view)


def shown(request: Request, user: User, view: CaseView, refusal: Refusal | None = None) -> Response:
    """The case; after a refusal with why, and with all that was typed."""
    desk, query = desk_of(request), query_of(request)
    way = query.get("way", "")
    way = way if way in WAYS else "picture"
    replay = ""
    too_large = view.replayable is not None and view.replayable.size > LARGEST
    allowed = may(user, Act.UNMASK) and not too_large
    if way == "replay" and view.replayable is not None and allowed:
        replay = replay_address(desk, user, view.case.id, view.replayable.sha256)
    pairs = refusal.pairs if refusal else kept_pairs(request, user)
    asked = asked_of_case(desk.engine, view.case.id)
    kin = kin_of(desk.engine, view.case.id, view.case.advertiser_keys)
    # What is filled in never comes from an address, but for the filters: it would stay in history.
    typed = {"filters": query.get("filters", ""), **dict(pairs)}
    return page(
        request,
        "case.html",
        409 if refusal else 200,
        refusal=plainly(refusal.why.said(lang_of(request))) if refusal else "",
        unticked=unticked(pairs),
        view=view,
        case=view.case,
        way=way,
        replay=replay,
        too_large=too_large,
        kin=kin,
        kin_titles=titles_of(desk.engine, kin.named),
        draft={name: typed.get(name, "") for name in ("verdict", "reason", "note")},
        filters=query_string(from_string(typed.get("filters", ""), user.login)),
        link=lambda **more: f"/cases/{view.case.id}?{link_query(query, more)}",
        reasons=REASONS,
        second_codes=confirmed_codes(desk.engine) if view.suggested else (),
        verdicts=VERDICT_WORDS,
        members=view.latest[:MEMBERS],
        asked=asked,
        to_withdraw=[pair for pair in asked if pair[1].state in WITHDRAWABLE],
        undone=no_violation(view),
        packages=find_packages(desk.engine, view.case.id)[0],
        item_states=STATE_WORDS,
        history=history_of(view.case),
        flash=flash_of(request, user),
        looked=looked_of(request, user),
        late=getattr(request.state, "late", False),
        lookers=lookers(desk.engine, view.case.id, user.login),
        platform_name=platform_name,
        snapshot_name=snapshot_name,
        state_name=state_name,
        key_name=key_name,
        key_value=key_value,
        starred=starred,
    )


def replay_address(desk: Desk, user: User, case_id: int, sha256: str) -> str:
    """On the second origin, good for some minutes; that it was asked for is in the audit."""
    note(desk.engine, user.login, "snapshot.replay", f"case:{case_id}", {"sha256": sha256})
    return f"{desk.replay_origin}/r/{ticket(desk, sha256)}"


def no_violation(view: CaseView) -> bool:
    """Whether it is decided, openly to this person, and not as a violation."""
    settled = view.case.status in {CaseStatus.DECIDED, CaseStatus.APPROVED}
    if view.blind or not settled or not view.case.decisions:
        return False
    return view.case.decisions[-1][1].verdict is not Verdict.VIOLATION


def starred(value: str) -> str:
    """A number or an id that two of them can still be told apart by, as everywhere else."""
    hidden = masked(value, Contacts(phones=(value,), wechat=(value,), qq=(value,)))
    return hidden if hidden != value else f"***{value[-2:]}"


def titles_of(engine: Engine, kin: Sequence[Kin]) -> dict[int, str]:
    """Of related cases, by number: each hides what its own posts show."""
    contacts = contacts_of(engine, [one.case_id for one in kin])
    return {one.case_id: masked(one.title, contacts[one.case_id]) for one in kin}


def unticked(pairs: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Rows whose tick was taken away before a session ended."""
    shown = {value for name, value in pairs if name == "shown"}
    return frozenset(shown - {value for name, value in pairs if name == "member"})


@router.get("/cases/{case_id:int}/brief")
def brief(request: Request, user: Reader, case_id: CaseId) -> Response:
    """What the queue shows beside its list of the case the keys stand on: a read as any other."""
    case, desk = found(request, case_id), desk_of(request)
    opened(desk.engine, case.id, user.login, desk.late, beside=True)
    view = view_case(case, user, unmasked=False)
    words = {"view": view, "case": view.case, "platform_name": platform_name}
    return page(request, "_brief.html", **words)


def link_query(query: Mapping[str, str], more: Mapping[str, object]) -> str:
    kept = {name: query[name] for name in ("post", "way", "filters") if query.get(name)}
    return urlencode({**kept, **more})


@router.post("/cases/{case_id:int}/claim")
def claim_case(
    request: Request, user: Decider, case_id: CaseId, filters: Annotated[str, Form()] = ""
) -> Response:
    claim(desk_of(request).engine, case_id, user.login)
    return go(f"/cases/{case_id}" + (f"?{urlencode({'filters': filters})}" if filters else ""))


@router.post("/cases/{case_id:int}/release")
def release_case(request: Request, user: Decider, case_id: CaseId) -> Response:
    release(desk_of(request).engine, case_id, user.login)
    return go(telling("/queue", "given-back"))


@router.post("/cases/{case_id:int}/contacts")
def contacts(
    request: Request,
    user: Unmasker,
    case_id: CaseId,
    why: Annotated[str, Form()] = "",
    post: Annotated[int | None, Form()] = None,
) -> Response:
    """The same page with contacts in full, once; the reason is in the audit before they show."""
    case = found(request, case_id)
    reason = reason_given(why)
    view = view_case(case, user, post, unmasked=True)
    told = {"why": reason, "post": view.post.row}
    note(desk_of(request).engine, user.login, "contacts.seen", f"case:{case.id}", told)
    return shown(request, user, view)
