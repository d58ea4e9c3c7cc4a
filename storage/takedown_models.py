"""The tables of what was asked of platforms, what re-visits saw, and what raises a case.

Three of them are append-only by trigger, as `decisions` is: history, looks, raises. So are the
versions of the blacklist (`storage/blacklist_models.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID, SafeJson
from storage.models import Base, core

OPEN = "state IN ('draft','approved','sent','acknowledged','removed','verified','watching')"


class RequestModel(Base):
    """One request to one platform (or the owner of one site), made and approved by two people."""

    __tablename__ = "takedown_requests"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", "two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", "approval"),
        CheckConstraint("sent_at IS NULL OR approved_at IS NOT NULL", "sent"),
        CheckConstraint("acknowledged_at IS NULL OR sent_at IS NOT NULL", "acknowledged"),
        CheckConstraint("days IS NULL OR days BETWEEN 1 AND 365", "days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_no: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str]
    recipient: Mapped[str]  # the platform, or on the open web the host
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(default="")  # how it was sent, in a person's words
    letter_no: Mapped[str] = mapped_column(default="")
    batch_no: Mapped[str] = mapped_column(default="")  # of the list that went with it
    file_name: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str] = mapped_column(default="")
    days: Mapped[int | None]  # working days given
    deadline: Mapped[date | None]  # the last of them, Asia/Shanghai
    unknown_years: Mapped[list[Any] | None] = mapped_column(SafeJson)  # counted by weekends alone
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str] = mapped_column(default="")
    receipt_no: Mapped[str] = mapped_column(default="")


class ItemModel(Base):
    """One URL of a request and what became of it; its state moves by conditional updates only."""

    __tablename__ = "takedown_items"
    __table_args__ = (
        UniqueConstraint("request_id", "post_row"),
        CheckConstraint(
            "state IN ('draft','approved','sent','acknowledged','removed','verified','watching',"
            "'final','reappeared','refused','no_answer','withdrawn')",
            "state",
        ),
        CheckConstraint("answer IN ('','yes','no','partial','none')", "answer"),
        CheckConstraint("verified_at IS NULL OR removed_at IS NOT NULL", "verified"),
        CheckConstraint("final_at IS NULL OR verified_at IS NOT NULL", "final"),
        # A post is asked for once at a time.
        Index(
            "uq_takedown_items_open",
            "post_row",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_takedown_items_next_look", "next_look"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("takedown_requests.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    recurrence_of: Mapped[int | None] = mapped_column(ForeignKey("takedown_items.id"))
    url: Mapped[str]
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")  # who wrote the answer down
    answer_note: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]  # first look of the run in which it is gone
    verified_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    reappeared_at: Mapped[datetime | None]
    unclear_at: Mapped[datetime | None]  # a look after which a person must look
    next_look: Mapped[datetime | None]


class HistoryModel(Base):
    """Everything that was done to an item, and by whom. Append-only."""

    __tablename__ = "takedown_history"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("takedown_items.id"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    act: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    note: Mapped[str]
    recorded_at: Mapped[datetime | None]  # by our clock; `at` is what a person said


class LookModel(Base):
    """One look at one URL, one way of asking, and what it showed. Append-only."""

    __tablename__ = "takedown_looks"
    __table_args__ = (
        CheckConstraint("way IN ('plain','browser','person')", "way"),
        CheckConstraint("seen IN ('gone','changed','offending','unclear','nothing')", "seen"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("takedown_items.id"), index=True)
    at: Mapped[datetime]
    way: Mapped[str]
    who: Mapped[str]
    seen: Mapped[str]
    state: Mapped[str]  # a PageState; "" for a person's look
    reason: Mapped[str]
    why: Mapped[str]  # one Chinese sentence
    http_status: Mapped[int | None]
    final_url: Mapped[str]
    content_sha256: Mapped[str]  # of title and text, "" where no post was read
    engine: Mapped[str]  # who judged it anew, "" where nobody did
    files: Mapped[list[Any]]  # kind, sha256 and size of what is kept in the snapshot store
    recorded_at: Mapped[datetime | None]  # by our clock; `at` is what a person said


class RaiseModel(Base):
    """Why a case is more urgent than its words: an advertiser come back, or a blacklisted one.

    Append-only. `kind` is "recurrence" or "blacklist", `ref` the item's or the entry's number.
    """

    __tablename__ = "case_raises"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "ref"),
        CheckConstraint("kind IN ('recurrence','blacklist')", "kind"),
        CheckConstraint("points BETWEEN 0 AND 40", "points"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    ref: Mapped[int]
    other_case: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    points: Mapped[int]
    why_zh: Mapped[str]
    why_en: Mapped[str]
    at: Mapped[datetime]


class BatchPostModel(Base):
    """One post that stands in a list or letter that was made. Append-only."""

    __tablename__ = "export_batch_posts"

    batch_no: Mapped[str] = mapped_column(ForeignKey("export_batches.batch_no"), primary_key=True)
    post_row: Mapped[int] = mapped_column(BIG_ID, ForeignKey("posts.id"), primary_key=True)


takedown_requests = core(RequestModel)
takedown_items = core(ItemModel)
takedown_history = core(HistoryModel)
takedown_looks = core(LookModel)
case_raises = core(RaiseModel)
export_batch_posts = core(BatchPostModel)
