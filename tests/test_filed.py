"""Claims held against the directory: found, cleared, or unknown; never unlawful by ignorance."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from classifiers.directory import build_directory
from classifiers.filed import NO_DIRECTORY, UNKNOWN
from classifiers.judge import FLAGGED, Judge, load_judge
from classifiers.subject import Subject
from storage.records import FiledKind, Finding, Judgement
from tests.filed_bodies import CENTRE, FACTORY, NUMBER, SCHOOL, directory, filing

BLIND = load_judge(model=None)
FORMER = "开封市旧梦职业培训学校"
SEEING = load_judge(directory=directory(former=(FORMER,)), model=None)
DAY = datetime(2026, 6, 1, tzinfo=UTC)
CALL = "学费1200元，加微信13800000000。"
ASKING = ("e2_03_claims_filing", "c3_05_issuer_not_listed", "e2_02_centre_not_listed")

FAULTS = [
    (
        f"郑州市锦程职业培训学校是经市人社局备案的等级认定机构，育婴员三级报名，{CALL}",
        "e2_03_claims_filing",
        "没有“郑州市锦程职业培训学校”",
    ),
    (
        f"我校是经市人社局备案的评价机构，备案编号S000041009999，育婴员三级报名，{CALL}",
        "e2_03_claims_filing",
        "没有备案号s000041009999",
    ),
    (
        f"郑州市锦程职业培训学校，备案号{NUMBER}，中式烹调师三级等级证报名，{CALL}",
        "e2_03_claims_filing",
        f"属于“{SCHOOL}”",
    ),
    (
        f"{FORMER}是经人社局备案的评价机构，焊工三级报名，{CALL}",
        "e2_03_claims_filing",
        "曾在目录中",
    ),
    (
        f"由豫华匠人才评价中心颁发职业技能等级证书，养老护理员三级四级，{CALL}",
        "c3_05_issuer_not_listed",
        "没有“豫华匠人才评价中心”",
    ),
    (
        f"{CENTRE}颁发职业技能等级证书，育婴员三级，{CALL}",
        "c3_05_issuer_not_listed",
        "已于2024-12-31到期",
    ),
    (f"匠心职业培训学校茶艺师四级认定报名，{CALL}", "e3_04_beyond_filing", "没有载明“茶艺师”"),
    (f"匠心职业培训学校电工二级认定报名，{CALL}", "e3_04_beyond_filing", "没有备案二级"),
    (
        f"{FACTORY}车工三级等级认定，社会人员均可报名，{CALL}",
        "e3_04_beyond_filing",
        "只面向本单位",
    ),
    (f"{SCHOOL}茶艺师培训班开班，{CALL}", "c1_01_beyond_listed_licence", "没有载明“茶艺师”"),
]
LAWFUL = [
    f"{SCHOOL}是经郑州市人力资源和社会保障局备案的职业技能等级认定机构（备案号{NUMBER}），"
    f"开展电工三级认定报名，{CALL}",
    f"匠心职业培训学校电工四级认定报名，{CALL}",
    f"由{SCHOOL}颁发职业技能等级证书，电工三级，{CALL}",
    f"{FACTORY}车工三级等级认定，本单位职工到人事科报名，咨询电话13800000000。",
    f"{SCHOOL}电工培训班开班，{CALL}",
]


def found(judge: Judge, text: str) -> Judgement:
    return judge.judge(Subject(text=text, published_at=DAY), keep_weak=True)


def by_rule(judgement: Judgement) -> dict[str, Finding]:
    return {finding.rule: finding for finding in judgement.findings}


@pytest.mark.parametrize(("text", "rule", "why"), FAULTS)
def test_what_the_directory_contradicts_is_found_with_its_reason(
    text: str, rule: str, why: str
) -> None:
    judgement = found(SEEING, text)
    finding = by_rule(judgement)[rule]
    assert judgement.flagged
    assert why in finding.why
    assert finding.why.endswith("。")
    assert finding.proves == "directory"
    assert all(text[piece.start : piece.end] == piece.quote for piece in finding.evidence)


@pytest.mark.parametrize("text", [text for text, *_ in FAULTS] + LAWFUL)
def test_without_a_directory_the_same_words_are_unknown_and_weigh_nothing(text: str) -> None:
    judgement = found(BLIND, text)
    asked = [one for one in judgement.findings if one.rule in {rule for _, rule, _ in FAULTS}]
    for finding in asked:
        assert finding.score == UNKNOWN
        assert NO_DIRECTORY in finding.why
        assert finding.proves == "directory"
    assert not judgement.flagged


def test_without_a_directory_a_reviewer_still_sees_what_to_look_up() -> None:
    asked = {one.rule for text, *_ in FAULTS for one in found(BLIND, text).findings}
    assert asked >= {rule for _, rule, _ in FAULTS}


@pytest.mark.parametrize("text", LAWFUL)
def test_a_filed_body_that_keeps_to_its_filing_is_clean(text: str) -> None:
    judgement = found(SEEING, text)
    assert not judgement.flagged
    assert judgement.findings == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"广东锦程职业培训学校是经人社局备案的等级认定机构，育婴员三级报名，{CALL}", "所在地区"),
        (f"匠心教育考证中心是经人社局备案的评价机构，焊工三级报名，{CALL}", "是否同一机构"),
        (f"由河南省职业技能鉴定指导中心颁发职业技能等级证书，焊工三级，{CALL}", "没有字号"),
        (f"我们是人社部门备案的评价机构，焊工三级等级证报名，{CALL}", "没有机构全称"),
    ],
)
def test_what_the_directory_cannot_tell_stays_unknown(text: str, why: str) -> None:
    judgement = found(SEEING, text)
    said = [one for one in judgement.findings if one.rule in ASKING]
    assert said
    assert all(one.score == UNKNOWN for one in said)
    assert any(why in one.why for one in said)
    assert not judgement.flagged


def test_a_list_of_schools_alone_says_nothing_about_evaluation_bodies() -> None:
    only = filing("郑州市安居职业培训学校", kind=FiledKind.TRAINING)
    schools = load_judge(directory=build_directory([only], as_of=date(2026, 3, 1)), model=None)
    text = f"郑州市锦程职业培训学校是经人社局备案的等级认定机构，育婴员三级报名，{CALL}"
    (finding,) = [one for one in found(schools, text).findings if one.code == "E2-03"]
    assert finding.score == UNKNOWN
    assert "只有培训机构" in finding.why


def test_a_borne_out_filing_lowers_what_a_filed_body_may_say() -> None:
    text = LAWFUL[0] + "证书全国联网可查。"
    assert found(BLIND, text).score > FLAGGED
    judgement = found(SEEING, text)
    assert not judgement.flagged
    assert all("目录载有该机构的备案" in one.why for one in judgement.findings)


def test_a_filing_excuses_no_promise_and_no_sale() -> None:
    text = f"{SCHOOL}经人社局备案（备案号{NUMBER}），电工三级免考包过，七天拿证，{CALL}"
    judgement = found(SEEING, text)
    assert judgement.flagged
    scores = {one.rule: one.score for one in found(BLIND, text).findings if one.score > UNKNOWN}
    assert {one.rule: one.score for one in judgement.findings} == scores


@pytest.mark.parametrize(
    "text",
    [
        "关于公布评价机构备案情况的公告：经市人社局备案的评价机构名单公示如下：郑州市锦程职业培训学校，焊工三级。特此公告。",
        f"记者调查发现，郑州市锦程职业培训学校自称经人社局备案的评价机构，实际并未备案，{CALL}目前人社部门已介入。",
        "郑州市锦程职业培训学校没有在人社局备案，请勿报名，已收到多起投诉。",
    ],
)
def test_who_writes_about_an_unfiled_body_is_clean(text: str) -> None:
    assert not found(SEEING, text).flagged


def test_the_directory_is_part_of_the_engine_so_that_a_new_one_judges_anew() -> None:
    assert SEEING.engine != BLIND.engine
    assert SEEING.engine == load_judge(directory=directory(former=(FORMER,)), model=None).engine
    assert SEEING.engine != load_judge(directory=directory(filing("安居职业培训学校"))).engine


@pytest.mark.parametrize(
    "flood",
    [
        f"{SCHOOL}电工二级认定报名，" * 8_000,
        "经市人社局备案的评价机构" * 15_000,
        "由锦程中心颁发等级证书三级，加微信" * 10_000,
        "备案号S" * 40_000,
        "师员工" * 60_000 + "认定报名",
    ],
    ids=["names", "claims", "issuers", "numbers", "titles"],
)
@pytest.mark.timeout(60)
def test_a_flood_of_claims_is_judged_with_its_quotes_in_place(flood: str) -> None:
    for one in SEEING.judge(Subject(text=flood), keep_weak=True).findings:
        assert all(flood[piece.start : piece.end] == piece.quote for piece in one.evidence)


def test_the_account_is_a_name_too() -> None:
    subject = Subject(
        account="郑州锦程职业技能鉴定所",
        text=f"电工等级证书三级报名，{CALL}",
        published_at=DAY,
    )
    finding = by_rule(SEEING.judge(subject, keep_weak=True))["e2_02_centre_not_listed"]
    assert finding.evidence[0].field == "account"
    assert "没有“郑州锦程职业技能鉴定所”" in finding.why
