"""An answer tells of what it was asked for, and of nothing else: post, account or keyword."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.keywords import keyword_of
from tests.test_answered import (
    BILI,
    BLOG,
    CARD,
    DETAIL,
    DOUYIN,
    EDITH,
    HIT_LISTS,
    INDEX,
    KUAISHOU,
    NOTE,
    OTHER,
    PHOTO,
    POSTS,
    PROFILE,
    SEARCH,
    SEC,
    TIEBA,
    USER,
    VIDEO,
    WEIBO,
    XHS,
    ZHIHU,
    seen,
    told,
    video,
)

GRAPH = f"{KUAISHOU}/graphql"
SHORT = f"{KUAISHOU}/short-video/3xasked"
OWN = {"photo": {"id": "3xasked", "caption": "月嫂证", "timestamp": 1700000000000}}
OWN |= {"author": {"id": "3xowner", "name": "某号"}}
ALIEN = {"photo": {"id": "3xother", "caption": "别的", "timestamp": 1700000000000}}
ALIEN |= {"author": {"id": "3xstranger", "name": "别人"}}
GONE = {"status": 2, "message": "作品已失效", "photo": None}


def detail(value: Any) -> dict[str, Any]:
    return {"data": {"visionVideoDetail": value}}


def asked(operation: str, **variables: str) -> str:
    return json.dumps({"operationName": operation, "variables": variables, "query": "query x"})


def test_an_answer_of_graphql_is_tied_by_the_photo_that_was_asked_for():
    ours = asked("visionVideoDetail", photoId="3xasked", page="detail")
    theirs = asked("visionVideoDetail", photoId="3xother", page="detail")
    assert told("kuaishou", SHORT, "", (GRAPH, detail(GONE), ours)) == "removed:unspecified"
    for untied in ((GRAPH, detail(GONE), theirs), (GRAPH, detail(GONE)), (GRAPH, detail(ALIEN))):
        state = told("kuaishou", SHORT, "", untied)
        assert not state.startswith(("alive", "removed")), untied
    reading = seen("kuaishou", SHORT, "", (GRAPH, detail(GONE), theirs), (GRAPH, detail(OWN), ours))
    assert [post.post_id for post in reading.posts] == ["3xasked"]
    swapped = told("kuaishou", SHORT, "", (GRAPH, detail(ALIEN), ours))
    assert swapped == "swapped:other_post"


def test_an_answer_of_graphql_without_what_was_sent_is_tied_by_the_photo_in_it():
    reading = seen("kuaishou", SHORT, "", (GRAPH, detail(ALIEN)), (GRAPH, detail(OWN)))
    assert [post.post_id for post in reading.posts] == ["3xasked"]


@pytest.mark.parametrize("feeds", [[], [ALIEN], [OWN]], ids=["empty", "strangers", "asked"])
def test_only_a_search_of_graphql_answers_a_search_and_only_its_own_words(feeds):
    url = f"{KUAISHOU}/search/video?searchKey=%E6%9C%88%E5%AB%82"
    hot = (GRAPH, {"data": {"visionHotRank": {"result": 1, "feeds": feeds}}})
    assert told("kuaishou", url, "", hot).startswith("blocked:")
    found = {"data": {"visionSearchPhoto": {"result": 1, "feeds": feeds}}}
    other = (GRAPH, found, asked("visionSearchPhoto", keyword="电工"))
    assert told("kuaishou", url, "", other).startswith("blocked:")
    mine = (GRAPH, found, asked("visionSearchPhoto", keyword="月嫂"))
    reading = seen("kuaishou", url, "", other, mine)
    assert (reading.state, len(reading.posts)) == ("alive", len(feeds))


def test_a_profile_of_graphql_is_the_account_s_that_was_asked_for():
    url = f"{KUAISHOU}/profile/3xowner"
    closed = {"data": {"visionProfile": {"result": 1, "message": "用户不存在"}}}
    closed["data"]["visionProfile"]["userProfile"] = None
    wrong = (GRAPH, closed | {"message": "用户不存在"}, asked("visionProfile", userId="3xstranger"))
    listed = {"data": {"visionProfilePhotoList": {"result": 1, "feeds": [OWN]}}}
    mine = (GRAPH, listed, asked("visionProfilePhotoList", userId="3xowner"))
    reading = seen("kuaishou", url, "", wrong, mine)
    assert [post.post_id for post in reading.posts] == ["3xasked"]
    strangers = (GRAPH, listed, asked("visionProfilePhotoList", userId="3xstranger"))
    assert not told("kuaishou", url, "", strangers).startswith(("alive", "removed"))


ASKED_NOTE = f"{XHS}/explore/{NOTE}"
OTHER_NOTE = "6543b593000000001e01f6dd"
WHOLE = CARD | {"note_card": {**CARD["note_card"], "desc": "月嫂证", "time": 1700000000000}}
BV, OTHER_BV = "BV1xx411c7mD", "BV1GJ411x7h7"
MID, OTHER_MID = "4518232264463316", "4999999999999999"
ARTICLE = "7123456789012345678"
GONE_ANSWERS: dict[str, tuple[str, str, Any, str | None]] = {
    # the page, an answer about another post that says it is gone, what was sent
    "douyin": (
        f"{DOUYIN}/video/{VIDEO}",
        DETAIL.replace(VIDEO, OTHER),
        {"aweme_detail": None, "filter_detail": {"filter_reason": "status_deleted"}},
        "",
    ),
    "xiaohongshu": (
        ASKED_NOTE,
        f"{EDITH}/v1/feed",
        {"code": -510000, "success": False},
        json.dumps({"source_note_id": OTHER_NOTE}),
    ),
    "xiaohongshu untied": (
        ASKED_NOTE,
        f"{EDITH}/v1/feed",
        {"code": -510000, "success": False},
        None,
    ),
    "kuaishou": (
        SHORT,
        f"{KUAISHOU}/rest/wd/photo/info",
        {"result": 1, "error_msg": "作品已失效"},
        json.dumps({"photoId": "3xother"}),
    ),
    "bilibili": (
        f"https://www.bilibili.com/video/{BV}",
        f"{BILI}/x/web-interface/view?bvid={OTHER_BV}",
        {"code": -404, "message": "啥都木有"},
        "",
    ),
    "weibo": (
        f"{WEIBO}/detail/{MID}",
        f"{WEIBO}/statuses/show?id={OTHER_MID}",
        {"ok": 0, "msg": "抱歉，此微博已被作者删除"},
        "",
    ),
    "zhihu": (
        f"{ZHIHU}/question/1/answer/22",
        f"{ZHIHU}/api/v4/answers/44",
        {"error": {"code": 404, "message": "该回答已被删除"}},
        "",
    ),
    "tieba": (
        f"{TIEBA}/p/123456789",
        f"{TIEBA}/c/f/pb/page_pc",
        {"error_code": 4, "error_msg": "该贴已被删除，请浏览其他贴子"},
        "kz=987654321&pn=1",
    ),
    "toutiao": (
        f"https://www.toutiao.com/article/{ARTICLE}/",
        "https://www.toutiao.com/api/pc/info?group_id=7999999999999999999",
        {"message": "内容已删除"},
        "",
    ),
}


@pytest.mark.parametrize("name", sorted(GONE_ANSWERS))
def test_that_another_post_is_gone_says_nothing_of_this_one(name):
    url, at, value, sent = GONE_ANSWERS[name]
    source = name.partition(" ")[0]
    assert not told(source, url, "", (at, value, sent)).startswith(("removed", "alive"))


def test_that_this_post_is_gone_is_believed_where_its_id_was_sent_in_the_body():
    gone = (f"{EDITH}/v1/feed", {"code": -510000}, json.dumps({"source_note_id": NOTE}))
    assert told("xiaohongshu", ASKED_NOTE, "", gone) == "removed:unspecified"
    thread = (f"{TIEBA}/c/f/pb/page_pc", {"error_msg": "该贴已被删除"}, "kz=123456789&pn=1")
    assert told("tieba", f"{TIEBA}/p/123456789", "", thread).startswith("removed:")


HITS: dict[str, tuple[str, str, Any]] = {  # a search for x, the list's address, an empty list
    "douyin": (
        f"{DOUYIN}/search/x?type=general",
        f"{DOUYIN}/aweme/v1/web/general/search/single/?keyword=",
        {"status_code": 0, "data": []},
    ),
    "bilibili": (
        "https://search.bilibili.com/all?keyword=x",
        f"{BILI}/x/web-interface/wbi/search/all/v2?keyword=",
        {"code": 0, "data": {"result": []}},
    ),
    "weibo": (SEARCH, f"{INDEX}?containerid=100103type%3D61%26q%3D", {"data": {"cards": []}}),
    "zhihu": (
        f"{ZHIHU}/search?type=content&q=x",
        f"{ZHIHU}/api/v4/search_v3?t=general&q=",
        {"data": []},
    ),
    "tieba": (
        f"{TIEBA}/f/search/res?ie=utf-8&kw=&qw=x",
        f"{HIT_LISTS}?word=",
        {"data": {"card_list": []}},
    ),
    "toutiao": (
        "https://so.toutiao.com/search?keyword=x",
        "https://www.toutiao.com/api/search/content/?keyword=",
        {"data": []},
    ),
}


@pytest.mark.parametrize("name", sorted(HITS))
def test_an_answer_to_other_words_is_no_answer_to_this_search(name):
    url, at, nothing = HITS[name]
    assert told(name, url, "", (f"{at}%E7%94%B5%E5%B7%A5", nothing)).startswith("blocked:")
    assert told(name, url, "", (f"{at}x", nothing)) == "alive:"


@pytest.mark.parametrize(("name", "at"), [
    ("xiaohongshu", f"{EDITH}/v1/search/notes"), ("kuaishou", f"{KUAISHOU}/rest/v/search/feed"),
])  # fmt: skip
def test_words_sent_in_a_body_tie_a_search_too(name, at):
    url = {"xiaohongshu": f"{XHS}/search_result?keyword=x"}.get(
        name, f"{KUAISHOU}/search/video?searchKey=x"
    )
    nothing = {"code": 0, "success": True, "result": 1, "feeds": [], "data": {"items": []}}
    assert told(name, url, "", (at, nothing, json.dumps({"keyword": "x"}))) == "alive:"
    for sent in (json.dumps({"keyword": "电工"}), ""):
        assert told(name, url, "", (at, nothing, sent)).startswith("blocked:")


def test_a_page_that_encodes_its_words_once_more_is_the_same_search():
    url = f"{XHS}/search_result?keyword=%25E6%259C%2588%25E5%25AB%2582"
    answer = (f"{EDITH}/v1/search/notes", {"data": {"items": []}}, '{"keyword": "月嫂"}')
    assert told("xiaohongshu", url, "", answer) == "alive:"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"{DOUYIN}/search/%E6%9C%88%E5%AB%82?type=general", "月嫂"),
        (SEARCH, "x"),
        (f"{TIEBA}/f/search/res?kw=%E5%90%A7&qw=x", "x"),
        (f"{TIEBA}/f?kw=%D4%C2", ""),  # GBK: not to be told
        (f"{DOUYIN}/video/{VIDEO}", ""),
        ("http://[", ""),
    ],
)
def test_the_words_of_a_search_stand_in_its_address(url, words):
    assert keyword_of(url) == words


def test_another_account_s_answers_say_nothing_of_this_one():
    url = f"{DOUYIN}/user/{SEC}"
    other = PROFILE.replace(SEC, "MS4other"), {"status_msg": "账号已被封禁"}
    mine = (POSTS, {"aweme_list": [video(VIDEO, SEC)]})
    assert told("douyin", url, "", other, mine) == "alive:"
    assert not told("douyin", url, "", other).startswith("removed")
    untied = (f"{EDITH}/v1/user/otherinfo", {"code": 0, "data": {"basic_info": {"nickname": "乙"}}})
    profile = f"{XHS}/user/profile/5f00000000000000000000aa"
    assert not told("xiaohongshu", profile, "", untied).startswith("alive")
    sent = (*untied, json.dumps({"target_user_id": "5f00000000000000000000aa"}))
    assert told("xiaohongshu", profile, "", sent) == "alive:"


# Cards of the post in lists of something else.

LISTED: dict[str, tuple[str, str, Any]] = {
    "douyin": (f"{DOUYIN}/video/{VIDEO}", POSTS, {"aweme_list": [video(VIDEO)]}),
    "xiaohongshu": (
        f"{XHS}/search_result/{NOTE}",
        f"{EDITH}/v1/search/notes",
        {"code": 0, "data": {"items": [CARD]}},
    ),
    "kuaishou": (
        SHORT,
        f"{KUAISHOU}/rest/v/profile/feed?user_id=q",
        {"result": 1, "feeds": [OWN, PHOTO]},
    ),
    "bilibili": (
        f"https://www.bilibili.com/video/{BV}",
        f"{BILI}/x/space/wbi/arc/search?mid=1",
        {"data": {"list": {"vlist": [{"bvid": BV, "title": "t", "author": "a", "mid": 1}]}}},
    ),
    "weibo": (
        f"{WEIBO}/detail/{OTHER_MID}",
        f"{INDEX}?containerid=1076039",
        {"ok": 1, "data": {"cards": [{"card_type": 9, "mblog": BLOG}]}},
    ),
    "zhihu": (
        f"{ZHIHU}/question/1/answer/22",
        f"{ZHIHU}/api/v4/questions/1/feeds",
        {
            "data": [
                {
                    "target": {
                        "id": "22",
                        "type": "answer",
                        "content": "月嫂证",
                        "author": {"name": "a"},
                        "question": {"id": 1, "title": "q"},
                    }
                }
            ]
        },
    ),
    "toutiao": (
        f"https://www.toutiao.com/article/{ARTICLE}/",
        "https://www.toutiao.com/api/pc/list/user/feed?token=x",
        {"data": [{"group_id": ARTICLE, "title": "t", "abstract": "a", "source": "s"}]},
    ),
    "tieba": (
        f"{TIEBA}/p/123456789",
        f"{TIEBA}/c/f/frs/page_pc",
        {"thread_list": [{"id": "123456789", "title": "t", "author": {"name": "a"}}]},
    ),
}
every_listed = pytest.mark.parametrize("name", sorted(LISTED))


@every_listed
@pytest.mark.parametrize("dom", ["", "推荐 " * 60], ids=["bare", "filled"])
def test_a_card_in_a_list_makes_no_post_alive_whose_own_answer_never_came(name, dom):
    url, at, value = LISTED[name]
    assert told(name, url, dom, (at, value)).partition(":")[0] in {"error", "ambiguous"}


@every_listed
def test_a_notice_beside_such_a_card_is_believed_wherever_it_stands_in_the_document(name):
    url, at, value = LISTED[name]
    words = {
        "bilibili": "视频去哪了呢",
        "weibo": "抱歉，此微博已被作者删除",
        "zhihu": "该回答已被删除",
        "tieba": "很抱歉，该贴已被删除。",
        "toutiao": "内容已删除",
        "douyin": "你要观看的视频不存在",
        "xiaohongshu": "你访问的页面不见了",
        "kuaishou": "作品已被删除",
    }[name]
    links = "".join(f'<a href="/{n}">别人的一条推荐视频和它的标题</a>' for n in range(60))
    for dom in (words, f"{links}<div class=x9f>{words}</div>"):
        assert told(name, url, dom, (at, value)).startswith("removed:"), dom[:80]


@pytest.mark.parametrize("title", ["验证码中间页", "验证码 - 抖音"])
def test_a_captcha_s_title_is_a_wall_though_a_list_has_the_post(title):
    url, at, value = LISTED["douyin"]
    reading = seen("douyin", url, "", (at, value), title=title)
    assert (reading.state, reading.reason) == ("blocked", "captcha")


NULLS: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    (
        "douyin",
        f"{DOUYIN}/video/{VIDEO}",
        (DETAIL, {"aweme_detail": None, "filter_detail": {"filter_reason": "new_reason"}}),
    ),
    (
        "kuaishou",
        SHORT,
        (GRAPH, detail(None), asked("visionVideoDetail", photoId="3xasked")),
    ),
    (
        "xiaohongshu",
        f"{XHS}/search_result/{NOTE}",
        (f"{EDITH}/v1/feed", {"data": {"items": []}}, json.dumps({"source_note_id": NOTE})),
    ),
    (
        "bilibili",
        f"https://www.bilibili.com/video/{BV}",
        (f"{BILI}/x/web-interface/view?bvid={BV}", {"code": 99999, "data": None}),
    ),
)


@pytest.mark.parametrize(("name", "url", "answer"), NULLS)
def test_a_post_whose_own_answer_holds_nothing_is_not_alive_by_list_or_document(name, url, answer):
    _, at, value = LISTED[name]
    shown = {
        "douyin": '<h1>推荐</h1><p data-e2e=user-info><a href="/user/x"><span>别人</span></a></p>',
        "kuaishou": "<p class=caption>推荐</p><p class=user-name>别人</p>",
        "xiaohongshu": "<p id=detail-title>推荐</p>",
        "bilibili": "<h1 class=video-title>推荐</h1><a class=up-name>别人</a>",
    }[name]
    for dom in ("", "推荐 " * 60, shown):
        state = told(name, url, dom, answer, (at, value))
        assert state.partition(":")[0] in {"error", "ambiguous"}


def test_a_post_that_the_document_s_state_only_lists_is_not_alive_by_it():
    main = {"bvid": OTHER_BV, "title": "别的", "owner": {"mid": 2, "name": "n"}}
    card = {"bvid": BV, "title": "t", "owner": {"mid": 1, "name": "n"}}
    for state in ({"videoData": main, "related": [card, main]}, {"related": [card, main]}):
        script = f"</p><script>window.__INITIAL_STATE__={json.dumps(state)};</script><p>"
        url = f"https://www.bilibili.com/video/{BV}"
        assert not told("bilibili", url, script).startswith("alive")
    profile = {
        "user": {"notes": [[CARD, CARD | {"id": OTHER_NOTE}]]},
        "note": {"noteDetailMap": {}},
    }
    script = f"</p><script>window.__INITIAL_STATE__={json.dumps(profile)};</script><p>"
    assert not told("xiaohongshu", ASKED_NOTE, script).startswith("alive")


def test_the_rest_of_another_long_weibo_is_not_this_one():
    rest = {"ok": 1, "data": {"longTextContent": "别人的长微博"}}
    url = f"{WEIBO}/detail/{MID}"
    other = (f"{WEIBO}/statuses/extend?id={OTHER_MID}", rest)
    assert not told("weibo", url, "", other).startswith("alive")
    assert told("weibo", url, "", (f"{WEIBO}/statuses/extend?id={MID}", rest)) == "alive:"


def test_a_user_known_only_by_the_account_s_own_answer_stays_alive():
    answer = (PROFILE, {"status_code": 0, "user": USER})
    assert told("douyin", f"{DOUYIN}/user/{SEC}", "", answer) == "alive:"


def test_a_post_told_by_its_own_id_is_itself_under_whatever_number_it_was_asked_for():
    at = f"{KUAISHOU}/rest/wd/photo/info"
    answer = (at, {"result": 1, **OWN}, json.dumps({"photoId": "5200000000000000001"}))
    assert told("kuaishou", SHORT, "", answer) == "alive:"


def test_an_account_of_toutiao_is_tied_by_either_of_its_ids():
    feed = "https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token=MS4wtoken&x="
    entry = {"group_id": ARTICLE, "title": "t", "abstract": "a", "user": {"user_id": "900000001"}}
    page = "https://www.toutiao.com/c/user/{}/"
    for asked in ("900000001", "token/MS4wtoken"):
        state = told("toutiao", page.format(asked), "", (f"{feed}900000001", {"data": [entry]}))
        assert state == "alive:" or asked.startswith("token")
    stranger = told("toutiao", page.format("900000002"), "", (f"{feed}1", {"data": [entry]}))
    assert not stranger.startswith(("alive", "removed"))


def test_a_thread_in_a_list_beside_its_notice_is_not_its_floors():
    card = '<li class="j_thread_list" data-field=\'{"id": 123456789}\'>'
    card += '<a class=j_th_tit href="/p/123456789">月嫂证</a></li>'
    state = told("tieba", f"{TIEBA}/p/123456789", f"<ul id=thread_list>{card}</ul>")
    assert not state.startswith(("alive", "removed"))
    gone = f"<p>很抱歉，该贴已被删除。</p><ul id=thread_list>{card}</ul>"
    assert told("tieba", f"{TIEBA}/p/123456789", gone).startswith("removed:")
