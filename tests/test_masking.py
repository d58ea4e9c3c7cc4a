"""Contacts on a list: unreadable, and every other sign where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.masking import STAR, masked
from storage.digits import SIGNS, SPELLED, folded, plain_digits
from storage.records import Contacts

NOBODY = Contacts()
SPELLINGS = {
    digit: [digit, *(sign for sign, value in (SIGNS | SPELLED).items() if value == digit)]
    for digit in "0123456789"
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800001234。", "电话138****1234。"),
        ("138 0000 1234", "138 **** 1234"),
        ("138-0000-1234", "138-****-1234"),
        ("１３８０００0１２３４", "１３８****１２３４"),
        ("身份证41010019900101001X", "身份证41**************1X"),
        ("身份证410100 19900101 001X", "身份证41**** ******** **1X"),
        ("幺三八零零零零幺二三四", "幺三八****幺二三四"),
        ("①③⑧⓪⓪⓪⓪①②③④", "①③⑧****①②③④"),
        ("一 三 8 0 ０ 零 〇 ① 2 叁 肆", "一 三 8 * * * * ① 2 叁 肆"),
        (
            "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e300001234",
            "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e3****1234",
        ),
        ("1\u200b38\u200b00001234", "1\u200b38\u200b****1234"),
        ("统一13800001234", "统一138****1234"),
        ("+8613800001234", "+86138****1234"),
        ("0086 138 0000 1234", "0086 138 **** 1234"),
        ("一三八零零零零一二三四 问", "一三八****一二三四 问"),
        ("文号20220129000000000123456", "文号20220129000000000123456"),
        ("一千三百八十元，三月十五日", "一千三百八十元，三月十五日"),
        ("价格1380元，共13800000人", "价格1380元，共13800000人"),
        ("138 - - 0000 - - 1234", "138 - - **** - - 1234"),
        ("座机0371-65000000", "座机03**-******00"),
        ("座机（010）65000000", "座机（01*）******00"),
        ("热线400-000-1234", "热线40*-***-**34"),
        ("热线4000-123-456", "热线40**-***-*56"),
        ("信箱zhang_san@mail.example", "信箱z*******n@mail.example"),
        ("卡号6222 0200 0000 0000 000", "卡号62** **** **** **** *00"),
        ("V信：abcdef", "V信：a****f"),
        ("加v abcdef123", "加v a*******3"),
        ("薇❤xin: zs_8899", "薇❤xin: z*****9"),
        ("QQ群 123456789", "QQ群 1*******9"),
        ("卡号 6222021234567890123", "卡号 62***************23"),
        ("env path_to_it", "env path_to_it"),
        ("q:987654321", "q:9*******1"),
        ("微 信 fakewx99", "微 信 f******9"),
        ("加 sample_wx_104", "加 sa*********04"),
        ("证书编号1234567890123456", "证书编号1234567890123456"),
        ("微信公众号后台，QQ群里说", "微信公众号后台，QQ群里说"),
        ("发布于2026-11-26 08:00", "发布于2026-11-26 08:00"),
    ],
)
def test_numbers_that_nobody_listed_are_found_too(text, shown):
    assert masked(text, NOBODY) == shown


@pytest.mark.parametrize(
    ("contact", "text", "shown"),
    [
        (Contacts(wechat=("fake_wx_2046",)), "加FAKE_WX_2046", "加FA********46"),
        (Contacts(wechat=("fakewx",)), "加 ｆａｋｅｗｘ 问", "加 ｆ****ｘ 问"),
        (Contacts(qq=("100200300",)), "QQ：100-200-300", "QQ：1**-***-**0"),
        (Contacts(phones=("0371-00000000",)), "拨037100000000", "拨03********00"),
        (
            Contacts(phones=("0371-00000000",)),
            "零叁柒壹 ００００ 零零零零",
            "零叁** **** **零零",
        ),
        (Contacts(qq=("100200300",)), "扣扣一00贰〇〇③零零", "扣扣一*******零"),
        (Contacts(phones=("13800000001",)), "拨①③⑧零零零零零零零一", "拨①③⑧****零零零一"),
        (Contacts(wechat=("...",)), "没有字母的不算", "没有字母的不算"),
    ],
)
def test_a_known_contact_is_masked_however_it_is_spelled(contact, text, shown):
    assert masked(text, contact) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://kz.example/m/13800001234.html", "https://kz.example/m/138****1234.html"),
        ("见http://kz.example/?t=%31%33%38%30%30%30%301234", None),
        ("tel:13800001234", "tel:138****1234"),
        (
            "http://chat.example/msgrd?v=3&uin=100200300&site=kz",
            "http://chat.example/msgrd?v=3&uin=1*******0&site=kz",
        ),
        ("weixin://fake_wx_2046", "weixin://fa********46"),
        ("http://kz.example/qq.html?page=20220129", "http://kz.example/qq.html?page=20220129"),
    ],
)
def test_a_contact_in_an_address_is_masked_and_the_address_is_not(text, shown):
    expected = shown or "见http://kz.example/?t=%31%33%38%**%**%**%**1234"
    assert masked(text, NOBODY) == expected


@st.composite
def disguised(draw):
    number = draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
    signs = [draw(st.sampled_from(SPELLINGS[digit])) for digit in number]
    signs[0] = draw(st.sampled_from(["1", "①", "１", "一", "幺", "壹"]))
    gaps = [draw(st.sampled_from(["", " ", "-", "·", "\u200b", "★"])) for _ in number]
    return number, "".join(sign + gap for sign, gap in zip(signs, gaps, strict=True))


@given(disguised())
def test_a_mobile_number_is_masked_in_every_spelling(case):
    number, written = case
    shown = masked(f"加我：{written}，问价", NOBODY)
    assert number not in plain_digits(folded(shown))
    assert shown.count(STAR) == 4 + written.count(STAR)


@given(st.text(), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_masking_moves_no_sign_and_changes_only_letters_and_digits(text, contacts):
    shown = masked(text, Contacts(wechat=tuple(contacts)))
    assert len(shown) == len(text)
    pairs = zip(text, shown, strict=True)
    told = "_-"
    assert all(old == new or (new == STAR and (old.isalnum() or old in told)) for old, new in pairs)


@given(st.from_regex(r"[a-z][a-z0-9_-]{4,18}[a-z0-9]", fullmatch=True))
def test_at_most_four_signs_of_a_name_are_left(name):
    shown = masked(f"咨询微信：{name}，随时", Contacts(wechat=(name,)))
    left = shown.removeprefix("咨询微信：").removesuffix("，随时").replace(STAR, "")
    assert len(left) <= 4


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("加我问价 ，。"))
def test_a_mobile_number_is_never_readable_in_full(number, around):
    assert number not in masked(f"{around}{number}{around}", NOBODY)


@pytest.mark.parametrize(
    "text",
    [
        "包过，咨询加 sample_wx_105",
        "加我zs0000kk领资料",
        "联系：Fake_wx_2046",
        "搜 abc12345 备注考证",
    ],
)
def test_an_id_that_no_word_like_wechat_names_is_masked(text):
    hidden = masked(text, Contacts())
    assert len(hidden) == len(text)
    assert "*" in hidden


@pytest.mark.parametrize("text", ["加Python课程", "咨询Microsoft", "联系Customer", "加AI训练师"])
def test_words_of_another_language_are_no_ids(text):
    assert masked(text, Contacts()) == text
