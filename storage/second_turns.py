"""Whose turn it is to be the second person: nobody twice in one round while another is there.

Whoever has refused a decision knows what was said of the case and has judged it: they are no
second pair of eyes when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.models import cases
from storage.models_desk import second_looks, users
from storage.records import CaseStatus
from storage.second_persons import all_names, every_account, names_of, same_people
from storage.users import Role

STILL_OPEN = (CaseStatus.WAITING.value, CaseStatus.CLAIMED.value)


def round_open() -> ColumnElement[bool]:
    """Of `cases`: two must still agree on it, and one at least has said something."""
    agreed = exists().where(
        second_looks.c.decision_id == cases.c.decision_id, second_looks.c.upheld
    )
    said = and_(cases.c.status.in_(STILL_OPEN), cases.c.decision_id.is_not(None), ~agreed)
    return or_(cases.c.awaits_second, and_(cases.c.needs_two, said))


def looked_by(connection: Connection, case_ids: Sequence[int]) -> dict[int, set[str]]:
    """Of each case who has looked at it since a second person last agreed."""
    agreed = (
        select(second_looks.c.case_id, func.max(second_looks.c.id).label("last"))
        .where(second_looks.c.upheld, second_looks.c.case_id.in_(case_ids))
        .group_by(second_looks.c.case_id)
        .subquery()
    )
    statement = (
        select(second_looks.c.case_id, second_looks.c.looked_by)
        .outerjoin(agreed, agreed.c.case_id == second_looks.c.case_id)
        .where(
            second_looks.c.case_id.in_(case_ids),
            second_looks.c.id > func.coalesce(agreed.c.last, 0),
        )
    )
    found: dict[int, set[str]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.case_id, set()).add(row.looked_by)
    return found


def ready_seconds(connection: Connection) -> list[str]:
    """Logins that could be a second person today; one with a one-time password is not in yet."""
    statement = select(users.c.login, users.c.roles).where(
        users.c.disabled_at.is_(None), ~users.c.must_change
    )
    return [row.login for row in connection.execute(statement) if Role.SECOND.value in row.roles]


def others_left(connection: Connection, case_id: int, decider: str) -> bool:
    """Whether a second person is there who has neither decided this nor looked in this round."""
    spoken = looked_by(connection, [case_id]).get(case_id, set())
    return anybody_but(connection, {decider, *spoken})


def anybody_but(connection: Connection, these: Iterable[str]) -> bool:
    """Whether a second person is there who is none of these, by any of their names."""
    accounts = [names_of(row) for row in every_account(connection)]
    used = set[str]().union(*(all_names(name, accounts) for name in these))
    return any(not all_names(login, accounts) & used for login in ready_seconds(connection))


def had_turn(connection: Connection, spoken: set[str], decider: str, person: str) -> bool:
    """Whether this person is among those who have looked in this round and another one could."""
    if not any(same_people(connection, one, person) for one in spoken):
        return False
    return anybody_but(connection, {decider, *spoken})


def refuse_again(connection: Connection, case: AnyRow, decider: str, person: str) -> None:
    """Raise Problem for whoever has been the second of this round already."""
    spoken = looked_by(connection, [case.id]).get(case.id, set())
    if had_turn(connection, spoken, decider, person):
        raise Problem(
            f"案件 {case.id} 您已复核过一次，知道各方意见，不能再由您复核；没有写入。"
            "请由另一名复核员复核。",
            f"You have been the second person of case {case.id} once and know what was said; "
            "nothing was written. Another second person must look.",
        )
