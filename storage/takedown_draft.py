"""Drafting a takedown request: only from what people decided to be a violation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.bilingual import Problem
from storage.database import read, write
from storage.exports import OFFICE_TIME, SETTLED, DecidedRow, decided_rows
from storage.models import case_posts, cases, decisions, posts
from storage.persons import named_person
from storage.records import Verdict
from storage.takedown_history import Step, audited, note_down
from storage.takedown_models import takedown_items, takedown_requests
from storage.takedown_states import OPEN, ItemState
from storage.takedowns import identities_asked, item_of, item_row, items_of, request_row

MOST = 2_000  # items drafted at once; the others are drafted the next time
TRIES = 5  # two people who draft at once take the same number; the slower counts again
ENDED = (
    ItemState.REFUSED,
    ItemState.NO_ANSWER,
    ItemState.REAPPEARED,
    ItemState.FINAL,
    ItemState.WITHDRAWN,
)
COMES_BACK = frozenset({ItemState.REAPPEARED, ItemState.FINAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one request asks of one recipient."""

    platform: str
    recipient: str
    rows: Sequence[DecidedRow]
    by: str
    at: datetime
    note: str = ""


def not_yet_asked(
    engine: Engine, platform: str | None = None, case_ids: frozenset[int] = frozenset()
) -> tuple[list[DecidedRow], int]:
    """Decided violations no open request asks for, at most 2,000, and how many others are asked
    for already.

    `case_ids`: of these cases only; Problem for one that is not decided as a violation.
    """
    with read(engine) as connection:
        asked = asked_rows(connection)
    free: list[DecidedRow] = []
    taken = 0
    unseen = set(case_ids)
    for row in decided_rows(engine, platform=platform):
        if case_ids and row.case_no not in case_ids:
            continue
        unseen.discard(row.case_no)
        if row.post_row in asked:
            taken += 1
        elif len(free) < MOST:
            free.append(row)
    if unseen:
        raise undecided(sorted(unseen))
    return free, taken


def undecided(case_ids: Sequence[int]) -> Problem:
    zh, en = "、".join(map(str, case_ids)), ", ".join(map(str, case_ids))
    first = case_ids[0]
    return Problem(
        f"案件 {zh} 目前没有生效的“违规”决定（不存在、待审、待另一人复核、定为转办等、已重开，"
        f"或属其他平台），没有写入。请看案件 {first} 的案件页（命令行：certsweep case {first}）。"
        "只有审核人定为违规的内容才能请求处置。",
        f"Case {en} has no decision “violation” in force (no such case, waiting, waiting for a "
        "second person, decided otherwise, reopened, or of another platform); nothing was written. "
        f"See the page of case {first} (command line: certsweep case {first}). Only what a person "
        "decided can be asked for.",
    )


def asked_rows(connection: Connection) -> set[int]:
    """Rows of every version of a post that an open request asks for."""
    asked = (
        select(posts.c.identity)
        .join(takedown_items, takedown_items.c.post_row == posts.c.id)
        .where(takedown_items.c.state.in_([state.value for state in OPEN]))
    )
    statement = select(posts.c.id).where(posts.c.identity.in_(asked))
    return set(connection.execute(statement).scalars())


def draft(engine: Engine, asked: Draft) -> int:
    """Write one draft; the number of the request.

    Raises Problem, with nothing written, where nobody is named, where there is nothing to ask, or
    where a post's decision or request changed meanwhile.
    """
    person = named_person(asked.by)
    if not asked.rows:
        raise Problem(
            "没有可以请求处置的内容，没有写入。",
            "There is nothing to ask for; nothing was written.",
        )
    for _ in range(TRIES):
        try:
            with write(engine) as connection:
                return drafted(connection, asked, person)
        except IntegrityError:
            continue
    raise Problem(
        "其中有内容刚被另一份请求列入，没有写入。请重新起草。",
        "Another request took some of this content just now; nothing was written. Draft again.",
    )


def drafted(connection: Connection, asked: Draft, person: str) -> int:
    still_decided(connection, asked.rows)
    statement = insert(takedown_requests).values(
        request_no=next_number(connection, asked.at),
        platform=asked.platform,
        recipient=asked.recipient,
        drafted_by=person,
        drafted_at=asked.at,
        note=asked.note,
    )
    number = int(connection.execute(statement.returning(takedown_requests.c.id)).scalar_one())
    before = identities_asked(connection, ENDED)
    step = Step(who=person, act="drafted", at=asked.at, note=asked.note)
    for row in asked.rows:
        add_item(connection, number, row, earlier(connection, row, before), step)
    items = items_of(connection, [number])[number]
    audited(connection, step, request_row(connection, number), items, to=asked.recipient)
    return number


def next_number(connection: Connection, at: datetime) -> str:
    """As `TD-20261125-001`; requests are never deleted, so their count is the last number."""
    prefix = f"TD-{at.astimezone(OFFICE_TIME):%Y%m%d}-"
    given = connection.execute(
        select(func.count()).where(
            takedown_requests.c.request_no.startswith(prefix, autoescape=True)
        )
    ).scalar_one()
    return f"{prefix}{given + 1:03d}"


def still_decided(connection: Connection, rows: Sequence[DecidedRow]) -> None:
    """Whether each decision is still the newest of its case, and a violation."""
    wanted = {row.decision_id for row in rows}
    statement = (
        select(decisions.c.id)
        .join(cases, cases.c.decision_id == decisions.c.id)
        .where(
            decisions.c.id.in_(wanted),
            decisions.c.verdict == Verdict.VIOLATION.value,
            cases.c.status.in_(SETTLED),
        )
    )
    stands = set(connection.execute(statement).scalars())
    changed = sorted({row.case_no for row in rows if row.decision_id not in stands})
    if changed:
        raise undecided(changed)
    seats = select(case_posts.c.post_row).where(
        case_posts.c.post_row.in_({row.post_row for row in rows}), ~case_posts.c.split
    )
    left = {row.post_row for row in rows} - set(connection.execute(seats).scalars())
    if left:
        raise undecided(sorted({row.case_no for row in rows if row.post_row in left}))


def earlier(connection: Connection, row: DecidedRow, before: dict[bytes, int]) -> int | None:
    """The newest item that asked for the same post before."""
    statement = select(posts.c.identity).where(posts.c.id == row.post_row)
    return before.get(connection.execute(statement).scalar_one())


def add_item(
    connection: Connection, request_id: int, row: DecidedRow, follows: int | None, step: Step
) -> None:
    statement = insert(takedown_items).values(
        request_id=request_id,
        case_id=row.case_no,
        post_row=row.post_row,
        decision_id=row.decision_id,
        recurrence_of=follows,
        url=row.url,
        state=ItemState.DRAFT.value,
    )
    number = int(connection.execute(statement.returning(takedown_items.c.id)).scalar_one())
    note_down(connection, number, None, ItemState.DRAFT, step)
    if follows is not None:
        supersede(connection, follows, number, step)


def supersede(connection: Connection, old: int, new: int, step: Step) -> None:
    """The older item is looked at no more: its successor is."""
    item = item_of(item_row(connection, old))
    connection.execute(
        takedown_items.update().where(takedown_items.c.id == old).values(next_look=None)
    )
    note = f"由条目 {new} 接续"
    told = Step(who=step.who, act="superseded", at=step.at, note=note)
    note_down(connection, old, item.state, item.state, told)
