"""The replicas' pages: server-made lists and articles, shells with a script, walls and notices."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from zoneinfo import ZoneInfo

from sampleweb.replica_posts import ReplicaPost

CHINA = ZoneInfo("Asia/Shanghai")
# Where the search engines' hits lie: pages of the sample web's own sites.
HITS = (
    ("http://jinpai.test/xf.html", "消防设施操作员报名", "消防证报名培训，欢迎来电咨询。"),
    ("http://www.mingde-skill.example/", "明德技能学校", "办学许可证和收费标准公示。"),
)
SHELL = """<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="referrer" content="unsafe-url"></head>
<body><div id="app">{body}</div><script>
const shown = new Set(['title', 'display_title', 'desc', 'text', 'caption', 'content']);
const walk = (v, out) => {{
  if (Array.isArray(v)) v.forEach(one => walk(one, out));
  else if (v && typeof v === 'object') for (const [k, w] of Object.entries(v)) {{
    if (typeof w === 'string' && shown.has(k)) out.push(w.replace(/<[^>]+>/g, ''));
    else walk(w, out);
  }}
  return out;
}};
for (const [url, method, body] of {calls})
fetch(url, {{method, body}}).then(r => r.json()).then(told => {{
  for (const line of walk(told, [])) {{
    const p = document.createElement('p'); p.textContent = line;
    document.getElementById('app').append(p);
  }}
}});
</script></body></html>"""


def shell(title: str, *calls: tuple[str, Any], body: str = "") -> str:
    """A page that shows nothing, or `body`, before its script has asked: each time a URL, and the
    JSON that is sent there by POST, None where it is a GET."""
    listed = [
        (url, "GET", None) if sent is None else (url, "POST", json.dumps(sent, ensure_ascii=False))
        for url, sent in calls
    ]
    # Inside a script "</" would end it.
    told = json.dumps(listed).replace("</", "<\\/")
    return SHELL.format(title=escape(title), calls=told, body=body)


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"</head><body>{body}</body></html>"
    )


def with_state(title: str, name: str, state: Any, body: str = "") -> str:  # noqa: ANN401 (JSON)
    script = f"<script>window.{name}={json.dumps(state, ensure_ascii=False)};</script>"
    return page(title, f'<div id="app">{body}</div>{script}')


def clock(post: ReplicaPost, form: str = "%Y-%m-%d %H:%M") -> str:
    return datetime.fromtimestamp(post.at, CHINA).strftime(form)


# ---- 微信 -----------------------------------------------------------------------------------


def wechat_article(post: ReplicaPost) -> str:
    long_form = escape(post.long_link.replace("https:", "http:"))
    told = dict(parse_qsl(urlsplit(post.long_link).query))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title></title>
<meta property="og:title" content="{escape(post.title)}">
<meta property="og:url" content="{post.url}">
<script>window.tips = {{a: '该内容已被发布者删除', b: '此内容因违规无法查看'}};</script>
</head><body id="activity-detail"><div id="js_article" class="rich_media">
<h1 class="rich_media_title" id="activity-name">{escape(post.title)}</h1>
<a id="js_name" href="javascript:void(0);">{escape(post.author)}</a><em id="publish_time"></em>
<div class="rich_media_content" id="js_content" style="visibility: hidden;">
<p>{escape(post.text)}</p><p><img data-src="{post.image}"></p>
</div></div><script>
var biz = "" || "{told["__biz"]}"; var sn = "" || "" || "{told["sn"]}";
var mid = "" || "" || "{told["mid"]}"; var idx = "" || "" || "1"; var ct = "{post.at}";
var user_name = "gh_{post.number:012x}"; var nickname = htmlDecode("{post.author}");
var msg_title = '{post.title}'.html(false); var msg_link = "{long_form}";
var del_reason_id = '0' * 1;
window.ip_wording = {{ countryName: '中国', provinceName: '河南', cityName: '' }};
</script></body></html>"""


