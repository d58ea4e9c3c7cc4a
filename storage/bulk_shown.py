"""Cases shown together to be decided together: claimed, and frozen as they were shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, tuple_

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.cases import OPEN, take
from storage.columns import AnyRow, utc_now
from storage.database import insert_new, read, write
from storage.models import advertiser_keys, case_posts, cases, posts
from storage.models_exports import bulk_cases, bulk_decisions
from storage.persons import named_person
from storage.records import Verdict

MOST_CASES = 200
MOST_POSTS = 800  # a form has at most 1,000 fields
KIN = ("account", "host", "icp", "phone", "qq", "wechat")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """A case as it was shown: at this version, with these posts (of each its newest version)."""

    case_id: int
    version: int
    posts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a case: a decision, perhaps taken back since, or why there is none."""

    case_id: int
    decision_id: int | None
    undone_id: int | None
    why: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    id: int
    owner: str
    shown_at: datetime
    shown: tuple[ShownCase, ...]
    state: str  # "shown", "decided", "undone"
    verdict: Verdict | None
    reason: str
    note: str
    leaving: frozenset[int]
    decided_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    outcomes: dict[int, Outcome]

    @property
    def rows(self) -> tuple[int, ...]:
        """All posts shown, in their order on the page."""
        return tuple(row for case in self.shown for row in case.posts)

    @property
    def pending(self) -> list[ShownCase]:
        return [case for case in self.shown if case.case_id not in self.outcomes]


# ---- showing ------------------------------------------------------------------------------------


def show_together(engine: Engine, case_ids: Sequence[int], by: str) -> int:
    """Claim the cases and freeze what they hold; the batch's number.

    Cases that are not to be had stay out, and the batch says why. Problem where none is left.
    """
    person = named_person(by)
    wanted = list(dict.fromkeys(case_ids))
    if not 0 < len(wanted) <= MOST_CASES:
        raise Problem(
            f"请选择 1 到 {MOST_CASES} 件案件；没有领取。",
            f"Choose 1 to {MOST_CASES} cases; none was claimed.",
        )
    with write(engine) as connection:
        shown, refused = frozen(connection, wanted, person)
        if not shown:
            raise Problem(
                "所选案件都不能批量判定（已判定、在他人手中或没有内容），没有领取。请刷新队列。",
                "None of the chosen cases is free to be decided; none was claimed. Reload the "
                "queue.",
            )
        statement = insert(bulk_decisions).values(
            owner=person,
            shown_at=utc_now(),
            shown=[[one.case_id, one.version, list(one.posts)] for one in shown],
            state="shown",
        )
        number = int(connection.execute(statement.returning(bulk_decisions.c.id)).scalar_one())
        for case_id, why in refused.items():
            add_outcome(connection, number, case_id, why=why)
        told = {"cases": {str(one.case_id): one.version for one in shown}}
        record(connection, person, "bulk.show", f"bulk:{number}", told)
    return number


def frozen(
    connection: Connection, wanted: Sequence[int], person: str
) -> tuple[list[ShownCase], dict[int, Bilingual]]:
    shown: list[ShownCase] = []
    refused: dict[int, Bilingual] = {}
    known = set(connection.execute(select(cases.c.id).where(cases.c.id.in_(wanted))).scalars())
    room = MOST_POSTS
    for case_id in wanted:
        if case_id not in known:
            continue
        rows = newest_rows(connection, case_id)
        if not rows or len(rows) > room:
            refused[case_id] = too_many() if rows else nothing_left()
        elif take(connection, case_id, person):
            room -= len(rows)
            version = connection.execute(
                select(cases.c.version).where(cases.c.id == case_id)
            ).scalar_one()
            shown.append(ShownCase(case_id=case_id, version=version, posts=rows))
        else:
            refused[case_id] = not_free()
    return shown, refused


def too_many() -> Bilingual:
    return Bilingual(
        f"一批最多 {MOST_POSTS} 篇，本案没有列入，请另行判定。",
        f"A batch holds {MOST_POSTS} posts at most: this case was left out.",
    )


