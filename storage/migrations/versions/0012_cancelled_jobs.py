"""Who cancelled a job, and which job took a list's number.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import SafeText, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("export_jobs", sa.Column("cancelled_by", SafeText(), nullable=True))
    op.add_column("export_jobs", sa.Column("cancelled_at", UtcDateTime(), nullable=True))
    op.add_column("export_batches", sa.Column("job_id", sa.Integer(), nullable=True))
    op.create_index("ix_export_batches_job_id", "export_batches", ["job_id"])


def downgrade() -> None:
    op.drop_index("ix_export_batches_job_id", "export_batches")
    op.drop_column("export_batches", "job_id")
    op.drop_column("export_jobs", "cancelled_at")
    op.drop_column("export_jobs", "cancelled_by")
