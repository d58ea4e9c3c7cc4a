"""Taking one's own newest decision back."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select

from storage.bilingual import Problem
from storage.cases import Moving, append, settle
from storage.columns import utc_now
from storage.database import write
from storage.models import decisions
from storage.persons import named_person, same_person
from storage.reasons import WITHDRAWN
from storage.records import CaseStatus, Decision, Verdict
from storage.splits import locked


def withdraw(engine: Engine, case_id: int, decision_id: int, by: str) -> int:
    """Take one's own newest decision back: a superseding decision, and the case is open again.

    It is claimed by the same person. What waited for a second person, or stood in the place of
    something that had one, still needs two people: whatever is decided next waits, too. Raises
    Problem for somebody else's decision, one that is not the newest, or one a second person has
    confirmed.
    """
    with write(engine) as connection:
        return withdraw_in(connection, case_id, decision_id, named_person(by))


def withdraw_in(connection: Connection, case_id: int, decision_id: int, person: str) -> int:
    case = locked(connection, case_id)
    newest = connection.execute(
        select(decisions).where(decisions.c.id == decision_id, decisions.c.case_id == case_id)
    ).one_or_none()
    own = newest is not None and same_person(newest.decided_by, person)
    if not own or case.decision_id != decision_id or case.status != CaseStatus.DECIDED.value:
        raise Problem(
            f"案件 {case_id} 的判定 {decision_id} 不能撤销：不是您本人的最新判定，"
            "或已经复核；没有写入。",
            f"Decision {decision_id} of case {case_id} cannot be withdrawn: it is not your own "
            "newest one, or it has been confirmed; nothing was written.",
        )
    said = Decision(
        case_id=case_id,
        verdict=Verdict.DOUBT,
        reason=WITHDRAWN,
        by=person,
        at=utc_now(),
        supersedes=decision_id,
    )
    settle(connection, said, person, Moving(CaseStatus.CLAIMED, awaits=False), None)
    return append(connection, said, person, awaits=False)
