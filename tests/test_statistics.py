"""The figures of the statistics page are counts of rows, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from storage.cases import decide, list_cases
from storage.database import read
from storage.periods import Period, quantile
from storage.records import Clause, Contacts, Verdict
from storage.second import look as second_look
from storage.statistics import NOT_SAID, work
from storage.statistics_agreement import agreement, kappa
from storage.statistics_takedown import recurrence, takedowns
from storage.takedown_acts import Word, record_answer
from storage.takedown_states import Answer
from storage.takedown_verdict import Seen
from storage.withdrawals import withdraw
from tests.makers import NOON, decision, finding, flagged, judged, post, sight
from tests.takedown_makers import LATER, SENT, round_at, sent, taken_down

DAY = Period(first=date(2026, 11, 23), last=date(2026, 11, 23))
WEEK = Period(first=date(2026, 11, 20), last=date(2026, 11, 26))
YEAR = Period(first=date(2026, 6, 1), last=date(2027, 5, 31))


def a_case(engine: Engine, n: int, now: datetime = NOON, **changes: object) -> int:
    findings = changes.pop("findings", (finding(),))
    said = judged(score=changes.pop("score", 0.9), findings=findings)
    place = post(
        changes.pop("address", f"http://school{n}.example/a"),
        contacts=Contacts(phones=(f"1380000{n:04d}",)),
        **changes,
    )
    sight(engine, flagged(place, seed=n, judgement=said), now=now)
    return max(row.id for row in list_cases(engine))


def test_a_moment_belongs_to_the_day_of_the_offices_clock(engine: Engine) -> None:
    before = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Beijing
    a_case(engine, 1, before)
    a_case(engine, 2, before + timedelta(seconds=1))
    assert work(engine, DAY).found == 1
    days = {one.day: one.found for one in work(engine, WEEK).days}
    assert (days["2026-11-22"], days["2026-11-23"], len(days)) == (1, 1, 7)


def test_found_and_decided_are_told_by_clause_platform_region_and_institution(
    engine: Engine,
) -> None:
    two = (finding(), finding(rule="x", clause=Clause.THREE, code="C4-02"))
    one = a_case(engine, 1, findings=two, region="河南", author="甲培训")
    other = a_case(engine, 2, platform="weibo", address="w2", region="河南", author="乙培训")
    a_case(engine, 3)
    decide(engine, decision(one))
    decide(engine, decision(other, Verdict.CLEAN))
    told = work(engine, DAY)
    assert (told.found, told.decided, told.waiting) == (3, 2, 1)
    assert told.verdicts[Verdict.VIOLATION] == told.verdicts[Verdict.CLEAN] == 1
    clauses = {group.name: (group.found, group.decided, group.violations) for group in told.clauses}
    assert clauses == {"一": (0, 0, 0), "二": (3, 2, 1), "三": (1, 1, 1), "四": (0, 0, 0)}
    assert {group.name: group.found for group in told.platforms} == {"web": 2, "weibo": 1}
    assert [(group.name, group.found) for group in told.regions] == [("河南", 2), (NOT_SAID, 1)]
    assert [(group.name, group.violations) for group in told.institutions] == [("甲培训", 1)]


def test_a_decision_that_was_taken_back_counts_no_more(engine: Engine) -> None:
    case = a_case(engine, 1)
    number = decide(engine, decision(case))
    assert work(engine, DAY).decided == 1
    withdraw(engine, case, number, "李审核")
    told = work(engine, YEAR)
    assert (told.decided, told.waiting) == (0, 1)


def test_no_figure_tells_the_second_person_what_the_first_one_said(engine: Engine) -> None:
    case = a_case(engine, 1, author="甲培训")
    decide(engine, decision(case, reason="C3-06", by="王审核"))
    told = work(engine, YEAR)
    assert told.decided == sum(told.verdicts.values()) == 0
    assert told.institutions == ()
    assert all(group.violations == 0 for group in (*told.clauses, *told.platforms))
    agreed = agreement(engine, YEAR)
    assert (agreed.violations, [band.offending for band in agreed.bands]) == (0, [0] * 6)
    second_look(engine, decision(case, reason="C3-06", by="赵复核"))
    assert [group.name for group in work(engine, YEAR).institutions] == ["甲培训"]


def test_handling_time_runs_from_the_opening_to_the_first_decision(engine: Engine) -> None:
    for n in range(1, 11):
        case = a_case(engine, n)
        decide(engine, decision(case, at=NOON + timedelta(hours=n)))
    told = work(engine, WEEK).handling
    assert told.cases == 10
    assert told.p50 == pytest.approx(6 * 3600, abs=1)
    assert told.p90 == pytest.approx(10 * 3600, abs=1)
    newest = max(row.id for row in list_cases(engine))
    first = decision(newest, supersedes=10, at=NOON + timedelta(hours=30))
    decide(engine, first)
    assert work(engine, WEEK).handling == told, "a change of mind is no first decision"


def test_what_a_second_person_upheld_is_counted_on_its_day(engine: Engine) -> None:
    for n, verdict in ((1, Verdict.VIOLATION), (2, Verdict.CLEAN)):
        case = a_case(engine, n)
        decide(engine, decision(case, reason="C3-06"))
        reason = "C3-06" if verdict is Verdict.VIOLATION else "NEWS"
        second_look(engine, decision(case, verdict, reason=reason, by="赵复核"))
    told, agreed = work(engine, DAY), agreement(engine, DAY)
    assert (told.looked, told.upheld) == (2, 1)
    assert (agreed.looked, agreed.same_verdict) == (2, 1)
    (person,) = agreed.people
    assert (person.person, person.looked, person.upheld) == ("李审核", 2, 1)


def test_people_and_judge_are_compared_by_band_and_by_code(engine: Engine) -> None:
    for n, (score, verdict, reason) in enumerate(
        (
            (0.95, Verdict.VIOLATION, "B4-02"),
            (0.92, Verdict.VIOLATION, "A1-02"),
            (0.91, Verdict.CLEAN, "NEWS"),
            (0.65, Verdict.CLEAN, "NEWS"),
            (0.65, Verdict.DOUBT, "EVIDENCE"),
        ),
        1,
    ):
        decide(engine, decision(a_case(engine, n, score=score), verdict, reason=reason))
    told = agreement(engine, DAY)
    bands = {band.low: (band.offending, band.clean) for band in told.bands}
    assert bands[0.9] == (2, 1)
    assert bands[0.6] == (0, 1)
    assert (told.violations, told.same_code) == (2, 1)


def test_platforms_are_told_by_rate_and_time(engine: Engine) -> None:
    gone = sent(engine)
    taken_down(engine, gone.id)
    refused = sent(engine, "http://other.example/ad", seed=2)
    word = Word(by="王", at=SENT + timedelta(days=1), now=LATER)
    record_answer(engine, refused.id, Answer.NO, word)
    (told,) = takedowns(engine, YEAR)
    assert (told.platform, told.asked, told.gone, told.verified, told.refused) == (
        "web",
        2,
        1,
        1,
        1,
    )
    assert told.rate == 0.5
    assert told.p50 == pytest.approx(1, abs=0.01)
    assert sum(told.within) == 1
    assert takedowns(engine, Period(first=date(2025, 1, 1), last=date(2025, 1, 2))) == []


def test_what_came_back_is_counted(engine: Engine) -> None:
    item = sent(engine)
    taken_down(engine, item.id)
    assert recurrence(engine, YEAR).verified == 1
    round_at(engine, item.id, 300, Seen.OFFENDING)
    told = recurrence(engine, YEAR)
    assert (told.verified, told.returned) == (1, 1)
    (platform,) = takedowns(engine, YEAR)
    assert (platform.returned, platform.gone) == (1, 1)


def test_nothing_is_nothing(engine: Engine) -> None:
    told = work(engine, WEEK)
    assert (told.found, told.decided, told.handling.p50, told.institutions) == (0, 0, None, ())
    assert agreement(engine, WEEK).kappa is None
    assert takedowns(engine, WEEK) == []
    assert recurrence(engine, WEEK).advertisers == 0


def test_a_period_is_read_through_the_index_by_date(engine: Engine, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of a table")
    with read(engine) as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT platform, count(*) FROM cases "
                "WHERE opened_at >= '2026-11-01' AND opened_at < '2026-11-02' GROUP BY platform"
            )
        )
        assert "ix_cases_opened" in str(plan.all())


pairs = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), st.integers(1, 50), min_size=1
)


@given(pairs)
def test_agreement_beyond_chance_is_one_at_most_and_the_same_from_both_sides(found) -> None:
    value = kappa(found)
    turned = kappa({(other, one): n for (one, other), n in found.items()})
    assert value is None or value <= 1
    assert value == (None if turned is None else pytest.approx(turned))


def test_agreement_of_two_who_always_agree_is_one_and_by_chance_is_none() -> None:
    assert kappa({("a", "a"): 5, ("b", "b"): 5}) == 1
    assert kappa({("a", "a"): 1, ("a", "b"): 1, ("b", "a"): 1, ("b", "b"): 1}) == 0
    assert kappa({("a", "a"): 9}) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 0.999))
def test_a_quantile_is_one_of_the_values_with_as_many_below(values, share) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert found in ordered
    assert sum(one < found for one in ordered) <= share * len(ordered)