WECHAT_GONE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head>
<body id="activity-detail"><div class="weui-msg"><div class="weui-msg__text-area">
<h2 class='weui-msg__title title'>此内容因违规无法查看</h2><div class="weui-msg__desc">
<p class="tips">由用户投诉并经平台审核，涉嫌虚假宣传</p></div></div></div>
<script>window.cgiData = { del_reason_id: '20004', del_reason: '涉嫌虚假宣传',
 user_name: 'gh_00aa11bb22cc', nick_name: '样例&nbsp;考证', };</script></body></html>"""


CAPTCHA = page(
    "安全验证",
    '<div id="captcha_container"><p>环境异常，您的访问过于频繁，请完成下方验证后继续操作</p>'
    '<form id="seccodeForm"><input id="seccodeInput" placeholder="请输入验证码"></form></div>',
)
LOGIN = page(
    "登录",
    '<div class="SignContainer"><p>请先登录，登录后可以查看更多内容</p>'
    '<form><input name="username"><input type="password" name="password"></form></div>',
)
RISK = page("小红书", "<div><p>IP存在风险，请切换可靠网络环境后重试</p></div>")


def sogou_weixin(posts: Sequence[ReplicaPost]) -> str:
    rows = "".join(
        f'<li id="sogou_vr_11002601_box_{n}"><div class="txt-box"><h3><a target="_blank" '
        f'href="/link?url={post.id}&amp;type=2">{marked(post.title)}</a></h3>'
        f'<p class="txt-info">{escape(post.text[:40])}</p><div class="s-p">'
        f'<span class="all-time-y2">{escape(post.author)}</span><span class="s2">'
        f"<script>document.write(timeConvert('{post.at}'))</script></span></div></div></li>"
        for n, post in enumerate(posts)
    )
    return page(
        "证书的相关微信公众号文章 – 搜狗微信搜索",
        f'<div class="news-box"><ul class="news-list">{rows}</ul></div>',
    )


def sogou_link(url: str) -> str:
    """A page that puts its target together in a script."""
    half = len(url) // 2
    return (
        "<html><head><meta content='always' name='referrer'></head><script>\n var url = '';\n"
        f" url += '{url[:half]}';\n url += '{url[half:]}';\n"
        ' url.replace("@", "");\n window.location.replace(url)\n</script></html>'
    )


def marked(title: str) -> str:
    """As the engines mark what was searched for."""
    return escape(title).replace("证", "<em><!--red_beg-->证<!--red_end--></em>", 1)


# ---- 贴吧, 头条, 分类信息 ----------------------------------------------------------------------


def tieba_found(posts: Sequence[ReplicaPost]) -> str:
    rows = "".join(
        f'<div class="s_post"><span class="p_title"><a data-tid="{post.id}" class="bluelink" '
        f'href="/p/{post.id}?pid=1&amp;cid=0">{escape(post.title)}</a></span>'
        f'<div class="p_content">{escape(post.text)}</div>贴吧：<a class="p_forum" href="/f?kw=x">'
        f'样例</a>作者：<a href="/home/main?un={post.number}">{escape(post.author)}</a> '
        f'<font class="p_green p_date">{clock(post)}</font></div>'
        for post in posts
    )
    return page("贴吧搜索", f'<div class="s_post_list">{rows}</div>')


def tieba_thread(post: ReplicaPost) -> str:
    field = {
        "author": {"user_id": post.number, "user_name": post.author},
        "content": {"post_id": int(post.id) * 10, "post_no": 1, "comment_num": 0},
    }
    told = escape(json.dumps(field, ensure_ascii=False))
    return page(
        f"{post.title}【样例吧】_百度贴吧",
        f'<h3 class="core_title_txt" title="{escape(post.title)}">{escape(post.title)}</h3>'
        f'<div class="p_postlist" id="j_p_postlist"><div class="l_post j_l_post" '
        f'data-field=\'{told}\'><div class="d_author"><a class="p_author_name" '
        f'href="/home/main?un={post.number}">{escape(post.author)}</a></div>'
        f'<div class="d_post_content j_d_post_content">{escape(post.text)}'
        f'<img class="BDE_Image" src="{post.image}"></div>'
        f'<div class="post-tail-wrap"><span class="tail-info">IP属地:河南</span>'
        f'<span class="tail-info">1楼</span><span class="tail-info">{clock(post)}</span>'
        "</div></div></div>",
    )


TIEBA_GONE = page("贴吧404", '<div class="page404"><p>很抱歉，该贴已被删除。</p></div>')


def toutiao_found(posts: Sequence[ReplicaPost]) -> str:
    rows = "".join(
        f'<div class="result-content"><div class="cs-card-content"><div class="cs-title">'
        f'<a class="text-ellipsis" href="/search/jump?url={quote(post.url, safe="")}&amp;aid=4916">'
        f'{escape(post.title)}</a></div><div class="text-default">{escape(post.text)}</div>'
        f'<div class="cs-source-content">{escape(post.author)} 3天前</div></div></div>'
        for post in posts
    )
    return page("证书 - 头条搜索", f'<div class="s-result-list">{rows}</div>')


def toutiao_article(post: ReplicaPost) -> str:
    return page(
        f"{post.title}-今日头条",
        f'<div id="root"><div class="article-content"><h1>{escape(post.title)}</h1>'
        f'<div class="article-meta"><span>{clock(post)}</span><span class="dot">·</span>'
        f'<span class="name"><a href="/c/user/token/MS4wSample{post.number}/">'
        f"{escape(post.author)}</a></span><span>发布于：河南</span></div>"
        f'<article class="tt-article-content"><p>{escape(post.text)}</p></article></div>'
        '<div class="detail-side-interaction"><div class="detail-like">1.5万</div></div></div>',
    )


def classified(post: ReplicaPost) -> str:
    return page(
        f"{post.title} - 郑州职业培训 - 样例同城",
        f'<div class="detail-title"><h1>{escape(post.title)}</h1></div>'
        f'<div class="detail-time">更新时间：2小时前</div><ul class="su_con">'
        '<li>价格：<span class="price">680元</span></li><li>联系人：王老师</li>'
        f"<li>公司名称：<a href='/qy/1'>{escape(post.author)}</a></li>"
        "<li>上课地点：样例路1号</li></ul>"
        f'<div class="description"><p>{escape(post.text)}</p></div>',
    )


# ---- search engines ---------------------------------------------------------------------------


def baidu(_words: str) -> str:
    hits = "".join(
        f'<div class="result c-container new-pmd" srcid="1599" id="{n}" tpl="se_com_default" '
        f'mu="{url}"><h3 class="c-title t"><a href="http://www.baidu.com/link?url=Sample{n}">'
        f'{marked(title)}</a></h3><div class="c-abstract">{escape(said)}</div></div>'
        for n, (url, title, said) in enumerate(HITS, 1)
    )
    return page("证书_百度搜索", f'<div id="container"><div id="content_left">{hits}</div></div>')


def bing(_words: str) -> str:
    hits = "".join(
        f'<li class="b_algo"><h2><a href="https://www.bing.com/ck/a?!&amp;&amp;p=1&amp;u=a1'
        f'{base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")}&amp;ntb=1">'
        f'{escape(title)}</a></h2><div class="b_caption"><p>{escape(said)}</p></div></li>'
        for url, title, said in HITS
    )
    return page("证书 - 搜索", f'<div id="b_content"><ol id="b_results">{hits}</ol></div>')


def so360(_words: str) -> str:
    hits = "".join(
        f'<li class="res-list"><h3 class="res-title"><a href="https://www.so.com/link?m=S{n}" '
        f'data-mdurl="{url}">{marked(title)}</a></h3><p class="res-desc">{escape(said)}</p></li>'
        for n, (url, title, said) in enumerate(HITS)
    )
    return page("证书_360搜索", f'<div id="main"><ul class="result">{hits}</ul></div>')


def sogou_web(_words: str) -> str:
    hits = "".join(
        f'<div class="rb"><h3 class="pt"><a href="http://www.sogou.com/link?url=S{n}.." '
        f'data-url="{url}">{marked(title)}</a></h3><div class="ft">{escape(said)}</div></div>'
        for n, (url, title, said) in enumerate(HITS)
    )
    return page("证书 - 搜狗搜索", f'<div id="main"><div class="results">{hits}</div></div>')
