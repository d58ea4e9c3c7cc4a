"""Custody, timestamps and evidence packages.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeText, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "custody is append-only"


def upgrade() -> None:
    create_custody()
    create_timestamps()
    create_capture_rolls()
    create_evidence_packages()
    if op.get_bind().dialect.name == "postgresql":
        keep_custody_on_postgresql()
    else:
        keep_custody_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("custody is never taken back: restore a backup instead")


def create_custody() -> None:
    op.create_table(
        "custody",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in ("at", "who", "what", "subject", "sha256", "prev", "hash")
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_custody"),
        sa.UniqueConstraint("prev", name="uq_custody_prev"),
        sa.UniqueConstraint("hash", name="uq_custody_hash"),
    )
    op.create_index("ix_custody_subject", "custody", ["subject"])


def create_timestamps() -> None:
    op.create_table(
        "timestamps",
        sa.Column("id", BIG_ID, nullable=False),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in ("sha256", "authority", "state", "reason", "detail")
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("stamped_at", UtcDateTime(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('waiting','granted')", name="ck_timestamps_state"),
        sa.CheckConstraint("(state = 'granted') = (token IS NOT NULL)", name="ck_timestamps_token"),
        sa.PrimaryKeyConstraint("id", name="pk_timestamps"),
        sa.UniqueConstraint("sha256", "authority", name="uq_timestamps_sha256_authority"),
    )


def create_capture_rolls() -> None:
    op.create_table(
        "capture_rolls",
        sa.Column("capture_sha256", SafeText(), nullable=False),
        sa.Column("roll_sha256", SafeText(), nullable=False),
        sa.PrimaryKeyConstraint("capture_sha256", name="pk_capture_rolls"),
    )
    op.create_index("ix_capture_rolls_roll_sha256", "capture_rolls", ["roll_sha256"])


def create_evidence_packages() -> None:
    op.create_table(
        "evidence_packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("manifest_sha256", SafeText(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", SafeText(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        *(
            sa.Column(name, SafeText(), nullable=False)
            for name in ("made_by", "state", "folder", "sha256")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_evidence_packages_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_packages"),
        sa.UniqueConstraint("name", name="uq_evidence_packages_name"),
        sa.UniqueConstraint("manifest_sha256", name="uq_evidence_packages_manifest_sha256"),
    )
    op.create_index("ix_evidence_packages_case_id", "evidence_packages", ["case_id"])


def keep_custody_on_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER custody_no_{act.lower()} BEFORE {act} ON custody "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )


def keep_custody_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_custody() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER custody_no_change BEFORE UPDATE OR DELETE ON custody "
        "FOR EACH ROW EXECUTE FUNCTION keep_custody()"
    )
    op.execute(
        "CREATE TRIGGER custody_no_truncate BEFORE TRUNCATE ON custody "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_custody()"
    )
