"""The tables of jobs that make files, of decisions about many cases at once, and of kept forms.

Besides them the indexes by date that the statistics are read by.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID, SafeJson
from storage.models import Base, core, decisions
from storage.models_desk import second_looks
from storage.takedown_models import case_raises, takedown_requests


class ExportJobModel(Base):
    """One order for files, and how far it has come."""

    __tablename__ = "export_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','running','done','failed','interrupted')", "state"),
        CheckConstraint("kind IN ('list','brief','evidence')", "kind"),
        Index("ix_export_jobs_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    asked: Mapped[dict[str, Any]]  # what the order says, as storage/export_jobs.py reads it
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    done: Mapped[int] = mapped_column(default=0)  # of `total`, rows or files as the kind counts
    total: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    why_zh: Mapped[str] = mapped_column(default="")  # why it failed, or what is to be said of it
    why_en: Mapped[str] = mapped_column(default="")
    # An interrupted job that somebody cancelled; of a running one: it is asked to stop.
    cancelled_by: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]


class ExportFileModel(Base):
    """One finished file. Nothing stands here before its bytes lie whole under their name."""

    __tablename__ = "export_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("export_jobs.id"), index=True)
    number: Mapped[str]  # the list's CS-…, the brief's day, the package's name
    name: Mapped[str]
    path: Mapped[str]  # below the folder of exports
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BIG_ID)
    rows: Mapped[int]
    made_at: Mapped[datetime]


class BulkModel(Base):
    """Cases that were shown together to be decided together; `shown` never changes."""

    __tablename__ = "bulk_decisions"
    __table_args__ = (CheckConstraint("state IN ('shown','decided','undone')", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    shown_at: Mapped[datetime]
    # Of each case its number, its version and the rows of its posts, in the order of the page.
    shown: Mapped[list[Any]]
    state: Mapped[str]
    verdict: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    leaving: Mapped[list[Any] | None] = mapped_column(SafeJson)  # rows whose tick was taken away
    decided_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]


class BulkCaseModel(Base):
    """What came of one case of a batch: a decision, or why there is none."""

    __tablename__ = "bulk_cases"

    batch_id: Mapped[int] = mapped_column(ForeignKey("bulk_decisions.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    undone_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))  # that took it back
    why_zh: Mapped[str] = mapped_column(default="")  # it was not decided, or not undone
    why_en: Mapped[str] = mapped_column(default="")


class KeptFormModel(Base):
    """What somebody typed while their session was over, for after the login."""

    __tablename__ = "kept_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    path: Mapped[str]
    form: Mapped[list[Any]]  # pairs of name and value
    kept_at: Mapped[datetime]


export_jobs = core(ExportJobModel)
export_files = core(ExportFileModel)
bulk_decisions = core(BulkModel)
bulk_cases = core(BulkCaseModel)
kept_forms = core(KeptFormModel)

# A period of a million cases is read from these alone, without the rows.
Index(
    "ix_decisions_decided",
    decisions.c.decided_at,
    decisions.c.verdict,
    decisions.c.decided_by,
    decisions.c.case_id,
)
Index("ix_second_looks_looked", second_looks.c.looked_at)
Index("ix_takedown_requests_sent", takedown_requests.c.sent_at)
Index("ix_case_raises_at", case_raises.c.kind, case_raises.c.at)
