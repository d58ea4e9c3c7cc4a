"""What a page says about itself: contacts, filing number, date, organisation, counts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.fields import contacts, icp, organisation, parse_count, published

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in China
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "words",
    [
        "电话13800000000",
        "电话：138-0000-0000",
        "手机 138 0000 0000 李老师",
        "１３８０００００００0",
        "①③⑧⓪⓪⓪⓪⓪⓪⓪⓪",
        "幺三八零零零零零零零零",
        "一三八 零零零零 〇〇〇〇",
        "壹叁捌零零零零零零零零",
        "𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟎",
        "1★3★8★0000★0000",
        "+86 138 0000 0000",
        "8613800000000",
        "(138)0000-0000",
        "13800000000（王老师）",
    ],
)
def test_a_mobile_number_is_found_in_every_disguise(words):
    assert contacts(f"咨询{words}。").phones == ("13800000000",)


@pytest.mark.parametrize(
    ("words", "phone"),
    [
        ("0371-12345678", "0371-12345678"),
        ("（0371）12345678", "0371-12345678"),
        ("电话：037112345678", "0371-12345678"),
        ("010 12345678", "010-12345678"),
        ("400-000-0000", "400-000-0000"),
        ("4000000000", "400-000-0000"),
        ("８００－０００－００００", "800-000-0000"),
    ],
)
def test_fixed_lines_and_service_numbers_are_found(words, phone):
    assert contacts(f"咨询 {words} 转").phones == (phone,)


@pytest.mark.parametrize(
    "words",
    [
        "豫ICP备2022000001号-1",
        "豫公网安备 41010502000001号",
        "2026-03-01 12:30:45",
        "2026年3月1日至2026年4月1日",
        "学费 1380元、2980元，共13800元",
        "身份证号：410105199001011234",
        "41010519900101138X",
        "统一社会信用代码 91410100MA00000000",
        "证书编号：13800000000",
        "订单号 13800000000",
        "流水20260301138000000001",
        "第一二三四五六七八九十章",
        "12000000000",
        "ISBN 9787000000000",
        "138xxxx0000",
        "4000000000元",
    ],
)
def test_other_numbers_are_no_phones(words):
    assert contacts(words).phones == ()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("微信：sample_wx_001", "sample_wx_001"),
        ("咨询或威 sample_wx_001", "sample_wx_001"),
        ("加微sample_wx_001", "sample_wx_001"),
        ("薇信号 sample_wx_001", "sample_wx_001"),
        ("V信:sample_wx_001", "sample_wx_001"),
        ("vx：sample_wx_001", "sample_wx_001"),
        ("WX sample_wx_001", "sample_wx_001"),
        ("+V：sample_wx_001", "sample_wx_001"),
        ("💬sample_wx_001", "sample_wx_001"),
        ("微信号\nsample_wx_001", "sample_wx_001"),
        ("ｖｘ：ｓａｍｐｌｅ＿ｗｘ＿００１", "sample_wx_001"),
        ("公众微信号：hengxinschool", "hengxinschool"),
        ("微信：13800000000", "13800000000"),
        ("13800000000（微信同号）", "13800000000"),
        ("电话微信：13800000000", "13800000000"),
    ],
)
def test_wechat_ids_are_found_by_their_label(words, wanted):
    assert contacts(words).wechat == (wanted,)


@pytest.mark.parametrize(
    "words",
    [
        "微信 weixin.qq.com 扫码",
        "请用WeChat Official Account登录",
        "关注微信 Official 账号",
        "vxworks_001系统",
        "发到 wx@school.example",
        "微信扫一扫",
    ],
)
def test_other_words_are_no_wechat_ids(words):
    assert contacts(words).wechat == ()


@pytest.mark.parametrize(
    "words",
    ["QQ：10000000", "QQ 10000000", "加Q10000000", "扣扣1000 0000", "企鹅号：10000000",
     "🐧10000000",
     "QQ群 １００００000", "咨询QQ：一零零零零零零零"],
)  # fmt: skip
def test_qq_numbers_are_found_by_their_label(words):
    found = contacts(words)
    assert found.qq == ("10000000",)
    assert found.phones == ()


@pytest.mark.parametrize(
    "words", ["FAQ 10000000", "QQ音乐", "QQ：1234", "IQ100000", "QQ：13800000000元"]
)
def test_other_numbers_are_no_qq(words):
    assert contacts(words).qq == ()


def test_each_contact_is_told_once_in_the_order_of_the_page():
    found = contacts(
        "热线400-000-0000，手机13800000001，又138-0000-0001，微信sample_wx_001 vx sample_wx_001"
    )
    assert found.phones == ("400-000-0000", "13800000001")
    assert found.wechat == ("sample_wx_001",)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("© 2026 豫ICP备2022000001号-1", "豫ICP备2022000001号-1"),
        ("豫 ICP 备 2022000001 号 - 1", "豫ICP备2022000001号-1"),
        ("豫icp备2022000001号", "豫ICP备2022000001号"),
        ("豫ＩＣＰ备２０２２０００００１号－２", "豫ICP备2022000001号-2"),
        ("备案号：豫ICP备12000001号", "豫ICP备12000001号"),
        ("京ICP证000001号 京ICP备00000002号-3", "京ICP备00000002号-3"),
        ("京ICP证000001号", "京ICP证000001号"),
        ("豫公网安备 41010502000001号", ""),
        ("ICP备案须知", ""),
        ("", ""),
    ],
)
def test_the_filing_number_is_read_in_one_spelling(words, wanted):
    assert icp(words) == wanted


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("html", "moment", "raw"),
    [
        ('<script>{"datePublished": "2026-03-01T12:30:00+08:00"}', china(2026, 3, 1, 12, 30),
         "2026-03-01T12:30:00+08:00"),
        ('<meta property="article:published_time" content="2026-03-01T04:30:00Z">',
         china(2026, 3, 1, 12, 30), "2026-03-01T04:30:00Z"),
        ('<meta name="PubDate" content="2026-03-01 12:30">', china(2026, 3, 1, 12, 30),
         "2026-03-01 12:30"),
        ('<meta content="2026-03-01 12:30" name="pubdate">', china(2026, 3, 1, 12, 30),
         "2026-03-01 12:30"),
        ("<time datetime=2026-03-01>三月</time>", china(2026, 3, 1), "2026-03-01"),
        ("发布时间：2026-03-01 12:30 来源：本站", china(2026, 3, 1, 12, 30), "2026-03-01 12:30"),
        ("<p>标题</p><p>2026年3月1日</p><p>正文</p>", china(2026, 3, 1), "2026年3月1日"),
        ("日期:2026/3/1 浏览:30", china(2026, 3, 1), "2026/3/1"),
        ("发布于 3小时前", china(2026, 11, 23, 7), "3小时前"),
        ("发布于 半小时前", china(2026, 11, 23, 9, 30), "半小时前"),
        ("发表于 昨天 08:30", china(2026, 11, 22, 8, 30), "昨天 08:30"),
        ("发布于 前天", china(2026, 11, 21), "前天"),
        ("发布于 刚刚", china(2026, 11, 23, 10), "刚刚"),
        ("发布时间 06-14", china(2026, 6, 14), "06-14"),
        ("发布时间 12-14 09:05", china(2025, 12, 14, 9, 5), "12-14 09:05"),
        ("编辑于 6月14日", china(2026, 6, 14), "6月14日"),
        ("<h1>题</h1><p>作者：小陈 2026.10.27</p>", china(2026, 10, 27), "2026.10.27"),
    ],
)  # fmt: skip
def test_the_date_of_publication_is_read(html, moment, raw):
    found = published(html, extract(html, "http://school.example/a").text, NOW)
    assert found == (moment, raw)
    assert found[0] is not None
    assert found[0].utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("发布时间：2026-02-30", "2026-02-30"),
        ("发布时间：2029-01-01", "2029-01-01"),
        ("发布时间：1970-01-01", "1970-01-01"),
        ("发布时间：13-40", "13-40"),
    ],
)
def test_a_date_that_cannot_be_is_kept_as_words_only(text, raw):
    assert published("", text, NOW) == (None, raw)


@pytest.mark.parametrize(
    "text",
    [
        "考试时间：2026年3月1日",
        "报名截止日期：2026-03-01",
        "2026年3月1日开班，欢迎报名",
        "工作时间：8:30-17:30",
        "一、二、三",
        "电话 0371-12345678",
        "\n".join(f"新闻{day} 2026-03-{day:02d}" for day in range(1, 10)),
    ],
)
def test_dates_of_other_things_are_not_the_pages(text):
    assert published("", text, NOW) == (None, "")


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<title>课程</title><p>© 2026 恒信教育科技有限公司 版权所有</p>", "恒信教育科技有限公司"),
        (
            "<p>版权所有：临禾市恒信职业技能培训学校　豫ICP备00000000号</p>",
            "临禾市恒信职业技能培训学校",
        ),
        ("<p>主办单位：中州职考服务中心</p>", "中州职考服务中心"),
        ('<meta property="og:site_name" content="恒信"><p>正文', "恒信"),
        (
            '<script>{"@type":"Organization","name":"恒信 &amp; 学校"}</script>',
            "恒信 & 学校",
        ),
        ("<p>正文</p><p>临禾瑞丰机械配件有限公司　工业路18号</p>", "临禾瑞丰机械配件有限公司"),
        ("<title>电工课程 - 恒信职业培训学校</title>", "恒信职业培训学校"),
        ("<title>恒信学校_首页</title>", "恒信学校"),
        ("<title>电工课程_恒信网</title>", "恒信网"),
        ("<title>电工课程</title><p>搜公司 找工作</p>", ""),
    ],
)
def test_the_organisation_is_named_as_the_page_names_it(html, name):
    seen = extract(html, "http://school.example/")
    assert organisation(seen, html) == name


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        ("1.5万", 15_000), ("100万+", 1_000_000), ("2.3亿", 230_000_000), ("1,234", 1_234),
        ("12w", 120_000), ("3k", 3_000), ("0", 0), (" 88 ", 88), ("１２３", 123),
        ("1.1万次", 11_000),
        ("", None), ("赞", None), ("-1", None), ("1.5.2", None), ("9" * 60, None),
    ],
)  # fmt: skip
def test_counts_are_read_as_platforms_show_them(shown, count):
    assert parse_count(shown) == count


@given(st.integers(0, 10**12))
def test_a_plain_number_is_its_own_count(number):
    assert parse_count(str(number)) == parse_count(f"{number:,}") == number


@given(st.text(max_size=200))
def test_no_text_makes_the_readers_fail(text):
    contacts(text)
    icp(text)
    parse_count(text)
    moment, raw = published(text, text, NOW)
    assert moment is None or raw
    organisation(extract(text, "http://school.example/"), text)


@given(st.text("一三八0①-  ", max_size=30), st.text("一三八0①-  ", max_size=30))
def test_every_phone_is_digits_and_dashes(before, after):
    for phone in contacts(f"{before}13800000000{after}").phones:
        assert phone.replace("-", "").isdigit()
        assert len(phone) <= 13


@pytest.mark.parametrize(
    "unit", ["1 ", "微信", "一", "138-", "微 信", "QQ ", "(", "©公司", "2026-"]
)
@pytest.mark.timeout(60)
def test_a_flood_before_them_hides_neither_phone_nor_filing_number(unit):
    text = unit * (200_000 // len(unit)) + "\n电话：13800000000\n京ICP备00000000号\n"
    assert "13800000000" in contacts(text).phones
    assert icp(text) == "京ICP备00000000号"
    moment, raw = published(text, text, NOW)
    assert moment is None or raw
