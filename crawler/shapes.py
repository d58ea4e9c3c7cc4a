"""Reading JSON whose shape is not to be trusted: nothing here raises, whatever stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

HALF = re.compile("[\ud800-\udfff]")
MOST_OBJECTS = 200_000  # looked at in one answer
DEEPEST = 60  # objects inside objects
MOST_ITEMS = 5_000  # of one list; platforms give some dozens


def dig(value: Any, path: str) -> Any:  # noqa: ANN401
    """What stands at "data.items.0.title"; None where the way ends early."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def has(value: Any, path: str) -> bool:  # noqa: ANN401
    """Whether an object has this place, whatever stands there, null too."""
    before, _, name = path.rpartition(".")
    inner = dig(value, before) if before else value
    return isinstance(inner, dict) and name in inner


def first(value: Any, *paths: str) -> Any:  # noqa: ANN401
    """The first of several places that holds more than null and an empty text, list or object."""
    found = (dig(value, path) for path in paths)
    return next((one for one in found if one not in (None, "", [], {})), None)


def words(value: Any, *paths: str) -> str:  # noqa: ANN401
    """Text or number at the first place that holds one, as text without space around it.

    Half of a surrogate pair, which JSON may hold and no file can, becomes U+FFFD.
    """
    for path in paths:
        found = dig(value, path) if path else value
        if isinstance(found, str) and found.strip():
            return HALF.sub("\ufffd", found.strip())
        if isinstance(found, int | float) and not isinstance(found, bool):
            return str(int(found) if isinstance(found, float) and found.is_integer() else found)
    return ""


def items(value: Any, *paths: str) -> list[Any]:  # noqa: ANN401
    """A list as it is, an object's values as a list; nothing for anything else. Bounded."""
    found = first(value, *paths) if paths else value
    if isinstance(found, dict):
        return list(islice(found.values(), MOST_ITEMS))
    return found[:MOST_ITEMS] if isinstance(found, list) else []


def length(lists: Iterable[Any]) -> int | None:
    """How many entries several lists have together; None where none of them is a list."""
    found = [len(one) for one in lists if isinstance(one, list)]
    return sum(found) if found else None


def length_but(lists: Iterable[Any], is_other: Callable[[Any], bool]) -> int | None:
    """The same without entries that are known to be of another kind."""
    found = [one for one in lists if isinstance(one, list)]
    return sum(not is_other(one) for each in found for one in each) if found else None


def objects(value: Any, *paths: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """Only the objects among them."""
    return [one for one in items(value, *paths) if isinstance(one, dict)]


def without_lists(value: Any, depth: int = DEEPEST) -> Any:  # noqa: ANN401
    """The same without lists of objects, in which cards of other things stand though it be one
    alone, and without what lies too deep."""
    if isinstance(value, dict) and depth:
        return {name: without_lists(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list) and depth:
        cards = any(isinstance(one, dict) for one in value)
        return [] if cards else [without_lists(one, depth - 1) for one in value]
    return None if isinstance(value, dict | list) else value


def every_object(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Every object inside, from the outside in, in the order they are written; bounded."""
    waiting = [value]
    for _ in range(MOST_OBJECTS):
        if not waiting:
            return
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting += reversed(list(here.values()))
        elif isinstance(here, list):
            waiting += reversed(here)
