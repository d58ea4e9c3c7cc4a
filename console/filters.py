"""The queue's filters as a URL, read and written in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from console.numbers import digits
from storage.bilingual import Problem
from storage.grams import LONGEST as LONGEST_WORDS
from storage.grams import asked
from storage.queue import VIEWS, Filters, Place
from storage.records import Clause

NAMES = ("view", "clause", "platform", "region", "score", "days", "words")
WORDS = {"view": "视图", "clause": "条款", "score": "得分", "days": "时长", "after": "翻页位置"}
LONGEST = 60


class Unsearchable(Problem):
    """Nothing in the words can be looked for; the other filters may still be good."""


def filters_of(query: Mapping[str, str], person: str) -> Filters:
    """Raises Problem for a value that cannot be meant; unknown names are of other things."""
    view, clause = query.get("view") or "open", query.get("clause") or ""
    if view not in VIEWS or (clause and clause not in set(Clause)):
        raise wrong("view" if view not in VIEWS else "clause")
    return Filters(
        view=view,
        clause=clause,
        platform=(query.get("platform") or "")[:LONGEST],
        region=(query.get("region") or "")[:LONGEST],
        score=share(query.get("score") or ""),
        days=whole(query.get("days") or ""),
        words=words_of(query.get("words") or ""),
        person=person,
    )


def words_of(typed: str) -> str:
    """As typed, blanks made one; Problem where nothing in it can be looked for."""
    words = " ".join(typed.split())[:LONGEST_WORDS]
    if words and not asked(words).words:
        raise Unsearchable(
            f"“{words}”没有检索：检索词至少要有两个字，而且连在一起"
            "（标点不算，空格两边是两个词）。请改写。",
            f"{words!r} was not looked for: a search takes a word of at least two letters or "
            "digits in one (a blank parts words). Write more.",
        )
    return words


def share(typed: str) -> float | None:
    if not typed:
        return None
    try:
        value = float(typed)
    except ValueError:
        raise wrong("score") from None
    if not 0 <= value <= 1:
        raise wrong("score")
    return value


def whole(typed: str) -> int | None:
    if not typed:
        return None
    found = digits(typed, 3650, 1)
    if found is None:
        raise wrong("days")
    return found


def wrong(name: str) -> Problem:
    return Problem(
        f"筛选条件“{WORDS[name]}”的值看不懂，没有筛选。请从队列页重新选择。",
        f"The filter {name!r} has a value that is not understood. Choose again in the queue.",
    )


def query_string(filters: Filters, **changes: str | float | None) -> str:
    """Without `?`; only what differs from showing everything open."""
    changed = replace(filters, **changes)  # type: ignore[arg-type]
    values = {name: getattr(changed, name) for name in NAMES}
    return urlencode(
        {
            name: value
            for name, value in values.items()
            if value not in {None, ""} and (name, value) != ("view", "open")
        }
    )


def from_string(query: str, person: str) -> Filters:
    """Of a hidden field that carries the filters along; a spoilt one is everything open."""
    try:
        return filters_of(dict(parse_qsl(query[:2000])), person)
    except (Problem, ValueError):
        return Filters(person=person)


def place_of(typed: str) -> Place | None:
    """Where the page before ended, as "priority.id"."""
    if not typed:
        return None
    first, _, second = typed.partition(".")
    priority, number = digits(first, 999), digits(second)
    if priority is None or number is None:
        raise wrong("after")
    return Place(priority=priority, id=number)
