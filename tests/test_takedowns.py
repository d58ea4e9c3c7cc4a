"""Takedown requests: who may do what, in which order, and what is kept of it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError

from exports.takedown_case import takedown_rows
from exports.takedown_rows import ListHead
from storage.bilingual import Problem
from storage.cases import decide, get_case, list_cases
from storage.database import open_database, read, write
from storage.exports import decided_rows
from storage.records import CaseStatus, Verdict
from storage.takedown_acts import (
    Word,
    acknowledge,
    approve,
    record_answer,
    record_sent,
    withdraw,
    withdraw_request,
)
from storage.takedown_draft import Draft, draft, not_yet_asked
from storage.takedown_looks import add_round
from storage.takedown_models import takedown_history, takedown_looks, takedown_requests
from storage.takedown_states import Answer, ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import (
    due_items,
    get_item,
    get_request,
    history_of,
    list_requests,
    looks_of,
    overdue_items,
    standing_of,
    unclear_items,
)
from tests.makers import NOON, decision, flagged, post, sight
from tests.takedown_makers import (
    AD,
    APPROVER,
    DRAFTER,
    LATER,
    SENDER,
    SENT,
    decided,
    drafted,
    listed,
    look,
    round_at,
    sending,
    sent,
    taken_down,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "http://other.example/ad"


def word(**changes: object) -> Word:
    values: dict[str, object] = {"by": SENDER, "at": SENT + DAY, "now": LATER, "note": ""}
    return Word(**(values | changes))  # type: ignore[arg-type]


def state(engine: Engine, item: int = 1) -> ItemState:
    return get_item(engine, item).state


# ---- drafting -----------------------------------------------------------------------------------


def test_only_what_a_person_decided_to_be_a_violation_can_be_asked_for(engine):
    sight(engine, flagged(post(AD)))
    assert not_yet_asked(engine) == ([], 0)
    with pytest.raises(Problem, match=r"no decision .violation. in force"):
        not_yet_asked(engine, case_ids=frozenset({1}))
    decide(engine, decision(1, Verdict.DOUBT))
    assert not_yet_asked(engine) == ([], 0)
    decide(engine, decision(1, supersedes=1))
    rows, taken = not_yet_asked(engine)
    assert [row.url for row in rows] == [AD]
    assert taken == 0


def test_what_is_asked_for_already_is_not_asked_for_twice(engine):
    decided(engine)
    drafted(engine)
    assert not_yet_asked(engine) == ([], 1)


def test_a_draft_has_one_item_a_url_and_a_number_of_the_day(engine):
    decided(engine)
    decided(engine, OTHER, seed=2)
    number = drafted(engine)
    request = get_request(engine, number)
    assert request.request_no == "TD-20261123-001"
    assert [item.url for item in request.items] == [AD, OTHER]
    assert {item.state for item in request.items} == {ItemState.DRAFT}
    assert (request.approved_by, request.sent_at, request.deadline) == (None, None, None)


def test_a_draft_of_a_decision_that_has_been_changed_since_is_refused(engine):
    decided(engine)
    rows, _ = not_yet_asked(engine)
    decide(engine, decision(1, Verdict.CLEAN, supersedes=1))
    order = Draft(platform="web", recipient="x", rows=rows, by=DRAFTER, at=NOON)
    with pytest.raises(Problem, match=r"no decision .violation. in force"):
        draft(engine, order)
    assert list_requests(engine) == []


def test_two_people_who_draft_the_same_content_at_once_make_one_request(
    engine, database_url, tmp_path
):
    decided(engine)
    rows, _ = not_yet_asked(engine)
    order = Draft(platform="web", recipient="x", rows=rows, by=DRAFTER, at=NOON)
    done: list[str] = []

    def person() -> None:
        own = open_database(database_url, tmp_path)
        try:
            draft(own, order)
            done.append("drafted")
        except Problem:
            done.append("refused")
        finally:
            own.dispose()

    people = [threading.Thread(target=person) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(done) == ["drafted", "refused"]
    assert len(list_requests(engine)) == 1


# ---- approving ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [DRAFTER, f"  {DRAFTER} ", "王 起草", "王·起草", "王\u3000起草"])
def test_nobody_approves_their_own_draft_however_the_name_is_written(engine, name):
    decided(engine)
    number = drafted(engine)
    with pytest.raises(Problem, match="somebody else"):
        approve(engine, number, name, NOON)
    assert state(engine) is ItemState.DRAFT


def test_the_database_itself_refuses_an_approval_by_the_drafter(engine):
    decided(engine)
    number = drafted(engine)
    with pytest.raises(DatabaseError, match="two_people"), write(engine) as connection:
        connection.execute(
            takedown_requests.update()
            .where(takedown_requests.c.id == number)
            .values(approved_by=DRAFTER, approved_at=NOON)
        )


def test_a_request_is_approved_once(engine):
    decided(engine)
    number = drafted(engine)
    assert approve(engine, number, APPROVER, NOON) == 1
    with pytest.raises(Problem, match="approved now"):
        approve(engine, number, "孙某", NOON)
    assert get_request(engine, number).approved_by == APPROVER


def test_what_was_decided_anew_since_the_draft_is_neither_approved_nor_sent(engine):
    decided(engine)
    number = drafted(engine)
    decide(engine, decision(1, Verdict.CLEAN, supersedes=1))
    with pytest.raises(Problem, match="decided anew"):
        approve(engine, number, APPROVER, NOON)
    decide(engine, decision(1, supersedes=2))
    with pytest.raises(Problem, match="decided anew"):
        approve(engine, number, APPROVER, NOON)


def test_an_unknown_request_is_named(engine):
    for act in (
        lambda: approve(engine, 7, APPROVER, NOON),
        lambda: record_sent(engine, 7, sending()),
        lambda: acknowledge(engine, 7, word(), "", without=True),
        lambda: withdraw_request(engine, 7, word(note="x")),
        lambda: get_request(engine, 7),
    ):
        with pytest.raises(Problem, match="no takedown request 7"):
            act()
    with pytest.raises(Problem, match="no takedown item 7"):
        record_answer(engine, 7, Answer.YES, word())


# ---- sending ------------------------------------------------------------------------------------


def approved(engine: Engine) -> int:
    decided(engine)
    number = drafted(engine)
    approve(engine, number, APPROVER, NOON + HOUR)
    return number


def test_a_draft_is_not_sent(engine):
    decided(engine)
    number = drafted(engine)
    with pytest.raises(Problem, match="draft now"):
        record_sent(engine, number, sending())


def test_what_was_sent_must_be_named(engine):
    number = approved(engine)
    with pytest.raises(Problem, match="not named"):
        record_sent(engine, number, sending(letter_no=""))


def test_a_list_that_was_never_exported_was_not_sent(engine):
    number = approved(engine)
    with pytest.raises(Problem, match="No finished list"):
        record_sent(engine, number, sending(batch_no="CS-20261123-009"))


def test_the_hash_of_the_list_that_was_sent_is_kept(engine):
    number = approved(engine)
    batch = listed(engine)
    with pytest.raises(Problem, match="another SHA-256"):
        record_sent(engine, number, sending(batch_no=batch, file_sha256="0" * 64))
    record_sent(engine, number, sending(batch_no=batch))
    request = get_request(engine, number)
    assert request.batch_no == batch
    assert len(request.file_sha256) == 64
    assert request.file_name == "清单.xlsx"


@pytest.mark.parametrize(
    ("at", "told"),
    [(LATER + DAY, "future"), (NOON, "before the step before")],
)
def test_sending_lies_neither_in_the_future_nor_before_the_approval(engine, at, told):
    number = approved(engine)
    with pytest.raises(Problem, match=told):
        record_sent(engine, number, sending(at=at))


def test_the_deadline_is_counted_in_working_days_and_says_what_it_does_not_know(engine):
    number = approved(engine)
    record_sent(engine, number, sending(days=5))  # Monday 2026-11-23
    assert get_request(engine, number).deadline == date(2026, 11, 30)
    assert get_request(engine, number).unknown_years == ()


def test_a_deadline_in_a_year_without_known_holidays_says_so(engine):
    number = approved(engine)
    record_sent(engine, number, sending(at=datetime(2026, 12, 30, 4, tzinfo=UTC), days=5))
    assert get_request(engine, number).unknown_years == (2027,)


def test_it_is_sent_once(engine):
    sent(engine)
    with pytest.raises(Problem, match="sent now"):
        record_sent(engine, 1, sending())


# ---- acknowledged and answered ------------------------------------------------------------------


def test_an_acknowledgement_moves_what_was_sent_and_keeps_the_receipt(engine):
    sent(engine)
    assert acknowledge(engine, 1, word(), "HZ-1") == 1
    assert state(engine) is ItemState.ACKNOWLEDGED
    assert get_request(engine, 1).receipt_no == "HZ-1"
    with pytest.raises(Problem, match="already"):
        acknowledge(engine, 1, word(), "HZ-2")
    assert get_request(engine, 1).receipt_no == "HZ-1"


def test_a_receipt_number_that_came_later_is_added_once(engine):
    sent(engine)
    acknowledge(engine, 1, word(), "", without=True)
    with pytest.raises(Problem, match="receipt none"):
        acknowledge(engine, 1, word(), " ", without=True)
    assert acknowledge(engine, 1, word(by="孙某"), "HZ-2") == 0
    assert get_request(engine, 1).receipt_no == "HZ-2"
    assert get_request(engine, 1).acknowledged_by == SENDER
    assert history_of(engine, [1])[1][-1].note == "HZ-2"
    with pytest.raises(Problem, match="HZ-2"):
        acknowledge(engine, 1, word(), "HZ-3")


def test_nothing_is_acknowledged_before_it_was_sent(engine):
    approved(engine)
    with pytest.raises(Problem, match="approved now"):
        acknowledge(engine, 1, word(), "", without=True)


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (Answer.YES, ItemState.ACKNOWLEDGED),
        (Answer.PARTIAL, ItemState.ACKNOWLEDGED),
        (Answer.NO, ItemState.REFUSED),
    ],
)
def test_an_answer_is_written_down_and_never_counts_as_removal(engine, answer, after):
    sent(engine)
    assert record_answer(engine, 1, answer, word(note="函复")) is after
    item = get_item(engine, 1)
    assert (item.state, item.answer, item.removed_at) == (after, answer.value, None)


def test_silence_is_no_answer_only_once_the_deadline_has_passed(engine):
    sent(engine)
    with pytest.raises(Problem, match="has not passed"):
        record_answer(engine, 1, Answer.NONE, word())
    assert overdue_items(engine, date(2026, 11, 30)) == []
    ((request, item),) = overdue_items(engine, date(2026, 12, 1))
    assert (request.id, item.id) == (1, 1)
    late = word(at=SENT + 10 * DAY)
    assert record_answer(engine, 1, Answer.NONE, late) is ItemState.NO_ANSWER
    assert overdue_items(engine, date(2026, 12, 1)) == []
    assert record_answer(engine, 1, Answer.YES, late) is ItemState.ACKNOWLEDGED
    with pytest.raises(Problem, match="has an answer already"):
        record_answer(engine, 1, Answer.NONE, late)


def test_an_answer_about_what_is_seen_gone_leaves_the_state(engine):
    sent(engine)
    round_at(engine, 1, 24)
    assert record_answer(engine, 1, Answer.NO, word()) is ItemState.REMOVED


# ---- withdrawing --------------------------------------------------------------------------------


def test_a_withdrawal_needs_its_reason_and_ends_the_looks(engine):
    sent(engine)
    with pytest.raises(Problem, match="reason"):
        withdraw(engine, [1], word())
    assert withdraw(engine, [1], word(note="发错平台")) == 1
    item = get_item(engine, 1)
    assert (item.state, item.next_look) == (ItemState.WITHDRAWN, None)
    with pytest.raises(Problem, match="withdrawn now"):
        withdraw(engine, [1], word(note="又一次"))


def test_of_several_items_all_are_withdrawn_or_none(engine):
    sent(engine)
    with pytest.raises(Problem, match="no takedown item 9"):
        withdraw(engine, [1, 9], word(note="发错平台"))
    assert state(engine) is ItemState.SENT


def test_what_was_withdrawn_can_be_asked_for_again(engine):
    sent(engine)
    withdraw_request(engine, 1, word(note="发错平台"))
    number = drafted(engine)
    (item,) = get_request(engine, number).items
    assert item.recurrence_of == 1


# ---- looks --------------------------------------------------------------------------------------


def test_three_days_of_removed_looks_by_both_ways_verify_and_fourteen_more_end_it(engine):
    sent(engine)
    states = [round_at(engine, 1, 24 * day).after for day in range(1, 20)]
    wanted = [ItemState.REMOVED] * 3 + [ItemState.VERIFIED] + [ItemState.WATCHING] * 13
    assert states == [*wanted, ItemState.FINAL, ItemState.FINAL]
    item = get_item(engine, 1)
    assert item.removed_at == SENT + DAY
    assert item.verified_at == SENT + 4 * DAY
    assert item.final_at == SENT + 18 * DAY


def test_a_wall_never_removes(engine):
    sent(engine)
    for day in range(1, 30):
        assert round_at(engine, 1, 24 * day, Seen.NOTHING).after is ItemState.SENT
    assert get_item(engine, 1).removed_at is None


def test_a_look_that_contradicts_before_verification_puts_it_back_where_people_had_it(engine):
    sent(engine)
    acknowledge(engine, 1, word(), "HZ-1")
    round_at(engine, 1, 24)
    assert state(engine) is ItemState.REMOVED
    moved = round_at(engine, 1, 48, Seen.OFFENDING)
    assert moved.after is ItemState.ACKNOWLEDGED
    assert get_item(engine, 1).removed_at is None
    assert get_case(engine, 1).status is CaseStatus.DECIDED


def test_what_comes_back_after_verification_reopens_its_case_with_a_reason(engine):
    sent(engine)
    taken_down(engine, 1)
    before = get_case(engine, 1).priority
    moved = round_at(engine, 1, 200, Seen.NOTHING, Seen.OFFENDING)
    assert (moved.after, moved.reopened) == (ItemState.REAPPEARED, True)
    case = get_case(engine, 1)
    assert (case.status, case.reopened) == (CaseStatus.WAITING, 1)
    assert case.priority > before
    assert get_item(engine, 1).next_look is None
    assert add_round(engine, 1, [look()], SENT + 300 * HOUR) is None


def test_after_it_came_back_a_new_decision_makes_a_new_request_that_names_the_old(engine):
    sent(engine)
    taken_down(engine, 1)
    round_at(engine, 1, 200, Seen.OFFENDING)
    assert not_yet_asked(engine) == ([], 0)
    decide(engine, decision(1))
    number = drafted(engine)
    (item,) = get_request(engine, number).items
    assert item.recurrence_of == 1
    assert item.state is ItemState.DRAFT


def test_a_refused_item_that_goes_after_all_is_seen_gone(engine):
    sent(engine)
    record_answer(engine, 1, Answer.NO, word())
    assert round_at(engine, 1, 48).after is ItemState.REMOVED
    assert round_at(engine, 1, 72, Seen.OFFENDING).after is ItemState.REFUSED


def test_a_refused_item_that_was_asked_for_anew_is_looked_at_no_more(engine):
    sent(engine)
    record_answer(engine, 1, Answer.NO, word())
    drafted(engine)
    assert get_item(engine, 1).next_look is None
    with pytest.raises(Problem, match="taken over"):
        round_at(engine, 1, 48)
    assert looks_of(engine, [1]) == {}


def test_nothing_is_looked_at_before_it_was_sent(engine):
    decided(engine)
    drafted(engine)
    assert add_round(engine, 1, [look()], SENT) is None
    assert looks_of(engine, [1]) == {}


def test_looks_are_due_every_night_and_rarer_once_verified(engine):
    sent(engine)
    assert due_items(engine, SENT + 22 * HOUR) == []
    assert [item.id for item in due_items(engine, SENT + 24 * HOUR)] == [1]
    round_at(engine, 1, 24, Seen.NOTHING)
    assert due_items(engine, SENT + 46 * HOUR) == []
    assert [item.id for item in due_items(engine, SENT + 48 * HOUR)] == [1]
    for hours in (48, 72, 96, 120):
        round_at(engine, 1, hours)
    assert due_items(engine, SENT + 144 * HOUR) == []
    assert [item.id for item in due_items(engine, SENT + 168 * HOUR)] == [1]


def test_an_unclear_look_asks_for_a_person(engine):
    sent(engine)
    round_at(engine, 1, 24, Seen.UNCLEAR)
    ((_, item),) = unclear_items(engine)
    assert item.id == 1
    round_at(engine, 1, 48)
    assert unclear_items(engine) == []


# ---- what is kept -------------------------------------------------------------------------------


def test_every_step_leaves_a_line_with_its_person(engine):
    sent(engine)
    acknowledge(engine, 1, word(), "HZ-1")
    record_answer(engine, 1, Answer.YES, word(by="孙登记"))
    taken_down(engine, 1)
    lines = [(one.act, one.who, one.before, one.after) for one in history_of(engine, [1])[1]]
    assert lines == [
        ("drafted", DRAFTER, "", "draft"),
        ("approved", APPROVER, "draft", "approved"),
        ("sent", SENDER, "approved", "sent"),
        ("acknowledged", SENDER, "sent", "acknowledged"),
        ("answered", "孙登记", "acknowledged", "acknowledged"),
        ("looked", "certsweep", "acknowledged", "removed"),
        ("looked", "certsweep", "removed", "verified"),
    ]


@pytest.mark.parametrize("table", ["takedown_history", "takedown_looks"])
@pytest.mark.parametrize("act", ["UPDATE {} SET who = 'x'", "DELETE FROM {}"])
def test_history_and_looks_are_never_changed_or_deleted(engine, table, act):
    sent(engine)
    round_at(engine, 1, 24)
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(act.format(table)))


def test_history_and_looks_are_not_emptied_by_a_side_door(engine, kind):
    sent(engine)
    round_at(engine, 1, 24)
    statement = "TRUNCATE takedown_looks"
    if kind == "sqlite":
        statement = "INSERT OR REPLACE INTO takedown_looks SELECT * FROM takedown_looks"
    with pytest.raises(DatabaseError, match="append-only"), write(engine) as connection:
        connection.execute(text(statement))
    with read(engine) as connection:
        for table, least in ((takedown_looks, 2), (takedown_history, 4)):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() >= least


def test_a_list_can_say_where_each_url_stands(engine):
    item = sent(engine)
    with read(engine) as connection:
        ((request, found),) = standing_of(connection, [item.post_row]).values()
    assert (request.request_no, found.state) == ("TD-20261123-001", ItemState.SENT)


def test_requests_are_found_by_state_and_platform(engine):
    sent(engine)
    assert [one.id for one in list_requests(engine, state=ItemState.SENT)] == [1]
    assert list_requests(engine, state=ItemState.DRAFT) == []
    assert [one.id for one in list_requests(engine, platform="web")] == [1]
    assert list_requests(engine, platform="weibo") == []
    assert get_request(engine, 1).states == {ItemState.SENT: 1}
    assert len(list_cases(engine)) == 1


def test_a_list_is_filled_in_with_what_became_of_each_url(engine):
    sent(engine)
    acknowledge(engine, 1, word(), "HZ-1")
    record_answer(engine, 1, Answer.PARTIAL, word(note="已删两处"))
    taken_down(engine, 1)
    head = ListHead(batch_no="CS-1", made_at=NOON)
    (row,) = takedown_rows(decided_rows(engine), head)
    assert row.deadline == "2026-11-30"
    assert row.receipt_no == "HZ-1"
    assert row.platform_reply == "部分处置；已删两处"
    assert row.sent_time.startswith("2026-11-23")
    assert row.verified_removed_time.startswith("2026-11-27")
    assert "TD-20261123-001" in row.notes


def test_a_list_of_what_nobody_asked_for_yet_leaves_those_cells_empty(engine):
    decided(engine)
    (row,) = takedown_rows(decided_rows(engine), ListHead(batch_no="CS-1", made_at=NOON))
    assert (row.deadline, row.sent_time, row.receipt_no, row.platform_reply) == ("",) * 4
