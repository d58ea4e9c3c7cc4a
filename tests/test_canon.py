"""One URL for one page: canonical forms, identities, wrappers, short links, joined links."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commands import canon as command
from crawler import canon
from crawler.canon import BadUrl, canonical, identity, is_short_link, join, platform_of


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("HTTP://WWW.School.Example:80", "http://www.school.example/"),
        ("https://school.example:443/a", "https://school.example/a"),
        ("https://school.example:8443/a", "https://school.example:8443/a"),
        ("http://school.example/a/../b/./c/..", "http://school.example/b/"),
        (
            "http://school.example/%7Ea%2fb/%E4%b8%ad中",
            "http://school.example/~a%2Fb/%E4%B8%AD%E4%B8%AD",
        ),
        ("http://school.example/%D6%d0", "http://school.example/%D6%D0"),
        ("http://school.example/50%", "http://school.example/50%25"),
        ("http://培训.example/", "http://xn--2js261j.example/"),
        ("http://school.example/?b=2&a=1&&utm_source=x&=", "http://school.example/?a=1&b=2"),
        ("http://school.example/?a=1&amp;amp;b=2", "http://school.example/?a=1&b=2"),
        ("http://school.example/x;jsessionid=AB12?id=3", "http://school.example/x?id=3"),
        (
            "http://school.example/(S(abcdefghijklmnopqrstuvwx))/a.aspx",
            "http://school.example/a.aspx",
        ),
        ("http://school.example/?sid=12", "http://school.example/?sid=12"),
        ("http://school.example/?sid=0123abcd", "http://school.example/"),
        ("http://school.example/?from=singlemessage", "http://school.example/"),
        ("http://school.example/list?from=40", "http://school.example/list?from=40"),
        ("http://school.example/a#top", "http://school.example/a"),
        ("http://school.example/#/kecheng/3", "http://school.example/#/kecheng/3"),
        ("http://school.example/#!/kecheng/3", "http://school.example/#!/kecheng/3"),
        ("http://school.example/#/", "http://school.example/"),
        (" http://school.exam\nple/a b\t", "http://school.example/a%20b"),
        ("http:\\\\school.example\\a", "http://school.example/a"),
        ("http://user:pw@school.example/", "http://school.example/"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://school.example./", "http://school.example/"),
    ],
)
def test_the_open_web_is_spelled_in_one_way(found, wanted):
    assert canonical(found) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "school.example", "//school.example/a", "mailto:a@school.example", "ftp://school.example/",
     "javascript:alert(1)", "http://", "http://:80/", "http://a..b/", "http://a:99999/",
     "http://a:x/", "http://a b/", "http://[::1/", "http://1.2.3.4.5/", "http://%zz/"],
)  # fmt: skip
def test_what_is_no_web_address_is_a_bad_url_in_both_languages(text):
    with pytest.raises(BadUrl) as caught:
        canonical(text)
    assert "网址" in caught.value.text.zh
    assert "URL" in caught.value.text.en


def test_the_case_of_a_path_matters():
    assert canonical("https://t.cn/AbC") != canonical("https://t.cn/aBc")
    assert canonical("http://school.example/A") != canonical("http://school.example/a")


@pytest.mark.parametrize(
    ("wrapper", "target"),
    [
        ("https://link.zhihu.com/?target=https%3A//school.example/a%3Fb%3D1", "https://school.example/a?b=1"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fschool.example%2F", "http://school.example/"),
        (
            "https://weibo.cn/sinaurl?toasturl=http%3A%2F%2Fschool.example%2F",
            "http://school.example/",
        ),
        ("https://mp.weixin.qq.com/mp/redirect?url=http%3A%2F%2Fschool.example%2F", "http://school.example/"),
        ("https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cDovL3NjaG9vbC5leGFtcGxlL2E&ntb=1", "http://school.example/a"),
        ("https://cn.bing.com/aclick?ld=e8&u=aHR0cCUzYSUyZiUyZnNjaG9vbC5leGFtcGxlJTJmYQ&rlid=1", "http://school.example/a"),
        ("http://www.so.com/link?url=http%3A%2F%2Fschool.example%2Fa&q=x&ts=1", "http://school.example/a"),
        ("https://so.toutiao.com/search/jump?url=https%3A%2F%2Fschool.example%2F&aid=4916", "https://school.example/"),
        ("https://link.zhihu.com/?target=https%3A//t.bilibili.com/123", "https://www.bilibili.com/opus/123"),
    ],
)  # fmt: skip
def test_a_wrapper_is_what_it_leads_to(wrapper, target):
    assert canonical(wrapper) == target


@pytest.mark.parametrize("target", ["javascript:alert(1)", "not a url", "", "a1%%%"])
def test_a_wrapper_around_nothing_stays_itself(target):
    url = f"https://link.zhihu.com/?target={quote(target)}"
    assert canonical(url).startswith("https://link.zhihu.com/")


def nested(depth: int) -> str:
    url = "http://school.example/"
    for _ in range(depth):
        url = "https://link.zhihu.com/?target=" + quote(url, safe="")
    return url


def test_wrappers_are_followed_five_deep_and_no_further():
    assert canonical(nested(5)) == "http://school.example/"
    too_deep = canonical(nested(6))
    assert too_deep.startswith("https://link.zhihu.com/")
    assert canonical(too_deep) == too_deep


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("http://v.douyin.com/iAbCdE/", "https://v.douyin.com/iAbCdE"),
        ("https://b23.tv/AbCdEfG?share_from=1", "https://b23.tv/AbCdEfG"),
        ("http://xhslink.com/a/AbC", "https://xhslink.com/a/AbC"),
        ("https://m.toutiao.com/is/AbC/?x=1", "https://m.toutiao.com/is/AbC"),
        ("https://www.kuaishou.com/f/X-AbC", "https://www.kuaishou.com/f/X-AbC"),
        ("http://www.baidu.com/link?url=AbC&wd=&eqid=1", "https://www.baidu.com/link?url=AbC"),
        ("https://www.so.com/link?m=AbC%3D&q=1", "https://www.so.com/link?m=AbC%3D"),
        ("https://www.sogou.com/link?url=hAbC..", "https://www.sogou.com/link?url=hAbC.."),
        (
            "https://www.baidu.com/baidu.php?url=AbC.7&x=1",
            "https://www.baidu.com/baidu.php?url=AbC.7",
        ),
        ("http://t.cn/AbCdEfG", "https://t.cn/AbCdEfG"),
        ("https://bili2233.cn/AbCdEfG", "https://bili2233.cn/AbCdEfG"),
    ],
)
def test_an_unresolved_short_link_stays_itself_and_identifies_nothing(found, wanted):
    assert canonical(found) == wanted
    assert is_short_link(found)
    assert identity(found) is None


@pytest.mark.parametrize(
    "url", ["https://b23.tv/BV17x411w7KC", "https://v.douyin.com/", "http://school.example/link"]
)
def test_what_needs_no_request_is_no_short_link(url):
    assert not is_short_link(url)


SEGMENTS = st.text("abcXYZ019-._~%/;:@!&=+中文\\ ", max_size=12)
PAIRS = st.tuples(
    st.sampled_from(["id", "page", "Q", "证", "a.b"]), st.text("aZ09-中%+ ", max_size=5)
)
URLS = st.builds(
    lambda scheme, host, path, pairs: f"{scheme}://{host}/{path}?"
    + "&".join(f"{key}={value}" for key, value in pairs),
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        ["school.example", "WWW.School.example:80", "mp.weixin.qq.com", "weibo.com", "b23.tv",
         "www.bilibili.com", "zz.58.com", "link.zhihu.com", "www.baidu.com", "[::1]:8080"]
    ),
    SEGMENTS,
    st.lists(PAIRS, max_size=4),
)  # fmt: skip


@given(
    st.one_of(
        URLS, st.text(max_size=60), st.text(max_size=60).map("http://school.example/".__add__)
    )
)
@example("http://school.example/?a&%61mp;b")
@example("http://school.example/..;sid=1/a")
@example("http://a.example/?&amp%3B=1")
@example("http://school.example/.//..///")
def test_canonical_is_a_fixed_point_and_raises_nothing_but_bad_url(url):
    try:
        once = canonical(url)
    except BadUrl:
        return
    assert canonical(once) == once
    assert once.isascii()
    assert identity(url) == identity(once)
    assert platform_of(url) == platform_of(once)


@given(st.lists(PAIRS, max_size=5), st.randoms())
def test_the_order_of_parameters_does_not_matter(pairs, random):
    pieces = [f"{key}={quote(value)}" for key, value in pairs]
    shuffled = random.sample(pieces, len(pieces))
    home = "http://school.example/show.asp?"
    assert canonical(home + "&".join(pieces)) == canonical(home + "&".join(shuffled))


@given(
    st.lists(PAIRS, max_size=3),
    st.sampled_from(
        ["utm_source=x", "spm=a.b", "from=timeline", "share_id=9", "_t=1", "timestamp=2", "gclid=g",
         "fbclid=f", "bd_vid=1", "PHPSESSID=0123456789", "sessionid=abcdefgh1"]
    ),
)  # fmt: skip
def test_trackers_do_not_matter(pairs, tracker):
    pieces = [f"{key}={quote(value)}" for key, value in pairs]
    home = "http://school.example/show.asp?"
    assert canonical(home + "&".join([tracker, *pieces])) == canonical(home + "&".join(pieces))


@given(URLS)
def test_the_fast_path_says_what_the_slow_one_says(url):
    try:
        clean = canonical(url)
    except BadUrl:
        return
    if canon.is_clean(clean):
        parts = canon.split(clean)
        assert parts.with_query([p for p in parts.query if not canon.is_tracker(p)]) == clean


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("b.html", "http://school.example/news/b.html"),
        ("/b.html", "http://school.example/b.html"),
        ("?page=2", "http://school.example/news/a.html?page=2"),
        ("//cdn.example/x", "http://cdn.example/x"),
        ("https://other.example/x", "https://other.example/x"),
        (" /b\n.html ", "http://school.example/b.html"),
        ("../up.html", "http://school.example/up.html"),
        ("#/route", "http://school.example/news/a.html#/route"),
        ("\\b.html", "http://school.example/b.html"),
        ("#top", None), ("", None), ("javascript:void(0)", None), ("JavaScript:;", None),
        ("mailto:a@school.example", None), ("tel:13800000000", None), ("data:text/html,x", None),
        ("weixin://dl/chat", None), ("http:", None), ("java\nscript:alert(1)", None),
    ],
)  # fmt: skip
def test_links_are_joined_and_those_that_lead_nowhere_are_dropped(href, wanted):
    assert join("http://school.example/news/a.html", href) == wanted


@given(st.text(max_size=40))
def test_join_never_raises(href):
    joined = join("http://school.example/news/a.html", href)
    assert joined is None or joined.lower().startswith("http")


def test_the_command_prints_the_canonical_url_and_nothing_else(capsys):
    command.command("http://School.Example:80/[b]/?b=2&a=1")
    assert capsys.readouterr().out == "http://school.example/%5Bb%5D/?a=1&b=2\n"


def test_the_command_says_plainly_what_is_no_url(capsys):
    with pytest.raises(BadUrl):
        command.command("ftp://school.example/")
    assert capsys.readouterr().out == ""


def test_canon_says_that_a_short_link_stands_for_nothing_yet(capsys):
    command.command("https://v.douyin.com/iAbCdE/?x=1")
    printed = capsys.readouterr()
    assert printed.out == "https://v.douyin.com/iAbCdE\n"
    assert "短链接" in printed.err
    command.command("https://school.example/")
    assert capsys.readouterr().err == ""
