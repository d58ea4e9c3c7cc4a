"""Removed pages of the open web that are long all the same, and pages that only look like them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.extract import extract
from crawler.hollow import hollow_notice, table
from crawler.states import page_state
from door.sources import all_sources
from storage.records import Page, PageState

OPEN_WEB = all_sources()["institution"]()
LINKS = "".join(
    f'<a href="/p{n}">推荐阅读第{n}篇，这里是一条相当长的推荐标题</a>' for n in range(60)
)
FOOTER = "<footer>关于我们 联系我们 隐私政策 京ICP备00000000号 违法举报电话 版权所有</footer>"
PROSE = "今年的技能竞赛在市职业学校举行，来自各县区的选手参加了焊工、电工和养老护理三个项目。" * 8


def page_of(html: str, url: str, title: str = "") -> Page:
    body = f"<html><head><title>{title}</title></head><body>{html}</body></html>".encode()
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers=(),
        body=body,
        fetched_at=datetime(2026, 11, 23, 4, tzinfo=UTC),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def read(html: str, url: str = "http://news.example/a/1.html", title: str = ""):
    return OPEN_WEB.read(page_of(html, url, title))


@pytest.mark.parametrize(
    ("notice", "url"),
    [
        ("您访问的页面不存在", "http://news.example/a/1.html"),
        ("抱歉，你找的页面不见啦", "https://baijiahao.baidu.com/s?id=1"),
        ("这里空空如也", "https://baijiahao.baidu.com/s?id=1"),
        ("404,您访问的页面已经不存在!", "https://www.sohu.com/a/1_2"),
        ("该文章已不存在", "https://k.sina.cn/article_1_2.html"),
        ("该内容无法查看", "https://www.163.com/dy/article/A.html"),
        ("内容可能已删除", "https://www.ixigua.com/1"),
        ("抱歉，您访问的视频不存在", "https://haokan.baidu.com/v?vid=1"),
        ("这篇文章\u200b已被作者删除".replace("这篇", "该"), "http://news.example/a/1.html"),
    ],
)
@pytest.mark.parametrize("rest", ["", LINKS, LINKS + FOOTER, FOOTER])
def test_a_notice_is_seen_whatever_stands_around_it(notice, url, rest):
    seen = read(f'<div class="tip"><p>{notice}</p></div>{rest}', url)
    assert (seen.state, seen.posts) == (PageState.REMOVED, ())


@pytest.mark.parametrize("title", ["404", "页面不存在 - 某某网", "某某网 - 404"])
def test_a_title_alone_tells_it_where_no_text_stands(title):
    assert read(LINKS, title=title).state is PageState.REMOVED


def test_a_notice_that_a_browser_has_put_into_a_shell_is_seen_too():
    html = "<html><body><div id=app><p>这里空空如也，换个页面看看吧</p></div><script>1</script>"
    shell = read("<div id=app></div><script>1</script>", "https://baijiahao.baidu.com/s?id=1")
    assert shell.wants_browser
    page = replace(page_of("<div id=app></div>", "https://baijiahao.baidu.com/s?id=1"), dom=html)
    assert OPEN_WEB.read(page).state is PageState.REMOVED


def test_what_is_only_not_to_be_found_just_now_is_not_removed():
    seen = read(f"<p>文章暂时找不到了</p>{LINKS}", "https://baijiahao.baidu.com/s?id=1")
    assert seen.state is PageState.AMBIGUOUS


@pytest.mark.parametrize(
    ("html", "title", "url"),
    [
        (f"<p>{PROSE}</p>{LINKS}", "平台称该文章已被删除", "http://news.example/a/1.html"),
        (f"<p>您访问的页面不存在怎么办？{PROSE}</p>{LINKS}", "", "http://news.example/a/1.html"),
        (f"<p>{PROSE}</p><div>评论：这里空空如也</div>", "", "https://baijiahao.baidu.com/s?id=1"),
        (LINKS, "某某职业学校", "http://school.example/"),
        ("<p>这里空空如也</p>" + LINKS, "", "http://school.example/list.html"),
        (f"<ul><li>{PROSE}</li></ul><p>{PROSE}</p>", "404 车间的故事", "http://x.example/a/1"),
    ],
)
def test_a_page_with_something_to_tell_is_alive(html, title, url):
    assert read(html, url, title).state is PageState.ALIVE


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("当前网络环境存在异常，请完成验证", "captcha"),
        ("手机号登录 我已阅读并同意用户协议", "login"),
        ("403 Forbidden", "http_403"),
        ("请求被拦截", "http_403"),
    ],
)
def test_a_footer_does_not_make_a_wall_a_page(words, reason):
    seen = read(f"<div>{words}</div>{FOOTER * 6}")
    assert (seen.state, seen.reason) == (PageState.BLOCKED, reason)


def test_the_classifieds_reader_sees_it_too():
    reader = all_sources()["classifieds"]()
    page = page_of(f"<p>您访问的页面不存在</p>{LINKS}", "https://zz.58.com/zhiyepeix/5x.shtml")
    assert reader.read(page).state is not PageState.ALIVE


def test_a_page_without_the_words_is_not_parsed_a_second_time():
    seen = extract(f"<p>{PROSE}</p>", "http://news.example/")
    assert hollow_notice("http://news.example/", seen, "<") == page_state(
        200, "http://news.example/", seen, "<"
    )


def test_every_notice_of_the_table_is_a_state():
    for notice in table():
        assert PageState(str(notice["state"]).partition(":")[0]) in {"removed", "ambiguous"}
        assert notice.get("texts") or notice.get("titles")
