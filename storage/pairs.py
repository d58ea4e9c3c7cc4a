"""Rows with one of these pairs, by the index over both columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, tuple_


def pair_in(
    one: ColumnElement[Any], other: ColumnElement[Any], pairs: Iterable[tuple[Any, Any]]
) -> ColumnElement[bool]:
    """Each column is asked by itself, too: for a pair alone SQLite walks the whole table."""
    wanted = list(pairs)
    each = one.in_({a for a, _ in wanted}) & other.in_({b for _, b in wanted})
    return each & tuple_(one, other).in_(wanted)
