"""Many values a part at a time: a database takes only so many in one question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_parts(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """All of them in their order, `size` at a time, the last part with what is left."""
    left = iter(values)
    while part := list(islice(left, size)):
        yield part
