"""How the learned model came in is told as it was: the parts add up to the judge's own verdict."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.explain import Explanation, explain
from classifiers.explain_learned import Learned
from classifiers.filed import LEFT
from classifiers.judge import _BARE, BRIEF_LINE, FLAGGED, LEARNED, Judge, at_half, load_judge
from classifiers.subject import Subject
from commands.check import judged
from door import speech
from door.check_record import read_record
from door.explain_report import Explainer, explained
from door.measure_words import measure_said
from door.model_page import model_page
from door.rule_words import Shelf
from door.settings import read_settings
from learning.corpus import read_part
from tests.filed_bodies import SCHOOL, directory
from tests.test_filed import DAY, LAWFUL

FULL = load_judge()
SEEING = replace(FULL, directory=directory())
UNTAUGHT = replace(FULL, learned_rules=frozenset())  # every rule is one the model has not seen
WRITTEN = [row.subject for row in read_part("train")]
EXPLAINER = Explainer(Shelf(FULL))
IMPLIED = "姐妹那本证不用背书也下来了，人都没去，老师安排好的，想要的扣1"
AD = "焊工证报名中，签约包过，需要的私信我，微信13800000000。"
WORDS = [
    *("包过", "焊工证", "免考", "加微信", "13800000000", "不", "举报", "姐妹不用背书也下来了"),
    *("老师安排好的", "，", "。", "♂", "他说", "？", "今天多云", "想要的扣1", "民警提醒"),
    *(SCHOOL, "是经人社局备案的评价机构", "颁发全国通用的等级证书", "电工三级报名"),
]


def check_verdict(told: Explanation, learned: Learned) -> None:
    """The verdict that is told is the judgement."""
    verdict, judgement = learned.verdict, told.judgement
    score = verdict.score if judgement.flagged else min(verdict.score, 0.4999)
    assert judgement.score == pytest.approx(score, abs=1e-4)
    assert judgement.flagged == (judgement.score >= FLAGGED)
    assert judgement.flagged == (verdict.flagged and bool(judgement.findings))
    assert verdict.together == pytest.approx(told.sum.rules)
    assert learned.backed == (told.sum.rules >= FLAGGED)
    if learned.backed:
        assert verdict.least in {learned.backed_threshold, BRIEF_LINE}
    else:
        assert verdict.least in {learned.threshold, _BARE}
    assert told.beyond_rules == pytest.approx(judgement.score - told.sum.rules, abs=1e-3)


def check_reckoning(told: Explanation, learned: Learned) -> None:
    """Sum, probability, filing, line and what is joined: each from the parts that are told."""
    verdict, weighed = learned.verdict, learned.weighed
    named = sum(part for _, part in weighed.from_measures)
    parts = learned.bias + weighed.from_words + named + learned.other_measures
    assert weighed.total == pytest.approx(parts)
    exponent = max(-30.0, min(30.0, learned.slope * weighed.total + learned.offset))
    assert weighed.probability == pytest.approx(1 / (1 + math.exp(-exponent)))
    assert verdict.probability == pytest.approx(weighed.probability * learned.lowered)
    assert any(one.lowered < 1 for one in told.shares) <= (learned.lowered < 1)
    assert verdict.suspicion == max(
        at_half(verdict.probability, verdict.least),
        at_half(verdict.closer, learned.threshold),
        at_half(verdict.sentence, BRIEF_LINE),
    )
    assert (verdict.suspicion >= FLAGGED) == (
        verdict.probability >= verdict.least
        or verdict.closer >= learned.threshold
        or verdict.sentence >= BRIEF_LINE
    )
    joined = 1 - (1 - verdict.suspicion) * (1 - verdict.alone)
    assert verdict.score == pytest.approx(min(0.98, joined))
    assert verdict.flagged == (verdict.score >= FLAGGED)
    assert bool(verdict.alone) == any(
        one.finding.score for one in told.shares if one.finding.rule in learned.unseen
    )


def check_passages(told: Explanation, learned: Learned, subject: Subject) -> None:
    """The passages are those of the model's own findings, if it has any."""
    for one in learned.heavy:
        place = one.evidence
        assert getattr(subject, place.field)[place.start : place.end] == place.quote
    own = [one for one in told.judgement.findings if one.rule == LEARNED]
    quoted = {piece for one in own for piece in one.evidence}
    heavy = {one.evidence: one.words for one in learned.heavy}
    assert set(heavy) <= quoted or not own
    for one in own:
        words = heavy.get(one.evidence[0], ())
        assert all(word in one.why for word in words)


def check(subject: Subject, judge: Judge = FULL) -> Explanation:
    told = explain(judge, subject)
    assert told.judgement == judge.judge(subject, keep_weak=True)
    rules = [one for one in told.judgement.findings if one.rule != LEARNED]
    assert [share.finding for share in told.shares] == rules
    assert (told.learned is None) == told.off_topic
    if told.learned is not None:
        check_verdict(told, told.learned)
        check_reckoning(told, told.learned)
        check_passages(told, told.learned, subject)
    return told


