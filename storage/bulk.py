"""Deciding many cases at once: what was shown is what is decided, case by case, as one batch.

Each case is decided by the one function that decides (`storage.cases.decide_in`) in a transaction
of its own, so lease, version and second person hold as they do for one case. A case that has
changed since it was shown is left alone and the batch says why; the others are decided.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, update

from storage.audit import record
from storage.bilingual import Bilingual, Problem
from storage.bulk_shown import Bulk, Outcome, ShownCase, add_outcome, get_bulk
from storage.cases import decide_in, get_case, release, take
from storage.columns import utc_now
from storage.database import write
from storage.models import cases
from storage.models_exports import bulk_cases, bulk_decisions
from storage.persons import named_person, same_person
from storage.reasons import check, demand_note
from storage.records import Decision, Verdict
from storage.withdrawals import withdraw_in

UNTICKED = Bilingual(
    "全部成员都去掉了勾，本案没有判定，仍在队列中。",
    "Every member's tick was taken away: the case was not decided and stays in the queue.",
)
UNDONE = Bilingual(
    "轮到本案之前整批已撤销，本案没有判定。",
    "The batch was undone before this case's turn: it was not decided.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of all of them."""

    verdict: Verdict
    reason: str
    note: str
    by: str
    kept: frozenset[int]  # rows whose tick stood

    def of(self, case_id: int) -> Decision:
        return Decision(
            case_id=case_id,
            verdict=self.verdict,
            reason=self.reason,
            by=self.by,
            at=utc_now(),
            note=self.note,
        )


def decide_together(engine: Engine, number: int, said: Said) -> Bulk:
    """Decide what was shown; what came of each case.

    A second call finds the batch decided and goes on with what the first did not reach, whatever
    it says itself. Raises Problem for somebody else's batch, a reason that does not fit, ticks of
    posts that were not shown, or no tick at all.
    """
    person = named_person(said.by)
    check(said.verdict, said.reason)
    demand_note(said.of(0))
    bulk = get_bulk(engine, number)
    if not same_person(bulk.owner, person):
        raise others_batch(bulk)
    shown = frozenset(bulk.rows)
    if not said.kept or not said.kept <= shown:
        raise Problem(
            "没有勾选任何成员，或勾选了没有显示过的内容；没有写入。请在批次页重新勾选。",
            "No member was ticked, or one that was not shown; nothing was written. Tick again.",
        )
    begin(engine, bulk, said, shown - said.kept, person)
    return carry_on(engine, number, person)


def others_batch(bulk: Bulk) -> Problem:
    return Problem(
        f"批次 {bulk.id} 是 {bulk.owner} 的，没有写入。",
        f"Batch {bulk.id} is {bulk.owner}'s; nothing was written.",
    )


def begin(engine: Engine, bulk: Bulk, said: Said, leaving: Collection[int], person: str) -> None:
    """Write down what is said, once; Problem for a batch that was undone."""
    statement = (
        update(bulk_decisions)
        .where(bulk_decisions.c.id == bulk.id, bulk_decisions.c.state == "shown")
        .values(
            state="decided",
            verdict=said.verdict.value,
            reason=said.reason,
            note=said.note,
            leaving=sorted(leaving),
            decided_at=utc_now(),
        )
    )
    with write(engine) as connection:
        if connection.execute(statement).rowcount == 1:
            told = {
                "verdict": said.verdict.value,
                "reason": said.reason,
                "cases": [one.case_id for one in bulk.shown],
                "leaving": sorted(leaving),
            }
            record(connection, person, "bulk.decide", f"bulk:{bulk.id}", told)
            return
        now = select(bulk_decisions.c.state).where(bulk_decisions.c.id == bulk.id)
        if connection.execute(now).scalar_one() == "undone":
            raise Problem(
                f"批次 {bulk.id} 已撤销，没有写入。请在队列中重新选择。",
                f"Batch {bulk.id} was undone; nothing was written. Choose again in the queue.",
            )


def carry_on(engine: Engine, number: int, person: str) -> Bulk:
    """Decide every case of a decided batch that has no outcome yet."""
    bulk = get_bulk(engine, number)
    if bulk.verdict is None:
        return bulk
    said = Said(
        verdict=bulk.verdict,
        reason=bulk.reason,
        note=bulk.note,
        by=person,
        kept=frozenset(bulk.rows) - bulk.leaving,
    )
    for one in bulk.pending:
        decide_one(engine, number, one, said)
    return get_bulk(engine, number)


