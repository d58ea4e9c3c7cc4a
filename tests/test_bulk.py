"""Many cases at once: what was shown is decided, nothing else, and all of it can be undone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from storage.audit import lines
from storage.bilingual import Problem
from storage.bulk import Said, carry_on, decide_together, keep_claims, undo_together
from storage.bulk_shown import get_bulk, open_kin, show_together
from storage.cases import claim, decide, get_case, list_cases
from storage.kept_forms import keep_form, kept_form
from storage.records import CaseStatus, Contacts, Verdict
from storage.second import look
from tests.makers import decision, flagged, judged, post, sight


def some(engine: Engine, count: int = 3, **changes: object) -> list[int]:
    """Cases of one post each, of advertisers that share nothing."""
    for n in range(1, count + 1):
        place = post(
            f"http://school{n}.example/a", contacts=Contacts(phones=(f"1380000{n:04d}",)), **changes
        )
        sight(engine, flagged(place, seed=n, judgement=judged(score=0.9 - n / 100)))
    return sorted(row.id for row in list_cases(engine))


def copies(engine: Engine, count: int = 3) -> int:
    """One case of several posts of one site."""
    for n in range(1, count + 1):
        sight(engine, flagged(post(f"http://school.example/{n}"), changed=n))
    (row,) = list_cases(engine)
    return row.id


def said(kept, verdict: Verdict = Verdict.VIOLATION, **changes: object) -> Said:
    values = {"reason": "B4-02", "note": "", "by": "wang", **changes}
    return Said(verdict=verdict, kept=frozenset(kept), **values)


def statuses(engine: Engine) -> dict[int, CaseStatus]:
    return {row.id: row.status for row in list_cases(engine)}


def test_what_was_shown_is_decided_as_one_batch_and_undone_as_one(engine: Engine) -> None:
    ids = some(engine)
    number = show_together(engine, ids, "wang")
    shown = get_bulk(engine, number)
    assert {row.claimed_by for row in list_cases(engine)} == {"wang"}, "nobody else decides them"
    done = decide_together(engine, number, said(shown.rows))
    assert set(statuses(engine).values()) == {CaseStatus.DECIDED}
    assert {one.decision_id is not None for one in done.outcomes.values()} == {True}
    undone = undo_together(engine, number, "wang")
    assert (undone.state, undone.undone_by) == ("undone", "wang")
    assert set(statuses(engine).values()) == {CaseStatus.CLAIMED}
    acts = [line.act for line in lines(engine) if line.act.startswith("bulk")]
    assert acts == ["bulk.show", "bulk.decide", "bulk.undo"]


def test_a_case_that_changed_since_it_was_shown_is_left_alone_and_said(engine: Engine) -> None:
    ids = some(engine)
    number = show_together(engine, ids, "wang")
    place = post("http://school2.example/b", contacts=Contacts(phones=("13800000002",)))
    sight(engine, flagged(place, seed=2))
    assert len(get_case(engine, ids[1]).posts) == 2, "a sweep found another copy meanwhile"
    done = decide_together(engine, number, said(get_bulk(engine, number).rows))
    assert statuses(engine)[ids[1]] is CaseStatus.CLAIMED
    assert "有变化" in done.outcomes[ids[1]].why.zh
    assert [done.outcomes[one].decision_id is not None for one in ids] == [True, False, True]


def test_whose_tick_is_taken_away_is_split_off_and_stays_apart_at_the_next_sweep(
    engine: Engine,
) -> None:
    case = copies(engine)
    number = show_together(engine, [case], "wang")
    first, _, third = get_bulk(engine, number).rows
    decide_together(engine, number, said({first, third}))
    assert {one.row for one in get_case(engine, case).posts} == {first, third}
    (other,) = [row.id for row in list_cases(engine) if row.id != case]
    again = flagged(post("http://school.example/2", text="月嫂证免考包过，改了几个字。"), changed=2)
    sight(engine, again)
    assert len(get_case(engine, other).posts) == 2
    assert len(get_case(engine, case).posts) == 2
    undo_together(engine, number, "wang")
    assert {one.row for one in get_case(engine, case).posts} == {first, third}, "it stays apart"


def test_a_case_without_any_tick_is_not_decided_and_the_others_are(engine: Engine) -> None:
    ids = some(engine)
    number = show_together(engine, ids, "wang")
    rows = {one.case_id: one.posts for one in get_bulk(engine, number).shown}
    done = decide_together(engine, number, said(set(rows[ids[0]]) | set(rows[ids[2]])))
    assert statuses(engine)[ids[1]] is CaseStatus.CLAIMED
    assert "没有判定" in done.outcomes[ids[1]].why.zh


@pytest.mark.parametrize("kept", [set(), {999}])
def test_ticks_that_were_never_shown_decide_nothing(engine: Engine, kept: set[int]) -> None:
    number = show_together(engine, some(engine), "wang")
    with pytest.raises(Problem, match="nothing was written"):
        decide_together(engine, number, said(kept))
    assert get_bulk(engine, number).state == "shown"


def test_a_reason_that_does_not_fit_writes_nothing(engine: Engine) -> None:
    number = show_together(engine, some(engine), "wang")
    with pytest.raises(Problem):
        decide_together(engine, number, said(get_bulk(engine, number).rows, reason="NEWS"))
    assert get_bulk(engine, number).state == "shown"


def test_the_second_person_holds_for_a_batch_too(engine: Engine) -> None:
    ids = some(engine)
    number = show_together(engine, ids, "wang")
    decide_together(engine, number, said(get_bulk(engine, number).rows, reason="C3-06"))
    assert all(row.awaits_second for row in list_cases(engine))
    with pytest.raises(Problem, match="yourself"):
        look(engine, decision(ids[0], reason="C3-06", by="Wang"))
    look(engine, decision(ids[0], reason="C3-06", by="zhao"))
    undone = undo_together(engine, number, "wang")
    assert statuses(engine)[ids[0]] is CaseStatus.APPROVED, "what is confirmed stands"
    assert "不能撤销" in undone.outcomes[ids[0]].why.zh
    assert statuses(engine)[ids[1]] is CaseStatus.CLAIMED


def test_cases_in_other_hands_or_decided_stay_out_and_are_named(engine: Engine) -> None:
    ids = some(engine, 4)
    claim(engine, ids[0], "li")
    decide(engine, decision(ids[1]))
    bulk = get_bulk(engine, show_together(engine, [*ids, 999, ids[3]], "wang"))
    assert [one.case_id for one in bulk.shown] == ids[2:]
    assert set(bulk.outcomes) == set(ids[:2])
    with pytest.raises(Problem, match="None of the chosen"):
        show_together(engine, ids[:2], "wang")
    with pytest.raises(Problem, match="Choose 1 to"):
        show_together(engine, [], "wang")


def test_somebody_elses_batch_is_not_ones_own(engine: Engine) -> None:
    number = show_together(engine, some(engine), "wang")
    rows = get_bulk(engine, number).rows
    with pytest.raises(Problem, match="wang's"):
        decide_together(engine, number, said(rows, by="li"))
    decide_together(engine, number, said(rows))
    with pytest.raises(Problem, match="wang's"):
        undo_together(engine, number, "li")


def test_two_clicks_at_once_decide_each_case_once(engine: Engine) -> None:
    ids = some(engine, 6)
    number = show_together(engine, ids, "wang")
    rows = get_bulk(engine, number).rows
    clicks = [
        threading.Thread(target=decide_together, args=(engine, number, said(rows)))
        for _ in range(3)
    ]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert {len(get_case(engine, one).decisions) for one in ids} == {1}
    outcomes = get_bulk(engine, number).outcomes
    assert {one.decision_id is not None for one in outcomes.values()} == {True}


def test_a_batch_that_broke_off_is_carried_on(engine: Engine, monkeypatch) -> None:
    ids = some(engine)
    number = show_together(engine, ids, "wang")
    real, calls = decide_in(), []

    def away(connection, said, *rest):
        calls.append(said.case_id)
        if len(calls) == 2:
            raise Problem("数据库不可用", "away") from OSError("away")
        return real(connection, said, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("storage.bulk.decide_in", away)
        with pytest.raises(Problem, match="away"):
            decide_together(engine, number, said(get_bulk(engine, number).rows))
    assert len(get_bulk(engine, number).pending) == 2
    assert carry_on(engine, number, "wang").pending == []
    assert set(statuses(engine).values()) == {CaseStatus.DECIDED}


def decide_in():
    from storage.cases import decide_in as real

    return real


def test_claims_are_renewed_while_the_batch_is_looked_at(engine: Engine) -> None:
    number = show_together(engine, some(engine), "wang")
    before = {row.id: row.claim_until for row in list_cases(engine)}
    keep_claims(engine, number, "wang")
    after = {row.id: row.claim_until for row in list_cases(engine)}
    assert all(after[one] > before[one] for one in before)
    assert decide_together(engine, number, said(get_bulk(engine, number).rows)).pending == []


def test_open_cases_of_the_same_advertiser_are_found_together(engine: Engine) -> None:
    ids = some(engine, 2)
    case = ids[0]
    assert open_kin(engine, case) == [case]
    place = post("http://other.example/x", contacts=Contacts(phones=("13800000001",)), title="别的")
    sight(engine, flagged(place, seed=77))
    other = max(statuses(engine))
    assert open_kin(engine, case) == [case, other]
    decide(engine, decision(other))
    assert open_kin(engine, case) == [case]


def test_a_kept_form_is_given_to_its_owner_alone(engine: Engine) -> None:
    typed = (("note", "长" * 4000), ("member", "1"), ("member", "3"))
    number = keep_form(engine, "wang", "/bulk/1", typed)
    assert kept_form(engine, number, " Wang ", "/bulk/1") == typed
    assert kept_form(engine, number, "li", "/bulk/1") == ()
    assert kept_form(engine, number, "wang", "/bulk/2") == ()
    assert kept_form(engine, 99, "wang", "/bulk/1") == ()


def test_a_batch_undone_while_it_is_being_decided_leaves_nothing_decided(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import storage.bulk
    from storage.cases import decide_in as real

    ids = some(engine)
    number = show_together(engine, ids, "wang")
    turns: list[int] = []

    def undone_after_two(*arguments: object) -> int:
        turns.append(1)
        return real(*arguments)

    decide_one = storage.bulk.decide_one

    def with_an_undo_between(*arguments: object) -> None:
        decide_one(*arguments)
        if len(turns) == 2:
            undo_together(engine, number, "wang")
            turns.append(1)

    monkeypatch.setattr(storage.bulk, "decide_in", undone_after_two)
    monkeypatch.setattr(storage.bulk, "decide_one", with_an_undo_between)
    done = decide_together(engine, number, said(get_bulk(engine, number).rows))
    assert set(statuses(engine).values()) == {CaseStatus.CLAIMED}
    assert "整批已撤销" in done.outcomes[ids[2]].why.zh
    assert carry_on(engine, number, "wang").outcomes[ids[2]].decision_id is None
