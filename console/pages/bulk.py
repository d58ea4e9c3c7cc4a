"""批量判定: cases shown together, a tick per member, decided and undone as one batch."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.desk import desk_of
from console.forms import Number, Whole
from console.kept import kept_pairs
from console.names import platform_name, state_name
from console.page import go, lang_of, page
from console.pages.deciding import numbers, unreadable
from console.people import Decider, Missing, Reader
from exports.masking import masked
from storage.bilingual import Problem
from storage.bulk import Said, carry_on, decide_together, keep_claims, undo_together
from storage.bulk_posts import bulk_posts, standings
from storage.bulk_shown import MOST_CASES, Bulk, get_bulk, open_kin, show_together
from storage.persons import same_person
from storage.queue import contacts_of, quotes_of
from storage.reasons import REASONS, VERDICT_WORDS
from storage.records import Contacts, Verdict
from storage.users import User

router = APIRouter(include_in_schema=False)
NOBODY = Contacts()
Pairs = tuple[tuple[str, str], ...]  # the fields of a form


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is filled in already: nothing and every tick, or what was typed before a login."""

    ticked: frozenset[int]  # places in the order of the page
    verdict: str = ""
    reason: str = ""
    note: str = ""
    kept: bool = False


@router.post("/bulk")
def choose(request: Request, user: Decider, form: Whole) -> Response:
    """The cases ticked in the queue, or the open ones of one advertiser."""
    engine = desk_of(request).engine
    chosen = numbers(form, "case")[: MOST_CASES + 1]
    for case_id in numbers(form, "kin")[:1]:
        chosen = open_kin(engine, case_id)
    return go(f"/bulk/{show_together(engine, chosen, user.login)}")


def found(request: Request, number: int) -> Bulk:
    try:
        return get_bulk(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None


@router.get("/bulk/{number:int}")
def batch(request: Request, user: Reader, number: Number) -> Response:
    bulk = found(request, number)
    if bulk.state != "shown":
        return shown_result(request, user, bulk)
    return shown(request, user, bulk, kept_pairs(request, user))


def shown(request: Request, user: User, bulk: Bulk, pairs: Pairs, problem: str = "") -> Response:
    """A batch not decided yet, with what was typed; and why it was not written."""
    engine = desk_of(request).engine
    ids = [one.case_id for one in bulk.shown]
    contacts, members = contacts_of(engine, ids), bulk_posts(engine, bulk.rows)
    quotes = quotes_of(engine, ids)
    return page(
        request,
        "bulk.html",
        409 if problem else 200,
        problem=problem,
        bulk=bulk,
        cases=standings(engine, [*ids, *bulk.outcomes]),
        members=members,
        places={row: place for place, row in enumerate(bulk.rows)},
        quotes={
            case: [(one.clause, masked(one.words, contacts[case])) for one in some]
            for case, some in quotes.items()
        },
        hide=lambda case, text: masked(text, contacts.get(case, NOBODY)),
        own=same_person(bulk.owner, user.login),
        draft=draft_of(pairs, bulk),
        verdicts=VERDICT_WORDS,
        reasons=REASONS,
        platform_name=platform_name,
        state_name=state_name,
    )


def draft_of(pairs: Pairs, bulk: Bulk) -> Draft:
    if not pairs:
        return Draft(ticked=frozenset(range(len(bulk.rows))))
    typed = dict(pairs)
    return Draft(
        ticked=frozenset(int(v) for k, v in pairs if k == "member" and v.isdecimal()),
        verdict=typed.get("verdict", ""),
        reason=typed.get("reason", ""),
        note=typed.get("note", ""),
        kept=True,
    )


def shown_result(request: Request, user: User, bulk: Bulk) -> Response:
    cases = standings(desk_of(request).engine, list(bulk.outcomes))
    own = same_person(bulk.owner, user.login)
    return page(
        request,
        "bulk_done.html",
        bulk=bulk,
        cases=cases,
        own=own,
        # Of a case that was left alone nothing was split off.
        split_off=sum(
            len(bulk.leaving & set(one.posts))
            for one in bulk.shown
            if one.case_id in bulk.outcomes and bulk.outcomes[one.case_id].decision_id is not None
        ),
        # Whoever may become the second person of one of them must not learn the first opinion.
        blind=not own and any(one.awaits_second for one in cases.values()),
        undoable=any(
            one.decision_id is not None and one.undone_id is None for one in bulk.outcomes.values()
        ),
        state_name=state_name,
    )


@router.post("/bulk/{number:int}/decide")
def decide_batch(request: Request, user: Decider, number: Number, form: Whole) -> Response:
    engine, bulk = desk_of(request).engine, found(request, number)
    try:
        decide_together(engine, number, said_of(form, bulk, user.login))
    except Problem as problem:
        if problem.__cause__ is not None or bulk.state != "shown":
            raise
        pairs = tuple((name, str(value)) for name, value in form.multi_items())
        return shown(request, user, bulk, pairs, problem.text.said(lang_of(request)))
    return go(f"/bulk/{number}")


def said_of(form: FormData, bulk: Bulk, by: str) -> Said:
    """Raises Problem for a form no page of ours makes, or without a verdict or a reason."""
    verdict, reason = str(form.get("verdict", "")), str(form.get("reason", ""))
    if verdict not in set(Verdict) or not reason:
        raise Problem(
            "请先选择结论和理由，没有写入。",
            "Choose a verdict and a reason first; nothing was written.",
        )
    rows = dict(enumerate(bulk.rows))
    places = numbers(form, "member")
    if not all(place in rows for place in places):
        raise unreadable()
    return Said(
        verdict=Verdict(verdict),
        reason=reason,
        note=str(form.get("note", "")).replace("\r\n", "\n").strip(),
        by=by,
        kept=frozenset(rows[place] for place in places),
    )


@router.post("/bulk/{number:int}/undo")
def undo_batch(request: Request, user: Decider, number: Number) -> Response:
    found(request, number)
    undo_together(desk_of(request).engine, number, user.login)
    return go(f"/bulk/{number}")


@router.post("/bulk/{number:int}/on")
def go_on(request: Request, user: Decider, number: Number) -> Response:
    """What a broken connection left undecided, as it was said."""
    bulk = found(request, number)
    if bulk.state == "decided" and same_person(bulk.owner, user.login):
        carry_on(desk_of(request).engine, number, user.login)
    return go(f"/bulk/{number}")


@router.post("/bulk/{number:int}/claim")
def renew(request: Request, user: Decider, number: Number) -> Response:
    found(request, number)
    keep_claims(desk_of(request).engine, number, user.login)
    return go(f"/bulk/{number}")
