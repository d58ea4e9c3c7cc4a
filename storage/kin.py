"""What links one case to others: contacts, accounts, sites and filings they share."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select, tuple_

from storage.database import read
from storage.models import advertiser_keys, case_posts, cases
from storage.records import CaseStatus

MOST = 20  # cases named; a host of a large platform may link thousands


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
    statement = (
        select(
            advertiser_keys.c.kind,
            advertiser_keys.c.value,
            cases.c.id,
            cases.c.title,
            cases.c.status,
            cases.c.awaits_second,
        )
        .distinct()
        .join(case_posts, case_posts.c.post_row == advertiser_keys.c.post_row)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .where(
            tuple_(advertiser_keys.c.kind, advertiser_keys.c.value).in_(list(keys)[:100]),
            ~case_posts.c.split,
            cases.c.id != case_id,
        )
        .order_by(cases.c.id.desc())
        .limit(MOST)
    )
    with read(engine) as connection:
        return [
            Kin(
                kind=row.kind,
                value=row.value,
                case_id=row.id,
                title=row.title,
                status=CaseStatus(row.status),
                awaits_second=row.awaits_second,
            )
            for row in connection.execute(statement)
        ]
