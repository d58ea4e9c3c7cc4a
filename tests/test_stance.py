"""Minimal pairs: the same words as an offer, and as anything but."""

from __future__ import annotations

import pytest

from classifiers.judge import load_judge
from classifiers.subject import Subject

JUDGE = load_judge(model=None)


def flagged(text: str, **parts: str) -> bool:
    return JUDGE.judge(Subject(text=text, **parts)).flagged


def stance(text: str, **parts: str) -> str:
    return JUDGE.judge(Subject(text=text, **parts), keep_weak=True).stance


PAIRS = [
    ("育婴师培训，签约包过。", "育婴师培训，绝不包过。"),
    ("考证包过，放心报名。", "本校不承诺考证包过，放心报名。"),
    ("消防证免考直出，联系老师。", "消防证不存在免考直出，别联系骗子。"),
    ("保育员证三天拿证，加微信。", "“保育员证三天拿证”？别信。"),
    ("收纳师证书持证上岗，名额有限。", "招焊工两名，须持证上岗，名额有限。"),
    ("省人社厅指定报名点，名额有限。", "警惕自称省人社厅指定报名点的机构。"),
    ("原建设部证书现在可补录，加我。", "原建设部令第三号关于证书补录的规定已废止。"),
    ("二建证书挂靠一年两万，联系我。", "二建证书挂靠一年两万？住建部门：违法，将撤销注册。"),
    ("考试答案提前发，加我。", "考生收到“考试答案提前发”的短信后报警。"),
    ("技能等级证书代办，包邮。", "男子因代办技能等级证书被判刑。"),
    ("茶艺师证书国家认可，欢迎咨询。", "茶艺师证书并非国家认可，请勿上当。"),
    ("替你考从业资格，价格面议，加我。", "替你考从业资格？小心，这是犯罪。"),
    ("封面烫金国徽，证书放心用。", "证书封面禁止烫金国徽。"),
    ("考不过全额退款，一建培训报名中。", "一建考不过全额退款的条款，法院认定无效。"),
    ("拿证后月入过万，宝妈快报名。", "所谓拿证后月入过万，不过是招生骗局。"),
]


@pytest.mark.parametrize(("offer", "other"), PAIRS)
def test_an_offer_is_flagged_and_its_twin_is_not(offer: str, other: str) -> None:
    assert flagged(offer)
    assert not flagged(other)


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("seller", "电工证包过，需要的加微信13800000000，名额有限。"),
        ("press", "本报讯（记者 李某）据悉，近日有机构宣传考证包过，记者采访了多名学员。"),
        (
            "police",
            "警方侦破一起伪造证书案，抓获嫌疑人三名，团伙以免考拿证为饵，法院已判处有期徒刑。",
        ),
        ("official", "现将考试违规通报印发各有关单位：严禁宣传考证包过，特此通知，请贯彻落实。"),
        ("victim", "我被骗了，机构说考证包过，结果失联，求曝光，我要维权。"),
        ("asker", "请问有没有人知道，考证包过的机构，是不是真的？求助。"),
        ("lawyer", "律师以案说法：考证包过条款的法律后果，原告与被告各担什么责任。"),
        ("candidate", "我终于考完了，备考三个月，考证没包过，全靠刷题打卡。"),
        ("employer", "招聘电工，持证上岗，任职要求三年经验，五险一金，请投递简历。"),
    ],
)
def test_the_speaker_is_recognised(voice: str, text: str) -> None:
    assert stance(text) == voice


@pytest.mark.parametrize(
    "text",
    [
        "警惕假证！谨防上当受骗！认准我们，考证包过，微信13800000000。",
        "网上骗子多，大家擦亮眼睛。我们是正规渠道，免考拿证，先出证后付款，加微信13800000000。",
        "温馨提示：近期有人冒充本中心。真正的包过班只有我们，电话13800000000，名额有限，欢迎咨询。",
    ],
)
def test_an_offer_wrapped_in_a_warning_stays_an_offer(text: str) -> None:
    assert flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "不要错过，焊工证包过，名额有限。",
        "别犹豫了，考证包过，抓紧报名。",
        "不用担心，考证保过，联系老师。",
        "绝不欺骗，考证包过，联系老师。",
        "没有基础也不怕，考证包过，快报名。",
    ],
)
def test_a_negation_of_something_else_denies_nothing(text: str) -> None:
    assert flagged(text)


@pytest.mark.parametrize(
    "text",
    [
        "培训学校声明：不代考、不包过、不挂靠证书。",
        "我们从不承诺考证包过。",
        "任何机构不得宣传考证包过、免考拿证。",
        "考证包过都是骗人的。",
        "所谓考证包过，不过是噱头。",
        "考证包过？真的吗？",
    ],
)
def test_a_denial_a_report_and_a_doubt_are_no_offer(text: str) -> None:
    assert not flagged(text)


@pytest.mark.parametrize("between", [" ", "·", "*"])
def test_a_denial_set_apart_word_by_word_is_still_a_denial(between: str) -> None:
    text = between.join("我们学校从不承诺考证包过请大家认真复习")
    assert not flagged(text)
    assert flagged(between.join("我们学校承诺考证包过请大家放心报名"))


def test_an_official_host_weighs_for_the_office_but_acquits_no_advertisement() -> None:
    notice = "考试中心提醒：不要轻信考证包过，特此公告。"
    advert = "焊工证包过，免考直出，加微信13800000000，名额有限，先出证后付款。"
    assert not flagged(notice, url="http://hrss.henan.gov.cn/a")
    assert flagged(advert, url="http://hrss.henan.gov.cn/a")


def test_a_host_that_imitates_an_official_one_weighs_the_other_way() -> None:
    text = "关于技能证书考试的公告：各有关单位，经省人社厅授权招生，直接发证，报名事项如下。"
    scores = [
        JUDGE.judge(Subject(text=text, url=url)).score
        for url in ("http://www.osta.org.cn/a", "http://osta-cx.example/a", "http://osta-gov.cn/a")
    ]
    assert scores[0] < 0.5
    assert scores[0] <= scores[1] <= scores[2]


@pytest.mark.parametrize("url", ["", "not a url", "http://[bad", "http://[::1", "ftp://x", "//"])
def test_a_strange_url_changes_nothing(url: str) -> None:
    assert flagged("考证包过，加微信。", url=url)


def test_the_account_speaks_too() -> None:
    assert flagged("欢迎关注，考证咨询。", account="包过考证王老师")


def test_a_complaint_is_a_lead_and_never_a_violation() -> None:
    text = "报了考证培训班，机构跑路，老师失联了，求助，要维权。"
    judgement = JUDGE.judge(Subject(text=text), keep_weak=True)
    assert [finding.code for finding in judgement.findings] == ["C5-01"]
    assert judgement.stance == "victim"
    assert not judgement.flagged
