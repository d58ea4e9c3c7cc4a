"""How far people agree with each other, and with the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, exists, func, select

from storage.database import read
from storage.models import case_posts, cases, decisions, findings
from storage.models_desk import second_looks
from storage.narrowing import Aside
from storage.periods import Period
from storage.records import Verdict
from storage.statistics_decided import Decided, decided

BANDS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.0)  # lower edges of the judge's score


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigures:
    """What became of one person's decisions under a second person's eyes."""

    person: str
    looked: int
    upheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Cases of one band of the judge's score that people have decided."""

    low: float
    offending: int  # decided 违规 or 转办
    clean: int

    @property
    def share(self) -> float | None:
        both = self.offending + self.clean
        return self.offending / both if both else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    looked: int
    same_verdict: int
    kappa: float | None  # Cohen's, over the four verdicts; None where it says nothing
    people: tuple[PersonFigures, ...]
    bands: tuple[Band, ...]
    violations: int  # standing decisions 违规
    same_code: int  # of them, whose code the judge had named too


def agreement(engine: Engine, period: Period) -> Agreement:
    with read(engine) as connection:
        pairs = verdict_pairs(connection, period)
        looked = sum(pairs.values())
        made = decided(connection, period)
        violations, same = codes(connection, made)
        return Agreement(
            looked=looked,
            same_verdict=sum(n for (one, other), n in pairs.items() if one == other),
            kappa=kappa(pairs),
            people=tuple(people(connection, period)),
            bands=tuple(bands(connection, made)),
            violations=violations,
            same_code=same,
        )


def verdict_pairs(connection: Connection, period: Period) -> dict[tuple[str, str], int]:
    statement = (
        select(decisions.c.verdict, second_looks.c.verdict.label("second"), func.count().label("n"))
        .join(decisions, decisions.c.id == second_looks.c.decision_id)
        .where(period.holds(second_looks.c.looked_at))
        .group_by(decisions.c.verdict, second_looks.c.verdict)
    )
    return {(row.verdict, row.second): row.n for row in connection.execute(statement)}


def kappa(pairs: Mapping[tuple[str, str], int]) -> float | None:
    """Agreement beyond what two people who never looked would reach."""
    total = sum(pairs.values())
    if not total:
        return None
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), n in pairs.items():
        first[one] += n
        second[other] += n
    observed = sum(n for (one, other), n in pairs.items() if one == other) / total
    chance = sum(first[one] * second[one] for one in first) / total**2
    return None if chance >= 1 else (observed - chance) / (1 - chance)


def people(connection: Connection, period: Period) -> list[PersonFigures]:
    upheld = func.sum(case((second_looks.c.upheld, 1), else_=0)).label("upheld")
    statement = (
        select(decisions.c.decided_by, func.count().label("n"), upheld)
        .join(second_looks, second_looks.c.decision_id == decisions.c.id)
        .where(period.holds(second_looks.c.looked_at))
        .group_by(decisions.c.decided_by)
        .order_by(func.count().desc(), decisions.c.decided_by)
    )
    return [
        PersonFigures(person=row.decided_by, looked=row.n, upheld=int(row.upheld))
        for row in connection.execute(statement)
    ]


def bands(connection: Connection, made: Decided) -> list[Band]:
    edge = case(*((cases.c.score >= low, low) for low in BANDS[:-1]), else_=BANDS[-1]).label("low")
    kinds = (edge, decisions.c.verdict)
    found: Counter[tuple[float, str]] = Counter()
    for row in connection.execute(made.standing(*kinds, func.count().label("n")).group_by(*kinds)):
        found[float(row.low), row.verdict] += row.n
    return [
        Band(
            low=low,
            offending=found[low, Verdict.VIOLATION.value] + found[low, Verdict.TRANSFER.value],
            clean=found[low, Verdict.CLEAN.value],
        )
        for low in BANDS
    ]


def codes(connection: Connection, made: Decided) -> tuple[int, int]:
    """How many violations stand, and of how many the judge had named the very code."""
    named = exists().where(
        case_posts.c.case_id == cases.c.id,
        ~Aside(case_posts.c.split),
        findings.c.post_row == case_posts.c.post_row,
        findings.c.code == decisions.c.reason,
    )
    statement = made.standing(func.count(), func.sum(case((named, 1), else_=0))).where(
        decisions.c.verdict == Verdict.VIOLATION.value
    )
    total, same = connection.execute(statement).one()
    return int(total), int(same or 0)
