"""Whose turn it is to be the second person: nobody twice in one round while another is there.

Whoever has refused a decision, or took one that was refused, knows what was said of the case and
has judged it: they are no second pair of eyes when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    union_all,
)

from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.models import cases, decisions
from storage.models_desk import second_looks, users
from storage.persons import person_key
from storage.records import CaseStatus
from storage.second_persons import every_account, names_of, taken_for
from storage.users import Role

STILL_OPEN = (CaseStatus.WAITING.value, CaseStatus.CLAIMED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    accounts: list[set[str]]  # the keys of each account's names
    seconds: frozenset[str]  # keys of the logins that could be a second person today


def round_open() -> ColumnElement[bool]:
    """Of `cases`: two must still agree on it, and one at least has said something."""
    agreed = exists().where(
        second_looks.c.decision_id == cases.c.decision_id, second_looks.c.upheld
    )
    said = and_(cases.c.status.in_(STILL_OPEN), cases.c.decision_id.is_not(None), ~agreed)
    return or_(cases.c.awaits_second, and_(cases.c.needs_two, said))


def spoken_by(connection: Connection, case_ids: Sequence[int]) -> dict[int, set[str]]:
    """Of each case who has decided or looked at it since a second person last agreed."""
    agreed = (
        select(second_looks.c.case_id, func.max(second_looks.c.decision_id).label("last"))
        .where(second_looks.c.upheld, second_looks.c.case_id.in_(case_ids))
        .group_by(second_looks.c.case_id)
        .subquery()
    )
    said = everything_said(case_ids)
    statement = (
        select(said.c.case_id, said.c.person)
        .outerjoin(agreed, agreed.c.case_id == said.c.case_id)
        .where(said.c.decision_id > func.coalesce(agreed.c.last, 0))
    )
    found: dict[int, set[str]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.case_id, set()).add(row.person)
    return found


def everything_said(case_ids: Sequence[int]) -> Subquery:
    """Who ever decided these cases or looked at them, and by which decision."""
    deciding = select(
        decisions.c.case_id,
        decisions.c.id.label("decision_id"),
        decisions.c.decided_by.label("person"),
    ).where(decisions.c.case_id.in_(case_ids))
    looking = select(
        second_looks.c.case_id, second_looks.c.decision_id, second_looks.c.looked_by
    ).where(second_looks.c.case_id.in_(case_ids))
    return union_all(deciding, looking).subquery()


def last_agreed() -> ScalarSelect[int]:
    """Of `cases`: the newest decision a second person agreed to; 0 where there is none."""
    statement = select(func.coalesce(func.max(second_looks.c.decision_id), 0)).where(
        second_looks.c.case_id == cases.c.id, second_looks.c.upheld
    )
    return statement.scalar_subquery()


def ready_seconds(connection: Connection) -> list[str]:
    """Logins that could be a second person today; one with a one-time password is not in yet."""
    statement = select(users.c.login, users.c.roles).where(
        users.c.disabled_at.is_(None), ~users.c.must_change
    )
    return [row.login for row in connection.execute(statement) if Role.SECOND.value in row.roles]


def house_of(connection: Connection) -> House:
    return House(
        accounts=[names_of(row) for row in every_account(connection)],
        seconds=frozenset(map(person_key, ready_seconds(connection))),
    )


def shut_out(house: House, spoken: Iterable[str], decider: str) -> frozenset[str]:
    """Keys of every name nobody may look under now: the decider's always, and those of whoever
    has spoken in this round while a second person is there who has not."""
    deciding = taken_for(decider, house.accounts)
    knowing = deciding.union(*(taken_for(name, house.accounts) for name in spoken))
    another = bool(house.seconds - knowing)
    return frozenset(knowing if another else deciding)


def shut_out_of(connection: Connection, case_id: int, decider: str) -> frozenset[str]:
    spoken = spoken_by(connection, [case_id]).get(case_id, ())
    return shut_out(house_of(connection), spoken, decider)


def refuse_again(connection: Connection, case: AnyRow, decider: str, person: str) -> None:
    """Raise Problem for whoever has spoken in this round already while another one could look."""
    if person_key(person) in shut_out_of(connection, case.id, decider):
        raise Problem(
            f"案件 {case.id} 您在这一轮已判定或复核过，知道各方意见，不能再由您复核；没有写入。"
            "请由另一名复核员复核。",
            f"You have decided case {case.id} or been its second person in this round and know "
            "what was said; nothing was written. Another second person must look.",
        )
