"""The explanation is the judgement: what it adds up is what the judge said, for every example."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.explain import Explanation, Share, explain
from classifiers.filed import LEFT, UNKNOWN
from classifiers.judge import Judge, load_judge
from classifiers.office_rules import subject_of
from classifiers.reading import read
from classifiers.rulebook import Example, Rule
from classifiers.subject import Subject
from classifiers.tracing import Fate, Trace, trace
from commands.check import judged
from door.check_record import read_record
from door.explain_report import Explainer, explained
from door.rule_words import HOSTS, Shelf
from tests.filed_bodies import SCHOOL, directory
from tests.test_filed import DAY, FAULTS, FORMER, LAWFUL

JUDGE = load_judge(model=None)
SEEING = load_judge(directory=directory(former=(FORMER,)), model=None)
EXPLAINER = Explainer(Shelf(JUDGE))
EXAMPLES = [(rule, one) for rule in JUDGE.eye.rules for one in (*rule.hits, *rule.misses)]
URLS = {
    "official": "http://zscx.osta.org.cn/",
    "lookalike": "http://osta-cx.example.cn/",
    "other": "https://news.example/",
}
AD = "焊工证报名中，签约包过，我校不承诺保过，面包过期了，需要的私信我，微信13800000000。"


def label(pair: tuple[Rule, Example]) -> str:
    return pair[0].name


def tried(name: str, text: str, **more: str) -> Trace:
    at, rule = next((at, one) for at, one in enumerate(JUDGE.eye.rules) if one.name == name)
    return trace(read(JUDGE, Subject(text=text, **more)), at, rule, anchors=True)


def fates(one: Trace) -> dict[str, Fate]:
    return {place.quote: place.fate for place in (*one.claims, *one.places)}


def score_of(one: Share) -> float:
    """A finding's score by the parts that are told of it."""
    if one.weight is None:
        return UNKNOWN * one.lowered
    return min(0.98, one.base * one.share * one.weight) * one.lowered


def check_sums(subject: Subject, judge: Judge = JUDGE) -> Explanation:
    told = explain(judge, subject)
    judgement = judge.judge(subject, keep_weak=True)
    assert told.judgement == judgement
    assert told.beyond_rules == 0.0
    assert told.learned is None
    assert [one.finding for one in told.shares] == list(judgement.findings)
    assert not {one.finding.rule for one in told.shares} & told.cleared
    for one in told.shares:
        assert one.finding.score == pytest.approx(score_of(one), abs=1e-3)
        shares = [claim.share for claim in one.trace.claims]
        assert any(one.share == pytest.approx(share) for share in shares)
        assert bool(one.answer) == bool(one.trace.rule.directory)
        if not one.answer:
            assert one.share == pytest.approx(max(shares))
    if judgement.findings:
        assert told.speaker.voice == judgement.stance
    left = math.prod(1 - score for score in told.sum.strong) * (1 - told.sum.weak_together)
    if told.sum.strong:
        assert judgement.score == pytest.approx(min(0.98, 1 - left), abs=1e-3)
    return told


@pytest.mark.parametrize("pair", EXAMPLES, ids=label)
def test_an_explanation_adds_up_to_the_judgement(pair: tuple[Rule, Example]) -> None:
    check_sums(subject_of(pair[1]))


@pytest.mark.parametrize("text", [case[0] for case in FAULTS], ids=lambda text: text[:12])
def test_it_adds_up_with_the_directorys_answer(text: str) -> None:
    told = check_sums(Subject(text=text, published_at=DAY), SEEING)
    assert any(one.answer for one in told.shares)


def test_a_finding_lowered_by_a_true_filing_says_so() -> None:
    told = check_sums(Subject(text=LAWFUL[0] + "证书全国联网可查。", published_at=DAY), SEEING)
    assert "e2_03_claims_filing" in told.cleared
    assert {one.lowered for one in told.shares} == {LEFT}
    said = "\n".join(explained(Shelf(SEEING), told))
    assert f"机构备案属实 {LEFT:.2f}" in said
    assert "目录核对无误，不计" in said


def test_the_directorys_words_stand_in_the_reckoning() -> None:
    said = "\n".join(explained(Shelf(SEEING), explain(SEEING, Subject(text=FAULTS[0][0]))))
    assert "目录核对：" in said
    assert "× 目录 1.00 = " in said
    blind = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": FAULTS[0][0]})))
    assert "目录无法核对，记 0.02" in blind