def decide_one(engine: Engine, number: int, one: ShownCase, said: Said) -> None:
    leaving = [row for row in one.posts if row not in said.kept]
    why = UNTICKED if len(leaving) == len(one.posts) else None
    if why is None:
        try:
            with write(engine) as connection:
                still_wanted(connection, number)
                decision = decide_in(connection, said.of(one.case_id), one.version, leaving)
                add_outcome(connection, number, one.case_id, decision_id=decision)
        except Problem as problem:
            if problem.__cause__ is not None:  # the outside world: another call goes on from here
                raise
            why = problem.text
    if why is not None:
        with write(engine) as connection:
            add_outcome(connection, number, one.case_id, why=why)


def still_wanted(connection: Connection, number: int) -> None:
    """Raise Problem for a batch that was undone; else it is not before this transaction is over."""
    state = select(bulk_decisions.c.state).where(bulk_decisions.c.id == number)
    if connection.execute(state.with_for_update(read=True)).scalar_one() == "undone":
        raise Problem(UNDONE.zh, UNDONE.en)


# ---- undoing ------------------------------------------------------------------------------------


def undo_together(engine: Engine, number: int, by: str) -> Bulk:
    """Take back every decision of the batch that can be; those that cannot say why.

    Of a batch that is being decided at the same moment the rest is left undecided. Posts that were
    split off stay apart. Raises Problem for a batch that was not decided, or somebody else's.
    """
    person = named_person(by)
    bulk = get_bulk(engine, number)
    if not same_person(bulk.owner, person):
        raise others_batch(bulk)
    if bulk.state == "shown":
        raise Problem(
            f"批次 {number} 还没有判定，没有可撤销的。",
            f"Batch {number} is not decided: there is nothing to undo.",
        )
    statement = update(bulk_decisions).where(bulk_decisions.c.id == number)
    with write(engine) as connection:
        connection.execute(statement.values(state="undone", undone_by=person, undone_at=utc_now()))
        record(connection, person, "bulk.undo", f"bulk:{number}", {})
    # Read again: some may have been decided between the first look and the mark.
    for one in get_bulk(engine, number).outcomes.values():
        if one.decision_id is not None and one.undone_id is None:
            undo_one(engine, number, one, person)
    return get_bulk(engine, number)


def undo_one(engine: Engine, number: int, one: Outcome, person: str) -> None:
    mine = (bulk_cases.c.batch_id == number) & (bulk_cases.c.case_id == one.case_id)
    try:
        with write(engine) as connection:
            undone = withdraw_in(connection, one.case_id, one.decision_id or 0, person)
            connection.execute(
                update(bulk_cases).where(mine).values(undone_id=undone, why_zh="", why_en="")
            )
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        said = problem.text
        with write(engine) as connection:
            connection.execute(
                update(bulk_cases).where(mine).values(why_zh=said.zh, why_en=said.en)
            )


def keep_claims(engine: Engine, number: int, by: str) -> None:
    """Renew the leases of what is still to be decided; what is lost shows when it is decided."""
    person, bulk = named_person(by), get_bulk(engine, number)
    if bulk.state != "shown" or not same_person(bulk.owner, person):
        return
    with write(engine) as connection:
        for one in bulk.shown:
            mine = (cases.c.id == one.case_id) & (cases.c.version == one.version)
            if connection.execute(select(cases.c.id).where(mine)).first() is not None:
                take(connection, one.case_id, person)


def leave_together(engine: Engine, number: int, by: str) -> Bulk:
    """Not decided after all: what its owner holds of it goes back to the queue.

    Raises Problem for another's batch, and for one that was decided: nothing of it is given back.
    """
    bulk = get_bulk(engine, number)
    if not same_person(bulk.owner, by):
        raise others_batch(bulk)
    if bulk.state != "shown":
        raise Problem(
            f"批次 {number} 已经判定，没有放回任何案件。要撤销请打开这一批。",
            f"Batch {number} is decided already: no case went back. Open it to undo it.",
        )
    for one in bulk.shown:
        if same_person(get_case(engine, one.case_id).claimed_by, by):
            with suppress(Problem):  # it was decided or taken in this moment
                release(engine, one.case_id, by)
    return bulk
