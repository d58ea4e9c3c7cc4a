"""Cases: read, claimed and decided once, by people only."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from storage.bilingual import Problem
from storage.cases import claim, decide, get_case, list_cases, release, split
from storage.clusters import priority
from storage.database import open_database, read
from storage.models import decisions
from storage.reasons import POLICY
from storage.records import CaseStatus, Clause, Contacts, Verdict
from tests.makers import (
    NOON,
    decision,
    finding,
    flagged,
    judged,
    post,
    sight,
)

NIGHT = timedelta(days=1)
A, B, C = (f"http://{name}.example/ad" for name in ("one", "two", "three"))


def phone(number: str) -> Contacts:
    return Contacts(phones=(number,))


def case_ids(engine: Engine) -> list[int]:
    return sorted(case.id for case in list_cases(engine))


def members(engine: Engine, case_id: int) -> list[str]:
    return [member.post.url for member in get_case(engine, case_id).posts]


# --- reading ------------------------------------------------------------------------------------


def test_the_queue_is_sorted_filtered_and_cut(engine: Engine) -> None:
    weak = judged(score=0.4, findings=(finding(severity=1),))
    sight(engine, flagged(post("1", platform="weibo"), seed=1, judgement=weak))
    sight(engine, flagged(post(A), seed=2))
    sight(engine, flagged(post(B), seed=3))
    decide(engine, decision(3))
    assert [row.id for row in list_cases(engine)] == [2, 1, 3]
    assert [row.id for row in list_cases(engine, CaseStatus.WAITING)] == [2, 1]
    assert [row.id for row in list_cases(engine, platform="weibo")] == [1]
    assert [row.id for row in list_cases(engine, limit=1, offset=1)] == [1]


def test_a_row_of_the_queue_says_what_is_claimed(engine: Engine) -> None:
    said = (
        finding(rule="a", code="C4-02", clause=Clause.THREE, severity=5),
        finding(rule="b", code="B4-02", severity=3),
        finding(rule="c", code="B4-02", severity=2),
    )
    sight(engine, flagged(post(A, title=" 包过 "), judgement=judged(findings=said)))
    (row,) = list_cases(engine)
    assert row.codes == ("C4-02", "B4-02")
    assert row.clauses == (Clause.THREE, Clause.TWO)
    assert (row.title, row.urls, row.posts, row.opened_at) == ("包过", (A,), 1, NOON)
    assert (row.version, row.claimed_by, row.platform) == (1, "", "web")


def test_a_case_without_a_title_is_named_by_its_words(engine: Engine) -> None:
    sight(engine, flagged(post(A, title="", text="字" * 300)))
    assert list_cases(engine)[0].title == "字" * 120


def test_a_case_file_names_the_advertiser(engine: Engine) -> None:
    sight(engine, flagged(post(A)), flagged(post(B)))
    assert get_case(engine, 1).advertiser_keys == (
        ("host", "one.example"),
        ("host", "two.example"),
        ("phone", "13800000000"),
    )


def test_an_unknown_case_is_a_problem(engine: Engine) -> None:
    for act in (
        lambda: get_case(engine, 7),
        lambda: claim(engine, 7, "李审核"),
        lambda: release(engine, 7, "李审核"),
        lambda: decide(engine, decision(7)),
        lambda: split(engine, 7, [1], "李审核"),
    ):
        with pytest.raises(Problem, match="no case 7"):
            act()


@given(st.floats(-1, 2), st.integers(-1, 9), st.integers(1, 10**6))
def test_priority_stays_within_0_and_100_and_grows_with_each_reason(
    score: float, severity: int, count: int
) -> None:
    value = priority(score, severity, count)
    assert 0 <= value <= 100
    assert priority(score + 0.1, severity, count) >= value
    assert priority(score, severity + 1, count) >= value
    assert priority(score, severity, count + 1) >= value


def test_priority_reaches_both_ends() -> None:
    assert priority(0.0, 0, 1) == 0
    assert priority(1.0, 5, 6) == 100


# --- claiming -----------------------------------------------------------------------------------


def test_a_claim_keeps_others_away_until_it_is_released(engine: Engine) -> None:
    sight(engine, flagged())
    claim(engine, 1, "李审核")
    claim(engine, 1, "李审核")
    with pytest.raises(Problem, match="with 李审核"):
        claim(engine, 1, "王审核")
    with pytest.raises(Problem, match="with 李审核"):
        decide(engine, decision(1, by="王审核"))
    release(engine, 1, "李审核")
    claim(engine, 1, "王审核")
    assert list_cases(engine)[0].claimed_by == "王审核"
    decide(engine, decision(1, by="王审核"))
    assert list_cases(engine)[0].claimed_by == ""


def test_only_a_claimed_case_is_released_and_only_an_open_one_claimed(engine: Engine) -> None:
    sight(engine, flagged())
    with pytest.raises(Problem, match="not claimed"):
        release(engine, 1, "李审核")
    decide(engine, decision(1))
    with pytest.raises(Problem, match="decided already"):
        claim(engine, 1, "李审核")


@pytest.mark.parametrize("nobody", ["", "   "])
def test_nobody_decides_nothing(engine: Engine, nobody: str) -> None:
    sight(engine, flagged())
    for act in (
        lambda: decide(engine, decision(1, by=nobody)),
        lambda: claim(engine, 1, nobody),
        lambda: release(engine, 1, nobody),
        lambda: split(engine, 1, [1], nobody),
    ):
        with pytest.raises(Problem, match="Nobody is named"):
            act()
    assert get_case(engine, 1).status is CaseStatus.WAITING


# --- deciding -----------------------------------------------------------------------------------


def test_a_decision_is_kept_as_it_was_said(engine: Engine) -> None:
    sight(engine, flagged())
    said = decision(1, note="页面有“包过”字样\x00")
    number = decide(engine, said)
    case = get_case(engine, 1)
    ((kept_number, kept),) = case.decisions
    assert (kept_number, kept.by, kept.at, kept.verdict) == (number, said.by, NOON, said.verdict)
    assert kept.note == "页面有“包过”字样\ufffd"
    assert case.status is CaseStatus.DECIDED
    with read(engine) as connection:
        assert connection.execute(select(decisions.c.policy)).scalar_one() == POLICY


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.VIOLATION, "NEWS"),
        (Verdict.CLEAN, "B4-02"),
        (Verdict.TRANSFER, "B4-02"),
        (Verdict.DOUBT, "POLICE"),
        (Verdict.VIOLATION, ""),
        (Verdict.VIOLATION, "b4-02"),
    ],
)
def test_a_reason_that_does_not_fit_is_refused(
    engine: Engine, verdict: Verdict, reason: str
) -> None:
    sight(engine, flagged())
    with pytest.raises(Problem, match="Valid codes"):
        decide(engine, decision(1, verdict, reason=reason))
    assert get_case(engine, 1).decisions == ()


def test_a_decided_case_is_decided_again_only_by_superseding_the_newest(engine: Engine) -> None:
    sight(engine, flagged())
    first = decide(engine, decision(1))
    with pytest.raises(Problem, match="decided already"):
        decide(engine, decision(1, Verdict.CLEAN))
    second = decide(engine, decision(1, Verdict.CLEAN, supersedes=first))
    for wrong in (first, second + 1):
        with pytest.raises(Problem, match=f"is {second}, not {wrong}"):
            decide(engine, decision(1, Verdict.DOUBT, supersedes=wrong))
    assert [number for number, _ in get_case(engine, 1).decisions] == [first, second]


def test_a_first_decision_has_nothing_to_supersede(engine: Engine) -> None:
    sight(engine, flagged())
    with pytest.raises(Problem, match="is none, not 1"):
        decide(engine, decision(1, supersedes=1))


def test_a_case_that_came_back_is_decided_with_or_without_superseding(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    first = decide(engine, decision(1))
    sight(engine, flagged(post(B)), now=NOON + NIGHT)
    second = decide(engine, decision(1, supersedes=first))
    sight(engine, flagged(post(C)), now=NOON + 2 * NIGHT)
    decide(engine, decision(1))
    assert second in [number for number, _ in get_case(engine, 1).decisions]
    assert get_case(engine, 1).reopened == 2


def test_a_case_that_changed_since_it_was_shown_is_not_decided(engine: Engine) -> None:
    sight(engine, flagged(post(A)))
    shown = get_case(engine, 1).version
    sight(engine, flagged(post(B)), now=NOON + NIGHT)
    with pytest.raises(Problem, match="has changed since you saw it"):
        decide(engine, decision(1), expected_version=shown)
    decide(engine, decision(1), expected_version=get_case(engine, 1).version)


def test_of_many_people_deciding_at_once_exactly_one_is_recorded(
    database_url: str, engine: Engine, tmp_path: object
) -> None:
    sight(engine, flagged())
    shown = get_case(engine, 1).version
    together = threading.Barrier(4)
    outcomes: list[object] = []

    def person(name: str) -> None:
        own = open_database(database_url, tmp_path)  # type: ignore[arg-type]
        together.wait()
        try:
            outcomes.append(decide(own, decision(1, by=name), expected_version=shown))
        except Problem as problem:
            outcomes.append(problem)
        own.dispose()

    people = [threading.Thread(target=person, args=(f"审核{n}",)) for n in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Problem) for outcome in outcomes) == 3
    with read(engine) as connection:
        assert connection.execute(select(func.count()).select_from(decisions)).scalar_one() == 1
