"""A look told late, or made while the clock was wrong, moves an item as all its looks say.

Revision ID: 0015
Revises: 0014

Looks are judged by the moment they bear. One that is written after another and bears an earlier
moment may move what the later one had settled: a verification to another moment, an item that was
seen offending since to watching or reappeared. 0013 refused these. It is known by the number of the
look, which no clock touches.
"""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# storage/takedown_states.py and storage/takedown_looks.py, as they were when this was written;
# what is not about looks told late stands as in 0013.
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
LOOKED_AT = (*ASKED, "removed", "verified", "watching", "final")
VERIFIED_ONCE = "('verified','watching','final','reappeared','withdrawn')"
NO_STEP = "no such step"
NO_LOOK = "not seen gone long enough: no look bears this moment"
NO_ANSWER = "a state needs its date: an answer"
OF_ITEM = "FROM takedown_looks k WHERE k.item_id = NEW.id"
GONE = "k.seen IN ('gone','changed')"
NOTED = "COALESCE(k.recorded_at, k.at)"
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
    if op.get_bind().dialect.name == "postgresql":
        on_postgresql(items(POSTGRESQL))
        return
    every = items(SQLITE)
    for name in ("steps", "kept"):
        condition, words = every[name]
        op.execute(f"DROP TRIGGER takedown_items_{name}")
        op.execute(
            f"CREATE TRIGGER takedown_items_{name} BEFORE UPDATE ON takedown_items "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    # 0011 asks the same of what is verified; what came back was verified before.
    condition, words = every["proof"]
    op.execute(
        "CREATE TRIGGER takedown_items_came_back BEFORE UPDATE ON takedown_items "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def downgrade() -> None:
    raise NotImplementedError("what was asked and seen is never taken back: restore a backup")


def items(say: Mapping[str, str]) -> Refusals:
    return {
        "steps": (strange_step(), NO_STEP),
        "kept": (taken_back(say["differs"]), NO_LOOK),
        "moments": (unseen(say["differs"]), NO_LOOK),
        "spans": (too_soon(say["days"]), "not seen gone long enough"),
        "words": (unanswered(say), NO_ANSWER),
        "proof": (unproved(), "not seen gone long enough"),
    }


def told_late() -> str:
    """The newest look of the item bears an earlier moment than one written before it."""
    newest = f"(SELECT MAX(k.id) {OF_ITEM})"
    return (
        "EXISTS (SELECT 1 FROM takedown_looks n JOIN takedown_looks l ON l.item_id = n.item_id "
        f"AND l.at > n.at WHERE n.item_id = NEW.id AND n.id = {newest})"
    )


def strange_step() -> str:
    def listed(states: tuple[str, ...]) -> str:
        return ", ".join(f"'{one}'" for one in states)

    pairs = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state IN ({listed(after)}))"
        for before, after in STEPS.items()
    )
    looked = listed(LOOKED_AT)
    late = f"(OLD.state IN ({looked}) AND NEW.state IN ({looked}, 'reappeared') AND {told_late()})"
    return f"NEW.state <> OLD.state AND NOT ({pairs} OR {late})"


def look(condition: str) -> str:
    return f"EXISTS (SELECT 1 {OF_ITEM} AND {condition})"


def taken_back(differs: str) -> str:
    """A verification is moved or taken back only by a look of an earlier moment that was written
    after the one that bears it; one that says nothing moves nothing."""
    bearing = (
        "(SELECT MAX(b.id) FROM takedown_looks b WHERE b.item_id = NEW.id "
        "AND COALESCE(b.recorded_at, b.at) = OLD.verified_at AND b.seen IN ('gone','changed'))"
    )
    late = look(f"k.seen <> 'nothing' AND k.at <= OLD.verified_at AND k.id > {bearing}")
    return (
        f"(OLD.verified_at IS NOT NULL AND NEW.verified_at {differs} OLD.verified_at "
        f"AND NOT {late}) OR "
        f"(NEW.verified_at IS NOT NULL AND NEW.state NOT IN {VERIFIED_ONCE})"
    )


def unproved() -> str:
    """Come back without having been verified: three looks, two ways."""
    return (
        "NEW.state = 'reappeared' AND OLD.state <> 'reappeared' AND ("
        f"(SELECT COUNT(DISTINCT k.at) {OF_ITEM} AND {GONE}) < 3 OR "
        f"(SELECT COUNT(DISTINCT k.way) {OF_ITEM} AND {GONE}) < 2)"
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


def on_postgresql(refusals: Refusals) -> None:
    """One function asks all of them: the trigger of 0013 stands and calls it."""
    lines = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{words}', "
        "ERRCODE = 'integrity_constraint_violation'; END IF;"
        for condition, words in refusals.values()
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION takedown_items_steps() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {lines} RETURN NEW; END $$"
    )


# ruff: noqa: S608 (SQL put together of constants of this file)
