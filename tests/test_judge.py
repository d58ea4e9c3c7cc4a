from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.judge import load_judge, overall
from classifiers.subject import Subject
from storage.records import Clause, Judgement

JUDGE = load_judge(model=None)
POLICY = Path(__file__).parents[2] / "shared" / "domain" / "policy_129.txt"

# A notice of our own that holds every banned word, as such notices do.
NOTICE = """\
关于清理规范技能培训评价发证活动的通知
各县（市、区）人力资源社会保障局，各有关单位：
为进一步规范技能培训评价发证活动，打击“山寨证书”，现将有关事项通知如下。
一、清理内容
（一）字样和标识。违规使用“中华人民共和国”“中国”“中华”“国家”“全国”和“职业资格”“岗位合格（凭证）”“专业技术职务”等字样，\
违规使用国徽、政府部门徽标、红头文件式样的；证书名称含“国家级”“注册”等字样的。
（二）宣传。假借行政机关名义，使用“人社部”“原劳动部”“省厅”“原建设厅”“河南省”等字样，\
以及“包过”“保过”“不过包退”“免考拿证”“三天拿证”“代考”“挂靠”“挂证”“上岗必备”“高薪入职”“政府主推”“内部渠道”等用语宣传的。
（三）培训和收费。无办学许可证招生，收取入库费、占机费，不培训直接发证，伪造职业技能等级证书，代刷学时、提供答案的；恶意终止培训、卷款跑路的。
（四）其他。宣称“大典收录就是国家承认”、以“最后一批”炒作、诱骗学员缴纳解冻费的，仿冒官网可查、扫码验真的。
二、工作要求
各单位要依法查处，不得走过场。举报电话：12333。
"""

CLEAN = "今天多云转晴，市民在公园里散步，孩子们放起了风筝，小店的老板说最近生意不错。"
ADVERT = "焊工证报名中，保過拿證，苞过，免考直出，包♂过，需要的私信我，微信13800000000。"


def subject_texts() -> st.SearchStrategy[str]:
    words = st.sampled_from(
        ["包过", "焊工证", "免考", "加微信", "13800000000", "国家认可", "，", "。", "♂", "\u200b"]
    )
    return st.lists(words | st.text(alphabet=st.characters(), max_size=4), max_size=30).map("".join)


def check_quotes(subject: Subject, judgement: Judgement) -> None:
    for finding in judgement.findings:
        for piece in finding.evidence:
            assert getattr(subject, piece.field)[piece.start : piece.end] == piece.quote
            assert piece.quote


@given(subject_texts(), subject_texts(), subject_texts())
def test_every_quote_is_the_slice_of_the_authors_text(title: str, text: str, account: str) -> None:
    subject = Subject(title=title, text=text, account=account)
    judgement = JUDGE.judge(subject, keep_weak=True)
    check_quotes(subject, judgement)
    assert 0.0 <= judgement.score <= 1.0
    assert judgement.flagged == (judgement.score >= 0.5)


@given(st.text(alphabet=st.characters(), max_size=300))
def test_no_text_makes_the_judge_fail(text: str) -> None:
    JUDGE.judge(Subject(title=text[:20], text=text, account=text[-10:], url=text[:30]))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("育婴师考證苞过，加微信。", "考證苞过"),
        ("焊工证报名，签约【包♂過】，加微信。", "包♂過"),
        ("消防證(zhèng)書免考辦理，加微信。", "免考辦理"),
        ("焊工证 保\u200b过\ufe0f 加微信13800000000", "保\u200b过"),
        ("焊工培训ＢＡＯ过，加微信。", "ＢＡＯ过"),
    ],
)
def test_disguised_words_are_quoted_as_the_author_wrote_them(text: str, quote: str) -> None:
    judgement = JUDGE.judge(Subject(text=text))
    assert judgement.flagged
    assert quote in [piece.quote for found in judgement.findings for piece in found.evidence]


@pytest.mark.parametrize(
    "text",
    [
        "苞过了三年的花终于开了。",
        "上冈镇今天赶集。",
        "挂考卷的绳子断了。",
        "鲍过水后再煮。",
        "正书法作品一幅。",
    ],
)
def test_a_disguise_without_a_second_signal_is_just_a_word(text: str) -> None:
    assert not JUDGE.judge(Subject(text=text)).findings


@pytest.mark.parametrize(
    "text",
    [
        "面包 过期了，考试当天别吃。",
        "面包/过滤器/培训教材清单",
        "书包 过重，培训班的孩子受不了。",
        "打包 过来的资料是考试真题。",
        "红包过万，学员都笑了。",
        "承包过程要签培训合同。",
        "小包过安检，准考证拿手里去考试。",
        "环保过关，工人培训考试合格。",
        "不必过分担心考试。",
    ],
)
def test_words_that_only_look_like_a_promise_are_left_alone(text: str) -> None:
    assert not JUDGE.judge(Subject(text=text)).flagged


