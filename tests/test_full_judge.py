"""Rules and model together on the texts the project is meant to tell apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifiers.judge import load_judge
from classifiers.subject import Subject
from storage.records import Judgement
from tests.test_judge import NOTICE

JUDGE = load_judge()
ROOT = Path(__file__).parents[1]
POLICY = ROOT.parent / "shared" / "domain" / "policy_129.txt"
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("README*.md"))]
PAGES.append(ROOT / "learning" / "corpus" / "README.md")
TITLE = "关于清理规范技能培训评价发证活动的通知"


# Seen by a person at once, by the judge not yet (2026-11); strict, so that the day is noticed.
NOT_YET = pytest.mark.xfail(strict=True, reason="too little is left of the word")


def judged(text: str, **more: str) -> Judgement:
    return JUDGE.judge(Subject(text=text, **more))


def told(judgement: Judgement) -> str:
    """What to see where a test fails."""
    found = [(one.code, one.evidence[0].quote) for one in judgement.findings]
    return f"{judgement.score:.4f} {judgement.stance} {found}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("月嫂证报名，签约包♂过，拿不到证全额退，想要的加微信。", "包♂过"),
        ("焊工证考试苞過，交钱就行，需要的私聊老师。", "苞過"),
        ("育婴师证书 包guo，一次拿下，学历不限，名额有限速来。", "包guo"),
        ("健康管理师考证BAO过，不用看书，加我v聊。", "BAO过"),
        ("电工证保亻呆亻固过，人不用来，资料发我就成。", "保亻呆亻固过"),
        pytest.param(
            "消防设施操作员证 勹已过，没考上退款，详情私信。",
            "勹已过",
            marks=NOT_YET,
        ),
        ("心理咨询师考证，包.过.，全国可查，团报优惠。", "包.过"),
        pytest.param(
            "二级建造师报我们班，b a o 过，考不过不收钱。",
            "b a o 过",
        ),
        ("高级茶艺师证过包，签协议，未过全退，联系王老师。", "过包"),
        pytest.param(
            "保安员证《包—过—班》招生中，免试入学，当月拿证。",
            "包—过",
            marks=NOT_YET,
        ),
        ("会计证包\u200b过，不过退款，加薇❤️。", "包\u200b过"),
        ("养老护理员考證飽過，先拿證後付款。", "飽過"),
        ("中级会计证培训，签约葆过，考不过全额退款，加微信咨询。", "葆过"),
        ("叉车证包x过，人不到场，拿证付款，电话13800000000。", "包x过"),
        ("电工证报考，包/过，不过不收费，私信我。", "包/过"),
    ],
)
def test_a_disguised_promise_in_a_natural_sentence_is_found(text: str, word: str) -> None:
    judgement = judged(text)
    assert judgement.flagged, told(judgement)
    assert word in text
    for finding in judgement.findings:
        for piece in finding.evidence:
            assert text[piece.start : piece.end] == piece.quote


@pytest.mark.parametrize(
    "text",
    [
        "面包♂过期了，考试当天别吃。",
        "孩子书包过重，培训班老师也管不了。",
        "红包过了零点才能领，准考证记得打印。",
        "我们学校不承诺包过，考不过请补考。",
        "“包♂过”“苞过”都是骗子的暗号，报名看官网。",
        "别信那些bao过的，我同事交了三千，证是假的。",
    ],
)
def test_the_same_signs_without_a_promise_are_left_alone(text: str) -> None:
    judgement = judged(text)
    assert not judgement.flagged, told(judgement)


@pytest.mark.parametrize(
    "text",
    [
        "焊接与热切割作业属于特种作业，焊工须持证上岗，未取得特种作业操作证的不得独立作业。",
        "我校开设焊工班，96学时，考试由应急管理局考试点组织，考核合格后持证上岗。",
        "本项目部电工、焊工、塔吊司机全部持证上岗，证件在门卫室备查。",
        "招聘低压电工两名，须持证上岗，月薪六千，电话0371-6xxx0000。",
    ],
)
def test_a_lawful_job_may_ask_for_its_certificate(text: str) -> None:
    judgement = judged(text)
    assert not judgement.flagged, told(judgement)


@pytest.mark.parametrize(
    "text",
    [
        "催乳师必须持证上岗，没证不能接单，交2980我们直接发上岗证，加微信13800000000。",
        "宠物美容师国家规定持证上岗，无证罚款，报名即送岗位合格证，扫码咨询。",
        "今年起收纳师一律持证上岗，本中心颁发上岗证，名额不多，抓紧报名。",
    ],
)
def test_a_job_that_needs_no_certificate_is_not_sold_one(text: str) -> None:
    judgement = judged(text)
    assert judgement.flagged, told(judgement)
    assert "B4-01" in {one.code for one in judgement.findings}, told(judgement)


@pytest.mark.parametrize("host", ["hrss.henan.gov.cn", "www.henan.gov.cn", "rsj.zhengzhou.gov.cn"])
def test_an_offices_page_that_quotes_every_banned_word_is_clean(host: str) -> None:
    judgement = judged(NOTICE, title=TITLE, url=f"https://{host}/2022/129.html")
    assert not judgement.flagged, told(judgement)
    assert judgement.findings == ()


@pytest.mark.parametrize("host", ["hrss-henan-gov.example", "www.hrss-henan.test"])
def test_the_same_words_on_a_host_that_imitates_an_office_are_found(host: str) -> None:
    judgement = judged(NOTICE, title=TITLE, url=f"https://{host}/2022/129.html")
    assert judgement.flagged, told(judgement)


def test_an_offer_is_found_on_whatever_host_it_stands() -> None:
    offer = "人社部认证育婴师证，免考包过，三天拿证，不过包退，名额有限，加微信13800000000。"
    for host in ("hrss-henan-gov.example", "some.example", "hrss.henan.gov.cn"):
        judgement = judged(offer, url=f"https://{host}/a.html")
        assert judgement.flagged, f"{host}: {told(judgement)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_projects_own_pages_are_clean(page: Path) -> None:
    judgement = judged(page.read_text(encoding="utf-8"))
    assert not judgement.flagged, told(judgement)


@pytest.mark.skipif(not POLICY.exists(), reason="the policy's text lies outside the project")
def test_the_policy_itself_is_clean() -> None:
    judgement = judged(POLICY.read_text(encoding="utf-8"))
    assert not judgement.flagged, told(judgement)


@pytest.mark.parametrize(
    "flood",
    ["", "\u200b" * 1_000_000, "\ud800证" * 50_000, "(" * 300_000, "包♂过考证" * 40_000],
    ids=["empty", "zero-width", "surrogates", "brackets", "advert"],
)
@pytest.mark.timeout(60)
def test_a_flood_is_judged_by_rules_and_model_alike(flood: str) -> None:
    judgement = judged(flood)
    assert 0.0 <= judgement.score <= 1.0
    for finding in judgement.findings:
        assert all(flood[one.start : one.end] == one.quote for one in finding.evidence)
