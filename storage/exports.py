"""What exporters read: decided posts, one row a URL, and the register of lists that left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.bilingual import Problem
from storage.casefiles import decision_of, findings_by_post, snapshots_by_post
from storage.columns import AnyRow
from storage.database import read, write
from storage.handed_out import HandedOut, handed_out
from storage.models import case_posts, cases, decisions, export_batches, posts
from storage.records import CaseStatus, Contacts, Decision, Finding, Snapshot, Verdict
from storage.rows import post_of
from storage.takedowns import Item, Request, standing_of

PAGE = 200  # rows read at a time
OFFICE_TIME = ZoneInfo("Asia/Shanghai")
SETTLED = (CaseStatus.DECIDED.value, CaseStatus.APPROVED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedRow:
    """One URL that a person decided about, with everything a list or a letter says of it."""

    case_no: int
    post_row: int
    platform: str
    url: str  # canonical
    url_found: str
    author: str
    author_id: str
    author_url: str
    title: str
    text: str
    published_at: datetime | None
    region: str
    icp: str
    contacts: Contacts
    content_sha256: str
    score: float
    findings: tuple[Finding, ...]  # the gravest first
    snapshots: tuple[Snapshot, ...]  # the oldest first
    first_seen: datetime
    last_seen: datetime
    decision_id: int
    decision: Decision
    reopened: int  # how often the case came back after a decision
    request: Request | None = None  # the newest that asks for it, with `item`
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A list that was made."""

    format: str
    made_at: datetime
    rows: int
    sha256: str
    file_name: str
    filters: Mapping[str, Any]


def decided_rows(
    engine: Engine,
    platform: str | None = None,
    since: datetime | None = None,
    verdict: Verdict = Verdict.VIOLATION,
) -> Iterator[DecidedRow]:
    """Posts of cases whose NEWEST decision is `verdict`, by row id; never all in memory.

    A case that was reopened is not among them until somebody decides anew. Of a post with several
    versions in its case the one seen last is given. `platform` is the post's, `since` the earliest
    moment of the decision.
    """
    statement = decided_query(verdict)
    if platform is not None:
        statement = statement.where(posts.c.platform == platform)
    if since is not None:
        statement = statement.where(decisions.c.decided_at >= since)
    last = 0
    while True:
        with read(engine) as connection:
            page = connection.execute(statement.where(posts.c.id > last).limit(PAGE)).all()
            rows = with_findings(connection, page)
        if not rows:
            return
        yield from rows
        last = rows[-1].post_row


def decided_query(verdict: Verdict) -> Any:  # noqa: ANN401 (a SQL statement)
    other, seat = posts.alias("other"), case_posts.alias("seat")
    later = exists().where(
        seat.c.case_id == case_posts.c.case_id,
        seat.c.split.is_(False),
        other.c.id == seat.c.post_row,
        other.c.identity == posts.c.identity,
        or_(
            other.c.last_seen > posts.c.last_seen,
            and_(other.c.last_seen == posts.c.last_seen, other.c.id > posts.c.id),
        ),
    )
    return (
        select(
            posts,
            cases.c.reopened,
            decisions.c.id.label("decision_row"),
            decisions.c.case_id,
            decisions.c.verdict,
            decisions.c.reason,
            decisions.c.decided_by,
            decisions.c.decided_at,
            decisions.c.note,
            decisions.c.supersedes,
        )
        .join(case_posts, case_posts.c.post_row == posts.c.id)
        .join(cases, cases.c.id == case_posts.c.case_id)
        .join(decisions, decisions.c.id == cases.c.decision_id)
        .where(
            case_posts.c.split.is_(False),
            cases.c.status.in_(SETTLED),
            ~cases.c.awaits_second,
            ~later,
        )
        .where(decisions.c.verdict == verdict.value)
        .order_by(posts.c.id)
    )


