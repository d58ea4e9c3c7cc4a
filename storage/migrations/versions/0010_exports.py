"""Jobs that make files, decisions about many cases at once, kept forms, indexes by date.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_decisions_decided", "decisions", ["decided_at", "verdict", "decided_by", "case_id"]),
    ("ix_second_looks_looked", "second_looks", ["looked_at"]),
    ("ix_takedown_requests_sent", "takedown_requests", ["sent_at"]),
    ("ix_case_raises_at", "case_raises", ["kind", "at"]),
)


def upgrade() -> None:
    create_jobs()
    create_bulk()
    op.create_table(
        "kept_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", SafeText(), nullable=False),
        sa.Column("path", SafeText(), nullable=False),
        sa.Column("form", SafeJson(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_forms"),
    )
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    tables = ("kept_forms", "bulk_cases", "bulk_decisions", "export_files", "export_jobs")
    for table in tables:
        op.drop_table(table)


def create_jobs() -> None:
    op.create_table(
        "export_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("asked", SafeJson(), nullable=False),
        sa.Column("asked_by", SafeText(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why_zh", SafeText(), nullable=False),
        sa.Column("why_en", SafeText(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting','running','done','failed','interrupted')",
            name="ck_export_jobs_state",
        ),
        sa.CheckConstraint("kind IN ('list','brief','evidence')", name="ck_export_jobs_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_export_jobs"),
    )
    op.create_index("ix_export_jobs_state", "export_jobs", ["state", "id"])
    op.create_table(
        "export_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("number", SafeText(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("path", SafeText(), nullable=False),
        sa.Column("sha256", SafeText(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["export_jobs.id"], name="fk_export_files_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_export_files"),
    )
    op.create_index("ix_export_files_job_id", "export_files", ["job_id"])


def create_bulk() -> None:
    op.create_table(
        "bulk_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", SafeText(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("shown", SafeJson(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("verdict", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("leaving", SafeJson(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", SafeText(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('shown','decided','undone')", name="ck_bulk_decisions_state"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_decisions"),
    )
    op.create_table(
        "bulk_cases",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("undone_id", sa.Integer(), nullable=True),
        sa.Column("why_zh", SafeText(), nullable=False),
        sa.Column("why_en", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["bulk_decisions.id"], name="fk_bulk_cases_batch_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_bulk_cases_case_id"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_bulk_cases_decision_id"
        ),
        sa.ForeignKeyConstraint(["undone_id"], ["decisions.id"], name="fk_bulk_cases_undone_id"),
        sa.PrimaryKeyConstraint("batch_id", "case_id", name="pk_bulk_cases"),
    )
    op.create_index("ix_bulk_cases_case_id", "bulk_cases", ["case_id"])
