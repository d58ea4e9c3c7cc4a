"""The audit read a page at a time, without what a second person must not learn from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from storage.columns import AnyRow
from storage.database import read
from storage.models import cases
from storage.models_desk import audit
from storage.person_names import called
from storage.persons import folded_name
from storage.second_turns import round_open
from storage.takedown_models import takedown_items

ROWS = 100  # lines on a page
LARGEST = 2**31  # no case has this number
CASE = re.compile(r"case:([0-9]{1,10})")
# Words of a detail that tell what somebody thinks of a case.
TELLING = frozenset({"verdict", "reason", "upheld", "note", "supersedes", "awaits_second", "codes"})
# Of a case that waits these tell nothing of it; of every other act only that it happened is shown.
HARMLESS = frozenset(
    {
        "case.read",
        "case.claim",
        "case.release",
        "case.split",
        "snapshot.picture",
        "snapshot.replay",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    actor: str = ""  # a login or a name: the lines of whoever has it
    act: str = ""  # one act, or a group of them: "case" for all that begin with "case."
    about: str = ""  # exactly, or up to the colon: "user" for all accounts
    since: datetime | None = None
    until: datetime | None = None  # exclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    number: int
    at: datetime
    actor: str
    act: str
    about: str
    detail: Mapping[str, Any]  # {} where it is withheld
    hash: str  # "" where the detail is withheld: a short detail could be guessed from it
    withheld: bool  # its case waits for a second person, or will


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    lines: tuple[ShownLine, ...]  # the newest first
    further: int  # the number below which the next page begins, 0 at the end


def audit_page(engine: Engine, wanted: Wanted, below: int = 0) -> Page:
    with read(engine) as connection:
        statement = filtered(connection, wanted).order_by(audit.c.id.desc()).limit(ROWS + 1)
        if below:
            statement = statement.where(audit.c.id < below)
        rows = connection.execute(statement).all()
        lines = shown(connection, rows[:ROWS])
    return Page(lines=lines, further=rows[ROWS - 1].id if len(rows) > ROWS else 0)


def filtered(connection: Connection, wanted: Wanted) -> Any:  # noqa: ANN401 (a SQL statement)
    statement = select(audit)
    if wanted.actor:
        actors = {folded_name(wanted.actor), *called(connection, wanted.actor)}
        statement = statement.where(audit.c.actor.in_(actors))
    if wanted.act:
        group = audit.c.act.startswith(f"{wanted.act}.", autoescape=True)
        statement = statement.where((audit.c.act == wanted.act) | group)
    if wanted.about:
        kind = audit.c.about.startswith(f"{wanted.about}:", autoescape=True)
        abouts = {wanted.about, *asked_for(connection, wanted.about)}
        statement = statement.where(audit.c.about.in_(abouts) | kind)
    if wanted.since is not None:
        statement = statement.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(audit.c.at < wanted.until)
    return statement


def asked_for(connection: Connection, about: str) -> list[str]:
    """What the requests that a case stands in are called here: their acts are about it, too."""
    case = CASE.fullmatch(about)
    if case is None or int(case[1]) >= LARGEST:
        return []
    statement = select(takedown_items.c.request_id).where(takedown_items.c.case_id == int(case[1]))
    return [f"takedown:{number}" for number in set(connection.execute(statement).scalars())]


def shown(connection: Connection, rows: Sequence[AnyRow]) -> tuple[ShownLine, ...]:
    """Lines about a case that waits for a second person keep only that something was done.

    Nobody is excepted, for an auditor may be a second person, too.
    """
    details = [parsed(row.detail) for row in rows]
    named = [cases_of(row.about, detail) for row, detail in zip(rows, details, strict=True)]
    waiting = waiting_among(connection, set().union(*named))
    return tuple(
        shown_line(row, detail, withheld=withheld(row.act, detail, about, waiting))
        for row, detail, about in zip(rows, details, named, strict=True)
    )


def withheld(act: str, detail: Mapping[str, Any], named: set[int], waiting: set[int]) -> bool:
    if named & waiting:
        return act not in HARMLESS
    # A line that tells an opinion and names no case cannot be looked up: shown to nobody.
    return not named and act.startswith("case.") and bool(TELLING & set(words_of(detail)))


def parsed(detail: str) -> dict[str, Any]:
    try:
        found = json.loads(detail)
    except (ValueError, RecursionError):  # somebody wrote into the table: `verify` says so
        return {"?": detail}
    return found if isinstance(found, dict) else {"?": found}


def cases_of(about: str, detail: Mapping[str, Any]) -> set[int]:
    """Every case that a line names: in what it is about, and in its detail."""
    found = CASE.fullmatch(about)
    numbers = {int(found[1])} if found else set()
    for name in ("case", "case_id", "cases", "into"):
        told = detail.get(name, ())
        many = told if isinstance(told, list) else [told]
        numbers |= {one for one in many if isinstance(one, int) and not isinstance(one, bool)}
    return numbers


def words_of(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield str(name)
            yield from words_of(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from words_of(inside)


def waiting_among(connection: Connection, numbers: set[int]) -> set[int]:
    known = [number for number in numbers if 0 < number < LARGEST]
    # Taken back or refused, it is decided once more, and the next second person is as blind.
    statement = select(cases.c.id).where(cases.c.id.in_(known), round_open())
    return set(connection.execute(statement).scalars()) if known else set()


def shown_line(row: AnyRow, detail: Mapping[str, Any], *, withheld: bool) -> ShownLine:
    return ShownLine(
        number=row.id,
        at=row.at,
        actor=row.actor,
        act=row.act,
        about=row.about,
        detail={} if withheld else detail,
        hash="" if withheld else row.hash,
        withheld=withheld,
    )


def how_many(engine: Engine) -> int:
    """Lines there are: they are numbered without a gap."""
    with read(engine) as connection:
        return int(connection.execute(select(func.max(audit.c.id))).scalar() or 0)
