from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.document import Document, lay_out
from classifiers.eye import Eye, load_eye
from classifiers.judge import load_judge
from classifiers.subject import Subject

EYE = load_eye()
JUDGE = load_judge(model=None)
JUDGE.judge(Subject(text="焊工正，签约煲过"))  # dictionaries are read at the first need
ANYTHING = st.text(alphabet=st.characters(), max_size=60)
ADS = st.text(
    alphabet="包苞葆过锅果保证正言讠书免考兔烤代亻弋拿办 x1guozhengbk念着反倒，。\n·♂\u200b",
    max_size=50,
)


def unmasked(text: str, eye: Eye = EYE) -> Document:
    return eye.unmasked(lay_out([("title", ""), ("text", text), ("account", "")]))


def quotes(text: str) -> set[str]:
    findings = JUDGE.judge(Subject(text=text)).findings
    return {piece.quote for finding in findings for piece in finding.evidence}


@given(ANYTHING | ADS)
def test_each_restored_word_quotes_all_characters_of_the_disguise(text: str) -> None:
    before = lay_out([("title", ""), ("text", text), ("account", "")])
    after = EYE.unmasked(before)
    found = [
        one for one in EYE.unmasker.find(before.text) if before.in_one_part(one.start, one.end)
    ]
    assert len(found) == len(after.folded.restored)
    for place, (start, end) in zip(found, after.folded.restored, strict=True):
        assert after.text[start:end] == place.word
        assert after.folded.span(start, end) == before.folded.span(place.start, place.end)
        low, high = after.folded.span(start, start + 1)
        assert 0 <= low < high <= len(before.original)


@given(ANYTHING | ADS)
def test_the_way_back_holds_after_disguises_are_taken_off(text: str) -> None:
    folded = unmasked(text).folded
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(a < b for a, b in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.gaps) == sorted(folded.gaps)
    assert all(0 < gap < len(folded.text) for gap in folded.gaps)


@given(ANYTHING | ADS)
def test_a_text_is_always_judged_and_quotes_stand_in_it(text: str) -> None:
    subject = Subject(text=text + "电工证考试报名加微信", title=text, account=text)
    for finding in JUDGE.judge(subject, keep_weak=True).findings:
        for piece in finding.evidence:
            assert getattr(subject, piece.field)[piece.start : piece.end] == piece.quote


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("勹巳过", "包过"),
        ("电工考试堡过", "包过"),
        ("电工考试 bao 过", "包过"),
        ("签约包x过", "包过"),
        ("签约包1过", "包过"),
        ("签约苞·过", "包过"),
        ("包(bāo)锅", "包过"),
        ("免栲", "免考"),
        ("兔栲", "免考"),
        ("亻弋考", "代考"),
        ("讠正书", "证书"),
        ("资嗝证", "资格证"),
        ("职w业w资w格", "职业资格"),
        ("心理资洵师", "心理咨询师"),
        ("催辱湿", "催乳师"),
        ("过包（反着念）", "包过"),
        ("考免过包", "免考"),
        ("\n免\n考\n直\n出\n", "免考直出"),
        ("\n免了晚自习\n考虑老人\n出门上班\n证据是工资条\n", "免考出证"),
        ("要言正", "证"),
        ("不 kao 直接领", "不考"),
    ],
)
def test_a_strong_word_is_heard_however_it_is_spelt(written: str, plain: str) -> None:
    text = unmasked(f"，{written}，").text
    assert plain in text


@pytest.mark.parametrize(
    "text",
    [
        "他在大会上指出问题",
        "我报过名了，抱过孩子",
        "整数和证书",
        "老师的人设崩了吗",
        "包过保过都不可信",
        "我们考是考了，没过",
        "买了3本书，考完2门",
        "面包guo",
        "考代码的课，书过保质期",
        "不考免考的那门，过包间",
        "一\n二\n三四五",
        "汽车专业教师发言正确",
    ],
)
def test_ordinary_words_that_sound_alike_stay(text: str) -> None:
    assert not unmasked(text).folded.restored


def test_a_disguise_counts_beside_a_second_signal_only() -> None:
    assert "葆您过" in quotes("焊工证考试葆您过，加微信13800000000。")
    assert not JUDGE.judge(Subject(text="葆您过，放心睡觉。")).flagged


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["\u200b", "包x", "苞过", "考zheng", "言正", "过包", "a包1", "免\n"]
)
def test_a_flood_is_read_in_linear_time(unit: str) -> None:
    assert unmasked(unit * 200_000).original


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["\u200b", "包x", "苞锅", "免\n"])
def test_a_flood_is_judged(unit: str) -> None:
    judgement = JUDGE.judge(Subject(text=unit * 200_000 + "电工证考试"))
    assert len(judgement.findings) < 20


def test_a_disguise_does_not_vouch_for_itself() -> None:
    alone = EYE.look(Subject(text="苞过"))
    beside = EYE.look(Subject(text="苞过，加微信"))
    assert alone is not None
    assert not alone.claims
    assert beside is not None
    assert beside.claims