def nothing_left() -> Bilingual:
    return Bilingual("本案里没有内容了，没有列入。", "This case holds nothing: it was left out.")


def not_free() -> Bilingual:
    return Bilingual(
        "本案已判定或在他人手中，没有列入。",
        "This case is decided or in other hands: it was left out.",
    )


def newest_rows(connection: Connection, case_id: int) -> tuple[int, ...]:
    """Of each post standing in the case its newest version."""
    statement = (
        select(posts.c.id, posts.c.identity)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case_id, ~case_posts.c.split)
        .order_by(posts.c.id)
    )
    newest = {row.identity: row.id for row in connection.execute(statement)}
    return tuple(sorted(newest.values()))


def open_kin(engine: Engine, case_id: int) -> list[int]:
    """The case and the open ones that name the same advertiser, the most urgent first."""
    keys = (
        select(advertiser_keys.c.kind, advertiser_keys.c.value)
        .distinct()
        .join(case_posts, case_posts.c.post_row == advertiser_keys.c.post_row)
        .where(
            case_posts.c.case_id == case_id, ~case_posts.c.split, advertiser_keys.c.kind.in_(KIN)
        )
        .limit(100)
    )
    with read(engine) as connection:
        named = [(row.kind, row.value) for row in connection.execute(keys)]
        others = (
            select(cases.c.id, cases.c.priority)
            .distinct()
            .join(case_posts, case_posts.c.case_id == cases.c.id)
            .join(advertiser_keys, advertiser_keys.c.post_row == case_posts.c.post_row)
            .where(
                tuple_(advertiser_keys.c.kind, advertiser_keys.c.value).in_(named),
                ~case_posts.c.split,
                cases.c.status.in_(OPEN),
                cases.c.id != case_id,
            )
            .order_by(cases.c.priority.desc(), cases.c.id)
            .limit(MOST_CASES - 1)
        )
        found = [row.id for row in connection.execute(others)] if named else []
    return [case_id, *found]


# ---- reading ------------------------------------------------------------------------------------


def get_bulk(engine: Engine, number: int) -> Bulk:
    with read(engine) as connection:
        statement = select(bulk_decisions).where(bulk_decisions.c.id == number)
        row = connection.execute(statement).one_or_none()
        if row is None:
            raise Problem(
                f"没有编号为 {number} 的批次。请回到队列重新选择。",
                f"There is no batch {number}. Choose again in the queue.",
            )
        some = select(bulk_cases).where(bulk_cases.c.batch_id == number)
        outcomes = connection.execute(some.order_by(bulk_cases.c.case_id)).all()
    return bulk_of(row, outcomes)


def bulk_of(row: AnyRow, outcomes: Sequence[AnyRow]) -> Bulk:
    shown = [ShownCase(case_id=c, version=v, posts=tuple(rows)) for c, v, rows in row.shown]
    return Bulk(
        id=row.id,
        owner=row.owner,
        shown_at=row.shown_at,
        shown=tuple(shown),
        state=row.state,
        verdict=Verdict(row.verdict) if row.verdict else None,
        reason=row.reason,
        note=row.note,
        leaving=frozenset(row.leaving or ()),
        decided_at=row.decided_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        outcomes={
            one.case_id: Outcome(
                case_id=one.case_id,
                decision_id=one.decision_id,
                undone_id=one.undone_id,
                why=Bilingual(one.why_zh, one.why_en),
            )
            for one in outcomes
        },
    )


def add_outcome(
    connection: Connection,
    number: int,
    case_id: int,
    decision_id: int | None = None,
    why: Bilingual | None = None,
) -> None:
    said = why or Bilingual("", "")
    values = {"batch_id": number, "case_id": case_id, "decision_id": decision_id}
    new = insert_new(connection.dialect.name, bulk_cases)  # a double click may come second
    connection.execute(new.values(**values, why_zh=said.zh, why_en=said.en))