def with_findings(connection: Connection, page: Any) -> list[DecidedRow]:  # noqa: ANN401
    ids = [row.id for row in page]
    said, proof = findings_by_post(connection, ids), snapshots_by_post(connection, ids)
    asked = standing_of(connection, ids)
    rows = [decided_row(row, tuple(said[row.id]), tuple(proof[row.id])) for row in page]
    return [
        replace(row, request=asked[row.post_row][0], item=asked[row.post_row][1])
        if row.post_row in asked
        else row
        for row in rows
    ]


def decided_row(row: AnyRow, said: tuple[Finding, ...], proof: tuple[Snapshot, ...]) -> DecidedRow:
    post = post_of(row)
    return DecidedRow(
        case_no=row.case_id,
        post_row=row.id,
        platform=post.platform,
        url=post.url,
        url_found=post.url_found,
        author=post.author,
        author_id=post.author_id,
        author_url=post.author_url,
        title=post.title,
        text=post.text,
        published_at=post.published_at,
        region=post.region,
        icp=post.icp,
        contacts=post.contacts,
        content_sha256=row.content_sha256,
        score=row.score,
        findings=said,
        snapshots=proof,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        decision_id=row.decision_row,
        decision=decision_of(row),
        reopened=row.reopened,
    )


def open_batch(engine: Engine, batch_format: str, filters: Mapping[str, Any], at: datetime) -> str:
    """Take the next number of the day (Asia/Shanghai), as `CS-20261123-001`.

    For a list that prints its own number; `close_batch` completes the entry. A list that was
    never finished leaves its number behind with 0 rows.
    """
    made = Batch(format=batch_format, made_at=at, rows=0, sha256="", file_name="", filters=filters)
    return record_batch(engine, made)


def close_batch(engine: Engine, made: HandedOut) -> None:
    """Complete a batch that was opened, with its lines in the audit and in custody.

    Raises Problem for an unknown or completed number.
    """
    batch_no = made.number
    statement = (
        update(export_batches)
        .where(export_batches.c.batch_no == batch_no, export_batches.c.sha256 == "")
        .values(rows=made.rows, sha256=made.sha256, file_name=made.name)
    )
    with write(engine) as connection:
        if connection.execute(statement).rowcount != 1:
            raise Problem(
                f"批次 {batch_no} 不存在或已登记，没有改动。",
                f"Batch {batch_no} does not exist or is complete; nothing was changed.",
            )
        handed_out(connection, made)


def decided_counts(
    engine: Engine, since: datetime | None, verdicts: Sequence[Verdict]
) -> dict[str, int]:
    """How many rows `decided_rows` would give, by platform."""
    found: Counter[str] = Counter()
    for verdict in verdicts:
        rows = decided_query(verdict).order_by(None).with_only_columns(posts.c.platform)
        if since is not None:
            rows = rows.where(decisions.c.decided_at >= since)
        some = rows.subquery()
        statement = select(some.c.platform, func.count()).group_by(some.c.platform)
        with read(engine) as connection:
            for platform, count in connection.execute(statement):
                found[platform] += count
    return dict(found.most_common())


def record_batch(engine: Engine, batch: Batch) -> str:
    """Register a list that was made; its number, unique, as `CS-20261123-001`."""
    while True:
        try:
            with write(engine) as connection:
                return add_batch(connection, batch)
        except IntegrityError:
            # PostgreSQL lets two exports count at once; the slower of them counts again.
            continue


def add_batch(connection: Connection, batch: Batch) -> str:
    prefix = f"CS-{batch.made_at.astimezone(OFFICE_TIME):%Y%m%d}-"
    # Batches are never deleted, so their count is the last number given.
    given = connection.execute(
        select(func.count()).where(export_batches.c.batch_no.startswith(prefix, autoescape=True))
    ).scalar_one()
    batch_no = f"{prefix}{given + 1:03d}"
    connection.execute(
        insert(export_batches).values(
            batch_no=batch_no,
            format=batch.format,
            made_at=batch.made_at,
            rows=batch.rows,
            sha256=batch.sha256,
            file_name=batch.file_name,
            filters=dict(batch.filters),
        )
    )
    return batch_no
