"""`column IN (many numbers)` with one parameter: naming fifty takes longer than finding them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Numbers(TypeDecorator[list[int]]):
    """An array, or the same as JSON on SQLite, which has none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(BigInteger)

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:  # noqa: ANN401
        return json.dumps(value) if dialect.name == "sqlite" else value


class Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()
    name = "among"


def among(column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column is one of the numbers; of none it is not."""
    return Among(column, bindparam(None, list(numbers), Numbers(), unique=True))


@compiles(Among)
def any_of(element: Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, numbers = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(Among, "sqlite")
def each_of(element: Among, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    column, numbers = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 (both are compiled)
