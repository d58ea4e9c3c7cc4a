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
    with read(engine) as connection:
        found = sorted(set(connection.execute(shared).all()), key=lambda row: -row.case_id)[:MOST]
        # By themselves: joined, SQLite walked every case there is, from the newest on.
        named = select(cases).where(cases.c.id.in_({row.case_id for row in found}))
        others = {row.id: row for row in connection.execute(named)}
    return [
        Kin(
            kind=row.kind,
            value=row.value,
            case_id=row.case_id,
            title=others[row.case_id].title,
            status=CaseStatus(others[row.case_id].status),
            awaits_second=others[row.case_id].awaits_second,
        )
        for row in found
    ]


def sharing(kind: str, value: str, case_id: int) -> Subquery:
    """Cases of the newest posts with one key.

    Cut off key by key, which the key's index does (measured at 100,000 cases: 130 ms, so 1).
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
