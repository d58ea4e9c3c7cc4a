"""The directory of filed bodies (备案评价机构目录).

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_directory_editions()
    create_directory_rows()


def downgrade() -> None:
    op.drop_table("directory_rows")
    op.drop_table("directory_editions")


def create_directory_editions() -> None:
    op.create_table(
        "directory_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", SafeText(), nullable=False),
        sa.Column("sha256", SafeText(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", SafeText(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bodies", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_editions"),
        sa.UniqueConstraint(
            "name", "as_of", "sha256", name="uq_directory_editions_name_as_of_sha256"
        ),
    )


def create_directory_rows() -> None:
    op.create_table(
        "directory_rows",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in (
                "body",
                "kind",
                "occupation",
                "trade",
                "level",
                "audience",
                "region",
                "filing_no",
            )
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["directory_editions.id"], name="fk_directory_rows_edition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_directory_rows"),
    )
    op.create_index("ix_directory_rows_body", "directory_rows", ["edition_id", "body"])