@given(
    st.lists(
        st.sampled_from(
            [
                SCHOOL,
                "是经人社局备案的评价机构",
                "备案号S000041000123",
                "颁发全国通用的等级证书",
                "电工三级报名",
                "茶艺师",
                "包过",
                "加微信13800000000",
                "，",
                "。",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_it_adds_up_with_a_directory_for_any_mixture(text: str) -> None:
    check_sums(Subject(text=text, published_at=DAY), SEEING)


@given(
    st.lists(
        st.sampled_from(
            [
                "包过",
                "焊工证",
                "免考",
                "加微信",
                "13800000000",
                "不",
                "举报",
                "，",
                "。",
                "♂",
                "他说",
                "？",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_it_adds_up_for_any_mixture(text: str) -> None:
    check_sums(Subject(text=text))


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_makes_an_explanation_fail(text: str) -> None:
    explain(JUDGE, Subject(title=text[:10], text=text, account=text[-5:], url=text[:20]))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "flood", ["考证包♂过" * 20_000, "不包过，考证" * 20_000, "面包过考证" * 20_000]
)
def test_a_flood_is_explained_with_few_words(flood: str) -> None:
    told = explain(JUDGE, Subject(text=flood))
    for one in (*(share.trace for share in told.shares), *told.left_out):
        assert len(one.claims) <= 24
        assert len(one.places) <= 64


@pytest.mark.parametrize(
    ("name", "text", "quote", "fate"),
    [
        ("b4_02_guaranteed_pass", "考证大楼必通电。", "必通", Fate.SWALLOWED),
        ("b4_02_guaranteed_pass", "培训证书，我校不承诺包过。", "包过", Fate.DENIED),
        ("b4_02_guaranteed_pass", "此地包过，两不相欠。", "包过", Fate.CONTEXT),
        ("a1_05_national_number", "老王guo家统一编号。", "guo家统一编号", Fate.SIGNAL),
        ("b4_02_guaranteed_pass", "考证，面包 过期。", "包 过", Fate.HALF_WORD),
        ("b4_02_guaranteed_pass", "这次拿证的人不多。", "拿证", Fate.NO_PATTERN),
        ("b4_02_guaranteed_pass", "焊工证签约包过，加微信。", "签约包过", Fate.COUNTED),
    ],
)
def test_every_place_has_its_fate(name: str, text: str, quote: str, fate: Fate) -> None:
    assert fates(tried(name, text))[quote] is fate


def test_the_words_that_decide_are_named() -> None:
    one = tried("b4_02_guaranteed_pass", AD)
    assert fates(one)["签约包过"] is Fate.COUNTED
    (place,) = tried("b4_02_guaranteed_pass", "考证大楼必通电。").places
    assert place.by == ("必通电",)
    denied = next(claim for claim in one.claims if claim.fate is Fate.DENIED)
    assert "不承诺" in denied.by


def test_a_missing_context_is_told_condition_by_condition() -> None:
    (place,) = (
        place
        for place in tried("b4_02_guaranteed_pass", "此地包过，两不相欠。").places
        if place.fate is Fate.CONTEXT
    )
    assert [check.holds for check in place.checks] == [True, False]
    assert place.checks[1].seen == ()


@pytest.mark.parametrize(
    "rule", [one for one in JUDGE.eye.rules if one.hosts], ids=lambda rule: rule.name
)
def test_a_rule_about_hosts_says_that_the_host_is_another(rule: Rule) -> None:
    url = next(url for kind, url in URLS.items() if kind not in rule.hosts)
    told = explain(JUDGE, Subject(**dict(rule.hits[0].parts) | {"url": url}))
    left = {one.rule.name: one for one in told.left_out}
    assert {claim.fate for claim in left[rule.name].claims} == {Fate.HOST}


@pytest.mark.parametrize(("kind", "url"), URLS.items())
def test_every_kind_of_host_has_a_name_in_the_report(kind: str, url: str) -> None:
    said = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": AD, "url": url})))
    assert f"网址属于{HOSTS[kind][0]}" in said


def test_a_long_text_about_something_else_says_that_nobody_looked() -> None:
    told = explain(JUDGE, Subject(text="今天多云转晴，市民在公园里散步。" * 40))
    assert told.off_topic
    assert not told.shares
    assert "不看规则" in "\n".join(explained(Shelf(JUDGE), told))


def test_words_over_two_fields_have_no_offsets() -> None:
    told = explain(JUDGE, Subject(title="考试培训包", text="过年好，加微信。"))
    for one in told.left_out:
        assert all(
            p.evidence is None for p in one.places if p.fate is Fate.FIELD and "\n" in p.quote
        )


def places_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if {"field", "start", "end", "quote"} <= set(value) else []
        return own + [found for one in value.values() for found in places_in(one)]
    return [found for one in value for found in places_in(one)] if isinstance(value, list) else []


def test_json_has_every_place_in_the_callers_own_offsets() -> None:
    html = f"<html><body><p>{AD.replace('包过', '<b>包</b>&#36807;')}</p></body></html>"
    said = judged(json.dumps({"id": 1, "html": html}), 1, JUDGE, explain=EXPLAINER, file="")
    explained = said["explain"]
    assert places_in(explained)
    for found in places_in(explained):
        assert html[found["start"] : found["end"]] == found["quote"]
    assert explained["speaker"]["voice"] == said["stance"]
    assert explained["sum"]["flagged_from"] == 0.5
    assert {one["rule"] for one in explained["findings"]} >= {
        one["rule"] for one in said["findings"]
    }


def test_without_explain_the_line_is_as_it_was() -> None:
    said = judged(json.dumps({"id": 1, "text": AD}), 1, JUDGE, file="")
    assert set(said) == {"id", "flagged", "score", "findings"}


def test_a_line_that_is_no_record_is_answered_all_the_same() -> None:
    assert "error" in judged("nope", 1, JUDGE, explain=EXPLAINER, file="")


def test_the_report_shows_the_whole_reckoning() -> None:
    said = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": AD})))
    assert "发言者：卖家" in said
    assert re.search(r"基础分 0\.\d\d × 份额 \d\.\d\d = 0\.\d\d", said)
    assert "被否定：“不承诺”" in said
    assert re.search(r"总分 0\.\d\d，0\.50 起为涉嫌：涉嫌", said)


def test_a_text_without_any_word_says_so() -> None:
    said = EXPLAINER.text(read_record('{"id": 1, "text": "今天多云。"}'))
    assert "没有一条规则成立" in said


def test_hostile_words_cannot_steer_the_terminal() -> None:
    text = "焊工证包\u202e过\x1b[2J，签约包过，加微信\x1b[31m13800000000"
    said = EXPLAINER.text(read_record(json.dumps({"id": 1, "text": text})))
    assert "\x1b" not in said
    assert "\u202e" not in said


LEVELS = f"{SCHOOL}电工四级认定报名，学费1200元，加微信13800000000。"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LEVELS.replace(SCHOOL, "郑州市锦程职业培训学校"), "没有“郑州市锦程职业培训学校”"),
        (LEVELS.replace(SCHOOL, "广东锦程职业培训学校"), "所在地区"),
        (LEVELS.replace(SCHOOL, "我校"), "没有认出机构全称"),
        (LEVELS.replace(SCHOOL, "洛阳云帆职业技能鉴定所"), "没有在有效期内"),
        (LEVELS.replace("电工", ""), "没有认出职业"),
    ],
)
def test_what_the_directory_does_not_hold_is_never_called_borne_out(text: str, why: str) -> None:
    told = explain(SEEING, Subject(text=text, published_at=DAY))
    assert "e3_04_beyond_filing" not in told.cleared
    assert why in told.unsure["e3_04_beyond_filing"]
    said = "\n".join(explained(Shelf(SEEING), told))
    assert "目录核对无误" not in said
    assert "无法" in said


def test_a_filed_body_within_its_scope_is_borne_out() -> None:
    told = explain(SEEING, Subject(text=LEVELS, published_at=DAY))
    assert "e3_04_beyond_filing" in told.cleared
    assert not told.unsure


def test_without_a_directory_nothing_is_borne_out() -> None:
    told = explain(JUDGE, Subject(text=LEVELS.replace(SCHOOL, "我校"), published_at=DAY))
    assert not told.cleared
    assert "未导入目录" in told.unsure["e3_04_beyond_filing"]
