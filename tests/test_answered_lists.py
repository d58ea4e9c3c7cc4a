"""Searches that found nothing, and names and words that read like walls but are none."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.test_answered import (
    EDITH,
    EMPTY,
    FOUND_BY,
    HIT_LISTS,
    INDEX,
    NOTE,
    SEARCH,
    SEARCHED,
    SEARCHED_BY,
    SOURCES,
    XHS,
    ZHIHU,
    seen,
    told,
)
from tests.test_sources import page_of

OTHER_CARDS: tuple[tuple[str, str, str, Any], ...] = (
    (
        "xiaohongshu",
        *SEARCHED["xiaohongshu"],
        {
            "code": 0,
            "data": {"items": [{"id": "q", "model_type": "rec_query", "rec_query": {}}]},
        },
    ),
    (
        "douyin",
        *SEARCHED["douyin"],
        {"status_code": 0, "data": [{"type": 4, "user_list": [{"user_info": {"uid": "1"}}]}]},
    ),
    (
        "kuaishou",
        *SEARCHED["kuaishou"],
        {"result": 1, "feeds": [{"type": 2, "liveStream": {"id": "x"}}]},
    ),
    (
        "bilibili",
        *SEARCHED["bilibili"],
        {"code": 0, "data": {"result": [{"type": "live_room", "roomid": 1, "title": "x"}]}},
    ),
    (
        "weibo",
        SEARCH,
        f"{INDEX}?containerid=100103type%3D61%26q%3Dx",
        {
            "ok": 1,
            "data": {
                "cards": [{"card_type": 11, "card_group": [{"card_type": 10, "user": {"id": 1}}]}]
            },
        },
    ),
    (
        "zhihu",
        FOUND_BY,
        f"{ZHIHU}/api/v4/search_v3?q=x",
        {"data": [{"type": "relevant_query", "query_list": []}]},
    ),
    (
        "tieba",
        SEARCHED_BY,
        f"{HIT_LISTS}?word=x",
        {"data": {"card_list": [{"cardInfo": "forum", "data": {"name": "x"}}]}},
    ),
)


@pytest.mark.parametrize(("name", "url", "at", "value"), OTHER_CARDS)
def test_a_search_with_only_cards_of_other_known_kinds_is_an_empty_one(name, url, at, value):
    reading = seen(name, url, "没有相关内容", (at, value))
    assert (reading.state, reading.reason) == ("alive", "")
    assert not [post for post in reading.posts if not post.post_id.startswith("user:")]


WALLED = ("请先登录", "访问过于频繁", "安全验证")
ECHOES: tuple[tuple[str, str, str, Any], ...] = (
    *(
        (name, url.replace("=x", "={}").replace("/x?", "/{}?"), at, EMPTY[name])
        for name, (url, at) in SEARCHED.items()
    ),
    (
        "weibo",
        SEARCH.replace("Dx", "D{}"),
        f"{INDEX}?containerid=100103type%3D61%26q%3D{{}}",
        {"ok": 1, "data": {"cards": []}},
    ),
    (
        "zhihu",
        FOUND_BY.replace("=x", "={}"),
        f"{ZHIHU}/api/v4/search_v3?q={{}}",
        {"data": []},
    ),
    ("tieba", SEARCHED_BY.replace("=x", "={}"), f"{HIT_LISTS}?word={{}}", {"data": {"list": []}}),
)


@pytest.mark.parametrize(("name", "url", "at", "value"), ECHOES)
@pytest.mark.parametrize("words", WALLED)
def test_words_searched_for_make_no_wall_of_the_page_that_repeats_them(name, url, at, value, words):
    quoted = quote(words)
    answer = (at.replace("{}", quoted), value)
    page, dom = url.replace("{}", quoted), f"没有找到与“{words}”相关的内容"
    reading = seen(name, page, dom, answer, title=f"{words} - 搜索")
    assert (reading.state, reading.posts) == ("alive", ())
    wall = seen(
        name, page, f"{dom}<p>请先登录</p><p>请完成安全验证</p><p>请输入验证码</p>", title=words
    )
    assert wall.state != "alive"


def test_a_word_of_a_wall_searched_for_does_not_hide_the_wall():
    name, (url, at) = "douyin", SEARCHED["douyin"]
    page = url.replace("/x?", f"/{quote('登录')}?")
    state = told(name, page, "登录后即可搜索", (f"{at}?keyword={quote('登录')}", EMPTY[name]))
    assert state == "blocked:login"


def test_an_engine_that_repeats_the_words_of_a_wall_found_nothing_and_is_none():
    nothing = (
        "<html><title>请先登录_百度搜索</title><div id=content_none>没有找到请先登录</div></html>"
    )
    url = f"https://www.baidu.com/s?wd={quote('请先登录')}"
    reading = SOURCES["baidu_search"]().read(page_of(nothing.encode(), url))
    assert (reading.state, reading.posts) == ("alive", ())


@pytest.mark.parametrize("nickname", ["用户不存在", "账号已注销", "请先登录", "安全验证"])
@pytest.mark.parametrize("shape", [{"type": "normal"}, {}, {"odd": 1}])
def test_a_profile_of_notes_alone_is_not_what_its_owner_s_name_says(nickname, shape):
    uid = "5f00000000000000000000aa"
    url, at = f"{XHS}/user/profile/{uid}", f"{EDITH}/v1/user_posted?user_id={uid}"
    note = {"note_id": NOTE, "user": {"user_id": uid, "nickname": nickname}}
    note |= shape if "odd" in shape else {"display_title": "月嫂", **shape}
    answer = (at, {"code": 0, "success": True, "data": {"notes": [note]}})
    reading = seen("xiaohongshu", url, nickname, answer, title=f"{nickname} - 小红书")
    wanted = ("error", "layout_changed") if "odd" in shape else ("alive", "")
    assert (reading.state, reading.reason) == wanted


def test_a_notice_of_nothing_kept_ready_but_hidden_takes_no_hit_away():
    link = '<h3 class=t><a href="http://www.baidu.com/link?url=abc">月嫂证</a></h3>'
    hit = f'<div class="result c-container" mu="http://a.example/1">{link}</div>'
    hidden = "<div id=content_none style='display:none'>没有</div>"
    page = f"<html><body><div id=content_left>{hit}</div>{hidden}</body></html>"
    reading = SOURCES["baidu_search"]().read(page_of(page.encode(), "https://www.baidu.com/s?wd=x"))
    assert [post.url for post in reading.posts] == ["http://a.example/1"]
