"""What a page says: visible text, links, states."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import extract, needs_browser, page_state
from storage.records import PageState

URL = "http://school.example/news/a.html"
PROSE = (
    "本校面向城乡劳动者开展职业技能培训，课程按照国家职业标准设置，学员考核合格后由评价机构发证。"
)


def text(html: str) -> str:
    return extract(html, URL).text


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("包<b>过</b>", "包过"),
        ("包<font></font>过", "包过"),
        ("包<!-- 不 -->过", "包过"),
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("<div>一<span> 二 </span>三</div>", "一 二 三"),
        ("<ul><li>一<li>二</ul>", "一\n二"),
        ("<table><tr><th>工种<th>学费<tr><td> 电工 <td>免费</table>", "工种\t学费\n电工\t免费"),
        ("&lt;保过&gt;&nbsp;&amp;amp;&#21253;&#x8fc7;", "<保过> &amp;包过"),
        ('电<img src="a.png" alt="工">证', "电工证"),
        ('<img alt="a>b&quot;c" src=x>后', 'a>b"c后'),
        ("<p>职业\n   资格\n证书</p>", "职业资格证书"),
        ("<p>two\n words</p>", "two words"),
        ("<pre>一行\n二行</pre>", "一行\n二行"),
        ("<p>前<script>var 包过 = '</p>';</script>后</p>", "前后"),
        ("<style>.a{content:'包过'}</style>后", "后"),
        ("<noscript>请启用</noscript><template><p>模板</p></template>后", "后"),
        ("<svg><text>图</text></svg><iframe src=a.html>内</iframe>后", "后"),
        ("<p hidden>藏</p>后", "后"),
        ("<p style='color:red; Display : NONE'>藏</p>后", "后"),
        ("<p style='display:none'>藏<b hidden>更藏</b></p>后", "后"),
        ("<input type=hidden value=藏><input type=submit value=立即报名>", "立即报名"),
        ("<i aria-hidden=true>仍见</i>", "仍见"),
        ("<p style='background:none'>仍见</p>", "仍见"),
        ("<nav><a href=/>首页</a><a href=/b>课程</a></nav>正文", "正文"),
        ("<div class=breadcrumb>当前位置：<a href=/>首页</a></div>正文", "正文"),
        ("<a title='x>y' data-x=\"<p>\" href=b>甲</a>乙", "甲乙"),
        ('<p x"y=1>甲</p><p =z>乙', "甲\n乙"),
        ("<xmp><b>甲</b></xmp>乙", "<b>甲</b>乙"),
        ("甲 < 乙 > 丙", "甲 < 乙 > 丙"),
        ("　　段首　空格", "段首 空格"),
        ("<select><option>一<option>二</select>", "一\n二"),
        ("", ""),
    ],
)
def test_visible_text_is_what_a_reader_sees(html, wanted):
    assert text(html) == wanted


def test_prose_put_into_a_menu_is_not_lost():
    assert PROSE in text(f"<nav>{PROSE}{PROSE}</nav>后")
    assert PROSE in text(f"<div class=crumb><a href=/>{PROSE}{PROSE}</a></div>后")


def test_a_page_nested_without_end_still_tells_its_text_and_links():
    html = "<div>" * 50_000 + f"<p>{PROSE}</p><a href=b>乙</a>"
    seen = extract(html, URL)
    assert seen.text.startswith(PROSE)
    assert seen.links == ("http://school.example/news/b",)


def test_a_long_page_that_is_not_deep_keeps_its_structure():
    html = "<div hidden>藏</div><p>段</p>" * 6_000
    assert extract(html, URL).text == "\n".join(["段"] * 6_000)


def test_elements_hidden_within_hidden_ones_are_cut_out_safely():
    deep = "<div hidden style='display:none'>" * 200 + "藏" + "</div>" * 200
    assert text(deep * 5 + "后") == "后"


def test_the_wechat_body_is_seen_although_its_script_has_not_shown_it():
    assert text("<div id=js_content style='visibility: hidden'>文章</div>") == "文章"


HEAD = """<html lang="zh-CN"><head><title> 恒信
 学校 </title><meta name="Description" content=" 说明 "><meta name=generator content="DemoCMS 1">
