"""What second readers said of posts.

Revision ID: 0004
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_opinions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.Column("model", SafeText(), nullable=False),
        sa.Column("prompt", SafeText(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", SafeText(), nullable=False),
        sa.Column("view", SafeText(), nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.Column("quotes", SafeJson(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("sent_sha256", SafeText(), nullable=False),
        sa.Column("addressed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('opinion','refused','garbage','no_quote','timeout','unreachable')",
            name="ck_second_opinions_outcome",
        ),
        sa.CheckConstraint(
            "view IN ('','offends','clean','unsure')", name="ck_second_opinions_view"
        ),
        sa.CheckConstraint(
            "shift BETWEEN -10 AND 10 AND (shift = 0 OR outcome = 'opinion')",
            name="ck_second_opinions_shift",
        ),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_second_opinions_post_row"),
        sa.PrimaryKeyConstraint("id", name="pk_second_opinions"),
    )
    op.create_index("ix_second_opinions_post_row", "second_opinions", ["post_row"], unique=False)


def downgrade() -> None:
    op.drop_table("second_opinions")
