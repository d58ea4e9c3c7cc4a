"""The second person (四眼): which decisions need one, and what that person says, blind.

The database keeps the same promise by triggers: a case becomes `approved` only with an agreeing
second look by somebody other than the decider.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.database import read, write
from storage.models import cases, decisions
from storage.models_desk import second_looks, second_person
from storage.persons import named_person
from storage.reasons import POLICY, check, demand_note
from storage.records import CaseStatus, Decision, Verdict
from storage.second_persons import known_person, same_people
from storage.second_turns import refuse_again

# What a fresh database starts with: the police, and forged papers.
CONFIRMED = (
    ("transfer", "POLICE"),
    ("violation", "C3-02"),
    ("violation", "C3-04"),
    ("violation", "C3-06"),
    ("violation", "C3-08"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """What a second person said of a decision without having seen it."""

    decision_id: int
    verdict: Verdict
    reason: str
    by: str
    at: datetime
    upheld: bool
    note: str = ""


def confirmed_codes(engine: Engine) -> list[tuple[Verdict, str]]:
    """Verdict and reason of every decision that needs a second person."""
    with read(engine) as connection:
        rows = connection.execute(
            select(second_person).order_by(second_person.c.verdict, second_person.c.reason)
        ).all()
    return [(Verdict(row.verdict), row.reason) for row in rows]


Code = tuple[Verdict, str]


def set_confirmed_codes(
    engine: Engine, codes: Iterable[Code], by: str, seen: Iterable[Code] | None = None
) -> None:
    """Replace the policy; what was decided before stays as it is.

    With `seen` it must still be what was shown. Raises Problem, with nothing written, for a code
    that is none, or a policy somebody else has changed meanwhile.
    """
    person, wanted = named_person(by), set(codes)
    for verdict, code in wanted:
        check(verdict, code)
    with write(engine) as connection:
        standing = policy_in(connection)
        if seen is not None and set(seen) != standing:
            raise Problem(
                "复核范围在您查看之后被人改过，没有写入。请刷新页面后再改。",
                "Somebody has changed which decisions need a second person since you saw it; "
                "nothing was written. Reload, then change it.",
            )
        if wanted == standing:
            return
        connection.execute(delete(second_person))
        if wanted:
            rows = [{"verdict": verdict.value, "reason": code} for verdict, code in wanted]
            connection.execute(insert(second_person), rows)
        told = {
            "codes": spelled(wanted),
            "added": spelled(wanted - standing),
            "removed": spelled(standing - wanted),
        }
        record(connection, person, "policy.second", "", told)


def policy_in(connection: Connection) -> set[Code]:
    # FOR UPDATE: two who change it at once on PostgreSQL would else mix theirs.
    rows = connection.execute(select(second_person).with_for_update())
    return {(Verdict(row.verdict), row.reason) for row in rows}


def spelled(codes: Iterable[Code]) -> list[str]:
    return sorted(f"{verdict.value}:{code}" for verdict, code in codes)


def needs_second(connection: Connection, decision: Decision, case: AnyRow) -> bool:
    """Whether this decision, about to be taken, waits for a second person.

    The policy says so for its codes. Whatever was once sent to a second person, or confirmed by
    one, needs two for every later decision as well, however the case came to be open again (taken
    back, superseded, reopened by a sweep, split out of another): its history is in `needs_two`,
    which the database sets and never takes away. `case` is read under lock.
    """
    if case.needs_two:
        return True
    statement = select(second_person.c.reason).where(
        second_person.c.verdict == decision.verdict.value,
        second_person.c.reason == decision.reason,
    )
    return connection.execute(statement).first() is not None


def agrees(first: AnyRow, second: Decision) -> bool:
    """The same verdict; of a transfer also the same department."""
    if first.verdict != second.verdict.value:
        return False
    return second.verdict is not Verdict.TRANSFER or first.reason == second.reason


def look(engine: Engine, said: Decision, expected_version: int | None = None) -> bool:
    """Record what the second person says of a case that waits for one; whether they agree.

    `said` is theirs, made without knowing the first. Agreeing makes the case `approved`,
    disagreeing sends it back to the queue with both opinions on file. Raises Problem, with nothing
    written, for the decider themself (whatever their role), whoever has spoken in this round while
    another could look, a case that waits for nobody, one that has moved on, or a reason that does
    not fit.
    """
    person = named_person(said.by)
    check(said.verdict, said.reason)
    demand_note(said)
    with write(engine) as connection:
        case = locked_case(connection, said.case_id, expected_version)
        first = connection.execute(
            select(decisions).where(decisions.c.id == case.decision_id)
        ).one()
        known_person(connection, person)
        if same_people(connection, first.decided_by, person):
            raise own_decision(case.id)
        refuse_again(connection, case, first.decided_by, person)
        upheld = agrees(first, said)
        connection.execute(
            insert(second_looks).values(
                decision_id=first.id,
                case_id=case.id,
                verdict=said.verdict.value,
                reason=said.reason,
                policy=POLICY,
                note=said.note,
                looked_by=person,
                looked_at=said.at,
                upheld=upheld,
            )
        )
        settle(connection, case.id, upheld, said.at)
        told = {"decision": first.id, "verdict": said.verdict.value, "upheld": upheld}
        record(connection, person, "case.second", f"case:{case.id}", told)
        return upheld


def locked_case(connection: Connection, case_id: int, expected_version: int | None) -> AnyRow:
    """The case, taken for this transaction by a conditional update; Problem if it cannot be."""
    statement = update(cases).where(
        cases.c.id == case_id, cases.c.status == CaseStatus.DECIDED.value, cases.c.awaits_second
    )
    if expected_version is not None:
        statement = statement.where(cases.c.version == expected_version)
    row = connection.execute(
        statement.values(version=cases.c.version + 1).returning(cases)
    ).one_or_none()
    if row is None:
        raise Problem(
            f"案件 {case_id} 不在待复核之列，或在您查看之后有变化；没有写入。请重新打开查看。",
            f"Case {case_id} does not wait for a second person, or has changed since you saw it; "
            "nothing was written. Open it again.",
        )
    return row


def settle(connection: Connection, case_id: int, upheld: bool, now: datetime) -> None:
    status = CaseStatus.APPROVED if upheld else CaseStatus.WAITING
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(status=status.value, awaits_second=False, updated_at=now)
    )


def own_decision(case_id: int) -> Problem:
    return Problem(
        f"案件 {case_id} 是您自己判定的，不能由您复核；没有写入。请由另一人复核。",
        f"You decided case {case_id} yourself and cannot be its second person; nothing was "
        "written. Somebody else must look.",
    )


def looks_of(connection: Connection, case_id: int) -> tuple[SecondLook, ...]:
    statement = select(second_looks).where(second_looks.c.case_id == case_id)
    return tuple(
        SecondLook(
            decision_id=row.decision_id,
            verdict=Verdict(row.verdict),
            reason=row.reason,
            by=row.looked_by,
            at=row.looked_at,
            upheld=row.upheld,
            note=row.note,
        )
        for row in connection.execute(statement.order_by(second_looks.c.id))
    )
