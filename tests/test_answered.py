"""What a page's scripts were told besides what was asked for never stands in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from door.sources import all_sources
from storage.records import Answer
from tests.test_sources import page_of

SOURCES = all_sources()
SHELL = b"<html><head><title>x</title></head><body><div id=root></div><script src=a.js></script>"
DOUYIN = "https://www.douyin.com"
XHS = "https://www.xiaohongshu.com"
EDITH = "https://edith.xiaohongshu.com/api/sns/web"
KUAISHOU = "https://www.kuaishou.com"
BILI = "https://api.bilibili.com"
SEC, VIDEO, OTHER = "MS4wLjABAAAAsample", "7123456789012345678", "7999999999999999999"
NOTE = "6543b593000000001e01f6dc"
BANNED = "该账号已被封禁"


def seen(name: str, url: str, dom: str, *answers: tuple[Any, ...], title: str = "x"):
    """The reading of a page that shows `dom` after its scripts were told `answers`: the URL, what
    came and, where it is known, what was sent."""
    kept = tuple(
        Answer(
            url=at,
            status=200,
            content_type="application/json",
            body=value if isinstance(value, bytes) else json.dumps(value).encode(),
            sent=next(iter(sent), None),
        )
        for at, value, *sent in answers
    )
    body = "</head><body><div id=root><nav>首页 推荐 搜索</nav>"
    head = f"<html><head><title>{title}</title>{body}"
    shown = f"{head}<p>{dom}</p></div><script></script></body></html>"
    return SOURCES[name]().read(page_of(SHELL, url, dom=shown, answers=kept))


def told(name: str, url: str, dom: str, *answers: tuple[Any, ...]) -> str:
    reading = seen(name, url, dom, *answers)
    assert reading.state == "alive" or reading.posts == ()
    return f"{reading.state}:{reading.reason}"


def video(number: str, sec: str = "MS4other") -> dict[str, Any]:
    author = {"uid": "1", "sec_uid": sec, "nickname": "某号"}
    return {"aweme_id": number, "desc": "一段话", "create_time": 1700000000, "author": author}


CARD = {
    "id": NOTE,
    "model_type": "note",
    "note_card": {"type": "normal", "display_title": "月嫂证", "user": {"user_id": "5f"}},
}
BILI_OTHER = {
    "bvid": "BV1xx411c7mD",
    "title": "别人的",
    "owner": {"mid": 1, "name": "n"},
    "pubdate": 1700000000,
}
PHOTO = {"photo": {"id": "3xz", "caption": "别人", "timestamp": 1}, "author": {"id": "q"}}

SEARCHED = {
    "douyin": (f"{DOUYIN}/search/x?type=general", f"{DOUYIN}/aweme/v1/web/general/search/single/"),
    "xiaohongshu": (f"{XHS}/search_result?keyword=x", f"{EDITH}/v1/search/notes"),
    "kuaishou": (f"{KUAISHOU}/search/video?searchKey=x", f"{KUAISHOU}/rest/v/search/feed"),
    "bilibili": (
        "https://search.bilibili.com/all?keyword=x",
        f"{BILI}/x/web-interface/wbi/search/all/v2",
    ),
}
FEEDS: dict[str, tuple[str, Any, Any]] = {  # an answer of something else: empty, and of strangers
    "douyin": (
        f"{DOUYIN}/aweme/v1/web/other/",
        {"status_code": 0, "data": []},
        {"status_code": 0, "aweme_list": [video(OTHER)]},
    ),
    "xiaohongshu": (
        f"{EDITH}/v2/other",
        {"code": 0, "success": True, "data": {"has_more": False, "items": []}},
        {"code": 0, "success": True, "data": {"items": [CARD]}},
    ),
    "kuaishou": (
        f"{KUAISHOU}/rest/v/other/feed",
        {"result": 1, "feeds": []},
        {"result": 1, "feeds": [PHOTO]},
    ),
    "bilibili": (
        f"{BILI}/x/other",
        {"code": 0, "data": {"items": []}},
        {"code": 0, "data": {"items": [BILI_OTHER]}},
    ),
}
EMPTY: dict[str, Any] = {name: feed[1] for name, feed in FEEDS.items()}
REFUSED: dict[str, Any] = {
    "douyin": {"status_code": 2483, "status_msg": "请先登录"},
    "xiaohongshu": {"code": -101, "success": False, "msg": "无登录信息"},
    "kuaishou": {"result": 400002},
    "bilibili": {"code": -412, "message": "x"},
}
ODD: dict[str, Any] = {  # entries of a shape that nobody knows
    "douyin": {"status_code": 0, "data": [{"type": 999, "foo": 1}]},
    "xiaohongshu": {"code": 0, "success": True, "data": {"items": [{"model_type": "note_v2"}]}},
    "kuaishou": {"result": 1, "feeds": [{"work": {"pid": "3x"}}]},
    "bilibili": {
        "code": 0,
        "data": {"numResults": 9, "result": [{"result_type": "video", "data": [{"ttl": "n"}]}]},
    },
}
every_source = pytest.mark.parametrize("name", sorted(SEARCHED))


@every_source
@pytest.mark.parametrize("refusal", ["code", "nothing", "html"])
@pytest.mark.parametrize("feed", [1, 2], ids=["empty", "strangers"])
def test_a_refused_search_is_blocked_whatever_else_the_page_was_told(name, refusal, feed):
    url, own = SEARCHED[name]
    said = {"code": REFUSED[name], "nothing": b"", "html": b"<html>x</html>"}[refusal]
    state = told(name, url, "", (own, said), (FEEDS[name][0], FEEDS[name][feed]))
    assert state.startswith("blocked:")


@every_source
def test_an_empty_search_is_empty_only_where_no_wall_is_shown(name):
    url, own = SEARCHED[name]
    assert told(name, url, "没有相关内容", (own, EMPTY[name])) == "alive:"
    wall = {"douyin": "登录后即可搜索", "xiaohongshu": "登录后查看搜索结果"}.get(name, "请完成验证")
    assert told(name, url, wall, (own, EMPTY[name])).startswith("blocked:")
    long = "推荐" * 500 + wall
    assert told(name, url, long, (own, EMPTY[name])).startswith("blocked:")


@every_source
def test_entries_of_no_known_shape_are_a_changed_layout_and_no_empty_search(name):
    url, own = SEARCHED[name]
    assert told(name, url, "", (own, ODD[name])) == "error:layout_changed"


PROFILE = f"{DOUYIN}/aweme/v1/web/user/profile/other/?sec_user_id={SEC}"
POSTS = f"{DOUYIN}/aweme/v1/web/aweme/post/?sec_user_id={SEC}"
USER = {"sec_uid": SEC, "nickname": "某号", "unique_id": "x1", "aweme_count": 0}
NOBODY = {"status_code": 0, "aweme_list": [], "has_more": 0}
RULES = "由于违反《抖音社区自律公约》的相关规定，该账号已被封禁"
MID = "https://space.bilibili.com/12345"
ACCOUNTS: tuple[tuple[str, str, str, tuple[tuple[str, Any], ...], str], ...] = (
    ("douyin", f"{DOUYIN}/user/{SEC}", BANNED, ((POSTS, NOBODY),), "removed:account_blocked"),
    (
        "douyin",
        f"{DOUYIN}/user/{SEC}",
        BANNED,
        ((PROFILE, {"status_code": 0, "user": USER}), (POSTS, NOBODY)),
        "removed:account_blocked",
    ),
    (
        "douyin",
        f"{DOUYIN}/user/{SEC}",
        "",
        (
            (PROFILE, {"status_code": 0, "status_msg": RULES}),
            (f"{DOUYIN}/aweme/v1/web/aweme/rec/", {"aweme_list": [video(OTHER)]}),
        ),
        "removed:account_blocked",
    ),
    (
        "douyin",
        f"{DOUYIN}/user/{SEC}",
        "私密账号",
        ((POSTS, {"status_code": 0, "aweme_list": [video(OTHER)]}),),
        "ambiguous:private",
    ),
    (
        "douyin",
        f"{DOUYIN}/user/{SEC}",
        "",
        ((POSTS, {"status_code": 0, "aweme_list": [video(OTHER)]}),),
        "error:layout_changed",
    ),
    ("douyin", f"{DOUYIN}/user/{SEC}", "暂无内容", ((POSTS, NOBODY),), "ambiguous:empty_account"),
    (
        "xiaohongshu",
        f"{XHS}/user/profile/5f00000000000000000000aa",
        "该账号因违反社区规范已被封禁",
        ((f"{EDITH}/v1/user_posted", {"code": 0, "success": True, "data": {"notes": []}}),),
        "removed:account_blocked",
    ),
    (
        "bilibili",
        MID,
        "",
        (
            (f"{BILI}/x/space/wbi/acc/info?mid=12345", {"code": -404, "message": "x"}),
            (
                f"{BILI}/x/space/wbi/arc/search?mid=12345",
                {"code": 0, "data": {"list": {"vlist": []}}},
            ),
            (f"{BILI}/x/other", {"code": 0, "data": {"list": [BILI_OTHER]}}),
        ),
        "removed:unspecified",
    ),
)


@pytest.mark.parametrize(("name", "url", "dom", "answers", "state"), ACCOUNTS)
def test_an_account_is_what_its_profile_and_the_page_s_notice_say(name, url, dom, answers, state):
    assert told(name, url, dom, *answers) == state


def test_an_account_with_posts_of_its_own_shows_those_alone_and_no_word_in_them_closes_it():
    mine = video(VIDEO, SEC) | {"desc": BANNED}
    answer = (POSTS, {"status_code": 0, "aweme_list": [mine, video(OTHER)]})
    reading = seen("douyin", f"{DOUYIN}/user/{SEC}", BANNED, answer)
    assert [post.post_id for post in reading.posts] == [VIDEO]


def gone_video(reason: str, message: str) -> dict[str, Any]:
    facts = {"filter_reason": reason, "aweme_id": VIDEO, "detail_msg": message}
    return {"status_code": 0, "aweme_detail": None, "filter_detail": facts}


DETAIL = f"{DOUYIN}/aweme/v1/web/aweme/detail/?aweme_id={VIDEO}"
UNCLEAR = "因作品权限或已被删除，无法观看，去看看其他作品吧"
POSTS_GONE: tuple[tuple[str, str, tuple[tuple[str, Any], ...], str], ...] = (
    (
        "douyin",
        f"{DOUYIN}/video/{VIDEO}",
        (
            (DETAIL, gone_video("status_deleted", UNCLEAR)),
            (f"{DOUYIN}/aweme/v1/web/aweme/post/", {"aweme_list": [video(VIDEO)]}),
        ),
        "removed:unspecified",
    ),
    (
        "douyin",
        f"{DOUYIN}/video/{VIDEO}",
        ((DETAIL, gone_video("another_reason", UNCLEAR)),),
        "ambiguous:deleted_or_private",
    ),
    (
        "xiaohongshu",
        f"{XHS}/search_result/{NOTE}",
        (
            (f"{EDITH}/v1/search/notes", {"code": 0, "success": True, "data": {"items": [CARD]}}),
            (
                f"{EDITH}/v1/feed",
                {"code": -510000, "success": False, "msg": "笔记不存在"},
                json.dumps({"source_note_id": NOTE, "extra": {"need_body_topic": "1"}}),
            ),
        ),
        "removed:unspecified",
    ),
)


@pytest.mark.parametrize(("name", "url", "answers", "state"), POSTS_GONE)
def test_a_post_s_own_answer_decides_over_a_list_that_still_has_it(name, url, answers, state):
    assert told(name, url, "", *answers) == state


WEIBO = "https://m.weibo.cn"
INDEX = f"{WEIBO}/api/container/getIndex"
BLOG = {"mid": "4999999999999999", "id": "4999999999999999", "text": "别人的微博"}
BLOG |= {"user": {"id": 9, "screen_name": "别人"}, "created_at": "刚刚"}
HOT = (f"{INDEX}?hot", {"ok": 1, "data": {"cards": [{"card_type": 9, "mblog": BLOG}]}})
SEARCH = f"{WEIBO}/search?containerid=100103type%3D61%26q%3Dx"
CLOSED = "该账号因被投诉违反法律法规和《微博社区公约》的相关规定，现已无法查看。"
PROFILED = f"{INDEX}?type=uid&value=1234567890"
PERSON = {"id": 1234567890, "screen_name": "某号", "description": CLOSED}
WEIBO_CASES: tuple[tuple[str, tuple[tuple[str, Any], ...], str], ...] = (
    (
        f"{WEIBO}/detail/4518232264463316",
        ((f"{WEIBO}/statuses/show?id=4518232264463316", {"ok": -100}), HOT),
        "blocked:login",
    ),
    (
        f"{WEIBO}/u/1234567890",
        ((PROFILED, {"ok": 0, "errno": "20003", "msg": "用户不存在(20003)"}), HOT),
        "ambiguous:no_such_user",
    ),
    (
        f"{WEIBO}/u/1234567890",
        (
            (
                PROFILED,
                {"data": {"userInfo": PERSON}},
            ),
        ),
        "removed:account_blocked",
    ),
    (
        SEARCH,
        (
            (f"{INDEX}?containerid=100103type%3D61", b"<html>Sina Visitor System</html>"),
            (f"{WEIBO}/api/config/list", {"ok": 1, "data": {"list": []}}),
        ),
        "blocked:shell",
    ),
    (SEARCH, ((f"{INDEX}?containerid=100103type%3D61", {"ok": -100}), HOT), "blocked:login"),
    (
        SEARCH,
        (
            (
                f"{INDEX}?page_type=all&containerid=100103type%3D61",
                {"ok": 1, "data": {"cards": [{"card_type": 9, "status": {"sid": "45"}}]}},
            ),
        ),
        "error:layout_changed",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("url", "answers", "state"), WEIBO_CASES)
def test_what_weibo_says_of_the_thing_asked_for_decides_over_its_hot_feed(url, answers, state):
    assert told("weibo", url, "", *answers) == state


def test_a_notice_in_the_place_of_a_weibo_is_one_when_its_author_is_an_empty_name():
    status = {"mid": "4518232264463316", "text": CLOSED, "user": {"id": 0, "screen_name": ""}}
    script = f"<html><script>var $render_data = [{json.dumps({'status': status})}][0];</script>"
    page = page_of(script.encode(), f"{WEIBO}/detail/4518232264463316")
    reading = SOURCES["weibo"]().read(page)
    assert (reading.state, reading.reason) == ("removed", "account_blocked")


def test_what_an_engine_offers_where_it_found_nothing_is_no_hit():
    link = '<h3 class=t><a href="http://www.baidu.com/link?url=abc">推荐</a></h3>'
    hit = f'<div class="result c-container" mu="http://a.example/1">{link}</div>'
    nothing = f"<html><div id=content_none>没有</div>{hit}</html>".encode()
    url = "https://www.baidu.com/s?wd=x"
    assert SOURCES["baidu_search"]().read(page_of(nothing, url)).posts == ()
    card = '<div class="card-wrap" mid="4518232264463316"><p class=txt>填充</p></div>'
    none = f"<html><p>抱歉</p><p>以下是您可能感兴趣的微博</p>{card}</html>".encode()
    assert SOURCES["weibo"]().read(page_of(none, "https://s.weibo.com/weibo?q=x")).posts == ()
    quoted = card.replace("填充", "以下是您可能感兴趣的微博")
    one = f"<html><body>{quoted}</body></html>".encode()
    assert SOURCES["weibo"]().read(page_of(one, "https://s.weibo.com/weibo?q=x")).posts


ZHIHU, TIEBA = "https://www.zhihu.com", "https://tieba.baidu.com"
ANSWERED = {"id": "33", "type": "answer", "content": "别人的回答", "author": {"name": "某人"}}
ANSWERED |= {"question": {"id": 1, "title": "某问"}}
THREAD = {"id": "999999999", "tid": "999999999", "title": "别的贴", "author": {"name": "某人"}}
ASKED_THREAD = f"{TIEBA}/p/123456789"
HIT_LISTS = f"{TIEBA}/mo/q/search/multsearch"
ARTICLE = "https://www.toutiao.com/article/7123456789012345678/"
FOUND_BY = f"{ZHIHU}/search?type=content&q=x"
SEARCHED_BY = f"{TIEBA}/f/search/res?qw=x"
OTHERS: tuple[tuple[str, str, tuple[tuple[str, Any], ...], str], ...] = (
    (
        "zhihu",
        f"{ZHIHU}/question/1/answer/22",
        (
            (f"{ZHIHU}/api/v4/answers/22", {"error": {"code": 40352, "message": "x"}}),
            (f"{ZHIHU}/api/v4/rec", {"data": [{"type": "answer", "target": ANSWERED}]}),
        ),
        "blocked:captcha",
    ),
    (
        "zhihu",
        FOUND_BY,
        ((f"{ZHIHU}/api/v4/search_v3?q=x", b""), (f"{ZHIHU}/api/v4/other", {"data": []})),
        "blocked:shell",
    ),
    ("zhihu", FOUND_BY, ((f"{ZHIHU}/api/v4/search_v3?q=x", {"data": []}),), "alive:"),
    (
        "zhihu",
        FOUND_BY,
        ((f"{ZHIHU}/api/v4/search_v3?q=x", {"data": [{"kind": "x", "obj": {}}]}),),
        "error:layout_changed",
    ),
    (
        "tieba",
        ASKED_THREAD,
        (
            (f"{TIEBA}/c/f/pb/page_pc", {"error_code": 110003, "error_msg": "x"}),
            (f"{TIEBA}/c/f/frs/page_pc", {"thread_list": [THREAD]}),
        ),
        "blocked:login",
    ),
    (
        "tieba",
        SEARCHED_BY,
        ((HIT_LISTS, b""), (f"{TIEBA}/mo/q/other", {"data": {"list": []}})),
        "blocked:shell",
    ),
    ("tieba", SEARCHED_BY, ((HIT_LISTS, {"data": {"card_list": []}}),), "alive:"),
    (
        "tieba",
        SEARCHED_BY,
        ((HIT_LISTS, {"data": {"card_list": [{"style": "thread"}]}}),),
        "error:layout_changed",
    ),
    (
        "toutiao",
        ARTICLE,
        (
            (
                "https://www.toutiao.com/api/pc/info?id=7123456789012345678",
                {"message": "内容已删除", "code": 404},
            ),
        ),
        "removed:unspecified",
    ),
    (
        "toutiao",
        "https://so.toutiao.com/search?keyword=x",
        (("https://www.toutiao.com/api/search/content/?x", {"data": [{"odd": 1}]}),),
        "error:layout_changed",
    ),
    (
        "toutiao",
        "https://so.toutiao.com/search?keyword=x",
        (("https://www.toutiao.com/api/other/", {"data": []}),),
        "blocked:shell",
    ),
)


@pytest.mark.parametrize(("name", "url", "answers", "state"), OTHERS)
def test_zhihu_tieba_and_toutiao_decide_by_what_was_asked_for(name, url, answers, state):
    assert told(name, url, "", *answers) == state


def test_a_search_page_whose_list_holds_links_of_no_known_kind_is_not_empty():
    listed = '<div class=s-result-list><div class=new><a href="/x">标题</a></div></div>'
    words = "推荐内容" * 60
    page = f"<html><body>{listed}<p>{words}</p></body></html>".encode()
    reading = SOURCES["toutiao"]().read(page_of(page, "https://so.toutiao.com/search?keyword=x"))
    assert (reading.state, reading.reason) == ("error", "layout_changed")


def test_an_answer_about_another_post_or_account_says_nothing_of_this_one():
    detail = f"{DOUYIN}/aweme/v1/web/aweme/detail/?aweme_id={OTHER}"
    gone = (detail, gone_video("status_deleted", UNCLEAR))
    there = (DETAIL, {"status_code": 0, "aweme_detail": video(VIDEO)})
    assert told("douyin", f"{DOUYIN}/video/{VIDEO}", "", gone, there) == "alive:"
    profile = f"{DOUYIN}/aweme/v1/web/user/profile/other/?sec_user_id=MS4other"
    banned = (profile, {"status_code": 0, "status_msg": RULES})
    posts = (POSTS, {"status_code": 0, "aweme_list": [video(VIDEO, SEC)]})
    assert told("douyin", f"{DOUYIN}/user/{SEC}", "", banned, posts) == "alive:"
    state = {"videoData": BILI_OTHER}
    script = f"</p><script>window.__INITIAL_STATE__={json.dumps(state)};</script><p>"
    missing = (f"{BILI}/x/web-interface/view?bvid=BV1yy411c7mE", {"code": -404, "message": "x"})
    silent = (f"{BILI}/x/web-interface/view/conclusion/get?bvid=BV1xx411c7mD", {"code": -404})
    url = "https://www.bilibili.com/video/BV1xx411c7mD"
    assert told("bilibili", url, script, missing, silent) == "alive:"
    answer = (f"{ZHIHU}/api/v4/answers/22", ANSWERED | {"id": "22"})
    wrong = (f"{ZHIHU}/api/v4/answers/44", {"error": {"code": 404, "message": "x"}})
    assert told("zhihu", f"{ZHIHU}/question/1/answer/22", "", wrong, answer) == "alive:"


@pytest.mark.parametrize("nickname", ["老号账号已被封禁", "请先登录再看", "用户不存在啊"])
@pytest.mark.parametrize("posts", [NOBODY, {**NOBODY, "aweme_list": [video(VIDEO, SEC)]}])
def test_an_account_s_own_name_is_no_notice_and_no_wall(nickname, posts):
    named = {"status_code": 0, "user": {**USER, "nickname": nickname}}
    url = f"{DOUYIN}/user/{SEC}"
    reading = seen("douyin", url, "", (PROFILE, named), (POSTS, posts), title=f"{nickname}的抖音")
    assert reading.state in ({"alive"} if posts["aweme_list"] else {"alive", "ambiguous"})


def test_a_bio_that_tells_of_a_banned_account_makes_its_owner_no_removed_one():
    named = {"status_code": 0, "user": USER}
    state = told("douyin", f"{DOUYIN}/user/{SEC}", "老号账号已被封禁，新号在此", (PROFILE, named))
    assert not state.startswith("removed")


@pytest.mark.parametrize(
    ("name", "url", "notice", "listed"),
    [
        (
            "douyin",
            f"{DOUYIN}/video/{VIDEO}",
            "<div class=error-page>你要观看的视频不存在</div>",
            (POSTS, {"aweme_list": [video(VIDEO)]}),
        ),
        (
            "xiaohongshu",
            f"{XHS}/search_result/{NOTE}",
            "<div class=not-found-container>该笔记已被删除</div>",
            (f"{EDITH}/v1/search/notes", {"code": 0, "data": {"items": [CARD]}}),
        ),
    ],
)
def test_an_older_card_in_a_list_says_nothing_against_the_page_s_own_notice(
    name, url, notice, listed
):
    assert told(name, url, notice, listed).startswith("removed:")
