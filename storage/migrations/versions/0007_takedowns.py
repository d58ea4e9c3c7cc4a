"""What was asked of platforms and what became of it; what raises a case; the blacklist.

Revision ID: 0007
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "takedown_history",
    "takedown_looks",
    "case_raises",
    "blacklist_entries",
    "blacklist_versions",
)
OPEN = "state IN ('draft','approved','sent','acknowledged','removed','verified','watching')"


def upgrade() -> None:
    create_takedown_requests()
    create_takedown_items()
    create_takedown_history()
    create_takedown_looks()
    create_case_raises()
    create_blacklist_entries()
    create_blacklist_versions()
    if op.get_bind().dialect.name == "postgresql":
        keep_on_postgresql()
    else:
        keep_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("what was asked and seen is never taken back: restore a backup")


def create_takedown_requests() -> None:
    op.create_table(
        "takedown_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_no", SafeText(), nullable=False),
        sa.Column("platform", SafeText(), nullable=False),
        sa.Column("recipient", SafeText(), nullable=False),
        sa.Column("drafted_by", SafeText(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("approved_by", SafeText(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("sent_by", SafeText(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("channel", SafeText(), nullable=False),
        sa.Column("letter_no", SafeText(), nullable=False),
        sa.Column("batch_no", SafeText(), nullable=False),
        sa.Column("file_name", SafeText(), nullable=False),
        sa.Column("file_sha256", SafeText(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("unknown_years", SafeJson(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", SafeText(), nullable=False),
        sa.Column("receipt_no", SafeText(), nullable=False),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name="ck_takedown_requests_approval"
        ),
        sa.CheckConstraint(
            "acknowledged_at IS NULL OR sent_at IS NOT NULL",
            name="ck_takedown_requests_acknowledged",
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> drafted_by",
            name="ck_takedown_requests_two_people",
        ),
        sa.CheckConstraint(
            "days IS NULL OR days BETWEEN 1 AND 365", name="ck_takedown_requests_days"
        ),
        sa.CheckConstraint(
            "sent_at IS NULL OR approved_at IS NOT NULL", name="ck_takedown_requests_sent"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takedown_requests"),
        sa.UniqueConstraint("request_no", name="uq_takedown_requests_request_no"),
    )


def create_takedown_items() -> None:
    op.create_table(
        "takedown_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_of", sa.Integer(), nullable=True),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("answer", SafeText(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", SafeText(), nullable=False),
        sa.Column("answer_note", SafeText(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("final_at", UtcDateTime(), nullable=True),
        sa.Column("reappeared_at", UtcDateTime(), nullable=True),
        sa.Column("unclear_at", UtcDateTime(), nullable=True),
        sa.Column("next_look", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('','yes','no','partial','none')", name="ck_takedown_items_answer"
        ),
        sa.CheckConstraint(
            "state IN ('draft','approved','sent','acknowledged','removed','verified','watching',"
            "'final','reappeared','refused','no_answer','withdrawn')",
            name="ck_takedown_items_state",
        ),
        sa.CheckConstraint(
            "final_at IS NULL OR verified_at IS NOT NULL", name="ck_takedown_items_final"
        ),
        sa.CheckConstraint(
            "verified_at IS NULL OR removed_at IS NOT NULL", name="ck_takedown_items_verified"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_takedown_items_case_id"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_takedown_items_decision_id"
        ),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_takedown_items_post_row"),
        sa.ForeignKeyConstraint(
            ["recurrence_of"], ["takedown_items.id"], name="fk_takedown_items_recurrence_of"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["takedown_requests.id"], name="fk_takedown_items_request_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takedown_items"),
        sa.UniqueConstraint("request_id", "post_row", name="uq_takedown_items_request_id_post_row"),
    )
    op.create_index("ix_takedown_items_case_id", "takedown_items", ["case_id"], unique=False)
    op.create_index("ix_takedown_items_next_look", "takedown_items", ["next_look"], unique=False)
    op.create_index("ix_takedown_items_post_row", "takedown_items", ["post_row"], unique=False)
    op.create_index(
        "uq_takedown_items_open",
        "takedown_items",
        ["post_row"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def create_takedown_history() -> None:
    op.create_table(
        "takedown_history",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", SafeText(), nullable=False),
        sa.Column("act", SafeText(), nullable=False),
        sa.Column("before", SafeText(), nullable=False),
        sa.Column("after", SafeText(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["takedown_items.id"], name="fk_takedown_history_item_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takedown_history"),
    )
    op.create_index("ix_takedown_history_item_id", "takedown_history", ["item_id"], unique=False)


def create_takedown_looks() -> None:
    op.create_table(
        "takedown_looks",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("way", SafeText(), nullable=False),
        sa.Column("who", SafeText(), nullable=False),
        sa.Column("seen", SafeText(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("why", SafeText(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("final_url", SafeText(), nullable=False),
        sa.Column("content_sha256", SafeText(), nullable=False),
        sa.Column("engine", SafeText(), nullable=False),
        sa.Column("files", SafeJson(), nullable=False),
        sa.CheckConstraint(
            "seen IN ('gone','changed','offending','unclear','nothing')",
            name="ck_takedown_looks_seen",
        ),
        sa.CheckConstraint("way IN ('plain','browser','person')", name="ck_takedown_looks_way"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["takedown_items.id"], name="fk_takedown_looks_item_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takedown_looks"),
    )
    op.create_index("ix_takedown_looks_item_id", "takedown_looks", ["item_id"], unique=False)


def create_case_raises() -> None:
    op.create_table(
        "case_raises",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("other_case", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("why_zh", SafeText(), nullable=False),
        sa.Column("why_en", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('recurrence','blacklist')", name="ck_case_raises_kind"),
        sa.CheckConstraint("points BETWEEN 0 AND 40", name="ck_case_raises_points"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_raises_case_id"),
        sa.ForeignKeyConstraint(["other_case"], ["cases.id"], name="fk_case_raises_other_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_raises"),
        sa.UniqueConstraint("case_id", "kind", "ref", name="uq_case_raises_case_id_kind_ref"),
    )
    op.create_index("ix_case_raises_case_id", "case_raises", ["case_id"], unique=False)
    op.create_index("ix_case_raises_other_case", "case_raises", ["other_case"], unique=False)


def create_blacklist_entries() -> None:
    op.create_table(
        "blacklist_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("value", SafeText(), nullable=False),
        sa.Column("shown", SafeText(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('name','host','account','phone','wechat','qq','icp','qr')",
            name="ck_blacklist_entries_kind",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_blacklist_entries"),
        sa.UniqueConstraint("kind", "value", name="uq_blacklist_entries_kind_value"),
    )


def create_blacklist_versions() -> None:
    op.create_table(
        "blacklist_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("legal_basis", SafeText(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("source", SafeText(), nullable=False),
        sa.CheckConstraint(
            "act IN ('added','changed','appealed','upheld','removed','relisted')",
            name="ck_blacklist_versions_act",
        ),
        sa.CheckConstraint("ends IS NULL OR ends >= starts", name="ck_blacklist_versions_ends"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["blacklist_entries.id"], name="fk_blacklist_versions_entry_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_blacklist_versions"),
        sa.UniqueConstraint("entry_id", "version", name="uq_blacklist_versions_entry_id_version"),
    )
    op.create_index(
        "ix_blacklist_versions_entry_id", "blacklist_versions", ["entry_id"], unique=False
    )


def keep_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def keep_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_takedowns() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_takedowns()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_takedowns()"
        )
