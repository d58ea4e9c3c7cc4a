"""QR codes in strangers' pictures, and what their contents are taken for."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crawler.join_codes import LONGEST_KEY, Told, covers, table, told_by
from crawler.qr_codes import MOST_PIXELS, Unreadable, qr_contents
from sampleweb.pictures import CODES, qr_png

PAGE = "https://m.weibo.cn/detail/4900000000000101"
JOIN = "https://u.wechat.com/kSampleCode0001"


def drawn(content: str, scale: int = 4) -> Image.Image:
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=scale))


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **more)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_code_is_read_in_every_kind_of_picture(kind):
    assert qr_contents(saved(drawn(JOIN), kind)) == (JOIN,)


@pytest.mark.parametrize("degrees", [0, 90, 180, 17])
def test_a_code_is_read_however_it_lies(degrees):
    turned = drawn(JOIN, 6).rotate(degrees, expand=True, fillcolor=255)
    assert qr_contents(saved(turned)) == (JOIN,)


def test_a_code_drawn_on_nothing_is_read():
    code = drawn(JOIN)
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda shade: 255 - shade))
    assert qr_contents(saved(clear)) == (JOIN,)


def test_several_codes_of_a_poster_are_read_once_each():
    poster = Image.new("L", (900, 400), 255)
    for place, content in enumerate((JOIN, "http://dealer.example/", JOIN)):
        poster.paste(drawn(content), (place * 300 + 20, 40))
    assert sorted(qr_contents(saved(poster))) == sorted({JOIN, "http://dealer.example/"})


def test_a_picture_without_a_code_has_none():
    assert qr_contents(saved(Image.new("RGB", (300, 300), "white"))) == ()
    assert qr_contents(saved(Image.new("RGB", (1, 1), "white"))) == ()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def claimed(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_001, 8_000, 60_000])
def test_a_bomb_is_not_opened(side):
    assert side * side > MOST_PIXELS
    with pytest.raises(Unreadable, match="bomb"):
        qr_contents(claimed(side, side))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_picture"),
        (b"<html>403</html>", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
        (qr_png(JOIN)[:400], "broken_picture"),
        (claimed(300, 300), "broken_picture"),
    ],
)
def test_what_cannot_be_looked_at_says_why(data, reason):
    with pytest.raises(Unreadable) as told:
        qr_contents(data)
    assert told.value.reason == reason


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_damaged_picture_gives_an_answer_or_a_reason_and_nothing_else(data):
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]))
    whole = bytearray(saved(drawn(JOIN, 2), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    with contextlib.suppress(Unreadable):
        assert isinstance(qr_contents(bytes(whole[:cut])), tuple)


NOBODYS = [
    "https://qm.qq.com/",
    "https://qm.qq.com/cgi-bin/qm/qr",
    "https://qm.qq.com/cgi-bin/qm/qr?k=&authKey=zz",
    "https://u.wechat.com/",
    "https://u.wechat.com",
    "u.wechat.com",
    "https://weixin.qq.com/r/",
    "https://work.weixin.qq.com/ca/",
    "https://work.weixin.qq.com",
    "https://wpa.qq.com/msgrd?v=3",
    "weixin://",
    "WEIXIN:",
]


@pytest.mark.parametrize("content", NOBODYS)
def test_the_way_to_an_app_without_an_id_joins_nobody(content):
    assert told_by(content, PAGE) == Told("contact", "")


@pytest.mark.parametrize(
    "spellings",
    [
        ["weixin://dl/chat?Ab", "WEIXIN://dl/chat?Ab", "Weixin://dl/chat?Ab"],
        [
            "http://weixin.qq.com/r/AbC",
            "https://WeiXin.qq.com./r/AbC",
            "weixin.qq.com/r/AbC",
            "//weixin.qq.com/r/AbC",
            "http://weixin.qq.com:80/r/AbC/",
        ],
    ],
)
def test_one_code_has_one_key_however_it_is_spelled(spellings):
    told = {told_by(one, PAGE) for one in spellings}
    assert len(told) == 1
    assert told.pop().key


def test_letters_behind_the_host_tell_one_code_from_another():
    assert told_by("weixin://dl/Ab", PAGE) != told_by("weixin://dl/AB", PAGE)


@pytest.mark.parametrize(
    ("named", "host", "yes"),
    [
        (".chat.example", "chat.example", True),
        (".chat.example", "a.b.chat.example", True),
        (".chat.example", "mychat.example", False),
        ("chat.example", "chat.example", True),
        ("chat.example", "a.chat.example", False),
    ],
)
def test_a_name_with_a_dot_in_front_covers_all_below_it(named, host, yes):
    assert covers(named, host) is yes


@pytest.mark.parametrize("page", ["", "about:blank", "http://["])
def test_a_page_without_a_proper_address_breaks_nothing(page):
    assert told_by("http://dealer.example/a", page).key == "http://dealer.example/a"


@pytest.mark.parametrize(
    ("content", "kind", "key"),
    [
        ("weixin://contacts/profile/sample", "contact", "weixin://contacts/profile/sample"),
        ("http://weixin.qq.com/r/AbC123?x=1", "contact", "weixin.qq.com/r/AbC123"),
        ("HTTP://WEIXIN.QQ.COM/r/AbC123", "contact", "weixin.qq.com/r/AbC123"),
        ("https://u.wechat.com/kAb?s=2", "contact", "u.wechat.com/kAb"),
        ("https://work.weixin.qq.com/ca/cawc1", "contact", "work.weixin.qq.com/ca/cawc1"),
        (
            "https://qm.qq.com/cgi-bin/qm/qr?_wv=1027&k=Ab1&authKey=zz",
            "contact",
            "qm.qq.com/cgi-bin/qm/qr?k=Ab1",
        ),
        ("https://qm.qq.com/q/AbCd", "contact", "qm.qq.com/q/AbCd"),
        ("wxp://f2f0sample", "contact", "wxp://f2f0sample"),
        ("https://dealer.example/a?utm_source=x", "url", "https://dealer.example/a"),
        ("dealer.example/baoming", "url", "http://dealer.example/baoming"),
        ("https://v.douyin.com/AbCdEf/", "url", "https://v.douyin.com/AbCdEf"),
        ("https://www.douyin.com/", "url", ""),  # nobody's
        (PAGE, "url", ""),  # back to the page itself
        ("https://m.weibo.cn/feature/applink", "url", ""),
        ("https://weibo.com/u/5000000001", "url", "https://weibo.com/u/5000000001"),
        ("加微信 sample_wx_101", "text", "加微信sample_wx_101"),
        ("好", "text", ""),
        ("http://[broken", "text", "http://[broken"),
        ("javascript:alert(1)", "text", "javascript:alert(1)"),
    ],
)
def test_a_content_is_taken_for_what_it_is(content, kind, key):
    told = told_by(content, PAGE)
    assert (told.kind, told.key) == (kind, key)
    assert (not told.url) or kind == "url"


@settings(deadline=None)
@given(
    st.text(max_size=400)
    | st.sampled_from(["http://", "weixin://", "//", "https://u.wechat.com/"]).flatmap(
        lambda head: st.text(max_size=300).map(head.__add__)
    )
)
def test_anything_can_be_written_into_a_code(content):
    told = told_by(content, PAGE)
    assert len(told.key) <= LONGEST_KEY
    assert told.kind in {"url", "contact", "text"}


def test_the_table_says_when_it_was_true():
    assert table()["version"] >= 1
    assert table()["as_of"]


@pytest.mark.parametrize("name", sorted(CODES))
def test_the_samples_own_pictures_say_what_they_should(name):
    assert qr_contents(qr_png(CODES[name])) == tuple(filter(None, [CODES[name]]))


@pytest.mark.parametrize(
    "said",
    [
        "http://wpa.qq.com/pa?p=2:1:52",
        "https://qun.qq.com/join.html",
        "https://qr.alipay.com/_d?_b=peerpay",
        "weixin://dl/scan",
        "weixin://scanqrcode",
    ],
)
def test_the_way_into_an_app_is_nobody_s_key(said):
    assert told_by(said, "http://a.example/").key == ""


def test_two_groups_of_one_app_have_two_keys():
    group = "https://qr.dingtalk.com/action/joingroup?code=v1,k1,{}&_dt_no_comment=1"
    first, second = (told_by(group.format(one), "http://a.example/") for one in ("AAA", "BBB"))
    assert first.key
    assert first.key != second.key
