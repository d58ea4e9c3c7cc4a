"""边清理边继续: an advertiser whose posts were verified as taken down, seen again.

A post at the old URL is left to the looks: the next one is made due at once. A post elsewhere links
its case to the old one and makes it more urgent, with the reason in writing. Nothing is decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.bilingual import Bilingual
from storage.columns import AnyRow
from storage.kinship import Kin, kin_of
from storage.models import case_posts, posts
from storage.raises import RECURRENCE, Raise, add_raise
from storage.takedown_marks import marked
from storage.takedown_models import takedown_items, takedown_requests
from storage.takedown_states import STATE_WORDS, TAKEN_DOWN, ItemState

HELD = [state.value for state in TAKEN_DOWN]
# Taken down once, whatever came of it later.
ONCE = [*HELD, ItemState.REAPPEARED.value]
MOST_LINKS = 20  # taken-down items named in one case by one post


def seen_again(connection: Connection, post_rows: Iterable[int], now: datetime) -> None:
    """Rows a sweep has just seen flagged: where one was verified as removed, look at once."""
    rows = list(post_rows)
    if not rows:
        return
    same = select(posts.c.id).where(
        posts.c.identity.in_(select(posts.c.identity).where(posts.c.id.in_(rows)))
    )
    connection.execute(
        update(takedown_items)
        .where(takedown_items.c.post_row.in_(same), takedown_items.c.state.in_(HELD))
        .values(next_look=now)
    )


def note_recurrence(connection: Connection, case_id: int, post_row: int, now: datetime) -> int:
    """Link the case of a new post to what was taken down of the same advertiser; how many links.

    The caller refreshes the case.
    """
    if not anything_taken_down(connection):
        return 0
    within = (
        select(case_posts.c.post_row)
        .join(takedown_items, takedown_items.c.case_id == case_posts.c.case_id)
        .where(takedown_items.c.state.in_(ONCE), ~case_posts.c.split)
    )
    kin, _ = kin_of(connection, [post_row], within)
    new = 0
    for item, one in items_of_kin(connection, kin)[:MOST_LINKS]:
        new += add_raise(
            connection,
            Raise(
                case_id=case_id,
                kind=RECURRENCE,
                ref=item.id,
                other_case=item.case_id,
                why=reason(item, one),
                at=now,
            ),
        )
    return new


def anything_taken_down(connection: Connection) -> bool:
    statement = select(takedown_items.c.id).where(takedown_items.c.state.in_(ONCE)).limit(1)
    return connection.execute(statement).first() is not None


def items_of_kin(connection: Connection, kin: list[Kin]) -> list[tuple[AnyRow, Kin]]:
    """The newest taken-down item of each case the kin stand in, the strongest tie with it. What
    was gone before it was asked for is none: nobody took it down."""
    by_row = {one.post_row: one for one in kin}
    if not by_row:
        return []
    statement = (
        select(
            takedown_items.c.id,
            takedown_items.c.case_id,
            takedown_items.c.state,
            takedown_requests.c.request_no,
            case_posts.c.post_row,
        )
        .join(takedown_requests, takedown_requests.c.id == takedown_items.c.request_id)
        .join(case_posts, case_posts.c.case_id == takedown_items.c.case_id)
        .where(
            case_posts.c.post_row.in_(list(by_row)),
            ~case_posts.c.split,
            takedown_items.c.state.in_(ONCE),
            ~marked(),
        )
        .order_by(takedown_items.c.id.desc(), case_posts.c.post_row)
    )
    found: dict[int, tuple[AnyRow, Kin]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.case_id, (row, by_row[row.post_row]))
    return list(found.values())


def reason(item: AnyRow, kin: Kin) -> Bilingual:
    """Why, without the contact itself: a reason is read by more people than a case."""
    ties = list({tie.kind: tie for tie in kin.ties}.values())
    zh = "、".join(tie.why.zh for tie in ties)
    en = ", ".join(tie.why.en for tie in ties)
    state = STATE_WORDS[ItemState(item.state)]
    return Bilingual(
        f"与案件 {item.case_id} 疑为同一发布者（{zh}），其内容曾经请求 {item.request_no} 处置"
        f"（条目 {item.id}，{state.zh}）；可考虑 E4-01 边清理边继续违规",
        f"seems to be the advertiser of case {item.case_id} ({en}), whose content was taken down "
        f"by request {item.request_no} (item {item.id}, {state.en}); consider E4-01",
    )
