"""One draft for each platform, and on the open web for each site: whoever can take it down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.exports import DecidedRow
from storage.takedown_draft import MOST, Draft, draft, not_yet_asked
from storage.takedowns import Request, get_request

RecipientOf = Callable[[DecidedRow], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    platform: str = ""  # "" for all
    cases: frozenset[int] = frozenset()  # none: all
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    requests: tuple[Request, ...]
    asked_already: int  # decided posts that stand in an open request
    more: bool = False  # whether others are left for the next draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a draft would make now."""

    requests: int
    items: int
    more: bool  # whether others are left for the next draft


Groups = dict[tuple[str, str], list[DecidedRow]]  # by platform and recipient


def planned(engine: Engine, wanted: Wanted, recipient_of: RecipientOf) -> Planned:
    """Raises Problem where nothing is left to ask for."""
    groups, _ = grouped(engine, wanted, recipient_of)
    items = sum(map(len, groups.values()))
    return Planned(requests=len(groups), items=items, more=items == MOST)


def grouped(engine: Engine, wanted: Wanted, recipient_of: RecipientOf) -> tuple[Groups, int]:
    rows, taken = not_yet_asked(engine, wanted.platform or None, wanted.cases)
    if not rows:
        raise nothing(taken)
    return by_recipient(rows, recipient_of), taken


def draft_all(engine: Engine, wanted: Wanted, recipient_of: RecipientOf) -> Drafted:
    """Draft one request a recipient. Raises Problem where nothing is left to ask for."""
    groups, taken = grouped(engine, wanted, recipient_of)
    numbers = [
        draft(
            engine,
            Draft(
                platform=platform,
                recipient=recipient,
                rows=group,
                by=wanted.by,
                at=wanted.at,
                note=wanted.note,
            ),
        )
        for (platform, recipient), group in groups.items()
    ]
    requests = tuple(get_request(engine, number) for number in numbers)
    more = sum(map(len, groups.values())) == MOST
    return Drafted(requests=requests, asked_already=taken, more=more)


def nothing(taken: int) -> Problem:
    if taken:
        return Problem(
            f"符合条件的 {taken} 条内容都已在办理中的请求里，没有起草。"
            "请到“处置”页查看（命令行：certsweep takedown list）。",
            f"All {taken} matching items stand in open requests already; nothing was drafted. See "
            "the page of takedowns (command line: certsweep takedown list).",
        )
    return Problem(
        "符合条件的内容里没有审核定为“违规”的，没有起草。"
        "请先到“今日待审”审核（命令行：certsweep decide）。",
        "Nothing that matches is decided to be a violation; nothing was drafted. Decide first, on "
        "the queue's page (command line: certsweep decide).",
    )


def by_recipient(rows: Sequence[DecidedRow], recipient_of: RecipientOf) -> Groups:
    found: defaultdict[tuple[str, str], list[DecidedRow]] = defaultdict(list)
    for row in rows:
        found[row.platform, recipient_of(row)].append(row)
    return dict(found)