def test_title_text_and_account_are_read_together_but_quoted_apart() -> None:
    subject = Subject(title="消防证包过", text="欢迎咨询，联系老师。", account="免考直出中心")
    judgement = JUDGE.judge(subject)
    check_quotes(subject, judgement)
    fields = {piece.field for found in judgement.findings for piece in found.evidence}
    assert fields == {"title", "account"}


def test_words_never_run_over_from_one_field_into_the_next() -> None:
    judgement = JUDGE.judge(Subject(title="考试培训红包", text="过年好，加微信。"), keep_weak=True)
    assert judgement.findings == ()


def test_a_finding_says_what_why_and_on_what_ground() -> None:
    judgement = JUDGE.judge(Subject(text=ADVERT, published_at=datetime(2024, 6, 1, tzinfo=UTC)))
    finding = next(found for found in judgement.findings if found.code == "B4-02")
    assert finding.clause is Clause.TWO
    assert finding.rule == "b4_02_guaranteed_pass"
    assert finding.proves == "text"
    assert "“保過拿證”" in finding.why
    assert finding.why.endswith("。")
    assert any("第二十四条" in words for words in finding.legal_basis)
    assert judgement.stance == "seller"
    assert judgement.score > 0.9


def test_findings_are_ordered_by_score() -> None:
    scores = [finding.score for finding in JUDGE.judge(Subject(text=ADVERT)).findings]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) >= 2


def test_a_notice_that_quotes_every_banned_word_is_clean() -> None:
    for text in (NOTICE, *NOTICE.splitlines()):
        assert JUDGE.judge(Subject(text=text)).findings == ()


@pytest.mark.skipif(not POLICY.exists(), reason="the policy's text lies outside the project")
def test_the_policy_itself_is_clean() -> None:
    text = POLICY.read_text(encoding="utf-8")
    for piece in (text, *text.splitlines()):
        judgement = JUDGE.judge(Subject(text=piece))
        assert not judgement.flagged
        assert judgement.findings == ()


def test_the_same_text_gets_the_same_judgement() -> None:
    day = datetime(2024, 6, 1, tzinfo=UTC)
    subject = Subject(text=ADVERT, published_at=day)
    assert JUDGE.judge(subject) == load_judge(model=None).judge(subject)


def test_weak_findings_are_kept_only_when_asked_for() -> None:
    text = "报了考证培训班，机构跑路，求助。"
    assert JUDGE.judge(Subject(text=text)).findings == ()
    assert JUDGE.judge(Subject(text=text), keep_weak=True).findings


def test_weak_signs_never_flag_a_text_however_many_there_are() -> None:
    assert overall([0.3] * 50) < 0.5
    assert overall([0.34] * 1000) < 0.5
    assert overall([0.6]) == pytest.approx(0.6)
    assert overall([0.6, 0.3]) > 0.6
    assert overall([0.9] * 9) < 1.0
    assert overall([]) == 0.0


def test_lone_words_of_state_flag_nothing() -> None:
    text = "国家大事，全国人民，中国中华，河南省里，职业资格，上岗。" * 20
    assert not JUDGE.judge(Subject(text=text)).flagged


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Subject(text="", published_at=datetime(2024, 1, 1))  # noqa: DTZ001


def test_an_empty_subject_is_clean() -> None:
    assert JUDGE.judge(Subject()).score == 0.0


@pytest.mark.parametrize(
    "flood",
    [
        "包" * 200_000,
        "包过" * 60_000,
        "\u200b" * 400_000,
        "包♂" * 100_000,
        "(" * 200_000,
        "考证包♂过" * 20_000,
        "不包过，考证" * 20_000,
        "考证，包过？" * 20_000,
        "考证拿证包过加微信" * 8_000,
        "国家认可证书13800000000" * 5_000,
    ],
    ids=[
        "one",
        "word",
        "zero-width",
        "gaps",
        "brackets",
        "gapped-words",
        "denied",
        "asked",
        "advert",
        "mixed",
    ],
)
@pytest.mark.timeout(60)
def test_a_flood_is_judged_with_its_quotes_in_place(flood: str) -> None:
    judgement = JUDGE.judge(Subject(text=flood), keep_weak=True)
    assert 0.0 <= judgement.score <= 1.0
    for one in judgement.findings:
        assert all(flood[piece.start : piece.end] == piece.quote for piece in one.evidence)


def test_an_advert_said_many_times_is_found_as_when_it_is_said_once() -> None:
    unit = ADVERT + CLEAN * 5
    once, often = JUDGE.judge(Subject(text=unit)), JUDGE.judge(Subject(text=unit * 64))
    assert once.flagged
    assert {one.rule for one in often.findings} >= {one.rule for one in once.findings}
