"""批量判定: cases shown together, a tick per member, decided and undone as one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.batchpages import PER, places_in, ranges, sheets, ticked_of
from console.desk import desk_of
from console.forms import Number, Whole, page_number
from console.just_done import telling
from console.kept import kept_pairs
from console.names import platform_name, state_name
from console.numbers import LARGEST_ID, digits
from console.page import go, lang_of, page, query_of
from console.pages.deciding import numbers
from console.people import Decider, Missing, Reader
from console.words import plainly
from exports.masking import masked
from storage.bilingual import Problem
from storage.bulk import (
    Said,
    carry_on,
    decide_together,
    keep_claims,
    leave_together,
    undo_together,
)
from storage.bulk_posts import SHOWN, Standing, bulk_posts, standings
from storage.bulk_shown import MOST_CASES, Bulk, get_bulk, open_kin, show_together
from storage.contacts import contacts_of, together
from storage.kept_forms import keep_form
from storage.persons import same_person
from storage.queue import quotes_of
from storage.reasons import REASONS, VERDICT_WORDS
from storage.records import Contacts, Verdict
from storage.takedown_changed import Change, changes_since, withdrawable_of_cases
from storage.takedown_states import STATE_WORDS
from storage.takedowns import Item
from storage.takedowns import Request as Asked
from storage.users import User

router = APIRouter(include_in_schema=False)
NOBODY = Contacts()
LONGEST = 4000  # signs of a note
QUOTES = 3  # of a case
Pairs = tuple[tuple[str, str], ...]  # the fields of a form
InRequests = Mapping[int, Sequence[tuple[Asked, Item]]]  # by case


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is filled in already: nothing and every tick, or what was typed on another page of the
    batch or before a login."""

    ticked: frozenset[int]  # places in the order of the batch
    seen: frozenset[int] = frozenset()  # places that were on a page this person has had
    place: int = 0  # one on the page to be shown
    verdict: str = ""
    reason: str = ""
    note: str = ""
    kept: bool = False  # over a login


@router.post("/bulk")
def choose(request: Request, user: Decider, form: Whole) -> Response:
    """The cases ticked in the queue, or the open ones of one advertiser."""
    engine = desk_of(request).engine
    chosen = numbers(form, "case", LARGEST_ID)[: MOST_CASES + 1]
    for case_id in numbers(form, "kin", LARGEST_ID)[:1]:
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
    return listed(request, user, bulk, kept_pairs(request, user))


def listed(request: Request, user: User, bulk: Bulk, pairs: Pairs, problem: str = "") -> Response:
    """A batch not decided yet, with what was typed; and why it was not written."""
    engine, draft = desk_of(request).engine, draft_of(pairs, bulk)
    here = page_of(query_of(request).get("page", ""), draft, len(bulk.rows))
    seen = draft.seen | frozenset(here)
    shown = [
        (one, rows)
        for one in bulk.shown
        if (rows := [row for row in one.posts if row in set(bulk.rows[here.start : here.stop])])
    ]
    ids = [one.case_id for one, _ in shown]
    contacts = contacts_of(engine, ids)
    return page(
        request,
        "bulk.html",
        409 if problem else 200,
        problem=problem,
        bulk=bulk,
        shown=shown,
        here=here,
        sheets=sheets(len(bulk.rows), draft.ticked, seen),
        off=ranges(frozenset(range(len(bulk.rows))) - draft.ticked - frozenset(here)),
        seen=ranges(seen),
        cases=standings(engine, [*ids, *bulk.outcomes]),
        members=bulk_posts(engine, bulk.rows[here.start : here.stop]),
        places={row: place for place, row in enumerate(bulk.rows)},
        quotes={
            case: [(one.clause, masked(one.words, contacts[case])) for one in some]
            for case, some in quotes_of(engine, ids, QUOTES).items()
        },
        hide=lambda case, text: masked(text, contacts.get(case, NOBODY)),
        own=same_person(bulk.owner, user.login),
        asked=asked_to_withdraw(request, bulk),
        item_states=STATE_WORDS,
        shown_signs=SHOWN,
        draft=draft,
        verdicts=VERDICT_WORDS,
        reasons=REASONS,
        platform_name=platform_name,
        state_name=state_name,
    )


