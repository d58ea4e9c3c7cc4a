"""How well sources can be read, what of keywords was read through, what flagged pages led to.

Revision ID: 0003
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_sources()
    create_covered()
    create_leads()
    create_kept_pages()


def downgrade() -> None:
    for name in ("kept_pages", "leads", "covered", "sources"):
        op.drop_table(name)


def create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("last_run", UtcDateTime(), nullable=False),
        sa.Column("last_good", UtcDateTime(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("canary_at", UtcDateTime(), nullable=True),
        sa.Column("canary", SafeText(), nullable=False),
        sa.CheckConstraint(
            "state IN ('good','blocked','changed','expired','failing','unknown')",
            name="ck_sources_state",
        ),
        sa.PrimaryKeyConstraint("name", name="pk_sources"),
    )


def create_covered() -> None:
    op.create_table(
        "covered",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("first", UtcDateTime(), nullable=False),
        sa.Column("last", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_covered_target_id"),
        sa.PrimaryKeyConstraint("target_id", "first", name="pk_covered"),
    )


def create_leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("value", SafeText(), nullable=False),
        sa.Column("found_on", SafeText(), nullable=False),
        sa.Column("why", SafeText(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('site','url','contact')", name="ck_leads_kind"),
        sa.CheckConstraint("state IN ('taken','refused')", name="ck_leads_state"),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name="fk_leads_sweep_id"),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_leads_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("kind", "value", name="uq_leads_kind_value"),
    )


def create_kept_pages() -> None:
    op.create_table(
        "kept_pages",
        sa.Column("url_id", BIG_ID, nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("sha256", SafeText(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["url_id"], ["urls.id"], name="fk_kept_pages_url_id"),
        sa.PrimaryKeyConstraint("url_id", "kind", name="pk_kept_pages"),
    )
