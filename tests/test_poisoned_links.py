"""A link made to look like a wall must not switch a platform off."""

from __future__ import annotations

import pytest

from crawler.readers import Readers
from door.discovery import bare
from door.sources import all_sources
from tests.test_sources import page_of

SOURCES = all_sources()
POISONED = (
    ("zhihu", "https://www.zhihu.com/question/1/answer/22?x=zhihu.com/signin"),
    ("xiaohongshu", "https://www.xiaohongshu.com/explore/6543b593000000001e01f6dc?a=web-login/captcha"),
    ("xiaohongshu", "https://www.xiaohongshu.com/explore/6543b593000000001e01f6dc?error_code=300013"),
    ("douyin", "https://www.douyin.com/video/7123456789012345678?u=/captcha"),
    ("bilibili", "https://www.bilibili.com/video/BV1xx411c7mD?r=passport.bilibili.com/"),
    ("wechat_mp", "https://mp.weixin.qq.com/s/abcdefghij?x=secitptpage/verify"),
    ("weibo", "https://m.weibo.cn/detail/4518232264463316?u=passport.weibo.com/"),
    ("baidu_search", "https://www.baidu.com/s?wd=wappass.baidu.com"),
    ("tieba", "https://tieba.baidu.com/p/123456?x=wappass.baidu.com"),
    ("kuaishou", "https://www.kuaishou.com/short-video/3xabc?x=/captcha"),
    ("toutiao", "https://www.toutiao.com/article/7123456789012345678/?x=sso.toutiao.com"),
    ("so360", "https://www.so.com/s?q=qcaptcha.so.com"),
    ("sogou_web", "https://www.sogou.com/web?query=sogou.com/antispider"),
)  # fmt: skip
BODY = ("<html><body><h1>通知</h1><p>" + "正文内容" * 100 + "</p></body></html>").encode()


@pytest.mark.parametrize(("name", "url"), POISONED)
def test_a_wall_s_address_in_a_query_says_nothing(name, url):
    assert SOURCES[name]().read(page_of(BODY, url)).state != "blocked"
    assert not SOURCES[name].is_wall(url)


def test_a_link_to_a_wall_itself_is_known_and_one_to_a_post_is_not_taken_for_it():
    readers = Readers(SOURCES)
    assert readers.is_wall("https://www.zhihu.com/signin?next=1")
    assert readers.is_wall("https://www.douyin.com/video/7123456789012345678/captcha")
    assert not readers.is_wall("https://www.zhihu.com/question/1/answer/22?x=zhihu.com/signin")
    assert not readers.is_wall("https://a.example/signin")


def test_a_found_link_keeps_what_opens_its_page_and_nothing_else():
    found = "https://www.xiaohongshu.com/explore/6543b593000000001e01f6dc"
    tokens = "xsec_token=AB%3D&xsec_source=pc_search"
    assert bare(f"{found}?{tokens}&a=web-login/captcha#x", found) == f"{found}?{tokens}"
    article = "https://mp.weixin.qq.com/s?__biz=MzA1&mid=100&idx=1"
    assert bare(f"{article}&sn=aa&x=secitptpage/verify", article) == f"{article}&sn=aa"