def page_of(asked: str, draft: Draft, total: int) -> range:
    """The places of the page that is asked for, or of the one that was left for a login."""
    number = page_number(asked) or draft.place // PER + 1
    low = min(number - 1, (total - 1) // PER) * PER
    return range(low, min(low + PER, total))


def draft_of(pairs: Pairs, bulk: Bulk) -> Draft:
    with suppress(Problem):  # a form that no page of ours made
        if pairs:
            return filled_in(pairs, len(bulk.rows))
    return Draft(ticked=frozenset(range(len(bulk.rows))))


def filled_in(pairs: Sequence[tuple[str, str]], total: int) -> Draft:
    typed = dict(pairs)
    places = [digits(value) for name, value in pairs if name == "member"]
    members = [place for place in places if place is not None]
    shown, turned = typed.get("places"), "turned" in typed
    here = places_in(shown, total) if shown is not None else frozenset()
    return Draft(
        ticked=ticked_of(members, shown, typed.get("off", ""), total),
        seen=places_in(typed.get("seen", ""), total),
        place=min(here, default=0),
        verdict=typed.get("verdict", ""),
        reason=typed.get("reason", ""),
        note=typed.get("note", ""),
        kept=not turned,
    )


@router.post("/bulk/{number:int}/turn")
def turn(request: Request, user: Decider, number: Number, form: Whole) -> Response:
    """Another page of the batch; ticks and words that are on the form go along."""
    bulk, engine = found(request, number), desk_of(request).engine
    ticked, names = ticks(form, bulk), ("seen", "verdict", "reason", "note")
    pairs = [(name, str(form.get(name, ""))[:LONGEST]) for name in names]
    off = ranges(frozenset(range(len(bulk.rows))) - ticked)
    kept = [*pairs, ("off", off), ("places", ""), ("turned", "1")]
    path = f"/bulk/{number}"
    to = page_number(str(form.get("to", ""))) or 1
    return go(f"{path}?page={to}&kept={keep_form(engine, user.login, path, kept)}")


def ticks(form: FormData, bulk: Bulk) -> frozenset[int]:
    """Places with a tick, on the page that was sent and on all others."""
    shown = str(form["places"]) if "places" in form else None
    members = numbers(form, "member")
    return ticked_of(members, shown, str(form.get("off", "")), len(bulk.rows))


def shown_result(request: Request, user: User, bulk: Bulk) -> Response:
    cases = standings(desk_of(request).engine, list(bulk.outcomes))
    own = same_person(bulk.owner, user.login)
    contacts = contacts_of(desk_of(request).engine, list(bulk.outcomes))
    every = together(contacts.values())
    hidden, asked = blind(cases, own=own), asked_to_withdraw(request, bulk)
    return page(
        request,
        "bulk_done.html",
        hide=lambda case, text: masked(text, contacts.get(case, every)),
        bulk=bulk,
        cases=cases,
        own=own,
        split_off=split_off(bulk),
        blind=hidden,
        # One case that is no violation would tell what was said of all of them.
        overturned={} if hidden else overturned(request, asked),
        asked=asked,
        item_states=STATE_WORDS,
        undoable=any(
            one.decision_id is not None and one.undone_id is None for one in bulk.outcomes.values()
        ),
        state_name=state_name,
    )


def split_off(bulk: Bulk) -> int:
    """Posts; of a case that was left alone nothing was split off."""
    return sum(
        len(bulk.leaving & set(one.posts))
        for one in bulk.shown
        if one.case_id in bulk.outcomes and bulk.outcomes[one.case_id].decision_id is not None
    )


def blind(cases: Mapping[int, Standing], *, own: bool) -> bool:
    """Whoever may become the second person of one of them must not learn the first opinion."""
    return not own and any(one.unsettled for one in cases.values())


def asked_to_withdraw(request: Request, bulk: Bulk) -> InRequests:
    """Of the batch's cases those that stand in requests to platforms: nothing withdraws these by
    itself where a case is decided otherwise."""
    ids = [one.case_id for one in bulk.shown]
    return withdrawable_of_cases(desk_of(request).engine, ids)


def overturned(request: Request, asked: InRequests) -> InRequests:
    """Those of them that are no violation any more."""
    items = [item for pairs in asked.values() for _, item in pairs]
    changed = changes_since(desk_of(request).engine, items)
    over = {one.case_id for one in items if changed.get(one.id) is Change.OTHERWISE}
    return {case: pairs for case, pairs in asked.items() if case in over}


@router.post("/bulk/{number:int}/decide")
def decide_batch(request: Request, user: Decider, number: Number, form: Whole) -> Response:
    engine, bulk = desk_of(request).engine, found(request, number)
    try:
        decide_together(engine, number, said_of(form, bulk, user.login))
    except Problem as problem:
        if problem.__cause__ is not None or bulk.state != "shown":
            raise
        pairs = tuple((name, str(value)) for name, value in form.multi_items())
        return listed(request, user, bulk, pairs, plainly(problem.text.said(lang_of(request))))
    return go(f"/bulk/{number}")


def said_of(form: FormData, bulk: Bulk, by: str) -> Said:
    """Raises Problem for a form no page of ours makes, or without a verdict or a reason."""
    verdict, reason = str(form.get("verdict", "")), str(form.get("reason", ""))
    if verdict not in set(Verdict) or not reason:
        raise Problem(
            "请先选择结论和理由，没有写入。",
            "Choose a verdict and a reason first; nothing was written.",
        )
    return Said(
        verdict=Verdict(verdict),
        reason=reason,
        note=str(form.get("note", "")).replace("\r\n", "\n").strip(),
        by=by,
        kept=frozenset(bulk.rows[place] for place in ticks(form, bulk)),
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


@router.post("/bulk/{number:int}/leave")
def leave(request: Request, user: Decider, number: Number) -> Response:
    """Another's batch, or one that was decided meanwhile in another window, is shown instead."""
    bulk, engine = found(request, number), desk_of(request).engine
    if bulk.state != "shown" or not same_person(bulk.owner, user.login):
        return go(f"/bulk/{number}")
    leave_together(engine, number, user.login)
    return go(telling("/queue", "batch-left"))
