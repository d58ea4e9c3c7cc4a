"""What links one case to others: contacts, accounts, sites and filings they share."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, Subquery, select, union_all

from storage.database import read
from storage.models import advertiser_keys, case_posts, cases
from storage.records import CaseStatus

MOST = 20  # cases named; a host of a large platform may link thousands
KEYS, NEWEST = 100, 200  # keys asked about, and posts of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Another case that names the same thing."""

    kind: str
    value: str
    case_id: int
    title: str
    status: CaseStatus
    awaits_second: bool


def kin_of(engine: Engine, case_id: int, keys: tuple[tuple[str, str], ...]) -> list[Kin]:
    """Up to MOST other cases that share one of the (kind, value), the newest first."""
    if not keys:
        return []
    shared = union_all(*(select(sharing(kind, value, case_id)) for kind, value in keys[:KEYS]))
    each = shared.subquery()
    statement = (
        select(each, cases.c.title, cases.c.status, cases.c.awaits_second)
        .join(cases, cases.c.id == each.c.case_id)
        .distinct()
        .order_by(each.c.case_id.desc())
        .limit(MOST)
    )
    with read(engine) as connection:
        return [
            Kin(
                kind=row.kind,
                value=row.value,
                case_id=row.case_id,
                title=row.title,
                status=CaseStatus(row.status),
                awaits_second=row.awaits_second,
            )
            for row in connection.execute(statement)
        ]


def sharing(kind: str, value: str, case_id: int) -> Subquery:
    """Cases of the newest posts with one key.

    Cut off key by key, which the key's index does; over all keys at once SQLite walked all cases
    (100,000 of them: 130 ms, so 0.3).
    """
    return (
        select(advertiser_keys.c.kind, advertiser_keys.c.value, case_posts.c.case_id)
        .join(case_posts, case_posts.c.post_row == advertiser_keys.c.post_row)
        .where(
            advertiser_keys.c.kind == kind,
            advertiser_keys.c.value == value,
            ~case_posts.c.split,
            case_posts.c.case_id != case_id,
        )
        .order_by(advertiser_keys.c.post_row.desc())
        .limit(NEWEST)
        .subquery()
    )
