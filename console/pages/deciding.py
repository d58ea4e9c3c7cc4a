"""Decide, undo, split, and the second person's blind look; the rules are storage's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.caseview import view_case
from console.desk import Desk, desk_of
from console.filters import from_string, query_string
from console.forms import Whole, unreadable
from console.just_done import telling
from console.numbers import LARGEST_ID, LARGEST_ROW, digits
from console.page import go
from console.pages.cases import Refusal, found, shown
from console.people import CaseId, Decider, Seconder
from storage.bilingual import Problem
from storage.cases import decide, get_case, split
from storage.columns import utc_now
from storage.persons import same_person
from storage.presence import next_second
from storage.queue import claim_next
from storage.records import Decision, Verdict
from storage.second import look
from storage.users import User
from storage.withdrawals import withdraw

router = APIRouter(include_in_schema=False)
TWICE = timedelta(minutes=2)  # within which the same words again are a double click


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a decision form said."""

    verdict: Verdict
    reason: str
    note: str
    version: int
    supersedes: int | None
    filters: str
    leaving: tuple[int, ...]  # rows of posts whose tick was taken away

    def decision(self, case_id: int, by: str) -> Decision:
        return Decision(
            case_id=case_id,
            verdict=self.verdict,
            reason=self.reason,
            by=by,
            at=utc_now(),
            note=self.note,
            supersedes=self.supersedes,
        )


def typed(form: FormData) -> Typed:
    """Raises Problem for a form no page of ours makes, or without a verdict or a reason."""
    verdict = str(form.get("verdict", ""))
    if verdict not in set(Verdict):
        raise Problem(
            "请先选择结论（违规、不违规、转办、存疑），没有写入。",
            "Choose a verdict first; nothing was written.",
        )
    reason = str(form.get(f"reason_{verdict}") or form.get("reason", ""))
    if not reason:
        raise Problem("请选择理由，没有写入。", "Choose a reason; nothing was written.")
    version, replaced = (digits(str(form.get(name, ""))) for name in ("version", "supersedes"))
    if version is None or (replaced is None and form.get("supersedes")):
        raise unreadable()
    return Typed(
        verdict=Verdict(verdict),
        reason=reason,
        note=str(form.get("note", "")).replace("\r\n", "\n").strip(),
        version=version,
        supersedes=replaced,
        filters=str(form.get("filters", "")),
        leaving=tuple(left_out(form)),
    )


def numbers(form: FormData, name: str, most: int = LARGEST_ROW) -> list[int]:
    found = [digits(str(value), most) for value in form.getlist(name)]
    if None in found:
        raise unreadable()
    return [value for value in found if value is not None]


@router.post("/cases/{case_id:int}/decide")
def decide_case(request: Request, user: Decider, case_id: CaseId, form: Whole) -> Response:
    desk = desk_of(request)
    try:
        said = typed(form)
        with passing(lambda: done_already(desk, case_id, said, user.login)):
            decide(desk.engine, said.decision(case_id, user.login), said.version, said.leaving)
    except Problem as problem:
        return refused(request, user, case_id, form, problem)
    return go(onward(desk, case_id, said.filters, user.login))


@contextmanager
def passing(heard: Callable[[], bool]) -> Iterator[None]:
    """A refusal of what was written a moment ago is none: it is the second of two clicks."""
    try:
        yield
    except Problem:
        if not heard():
            raise


def refused(
    request: Request, user: User, case_id: int, form: FormData, problem: Problem
) -> Response:
    """The case as it is now, why nothing was written, and everything that was typed."""
    if problem.__cause__ is not None:  # the database's trouble is no fault of the form
        raise problem
    pairs = tuple((name, str(value)) for name, value in form.multi_items())
    view = view_case(found(request, case_id), user, unmasked=False)
    return shown(request, user, view, Refusal(problem.text, pairs))


def done_already(desk: Desk, case_id: int, said: Typed, person: str) -> bool:
    """Whether this is the second click on a button whose first was heard."""
    case = get_case(desk.engine, case_id)
    if not case.decisions or case.version <= said.version:
        return False
    newest = case.decisions[-1][1]
    return (
        same_person(newest.by, person)
        and (newest.verdict, newest.reason, newest.note) == (said.verdict, said.reason, said.note)
        and utc_now() - newest.at < TWICE
    )


def onward(desk: Desk, case_id: int, filters: str, person: str) -> str:
    """The next case, claimed; the queue where there is none. Both tell what was just done."""
    wanted = from_string(filters, person)
    query = query_string(wanted)
    following = claim_next(desk.engine, wanted, person)
    if following is None:
        return f"/queue?{'&'.join(filter(None, (query, f'done={case_id}')))}"
    told = {"done": str(case_id), **({"filters": query} if query else {})}
    return f"/cases/{following}?{urlencode(told)}"


@router.post("/cases/{case_id:int}/undo")
def undo(
    request: Request, user: Decider, case_id: CaseId, decision: Annotated[int, Form(le=LARGEST_ID)]
) -> Response:
    withdraw(desk_of(request).engine, case_id, decision, user.login)
    return go(f"/cases/{case_id}?done={case_id}")


@router.post("/cases/{case_id:int}/second")
def second(request: Request, user: Seconder, case_id: CaseId, form: Whole) -> Response:
    desk = desk_of(request)
    try:
        said = typed(form)
        with passing(lambda: looked_already(desk, case_id, said, user.login)):
            look(desk.engine, said.decision(case_id, user.login), said.version)
    except Problem as problem:
        return refused(request, user, case_id, form, problem)
    following = next_second(desk.engine, user.login)
    place = "/queue?view=second&" if following is None else f"/cases/{following}?"
    return go(f"{place}looked={case_id}")


def looked_already(desk: Desk, case_id: int, said: Typed, person: str) -> bool:
    looks = get_case(desk.engine, case_id).looks
    return (
        bool(looks)
        and same_person(looks[-1].by, person)
        and (looks[-1].verdict, looks[-1].reason) == (said.verdict, said.reason)
        and utc_now() - looks[-1].at < TWICE
    )


def left_out(form: FormData) -> list[int]:
    """Rows of posts that were shown and whose tick was taken away."""
    kept = set(numbers(form, "member"))
    return [row for row in numbers(form, "shown") if row not in kept]


def seen_version(form: FormData) -> int:
    version = digits(str(form.get("version", "")))
    if version is None:
        raise unreadable()
    return version


@router.post("/cases/{case_id:int}/split")
def split_case(request: Request, user: Decider, case_id: CaseId, form: Whole) -> Response:
    """Take the posts whose tick was taken away into a case of their own, without a decision."""
    engine = desk_of(request).engine
    try:
        made = split(engine, case_id, left_out(form), user.login, seen_version(form))
    except Problem as problem:
        return refused(request, user, case_id, form, problem)
    return go(telling(f"/cases/{made}", "split"))
