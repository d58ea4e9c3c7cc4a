"""What the database refuses of takedowns by itself, whoever writes to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from storage.audit import record as audit
from storage.cases import decide
from storage.custody import Act
from storage.custody import record as custody
from storage.database import read, write
from storage.takedown_history import Step
from storage.takedown_looks import add_persons_look
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import get_item
from tests.makers import NOON, decision, flagged, post, sight
from tests.takedown_makers import (
    DRAFTER,
    SENT,
    decided,
    drafted,
    look,
    round_at,
    sent,
    taken_down,
)

GUARDS = (
    "what was asked is not rewritten|no such step|a state needs its date|not seen gone long enough"
    "|two_people|append-only|a look has its moments|nothing asked is taken away"
    "|cannot be the second person"
)


def by_hand(engine: Engine, words: str, **values: object) -> None:
    with write(engine) as connection:
        connection.execute(text(words), values)


def refused(engine: Engine, words: str, **values: object) -> None:
    """By a guard, and not by a slip in the words."""
    with pytest.raises(DatabaseError, match=GUARDS):
        by_hand(engine, words, **values)


FAR = "'2030-01-01 00:00:00+00'"


@pytest.mark.parametrize(
    "values",
    [
        "state='final'",
        "state='draft'",
        "state='verified'",
        "state='reappeared'",
        f"state='removed', removed_at={FAR}, verified_at={FAR}, final_at={FAR}, post_row=2",
        f"state='verified', removed_at={FAR}, verified_at={FAR}",
        f"state='final', removed_at={FAR}, verified_at={FAR}, final_at={FAR}",
        "url='http://other.example/'",
        "case_id=7",
        "decision_id=7",
    ],
)
def test_no_state_is_written_that_the_looks_do_not_bear(engine: Engine, values: str) -> None:
    sent(engine)
    refused(engine, f"UPDATE takedown_items SET {values}")
    assert get_item(engine, 1).state is ItemState.SENT


def test_what_is_over_does_not_begin_again(engine: Engine) -> None:
    sent(engine)
    taken_down(engine, 1)
    for state in ("draft", "approved"):
        refused(engine, f"UPDATE takedown_items SET state='{state}'")
    round_at(engine, 1, 24 * 6)
    by_hand(engine, "UPDATE takedown_items SET state='withdrawn'")
    refused(engine, "UPDATE takedown_items SET state='sent'")


@pytest.mark.parametrize(
    "values",
    [
        "drafted_by='另一人'",
        "approved_by='另一人'",
        f"drafted_at={FAR}",
        f"sent_at={FAR}",
        f"approved_at={FAR}",
        "deadline='2099-01-01'",
        "file_sha256='00'",
        "letter_no='改'",
        "recipient='other.example'",
        "days=300",
    ],
)
def test_what_was_asked_is_not_rewritten(engine: Engine, values: str) -> None:
    sent(engine)
    refused(engine, f"UPDATE takedown_requests SET {values}")


@pytest.mark.parametrize("noise", [" ", "\u3000", "\u200b", "\ufeff", "\u00ad"])
def test_the_drafter_does_not_approve_by_a_sign_nobody_sees(engine: Engine, noise: str) -> None:
    decided(engine)
    drafted(engine)
    refused(
        engine,
        f"UPDATE takedown_requests SET approved_by=:who, approved_at={FAR}",
        who=DRAFTER + noise,
    )


def test_nothing_asked_is_taken_away_and_nothing_begins_in_the_middle(engine: Engine) -> None:
    sent(engine)
    refused(engine, "DELETE FROM takedown_items")
    refused(engine, "DELETE FROM takedown_requests")
    with read(engine) as connection:
        count = connection.execute(text("SELECT COUNT(*) FROM takedown_items")).scalar_one()
    assert count == 1


def test_a_look_without_its_moment_of_recording_is_not_taken(engine: Engine) -> None:
    sent(engine)
    round_at(engine, 1, 24)
    columns = (
        "item_id,at,way,who,seen,state,reason,why,http_status,final_url,content_sha256,engine,files"
    )
    refused(
        engine,
        f"INSERT INTO takedown_looks (id,{columns}) SELECT 99,{columns} FROM takedown_looks "
        "WHERE id=1",
    )


@pytest.mark.parametrize(
    "values",
    [
        "state='no_answer'",
        "state='acknowledged'",
        "state='sent', removed_at=NULL, verified_at=NULL",
        "state='removed', verified_at=NULL",
        "verified_at='2020-01-01 00:00:00+00'",
        "verified_at='2026-11-30 12:34:56+00'",
        "removed_at='2020-01-01 00:00:00+00'",
        f"state='final', final_at={FAR}",
        "state='final', final_at=verified_at",
        f"state='reappeared', reappeared_at={FAR}",
        "state='reappeared', reappeared_at=removed_at",
        "answer='yes', answered_by='另一人'",
        "answer='yes', answered_by='另一人', answered_at='2020-01-01 00:00:00+00'",
        "answer='none', answered_by='另一人', answered_at=removed_at",
    ],
)
def test_what_is_verified_rests_on_looks_whoever_writes(engine: Engine, values: str) -> None:
    sent(engine)
    before = taken_down(engine, 1)
    refused(engine, f"UPDATE takedown_items SET {values}")
    assert get_item(engine, 1) == before


@pytest.mark.parametrize(
    "values",
    [
        "state='refused'",
        "state='no_answer', answer='none'",
        f"state='refused', answer='no', answered_at={FAR}",
        "state='acknowledged'",
        "state='acknowledged', answer='yes'",
    ],
)
def test_what_was_answered_rests_on_an_answer_with_its_moment(engine: Engine, values: str) -> None:
    sent(engine)
    refused(engine, f"UPDATE takedown_items SET {values}")


@pytest.mark.parametrize(
    "values",
    [
        "acknowledged_by='另一人', acknowledged_at='2020-01-01 00:00:00+00'",
        f"acknowledged_at={FAR}",
        "receipt_no='R-1'",
    ],
)
def test_a_receipt_comes_after_the_sending_and_from_somebody(engine: Engine, values: str) -> None:
    sent(engine)
    refused(engine, f"UPDATE takedown_requests SET {values}")


def test_a_look_told_late_takes_a_verification_back(engine: Engine) -> None:
    sent(engine)
    taken_down(engine, 1)
    seen = look(Seen.OFFENDING, Way.PERSON)
    step = Step(who="孙查看", act="looked", at=SENT + timedelta(hours=60), note="还在")
    moved = add_persons_look(engine, 1, seen, step, SENT + timedelta(hours=97))
    assert moved.after is ItemState.REMOVED
    assert get_item(engine, 1).verified_at is None


@pytest.mark.parametrize("values", ["state='sent', removed_at=NULL", "state='removed'"])
def test_a_look_that_says_nothing_takes_no_verification_back(engine: Engine, values: str) -> None:
    sent(engine)
    for hours in (24, 48, 72):
        round_at(engine, 1, hours)
    assert round_at(engine, 1, 96, other=Seen.NOTHING).after is ItemState.VERIFIED
    refused(engine, f"UPDATE takedown_items SET verified_at=NULL, {values}")


@pytest.mark.parametrize("table", ["decisions", "audit", "second_looks", "custody"])
def test_nothing_that_people_said_is_replaced_by_hand_in_sqlite(engine: Engine, table: str) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    sight(engine, flagged(post("http://x.example/1")))
    decide(engine, decision(1, reason="C3-02", by="王审核"))
    by_hand(
        engine,
        "INSERT INTO second_looks (decision_id, case_id, verdict, reason, policy, note, looked_by, "
        "looked_at, upheld) SELECT id, case_id, verdict, reason, policy, '', '赵复核', decided_at, "
        "1 FROM decisions",
    )
    with write(engine) as connection:
        audit(connection, "王审核", "case.decide", "case:1")
        for number in range(2):
            act = Act(who="王", what="gathered", subject="case:1", sha256=str(number), at=NOON)
            custody(connection, act)
    refused(engine, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "table", ["takedown_history", "takedown_looks", "takedown_items", "takedown_requests"]
)
def test_no_line_is_replaced_by_hand_in_sqlite(engine: Engine, table: str) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    sent(engine)
    round_at(engine, 1, 24)
    refused(engine, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("noise", [" ", "\u200b"])
def test_the_decider_is_no_second_person_by_a_sign_nobody_sees(engine: Engine, noise: str) -> None:
    sight(engine, flagged(post("http://x.example/1")))
    decide(engine, decision(1, reason="C3-02", by="王审核"))
    refused(
        engine,
        "INSERT INTO second_looks (decision_id, case_id, verdict, reason, policy, note, looked_by, "
        "looked_at, upheld) SELECT id, case_id, verdict, reason, policy, '', :who, decided_at, "
        "upheld FROM (SELECT d.*, (1 = 1) AS upheld FROM decisions d) AS first",
        who=f"王{noise}审核",
    )
