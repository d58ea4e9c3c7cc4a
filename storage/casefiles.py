"""A case with everything in it, as a reviewer, a letter or an evidence package needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from storage.columns import AnyRow
from storage.models import advertiser_keys, case_posts, decisions, findings, posts, snapshots
from storage.opinions import opinions_by_post
from storage.records import CaseStatus, Decision, Finding, Opinion, Post, Snapshot, Verdict
from storage.rows import finding_of, post_of, snapshot_of
from storage.second import SecondLook, looks_of
from storage.second_turns import shut_out_of
from storage.split_rounds import said_of_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePost:
    """One version of a post in a case, with what the machine said of it."""

    row: int
    post: Post
    content_sha256: str
    score: float
    engine: str
    stance: str
    first_seen: datetime
    last_seen: datetime
    joined_at: datetime
    findings: tuple[Finding, ...]
    snapshots: tuple[Snapshot, ...]
    opinions: tuple[Opinion, ...] = ()  # of a second reader, the oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    id: int
    status: CaseStatus
    priority: int
    platform: str
    title: str
    opened_at: datetime
    updated_at: datetime
    version: int
    reopened: int
    claimed_by: str
    posts: tuple[CasePost, ...]  # the oldest version first
    decisions: tuple[tuple[int, Decision], ...]  # with their ids, the oldest first
    advertiser_keys: tuple[tuple[str, str], ...]  # kind, value
    claim_until: datetime | None = None
    awaits_second: bool = False  # decided, not yet confirmed by a second person
    looks: tuple[SecondLook, ...] = ()  # of second persons, the oldest first
    needs_two: bool = False  # every decision of it waits for a second person
    shut_out: frozenset[str] = frozenset()  # while it waits: keys of names not to look under
    of_parts: frozenset[int] = frozenset()  # ids of decisions: storage/split_rounds.py


def read_case(connection: Connection, case: AnyRow) -> CaseFile:
    rows = connection.execute(
        select(posts, case_posts.c.joined_at)
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .where(case_posts.c.case_id == case.id, ~case_posts.c.split)
        .order_by(posts.c.id)
    ).all()
    ids = [row.id for row in rows]
    said, proof = findings_by_post(connection, ids), snapshots_by_post(connection, ids)
    second = opinions_by_post(connection, ids)
    decided = read_decisions(connection, case.id)
    return CaseFile(
        id=case.id,
        status=CaseStatus(case.status),
        priority=case.priority,
        platform=case.platform,
        title=case.title,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        version=case.version,
        reopened=case.reopened,
        claimed_by=case.claimed_by,
        posts=tuple(
            replace(case_post(row, said[row.id], proof[row.id]), opinions=tuple(second[row.id]))
            for row in rows
        ),
        decisions=decided,
        advertiser_keys=read_keys(connection, ids),
        claim_until=case.claim_until,
        awaits_second=case.awaits_second,
        looks=looks_of(connection, case.id),
        needs_two=case.needs_two,
        shut_out=(
            shut_out_of(connection, case.id, decided[-1][1].by)
            if case.awaits_second
            else frozenset()
        ),
        of_parts=said_of_parts(connection, case.id),
    )


def case_post(row: AnyRow, said: Sequence[Finding], proof: Sequence[Snapshot]) -> CasePost:
    return CasePost(
        row=row.id,
        post=post_of(row),
        content_sha256=row.content_sha256,
        score=row.score,
        engine=row.engine,
        stance=row.stance,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        joined_at=row.joined_at,
        findings=tuple(said),
        snapshots=tuple(proof),
    )


def findings_by_post(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[Finding]]:
    """Findings of post rows, the gravest and strongest first."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    statement = (
        select(findings)
        .where(findings.c.post_row.in_(ids))
        .order_by(findings.c.severity.desc(), findings.c.score.desc(), findings.c.id)
    )
    for row in connection.execute(statement):
        found[row.post_row].append(finding_of(row))
    return found


def snapshots_by_post(
    connection: Connection, ids: Sequence[int]
) -> defaultdict[int, list[Snapshot]]:
    """Snapshots of post rows, the oldest first."""
    found: defaultdict[int, list[Snapshot]] = defaultdict(list)
    statement = (
        select(snapshots)
        .where(snapshots.c.post_row.in_(ids))
        .order_by(snapshots.c.captured_at, snapshots.c.id)
    )
    for row in connection.execute(statement):
        found[row.post_row].append(snapshot_of(row))
    return found


def read_decisions(connection: Connection, case_id: int) -> tuple[tuple[int, Decision], ...]:
    statement = select(decisions).where(decisions.c.case_id == case_id).order_by(decisions.c.id)
    return tuple((row.id, decision_of(row)) for row in connection.execute(statement))


def decision_of(row: AnyRow) -> Decision:
    return Decision(
        case_id=row.case_id,
        verdict=Verdict(row.verdict),
        reason=row.reason,
        by=row.decided_by,
        at=row.decided_at,
        note=row.note,
        supersedes=row.supersedes,
    )


def read_keys(connection: Connection, ids: Sequence[int]) -> tuple[tuple[str, str], ...]:
    statement = (
        select(advertiser_keys.c.kind, advertiser_keys.c.value)
        .distinct()
        .where(advertiser_keys.c.post_row.in_(ids))
        .order_by(advertiser_keys.c.kind, advertiser_keys.c.value)
    )
    return tuple((row.kind, row.value) for row in connection.execute(statement))
