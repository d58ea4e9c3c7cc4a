"""Full captures and their files.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_captures()
    create_capture_artefacts()


def downgrade() -> None:
    op.drop_table("capture_artefacts")
    op.drop_table("captures")


def create_captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", SafeText(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("again_of", BIG_ID, nullable=True),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in ("url", "final_url", "asked_by", "reason")
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("parts", SafeJson(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_captures_case_id"),
        sa.ForeignKeyConstraint(["again_of"], ["captures.id"], name="fk_captures_again_of"),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        sa.UniqueConstraint("code", name="uq_captures_code"),
    )
    op.create_index("ix_captures_case_id", "captures", ["case_id"])
    op.create_index("ix_captures_again_of", "captures", ["again_of"])


def create_capture_artefacts() -> None:
    op.create_table(
        "capture_artefacts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("capture_id", BIG_ID, nullable=False),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in ("kind", "media_type", "sha256", "sm3")
        ),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name="fk_capture_artefacts_capture_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_capture_artefacts"),
        sa.UniqueConstraint("capture_id", "kind", name="uq_capture_artefacts_capture_id_kind"),
    )
    op.create_index("ix_capture_artefacts_sha256", "capture_artefacts", ["sha256"])
