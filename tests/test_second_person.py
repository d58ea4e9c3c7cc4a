"""四眼: grave decisions take effect only with a second person, by whichever door they come."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from storage.bilingual import Problem
from storage.cases import claim, decide, get_case
from storage.database import read, write
from storage.decided import decided_posts
from storage.exports import decided_rows
from storage.models import cases, decisions
from storage.models_desk import second_looks
from storage.reasons import WITHDRAWN
from storage.records import CaseStatus, Verdict
from storage.second import CONFIRMED, confirmed_codes, look, set_confirmed_codes
from storage.withdrawals import withdraw
from tests.makers import NOON, decision, flagged, post, sight


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """One case, decided as a forgery by 王审核, waiting for a second person."""
    sight(engine, flagged())
    decide(engine, forged())
    return engine


def forged(**changes: object):
    return decision(1, **{"reason": "C3-06", "by": "王审核", **changes})


def second(**changes: object):
    return decision(1, **{"reason": "C3-06", "by": "赵复核", **changes})


def test_a_fresh_database_asks_for_two_about_the_police_and_forged_papers(engine: Engine) -> None:
    found = {(verdict.value, code) for verdict, code in confirmed_codes(engine)}
    assert found == set(CONFIRMED)


def test_a_grave_decision_waits_and_leaves_the_house_in_no_list(waiting: Engine) -> None:
    case = get_case(waiting, 1)
    assert (case.status, case.awaits_second) == (CaseStatus.DECIDED, True)
    assert list(decided_rows(waiting)) == []
    assert list(decided_posts(waiting)) == []


def test_an_ordinary_decision_waits_for_nobody(engine: Engine) -> None:
    sight(engine, flagged())
    decide(engine, decision(1))
    assert not get_case(engine, 1).awaits_second
    assert len(list(decided_rows(engine))) == 1


def test_an_agreeing_second_person_makes_it_approved(waiting: Engine) -> None:
    assert look(waiting, second()) is True
    case = get_case(waiting, 1)
    assert (case.status, case.awaits_second) == (CaseStatus.APPROVED, False)
    assert (case.looks[0].by, case.looks[0].upheld) == ("赵复核", True)
    assert len(list(decided_rows(waiting))) == 1


def test_a_second_person_who_differs_sends_the_case_back_with_both_opinions(
    waiting: Engine,
) -> None:
    assert look(waiting, second(verdict=Verdict.CLEAN, reason="WARNING")) is False
    case = get_case(waiting, 1)
    assert (case.status, case.awaits_second) == (CaseStatus.WAITING, False)
    assert len(case.decisions) == 1
    assert case.looks[0].verdict is Verdict.CLEAN
    assert list(decided_rows(waiting)) == []


def test_of_a_transfer_the_department_must_be_the_same(engine: Engine) -> None:
    sight(engine, flagged())
    decide(engine, decision(1, Verdict.TRANSFER, by="王审核"))
    assert look(engine, decision(1, Verdict.TRANSFER, reason="CAC", by="赵复核")) is False


@pytest.mark.parametrize("name", ["王审核", " 王审核 ", "王 审核"])
def test_nobody_confirms_their_own_decision_however_they_write_their_name(
    waiting: Engine, name: str
) -> None:
    with pytest.raises(Problem, match="yourself"):
        look(waiting, second(by=name))
    assert get_case(waiting, 1).awaits_second


def test_a_second_look_is_for_cases_that_wait_and_for_the_version_that_was_seen(
    waiting: Engine,
) -> None:
    shown = get_case(waiting, 1).version
    with pytest.raises(Problem, match="has changed"):
        look(waiting, second(), expected_version=shown - 1)
    look(waiting, second(), expected_version=shown)
    with pytest.raises(Problem, match="does not wait"):
        look(waiting, second(by="钱复核"))


def test_a_lesser_decision_in_place_of_a_waiting_one_waits_too(waiting: Engine) -> None:
    (first, _), *_ = get_case(waiting, 1).decisions
    decide(waiting, decision(1, Verdict.CLEAN, by="李审核", supersedes=first))
    assert get_case(waiting, 1).awaits_second


def test_a_decision_in_place_of_a_confirmed_one_waits_too(waiting: Engine) -> None:
    look(waiting, second())
    (first, _), *_ = get_case(waiting, 1).decisions
    decide(waiting, decision(1, Verdict.CLEAN, by="李审核", supersedes=first))
    case = get_case(waiting, 1)
    assert (case.status, case.awaits_second) == (CaseStatus.DECIDED, True)


def test_content_that_comes_back_opens_a_waiting_case_again(waiting: Engine) -> None:
    sight(waiting, flagged(post("http://other.example/b")))
    case = get_case(waiting, 1)
    assert (case.status, case.awaits_second) == (CaseStatus.WAITING, False)


def test_the_policy_is_the_offices_and_changing_it_is_recorded(engine: Engine) -> None:
    set_confirmed_codes(engine, [(Verdict.VIOLATION, "B4-02")], "admin")
    sight(engine, flagged())
    decide(engine, decision(1))
    assert get_case(engine, 1).awaits_second
    with pytest.raises(Problem, match="Valid codes"):
        set_confirmed_codes(engine, [(Verdict.CLEAN, "B4-02")], "admin")


# --- the database keeps the promise by itself -----------------------------------------------------


def by_hand(engine: Engine, statement: object) -> None:
    with write(engine) as connection:
        connection.execute(statement)


def test_no_statement_approves_a_case_without_a_second_person(waiting: Engine) -> None:
    approved = update(cases).values(status="approved", awaits_second=False)
    with pytest.raises(DatabaseError, match="second person"):
        by_hand(waiting, approved)
    with pytest.raises(DatabaseError, match="second person"):
        by_hand(waiting, insert(cases).values(**bare_case(), status="approved"))


def test_no_statement_takes_the_mark_that_a_decision_waits(waiting: Engine) -> None:
    with pytest.raises(DatabaseError, match="waits for a second"):
        by_hand(waiting, update(cases).values(awaits_second=False))


def test_no_statement_settles_a_grave_decision_without_the_mark(engine: Engine) -> None:
    sight(engine, flagged())
    by_hand(
        engine,
        insert(decisions).values(
            case_id=1,
            verdict="transfer",
            reason="POLICE",
            policy="1",
            decided_by="x",
            decided_at=NOON,
            note="",
        ),
    )
    with pytest.raises(DatabaseError, match="waits for a second"):
        by_hand(engine, update(cases).values(status="decided", decision_id=1))


def test_no_statement_lets_the_decider_be_the_second(waiting: Engine) -> None:
    look_row = {
        "decision_id": 1,
        "case_id": 1,
        "verdict": "violation",
        "reason": "C3-06",
        "policy": "1",
        "note": "",
        "looked_by": "王审核",
        "looked_at": NOON,
        "upheld": True,
    }
    with pytest.raises(DatabaseError, match="cannot be the second"):
        by_hand(waiting, insert(second_looks).values(look_row))


def test_a_second_look_is_never_changed_or_deleted(waiting: Engine) -> None:
    look(waiting, second())
    for statement in (update(second_looks).values(upheld=False), delete(second_looks)):
        with pytest.raises(DatabaseError, match="append-only"):
            by_hand(waiting, statement)


def bare_case() -> dict[str, object]:
    return {
        "priority": 1,
        "platform": "web",
        "title": "",
        "opened_at": NOON,
        "updated_at": NOON,
        "version": 1,
    }


# --- taking one's own decision back ---------------------------------------------------------------


def test_undo_is_a_superseding_decision_and_the_case_is_open_again(engine: Engine) -> None:
    sight(engine, flagged())
    number = decide(engine, decision(1, by="王审核"))
    withdraw(engine, 1, number, "王审核")
    case = get_case(engine, 1)
    assert (case.status, case.claimed_by) == (CaseStatus.CLAIMED, "王审核")
    assert [one.reason for _, one in case.decisions] == ["B4-02", WITHDRAWN]
    assert case.decisions[-1][1].supersedes == number
    assert list(decided_rows(engine)) == []
    decide(engine, decision(1, Verdict.CLEAN, by="王审核"))
    assert get_case(engine, 1).status is CaseStatus.DECIDED


def test_a_waiting_decision_is_taken_back_by_its_own_person(waiting: Engine) -> None:
    withdraw(waiting, 1, 1, "王审核")
    assert not get_case(waiting, 1).awaits_second


def test_nobody_takes_back_what_is_not_their_own_newest_unconfirmed_decision(
    waiting: Engine,
) -> None:
    for number, person in ((1, "赵复核"), (2, "王审核")):
        with pytest.raises(Problem, match="cannot be withdrawn"):
            withdraw(waiting, 1, number, person)
    look(waiting, second())
    with pytest.raises(Problem, match="cannot be withdrawn"):
        withdraw(waiting, 1, 1, "王审核")


def test_withdrawing_is_no_reason_that_a_person_may_choose(engine: Engine) -> None:
    sight(engine, flagged())
    with pytest.raises(Problem, match="Valid codes"):
        decide(engine, decision(1, Verdict.DOUBT, reason=WITHDRAWN))


# --- leases and ticks -----------------------------------------------------------------------------


def test_a_claim_ends_by_itself(engine: Engine) -> None:
    sight(engine, flagged())
    claim(engine, 1, "王审核")
    with pytest.raises(Problem, match="with 王审核"):
        claim(engine, 1, "李审核")
    with write(engine) as connection:
        connection.execute(update(cases).values(claim_until=NOON.replace(year=2020)))
    claim(engine, 1, "李审核")
    assert get_case(engine, 1).claimed_by == "李审核"


def test_posts_without_a_tick_leave_for_a_case_of_their_own_in_the_same_act(
    engine: Engine,
) -> None:
    sight(engine, flagged(post("http://one.example/a")), flagged(post("http://two.example/b")))
    shown = get_case(engine, 1)
    out = shown.posts[1].row
    decide(engine, decision(1), expected_version=shown.version, leaving=[out])
    assert [one.row for one in get_case(engine, 1).posts] == [shown.posts[0].row]
    assert get_case(engine, 1).status is CaseStatus.DECIDED
    other = get_case(engine, 2)
    assert ([one.row for one in other.posts], other.status) == ([out], CaseStatus.WAITING)


def test_taking_every_tick_away_decides_nothing(engine: Engine) -> None:
    sight(engine, flagged())
    row = get_case(engine, 1).posts[0].row
    with pytest.raises(Problem, match="some, not all"):
        decide(engine, decision(1), leaving=[row])
    assert get_case(engine, 1).decisions == ()


def test_the_tally_counts_what_is_there(engine: Engine) -> None:
    for seed, name in enumerate(("one", "two", "three")):
        sight(engine, flagged(post(f"http://{name}.example/a"), seed=seed))
    decide(engine, decision(1))
    claim(engine, 2, "王审核")
    with read(engine) as connection:
        told = connection.execute(
            text("SELECT status, SUM(n) FROM case_tally WHERE n > 0 GROUP BY status")
        ).all()
        there = connection.execute(
            select(cases.c.status, text("COUNT(*)")).group_by(cases.c.status)
        ).all()
    assert sorted((a, int(b)) for a, b in told) == sorted((a, int(b)) for a, b in there)
