"""Filters that leave few of very many cases: those cases by number, found without walking.

The queue is read in the order of its priority, which is quick while what is looked for is common.
Of something rare the whole queue would be walked for one page; so the tally is asked how much there
can be, and what is rare is fetched by its kind or its day and sorted afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.models import cases
from storage.models_desk import case_tally

FEW = 3_000  # cases sorted by hand
MANY = 20_000  # in the view; fewer are walked at once


class Aside(FunctionElement[Any]):
    """A column that no index shall be entered by; SQLite, which keeps no statistics by itself,
    takes any range for a narrow one."""

    inherit_cache = True
    name = "aside"

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type  # or a moment beside it would be written as Python writes it


@compiles(Aside)
def as_it_is(element: Aside, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return compiler.process(element.clauses, **more)


@compiles(Aside, "sqlite")
def with_plus(element: Aside, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"+{compiler.process(element.clauses, **more)}"


def narrowed(
    connection: Connection,
    view: ColumnElement[bool],
    kinds: Sequence[ColumnElement[bool]],
    opened: Sequence[ColumnElement[bool]],
) -> list[int] | None:
    """Cases that can be meant, among them all that are; None where they are not few.

    `view` and `kinds` are conditions on the tally; `opened` on the cases themselves, by which the
    index over days can be entered, or nothing where it cannot.
    """
    columns = case_tally.c
    of_kind = func.sum(case((and_(columns.n > 0, *kinds), columns.n), else_=0))
    there, can = connection.execute(select(func.sum(columns.n), of_kind).where(view)).one()
    if (there or 0) <= MANY:
        return None
    if (can or 0) <= FEW:
        same = (
            (cases.c.status == columns.status)
            & (cases.c.platform == columns.platform)
            & (cases.c.clauses == columns.clauses)
            & (cases.c.region == columns.region)
        )
        statement = select(cases.c.id).join(case_tally, same)
        statement = statement.where(view, *kinds, columns.n > 0).distinct()
        return list(connection.execute(statement).scalars().all())
    if not opened:
        return None
    statement = select(cases.c.id).where(*opened).limit(FEW + 1)
    found = list(connection.execute(statement).scalars().all())
    return found if len(found) <= FEW else None
