# ruff: noqa: S608 (SQL put together of constants of this file)
"""What two people settled only two people change; who looks at which case; the audit's order.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import SafeText, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAITS = "this decision waits for a second person: two settled the case before"
KEPT = "what needs two people never needs only one: the mark stays"
NAMESAKE = "cannot be the second person: the same person by another account"
ORDER = "audit is append-only: a line has the number and the hash after the last one"

LAST = "COALESCE((SELECT MAX(id) FROM audit), 0)"
FOREIGN_LINE = (
    f"NEW.id <> {LAST} + 1 OR EXISTS (SELECT 1 FROM audit a WHERE a.hash = NEW.hash) OR "
    f"NEW.previous <> COALESCE((SELECT hash FROM audit WHERE id = {LAST}), '{'0' * 64}')"
)
OUT_OF_BOUND = (
    "SELECT 1 FROM case_posts o JOIN cases c ON c.id = o.case_id "
    "WHERE o.post_row = NEW.post_row AND o.split AND c.needs_two"
)
# SQLite uses a partial index only where its condition is repeated to the letter.
OUT_OF_BOUND_HERE = OUT_OF_BOUND.replace("o.split", "o.split = 1")
BINDS = "(NEW.awaits_second OR NEW.status = 'approved') AND NOT NEW.needs_two"


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("needs_two", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_case_posts_split",
        "case_posts",
        ["post_row"],
        sqlite_where=sa.text("split = 1"),
        postgresql_where=sa.text("split"),
    )
    op.create_table(
        "case_presence",
        sa.Column("person", SafeText(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_presence_case_id"),
        sa.PrimaryKeyConstraint("person", name="pk_case_presence"),
    )
    op.create_index("ix_case_presence_case_id", "case_presence", ["case_id"])
    mark_what_stands()
    if op.get_bind().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("the guards are never taken back: restore a backup instead")


def mark_what_stands() -> None:
    """From the history there is; what was split out of a marked case is marked like it."""
    marked = "needs_two = " + ("TRUE" if op.get_bind().dialect.name == "postgresql" else "1")
    op.execute(
        f"UPDATE cases SET {marked} WHERE awaits_second OR status = 'approved' "
        "OR id IN (SELECT case_id FROM second_looks) OR id IN (SELECT d.case_id FROM decisions d "
        "JOIN second_person p ON p.verdict = d.verdict AND p.reason = d.reason)"
    )
    parted = sa.text(
        f"UPDATE cases SET {marked} WHERE NOT needs_two AND id IN (SELECT n.case_id "
        "FROM case_posts n JOIN case_posts o ON o.post_row = n.post_row AND o.split "
        "JOIN cases c ON c.id = o.case_id AND c.needs_two WHERE NOT n.split)"
    )
    while op.get_bind().execute(parted).rowcount > 0:
        pass
    if op.get_bind().dialect.name == "postgresql":
        # The tally's deferred trigger: a table with events pending cannot be altered further on.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")


def settled_alone(differs: str) -> str:
    """Decided anew, without the mark that it waits, where two people are needed."""
    return (
        "NEW.status = 'decided' AND NEW.needs_two AND NOT NEW.awaits_second AND "
        f"(OLD.status <> 'decided' OR OLD.awaits_second OR NEW.decision_id {differs} "
        "OLD.decision_id)"
    )


def namesake() -> str:
    """Decider and second person by different accounts of one name, or by name and by account."""
    return (
        "EXISTS (SELECT 1 FROM decisions d, users a, users b WHERE d.id = NEW.decision_id AND "
        "lower(d.decided_by) IN (lower(a.login), lower(a.name)) AND "
        "lower(NEW.looked_by) IN (lower(b.login), lower(b.name)) AND "
        "(a.id = b.id OR (a.name <> '' AND lower(a.name) = lower(b.name))))"
    )


def guard_on_sqlite() -> None:
    for act in ("INSERT", "UPDATE OF status, awaits_second"):
        op.execute(
            f"CREATE TRIGGER cases_binds_{act[:6].lower()} AFTER {act} ON cases WHEN {BINDS} "
            "BEGIN UPDATE cases SET needs_two = 1 WHERE id = NEW.id; END"
        )
    refuse("cases_bound", "UPDATE ON cases", "OLD.needs_two AND NOT NEW.needs_two", KEPT)
    refuse("cases_two_people", "UPDATE ON cases", settled_alone("IS NOT"), WAITS)
    op.execute(
        "CREATE TRIGGER case_posts_bound AFTER INSERT ON case_posts "
        f"WHEN NOT NEW.split AND EXISTS ({OUT_OF_BOUND_HERE}) "
        "BEGIN UPDATE cases SET needs_two = 1 WHERE id = NEW.case_id AND NOT needs_two; END"
    )
    refuse("second_looks_namesake", "INSERT ON second_looks", namesake(), NAMESAKE)
    refuse("audit_in_order", "INSERT ON audit", FOREIGN_LINE, ORDER)


def refuse(name: str, event: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def guard_on_postgresql() -> None:
    trigger(
        "cases_two_people",
        "BEFORE INSERT OR UPDATE ON cases",
        "IF TG_OP = 'UPDATE' THEN "
        f"IF OLD.needs_two AND NOT NEW.needs_two THEN {raised(KEPT)}; END IF; "
        f"IF {settled_alone('IS DISTINCT FROM')} THEN {raised(WAITS)}; END IF; END IF; "
        f"IF {BINDS} THEN NEW.needs_two := TRUE; END IF;",
    )
    trigger(
        "case_posts_bound",
        "BEFORE INSERT ON case_posts",
        f"IF NOT NEW.split AND EXISTS ({OUT_OF_BOUND}) THEN "
        "UPDATE cases SET needs_two = TRUE WHERE id = NEW.case_id AND NOT needs_two; END IF;",
    )
    trigger(
        "second_looks_namesake",
        "BEFORE INSERT ON second_looks",
        f"IF {namesake()} THEN {raised(NAMESAKE)}; END IF;",
    )
    trigger(
        "audit_in_order",
        "BEFORE INSERT ON audit",
        f"IF {FOREIGN_LINE} THEN {raised(ORDER)}; END IF;",
    )


def raised(words: str) -> str:
    return f"RAISE EXCEPTION USING MESSAGE = '{words}', ERRCODE = 'integrity_constraint_violation'"


def trigger(name: str, event: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()")
