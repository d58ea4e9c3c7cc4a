"""Bytes become text whatever the page says about them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charset import decode

WORDS = "本中心开展职业技能培训，报名请来电，考试时间另行通知。"
TRADITIONAL = "本中心開辦職業訓練課程，報名請來電話，這是國家認可的證書。"


def page(charset: str) -> str:
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        if charset
        else ""
    )
    return f"<html><head>{meta}<title>培训中心</title></head><body>{WORDS * 20}</body></html>"


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "gb2312", "gb18030"])
@pytest.mark.parametrize("meta", ["", "utf-8", "gb2312", "GBK", "iso-8859-1", "x-unknown"])
@pytest.mark.parametrize("header", ["", "utf-8", "gb2312", "iso-8859-1", "big5"])
def test_whatever_meta_and_header_claim_the_bytes_decide(codec, meta, header):
    html = page(meta)
    text, name = decode(
        html.encode(codec), f"text/html; charset={header}" if header else "text/html"
    )
    assert text == html
    assert name == ("utf-8" if codec == "utf-8" else "gb18030")


@pytest.mark.parametrize("header", ["", "text/html; charset=big5", "text/html; charset=utf-8"])
def test_big5_is_told_from_gbk_by_what_it_says(header):
    html = f"<title>課程</title>{TRADITIONAL * 5}"
    assert decode(html.encode("big5"), header) == (html, "big5")


def test_gb2312_is_read_as_gb18030_so_that_rare_characters_survive():
    html = '<meta charset="gb2312">张喆、李镕、€、㐂'
    assert decode(html.encode("gb18030"), "") == (html, "gb18030")


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_is_believed_before_all_else(mark, codec):
    assert decode(mark + WORDS.encode(codec), "text/html; charset=gbk") == (WORDS, codec)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(codec):
    html = (
        "<html><head><title>plain title</title></head><body>培训</body>" + "<p>more text</p>" * 20
    )
    assert decode(html.encode(codec), "") == (html, codec)


def test_a_page_cut_off_within_a_character_stays_utf_8():
    text, name = decode(WORDS.encode()[:-1], "text/html; charset=gbk")
    assert name == "utf-8"
    assert text == WORDS[:-1] + "\ufffd"


def test_one_broken_byte_does_not_turn_a_utf_8_page_into_another():
    body = page("gbk").encode()
    text, name = decode(body.replace(b"</body>", b"\xff</body>"), "text/html; charset=gbk")
    assert name == "utf-8"
    assert text.count("\ufffd") == 1
    assert WORDS in text


def test_undecodable_bytes_become_replacement_characters():
    text, name = decode(WORDS.encode("gbk") + b"\xff\xff\x80<p>" + WORDS.encode("gbk"), "")
    assert name == "gb18030"
    assert "\ufffd" in text
    assert text.endswith(WORDS)


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("これは日本語の文章です。カタカナ", "cp932", "Shift_JIS"),
        ("이것은 한국어 문장입니다", "cp949", "euc-kr"),
        ("déjà vu à l’été", "cp1252", "windows-1252"),
    ],
)
def test_pages_of_other_languages_are_read_as_they_say(text, codec, label):
    assert decode(text.encode(codec), f"text/html; charset={label}") == (text, codec)


@pytest.mark.parametrize("label", ["zlib", "unicode_escape", "rot13", "utf-7", "idna", "undefined"])
def test_a_page_cannot_choose_a_codec_that_is_no_web_encoding(label):
    body = WORDS.encode("gbk")
    assert decode(body, f"text/html; charset={label}") == (WORDS, "gb18030")


@given(st.binary(max_size=400), st.text(max_size=60))
def test_decoding_never_raises(body, content_type):
    text, name = decode(body, content_type)
    assert isinstance(text, str)
    assert name


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=200))
def test_utf_8_always_comes_back_as_it_was(text):
    assert decode(text.encode(), "text/html; charset=gbk") == (text, "utf-8")


@pytest.mark.parametrize("unit", [b"\xff", b"<meta ", b"\xb1", b"<meta charset=\xff"])
@pytest.mark.timeout(60)
def test_hostile_bytes_still_become_text_of_a_codec_that_exists(unit):
    body = unit * (2_000_000 // len(unit))
    text, codec = decode(body, "text/html; charset=utf-8")
    assert codecs.lookup(codec)
    assert text
    assert len(text) <= len(body)
