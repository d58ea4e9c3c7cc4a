"""The case page, claiming and giving back, and contacts shown for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.caseview import CaseView, view_case
from console.desk import desk_of
from console.filters import from_string, query_string
from console.flash import flash_of, looked_of
from console.history import history_of
from console.just_done import telling
from console.kept import kept_pairs
from console.names import key_name, key_value, platform_name, snapshot_name, state_name
from console.page import go, lang_of, page, query_of
from console.people import CaseId, Decider, Missing, Reader, Unmasker
from console.replay import ticket
from console.roles import Act, may
from storage.audit import note
from storage.bilingual import Bilingual, Problem
from storage.casefiles import CaseFile
from storage.cases import claim, get_case, release
from storage.kin import kin_of
from storage.package_lists import find_packages
from storage.reasons import REASONS, VERDICT_WORDS
from storage.takedown_states import STATE_WORDS
from storage.takedowns import items_of_case
from storage.users import User

router = APIRouter(include_in_schema=False)
MEMBERS = 100  # posts of a cluster listed on the page; the rest stay with the case
WAYS = ("picture", "replay", "facts")
WORTH = 2  # characters of a reason to see contacts, at least


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
    case = found(request, case_id)
    note(desk_of(request).engine, user.login, "case.read", f"case:{case.id}")
    row = query_of(request).get("post", "")
    view = view_case(case, user, int(row) if row.isdecimal() else None, unmasked=False)
    return shown(request, user, view)


def shown(request: Request, user: User, view: CaseView, refusal: Refusal | None = None) -> Response:
    """The case; after a refusal with why, and with all that was typed."""
    desk, query = desk_of(request), query_of(request)
    way = query.get("way", "")
    way = way if way in WAYS else "picture"
    replay = ""
    if way == "replay" and view.replayable is not None and may(user, Act.UNMASK):
        about = {"sha256": view.replayable.sha256}
        note(desk.engine, user.login, "snapshot.replay", f"case:{view.case.id}", about)
        replay = f"{desk.replay_origin}/r/{ticket(desk, view.replayable.sha256)}"
    pairs = refusal.pairs if refusal else kept_pairs(request, user)
    typed = {**query, **dict(pairs)}
    return page(
        request,
        "case.html",
        409 if refusal else 200,
        refusal=refusal.why.said(lang_of(request)) if refusal else "",
        unticked=unticked(pairs),
        view=view,
        case=view.case,
        way=way,
        replay=replay,
        kin=kin_of(desk.engine, view.case.id, view.case.advertiser_keys),
        draft={name: typed.get(name, "") for name in ("verdict", "reason", "note")},
        filters=query_string(from_string(typed.get("filters", ""), user.login)),
        link=lambda **more: f"/cases/{view.case.id}?{link_query(query, more)}",
        reasons=REASONS,
        verdicts=VERDICT_WORDS,
        members=view.latest[:MEMBERS],
        history=history_of(view.case),
        asked=items_of_case(desk.engine, view.case.id),
        packages=find_packages(desk.engine, view.case.id)[0],
        item_states=STATE_WORDS,
        flash=flash_of(request, user),
        looked=looked_of(request, user),
        platform_name=platform_name,
        snapshot_name=snapshot_name,
        state_name=state_name,
        key_name=key_name,
        key_value=key_value,
    )


def unticked(pairs: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Rows whose tick was taken away before a session ended."""
    shown = {value for name, value in pairs if name == "shown"}
    return frozenset(shown - {value for name, value in pairs if name == "member"})


@router.get("/cases/{case_id:int}/brief")
def brief(request: Request, user: Reader, case_id: CaseId) -> Response:
    """What the queue shows beside its list of the case the keys stand on."""
    view = view_case(found(request, case_id), user, unmasked=False)
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
    if len(why.strip()) < WORTH:
        raise Problem(
            "请写明为什么需要查看联系方式，没有显示。",
            "Say why the contacts are needed; nothing was shown.",
        )
    view = view_case(case, user, post, unmasked=True)
    told = {"why": why.strip()[:500], "post": view.post.row}
    note(desk_of(request).engine, user.login, "contacts.seen", f"case:{case.id}", told)
    return shown(request, user, view)
