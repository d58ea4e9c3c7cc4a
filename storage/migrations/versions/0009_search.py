"""The words of flagged posts and an index over them; tokens of programs; keys of people's own.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime
from storage.search import fill

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COVERED = (
    "clauses",
    "region",
    "score",
    "opened_at",
    "platform",
    "status",
    "awaits_second",
)


def upgrade() -> None:
    create_tokens()
    create_search()
    index_cases()
    if op.get_bind().dialect.name == "sqlite":
        serve_posts()


def index_cases() -> None:
    """For filters that leave few of very many cases; and the views' own, the status beside."""
    op.create_index("ix_cases_opened", "cases", ["opened_at", *COVERED[:3], *COVERED[4:]])
    open_only = sa.text("status NOT IN ('decided','approved')")
    settled = sa.text("status NOT IN ('waiting','claimed')")
    on_sqlite, on_postgresql = sa.text("awaits_second = 1"), sa.text("awaits_second")
    for name, lite, postgres in (
        ("ix_cases_open", open_only, open_only),
        ("ix_cases_settled", settled, settled),
        ("ix_cases_second", on_sqlite, on_postgresql),
    ):
        op.drop_index(name, "cases")
        op.create_index(
            name,
            "cases",
            [sa.text("priority DESC"), "id", *COVERED],
            sqlite_where=lite,
            postgresql_where=postgres,
        )
    op.create_index("ix_cases_kind", "cases", ["status", "platform", "clauses", "region"])


def serve_posts() -> None:
    """The same index under a condition that SQLite finds in the queries again: they say
    `split = 0`, and `NOT split` was never taken for it, so every look-up read all of the table."""
    op.drop_index("uq_case_posts_active", "case_posts")
    op.create_index(
        "uq_case_posts_active",
        "case_posts",
        ["post_row"],
        unique=True,
        sqlite_where=sa.text("split = 0"),
    )


def create_tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("token_sha256", SafeText(), nullable=False),
        sa.Column("scopes", SafeJson(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", SafeText(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_tokens_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_sha256", name="uq_api_tokens_token_sha256"),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "desk_keys",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("keys", SafeJson(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_desk_keys_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_desk_keys"),
    )


def create_search() -> None:
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
