"""Recall and precision against a written truth, counted over the pages that were read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from door.truth_score import Expected, Score, score, share
from storage.records import Clause

ONE, TWO = Clause.ONE.value, Clause.TWO.value
NONE: frozenset[str] = frozenset()


def bad(url: str, *clauses: str) -> Expected:
    return Expected(url=url, offending=True, clauses=frozenset(clauses))


def good(url: str) -> Expected:
    return Expected(url=url, offending=False, clauses=NONE)


def row(report, name: str) -> Score:
    (found,) = [one for one in report.scores if one.name == name]
    return found


def test_recall_is_found_of_wanted_and_precision_is_right_of_flagged():
    truth = [bad("a", ONE), bad("b", ONE), bad("c", ONE, TWO), good("d"), good("e")]
    found = {"a": {ONE}, "b": set(), "c": {TWO}, "d": {ONE}, "e": set()}
    report = score(truth, {url: frozenset(clauses) for url, clauses in found.items()})
    whole = row(report, "")
    assert (whole.wanted, whole.flagged, whole.right) == (3, 3, 2)
    assert whole.recall == whole.precision == 2 / 3
    one = row(report, ONE)
    assert (one.wanted, one.flagged, one.right) == (3, 2, 1)
    assert (one.recall, one.precision) == (1 / 3, 1 / 2)
    assert (row(report, TWO).recall, row(report, TWO).precision) == (1.0, 1.0)
    assert (report.missed, report.wrong, report.pages) == (("b",), ("d",), 5)


def test_the_wrong_clause_on_an_offending_page_is_no_miss_of_the_page():
    report = score([bad("a", ONE)], {"a": frozenset({TWO})})
    assert row(report, "").recall == 1.0
    assert row(report, ONE).recall == 0.0
    assert row(report, TWO).precision == 0.0
    assert (report.missed, report.wrong) == ((), ())


def test_where_nothing_was_wanted_or_flagged_there_is_no_share():
    report = score([good("a")], {"a": NONE})
    for found in report.scores:
        assert found.recall is None
        assert found.precision is None
    assert share(row(report, "").recall) == "—"
    assert share(2 / 3) == "0.667"
    assert share(0.0) == "0.000"


def test_a_page_that_was_not_read_counts_neither_way_but_is_named():
    report = score([bad("a", ONE), good("b")], {"b": NONE})
    assert report.unread == ("a",)
    assert report.pages == 1
    assert report.missed == ()
    assert row(report, "").recall is None


def test_a_page_without_a_truth_is_left_out():
    report = score([bad("a", ONE)], {"a": frozenset({ONE}), "x": frozenset({ONE})})
    assert row(report, "").precision == 1.0
    assert report.wrong == ()


def test_every_clause_has_its_row():
    assert [one.name for one in score([], {}).scores] == ["", *Clause]


CLAUSES = st.frozensets(st.sampled_from([clause.value for clause in Clause]))


@given(st.dictionaries(st.text(max_size=3), st.tuples(CLAUSES, CLAUSES, st.booleans())))
def test_missed_wrong_and_unread_account_for_every_page(pages):
    truth = [
        Expected(url=url, offending=bool(wanted), clauses=wanted)
        for url, (wanted, _, _) in pages.items()
    ]
    found = {url: got for url, (_, got, read) in pages.items() if read}
    report = score(truth, found)
    whole = row(report, "")
    assert whole.wanted == whole.right + len(report.missed)
    assert whole.flagged == whole.right + len(report.wrong)
    assert report.pages + len(report.unread) == len(pages)
    for one in report.scores:
        assert one.right <= min(one.wanted, one.flagged)
        assert one.recall is None or 0 <= one.recall <= 1


@pytest.mark.parametrize("found", [NONE, frozenset({ONE})])
def test_the_same_page_said_twice_in_the_truth_is_one_page_in_the_shares(found):
    report = score([bad("a", ONE), bad("a", ONE)], {"a": found})
    assert row(report, "").wanted == 1
