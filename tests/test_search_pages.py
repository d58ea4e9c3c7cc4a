"""Web search engines: what counts as a hit, where it leads, which page is no page of results."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.markers import markers_of
from crawler.search_hits import hits_of
from crawler.search_page import read_search
from crawler.sheet import Sheet
from spiders.baidu_search import BaiduSearchSpider
from spiders.bing import BingSpider
from spiders.so360 import So360Spider
from spiders.sogou_web import SogouWebSpider
from storage.records import Page, PageState, Target, TargetKind

PAGES = Path(__file__).parent / "pages"
ENGINES = [BaiduSearchSpider, BingSpider, So360Spider, SogouWebSpider]
ASKED = {
    "baidu_search": "https://www.baidu.com/s?wd=x",
    "bing": "https://cn.bing.com/search?q=x",
    "so360": "https://www.so.com/s?q=x",
    "sogou_web": "https://www.sogou.com/web?query=x",
}
HIT = (
    '<div class="result c-container" {more}><h3 class="t"><a href="{href}">{title}</a></h3>'
    "{rest}</div>"
)


def page(html: str, url: str, status: int = 200) -> Page:
    return Page(
        url=url,
        final_url=url,
        status=status,
        headers=(("content-type", "text/html"),),
        body=html.encode(),
        fetched_at=datetime(2026, 11, 25, 4, tzinfo=UTC),
        sha256="0" * 64,
    )


def baidu(*hits: str, tail: str = "</html>") -> str:
    return f'<html><body><div id="content_left">{"".join(hits)}</div></body>{tail}'


def hit(href: str = "http://www.baidu.com/link?url=A", title: str = "证书", **more: str) -> str:
    return HIT.format(href=href, title=title, more=more.get("more", ""), rest=more.get("rest", ""))


def reading(source: str, body: str, **more):
    return read_search(markers_of(source), page(body, ASKED[source], **more))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_keyword_is_asked_as_it_is_written(engine):
    target = Target(
        kind=TargetKind.KEYWORD, value="职业资格 证书&a", source=engine.name, reason="", added_by=""
    )
    (url,) = engine.seeds(target)
    assert "%E8%81%8C%E4%B8%9A%E8%B5%84%E6%A0%BC%20%E8%AF%81%E4%B9%A6%26a" in url


def test_where_a_hit_stands_changes_nothing_about_it():
    hits = [hit(title=f"证书{n}", more=f'mu="https://a{n}.example/"') for n in range(4)]
    there, back = (reading("baidu_search", baidu(*some)) for some in (hits, hits[::-1]))
    assert {post.post_id for post in there.posts} == {post.post_id for post in back.posts}
    assert len(there.posts) == 4


def test_a_redirect_identifies_nothing_so_the_words_of_the_hit_do():
    first, again = (
        reading("baidu_search", baidu(hit(href=f"http://www.baidu.com/link?url={code}")))
        for code in ("AbC", "XyZ")
    )
    assert first.posts[0].post_id == again.posts[0].post_id
    assert first.posts[0].post_id.startswith("unresolved:")
    assert first.links != again.links


def test_the_same_page_found_twice_is_one_post():
    twice = baidu(
        *(hit(more='mu="https://a.example/x"', title=title) for title in ("甲证", "乙证"))
    )
    (post,) = reading("baidu_search", twice).posts
    assert post.title == "甲证"


@pytest.mark.parametrize(
    "more",
    [
        {"more": 'cmatchid="225"'},
        {"rest": '<a data-tuiguang="{}">推广</a>'},
        {"rest": "<span> 广告 </span>"},
        {"href": "https://www.baidu.com/baidu.php?url=A"},
    ],
)
def test_what_somebody_paid_for_is_told_apart(more):
    (post,) = reading("baidu_search", baidu(hit(**more))).posts
    assert post.is_ad is True


def test_a_hit_that_speaks_of_advertisements_is_none():
    (post,) = reading("baidu_search", baidu(hit(rest="<p>广告法全文</p>"))).posts
    assert post.is_ad is False


def test_a_paid_redirect_is_never_handed_on_to_be_opened():
    paid = reading("baidu_search", baidu(hit(href="https://www.baidu.com/baidu.php?url=A")))
    assert paid.links == ()
    assert paid.posts[0].url_found == "https://www.baidu.com/baidu.php?url=A"


def test_cards_that_only_lead_to_another_search_are_no_hits():
    assert reading("baidu_search", baidu(hit(href="/sf/vsearch?pd=video"), hit())).posts != ()
    assert len(reading("baidu_search", baidu(hit(href="/sf/vsearch?pd=video"), hit())).posts) == 1


def test_hits_in_unknown_elements_are_still_found_in_the_list():
    strange = '<section><h3><a href="http://www.baidu.com/link?url=A">证书办理</a></h3></section>'
    (post,) = reading("baidu_search", baidu(strange)).posts
    assert post.title == "证书办理"


def test_hits_in_unknown_elements_are_told_apart_however_deep_they_lie():
    one = (
        '<div><h3><a href="http://www.baidu.com/link?url={n}">证书{n}</a></h3><p>说明{n}</p></div>'
    )
    wrapped = "<div><div>" + "".join(one.format(n=n) for n in range(3)) + "</div></div>"
    posts = reading("baidu_search", baidu(wrapped)).posts
    assert [(post.title, post.text) for post in posts] == [
        (f"证书{n}", f"说明{n}") for n in range(3)
    ]


def test_highlight_marks_do_not_break_a_word():
    marked = "职业资格<em><!--red_beg-->证书<!--red_end--></em>"
    (post,) = reading("baidu_search", baidu(hit(title=marked))).posts
    assert post.title == "职业资格证书"


def test_an_empty_list_shown_whole_is_no_hits():
    empty = reading("baidu_search", baidu("<p>共 0 条</p>"))
    assert (empty.state, empty.reason, empty.posts) == (PageState.ALIVE, "", ())


def test_an_empty_list_that_was_cut_off_is_not_taken_for_no_hits():
    cut = reading("baidu_search", baidu("<p>共 0 条</p>", tail=""))
    assert (cut.state, cut.reason) == (PageState.ERROR, "layout_changed")


@pytest.mark.parametrize(
    "shown",
    [
        "服务器开小差了，请稍后重试",
        "网络异常，请刷新",
        "加载中…",
        "<div data-landurl='http://a.example/'>月嫂证代办</div>",
        "<a href='http://a.example/'><img src=a.png alt=月嫂证代办></a>",
    ],
)
def test_an_error_or_unknown_hits_in_the_list_are_no_empty_search(shown):
    seen = reading("baidu_search", baidu(f"<p>{shown}</p>"))
    assert (seen.state, seen.reason) == (PageState.ERROR, "layout_changed")


def test_titled_links_that_nobody_can_read_are_a_changed_layout():
    strange = '<h3><a href="javascript:go(1)">证书办理</a></h3><p>共 10 条</p>'
    seen = reading("baidu_search", baidu(strange))
    assert (seen.state, seen.reason) == (PageState.ERROR, "layout_changed")


@pytest.mark.parametrize("source", sorted(ASKED))
def test_the_hits_of_a_page_win_over_a_captcha_word_in_one_of_them(source):
    html = (PAGES / source / "serp.html").read_text(encoding="utf-8")
    assert reading(source, html.replace("警惕", "请输入验证码 安全验证")).state is PageState.ALIVE


@pytest.mark.parametrize("source", sorted(ASKED))
@pytest.mark.parametrize("status", [429, 403, 412])
def test_a_refusal_is_a_wall_whatever_stands_on_its_page(source, status):
    html = (PAGES / source / "nothing.html").read_text(encoding="utf-8")
    assert reading(source, html, status=status).state is PageState.BLOCKED


def test_the_next_page_is_asked_with_what_asks_for_it_alone():
    turn = '<div id="page"><a class="n" href="/s?wd=x&pn=10&rsv_t=1f&rsv_pq=2">下一页</a></div>'
    assert reading("baidu_search", baidu(hit()) + turn).links[-1] == (
        "https://www.baidu.com/s?wd=x&pn=10"
    )


def test_a_next_page_on_another_host_is_none():
    turn = '<div id="page"><a class="n" href="http://other.example/s?wd=x&pn=10">下一页</a></div>'
    links = reading("baidu_search", baidu(hit()) + turn).links
    assert not any("other.example" in url for url in links)


def test_sogou_gives_the_target_beside_some_hits():
    html = (
        '<div class="results"><div class="vrwrap"><h3><a href="/link?url=hA..">证书</a></h3>'
        '<div class="r-sech click-better-sugg" data-url="https://a.example/1"></div></div></div>'
    )
    (post,) = reading("sogou_web", html).posts
    assert post.url == "https://a.example/1"
    assert post.url_found == "https://www.sogou.com/link?url=hA.."


def test_bing_names_the_target_behind_its_redirect():
    html = (PAGES / "bing" / "serp.html").read_text(encoding="utf-8")
    sheet = Sheet(page(html, ASKED["bing"]))
    hits = hits_of(markers_of("bing"), sheet)
    assert all(one.resolved and "bing.com" not in one.target for one in hits)


SERPS = {
    "baidu_search": ("https://www.baidu.com/s?wd=%E6%9C%88%E5%AB%82", "content_left"),
    "bing": ("https://cn.bing.com/search?q=%E6%9C%88%E5%AB%82", "b_results"),
}


def looked_at(name: str, body: str, title: str = "月嫂 - 搜索") -> str:
    url, container = SERPS[name]
    html = f"<html><head><title>{title}</title></head><body>{body.format(container)}</body></html>"
    seen = read_search(markers_of(name), page(html, url))
    return f"{seen.state}:{seen.reason}"


@pytest.mark.parametrize("name", SERPS)
@pytest.mark.parametrize(
    "hit",
    [
        "<div class=ttl><a href=https://a.example/1>月嫂证</a></div><p>包过</p>",
        "<span><a href='/link?url=x'>月嫂证</a></span>",
        "<p>月嫂证培训中心地址在人民路一号，先学后付，随到随学，名额有限，欢迎各位前来咨询了解详情</p>",
    ],
)
def test_hits_in_markup_that_is_not_known_are_no_empty_search(name, hit):
    assert looked_at(name, "<div id={}><div class=new>" + hit + "</div></div>") == (
        "error:layout_changed"
    )


@pytest.mark.parametrize("name", SERPS)
def test_a_robot_s_test_beside_an_empty_list_is_a_wall(name):
    test = "<ol id={}></ol><p>请解答难题</p><div class=cf-turnstile></div>"
    assert looked_at(name, test) == "blocked:captcha"


def test_a_wall_s_title_says_more_than_a_sentence_that_nothing_was_found():
    told = looked_at("baidu_search", "<p>没有找到相关结果</p>", "百度安全验证")
    assert told == "blocked:captcha"


@pytest.mark.parametrize("name", SERPS)
def test_a_list_that_was_shown_whole_and_is_empty_stays_zero(name):
    assert looked_at(name, "<div id={}><div>找到 0 条</div></div>") == "alive:"
