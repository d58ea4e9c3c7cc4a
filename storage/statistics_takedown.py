"""What platforms made of requests: how many pages went, how fast, and what came back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from storage.database import read
from storage.periods import Period, quantile
from storage.raises import RECURRENCE
from storage.takedown_marks import marked
from storage.takedown_models import case_raises, takedown_items, takedown_requests
from storage.takedown_states import SEEN_GONE, TAKEN_DOWN, ItemState

DAY = 86_400.0
STEPS = (1, 3, 7, 14)  # days to removal, as the distribution counts them


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformTakedowns:
    platform: str
    asked: int  # pages in requests sent in the period
    before: int  # of these gone before they were asked for, or never read there: no success
    gone: int  # seen gone since, verified or not, without those
    verified: int
    refused: int
    silent: int  # no answer by the deadline
    returned: int  # back after it was verified, without those
    p50: float | None  # days from sending to the first look that saw it gone
    p90: float | None
    within: tuple[int, ...]  # pages gone within each of STEPS, then later ones

    @property
    def rate(self) -> float | None:
        """Of those that a request could take down."""
        could = self.asked - self.before
        return self.gone / could if could else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    verified: int  # pages verified as gone in the period, none that was gone before
    returned: int  # pages that came back in it
    advertisers: int  # new cases that share an advertiser with what was taken down


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    state: ItemState
    sent_at: datetime
    removed_at: datetime | None
    reappeared: bool
    before: bool

    @property
    def gone(self) -> bool:
        return (self.state in SEEN_GONE or self.reappeared) and not self.before


def takedowns(engine: Engine, period: Period) -> list[PlatformTakedowns]:
    """By platform, the most asked first."""
    items, requests = takedown_items.c, takedown_requests.c
    statement = (
        select(
            requests.platform,
            items.state,
            requests.sent_at,
            items.removed_at,
            items.reappeared_at,
            marked().label("before"),
        )
        .join(takedown_requests, requests.id == items.request_id)
        .where(period.holds(requests.sent_at), items.state != ItemState.WITHDRAWN.value)
    )
    found: defaultdict[str, list[Asked]] = defaultdict(list)
    with read(engine) as connection:
        for row in connection.execute(statement):
            found[row.platform].append(
                Asked(
                    state=ItemState(row.state),
                    sent_at=row.sent_at,
                    removed_at=row.removed_at,
                    reappeared=row.reappeared_at is not None,
                    before=row.before,
                )
            )
    figures = [figures_of(platform, rows) for platform, rows in found.items()]
    return sorted(figures, key=lambda one: (-one.asked, one.platform))


def figures_of(platform: str, rows: list[Asked]) -> PlatformTakedowns:
    days = sorted(
        max(0.0, (row.removed_at - row.sent_at).total_seconds() / DAY)
        for row in rows
        if row.removed_at is not None and row.gone
    )
    edges = (0, *STEPS)
    within = [
        sum(low < max(day, 1e-9) <= high for day in days)
        for low, high in zip(edges, STEPS, strict=False)
    ]
    return PlatformTakedowns(
        platform=platform,
        asked=len(rows),
        before=sum(row.before for row in rows),
        gone=sum(row.gone for row in rows),
        verified=sum(row.state in TAKEN_DOWN and not row.before for row in rows),
        refused=sum(row.state is ItemState.REFUSED for row in rows),
        silent=sum(row.state is ItemState.NO_ANSWER for row in rows),
        returned=sum(row.reappeared and not row.before for row in rows),
        p50=quantile(days, 0.5),
        p90=quantile(days, 0.9),
        within=(*within, sum(day > STEPS[-1] for day in days)),
    )


def recurrence(engine: Engine, period: Period) -> Recurrence:
    items = takedown_items.c
    could = select(items.id).where(~marked())
    with read(engine) as connection:

        def count(*conditions: object) -> int:
            statement = select(func.count()).select_from(takedown_items)
            told = statement.where(~marked(), *conditions)  # type: ignore[arg-type]
            return int(connection.execute(told).scalar_one())

        raised = select(func.count(case_raises.c.case_id.distinct())).where(
            case_raises.c.kind == RECURRENCE,
            period.holds(case_raises.c.at),
            case_raises.c.ref.in_(could),
        )
        return Recurrence(
            verified=count(period.holds(items.verified_at)),
            returned=count(period.holds(items.reappeared_at)),
            advertisers=int(connection.execute(raised).scalar_one()),
        )
