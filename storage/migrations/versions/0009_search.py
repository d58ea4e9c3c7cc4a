"""The words of flagged posts, and an index over their pairs of signs.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from storage.columns import BIG_ID, SafeText
from storage.search import fill

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    on_postgresql = connection.dialect.name == "postgresql"
    op.create_table(
        "post_words",
        sa.Column("post_row", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("words", SafeText(), nullable=False),
        sa.Column(
            "grams",
            sa.JSON(none_as_null=True).with_variant(ARRAY(sa.Integer()), "postgresql"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_post_words_post_row"),
        sa.PrimaryKeyConstraint("post_row", name="pk_post_words"),
    )
    if not on_postgresql:
        # ascii: every sign beyond ASCII is a letter to it, so grams stay as they are. Without
        # content and places, the index is the smallest that can be.
        op.execute(
            "CREATE VIRTUAL TABLE post_grams USING fts5"
            "(grams, content='', detail='none', tokenize='ascii')"
        )
    fill(connection)
    if on_postgresql:
        op.execute("CREATE INDEX ix_post_grams ON post_words USING gin (grams)")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
