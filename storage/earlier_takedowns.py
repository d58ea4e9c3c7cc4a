"""What was verified as taken down before, of a post that is back or of the same advertiser: what a
letter about 边清理边继续 has to name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from storage.columns import AnyRow
from storage.models import posts
from storage.raises import RECURRENCE
from storage.takedown_marks import marked
from storage.takedown_models import case_raises, takedown_items, takedown_requests
from storage.takedowns import receipts_corrected

OPEN_WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The newest of them; of the very post, where there is one."""

    request_no: str
    sent_at: datetime
    verified_at: datetime
    same_post: bool
    same_place: bool  # asked of the platform or site that the row is of
    receipt_no: str
    letter_no: str
    others: int  # that were taken down besides


def earlier_of(connection: Connection, page: Sequence[AnyRow]) -> dict[int, Earlier]:
    """By row of a post. `page`: posts with their `case_id`; what was gone already before it was
    asked for is left out, for nobody took it down."""
    raised = taken_down(connection, [row.case_id for row in page])
    receipts = receipts_corrected(
        connection, {one.request_id for rows in raised.values() for one in rows}
    )
    return {
        row.id: newest(row, raised[row.case_id], receipts) for row in page if raised[row.case_id]
    }


def taken_down(connection: Connection, case_ids: Sequence[int]) -> defaultdict[int, list[AnyRow]]:
    """By the case that is linked to it."""
    item, request = takedown_items.c, takedown_requests.c
    statement = (
        select(
            case_raises.c.case_id,
            item.verified_at,
            posts.c.identity,
            request.id.label("request_id"),
            request.request_no,
            request.platform,
            request.recipient,
            request.sent_at,
            request.receipt_no,
            request.letter_no,
        )
        .join(takedown_items, item.id == case_raises.c.ref)
        .join(takedown_requests, request.id == item.request_id)
        .join(posts, posts.c.id == item.post_row)
        .where(
            case_raises.c.kind == RECURRENCE,
            case_raises.c.case_id.in_(case_ids),
            item.verified_at.is_not(None),
            request.sent_at.is_not(None),
            ~marked(),
        )
        .order_by(item.verified_at, item.id)
    )
    found: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.case_id].append(row)
    return found


def newest(row: AnyRow, before: Sequence[AnyRow], receipts: dict[int, str]) -> Earlier:
    own = [one for one in before if one.identity == row.identity]
    one = (own or before)[-1]
    return Earlier(
        request_no=one.request_no,
        sent_at=one.sent_at,
        verified_at=one.verified_at,
        same_post=bool(own),
        same_place=same_place(row, one),
        receipt_no=receipts.get(one.request_id, one.receipt_no),
        letter_no=one.letter_no,
        others=len(before) - 1,
    )


def same_place(row: Any, request: Any) -> bool:  # noqa: ANN401 (rows with a `platform`)
    if row.platform != request.platform:
        return False
    if row.platform != OPEN_WEB:
        return True
    try:
        host = urlsplit(row.url).hostname or ""
    except ValueError:
        return False
    return host == request.recipient or host.endswith(f".{request.recipient}")
