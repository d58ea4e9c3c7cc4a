"""One offending sentence in an otherwise lawful page, and office words around an offer."""

from __future__ import annotations

import pytest

from classifiers.judge import Judge, load_judge
from classifiers.subject import Subject

PROSPECTUS = (
    "本校创办于二〇〇九年，持有办学许可证，校区在河堤路。秋季开设西式面点师和茶艺师两个专业，小班教学，"
    "每班二十人以内，理论课在平日晚上，实操课在周末。学费标准已在前台公示：西式面点师1900元，茶艺师1400元，"
    "教材费50元。{said}学员须完成规定学时方可申请参加评价，评价由备案的评价组织承担，考试时间以公告为准。"
    "因故不能参加的，可在开考前三日申请退费。食堂供应午餐。联系电话0371-60000000，周老师。"
)
OFFICE = "根据有关规定，报名时间、报考条件以公示为准，成绩查询见公告，考试时间另行通知。"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


@pytest.mark.parametrize(
    "said",
    [
        "签约学员包过。",
        "月嫂证不用考试，交资料即可。",
        "另代办心理咨询师证书，不到场，七天寄到。",
    ],
)
def test_one_sentence_of_offer_in_a_school_s_prospectus_is_found(judge, said):
    found = judge.judge(Subject(text=PROSPECTUS.format(said=said)))
    assert found.flagged
    quoted = {one.quote for finding in found.findings for one in finding.evidence}
    assert any(quote in said for quote in quoted)


def test_the_prospectus_without_it_is_clean(judge):
    assert not judge.judge(Subject(text=PROSPECTUS.format(said=""))).flagged


@pytest.mark.parametrize(
    "offer",
    [
        "月嫂证包过，不用考试，三天拿证，微信zs_0000kk。",
        "高级茶艺师证书直出，无需考试，签约包过，加微信zs_0000kk。",
    ],
)
def test_an_offer_between_the_words_of_offices_stays_one(judge, offer):
    assert judge.judge(Subject(text=f"{offer}{OFFICE}")).flagged


def test_an_office_that_warns_with_a_number_of_its_own_is_clean(judge):
    warning = (
        "近期有人以“包过”“免考”为名招揽报名，收费后失联。请勿轻信，切勿转账。"
        f"{OFFICE}举报电话：0371-60000000。"
    )
    assert not judge.judge(Subject(text=warning)).flagged


@pytest.mark.parametrize(
    "text",
    [
        "催乳师必须持证上岗，没有催乳师证的一律不准上岗，我校发证，学费1200元，电话0371-60000000。",
        "月嫂证，考不过不收钱，加微信zs_0000kk。",
    ],
)
def test_what_was_once_passed_over_is_found(judge, text):
    assert judge.judge(Subject(text=text)).flagged
