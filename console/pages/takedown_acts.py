"""What people do with takedown requests; what is refused comes back on its page as it was typed."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.desk import desk_of
from console.forms import Exporter, Number, Signer, Whole, moment_of, numbers_in, whole_number
from console.names import platform_code
from console.numbers import digits, narrow
from console.page import go
from console.pages.takedowns import SEEN_BY_PEOPLE, Refusal, found, listed, shown
from console.takedown_before import noticed
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.takedown_acts import (
    Sending,
    Word,
    acknowledge,
    approve,
    record_answer,
    record_sent,
    withdraw,
    withdraw_request,
)
from storage.takedown_drafting import Wanted, draft_all, planned
from storage.takedown_history import Step
from storage.takedown_looks import Look, add_persons_look
from storage.takedown_receipts import correct_receipt
from storage.takedown_states import Answer
from storage.takedown_verdict import Seen, Way
from storage.takedown_withdrawn import withdraw_drafts
from storage.takedowns import get_item

router = APIRouter(include_in_schema=False)


def typed(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def refusal_of(request: Request, form: FormData, problem: Problem) -> Refusal:
    """Raises the Problem where the form is not at fault: the database's trouble is none of it."""
    if problem.__cause__ is not None:
        raise problem
    said = {name: str(value) for name, value in form.multi_items()}
    return Refusal(why=problem.text, at=request.url.path, typed=said)


@router.post("/takedowns/draft")
def draft(request: Request, user: Exporter, form: Whole) -> Response:
    """One draft for each recipient; the page of the one, or the list of all of them.

    With neither platform nor cases it means everything: how much that is, is said first.
    """
    desk = desk_of(request)
    try:
        wanted = Wanted(
            platform=platform_code(typed(form, "platform")),
            cases=numbers_in(typed(form, "cases")),
            by=user.login,
            at=utc_now(),
            note=typed(form, "note"),
        )
        if not (wanted.platform or wanted.cases or typed(form, "sure") == "1"):
            return listed(request, planned=planned(desk.engine, wanted, desk.recipient_of))
        made = draft_all(desk.engine, wanted, desk.recipient_of)
    except Problem as problem:
        return listed(request, refusal_of(request, form, problem))
    if len(made.requests) == 1:
        return go(f"/takedowns/{made.requests[0].id}")
    return go("/takedowns?state=draft")


@router.post("/takedowns/withdraw")
def withdraw_ticked(request: Request, user: Exporter, form: Whole) -> Response:
    """Every draft that is ticked, each by itself; the list tells which were, and why not others."""
    found = (digits(str(one)) for one in form.getlist("request"))
    ticked = [number for number in found if number is not None]
    try:
        done = withdraw_drafts(desk_of(request).engine, ticked, word(form, user.login, "why"))
    except Problem as problem:
        return listed(request, refusal_of(request, form, problem), ticked=ticked)
    return listed(request, withdrawn=done)


def done(request: Request, number: int, form: FormData, act: Callable[[], object]) -> Response:
    """The request's page after an act on all of it; where that was refused, with the form open."""
    found(request, number)
    try:
        act()
    except Problem as problem:
        return shown(request, number, refusal_of(request, form, problem))
    return go(f"/takedowns/{number}")


def done_to_item(
    request: Request, item: int, form: FormData, act: Callable[[], object]
) -> Response:
    number = get_item(desk_of(request).engine, item).request_id
    try:
        act()
    except Problem as problem:
        return shown(request, number, refusal_of(request, form, problem))
    return go(f"/takedowns/{number}#item-{item}")


def word(form: FormData, by: str, note: str) -> Word:
    present = utc_now()
    return Word(
        by=by, at=moment_of(typed(form, "at"), present), now=present, note=typed(form, note)
    )


@router.post("/takedowns/{number:int}/approve")
def approve_request(request: Request, user: Signer, number: Number, form: Whole) -> Response:
    engine = desk_of(request).engine
    return done(request, number, form, lambda: approve(engine, number, user.login, utc_now()))


@router.post("/takedowns/{number:int}/sent")
def sent(request: Request, user: Exporter, number: Number, form: Whole) -> Response:
    desk = desk_of(request)

    def act() -> None:
        record_sent(desk.engine, number, noticed(desk, number, sending(form, user.login)))

    return done(request, number, form, act)


def sending(form: FormData, by: str) -> Sending:
    present = utc_now()
    return Sending(
        by=by,
        at=moment_of(typed(form, "at"), present),
        now=present,
        channel=typed(form, "channel"),
        batch_no=narrow(typed(form, "other") or typed(form, "batch")).upper(),
        letter_no=typed(form, "letter"),
        days=whole_number(typed(form, "days") or "5", 1, 60, ("答复期限", "The days to answer")),
    )


@router.post("/takedowns/{number:int}/ack")
def ack(request: Request, user: Exporter, number: Number, form: Whole) -> Response:
    engine, without = desk_of(request).engine, typed(form, "without") == "1"

    def act() -> None:
        said, receipt = word(form, user.login, ""), typed(form, "receipt")
        acknowledge(engine, number, said, receipt, without=without)

    return done(request, number, form, act)


@router.post("/takedowns/{number:int}/receipt")
def receipt_put_right(request: Request, user: Exporter, number: Number, form: Whole) -> Response:
    engine = desk_of(request).engine

    def act() -> None:
        correct_receipt(engine, number, word(form, user.login, "why"), typed(form, "receipt"))

    return done(request, number, form, act)


@router.post("/takedowns/{number:int}/withdraw")
def withdraw_all(request: Request, user: Exporter, number: Number, form: Whole) -> Response:
    engine = desk_of(request).engine
    return done(
        request,
        number,
        form,
        lambda: withdraw_request(engine, number, word(form, user.login, "why")),
    )


@router.post("/takedowns/items/{item:int}/answer")
def answer(request: Request, user: Exporter, item: Number, form: Whole) -> Response:
    engine = desk_of(request).engine

    def act() -> None:
        if typed(form, "answer") not in set(Answer):
            raise Problem(
                "请选择平台的答复（已处置、未处置、部分处置、未答复），没有写入。",
                "Choose the platform's answer; nothing was written.",
            )
        said = word(form, user.login, "note")
        record_answer(engine, item, Answer(typed(form, "answer")), said)

    return done_to_item(request, item, form, act)


@router.post("/takedowns/items/{item:int}/look")
def look(request: Request, user: Exporter, item: Number, form: Whole) -> Response:
    """What somebody saw with their own eyes."""
    engine = desk_of(request).engine

    def act() -> None:
        seen, said, present = seen_in(form), typed(form, "note"), utc_now()
        step = Step(who=user.login, act="looked", at=present, note=said)
        shown_to_them = Look(way=Way.PERSON, seen=seen, why=said)
        add_persons_look(engine, item, shown_to_them, step, present)

    return done_to_item(request, item, form, act)


def seen_in(form: FormData) -> Seen:
    seen = typed(form, "seen")
    if seen not in set(SEEN_BY_PEOPLE):
        raise Problem(
            "请选择看到了什么（已删除、已改、仍在），没有写入。",
            "Choose what was seen; nothing was written.",
        )
    if not typed(form, "note"):
        raise Problem(
            "请写明看到了什么，没有写入。", "Say what was seen, in words; nothing was written."
        )
    return Seen(seen)


@router.post("/takedowns/items/{item:int}/withdraw")
def withdraw_item(request: Request, user: Exporter, item: Number, form: Whole) -> Response:
    engine = desk_of(request).engine
    return done_to_item(
        request, item, form, lambda: withdraw(engine, [item], word(form, user.login, "why"))
    )
