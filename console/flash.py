"""What was just done, told on the next page, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from console.desk import desk_of
from console.numbers import digits
from console.page import query_of
from storage.bilingual import Problem
from storage.casefiles import CaseFile
from storage.cases import get_case
from storage.persons import same_person
from storage.reasons import WITHDRAWN
from storage.records import CaseStatus, Verdict
from storage.second import SecondLook
from storage.takedown_changed import withdrawable_of_case
from storage.takedowns import Item
from storage.takedowns import Request as Asked
from storage.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    case_id: int
    verdict: Verdict
    reason: str
    decision_id: int
    awaits_second: bool
    can_withdraw: bool
    asked: Sequence[tuple[Asked, Item]]  # open requests, where it is no violation any more


def flash_of(request: Request, user: User) -> Flash | None:
    """One's own newest decision of the case named by `?done=`; nothing where it is not so."""
    case = named_by(request, "done")
    if case is None or not case.decisions or not same_person(case.decisions[-1][1].by, user.login):
        return None
    number, decision = case.decisions[-1]
    stands = decision.verdict is Verdict.VIOLATION or decision.reason == WITHDRAWN
    return Flash(
        case_id=case.id,
        verdict=decision.verdict,
        reason=decision.reason,
        decision_id=number,
        awaits_second=case.awaits_second,
        can_withdraw=case.status is CaseStatus.DECIDED,
        asked=() if stands else withdrawable_of_case(desk_of(request).engine, case.id),
    )


def looked_of(request: Request, user: User) -> tuple[int, SecondLook] | None:
    """One's own second look at the case named by `?looked=`, where it is the newest."""
    case = named_by(request, "looked")
    if case is None or not case.looks or not same_person(case.looks[-1].by, user.login):
        return None
    return case.id, case.looks[-1]


def named_by(request: Request, name: str) -> CaseFile | None:
    number = digits(query_of(request).get(name, ""))
    if number is None:
        return None
    try:
        return get_case(desk_of(request).engine, number)
    except Problem:
        return None
