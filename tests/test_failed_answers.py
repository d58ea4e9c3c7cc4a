"""An empty list is an empty search only in an answer that tells of success."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.test_answered import BILI, DOUYIN, EDITH, KUAISHOU, XHS, seen, told

WORDS = "%E6%9C%88%E5%AB%82"
SENT = json.dumps({"keyword": "月嫂", "pcursor": "", "page": "search"})
M, WEIBO = "https://m.weibo.cn", f"containerid=100103type%3D61%26q%3D{WORDS}"
TOUTIAO, ZHIHU = "https://so.toutiao.com", "https://www.zhihu.com"
TIEBA = "https://tieba.baidu.com"
SEARCHES: dict[str, tuple[str, tuple[str, ...], dict[str, Any], dict[str, Any]]] = {
    # source -> page, what was asked (and sent), an answer of success, what makes it a failure
    "douyin": (
        f"{DOUYIN}/search/{WORDS}?type=general",
        (f"{DOUYIN}/aweme/v1/web/general/search/single/?keyword={WORDS}",),
        {"status_code": 0, "data": []},
        {"status_code": 7777},
    ),
    "xiaohongshu": (
        f"{XHS}/search_result?keyword={WORDS}",
        (f"{EDITH}/v1/search/notes", SENT),
        {"code": 0, "success": True, "data": {"items": []}},
        {"code": -9999, "success": False, "msg": "系统繁忙"},
    ),
    "kuaishou": (
        f"{KUAISHOU}/search/video?searchKey={WORDS}",
        (f"{KUAISHOU}/rest/v/search/feed", SENT),
        {"result": 1, "feeds": []},
        {"result": 777, "error_msg": "请求异常"},
    ),
    "bilibili": (
        f"https://search.bilibili.com/all?keyword={WORDS}",
        (f"{BILI}/x/web-interface/wbi/search/all/v2?keyword={WORDS}",),
        {"code": 0, "data": {"result": []}},
        {"code": -1200, "message": "被降级过滤的请求"},
    ),
    "weibo": (
        f"{M}/search?{WEIBO}",
        (f"{M}/api/container/getIndex?{WEIBO}&page_type=searchall",),
        {"ok": 1, "data": {"cards": []}},
        {"ok": 0, "msg": "系统繁忙"},
    ),
    "zhihu": (
        f"{ZHIHU}/search?type=content&q={WORDS}",
        (f"{ZHIHU}/api/v4/search_v3?t=general&q={WORDS}",),
        {"data": [], "paging": {"is_end": True}},
        {"error": {"code": 99999, "message": "未知错误"}},
    ),
    "toutiao": (
        f"{TOUTIAO}/search?keyword={WORDS}&pd=information",
        (f"{TOUTIAO}/api/search/content?keyword={WORDS}",),
        {"message": "success", "data": []},
        {"message": "error"},
    ),
    "tieba": (
        f"{TIEBA}/f/search/res?ie=utf-8&qw={WORDS}",
        (f"{TIEBA}/mo/q/search/multsearch?word={WORDS}&pn=1",),
        {"no": 0, "data": {"card_list": []}},
        {"no": 7777, "error": "未知错误"},
    ),
}


@pytest.mark.parametrize("name", sorted(SEARCHES))
def test_a_search_refused_in_an_unknown_code_is_not_an_empty_one(name):
    url, (at, *sent), good, failure = SEARCHES[name]
    assert told(name, url, "", (at, good, *sent)) == "alive:"
    assert told(name, url, "", (at, good | failure, *sent)) == "error:layout_changed"


def test_weibo_tells_of_an_empty_list_by_its_words_beside_ok_0():
    url, (at,), good, _ = SEARCHES["weibo"]
    assert told("weibo", url, "", (at, good | {"ok": 0, "msg": "这里还没有内容"})) == "alive:"


@pytest.mark.parametrize(
    ("name", "dom"),
    [
        ("toutiao", "<div class=s-result-list></div><p>没有找到相关结果</p>"),
        ("zhihu", "<div class=EmptyState>暂无搜索结果</div>"),
        ("tieba", "<ul id=thread_list></ul>"),
        ("bilibili", "<div class=search-no-result>暂无</div>"),
    ],
)
def test_a_page_that_shows_nothing_after_a_refused_search_is_not_an_empty_one(name, dom):
    url, (at, *sent), good, failure = SEARCHES[name]
    assert told(name, url, dom, (at, good, *sent)) == "alive:"
    assert told(name, url, dom, (at, good | failure, *sent)) == "error:layout_changed"


def test_the_bare_title_of_a_refused_search_of_kuaishou_tells_nothing_of_it():
    url, (at, sent), good, failure = SEARCHES["kuaishou"]
    reading = seen("kuaishou", url, "", (at, good | failure, sent), title="快手")
    assert (reading.state, reading.reason) == ("error", "layout_changed")
