"""Taking posts out of a case that do not belong to it; they stay apart for ever."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.clusters import refresh
from storage.columns import AnyRow, utc_now
from storage.models import case_posts, cases, posts
from storage.records import CaseStatus
from storage.rows import heading_of


def standing(connection: Connection, case_id: int) -> AnyRow:
    row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise Problem(
            f"没有编号为 {case_id} 的案件，没有写入。请到队列查看（命令行：certsweep cases）。",
            f"There is no case {case_id}; nothing was written. See the queue (command line: "
            "certsweep cases).",
        )
    return row


def locked(connection: Connection, case_id: int) -> AnyRow:
    """The case, which nobody else changes until this transaction, one that writes, is over."""
    statement = select(cases).where(cases.c.id == case_id).with_for_update()
    row = connection.execute(statement).one_or_none()
    return row if row is not None else standing(connection, case_id)


def move_out(connection: Connection, case_id: int, post_row_ids: Sequence[int], person: str) -> int:
    case = standing(connection, case_id)
    own = members(connection, case_id)
    chosen = {key for row, key in own.items() if row in set(post_row_ids)}
    moving = sorted(row for row, key in own.items() if key in chosen)
    if not set(post_row_ids) <= own.keys() or not moving or len(moving) == len(own):
        raise Problem(
            f"请在案件 {case_id} 现有的帖子中选一部分（不能为空，不能全选）；没有改动。",
            f"Name some, not all, of the posts standing in case {case_id}; nothing was changed.",
        )
    now = utc_now()
    new_id = part(connection, case, moving, person)
    connection.execute(
        insert(case_posts),
        [{"case_id": new_id, "post_row": row, "joined_at": now} for row in moving],
    )
    retitle(connection, case)
    refresh(connection, case_id, now)
    refresh(connection, new_id, now)
    record(connection, person, "case.split", f"case:{case_id}", {"posts": moving, "into": new_id})
    return new_id


def retitle(connection: Connection, case: AnyRow) -> None:
    """A case whose title went away with its post is called by the oldest post that stayed."""
    statement = (
        select(posts.c.title, posts.c.text, posts.c.url)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case.id, ~case_posts.c.split)
        .order_by(posts.c.id)
    )
    headings = [heading_of(row) for row in connection.execute(statement)]
    if headings and case.title not in headings:
        connection.execute(update(cases).where(cases.c.id == case.id).values(title=headings[0]))


def members(connection: Connection, case_id: int) -> dict[int, bytes]:
    statement = (
        select(posts.c.id, posts.c.identity)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case_id, ~case_posts.c.split)
    )
    return {row.id: row.identity for row in connection.execute(statement)}


def part(connection: Connection, case: AnyRow, moving: Sequence[int], person: str) -> int:
    """Mark the posts as split from their case and open an empty one for them."""
    now = utc_now()
    connection.execute(
        update(case_posts)
        .where(case_posts.c.case_id == case.id, case_posts.c.post_row.in_(moving))
        .values(split=True, split_by=person, split_at=now)
    )
    first = connection.execute(select(posts).where(posts.c.id == moving[0])).one()
    statement = insert(cases).values(
        status=CaseStatus.WAITING.value,
        priority=case.priority,
        platform=first.platform,
        title=heading_of(first),
        opened_at=now,
        updated_at=now,
        version=0,
        needs_two=case.needs_two,  # or one person would acquit what two have settled
    )
    return int(connection.execute(statement.returning(cases.c.id)).scalar_one())
