"""Contacts on a list: unreadable, and every other sign where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.masking import STAR, masked
from storage.records import Contacts

NOBODY = Contacts()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800001234。", "电话138****1234。"),
        ("138 0000 1234", "138 **** 1234"),
        ("138-0000-1234", "138-****-1234"),
        ("１３８０００0１２３４", "１３８****１２３４"),
        ("身份证41010019900101001X", "身份证410***********001X"),
        ("文号20220129000000000123456", "文号20220129000000000123456"),
        ("价格1380元，共13800000人", "价格1380元，共13800000人"),
    ],
)
def test_numbers_that_nobody_listed_are_found_too(text, shown):
    assert masked(text, NOBODY) == shown


@pytest.mark.parametrize(
    ("contact", "text", "shown"),
    [
        (Contacts(wechat=("fake_wx_2046",)), "加FAKE_WX_2046", "加FAK*_**_**46"),
        (Contacts(wechat=("fakewx",)), "加 ｆａｋｅｗｘ 问", "加 ｆａ**ｗｘ 问"),
        (Contacts(qq=("100200300",)), "QQ：100-200-300", "QQ：100-***-*00"),
        (Contacts(phones=("0371-00000000",)), "拨037100000000", "拨037*****0000"),
        (Contacts(wechat=("...",)), "没有字母的不算", "没有字母的不算"),
    ],
)
def test_a_known_contact_is_masked_however_it_is_spelled(contact, text, shown):
    assert masked(text, contact) == shown


@given(st.text(), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_masking_moves_no_sign_and_changes_only_letters_and_digits(text, contacts):
    shown = masked(text, Contacts(wechat=tuple(contacts)))
    assert len(shown) == len(text)
    pairs = zip(text, shown, strict=True)
    assert all(old == new or (new == STAR and old.isalnum()) for old, new in pairs)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("加我问价 ，。"))
def test_a_mobile_number_is_never_readable_in_full(number, around):
    assert number not in masked(f"{around}{number}{around}", NOBODY)
