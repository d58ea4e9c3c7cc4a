"""Cases: the queue of people. Only `decide` decides, and only what a person says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from storage.bilingual import Problem
from storage.casefiles import CaseFile, read_case
from storage.clusters import refresh
from storage.columns import AnyRow, utc_now
from storage.database import read, write
from storage.models import case_posts, cases, decisions, findings, posts
from storage.reasons import POLICY, check
from storage.records import CaseStatus, Clause, Decision

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
    )


def get_case(engine: Engine, case_id: int) -> CaseFile:
    """Everything that is known of a case; Problem if there is none of this number."""
    with read(engine) as connection:
        return read_case(connection, standing(connection, case_id))


def standing(connection: Connection, case_id: int) -> AnyRow:
    row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise Problem(
            f"没有编号为 {case_id} 的案件，没有写入。请用 `certsweep cases` 查看。",
            f"There is no case {case_id}; nothing was written. See `certsweep cases`.",
        )
    return row


def named_person(by: str) -> str:
    if not by.strip():
        raise Problem(
            "没有写明经办人，没有写入。请给出姓名或账号。",
            "Nobody is named as the person responsible; nothing was written. Give a name.",
        )
    return by.strip()


def claim(engine: Engine, case_id: int, by: str) -> None:
    """Take a waiting case for oneself; claiming one's own again changes nothing."""
    person = named_person(by)
    statement = (
        update(cases)
        .where(cases.c.id == case_id, cases.c.status == CaseStatus.WAITING.value)
        .values(
            status=CaseStatus.CLAIMED.value,
            claimed_by=person,
            claimed_at=utc_now(),
            version=cases.c.version + 1,
        )
    )
    with write(engine) as connection:
        if connection.execute(statement).rowcount == 1:
            return
        case = standing(connection, case_id)
        if not (case.status == CaseStatus.CLAIMED.value and case.claimed_by == person):
            raise not_open(case)


def release(engine: Engine, case_id: int, by: str) -> None:
    """Give a claimed case back to the queue.

    Anybody may, so that a case whose reviewer is away is not stuck.
    """
    named_person(by)
    statement = (
        update(cases)
        .where(cases.c.id == case_id, cases.c.status == CaseStatus.CLAIMED.value)
        .values(
            status=CaseStatus.WAITING.value,
            claimed_by="",
            claimed_at=None,
            version=cases.c.version + 1,
        )
    )
    with write(engine) as connection:
        if connection.execute(statement).rowcount != 1:
            raise not_open(standing(connection, case_id))


def decide(engine: Engine, decision: Decision, expected_version: int | None = None) -> int:
    """Record what a person decided; the id of the decision.

    The status moves by a conditional update, so of two people deciding one case exactly one is
    recorded. An already decided case takes a further decision only if it supersedes the newest
    one by its id. With `expected_version` the case must not have changed since it was shown.
    Raises Problem, with nothing written, for an unknown case or reason, a reason that does not fit
    the verdict, nobody named, a case claimed by somebody else, or one that has moved on.
    """
    person = named_person(decision.by)
    check(decision.verdict, decision.reason)
    if decision.reason == "OTHER" and not decision.note.strip():
        raise Problem(
            "理由“其他”须写明说明（--note），没有写入。",
            "The reason OTHER needs a note that says which (--note); nothing was written.",
        )
    with write(engine) as connection:
        statement = (
            update(cases)
            .where(cases.c.id == decision.case_id)
            .values(
                status=CaseStatus.DECIDED.value,
                claimed_by="",
                claimed_at=None,
                version=cases.c.version + 1,
                updated_at=decision.at,
            )
        )
        if expected_version is not None:
            statement = statement.where(cases.c.version == expected_version)
        if decision.supersedes is None:
            free = (cases.c.status == CaseStatus.WAITING.value) | (cases.c.claimed_by == person)
            statement = statement.where(cases.c.status.in_(OPEN), free)
        else:
            statement = statement.where(cases.c.decision_id == decision.supersedes)
        if connection.execute(statement).rowcount != 1:
            raise refused(standing(connection, decision.case_id), decision, expected_version)
        return append(connection, decision, person)


def append(connection: Connection, decision: Decision, person: str) -> int:
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
        update(cases).where(cases.c.id == decision.case_id).values(decision_id=number)
    )
    return number


def refused(case: AnyRow, decision: Decision, expected_version: int | None) -> Problem:
    """Why a decision was not taken, from the case as it stands."""
    if expected_version is not None and case.version != expected_version:
        return Problem(
            f"案件 {case.id} 在您查看之后有变化（版本 {expected_version} → {case.version}），"
            "您的决定没有写入。请重新打开查看后再决定。",
            f"Case {case.id} has changed since you saw it (version {expected_version} → "
            f"{case.version}); your decision was not recorded. Open it again, then decide.",
        )
    if decision.supersedes is not None:
        return Problem(
            f"案件 {case.id} 的最新决定是 {case.decision_id or '（无）'}，"
            f"不是 {decision.supersedes}；没有写入。请查看最新决定后再改。",
            f"The newest decision of case {case.id} is {case.decision_id or 'none'}, not "
            f"{decision.supersedes}; nothing was written. Look at the newest one first.",
        )
    return not_open(case)


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


def split(engine: Engine, case_id: int, post_row_ids: Sequence[int], by: str) -> int:
    """Take posts out of a case into a new one, where they stay; the new case's id.

    All versions of a post go together. Raises Problem unless some of the case's posts, but not
    all of them, are named. The case left behind keeps its decision; the new one waits for its own.
    """
    person = named_person(by)
    with write(engine) as connection:
        case = standing(connection, case_id)
        own = members(connection, case_id)
        chosen = {key for row, key in own.items() if row in set(post_row_ids)}
        moving = sorted(row for row, key in own.items() if key in chosen)
        if not set(post_row_ids) <= own.keys() or not moving or len(moving) == len(own):
            raise Problem(
                f"请在案件 {case_id} 现有的帖子中选一部分（不能为空，不能全选）；没有改动。",
                f"Name some, not all, of the posts standing in case {case_id}; nothing was "
                "changed.",
            )
        now = utc_now()
        new_id = part(connection, case, moving, person)
        connection.execute(
            insert(case_posts),
            [{"case_id": new_id, "post_row": row, "joined_at": now} for row in moving],
        )
        refresh(connection, case_id, now)
        refresh(connection, new_id, now)
        return new_id


def members(connection: Connection, case_id: int) -> dict[int, bytes]:
    statement = (
        select(posts.c.id, posts.c.identity)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case_id, ~case_posts.c.split)
    )
    return {row.id: row.identity for row in connection.execute(statement)}


def part(connection: Connection, case: AnyRow, moving: Sequence[int], person: str) -> int:
    """Mark the posts as split from their case and open an empty one for them."""
    now = utc_now()
    connection.execute(
        update(case_posts)
        .where(case_posts.c.case_id == case.id, case_posts.c.post_row.in_(moving))
        .values(split=True, split_by=person, split_at=now)
    )
    first = connection.execute(select(posts).where(posts.c.id == moving[0])).one()
    statement = insert(cases).values(
        status=CaseStatus.WAITING.value,
        priority=case.priority,
        platform=first.platform,
        title=(first.title or first.text or first.url).strip()[:120],
        opened_at=now,
        updated_at=now,
        version=0,
    )
    return int(connection.execute(statement.returning(cases.c.id)).scalar_one())
