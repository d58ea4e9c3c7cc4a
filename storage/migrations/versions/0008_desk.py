# ruff: noqa: S608 (SQL put together of constants of this file)
"""The desk: people, sessions, audit, the second person, and what the queue filters by.

Revision ID: 0008
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeJson, SafeText, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOT_SETTLED, SETTLED = "status NOT IN ('decided','approved')", "status NOT IN ('waiting','claimed')"
VIEWS = (
    ("ix_cases_open", NOT_SETTLED, NOT_SETTLED),
    ("ix_cases_settled", SETTLED, SETTLED),
    ("ix_cases_second", "awaits_second = 1", "awaits_second"),
)
VERDICTS = "verdict IN ('violation','clean','transfer','doubt')"
# At first: transfers to the police, and papers that are forged.
CONFIRMED = (
    ("transfer", "POLICE"),
    ("violation", "C3-02"),
    ("violation", "C3-04"),
    ("violation", "C3-06"),
    ("violation", "C3-08"),
)
KEPT = ("audit", "second_looks")
CUBE = ("status", "awaits_second", "platform", "clauses", "region")
OWN = "cp.case_id = cases.id AND NOT cp.split"
TALLY_LOCK = 0x74616C79

ALONE = "the person who decided cannot be the second person"
UNCONFIRMED = "approved only by a second person who agreed"
WAITS = "this decision waits for a second person"


def upgrade() -> None:
    create_people()
    create_audit()
    create_second()
    create_queue()
    fill_queue()
    if op.get_bind().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("the audit is never taken back: restore a backup instead")


def create_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", SafeText(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("roles", SafeJson(), nullable=False),
        sa.Column("password_hash", SafeText(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", SafeText(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", SafeText(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("address", SafeText(), nullable=False),
        sa.Column("agent", SafeText(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "login_attempts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("login", SafeText(), nullable=False),
        sa.Column("address", SafeText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_login", "login_attempts", ["login", "at"])
    op.create_index("ix_login_attempts_address", "login_attempts", ["address", "at"])


def create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", SafeText(), nullable=False),
        sa.Column("act", SafeText(), nullable=False),
        sa.Column("about", SafeText(), nullable=False),
        sa.Column("detail", SafeText(), nullable=False),
        sa.Column("previous", SafeText(), nullable=False),
        sa.Column("hash", SafeText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    op.create_index("ix_audit_about", "audit", ["about", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor"])


def create_second() -> None:
    table = op.create_table(
        "second_person",
        sa.Column("verdict", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.CheckConstraint(VERDICTS, name="ck_second_person_verdict"),
        sa.PrimaryKeyConstraint("verdict", "reason", name="pk_second_person"),
    )
    op.bulk_insert(table, [{"verdict": verdict, "reason": code} for verdict, code in CONFIRMED])
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("verdict", SafeText(), nullable=False),
        sa.Column("reason", SafeText(), nullable=False),
        sa.Column("policy", SafeText(), nullable=False),
        sa.Column("note", SafeText(), nullable=False),
        sa.Column("looked_by", SafeText(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.CheckConstraint(VERDICTS, name="ck_second_looks_verdict"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_second_looks_decision_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_second_looks_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_second_looks"),
        sa.UniqueConstraint("decision_id", name="uq_second_looks_decision_id"),
    )
    op.create_index("ix_second_looks_case_id", "second_looks", ["case_id"])


def create_queue() -> None:
    op.create_table(
        "case_tally",
        sa.Column("status", SafeText(), nullable=False),
        sa.Column("awaits_second", sa.Boolean(), nullable=False),
        sa.Column("platform", SafeText(), nullable=False),
        sa.Column("clauses", SafeText(), nullable=False),
        sa.Column("region", SafeText(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*CUBE, name="pk_case_tally"),
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", SafeText(), nullable=False),
        sa.Column("name", SafeText(), nullable=False),
        sa.Column("query", SafeText(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("owner", "name", name="uq_saved_filters_owner_name"),
    )
    nothing = sa.text("''")
    for column in (
        sa.Column("claim_until", UtcDateTime(), nullable=True),
        sa.Column("awaits_second", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("clauses", SafeText(), nullable=False, server_default=nothing),
        sa.Column("region", SafeText(), nullable=False, server_default=nothing),
        sa.Column("score", sa.Double(), nullable=False, server_default=sa.text("0")),
        sa.Column("members", sa.Integer(), nullable=False, server_default=sa.text("0")),
    ):
        op.add_column("cases", column)
    covered = ["clauses", "region", "score", "opened_at", "platform"]
    for name, on_sqlite, on_postgresql in VIEWS:
        op.create_index(
            name,
            "cases",
            [sa.text("priority DESC"), "id", *covered],
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(on_postgresql),
        )


def fill_queue() -> None:
    members = f"FROM case_posts cp JOIN posts p ON p.id = cp.post_row WHERE {OWN}"
    clauses = " || ".join(
        "CASE WHEN EXISTS (SELECT 1 FROM findings f JOIN case_posts cp "
        f"ON cp.post_row = f.post_row WHERE {OWN} AND f.clause = '{clause}') "
        f"THEN '{clause}' ELSE '' END"
        for clause in "一二三四"
    )
    op.execute(
        f"UPDATE cases SET score = COALESCE((SELECT MAX(p.score) {members}), 0), "
        f"members = (SELECT COUNT(DISTINCT p.identity) {members}), "
        f"region = COALESCE((SELECT SUBSTR(p.region, 1, 20) {members} AND p.region <> '' "
        f"ORDER BY p.id LIMIT 1), ''), clauses = {clauses}"
    )
    names = ", ".join(CUBE)
    op.execute(
        f"INSERT INTO case_tally ({names}, n) SELECT {names}, COUNT(*) FROM cases GROUP BY {names}"
    )


def guard_on_sqlite() -> None:
    for table in KEPT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER second_looks_other BEFORE INSERT ON second_looks WHEN EXISTS "
        "(SELECT 1 FROM decisions d WHERE d.id = NEW.decision_id AND "
        "(d.case_id <> NEW.case_id OR lower(d.decided_by) = lower(NEW.looked_by))) "
        f"BEGIN SELECT RAISE(ABORT, '{ALONE}'); END"
    )
    for act in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER cases_approved_{act.lower()} BEFORE {act} ON cases "
            f"WHEN {approved_alone('NEW')} BEGIN SELECT RAISE(ABORT, '{UNCONFIRMED}'); END"
        )
    op.execute(
        "CREATE TRIGGER cases_second BEFORE UPDATE ON cases "
        f"WHEN {slips_through('IS NOT', 'IS')} BEGIN SELECT RAISE(ABORT, '{WAITS}'); END"
    )
    tally_on_sqlite()


def approved_alone(row: str) -> str:
    return (
        f"{row}.status = 'approved' AND NOT EXISTS (SELECT 1 FROM second_looks s "
        f"JOIN decisions d ON d.id = s.decision_id WHERE s.decision_id = {row}.decision_id "
        f"AND s.upheld AND lower(s.looked_by) <> lower(d.decided_by))"
    )


def slips_through(differs: str, equals: str) -> str:
    """A decided case that lost, or never got, the mark that it waits."""
    return (
        "NEW.status = 'decided' AND NOT NEW.awaits_second AND ("
        f"(OLD.awaits_second AND NEW.decision_id {equals} OLD.decision_id) OR "
        f"(NEW.decision_id {differs} OLD.decision_id AND EXISTS (SELECT 1 FROM decisions d "
        "JOIN second_person p ON p.verdict = d.verdict AND p.reason = d.reason "
        "WHERE d.id = NEW.decision_id)))"
    )


def tally_on_sqlite() -> None:
    new = ", ".join(f"NEW.{name}" for name in CUBE)
    old = " AND ".join(f"{name} = OLD.{name}" for name in CUBE)
    add = (
        f"INSERT INTO case_tally ({', '.join(CUBE)}, n) VALUES ({new}, 1) "
        f"ON CONFLICT ({', '.join(CUBE)}) DO UPDATE SET n = n + 1;"
    )
    take = f"UPDATE case_tally SET n = n - 1 WHERE {old};"
    op.execute(f"CREATE TRIGGER cases_tally_in AFTER INSERT ON cases BEGIN {add} END")
    op.execute(
        f"CREATE TRIGGER cases_tally_move AFTER UPDATE OF {', '.join(CUBE)} ON cases "
        f"BEGIN {take} {add} END"
    )
    op.execute(f"CREATE TRIGGER cases_tally_out AFTER DELETE ON cases BEGIN {take} END")


def guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_lines() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_lines()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_lines()"
        )
    op.execute(
        "CREATE FUNCTION other_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM decisions d WHERE d.id = NEW.decision_id AND "
        "(d.case_id <> NEW.case_id OR lower(d.decided_by) = lower(NEW.looked_by))) "
        f"THEN RAISE EXCEPTION '{ALONE}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER second_looks_other BEFORE INSERT ON second_looks "
        "FOR EACH ROW EXECUTE FUNCTION other_person()"
    )
    op.execute(
        "CREATE FUNCTION four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {approved_alone('NEW')} THEN RAISE EXCEPTION '{UNCONFIRMED}'; END IF; "
        "IF TG_OP = 'UPDATE' THEN "
        f"IF {slips_through('IS DISTINCT FROM', 'IS NOT DISTINCT FROM')} "
        f"THEN RAISE EXCEPTION '{WAITS}'; END IF; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER cases_four_eyes BEFORE INSERT OR UPDATE ON cases "
        "FOR EACH ROW EXECUTE FUNCTION four_eyes()"
    )
    tally_on_postgresql()


def tally_on_postgresql() -> None:
    """At commit and one at a time: two long transactions touching the same lines would lock up."""
    names = ", ".join(CUBE)
    new, old = (", ".join(f"{row}.{name}" for name in CUBE) for row in ("NEW", "OLD"))
    same = " AND ".join(f"{name} = OLD.{name}" for name in CUBE)
    op.execute(
        "CREATE FUNCTION tally_cases() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' AND ROW({new}) IS NOT DISTINCT FROM ROW({old}) "
        f"THEN RETURN NULL; END IF; PERFORM pg_advisory_xact_lock({TALLY_LOCK}); "
        f"IF TG_OP <> 'INSERT' THEN UPDATE case_tally SET n = n - 1 WHERE {same}; END IF; "
        f"IF TG_OP <> 'DELETE' THEN INSERT INTO case_tally ({names}, n) VALUES ({new}, 1) "
        f"ON CONFLICT ({names}) DO UPDATE SET n = case_tally.n + 1; END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER cases_tally AFTER INSERT OR UPDATE OR DELETE ON cases "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tally_cases()"
    )
