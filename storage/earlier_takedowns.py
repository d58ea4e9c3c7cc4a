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
from storage.decided import SETTLED
from storage.kinship import kin_of, rows_of_cases
from storage.models import case_posts, cases, decisions, posts
from storage.parts import in_parts
from storage.raises import RECURRENCE
from storage.records import Verdict
from storage.takedown_marks import marked
from storage.takedown_models import case_raises, takedown_items, takedown_requests
from storage.takedown_states import ItemState
from storage.takedowns import receipts_corrected

OPEN_WEB = "web"
CHUNK = 400  # posts of a case asked for their kin at once


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
    others: int  # other posts that were taken down besides


def earlier_of(connection: Connection, page: Sequence[AnyRow]) -> dict[int, Earlier]:
    """By row of a post. `page`: posts with their `case_id`; see `standing` and `tied` for what is
    left out."""
    raised = standing(connection, [row.case_id for row in page])
    links = {case_id: tied(connection, case_id, rows) for case_id, rows in raised.items()}
    told = {
        row.id: [
            one
            for one in raised.get(row.case_id, ())
            if one.identity == row.identity or one.stands_in in links[row.case_id]
        ]
        for row in page
    }
    receipts = receipts_corrected(
        connection, {one.request_id for rows in told.values() for one in rows}
    )
    return {row.id: newest(row, told[row.id], receipts) for row in page if told[row.id]}


def standing(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """By the case that is linked to it, what was verified as taken down and may be named: not
    withdrawn, not gone already before it was asked for, and its post stands now in a case that is
    decided 违规 and waits for nobody."""
    item, request = takedown_items.c, takedown_requests.c
    seats = case_posts.alias("seat")
    seat = seats.c
    statement = (
        select(
            case_raises.c.case_id,
            item.verified_at,
            posts.c.identity,
            seat.case_id.label("stands_in"),
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
        .join(seats, (seat.post_row == item.post_row) & ~seat.split)
        .join(cases, cases.c.id == seat.case_id)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(
            case_raises.c.kind == RECURRENCE,
            case_raises.c.case_id.in_(case_ids),
            item.state != ItemState.WITHDRAWN.value,
            item.verified_at.is_not(None),
            request.sent_at.is_not(None),
            ~marked(),
            cases.c.status.in_(SETTLED),
            ~cases.c.awaits_second,
            decisions.c.verdict == Verdict.VIOLATION.value,
        )
        .order_by(item.verified_at, item.id)
    )
    found: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.case_id].append(row)
    return dict(found)


def tied(connection: Connection, case_id: int, rows: Sequence[AnyRow]) -> set[int]:
    """Of the cases these stand in those that a post standing in this one is linked to today. A
    link stays with its case when the post it came from is split off, and says nothing of the rest.
    """
    everywhere = {row.stands_in for row in rows}
    found, open_cases = everywhere & {case_id}, everywhere - {case_id}
    seat = case_posts.c
    own = rows_of_cases(connection, [case_id]) if open_cases else []
    for part in in_parts(own, CHUNK):
        if not open_cases:
            break
        within = select(seat.post_row).where(seat.case_id.in_(open_cases), ~seat.split)
        kin, _ = kin_of(connection, part, within)
        named = select(seat.case_id).where(
            seat.post_row.in_([one.post_row for one in kin]), seat.case_id.in_(open_cases)
        )
        found |= set(connection.execute(named.where(~seat.split)).scalars())
        open_cases -= found
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
        others=len({other.identity for other in before} - {one.identity}),
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
