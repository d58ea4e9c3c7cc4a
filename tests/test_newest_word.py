"""The newest that the platform itself says of a post decides over older data that still has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.test_answered import BILI, DOUYIN, EDITH, KUAISHOU, NOTE, OTHER, VIDEO, XHS, told, video

DETAIL = f"{DOUYIN}/aweme/v1/web/aweme/detail/?aweme_id={VIDEO}"
WATCH = f"{DOUYIN}/video/{VIDEO}"
FEED = f"{EDITH}/v1/feed"
SENT = json.dumps({"source_note_id": NOTE})
BV = "BV1xx411c7mD"
NOTICE = "<div class=error-page>你要观看的视频不存在</div>"
CLIP = {"awemeId": VIDEO, "desc": "一段话", "authorInfo": {"secUid": "S1", "nickname": "某号"}}
KEPT = {"app": {"videoDetail": CLIP}}
SEEN = {"bvid": BV, "title": "月嫂证", "owner": {"mid": 1, "name": "某"}, "pubdate": 1700000000}
PAPER = {"noteId": NOTE, "title": "月嫂证", "desc": "包过", "user": {"userId": "5f"}}
OPENED = {"note": {"noteDetailMap": {NOTE: {"note": PAPER}}}}
BESIDE = {
    "feed": {"feeds": [{"id": NOTE, "noteCard": {"displayTitle": "t", "user": {"id": "5f"}}}]}
}
STORED = {
    "defaultClient": {
        "VisionVideoDetailPhoto:3xabc": {"id": "3xabc", "caption": "话", "timestamp": 1},
        "x": {
            "photo": {"type": "id", "id": "VisionVideoDetailPhoto:3xabc"},
            "author": {"id": "3xu", "name": "某"},
        },
    }
}
ASKED = json.dumps({"operationName": "visionVideoDetail", "variables": {"photoId": "3xabc"}})


def rendered(state: Any) -> str:
    return f'<script id="RENDER_DATA" type="application/json">{json.dumps(state)}</script>'


def assigned(name: str, state: Any) -> str:
    return f"<script>window.{name}={json.dumps(state)};</script>"


@pytest.mark.parametrize(
    ("name", "url", "dom", "answer"),
    [
        ("douyin", WATCH, rendered(KEPT), (DETAIL, {"aweme_detail": None, "status_code": 0})),
        (
            "kuaishou",
            f"{KUAISHOU}/short-video/3xabc",
            assigned("__APOLLO_STATE__", STORED),
            (f"{KUAISHOU}/graphql", {"data": {"visionVideoDetail": {"photo": None}}}, ASKED),
        ),
        (
            "bilibili",
            f"https://www.bilibili.com/video/{BV}",
            assigned("__INITIAL_STATE__", {"videoData": SEEN}),
            (f"{BILI}/x/web-interface/view?bvid={BV}", {"code": 0, "data": None}),
        ),
        (
            "xiaohongshu",
            f"{XHS}/explore/{NOTE}",
            assigned("__INITIAL_STATE__", OPENED),
            (FEED, {"code": 0, "success": True, "data": {"items": []}}, SENT),
        ),
    ],
)
def test_a_post_whose_own_answer_holds_nothing_is_not_alive_by_older_data(name, url, dom, answer):
    assert told(name, url, dom).startswith("alive")
    assert told(name, url, dom, answer) == "error:layout_changed"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (
            [{"aweme_detail": video(VIDEO), "filter_detail": {"filter_reason": "status_deleted"}}],
            "removed:unspecified",
        ),
        ([{"aweme_detail": video(VIDEO), "status_code": 2053}], "removed:unspecified"),
        (
            [
                {"aweme_detail": video(VIDEO)},
                {"filter_detail": {"filter_reason": "status_deleted"}},
            ],
            "removed:unspecified",
        ),
        ([{"aweme_detail": video(VIDEO)}, {"aweme_detail": None}], "error:layout_changed"),
        (
            [
                {"filter_detail": {"filter_reason": "status_deleted"}},
                {"aweme_detail": video(VIDEO)},
            ],
            "alive:",
        ),
        ([{"aweme_detail": video(VIDEO)}, {"status_code": 2149}], "alive:"),
    ],
)
def test_of_several_answers_about_a_post_the_newest_that_is_no_wall_decides(answers, state):
    assert told("douyin", WATCH, "", *((DETAIL, one) for one in answers)) == state


def test_a_notice_that_is_shown_decides_over_data_that_came_with_the_document():
    assert told("douyin", WATCH, rendered(KEPT) + NOTICE) == "removed:unspecified"
    hidden = NOTICE.replace("class", "style='display:none' class")
    assert told("douyin", WATCH, rendered(KEPT) + hidden) == "alive:"


@pytest.mark.parametrize(
    ("name", "url", "dom"),
    [
        ("douyin", WATCH, rendered({"app": {"videoDetail": None, "related": {"list": [CLIP]}}})),
        ("xiaohongshu", f"{XHS}/explore/{NOTE}", assigned("__INITIAL_STATE__", BESIDE)),
        (
            "bilibili",
            f"https://www.bilibili.com/video/{BV}",
            assigned("__INITIAL_STATE__", {"related": [SEEN]}),
        ),
    ],
)
def test_a_list_of_one_card_beside_a_dead_post_is_not_the_post(name, url, dom):
    assert not told(name, url, dom).startswith("alive")


def test_what_stands_recommended_beside_a_notice_is_not_the_post_asked_for():
    near = "<h1>为你推荐</h1><div data-e2e=user-info><a href=/user/S2><span>某</span></a></div>"
    assert told("douyin", WATCH, NOTICE + near) == "removed:unspecified"
    assert told("douyin", WATCH, near) != "alive:"
    mine = near.replace("<h1", "<h1 data-e2e=video-desc")
    assert told("douyin", WATCH, mine) == "alive:"
    assert told("douyin", WATCH, NOTICE + mine) == "removed:unspecified"
    named = f'<link rel=canonical href="{DOUYIN}/video/{OTHER}">'
    assert told("douyin", WATCH, named + mine) == "swapped:other_post"


MID, M = "4900000000000001", "https://m.weibo.cn"
BLOG = {"id": MID, "mid": MID, "text": "月嫂证", "created_at": "Sat Jun 15 11:44:46 +0800 2019"}
OWNED = {**BLOG, "user": {"id": 1234567890, "screen_name": "某"}}


def weibo(blog: Any) -> str:
    return f"<script>var $render_data = [{json.dumps({'status': blog})}][0] || {{}};</script>"


@pytest.mark.parametrize("user", [{}, {"user": None}, {"user": {}}, {"user": {"id": 1}}])
def test_a_weibo_without_an_author_is_not_alive_whatever_words_stand_in_its_place(user):
    url = f"{M}/detail/{MID}"
    assert told("weibo", url, weibo(OWNED)) == "alive:"
    gone = {**BLOG, "text": "抱歉，根据某种设置，此微博已不可见。"} | user
    assert told("weibo", url, weibo(gone)) == "ambiguous:deleted_or_private"


def test_the_rest_of_a_long_weibo_does_not_hide_the_notice_in_its_place():
    url = f"{M}/detail/{MID}"
    rest = (f"{M}/statuses/extend?id={MID}", {"ok": 1, "data": {"longTextContent": "长文"}})
    assert told("weibo", url, "", rest) == "alive:"
    spoken = "<p class=h5-4con>微博不存在或暂无查看权限!</p>"
    assert told("weibo", url, spoken, rest) == "ambiguous:deleted_or_private"
    none = (f"{M}/statuses/show?id={MID}", {"ok": 1, "data": None})
    assert told("weibo", url, weibo(OWNED), none) == "error:layout_changed"


ARTICLE = "7300000000000000101"


def test_the_markup_of_another_article_is_not_the_one_asked_for():
    url = f"https://www.toutiao.com/article/{ARTICLE}/"
    dom = "<link rel=canonical href='{}'><h1>月嫂</h1><div class=article-content>月嫂证</div>"
    assert told("toutiao", url, dom.format(url)) == "alive:"
    other = url.replace("0101", "0999")
    assert told("toutiao", url, dom.format(other)) == "swapped:other_post"
    spoken = "<div class=error-content><p class=error-tips>你访问的内容不存在</p></div>"
    assert told("toutiao", url, spoken + dom.format("")).startswith("removed:")


@pytest.mark.parametrize(
    ("inside", "script"),
    [
        (
            "<div class=weui-msg><h2 class=weui-msg__title>{}</h2></div>",
            'window.cgiDataNew={title:"t",content_noencode:"旧文"}',
        ),
        (
            "<div id=js_article><h1 id=activity-name>t</h1><p id=js_content>{}</p></div>",
            "",
        ),
        (
            "<div id=js_article><div class=tip_wrap>{}</div></div>",
            'var msg_title="t";var item_show_type="5";',
        ),
    ],
)
def test_a_notice_in_unknown_words_in_an_article_s_place_is_no_article(inside, script):
    url = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    dom = f"{inside.replace('{}', '此内容已被平台移除，无法访问')}<script>{script}</script>"
    assert told("wechat_mp", url, dom).partition(":")[0] in {"removed", "error"}


def test_an_article_that_only_speaks_of_removed_ones_is_alive():
    url = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    dom = "<div id=js_article><h1 id=activity-name>t</h1><div id=js_content><p>{}</p></div></div>"
    text = "此内容已被平台移除，无法访问</p><p>这样的提示是什么意思？小编告诉大家。"
    assert told("wechat_mp", url, dom.format(text)) == "alive:"
