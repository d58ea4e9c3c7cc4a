"""What is to be done is told whole: no figure and no list stops anywhere unsaid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from door import revisit_run
from door.revisit import Tally
from storage.database import write
from storage.models import posts
from storage.takedown_acts import Word, approve, record_answer
from storage.takedown_due import due_now
from storage.takedown_models import takedown_items, takedown_requests
from storage.takedown_states import Answer
from storage.takedown_verdict import Seen
from storage.takedowns import due_items
from tests.makers import NOON
from tests.takedown_makers import APPROVER, LATER, SENT, decided, drafted, round_at, sent

MANY = 10_007  # more than was once read at most


def drafts_more(engine: Engine, how_many: int) -> None:
    """So many requests more, each with an item of a post of its own, all like the first."""
    numbers = range(1_001, 1_001 + how_many)
    with write(engine) as connection:
        seen = dict(connection.execute(select(posts).limit(1)).mappings().one())
        asked = dict(connection.execute(select(takedown_requests).limit(1)).mappings().one())
        item = dict(connection.execute(select(takedown_items).limit(1)).mappings().one())
        connection.execute(
            insert(posts),
            [
                seen | {"id": one, "post_id": f"{one}", "identity": one.to_bytes(32, "big")}
                for one in numbers
            ],
        )
        connection.execute(
            insert(takedown_requests),
            [asked | {"id": one, "request_no": f"TD-{one}"} for one in numbers],
        )
        connection.execute(
            insert(takedown_items),
            [item | {"id": one, "request_id": one, "post_row": one} for one in numbers],
        )


def send_them(engine: Engine) -> None:
    by = {"approved_by": APPROVER, "approved_at": NOON}
    with write(engine) as connection:
        connection.execute(update(takedown_requests).values(by))
        connection.execute(update(takedown_items).values(state="approved"))
        connection.execute(update(takedown_requests).values(sent_by="钱收发", sent_at=SENT))
        connection.execute(update(takedown_items).values(state="sent", next_look=SENT))


def test_figures_and_lists_do_not_stop_at_ten_thousand(engine: Engine) -> None:
    decided(engine)
    drafted(engine)
    drafts_more(engine, MANY - 1)
    assert (due_now(engine, NOON).drafts, due_now(engine, NOON).unsent) == (MANY, 0)
    send_them(engine)
    due = due_now(engine, SENT + timedelta(hours=1))
    assert (due.drafts, due.unsent) == (0, 0)
    assert len(due.looks) == len(due_items(engine, LATER)) == MANY


def test_a_draft_that_was_approved_is_one_to_send(engine: Engine) -> None:
    decided(engine)
    approve(engine, drafted(engine), APPROVER, NOON + timedelta(hours=1))
    assert (due_now(engine, NOON).drafts, due_now(engine, NOON).unsent) == (0, 1)


def test_a_claim_counts_as_looked_at_only_by_a_look_after_it_that_told_something(
    engine: Engine,
) -> None:
    item = sent(engine).id
    round_at(engine, item, 1, Seen.OFFENDING)
    at = SENT + timedelta(hours=2)
    record_answer(engine, item, Answer.YES, Word(by="钱收发", at=at, now=LATER))
    round_at(engine, item, 3, Seen.NOTHING)
    due = due_now(engine, LATER)
    assert ([one.id for _, one in due.unchecked], list(due.claimed)) == ([item], [])
    round_at(engine, item, 4, Seen.OFFENDING)
    due = due_now(engine, LATER)
    assert ([one.id for _, one in due.claimed], list(due.unchecked)) == ([item], [])


def test_a_request_with_many_drafts_is_one_request(engine: Engine) -> None:
    decided(engine)
    decided(engine, "http://school.example/other", seed=2)
    drafted(engine)
    with engine.connect() as connection:
        assert connection.execute(select(func.count(takedown_items.c.id))).scalar_one() == 2
    assert due_now(engine, NOON).drafts == 1


def test_a_run_of_looks_says_how_many_it_did_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisit_run, "MOST", 2)
    monkeypatch.setattr(
        revisit_run, "look_again", lambda _desk, items, _fetch: Tally(asked=len(items), left=1)
    )
    items: Any = [object()] * 5
    nobody: Any = None
    tally = revisit_run.work_off(nobody, items, nobody)
    assert (tally.asked, tally.left) == (2, 4)
    assert revisit_run.work_off(nobody, items[:2], nobody).left == 1
