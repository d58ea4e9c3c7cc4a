"""Machine words of page outcomes, as a person reads them."""

from __future__ import annotations

from crawler.guard import WHY
from door.source_outcomes import SOURCE_REASONS
from storage.bilingual import Bilingual

STATES = {
    "alive": Bilingual("正常", "alive"),
    "removed": Bilingual("已删除", "removed"),
    "moved": Bilingual("已迁移", "moved"),
    "ambiguous": Bilingual("不能确定", "ambiguous"),
    "swapped": Bilingual("已被替换", "swapped"),
    "blocked": Bilingual("受阻", "blocked"),
    "error": Bilingual("出错", "error"),
}

REASONS = {
    "robots": Bilingual("网站 robots.txt 不允许，未读取", "forbidden by robots.txt, not read"),
    "robots_unreachable": Bilingual(
        "robots.txt 取不到，按不允许处理", "robots.txt unreachable, taken as a no"
    ),
    "captcha": Bilingual("要求验证码，已停止", "asks for a captcha, stopped"),
    "login": Bilingual("要求登录，已停止", "asks for a login, stopped"),
    "rate_limit": Bilingual("要求放慢，多次后仍未放行", "asked to slow down again and again"),
    "shell": Bilingual(
        "空脚本页，浏览器也未读出内容", "an empty script shell, also in the browser"
    ),
    "http_403": Bilingual("拒绝访问（403）", "access refused (403)"),
    "timeout": Bilingual("超时未答", "no answer in time"),
    "dns": Bilingual(
        "域名解析不到（域名不存在，或网址写错）",
        "name not found (no such host, or a slip in the URL)",
    ),
    "refused_connection": Bilingual("连接被拒", "connection refused"),
    "unreachable": Bilingual("连接不上", "the host cannot be reached"),
    "too_large": Bilingual("页面过大，已停止下载", "too large, download stopped"),
    "too_much": Bilingual(
        "取证时下载量到上限，其余未取", "the download limit of a capture was reached, the rest left"
    ),
    "busy": Bilingual(
        "同时连接过多，这一部分未取", "too many connections at once, this part was left"
    ),
    "cut_off": Bilingual("传输中断", "cut off while being sent"),
    "no_browser": Bilingual("本机没有浏览器，没有这样看", "no browser here, not asked that way"),
    "browser": Bilingual("浏览器打不开", "the browser could not open it"),
    "empty": Bilingual("空白页，需人工查看", "an empty page; needs a person"),
    "not_html": Bilingual("不是网页（文件或图片），需人工查看", "no web page; needs a person"),
    "no_text": Bilingual("只有图片没有文字，需人工查看", "pictures only; needs a person"),
    "redirect_loop": Bilingual("无限跳转", "redirects in a circle"),
    "home_page": Bilingual("转到了首页，原内容不在", "sent to the front page instead"),
    "notice": Bilingual("网站说明内容已删除", "the site says it is gone"),
    "unavailable": Bilingual(
        "网站说暂时看不了，不能断定已删除", "not to be seen just now; not known to be gone"
    ),
    "http_404": Bilingual("页面不存在（404）", "no such page (404)"),
    "http_410": Bilingual("页面已永久删除（410）", "gone for good (410)"),
    "http_451": Bilingual(
        "因法律原因不提供（451），可能只在此处如此",
        "withheld for legal reasons (451), perhaps only here",
    ),
    "no_sitemap": Bilingual("网站没有站点地图", "the site has no sitemap"),
    "ignored": Bilingual(
        "请求在发出前被放弃，未读取", "the request was given up before it was sent"
    ),
    "unknown": Bilingual("没有读到，原因不明", "not read, for a reason that nobody gave"),
    "layout_changed": Bilingual(
        "页面样式已变，读不出内容", "the page's layout has changed; nothing could be read"
    ),
    "canary_empty": Bilingual(
        "必有结果的词也搜不到，疑似读不出", "no result even for words that always have some"
    ),
    "source_paused": Bilingual(
        "该来源已停止，未读取", "not asked for: its source was stopped in this sweep"
    ),
    "session_expired": Bilingual("登录已失效，该来源暂停", "the login has ended; paused"),
    "not_read": Bilingual("还没有读过", "not read yet"),
    "bad_url": Bilingual("网址读不通，未读取", "the URL cannot be read, not fetched"),
}
# By the first part of a word such as reader_valueerror.
BROKEN = {
    "reader": Bilingual("读取程序出错，请报告开发者", "our reader broke on it; report this"),
    "step": Bilingual("处理程序出错，请报告开发者", "a step of ours broke on it; report this"),
}


def state_words(state: str) -> Bilingual:
    return STATES.get(state, Bilingual(state, state))


def reason_words(reason: str) -> Bilingual:
    """A reason without a sentence of its own is named as it was recorded, never left out."""
    known = REASONS.get(reason) or SOURCE_REASONS.get(reason)
    if known is not None:
        return known
    if reason in WHY:
        why = WHY[reason]
        return Bilingual(f"出于安全没有访问：{why.zh}", f"not fetched for safety: {why.en}")
    family, _, rest = reason.partition("_")
    if family == "http":
        return Bilingual(f"服务器答复 {rest}", f"the server answered {rest}")
    if family in BROKEN:
        return BROKEN[family]
    if not reason:
        return Bilingual("原因未记录", "no reason recorded")
    return Bilingual(f"未归类的原因（{reason}）", f"a reason without a name yet ({reason})")
