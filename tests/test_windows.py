"""Texts longer than any page: judged in stretches, with the offsets of the whole."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from classifiers.judge import load_judge
from classifiers.subject import Subject
from classifiers.windows import LONGEST, judged, stretches
from door.check_record import read_record
from door.explain_report import Explainer
from door.rule_words import Shelf

JUDGE = load_judge().alone()
CALM = "市民在公园里散步，孩子们放起了风筝。\n"
OFFER = "焊工证包过，免考直出，三天拿证，加微信138xxxx0000。\n"


def far(characters: int) -> str:
    return CALM * (characters // len(CALM))


@given(st.integers(0, 3 * LONGEST))
def test_every_character_stands_in_a_stretch_and_none_is_too_long(size: int) -> None:
    text = "字" * size
    reached = 0
    for start, one in stretches(Subject(text=text)):
        assert start <= reached
        assert len(one.text) <= LONGEST
        reached = start + len(one.text)
    assert reached == size


def test_an_offer_at_the_end_of_a_very_long_text_is_quoted_where_it_stands() -> None:
    text = far(2 * LONGEST) + OFFER
    found = JUDGE.judge(Subject(title="公告", text=text))
    assert found.flagged
    for finding in found.findings:
        for one in finding.evidence:
            assert one.start > 2 * LONGEST - len(CALM)
            assert text[one.start : one.end] == one.quote


def test_an_offer_cut_by_the_edge_of_a_stretch_is_found_once() -> None:
    text = far(LONGEST)[: LONGEST - 8] + OFFER + far(LONGEST)
    found = JUDGE.judge(Subject(text=text))
    assert found.flagged
    for finding in found.findings:
        assert len(set(finding.evidence)) == len(finding.evidence)
        assert all(text[one.start : one.end] == one.quote for one in finding.evidence)


def test_a_very_long_honest_text_stays_clean() -> None:
    assert not JUDGE.judge(Subject(text=far(3 * LONGEST))).flagged


def test_one_stretch_is_judged_as_the_whole() -> None:
    one = Subject(title="焊工", text=OFFER)
    assert judged(one, JUDGE.judge) == JUDGE.judge(one)


def test_a_text_judged_in_stretches_is_not_explained_as_if_it_were_one() -> None:
    shelf = Shelf(JUDGE)
    record = read_record(json.dumps({"id": 1, "text": far(2 * LONGEST)}))
    assert "分段判读" in Explainer(shelf).text(record)
    assert "分段判读" in Explainer(shelf).json(record)["not_explained"]
