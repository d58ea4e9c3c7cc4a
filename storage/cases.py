"""Cases: the queue of people. Only `decide` decides, and only what a person says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, insert, or_, select, update

from storage.audit import record
from storage.bilingual import Problem
from storage.casefiles import CaseFile, read_case
from storage.columns import AnyRow, utc_now
from storage.database import read, write
from storage.models import case_posts, cases, decisions, findings, posts
from storage.persons import named_person
from storage.reasons import POLICY, WITHDRAWN, check, demand_note
from storage.records import CaseStatus, Clause, Decision
from storage.second import needs_second
from storage.splits import locked, move_out, standing

LEASE = timedelta(minutes=15)  # how long a claim keeps others away
OPEN = (CaseStatus.WAITING.value, CaseStatus.CLAIMED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as a list shows it."""

    id: int
    status: CaseStatus
    priority: int
    platform: str
    urls: tuple[str, ...]  # canonical, one a post
    title: str
    codes: tuple[str, ...]  # violation atoms the machine claims, the strongest first
    clauses: tuple[Clause, ...]
    opened_at: datetime
    version: int
    posts: int
    reopened: int
    claimed_by: str
    claim_until: datetime | None = None
    awaits_second: bool = False  # decided, not yet confirmed
    score: float = 0.0
    region: str = ""