@pytest.mark.parametrize("subject", WRITTEN[:50], ids=lambda subject: subject.text[:8])
def test_what_is_told_is_what_the_judge_does(subject: Subject) -> None:
    check(subject)


@pytest.mark.parametrize("subject", WRITTEN[50::150], ids=lambda subject: subject.text[:8])
@pytest.mark.parametrize("judge", [SEEING, UNTAUGHT], ids=["directory", "untaught"])
def test_so_it_is_with_a_directory_and_for_rules_that_the_model_has_never_seen(
    judge: Judge, subject: Subject
) -> None:
    check(subject, judge)


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
def test_so_it_is_for_any_mixture(text: str) -> None:
    for judge in (FULL, SEEING, UNTAUGHT):
        check(Subject(text=text, published_at=DAY), judge)


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    check(Subject(title=text[:10], text=text, account=text[-5:], url=text[:20]))


def test_a_true_filing_lowers_the_models_word() -> None:
    text = LAWFUL[0] + "证书全国联网可查。"
    told = check(Subject(text=text, published_at=DAY), SEEING)
    assert told.learned is not None
    assert told.learned.lowered == LEFT
    said = "\n".join(explained(Shelf(SEEING), told))
    assert f"目录载有该机构的备案，× {LEFT} = " in said
    assert told.judgement.score < explain(FULL, Subject(text=text, published_at=DAY)).sum.rules


def test_rules_that_the_model_has_never_seen_are_named_and_added() -> None:
    told = check(Subject(text=AD), UNTAUGHT)
    assert told.learned is not None
    assert told.learned.verdict.alone == pytest.approx(told.sum.rules)
    said = "\n".join(explained(Shelf(UNTAUGHT), told))
    assert "模型未学过的规则（b4_02_guaranteed_pass）合计 0.86" in said


def test_the_rules_alone_have_no_model_to_tell_of() -> None:
    told = explain(FULL.alone(), Subject(text=AD))
    assert told.learned is None
    assert "学习模型" not in "\n".join(explained(Shelf(FULL.alone()), told))


def test_the_report_shows_the_models_part() -> None:
    told = check(Subject(text=IMPLIED))
    assert {one.rule for one in told.judgement.findings} == {LEARNED}
    said = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": IMPLIED})))
    assert "没有一条规则成立" in said
    assert "学习模型（learned）：只提请人看，不作决定" in said
    assert told.learned is not None
    assert f"判定线 {told.learned.threshold:.3f}（规则自身未达涉嫌" in said
    assert f"偏置 {told.learned.bias:.2f}" in said
    assert f"总分 {told.judgement.score:.2f}" in said
    assert said.rstrip().endswith("：涉嫌")
    for word in told.learned.heavy[0].words:
        assert f"“{word}”" in said


def test_a_finding_of_the_model_says_whose_it_is_and_that_it_decides_nothing() -> None:
    (finding,) = FULL.judge(Subject(text=IMPLIED)).findings
    assert "学习模型比对得出" in finding.why
    assert "从不作决定" in finding.why
    assert finding.proves == "human"


def test_json_has_the_models_part_in_the_callers_own_offsets() -> None:
    html = f"<html><body><p>{IMPLIED.replace('背书', '背<b>书</b>')}</p></body></html>"
    said = judged(json.dumps({"id": 1, "html": html}), 1, FULL, explain=EXPLAINER, file="")
    learned = said["explain"]["learned"]
    assert learned["passages"]
    for found in learned["passages"]:
        assert html[found["start"] : found["end"]] == found["quote"]
    total = learned["bias"] + learned["words"] + learned["other_measures"]
    total += sum(one["weight"] for one in learned["measures"])
    assert total == pytest.approx(learned["total"], abs=2e-3)
    assert (learned["score"], learned["flagged"]) == (said["score"], said["flagged"])
    alone = Explainer(Shelf(FULL.alone()))
    said = judged(json.dumps({"id": 1, "text": AD}), 1, FULL.alone(), explain=alone, file="")
    assert said["explain"]["learned"] is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_measure_has_a_name_in_plain_words(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "SETTINGS", read_settings({"CERTSWEEP_LANG": lang}))
    assert FULL.weights is not None
    names = list(FULL.weights.measures)
    said = {name: measure_said(Shelf(FULL), name) for name in names}
    same = {name for name, words in said.items() if name == words}
    assert same <= ({"length"} if lang == "en" else set())
    assert measure_said(Shelf(FULL), "unheard of") == "unheard of"


def test_hostile_words_cannot_steer_the_terminal() -> None:
    text = f"{IMPLIED}\x1b[2J\u202e，加微信\x1b[31m"
    said = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": text})))
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_the_models_page_says_what_it_is_and_that_it_never_decides() -> None:
    said = "\n".join(model_page(FULL.weights))
    assert "不是规则" in said
    assert "从不作决定" in said
    assert FULL.weights is not None
    assert f"{FULL.weights.threshold:.3f}" in said
    assert "“模型未学过的规则”" in said  # the words of --explain
    assert "没有启用" in "\n".join(model_page(None))
