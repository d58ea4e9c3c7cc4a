"""The tables of the house, but for the directory's (`storage/directory_models.py`).

`storage/migrations` builds the same ones, a test compares the two.

Queries use the Core tables at the end of this file. Text columns hold "" for "not shown"; NULL is
kept for "not known".
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: SafeText(),
        datetime: UtcDateTime(),
        date: Date(),
        bytes: LargeBinary(),
        dict[str, Any]: SafeJson(),
        list[Any]: SafeJson(),
    }


class TargetModel(Base):
    """What we watch; one row for a kind, value and spider."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("kind", "value", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]
    reason: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    depth: Mapped[int]
    budget: Mapped[int]
    render: Mapped[bool]


class SweepModel(Base):
    """One run over the targets of a plan, resumed as often as needed."""

    __tablename__ = "sweeps"
    __table_args__ = (
        CheckConstraint("state IN ('running','finished','interrupted','failed')", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[dict[str, Any]]
    state: Mapped[str]
    cause: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stats: Mapped[dict[str, Any] | None] = mapped_column(SafeJson)


class SweepTargetModel(Base):
    """How far a sweep came with one target; the totals are filled when its outcome is set."""

    __tablename__ = "sweep_targets"
    __table_args__ = (
        CheckConstraint("outcome IN ('done','limit','blocked','error','running')", "outcome"),
    )

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    outcome: Mapped[str]
    pages: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")


class UrlModel(Base):
    """The frontier: every URL a sweep has heard of, and what came of it."""

    __tablename__ = "urls"
    __table_args__ = (
        UniqueConstraint("sweep_id", "fingerprint"),
        CheckConstraint("state IN ('waiting','leased','done','failed','dropped')", "state"),
        # Serves lease() in its own order and covers its filters: 64 of 100,000 rows in < 5 ms.
        Index("ix_urls_lease", "sweep_id", "state", "rank", "id", "host", "due_at"),
        Index("ix_urls_host", "sweep_id", "state", "host", "rank", "id"),
        Index("ix_urls_target", "sweep_id", "target_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    source: Mapped[str]
    url: Mapped[str]  # as found
    canonical: Mapped[str]
    fingerprint: Mapped[bytes]  # first 16 bytes of sha256(canonical)
    host: Mapped[str]
    depth: Mapped[int]
    rank: Mapped[int]  # minus the link's priority: indexes that sort one way only suffice
    state: Mapped[str]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)  # tries that ended in retry()
    render: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(default="")  # a PageState, "" before the first
    reason: Mapped[str] = mapped_column(default="")  # of the outcome, the retry or the drop
    http_status: Mapped[int | None]
    body_sha256: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]
    posts: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    cases_opened: Mapped[int] = mapped_column(default=0)


class PostModel(Base):
    """One version of a post.

    Evidence economy: where `flagged` is false only identity, URL, hash, engine, score and the two
    moments are filled, and there is one such row a post, rewritten when the content changes.
    """

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("identity", "content_sha256"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    # First 16 bytes of sha256 over platform and post_id. A post_id may be a URL of any length,
    # and PostgreSQL refuses index rows beyond 2,704 bytes.
    identity: Mapped[bytes]
    platform: Mapped[str]
    post_id: Mapped[str]
    content_sha256: Mapped[str]
    url: Mapped[str]
    engine: Mapped[str]  # fingerprint of the rules that judged it; "" where none has yet
    score: Mapped[float]
    flagged: Mapped[bool]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    url_found: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    author_id: Mapped[str] = mapped_column(default="")
    author_url: Mapped[str] = mapped_column(default="")
    verified: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    published_raw: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    images: Mapped[list[Any] | None] = mapped_column(SafeJson)
    video_cover: Mapped[str] = mapped_column(default="")
    contacts: Mapped[dict[str, Any] | None] = mapped_column(SafeJson)
    icp: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any] | None] = mapped_column(SafeJson)
    is_ad: Mapped[bool | None]
    stance: Mapped[str] = mapped_column(default="")
    signature: Mapped[bytes | None]  # MinHash, 128 little-endian 64-bit values


class BandModel(Base):
    """LSH bands of the signatures of flagged posts."""

    __tablename__ = "minhash_bands"

    band: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"), primary_key=True)


class KeyModel(Base):
    """What tells one advertiser from another, of flagged posts."""

    __tablename__ = "advertiser_keys"

    # host|account|phone|wechat|qq|icp; qr|qr_page; structure and picture hashes
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    post_row: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("posts.id"), primary_key=True, index=True
    )


