"""Who is said to say it: quotations, reported speech, and an author's own offer beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.document import Document, Places, lay_out, with_breaks, with_concepts
from classifiers.judge import load_judge
from classifiers.speech import quotations, speech
from classifiers.subject import Subject

JUDGE = load_judge(model=None)


def document(text: str, *told: str) -> Document:
    """A text in which the given words are the words of saying."""
    laid = with_breaks(lay_out([("text", text)]))
    spans = sorted((text.index(word), text.index(word) + len(word)) for word in told)
    places = Places([start for start, _ in spans], [end for _, end in spans])
    return with_concepts(laid, {"told": places})


def covered(text: str, places: Places) -> list[str]:
    return [text[a:b] for a, b in zip(places.starts, places.ends, strict=True)]


def flagged(text: str, title: str = "") -> bool:
    return JUDGE.judge(Subject(title=title, text=text)).flagged


@pytest.mark.parametrize("pair", ["“”", "「」", "『』", "‘’", '""'])
def test_text_between_any_kind_of_quotation_mark_is_quoted(pair: str) -> None:
    text = f"广告写着{pair[0]}三天拿证{pair[1]}几个字"
    assert covered(text, quotations(document(text))) == [f"{pair[0]}三天拿证{pair[1]}"]


def test_an_open_quotation_mark_quotes_nothing() -> None:
    assert quotations(document("他说“三天拿证\n后来就没有后来了")).starts == []


def test_reported_speech_ends_with_its_sentence() -> None:
    text = "我问价格。他说三天拿证，不用考试。我没有理他，回家看书去了，晚上吃面。"
    assert covered(text, speech(document(text, "他说"))[1]) == ["三天拿证，不用考试。"]


def test_a_colon_at_the_end_of_a_line_hands_over_the_next_paragraph() -> None:
    text = "对方发来一段话:\n国家认可，全国通用。三天拿证。\n我把他删了，继续看我的书，写我的题。"
    handed, reported = speech(document(text, "发来一段"))
    assert covered(text, handed) == ["国家认可，全国通用。三天拿证。"]
    assert "三天拿证" in covered(text, reported)[0]
    assert "删了" not in "".join(covered(text, reported))


def test_a_text_that_is_nothing_but_speech_is_its_authors_own() -> None:
    text = "朋友说:\n焊工证包过，三天拿证，全国通用，名额有限，今天报名还有优惠。"
    assert speech(document(text, "朋友说")) == (Places(), Places())


@given(st.text(alphabet='“”「」"说:\n。，证包过', max_size=80))
def test_speech_never_overlaps_and_never_leaves_the_text(text: str) -> None:
    for places in speech(document(text, *(["说"] if "说" in text else []))):
        edges = [edge for pair in zip(places.starts, places.ends, strict=True) for edge in pair]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)


HONEST = [
    (
        "我也碰到了",
        "在短视频里刷到一个考证老师，加了微信，他说三天拿证，不用考试，官网可查，收2600元。"
        "我转了钱，证是假的，人拉黑了，现在已经报警。他的微信是sample_wx_1，千万别加！",
    ),
    (
        "记者卧底考证群",
        "记者以学员身份入群。十分钟后，对方发来一段文字：\n"
        "健康管理师，国家认可，全国通用，零基础包拿证，今天报名立减3000，加微信sample_wx_1。\n"
        "记者向人社局求证，工作人员表示从未委托任何机构。责任编辑：某某",
    ),
    (
        "逐句拆解一篇卖证文案",
        "“免考直出，七天下证，签约包过。”\n既然不考，谁来包过？写文案的人没想明白。\n"
        "“名额只剩5席，加微信sample_wx_1。”\n上个月也是5席，这个号我交给12377了。",
    ),
    (
        "声明",
        "近期有人冒用我公司名义，宣称“免考拿证，三天出证，官网可查”，收取入库费。"
        "我公司从未授权任何人招生，已向公安机关报案。举报电话：0399-0000002。",
    ),
    (
        "我们不做的事",
        "一、不承诺包过。二、不收证、不挂证，不介绍挂靠。"
        "三、结业证书封面上没有国徽，也没有“全国通用”字样。有疑问请打0399-0000001。",
    ),
]


@pytest.mark.parametrize(("title", "text"), HONEST)
def test_sales_talk_in_another_mouth_is_no_offer(title: str, text: str) -> None:
    assert not flagged(text, title)


OFFERS = [
    (
        "被骗两次之后",
        "之前报的机构失联了，退款无门。后来朋友推荐了李老师，不用考试，交资料半个月就拿证，"
        "国家认可，网上能查。姐妹们别再踩坑，需要的加李老师微信sample_wx_1。",
    ),
    (
        "警惕假证",
        "办电工证的骗子很多，大家不要上当受骗。\n我们是正规机构，焊工证免考直出，官网可查，"
        "先出证后付款，七天拿证，需要的加微信sample_wx_1，电话13800000000。",
    ),
    (
        "声明：谨防假冒",
        "近期有人冒充我校招生，请认准我校微信sample_wx_1。育婴师职业资格证书零基础包过，"
        "不过退费，全国通用，报名电话13800000000。",
    ),
    ("朋友说", "“焊工证包过，三天拿证，加微信sample_wx_1，名额有限。”"),
    ("听说", "听说你还没有证？焊工证包过，三天拿证，加微信sample_wx_1，名额有限。"),
]


@pytest.mark.parametrize(("title", "text"), OFFERS)
def test_an_offer_in_borrowed_clothes_is_still_one(title: str, text: str) -> None:
    assert flagged(text, title)


def test_one_offending_sentence_is_found_in_a_long_lawful_page() -> None:
    lawful = "本校按许可证核定的范围办学，考试由主管部门组织，学费按公示标准收取。\n" * 400
    offer = "焊工证免考直出，三天拿证，需要的加微信sample_wx_1，电话13800000000。\n"
    assert not flagged(lawful)
    assert flagged(lawful + offer + lawful)
