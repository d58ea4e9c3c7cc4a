"""Who did what: append-only lines, each holding the hash of the one before.

A line taken out, put in or changed breaks the chain from there on. Lines cut off at the end are
seen only by whoever noted the newest hash elsewhere: `certsweep audit verify` prints it for that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from storage.bilingual import Bilingual
from storage.columns import storable, storable_tree, utc_now
from storage.database import read, write
from storage.models import decisions
from storage.models_desk import audit, users

# One writer at a time, or two lines would name the same one before them.
WRITER_LOCK = 0x61756469
PAGE = 1000
WHY = {  # a walk stopped
    "missing": Bilingual("缺少这一行", "the line is missing"),
    "changed": Bilingual("内容被改动", "its words were changed"),
    "unchained": Bilingual("与前一行接不上", "it does not follow the line before"),
    "foreign": Bilingual(
        "有编号为零或负数的行，不是本程序写入的",
        "there is a line numbered zero or less, which this program never wrote",
    ),
    "emptied": Bilingual(
        "记录是空的，而库中已有账号或判定：记录被清空",
        "there is no line, but there are accounts or decisions: the lines were taken away",
    ),
}
FIRST = "0" * 64  # what the first line names as the one before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    number: int
    at: datetime
    actor: str
    act: str
    about: str
    detail: str  # canonical JSON
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What a walk along the chain found; `broken` is the first line that does not hold."""

    lines: int  # that hold
    head: str  # hash of the last of them
    broken: int | None = None
    why: str = ""  # "missing", "changed" or "unchained"
    met: bool = False  # whether the hash that was asked for is among them


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hashed(line: Line) -> str:
    """SHA-256 of the hash before and the line's own words."""
    moment = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    words = [line.number, moment, line.actor, line.act, line.about, line.detail]
    return hashlib.sha256(f"{line.previous}\n{canonical(words)}".encode()).hexdigest()


def record(
    connection: Connection,
    actor: str,
    act: str,
    about: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Append a line in the caller's transaction, which must be one that writes; its number.

    What is done and its line land together or not at all.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
    newest = select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    line = Line(
        number=last.id + 1 if last else 1,
        at=utc_now(),
        actor=storable(actor),
        act=act,
        about=storable(about),
        detail=canonical(storable_tree(dict(detail or {}))),
        previous=last.hash if last else FIRST,
        hash="",
    )
    connection.execute(
        insert(audit).values(
            id=line.number,
            at=line.at,
            actor=line.actor,
            act=line.act,
            about=line.about,
            detail=line.detail,
            previous=line.previous,
            hash=hashed(line),
        )
    )
    return line.number


def note(
    engine: Engine, actor: str, act: str, about: str = "", detail: Mapping[str, Any] | None = None
) -> int:
    """A line in a transaction of its own: for what was read, not written."""
    with write(engine) as connection:
        return record(connection, actor, act, about, detail)


def lines(engine: Engine, after: int | None = None) -> Iterator[Line]:
    """All lines, or those with a number above `after`, the oldest first, never all in memory."""
    while True:
        statement = select(audit).order_by(audit.c.id).limit(PAGE)
        if after is not None:
            statement = statement.where(audit.c.id > after)
        with read(engine) as connection:
            rows = connection.execute(statement).all()
        if not rows:
            return
        for row in rows:
            yield Line(
                number=row.id,
                at=row.at,
                actor=row.actor,
                act=row.act,
                about=row.about,
                detail=row.detail,
                previous=row.previous,
                hash=row.hash,
            )
        after = rows[-1].id


def verify(engine: Engine, wanted: str = "") -> Walk:
    """Walk the whole chain up to the first line that does not hold, looking out for a hash."""
    count, head, met = 0, FIRST, False
    for line in lines(engine):
        why = trouble(line, count, head)
        if why:
            return Walk(lines=count, head=head, broken=count + 1, why=why, met=met)
        count, head = count + 1, line.hash
        met = met or head == wanted
    if count == 0 and must_have_lines(engine):
        return Walk(lines=0, head=head, broken=1, why="emptied", met=met)
    return Walk(lines=count, head=head, met=met)


def must_have_lines(engine: Engine) -> bool:
    """Whether something is there that never comes without a line: an account, a decision."""
    with read(engine) as connection:
        found = [connection.execute(select(table.c.id).limit(1)) for table in (users, decisions)]
        return any(one.first() is not None for one in found)


def trouble(line: Line, count: int, head: str) -> str:
    if line.number < 1:
        return "foreign"
    if line.number != count + 1:
        return "missing"
    if line.previous != head:
        return "unchained"
    return "" if hashed(line) == line.hash else "changed"
