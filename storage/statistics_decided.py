"""The decisions of a period, reached the way that suits how many there are.

A few are fetched by the index over days and their cases one by one. Of many that would be a jump
into the table for each; read in the tables' own order a year of a million cases takes a tenth of
the time. SQLite keeps no statistics and would always jump, so it is told by `Aside`; PostgreSQL
chooses by itself, but takes two conditions that mean the same for two and expects next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select
from sqlalchemy.orm import aliased

from storage.cases import OPEN
from storage.models import cases, decisions
from storage.narrowing import Aside
from storage.periods import Period
from storage.reasons import WITHDRAWN

# Decisions of a period are many where there are more of them than one for so many cases: to walk
# past that many cases takes as long as to fetch one (1,000,000 cases, 2026-11-26).
SHARE = {"sqlite": 20, "postgresql": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    period: Period
    many: bool

    @property
    def within(self) -> ColumnElement[bool]:
        at = decisions.c.decided_at
        return self.period.holds(Aside(at) if self.many else at)

    @property
    def newest(self) -> FromClause:
        """Each case with its newest decision."""
        own = cases.c.decision_id == decisions.c.id
        if self.many:
            return cases.join(decisions, own)
        return decisions.join(cases, own & (cases.c.id == decisions.c.case_id))

    @property
    def first(self) -> FromClause:
        """Each case with its first decision."""
        if self.many:
            number = func.min(decisions.c.id).label("number")
            begun = select(decisions.c.case_id, number).group_by(decisions.c.case_id).subquery()
            return begun.join(decisions, decisions.c.id == begun.c.number).join(
                cases, cases.c.id == begun.c.case_id
            )
        earlier = aliased(decisions)
        before = (
            select(earlier.c.id)
            .where(earlier.c.case_id == decisions.c.case_id, earlier.c.id < decisions.c.id)
            .exists()
        )
        return decisions.join(cases, (cases.c.id == decisions.c.case_id) & ~before)

    def settled(self, *columns: Any, awaits_second: bool) -> Select[Any]:  # noqa: ANN401 (SQL)
        """Of cases that did not come back since: confirmed ones or those that wait to be."""
        waits = Aside(cases.c.awaits_second)
        return (
            select(*columns)
            .select_from(self.newest)
            .where(
                self.within,
                Aside(cases.c.status).not_in(OPEN),
                waits if awaits_second else ~waits,
            )
        )

    def standing(self, *columns: Any) -> Select[Any]:  # noqa: ANN401 (SQL)
        """What counts: neither withdrawn nor superseded, overruled or unconfirmed."""
        return self.settled(*columns, awaits_second=False).where(decisions.c.reason != WITHDRAWN)


def decided(connection: Connection, period: Period) -> Decided:
    n = select(func.count()).where(period.holds(decisions.c.decided_at)).scalar_subquery()
    there, newest_case = connection.execute(select(n, func.max(cases.c.id))).one()
    share = SHARE[connection.dialect.name]
    return Decided(period=period, many=there * share > (newest_case or 0))
