"""The platforms under their real host names: which address is answered with what.

Shapes and traps are those of the study of the platforms; the posts are the sample's own. Nothing
here knows about HTTP: `answer` is asked with a URL's parts and gives status, kind and text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from sampleweb import replica_html as html
from sampleweb import replica_json as told
from sampleweb.replica_notices import call_at, hosts, notice_at
from sampleweb.replica_posts import ADDRESSES, post_of, posts_of, replica_walls

HTML, JSON = "text/html", "application/json"
ROBOTS = "User-agent: *\nAllow: /\n"


@dataclass(frozen=True, slots=True)
class Answered:
    text: str
    kind: str = HTML
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    query: Mapping[str, str]
    found: Mapping[str, str]  # named groups of the route


Route = tuple[str, re.Pattern[str], Callable[[Asked], Answered]]


def as_json(value: Any) -> Answered:  # noqa: ANN401 (JSON)
    return Answered(json.dumps(value, ensure_ascii=False), JSON)


def missing() -> Answered:
    return Answered(html.page("404", "<p>页面不存在</p>"), status=404)


# ---- 微博 -----------------------------------------------------------------------------------


def weibo_search(asked: Asked) -> Answered:
    call = "/api/container/getIndex?" + urlencode(
        {"containerid": asked.query.get("containerid", ""), "page_type": "searchall", "page": "1"}
    )
    return Answered(html.shell("微博搜索", (call, None)))


def weibo_cards(asked: Asked) -> Answered:
    if asked.query.get("page", "1") != "1":
        return as_json({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}})
    return as_json(told.weibo_cards(posts_of("weibo")))


def weibo_post(asked: Asked) -> Answered:
    post = post_of("weibo", asked.found["id"])
    if post is None:
        notice = '<div class="h5-4box"><p class="h5-4con">微博不存在或暂无查看权限!</p></div>'
        return Answered(html.page("微博-出错了", notice))
    data = json.dumps([{"status": told.weibo(post)}], ensure_ascii=False)
    script = f"<script>var config={{}};\nvar $render_data = {data}[0] || {{}};</script>"
    return Answered(html.page("微博正文 - 微博HTML5版", f'<div id="app"></div>{script}'))


# ---- 抖音, 快手 -------------------------------------------------------------------------------


def douyin_search(asked: Asked) -> Answered:
    asks = {"keyword": unquote(asked.path.rpartition("/")[2]), "offset": "0", "count": "15"}
    call = f"/aweme/v1/web/general/search/single/?{urlencode(asks)}"
    return Answered(html.shell("抖音搜索", (call, None)))


def douyin_page(asked: Asked) -> Answered:
    call = f"/aweme/v1/web/aweme/detail/?aweme_id={asked.found['id']}"
    return Answered(html.shell("抖音", (call, None)))


def douyin_detail(asked: Asked) -> Answered:
    """A dead id is silently replaced by another video."""
    known = post_of("douyin", asked.query.get("aweme_id", ""))
    return as_json({"status_code": 0, "aweme_detail": told.douyin(known or posts_of("douyin")[1])})


def kuaishou_search(asked: Asked) -> Answered:
    sent = {"keyword": asked.query.get("searchKey", ""), "pcursor": "", "page": "search"}
    return Answered(html.shell("快手搜索", ("/rest/v/search/feed", sent)))


def kuaishou_page(asked: Asked) -> Answered:
    variables = {"photoId": asked.found["id"], "page": "detail"}
    sent = {"operationName": "visionVideoDetail", "variables": variables, "query": "…"}
    return Answered(html.shell("快手", ("/graphql", sent)))


def kuaishou_detail(asked: Asked) -> Answered:
    wanted = asked.query.get("referer", "").rpartition("/")[2]
    post = post_of("kuaishou", wanted.partition("?")[0])
    return as_json(told.kuaishou_detail(post)) if post else as_json({"result": 2})


# ---- 小红书 ----------------------------------------------------------------------------------


def xiaohongshu_search(asked: Asked) -> Answered:
    call = "https://edith.xiaohongshu.com/api/sns/web/v1/search/notes"
    sent = {"keyword": asked.query.get("keyword", ""), "page": 1, "page_size": 20}
    return Answered(html.shell("小红书搜索", (call, sent)))


def xiaohongshu_note(asked: Asked) -> Answered:
    """A note opens only with the token of the search that found it."""
    post = post_of("xiaohongshu", asked.found["id"])
    if post is None or not asked.query.get("xsec_token"):
        return Answered("", status=302, location="/404?error_code=300031")
    state = told.xiaohongshu_note(post)
    body = f"<h1>{post.title}</h1><p>{post.text}</p>"
    return Answered(html.with_state(f"{post.title} - 小红书", "__INITIAL_STATE__", state, body))


def xiaohongshu_lost(_asked: Asked) -> Answered:
    notice = '<div class="access-wrapper"><p>当前笔记暂时无法浏览</p></div>'
    return Answered(html.with_state("小红书 - 你访问的页面不见了", "__INITIAL_STATE__", {}, notice))


# ---- B站, 知乎 -------------------------------------------------------------------------------


def bilibili_search(asked: Asked) -> Answered:
    call = "https://api.bilibili.com/x/web-interface/wbi/search/all/v2?" + urlencode(
        {"keyword": asked.query.get("keyword", ""), "page": asked.query.get("page", "1")}
    )
    return Answered(html.shell("哔哩哔哩搜索", (call, None)))


def bilibili_video(asked: Asked) -> Answered:
    post = post_of("bilibili", asked.found["id"])
    if post is None:
        state = {"error": {"code": -404, "message": "啥都木有"}, "videoData": {}}
        notice = "<p>啊叻？视频不见了？</p>"
        title = "视频去哪了呢？_哔哩哔哩_bilibili"
        return Answered(html.with_state(title, "__INITIAL_STATE__", state, notice))
    body = f'<h1 class="video-title">{post.title}</h1><p>{post.text}</p>'
    state = told.bilibili_state(post)
    title = f"{post.title}_哔哩哔哩_bilibili"
    return Answered(html.with_state(title, "__INITIAL_STATE__", state, body))


def zhihu_search(asked: Asked) -> Answered:
    call = "/api/v4/search_v3?" + urlencode({"t": "general", "q": asked.query.get("q", "")})
    return Answered(html.shell("知乎搜索", (call, None)))


def zhihu_article(asked: Asked) -> Answered:
    post = post_of("zhihu", asked.found["id"])
    if post is None:
        return Answered(html.page("你似乎来到了没有知识存在的荒原 - 知乎", ""), status=404)
    data = json.dumps(told.zhihu_entities(post), ensure_ascii=False)
    body = (
        f'<article class="Post-Main"><h1 class="Post-Title">{post.title}</h1>'
        f'<div class="RichText">{post.text}</div></article>'
        f'<script id="js-initialData" type="text/json">{data}</script>'
    )
    return Answered(html.page(f"{post.title} - 知乎", body))


# ---- 微信, 贴吧, 头条, 分类信息 -----------------------------------------------------------------


def wechat_article(asked: Asked) -> Answered:
    post = post_of("wechat_mp", asked.found["id"])
    return Answered(html.wechat_article(post) if post else html.WECHAT_GONE)


def tieba_thread(asked: Asked) -> Answered:
    post = post_of("tieba", asked.found["id"])
    return Answered(html.tieba_thread(post) if post else html.TIEBA_GONE)


def toutiao_article(asked: Asked) -> Answered:
    post = post_of("toutiao", asked.found["id"])
    return Answered(html.toutiao_article(post)) if post else missing()


def classified(asked: Asked) -> Answered:
    post = post_of("classifieds", asked.found["id"])
    return Answered(html.classified(post)) if post else missing()


def sogou_link(asked: Asked) -> Answered:
    return Answered(html.sogou_link(ADDRESSES["wechat_mp"].format(id=asked.query.get("url", ""))))


def baidu_link(asked: Asked) -> Answered:
    number = asked.query.get("url", "").removeprefix("Sample")
    hit = html.HITS[int(number) - 1] if number in {"1", "2"} else None
    return Answered("", status=302, location=hit[0]) if hit else missing()


def route(host: str, path: str, answer: Callable[[Asked], Answered]) -> Route:
    return host, re.compile(path), answer


def listed(make: Callable[..., Any], platform: str) -> Callable[[Asked], Answered]:
    """All posts of a platform on its first page, whatever was searched for; then none."""

    def found(asked: Asked) -> Answered:
        first = asked.query.get("page", "1") == "1" and asked.query.get("page_num", "0") == "0"
        made = make(posts_of(platform) if first else ())
        return Answered(made) if isinstance(made, str) else as_json(made)

    return found


def engine(make: Callable[[str], str]) -> Callable[[Asked], Answered]:
    return lambda _asked: Answered(make(""))


def shown(text: str) -> Callable[[Asked], Answered]:
    return lambda _asked: Answered(text)


ID = r"(?P<id>[\w-]+)"
ROUTES: tuple[Route, ...] = (
    route("m.weibo.cn", "/search", weibo_search),
    route("m.weibo.cn", "/api/container/getIndex", weibo_cards),
    route("m.weibo.cn", f"/(?:detail|status)/{ID}", weibo_post),
    route("www.douyin.com", "/search/.*", douyin_search),
    route("www.douyin.com", "/aweme/v1/web/general/search/single/",
          listed(told.douyin_found, "douyin")),
    route("www.douyin.com", f"/(?:video|note)/{ID}", douyin_page),
    route("www.douyin.com", "/aweme/v1/web/aweme/detail/", douyin_detail),
    route("www.kuaishou.com", "/search/video", kuaishou_search),
    route("www.kuaishou.com", "/rest/v/search/feed", listed(told.kuaishou_found, "kuaishou")),
    route("www.kuaishou.com", f"/short-video/{ID}", kuaishou_page),
    route("www.kuaishou.com", "/graphql", kuaishou_detail),
    route("www.xiaohongshu.com", "/search_result", xiaohongshu_search),
    route("edith.xiaohongshu.com", "/api/sns/web/v1/search/notes",
          listed(told.xiaohongshu_found, "xiaohongshu")),
    route("www.xiaohongshu.com", f"/explore/{ID}", xiaohongshu_note),
    route("www.xiaohongshu.com", "/404", xiaohongshu_lost),
    route("search.bilibili.com", "/all", bilibili_search),
    route("api.bilibili.com", "/x/web-interface/wbi/search/all/v2",
          listed(told.bilibili_found, "bilibili")),
    route("www.bilibili.com", f"/video/{ID}/?", bilibili_video),
    route("www.zhihu.com", "/search", zhihu_search),
    route("www.zhihu.com", "/api/v4/search_v3", listed(told.zhihu_found, "zhihu")),
    route("zhuanlan.zhihu.com", f"/p/{ID}", zhihu_article),
    route("tieba.baidu.com", "/f/search/res", listed(html.tieba_found, "tieba")),
    route("tieba.baidu.com", f"/p/{ID}", tieba_thread),
    route("so.toutiao.com", "/search", listed(html.toutiao_found, "toutiao")),
    route("www.toutiao.com", f"/article/{ID}/?", toutiao_article),
    route("www.toutiao.com", "/", shown(html.page("今日头条", "<p>推荐 要闻 视频</p>"))),
    route("mp.weixin.qq.com", f"/s/{ID}", wechat_article),
    route("weixin.sogou.com", "/weixin", listed(html.sogou_weixin, "wechat_mp")),
    route("weixin.sogou.com", "/link", sogou_link),
    route("www.baidu.com", "/s", engine(html.baidu)),
    route("www.baidu.com", "/link", baidu_link),
    route("cn.bing.com", "/search", engine(html.bing)),
    route("www.so.com", "/s", engine(html.so360)),
    route("www.sogou.com", "/web", engine(html.sogou_web)),
    *(
        route(
            str(urlsplit(wall.url).hostname),
            re.escape(urlsplit(wall.url).path),
            shown({"captcha": html.CAPTCHA, "login": html.LOGIN}.get(wall.reason, html.RISK)),
        )
        for wall in replica_walls()
    ),
    route("zz.58.com", r"/zhiyepeix/(?P<id>\d+)x\.shtml", classified),
)  # fmt: skip
HOSTS: tuple[str, ...] = tuple(dict.fromkeys([*(host for host, _, _ in ROUTES), *hosts()]))


def noticed(host: str, path: str, query: Mapping[str, str]) -> Answered | None:
    """A notice in the place of a post, or what its script is answered."""
    call = call_at(host, path, query)
    if call is not None:
        return replace(as_json(call.answer), status=call.status)
    notice = notice_at(host, path, query)
    if notice is None:
        return None
    calls = ((one.url, one.sent) for one in notice.calls)
    made = html.shell(notice.title, *calls, body=notice.body) if notice.calls else ""
    text = made or html.page(notice.title, notice.body)
    return Answered(text, status=notice.status, location=notice.location)


def answer(host: str, path: str, query: Mapping[str, str]) -> Answered:
    """What the platform's replica says; a page nobody has is a 404."""
    if path == "/robots.txt":
        return Answered(ROBOTS, "text/plain")
    told = noticed(host, path, query)
    if told is not None:
        return told
    for own, pattern, make in ROUTES:
        found = pattern.fullmatch(path) if own == host else None
        if found:
            return make(Asked(path, query, found.groupdict()))
    return missing()
