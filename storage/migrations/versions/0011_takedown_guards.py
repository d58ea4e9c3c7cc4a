"""The states of takedowns kept by the database; when a look was written down.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG_ID, SafeText, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = "('draft','approved','sent','acknowledged','removed','verified','watching')"
LOOKED_AT = "('sent','acknowledged','refused','no_answer','removed','verified','watching','final')"
HELD = "('verified','watching','final')"
ITEM_FACTS = ("id", "request_id", "case_id", "post_row", "decision_id", "recurrence_of", "url")
REQUEST_FACTS = (
    "id",
    "request_no",
    "platform",
    "recipient",
    "drafted_by",
    "drafted_at",
    "note",
)
SENT_FACTS = (
    "sent_by",
    "sent_at",
    "channel",
    "letter_no",
    "batch_no",
    "file_name",
    "file_sha256",
    "days",
    "deadline",
    "unknown_years",
)
# Blanks and signs of no width, which make no other person; the program folds more than these.
NOTHING = (32, 9, 0xA0, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0x3000, 0xFEFF)
REWRITTEN = "what was asked is not rewritten"
ALONE = "the person who decided cannot be the second person"
KEPT_ONCE = "append-only: a line that stands is not written again"


def upgrade() -> None:
    for table in ("takedown_history", "takedown_looks"):
        op.add_column(table, sa.Column("recorded_at", UtcDateTime(), nullable=True))
    create_batch_posts()
    if op.get_bind().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("what was asked and seen is never taken back: restore a backup")


def create_batch_posts() -> None:
    op.create_table(
        "export_batch_posts",
        sa.Column("batch_no", SafeText(), nullable=False),
        sa.Column("post_row", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"],
            ["export_batches.batch_no"],
            name="fk_export_batch_posts_batch_no",
        ),
        sa.ForeignKeyConstraint(["post_row"], ["posts.id"], name="fk_export_batch_posts_post_row"),
        sa.PrimaryKeyConstraint("batch_no", "post_row", name="pk_export_batch_posts"),
    )


# ---- what must never be, as conditions on OLD and NEW ------------------------------------------


def changed(names: Sequence[str], differs: str) -> str:
    pairs = (f"CAST(NEW.{one} AS TEXT) {differs} CAST(OLD.{one} AS TEXT)" for one in names)
    return "(" + " OR ".join(pairs) + ")"


def strange_move() -> str:
    """A step that is no step of a takedown."""
    return (
        "NEW.state <> OLD.state AND NOT ("
        "(OLD.state = 'draft' AND NEW.state IN ('approved','withdrawn')) OR "
        "(OLD.state = 'approved' AND NEW.state IN ('sent','withdrawn')) OR "
        f"(OLD.state IN {LOOKED_AT} AND NEW.state IN {LOOKED_AT}) OR "
        f"(OLD.state IN {LOOKED_AT} AND OLD.state <> 'final' AND NEW.state = 'withdrawn') OR "
        f"(OLD.state IN {LOOKED_AT} AND NEW.state = 'reappeared'))"
    )


def undated() -> str:
    """A state without the moment it rests on."""
    return (
        "(NEW.state IN ('removed','verified','watching','final','reappeared') "
        "AND NEW.removed_at IS NULL) OR "
        "(NEW.state IN ('verified','watching','final','reappeared') "
        "AND NEW.verified_at IS NULL) OR "
        "(NEW.state = 'final' AND NEW.final_at IS NULL) OR "
        "(NEW.state = 'reappeared' AND NEW.reappeared_at IS NULL) OR "
        "(NEW.state IN ('draft','approved') AND NEW.removed_at IS NOT NULL)"
    )


def unproved(span: str) -> str:
    """Verified without three looks, two ways, three days on our own clock."""
    gone = "FROM takedown_looks k WHERE k.item_id = NEW.id AND k.seen IN ('gone','changed')"
    return (
        f"NEW.state IN {HELD} AND OLD.state NOT IN {HELD} AND ("
        f"(SELECT COUNT(DISTINCT k.at) {gone}) < 3 OR "
        f"(SELECT COUNT(DISTINCT k.way) {gone}) < 2 OR "
        f"NOT COALESCE((SELECT {span} {gone}), {{false}}))"
    )


def begun_further() -> str:
    return (
        "NEW.state <> 'draft' OR NEW.removed_at IS NOT NULL OR NEW.verified_at IS NOT NULL "
        "OR NEW.final_at IS NOT NULL OR NEW.reappeared_at IS NOT NULL"
    )


def bare(column: str, sign: str) -> str:
    found = f"lower({column})"
    for code in NOTHING:
        found = f"replace({found}, {sign}({code}), '')"
    return found


def same_two(sign: str) -> str:
    return (
        "NEW.approved_by IS NOT NULL AND "
        f"{bare('NEW.approved_by', sign)} = {bare('NEW.drafted_by', sign)}"
    )


def own_second(sign: str) -> str:
    """A second look by whoever decided, in the dress of a blank nobody sees."""
    same = f"{bare('d.decided_by', sign)} = {bare('NEW.looked_by', sign)}"
    return f"EXISTS (SELECT 1 FROM decisions d WHERE d.id = NEW.decision_id AND {same})"


def request_rewritten(differs: str) -> str:
    once = ("approved_by", "approved_at"), ("acknowledged_by", "acknowledged_at")
    return " OR ".join(
        (
            changed(REQUEST_FACTS, differs),
            *(f"(OLD.{names[1]} IS NOT NULL AND {changed(names, differs)})" for names in once),
            f"(OLD.sent_at IS NOT NULL AND {changed(SENT_FACTS, differs)})",
            f"(OLD.receipt_no <> '' AND {changed(('receipt_no',), differs)})",
            "(NEW.sent_at IS NOT NULL AND NEW.sent_at < NEW.approved_at)",
        )
    )


LATE_LOOK = "NEW.recorded_at IS NULL OR NEW.at > NEW.recorded_at"
BEGUN_REQUEST = (
    "NEW.approved_by IS NOT NULL OR NEW.sent_at IS NOT NULL OR NEW.acknowledged_at IS NOT NULL"
)


# ---- SQLite -------------------------------------------------------------------------------------


def guard_on_sqlite() -> None:
    span = (
        "julianday(MAX(COALESCE(k.recorded_at, k.at))) - "
        "julianday(MIN(COALESCE(k.recorded_at, k.at))) >= 2.9999"
    )
    refuse("takedown_items_begin", "INSERT ON takedown_items", begun_further(), "drafts come first")
    refuse("takedown_items_facts", "UPDATE ON takedown_items", changed(ITEM_FACTS, "IS NOT"))
    refuse("takedown_items_move", "UPDATE ON takedown_items", strange_move(), "no such step")
    refuse("takedown_items_dates", "UPDATE ON takedown_items", undated(), "a state needs its date")
    proof = unproved(span).format(false="0")
    refuse("takedown_items_proof", "UPDATE ON takedown_items", proof, "not seen gone long enough")
    refuse("takedown_requests_begin", "INSERT ON takedown_requests", BEGUN_REQUEST, "drafts first")
    rewritten = request_rewritten("IS NOT")
    refuse("takedown_requests_facts", "UPDATE ON takedown_requests", rewritten)
    two = same_two("char")
    refuse(
        "takedown_requests_two",
        "UPDATE ON takedown_requests",
        two,
        "two_people: the drafter does not approve",
    )
    refuse("takedown_looks_time", "INSERT ON takedown_looks", LATE_LOOK, "a look has its moments")
    refuse("second_looks_bare", "INSERT ON second_looks", own_second("char"), ALONE)
    for table in ("takedown_items", "takedown_requests"):
        refuse(f"{table}_no_delete", f"DELETE ON {table}", "1", "nothing asked is taken away")
    for act in ("UPDATE", "DELETE"):
        name = f"export_batch_posts_no_{act.lower()}"
        refuse(name, f"{act} ON export_batch_posts", "1", "export_batch_posts is append-only")
    never_replaced()


def refuse(name: str, when: str, condition: str, words: str = REWRITTEN) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def never_replaced() -> None:
    """INSERT OR REPLACE deletes without asking the triggers of DELETE: it is stopped before."""
    same_open = f"t.post_row = NEW.post_row AND t.state IN {OPEN}"
    for table, same in (
        ("takedown_history", "t.id = NEW.id"),
        ("takedown_looks", "t.id = NEW.id"),
        ("case_raises", "t.id = NEW.id"),
        ("blacklist_entries", "t.id = NEW.id"),
        (
            "blacklist_versions",
            "t.id = NEW.id OR (t.entry_id = NEW.entry_id AND t.version = NEW.version)",
        ),
        ("takedown_requests", "t.id = NEW.id OR t.request_no = NEW.request_no"),
        (
            "takedown_items",
            "t.id = NEW.id OR (t.request_id = NEW.request_id AND t.post_row = NEW.post_row) "
            f"OR ({same_open})",
        ),
    ):
        found = f"EXISTS (SELECT 1 FROM {table} t WHERE {same})"
        refuse(f"{table}_no_replace", f"INSERT ON {table}", found, KEPT_ONCE)
    moved = f"NEW.state IN {OPEN} AND EXISTS (SELECT 1 FROM takedown_items t WHERE t.id <> NEW.id "
    refuse("takedown_items_one", "UPDATE ON takedown_items", f"{moved} AND {same_open})", KEPT_ONCE)
    # The program inserts these where they are not there yet: the second is passed over, as is a
    # REPLACE.
    for table, same in (
        ("case_raises", "t.case_id = NEW.case_id AND t.kind = NEW.kind AND t.ref = NEW.ref"),
        ("blacklist_entries", "t.kind = NEW.kind AND t.value = NEW.value"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} t WHERE {same}) BEGIN SELECT RAISE(IGNORE); END"
        )


# ---- PostgreSQL ---------------------------------------------------------------------------------


def guard_on_postgresql() -> None:
    span = (
        "MAX(COALESCE(k.recorded_at, k.at)) - MIN(COALESCE(k.recorded_at, k.at)) "
        ">= interval '71 hours 59 minutes'"
    )
    differs = "IS DISTINCT FROM"
    checked(
        "takedown_items",
        [(begun_further(), "drafts come first")],
        [
            (changed(ITEM_FACTS, differs), REWRITTEN),
            (strange_move(), "no such step"),
            (undated(), "a state needs its date"),
            (unproved(span).format(false="false"), "not seen gone long enough"),
        ],
    )
    checked(
        "takedown_requests",
        [(BEGUN_REQUEST, "drafts come first")],
        [
            (request_rewritten(differs), REWRITTEN),
            (same_two("chr"), "two_people: the drafter does not approve"),
        ],
    )
    checked("second_looks", [(own_second("chr"), ALONE)], [])
    checked("takedown_looks", [(LATE_LOOK, "a look has its moments")], [])
    for table in ("takedown_items", "takedown_requests", "export_batch_posts"):
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_takedowns()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_takedowns()"
        )

    op.execute(
        "CREATE TRIGGER export_batch_posts_no_update BEFORE UPDATE ON export_batch_posts "
        "FOR EACH ROW EXECUTE FUNCTION keep_takedowns()"
    )


Refusals = list[tuple[str, str]]  # a condition and what is said where it holds


def checked(table: str, inserting: Refusals, updating: Refusals) -> None:
    def lines(refusals: Refusals) -> str:
        return " ".join(
            f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{words}', "
            "ERRCODE = 'integrity_constraint_violation'; END IF;"
            for condition, words in refusals
        )

    for act, refusals in (("insert", inserting), ("update", updating)):
        if not refusals:
            continue
        op.execute(
            f"CREATE FUNCTION {table}_{act}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {lines(refusals)} RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_{act} BEFORE {act.upper()} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_{act}()"
        )


# ruff: noqa: S608 (SQL put together of constants of this file)