def list_cases(
    engine: Engine,
    status: CaseStatus | None = None,
    platform: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[CaseRow]:
    """The queue: open cases before settled ones, highest priority first, then the oldest."""
    settled = cases.c.status.not_in(OPEN)
    statement = select(cases).order_by(settled, cases.c.priority.desc(), cases.c.id)
    if status is not None:
        statement = statement.where(cases.c.status == status.value)
    if platform is not None:
        statement = statement.where(cases.c.platform == platform)
    with read(engine) as connection:
        rows = connection.execute(statement.limit(limit).offset(offset)).all()
        ids = [row.id for row in rows]
        found = urls_of(connection, ids)
        claims = claims_of(connection, ids)
    return [case_row(row, found[row.id], claims[row.id]) for row in rows]


def urls_of(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[str]]:
    statement = (
        select(case_posts.c.case_id, posts.c.url)
        .join(posts, posts.c.id == case_posts.c.post_row)
        .where(case_posts.c.case_id.in_(ids), ~case_posts.c.split)
        .order_by(posts.c.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.case_id].append(row.url)
    return found


def claims_of(
    connection: Connection, ids: Sequence[int]
) -> defaultdict[int, list[tuple[str, str]]]:
    statement = (
        select(case_posts.c.case_id, findings.c.code, findings.c.clause)
        .join(findings, findings.c.post_row == case_posts.c.post_row)
        .where(case_posts.c.case_id.in_(ids), ~case_posts.c.split)
        .order_by(findings.c.severity.desc(), findings.c.score.desc(), findings.c.id)
    )
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.case_id].append((row.code, row.clause))
    return found


def case_row(row: AnyRow, urls: list[str], claims: list[tuple[str, str]]) -> CaseRow:
    unique = tuple(dict.fromkeys(urls))
    return CaseRow(
        id=row.id,
        status=CaseStatus(row.status),
        priority=row.priority,
        platform=row.platform,
        urls=unique,
        title=row.title,
        codes=tuple(dict.fromkeys(code for code, _ in claims)),
        clauses=tuple(dict.fromkeys(Clause(clause) for _, clause in claims)),
        opened_at=row.opened_at,
        version=row.version,
        posts=len(unique),
        reopened=row.reopened,
        claimed_by=row.claimed_by,
        claim_until=row.claim_until,
        awaits_second=row.awaits_second,
        score=row.score,
        region=row.region,
    )


def get_case(engine: Engine, case_id: int) -> CaseFile:
    """Everything that is known of a case; Problem if there is none of this number."""
    with read(engine) as connection:
        return read_case(connection, standing(connection, case_id))


def free_for(person: str, now: datetime) -> ColumnElement[bool]:
    """Open, and not in somebody else's hands."""
    return cases.c.status.in_(OPEN) & in_no_other_hands(person, now)


def in_no_other_hands(person: str, now: datetime) -> ColumnElement[bool]:
    """Of an open case: a claim ends by itself."""
    return or_(
        cases.c.status == CaseStatus.WAITING.value,
        cases.c.claimed_by == person,
        cases.c.claim_until < now,
    )


def claim(engine: Engine, case_id: int, by: str, lease: timedelta = LEASE) -> None:
    """Take an open case for oneself until the lease ends; claiming one's own again renews it."""
    person = named_person(by)
    with write(engine) as connection:
        if not take(connection, case_id, person, lease):
            raise not_open(standing(connection, case_id))


def take(connection: Connection, case_id: int, person: str, lease: timedelta = LEASE) -> bool:
    """Claim or renew in the caller's transaction; False where the case is not to be had."""
    now = utc_now()
    own = (cases.c.status == CaseStatus.CLAIMED.value) & (cases.c.claimed_by == person)
    renewed = update(cases).where(cases.c.id == case_id, own).values(claim_until=now + lease)
    if connection.execute(renewed).rowcount == 1:
        return True
    taken = (
        update(cases)
        .where(cases.c.id == case_id, free_for(person, now))
        .values(
            status=CaseStatus.CLAIMED.value,
            claimed_by=person,
            claimed_at=now,
            claim_until=now + lease,
            version=cases.c.version + 1,
        )
    )
    if connection.execute(taken).rowcount != 1:
        return False
    record(connection, person, "case.claim", f"case:{case_id}")
    return True


def release(engine: Engine, case_id: int, by: str) -> None:
    """Give a claimed case back to the queue.

    Anybody may, so that a case whose reviewer is away is not stuck; the audit says who did it and
    whose it was.
    """
    person = named_person(by)
    statement = (
        update(cases)
        .where(cases.c.id == case_id, cases.c.status == CaseStatus.CLAIMED.value)
        .values(
            status=CaseStatus.WAITING.value,
            claimed_by="",
            claimed_at=None,
            claim_until=None,
            version=cases.c.version + 1,
        )
    )
    with write(engine) as connection:
        before = locked(connection, case_id)
        if connection.execute(statement).rowcount != 1:
            raise not_open(before)
        record(connection, person, "case.release", f"case:{case_id}", {"held": before.claimed_by})


def decide(
    engine: Engine,
    decision: Decision,
    expected_version: int | None = None,
    leaving: Sequence[int] = (),
) -> int:
    """Record what a person decided; the id of the decision.

    The status moves by a conditional update, so of two people deciding one case exactly one is
    recorded. An already decided case takes a further decision only if it supersedes the newest
    one by its id. With `expected_version` the case must not have changed since it was shown.
    Posts `leaving` (row ids) do not belong: they are split off into a case of their own in the
    same transaction, and the decision is about the rest.
    Where policy asks for a second person (`storage/second.py`) the case then waits for one.
    Raises Problem, with nothing written, for an unknown case or reason, a reason that does not fit
    the verdict, nobody named, a case claimed by somebody else, or one that has moved on.
    """
    with write(engine) as connection:
        return decide_in(connection, decision, expected_version, leaving)


def decide_in(
    connection: Connection,
    decision: Decision,
    expected_version: int | None = None,
    leaving: Sequence[int] = (),
) -> int:
    """The same in the caller's transaction, which a Problem must undo."""
    person = named_person(decision.by)
    check(decision.verdict, decision.reason)
    demand_note(decision)
    case = locked(connection, decision.case_id)
    awaits = needs_second(connection, decision, case)
    settle(connection, decision, person, Moving(CaseStatus.DECIDED, awaits), expected_version)
    if leaving:
        move_out(connection, decision.case_id, leaving, person)
    return append(connection, decision, person, awaits)


class Moving(NamedTuple):
    """Where a decision takes its case."""

    status: CaseStatus
    awaits: bool  # a second person


def settle(
    connection: Connection,
    decision: Decision,
    person: str,
    moving: Moving,
    expected_version: int | None,
) -> None:
    """Move the case by one conditional update; Problem where it does not stand as it must.

    To name the decision that is superseded does not take a case out of somebody's hands.
    """
    now = utc_now()
    claimed = moving.status is CaseStatus.CLAIMED
    statement = (
        update(cases)
        .where(cases.c.id == decision.case_id)
        .values(
            status=moving.status.value,
            awaits_second=moving.awaits,
            claimed_by=person if claimed else "",
            claimed_at=now if claimed else None,
            claim_until=now + LEASE if claimed else None,
            version=cases.c.version + 1,
            updated_at=decision.at,
        )
    )
    if expected_version is not None:
        statement = statement.where(cases.c.version == expected_version)
    if decision.supersedes is None:
        statement = statement.where(free_for(person, now))
    else:
        settled = cases.c.status.not_in(OPEN)
        statement = statement.where(
            cases.c.decision_id == decision.supersedes,
            or_(settled, in_no_other_hands(person, now)),
        )
    if connection.execute(statement).rowcount != 1:
        raise refused(standing(connection, decision.case_id), decision, expected_version)


def append(connection: Connection, decision: Decision, person: str, awaits: bool) -> int:
    statement = insert(decisions).values(
        case_id=decision.case_id,
        verdict=decision.verdict.value,
        reason=decision.reason,
        policy=POLICY,
        decided_by=person,
        decided_at=decision.at,
        note=decision.note,
        supersedes=decision.supersedes,
    )
    number = int(connection.execute(statement.returning(decisions.c.id)).scalar_one())
    connection.execute(
        update(cases)
        .where(cases.c.id == decision.case_id)
        .values(decision_id=number, awaits_second=awaits)
    )
    told = {
        "decision": number,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        "supersedes": decision.supersedes,
        "awaits_second": awaits,
    }
    if decision.reason == WITHDRAWN:  # it says nothing of the case, in particular no doubt
        undone = {"decision": decision.supersedes}
        record(connection, person, "case.undo", f"case:{decision.case_id}", undone)
    else:
        record(connection, person, "case.decide", f"case:{decision.case_id}", told)
    return number


def refused(case: AnyRow, decision: Decision, expected_version: int | None) -> Problem:
    """Why a decision was not taken, from the case as it stands."""
    if expected_version is not None and case.version != expected_version:
        return changed_since(case)
    if decision.supersedes is not None and decision.supersedes != case.decision_id:
        return Problem(
            f"案件 {case.id} 的最新决定是 {case.decision_id or '（无）'}，"
            f"不是 {decision.supersedes}；没有写入。请查看最新决定后再改。",
            f"The newest decision of case {case.id} is {case.decision_id or 'none'}, not "
            f"{decision.supersedes}; nothing was written. Look at the newest one first.",
        )
    return not_open(case)


def changed_since(case: AnyRow) -> Problem:
    return Problem(
        f"案件 {case.id} 在您查看之后有变化，没有写入。请看最新的情况，确认无误可再提交。",
        f"Case {case.id} has changed since you saw it; nothing was written. Look at how it stands "
        "now; if you are still sure, send again.",
    )


def not_open(case: AnyRow) -> Problem:
    if case.status == CaseStatus.CLAIMED.value:
        return Problem(
            f"案件 {case.id} 正由 {case.claimed_by} 处理，没有写入。请等其完成或释放。",
            f"Case {case.id} is with {case.claimed_by}; nothing was written. Wait, or release it.",
        )
    if case.status == CaseStatus.WAITING.value:
        return Problem(
            f"案件 {case.id} 无人领取，没有写入。",
            f"Case {case.id} is not claimed; nothing was written.",
        )
    return Problem(
        f"案件 {case.id} 已有决定（编号 {case.decision_id}），没有写入。"
        "如需更改，请写明替代该决定（命令行加 --replace）。",
        f"Case {case.id} is decided already (decision {case.decision_id}); nothing was written. "
        "To change it, supersede that decision (--replace on the command line).",
    )


def split(
    engine: Engine,
    case_id: int,
    post_row_ids: Sequence[int],
    by: str,
    expected_version: int | None = None,
) -> int:
    """Take posts out of a case into a new one, where they stay; the new case's id.

    All versions of a post go together. Like a decision it needs a case in no other hands and, with
    `expected_version`, one that has not changed since it was shown. Raises Problem unless some of
    the case's posts, but not all of them, are named; and for a case that two people settled or
    that waits for the second: only a decision that takes the place of theirs takes posts out of
    it. A settled case keeps its decision; the new one waits for its own.
    """
    person = named_person(by)
    with write(engine) as connection:
        case = locked(connection, case_id)
        open_to(case, person, expected_version)
        return move_out(connection, case_id, post_row_ids, person)


def open_to(case: AnyRow, person: str, expected_version: int | None) -> None:
    """Raise Problem unless this person may take posts out of the case, as it stands now."""
    if expected_version is not None and case.version != expected_version:
        raise changed_since(case)
    if case.status == CaseStatus.APPROVED.value or case.awaits_second:
        raise Problem(
            f"案件 {case.id} 已经复核或正等第二人复核，不能直接拆分，没有改动。"
            "请改判，并在改判时去掉不属于本案的勾；改判须由另一人复核。",
            f"Case {case.id} was confirmed by a second person or waits for one: it cannot simply "
            "be split; nothing was changed. Supersede the decision and take the ticks away there; "
            "a second person must confirm that.",
        )
    lapsed = case.claim_until is not None and case.claim_until < utc_now()
    if case.status == CaseStatus.CLAIMED.value and case.claimed_by != person and not lapsed:
        raise not_open(case)
