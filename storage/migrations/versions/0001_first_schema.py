"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEPT = "decisions are append-only"


def upgrade() -> None:
    create_targets()
    create_sweeps()
    create_sweep_targets()
    create_urls()
    create_posts()
    create_minhash_bands()
    create_advertiser_keys()
    create_findings()
    create_snapshots()
    create_cases()
    create_case_posts()
    create_decisions()
    create_export_batches()
    create_lock_holders()
    if op.get_bind().dialect.name == "postgresql":
        keep_decisions_on_postgresql()
    else:
        keep_decisions_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("decisions are never taken back: restore a backup instead")


def create_targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("value", SafeText(), nullable=False),
        sa.Column("source", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("added_by", SafeText(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("render", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
        sa.UniqueConstraint("kind", "value", "source", name="uq_targets_kind_value_source"),
    )


def create_sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", SafeJson(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("cause", SafeText(), nullable=False),
        sa.Column("started_by", SafeText(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("stats", SafeJson(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running','finished','interrupted','failed')", name="ck_sweeps_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sweeps"),
    )


def create_sweep_targets() -> None:
    op.create_table(
        "sweep_targets",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("outcome", SafeText(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done','limit','blocked','error','running')",
            name="ck_sweep_targets_outcome",
        ),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name="fk_sweep_targets_sweep_id"),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_sweep_targets_target_id"),
        sa.PrimaryKeyConstraint("sweep_id", "target_id", name="pk_sweep_targets"),
    )


def create_urls() -> None:
    op.create_table(
        "urls",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("source", SafeText(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("canonical", SafeText(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("host", SafeText(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", SafeText(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("lease_token", SafeText(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("render", sa.Boolean(), nullable=False),
        sa.Column("outcome", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("body_sha256", SafeText(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("cases_opened", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting','leased','done','failed','dropped')", name="ck_urls_state"
        ),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name="fk_urls_sweep_id"),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_urls_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_urls"),
        sa.UniqueConstraint("sweep_id", "fingerprint", name="uq_urls_sweep_id_fingerprint"),
    )
    op.create_index(
        "ix_urls_lease", "urls", ["sweep_id", "state", "rank", "id", "host", "due_at"], unique=False
    )
    op.create_index(
        "ix_urls_host", "urls", ["sweep_id", "state", "host", "rank", "id"], unique=False
    )
    op.create_index("ix_urls_target", "urls", ["sweep_id", "target_id"], unique=False)


def create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("platform", SafeText(), nullable=False),
        sa.Column("post_id", SafeText(), nullable=False),
        sa.Column("content_sha256", SafeText(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.Column("engine", SafeText(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("url_found", SafeText(), nullable=False),
        sa.Column("title", SafeText(), nullable=False),
        sa.Column("text", SafeText(), nullable=False),
        sa.Column("author", SafeText(), nullable=False),
        sa.Column("author_id", SafeText(), nullable=False),
        sa.Column("author_url", SafeText(), nullable=False),
        sa.Column("verified", SafeText(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("published_raw", SafeText(), nullable=False),
        sa.Column("region", SafeText(), nullable=False),
        sa.Column("images", SafeJson(), nullable=True),
        sa.Column("video_cover", SafeText(), nullable=False),
        sa.Column("contacts", SafeJson(), nullable=True),
        sa.Column("icp", SafeText(), nullable=False),
        sa.Column("counts", SafeJson(), nullable=True),
        sa.Column("is_ad", sa.Boolean(), nullable=True),
        sa.Column("stance", SafeText(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("identity", "content_sha256", name="uq_posts_identity_content_sha256"),
    )


def create_minhash_bands() -> None:
    op.create_table(
        "minhash_bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("hash", BIG_ID, nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_minhash_bands_post_row"),
        sa.PrimaryKeyConstraint("band", "hash", "post_row", name="pk_minhash_bands"),
    )


def create_advertiser_keys() -> None:
    op.create_table(
        "advertiser_keys",
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("value", SafeText(), nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_advertiser_keys_post_row"),
        sa.PrimaryKeyConstraint("kind", "value", "post_row", name="pk_advertiser_keys"),
    )
    op.create_index("ix_advertiser_keys_post_row", "advertiser_keys", ["post_row"], unique=False)


def create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.Column("rule", SafeText(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("code", SafeText(), nullable=False),
        sa.Column("clause", SafeText(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("proves", SafeText(), nullable=False),
        sa.Column("why", SafeText(), nullable=False),
        sa.Column("evidence", SafeJson(), nullable=False),
        sa.Column("legal_basis", SafeJson(), nullable=False),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_findings_post_row"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint(
            "post_row", "rule", "rule_version", name="uq_findings_post_row_rule_rule_version"
        ),
    )


def create_snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.Column("sha256", SafeText(), nullable=False),
        sa.Column("kind", SafeText(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("url", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_snapshots_post_row"),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
        sa.UniqueConstraint("post_row", "kind", "sha256", name="uq_snapshots_post_row_kind_sha256"),
    )
    op.create_index("ix_snapshots_sha256", "snapshots", ["sha256"], unique=False)


def create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", SafeText(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("platform", SafeText(), nullable=False),
        sa.Column("title", SafeText(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("claimed_by", SafeText(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting','claimed','decided','approved')", name="ck_cases_status"
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name="ck_cases_priority"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_queue", "cases", ["status", "priority"], unique=False)


def create_case_posts() -> None:
    op.create_table(
        "case_posts",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("split", sa.Boolean(), nullable=False),
        sa.Column("split_by", SafeText(), nullable=False),
        sa.Column("split_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_posts_case_id"),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_case_posts_post_row"),
        sa.PrimaryKeyConstraint("case_id", "post_row", name="pk_case_posts"),
    )
    op.create_index(
        "uq_case_posts_active",
        "case_posts",
        ["post_row"],
        unique=True,
        sqlite_where=sa.text("NOT split"),
        postgresql_where=sa.text("NOT split"),
    )


def create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("verdict", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("policy", SafeText(), nullable=False),
        sa.Column("decided_by", SafeText(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('violation','clean','transfer','doubt')", name="ck_decisions_verdict"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_decisions_case_id"),
        sa.ForeignKeyConstraint(["supersedes"], ["decisions.id"], name="fk_decisions_supersedes"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"], unique=False)


def create_export_batches() -> None:
    op.create_table(
        "export_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_no", SafeText(), nullable=False),
        sa.Column("format", SafeText(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", SafeText(), nullable=False),
        sa.Column("file_name", SafeText(), nullable=False),
        sa.Column("filters", SafeJson(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_batches"),
        sa.UniqueConstraint("batch_no", name="uq_export_batches_batch_no"),
    )


def create_lock_holders() -> None:
    op.create_table(
        "lock_holders",
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("holder", SafeText(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lock_holders"),
    )


def keep_decisions_on_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decisions_no_{act.lower()} BEFORE {act} ON decisions "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )


def keep_decisions_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_decisions() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions "
        "FOR EACH ROW EXECUTE FUNCTION keep_decisions()"
    )
    op.execute(
        "CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_decisions()"
    )