class FindingModel(Base):
    """The machine's word about one version of a post; the same rule and version say it once."""

    __tablename__ = "findings"
    __table_args__ = (UniqueConstraint("post_row", "rule", "rule_version"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"))
    rule: Mapped[str]
    rule_version: Mapped[int]
    code: Mapped[str]
    clause: Mapped[str]
    score: Mapped[float]
    severity: Mapped[int]
    proves: Mapped[str]
    why: Mapped[str]
    evidence: Mapped[list[Any]]
    legal_basis: Mapped[list[Any]]


class SnapshotModel(Base):
    """Which files prove which version of a post."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("post_row", "kind", "sha256"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"))
    sha256: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BIG_ID)
    captured_at: Mapped[datetime]
    url: Mapped[str]


class CaseModel(Base):
    """A cluster of near-duplicate posts of one advertiser, for a person to decide."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','claimed','decided','approved')", "status"),
        CheckConstraint("priority BETWEEN 0 AND 100", "priority"),
        Index("ix_cases_queue", "status", "priority"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    priority: Mapped[int]
    platform: Mapped[str]  # of its first post
    title: Mapped[str]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]  # grows with everything a reviewer should have seen
    reopened: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None]  # the newest decision
    claim_until: Mapped[datetime | None]  # a claim ends by itself
    awaits_second: Mapped[bool] = mapped_column(default=False)  # decided, not yet confirmed
    # Once two were asked, every later decision needs two, also of posts split out; set by triggers.
    needs_two: Mapped[bool] = mapped_column(default=False)
    # What the queue filters by, of the posts standing in it; storage/clusters.py keeps it.
    clauses: Mapped[str] = mapped_column(default="")  # as "二三"
    region: Mapped[str] = mapped_column(default="")  # of its first post that shows one
    score: Mapped[float] = mapped_column(default=0.0)  # the highest
    members: Mapped[int] = mapped_column(default=0)  # posts, their versions counted once


class CasePostModel(Base):
    """Which post versions stand in which case.

    A row with `split` stays for ever: that post was taken out by a person and never comes back.
    """

    __tablename__ = "case_posts"
    __table_args__ = (
        Index(
            "uq_case_posts_active",
            "post_row",
            unique=True,
            # As SQLAlchemy writes it for SQLite, which else would not see that the index serves.
            sqlite_where=text("split = 0"),
            postgresql_where=text("NOT split"),
        ),
        Index(
            "ix_case_posts_split",
            "post_row",
            sqlite_where=text("split = 1"),
            postgresql_where=text("split"),
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"), primary_key=True)
    joined_at: Mapped[datetime]
    split: Mapped[bool] = mapped_column(default=False)
    split_by: Mapped[str] = mapped_column(default="")
    split_at: Mapped[datetime | None]


class DecisionModel(Base):
    """What people said. Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("verdict IN ('violation','clean','transfer','doubt')", "verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    verdict: Mapped[str]
    reason: Mapped[str]
    policy: Mapped[str]  # version of the tree of reasons it was chosen from
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    note: Mapped[str]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))


class OpinionModel(Base):
    """What a second reader said of one version of a post, and every try that came to nothing."""

    __tablename__ = "second_opinions"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('opinion','refused','garbage','no_quote','timeout','unreachable')",
            "outcome",
        ),
        CheckConstraint("view IN ('','offends','clean','unsure')", "view"),
        CheckConstraint("shift BETWEEN -10 AND 10 AND (shift = 0 OR outcome = 'opinion')", "shift"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"), index=True)
    model: Mapped[str]
    prompt: Mapped[str]
    asked_at: Mapped[datetime]
    outcome: Mapped[str]
    view: Mapped[str]
    shift: Mapped[int]
    quotes: Mapped[list[Any]]
    reason: Mapped[str]
    sent_sha256: Mapped[str]
    addressed: Mapped[bool]


class ExportBatchModel(Base):
    """Every list that left the house."""

    __tablename__ = "export_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_no: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    made_at: Mapped[datetime]
    rows: Mapped[int]
    sha256: Mapped[str]
    file_name: Mapped[str]
    filters: Mapped[dict[str, Any]]
    job_id: Mapped[int | None] = mapped_column(index=True)  # the desk's job that took the number


class LockHolderModel(Base):
    """Who holds (or last held) a lock on PostgreSQL; the lock itself is an advisory one."""

    __tablename__ = "lock_holders"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    pid: Mapped[int]
    since: Mapped[datetime]


def core(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


targets = core(TargetModel)
sweeps = core(SweepModel)
sweep_targets = core(SweepTargetModel)
urls = core(UrlModel)
posts = core(PostModel)
minhash_bands = core(BandModel)
advertiser_keys = core(KeyModel)
findings = core(FindingModel)
snapshots = core(SnapshotModel)
cases = core(CaseModel)
case_posts = core(CasePostModel)
decisions = core(DecisionModel)
second_opinions = core(OpinionModel)
export_batches = core(ExportBatchModel)
lock_holders = core(LockHolderModel)