<meta property="og:site_name" content="恒信"><link rel=canonical href="/c.html"></head>"""


def test_the_head_of_a_page_is_read():
    seen = extract(HEAD + "<body><h1>别题</h1><form></form><script></script><script></script>", URL)
    assert seen.title == "恒信 学校"
    assert seen.description == "说明"
    assert seen.generator == "DemoCMS 1"
    assert seen.site_name == "恒信"
    assert seen.canonical == "http://school.example/c.html"
    assert seen.lang == "zh-CN"
    assert (seen.forms, seen.scripts) == (1, 2)
    assert seen.visible == 2


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>甲</title><h1>乙</h1>", "甲"),
        ("<title> </title><h1>乙<b>丙</b></h1>", "乙丙"),
        ("<meta property=og:title content=丁>", "丁"),
        ("<p>无题", ""),
    ],
)
def test_the_title_falls_back_to_heading_and_share_title(html, title):
    assert extract(html, URL).title == title


def test_links_are_absolute_in_order_and_without_repeats():
    html = """<a href="b.html">一</a><a href="/c">二</a><a href="b.html">再</a><a name=x>无</a>
    <a href="javascript:;">无</a><a href="#top">无</a><map><area href="//d.example/"></map>
    <p hidden><a href="e.html">藏</a></p><iframe src="f.html"></iframe>"""
    assert extract(html, URL).links == (
        "http://school.example/news/b.html",
        "http://school.example/c",
        "http://d.example/",
        "http://school.example/news/e.html",
        "http://school.example/news/f.html",
    )


def test_the_first_base_counts_even_behind_links():
    html = "<head><base href='/x/'><base href='/y/'></head><a href=b>一</a>"
    assert extract(html, URL).links == ("http://school.example/x/b",)


def test_framesets_and_meta_refresh_lead_on():
    assert extract("<frameset><frame src=m.html></frameset>", URL).links == (
        "http://school.example/news/m.html",
    )
    seen = extract('<meta http-equiv=Refresh content="0; URL=/index.html">', URL)
    assert seen.links == (seen.refresh,) == ("http://school.example/index.html",)


def test_lazy_images_are_found_by_their_real_address():
    html = '<img src="blank.gif" data-src="/a.png"><img src="b.png"><img>'
    assert extract(html, URL).images == (
        "http://school.example/a.png",
        "http://school.example/news/b.png",
    )


def test_main_is_the_prose_without_what_stands_around_it():
    menu = "".join(f"<li>栏目{number}</li>" for number in range(10))
    seen = extract(f"<ul>{menu}</ul><h1>短题</h1><p>{PROSE}</p><p>{PROSE}</p><ul>{menu}</ul>", URL)
    assert seen.main == f"{PROSE}\n{PROSE}"
    assert "栏目3" in seen.text


def test_main_falls_back_to_the_text_of_a_page_without_prose():
    seen = extract("<p>一</p><p>二</p>", URL)
    assert seen.main == seen.text == "一\n二"


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_extract_never_raises(html):
    seen = extract(html, URL)
    assert needs_browser(seen, html) in {True, False}
    page_state(200, URL, seen, html)


TAGS = st.sampled_from(
    ["<b>", "</b>", "<p>", "</p>", "<nav>", "</nav>", "<p hidden>", "<!--", "-->", "<td>", "<xmp>",
     "<table>", "<svg>", "</svg>", "<a href=x>", "<script>", "</script>", "词", "<textarea>",
     "<pre>"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=40).map("".join))
@settings(max_examples=200)
def test_any_nesting_of_tags_is_survived_and_no_line_is_empty(html):
    seen = extract(html, URL)
    assert all(line.strip() for line in seen.text.split("\n")) or seen.text == ""


@pytest.mark.parametrize(
    "unit",
    ["<meta ", "<div style='display:none'>", "<!--", "<a href=x", "<p>", "&", "<input type=",
     "<nav>",
     "<div id=app ", "<time ", "<div>", "<ul><li>", "<i></p>", "<b><div>", "<div></x>", "<!a<div "],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_a_hostile_page_of_any_length_is_read_to_its_end(unit):
    html = unit * (300_000 // len(unit)) + "</div><!-- --><p>末尾的话</p>"
    seen = extract(html, URL)
    state, reason = page_state(200, URL, seen, html)
    assert state in PageState
    assert (reason == "") == (state is PageState.ALIVE)
    assert seen.visible == sum(not sign.isspace() for sign in seen.text)
    assert all(link.startswith("http://") for link in seen.links)


SHELLS = [
    "<html><head><script src=/app.js></script></head><body><div id=app></div></body></html>",
    '<body><div id="root"><!-- --></div><script src=a.js></script></body>',
    "<body><div id=__next><p>加载中</p></div><script>1</script></body>",
    "<noscript>You need to enable JavaScript to run this app.</noscript><p><script>1</script>",
    "<body>请启用JavaScript后继续<script>1</script>",
    "<script>window.location.href='/x?t='+Date.now()</script>",
    "<body>页面加载中…<script>1</script>",
]


@pytest.mark.parametrize("html", SHELLS)
def test_an_empty_script_shell_wants_a_browser(html):
    seen = extract(html, URL)
    assert needs_browser(seen, html)
    assert page_state(200, URL, seen, html) == (PageState.BLOCKED, "shell")


@pytest.mark.parametrize(
    "html",
    [
        "<p>网站建设中，敬请期待。</p><script src=//tongji.example/h.js></script>",
        f"<div id=app><p>{PROSE * 10}</p></div><script src=a.js></script>",
        "<p>短</p>",
        f"<p>{PROSE * 10}</p><noscript>请启用JavaScript</noscript><script>1</script>",
        "<a href=main.html><img src=enter.jpg></a><script>1</script>",
        "<div id=apply>报名请到前台</div><script>1</script>",
    ],
)
def test_a_merely_short_page_wants_none(html):
    seen = extract(html, URL)
    assert not needs_browser(seen, html)
    assert page_state(200, URL, seen, html)[0] is PageState.ALIVE


def state(html: str, status: int = 200, **more: str) -> tuple[PageState, str]:
    return page_state(status, more.pop("final_url", URL), extract(html, URL), html, **more)


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (404, (PageState.REMOVED, "http_404")),
        (410, (PageState.REMOVED, "http_410")),
        (401, (PageState.BLOCKED, "login")),
        (403, (PageState.BLOCKED, "http_403")),
        *((code, (PageState.BLOCKED, "rate_limit")) for code in (429, 412, 418, 432, 461, 471)),
        (451, (PageState.AMBIGUOUS, "http_451")),
        (400, (PageState.ERROR, "http_400")),
        (500, (PageState.ERROR, "http_500")),
        (503, (PageState.ERROR, "http_503")),
        (302, (PageState.ERROR, "http_302")),
    ],
)
def test_a_status_says_what_it_says(status, wanted):
    assert state(f"<p>{PROSE}</p>", status) == wanted


CAPTCHA = (
    "<title>安全验证</title><h2>访问过于频繁</h2><p>请完成下方验证后继续访问</p>"
    "<form><input name=captcha></form>"
)
LOGIN = "<title>登录</title><p>请先登录后查看</p><form><input type=password></form>"


@pytest.mark.parametrize(
    ("html", "status", "wanted"),
    [
        (CAPTCHA, 200, "captcha"),
        (CAPTCHA, 403, "captcha"),
        (CAPTCHA, 503, "captcha"),
        (LOGIN, 200, "login"),
        (LOGIN, 403, "login"),
        ("<p>您的操作过于频繁，请稍后再试</p>", 200, "rate_limit"),
        ("<title>Just a moment...</title><p>Checking your browser", 200, "captcha"),
    ],
)
def test_walls_are_blocked_whatever_their_status(html, status, wanted):
    assert state(html, status) == (PageState.BLOCKED, wanted)


@pytest.mark.parametrize(
    "html",
    [
        f"<title>什么是滑块验证</title><p>打开网页时常要求输入验证码。</p><p>{PROSE * 5}</p>",
        f"<title>文章已被删除怎么办</title><p>{PROSE * 4}</p><p>页面不存在时先清缓存。</p>",
        f"<p>{PROSE * 20}</p><p>请先登录后评论</p><form><input type=password></form>",
        f"<a href=/login>请登录</a><p>{PROSE * 20}</p>",
    ],
)
def test_an_article_about_walls_or_removals_is_alive(html):
    assert state(html) == (PageState.ALIVE, "")


@pytest.mark.parametrize(
    "html",
    [
        "<title>404 Not Found</title><p>nginx",
        "<p>抱歉，您访问的页面不存在</p><a href=/>返回首页</a>",
        "<h1>该内容已被发布者删除</h1>",
    ],
)
def test_a_removal_told_with_status_200_is_a_removal(html):
    assert state(html) == (PageState.REMOVED, "notice")


def test_a_notice_beside_scripts_is_no_empty_shell():
    html = "<h1>该内容已被发布者删除</h1><script>if (top != self) location.href = '/'</script>"
    assert not needs_browser(extract(html, URL), html)
    assert state(html) == (PageState.REMOVED, "notice")


@pytest.mark.parametrize("words", ["该内容暂时无法查看", "链接已过期", "您没有查看权限"])
def test_a_notice_with_several_possible_causes_is_ambiguous(words):
    assert state(f"<p>{words}</p>") == (PageState.AMBIGUOUS, "unavailable")


def test_words_in_scripts_are_no_verdict():
    html = f"<script>var t='该内容已被发布者删除，请输入验证码';</script><p>{PROSE}</p>"
    assert state(html) == (PageState.ALIVE, "")


def test_a_deep_page_that_became_the_front_page_is_swapped():
    home = "http://school.example/"
    assert state(f"<p>{PROSE}", final_url=home, asked=URL) == (PageState.SWAPPED, "home_page")
    assert state(f"<p>{PROSE}", final_url=home, asked=home)[0] is PageState.ALIVE
    for door in ("index.html", "zh/", "home"):
        assert state(f"<p>{PROSE}", final_url=home, asked=home + door)[0] is PageState.ALIVE
    assert state(f"<p>{PROSE}", final_url=home, asked=home + "?id=3")[0] is PageState.SWAPPED
    assert state('<meta http-equiv=refresh content="0;url=/">')[0] is PageState.SWAPPED


def test_a_lone_picture_wants_a_person_and_one_that_leads_on_does_not():
    assert state("<img src=poster.jpg>") == (PageState.AMBIGUOUS, "no_text")
    assert state("<a href=main.html><img src=enter.jpg></a>")[0] is PageState.ALIVE
