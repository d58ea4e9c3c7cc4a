"""Takedowns move by their table of steps, on moments that looks bear; no line is replaced.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# storage/takedown_states.py and storage/takedown_looks.py, as they were when this was written.
ASKED = ("sent", "acknowledged", "refused", "no_answer")
STEPS: dict[str, tuple[str, ...]] = {
    "draft": ("approved", "withdrawn"),
    "approved": ("sent", "withdrawn"),
    "sent": ("acknowledged", "refused", "no_answer", "removed", "withdrawn"),
    "acknowledged": ("refused", "no_answer", "removed", "withdrawn"),
    "refused": ("acknowledged", "removed", "withdrawn"),
    "no_answer": ("acknowledged", "refused", "removed", "withdrawn"),
    "removed": (*ASKED, "verified", "watching", "withdrawn"),
    "verified": (*ASKED, "removed", "watching", "final", "reappeared", "withdrawn"),
    "watching": (*ASKED, "removed", "verified", "final", "reappeared", "withdrawn"),
    "final": ("watching", "reappeared"),
}
VERIFIED_ONCE = "('verified','watching','final','reappeared','withdrawn')"
NO_STEP = "no such step"
NO_LOOK = "not seen gone long enough: no look bears this moment"
NO_ANSWER = "a state needs its date: an answer"
KEPT_ONCE = "append-only: a line that stands is not written again"
APPEND_ONLY = {
    "decisions": "t.id = NEW.id",
    "audit": "t.id = NEW.id OR t.hash = NEW.hash",
    "second_looks": "t.id = NEW.id OR t.decision_id = NEW.decision_id",
    "custody": "t.seq = NEW.seq OR t.hash = NEW.hash OR t.prev = NEW.prev",
}
# What the two databases say differently.
SQLITE = {
    "differs": "IS NOT",
    "days": "julianday({later}) - julianday({earlier})",
    "day": "date({moment}, '+8 hours')",
}
POSTGRESQL = {
    "differs": "IS DISTINCT FROM",
    "days": "EXTRACT(EPOCH FROM ({later} - {earlier})) / 86400",
    "day": "({moment} AT TIME ZONE 'Asia/Shanghai')::date",
}
Refusals = dict[str, tuple[str, str]]  # by the trigger's name: a condition and what is said


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    say = POSTGRESQL if postgresql else SQLITE
    guard = on_postgresql if postgresql else on_sqlite
    guard("takedown_items", items(say))
    guard("takedown_requests", REQUESTS)
    if not postgresql:
        never_replaced()


def downgrade() -> None:
    raise NotImplementedError("what was asked and seen is never taken back: restore a backup")


def items(say: Mapping[str, str]) -> Refusals:
    return {
        "steps": (strange_step(), NO_STEP),
        "kept": (taken_back(say["differs"]), NO_LOOK),
        "moments": (unseen(say["differs"]), NO_LOOK),
        "spans": (too_soon(say["days"]), "not seen gone long enough"),
        "words": (unanswered(say), NO_ANSWER),
    }


def strange_step() -> str:
    def listed(states: tuple[str, ...]) -> str:
        return ", ".join(f"'{one}'" for one in states)

    pairs = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state IN ({listed(after)}))"
        for before, after in STEPS.items()
    )
    return f"NEW.state <> OLD.state AND NOT ({pairs})"


def look(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM takedown_looks k WHERE k.item_id = NEW.id AND {condition})"


GONE = "k.seen IN ('gone','changed')"
NOTED = "COALESCE(k.recorded_at, k.at)"


def taken_back(differs: str) -> str:
    """A verification is moved or taken back only by a look that was told late, or against it."""
    late = (
        f"k.at <= OLD.verified_at AND {NOTED} >= OLD.verified_at "
        "AND (k.way = 'person' OR k.seen IN ('offending','unclear'))"
    )
    return (
        f"(OLD.verified_at IS NOT NULL AND NEW.verified_at {differs} OLD.verified_at "
        f"AND NOT {look(late)}) OR "
        f"(NEW.verified_at IS NOT NULL AND NEW.state NOT IN {VERIFIED_ONCE})"
    )


def unseen(differs: str) -> str:
    """Each moment that a state rests on is that of a look."""
    rests_on = {
        "removed_at": f"k.at = NEW.removed_at AND {GONE}",
        "verified_at": f"{NOTED} = NEW.verified_at AND {GONE}",
        "final_at": f"{NOTED} = NEW.final_at AND {GONE}",
        "reappeared_at": "k.at = NEW.reappeared_at AND k.seen = 'offending'",
    }
    return " OR ".join(
        f"(NEW.{column} IS NOT NULL AND NEW.{column} {differs} OLD.{column} AND NOT {look(words)})"
        for column, words in rests_on.items()
    )


def too_soon(days: str) -> str:
    """Three days from the first look to verified, 14 from there to final."""
    verified = days.format(later="NEW.verified_at", earlier="NEW.removed_at")
    final = days.format(later="NEW.final_at", earlier="NEW.verified_at")
    return f"({verified} < 2.9999) OR ({final} < 13.9999)"


def unanswered(say: Mapping[str, str]) -> str:
    """What was asked stands where the answer, the receipt or the deadline puts it."""
    asked = "FROM takedown_requests r WHERE r.id = NEW.request_id"
    receipt = f"EXISTS (SELECT 1 {asked} AND r.acknowledged_at IS NOT NULL)"
    before = f"EXISTS (SELECT 1 {asked} AND (r.sent_at IS NULL OR NEW.answered_at < r.sent_at))"
    day = say["day"].format(moment="NEW.answered_at")
    waited = f"EXISTS (SELECT 1 {asked} AND r.deadline < {day})"
    return (
        "(NEW.state = 'sent' AND NEW.answer <> '') OR "
        f"(NEW.state = 'acknowledged' AND NEW.answer NOT IN ('yes','partial') "
        f"AND NOT (NEW.answer = '' AND {receipt})) OR "
        "(NEW.state = 'refused' AND NEW.answer <> 'no') OR "
        "(NEW.state = 'no_answer' AND NEW.answer <> 'none') OR "
        "(OLD.answer <> '' AND NEW.answer = '') OR "
        "(NEW.answer <> '' AND (NEW.answered_at IS NULL OR NEW.answered_by = '' "
        f"OR {before})) OR "
        f"(NEW.answer = 'none' AND OLD.answer <> 'none' AND NOT {waited})"
    )


REQUESTS: Refusals = {
    "receipt": (
        "NEW.acknowledged_at IS NOT NULL AND "
        "(NEW.acknowledged_at < NEW.sent_at OR NEW.acknowledged_by = '')",
        "a state needs its date: a receipt comes after the sending",
    ),
    "receipt_no": (
        "NEW.receipt_no <> '' AND NEW.acknowledged_at IS NULL",
        "a state needs its date: a receipt",
    ),
}


def on_sqlite(table: str, refusals: Refusals) -> None:
    for name, (condition, words) in refusals.items():
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE UPDATE ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )


def on_postgresql(table: str, refusals: Refusals) -> None:
    lines = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{words}', "
        "ERRCODE = 'integrity_constraint_violation'; END IF;"
        for condition, words in refusals.values()
    )
    op.execute(
        f"CREATE FUNCTION {table}_steps() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {lines} RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_steps BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_steps()"
    )


def never_replaced() -> None:
    """INSERT OR REPLACE deletes without asking the triggers of DELETE: it is stopped before."""
    for table, same in APPEND_ONLY.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} t WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{KEPT_ONCE}'); END"
        )


# ruff: noqa: S608 (SQL put together of constants of this file)
